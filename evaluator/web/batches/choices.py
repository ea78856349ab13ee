"""What a person chose for a file that was handed in, kept beside it until the run starts and after."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from evaluator.models import Model, Rubric
from evaluator.submissions import ColumnMap
from evaluator.web.uploads import Upload

_FILE = "choices.json"


class Choices(Model):
    """How a file is to be read and run."""

    rubrics: tuple[str, ...] = ()
    """Ids of those that questions are looked for in; empty for all."""
    blind: bool = True
    sheet: str = ""
    encoding: str = ""
    max_cost: float | None = None
    """In the currency of the price table."""
    mended: ColumnMap | None = None
    """The columns and names of questions that a person said something of, and no others."""

    def among(self, rubrics: Iterable[Rubric]) -> tuple[Rubric, ...]:
        """Those chosen; all where none of them is there any more."""
        every = tuple(rubrics)
        return tuple(one for one in every if one.id in self.rubrics) or every


def choices_of(upload: Upload) -> Choices:
    """As they were kept; the usual ones where there are none."""
    with suppress(OSError, ValidationError):
        return Choices.model_validate_json(_place(upload).read_text("utf-8"))
    return Choices()


def keep(upload: Upload, choices: Choices) -> None:
    """Keep them beside the file."""
    _place(upload).write_text(choices.model_dump_json(), encoding="utf-8")


def _place(upload: Upload) -> Path:
    return upload.path.parent / _FILE
