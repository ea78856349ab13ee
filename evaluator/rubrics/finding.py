"""What the linter says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from evaluator.errors import Problem, Words
from evaluator.models import Place
from evaluator.rubrics import tree
from evaluator.rubrics.explaining import path
from evaluator.rubrics.loading import Source

Code = Literal[
    "no-hit", "no-partial", "vague", "two-requirements", "hit-is-name", "partial-is-hit", "overlap",
    "accept-matches-neighbour", "accept-in-reject", "accept-too-short", "missing-provenance", "missing-source",
    "even-split", "no-follow-up", "reference-missing", "draft", "model-text",
]  # fmt: skip
CODES: tuple[str, ...] = get_args(Code)


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Judging is impossible or wrong."""
    WARNING = "warning"
    """Two readers would judge differently, or a point is earned twice."""
    INFO = "info"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that could be better. `code` is stable; `place` is a path into the rubric."""

    code: Code
    severity: Severity
    place: Place
    message: Words
    hint: Words

    def problem(self, source: Source) -> Problem:
        """The finding with its line and column in the file that the rubric was read from."""
        line, column = tree.locate(source.root, self.place)
        return Problem(self.message, source.file, line, column, path(self.place), self.hint)
