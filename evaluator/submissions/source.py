"""What a source of submissions offers, whatever it is read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from evaluator.errors import Words
from evaluator.models import Rejected, Rubric, Submission
from evaluator.submissions.column_map import ColumnMap


class Source(Protocol):
    """Submissions in the order of the source; may be iterated again, and holds one row at a time."""

    @property
    def name(self) -> str:
        """Name of the file or folder."""
        ...

    @property
    def column_map(self) -> ColumnMap:
        """How the source was understood."""
        ...

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """Those that the source has answers for, in the order of its questions."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the other columns, in order; empty where they are not known beforehand."""
        ...

    @property
    def notes(self) -> tuple[Words, ...]:
        """What a person should know; of large files more is known after they were read through."""
        ...

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """All rows, anew at every call."""
        ...
