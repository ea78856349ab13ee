"""What a person chose for a file that was handed in, kept beside it until the run starts and after."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from evaluator.models import Model, Rubric
from evaluator.submissions import ColumnMap
from evaluator.web.uploads import Upload

_FILE = "choices.json"


class Reading(Model):
    """How a file is to be read."""

    rubrics: tuple[str, ...] = ()
    """Ids of those that questions are looked for in; empty for all."""
    sheet: str = ""
    encoding: str = ""
    mended: ColumnMap | None = None
    """The columns and names of questions that a person said something of, and no others."""

    def among(self, rubrics: Iterable[Rubric]) -> tuple[Rubric, ...]:
        """Those chosen; all where none of them is there any more."""
        every = tuple(rubrics)
        return tuple(one for one in every if one.id in self.rubrics) or every


class Choices(Reading):
    """How a file is to be read and run."""

    blind: bool = True
    max_cost: float | None = None
    """In the currency of the price table."""


AnyReading = TypeVar("AnyReading", bound=Reading)


def chosen_for(upload: Upload, kind: type[AnyReading]) -> AnyReading:
    """As they were kept; the usual ones where there are none."""
    with suppress(OSError, ValidationError):
        return kind.model_validate_json(_place(upload).read_text("utf-8"))
    return kind()


def keep(upload: Upload, choices: Reading) -> None:
    """Keep them beside the file."""
    _place(upload).write_text(choices.model_dump_json(), encoding="utf-8")


def _place(upload: Upload) -> Path:
    return upload.path.parent / _FILE
