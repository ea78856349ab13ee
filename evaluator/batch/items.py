"""What goes into a journal and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.models import Grade


@dataclass(frozen=True, slots=True)
class Item:
    """One text to one question, waiting for a judge."""

    id: int
    rubric: str
    text: str
    names: tuple[str, ...] = ()
    """Of those who wrote it; masked before anything leaves the machine."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an item."""

    item: int
    grade: Grade | None
    failure: str = ""
    """Cause of a failed call, a stable word; the grade then holds what was judged all the same."""
    judged_by: str = ""
    """Key of everything that the verdicts depend on besides the text; see `Journal.work_with`."""
    scored_by: str = ""
    """Content hash of the rubric that the points come from."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What was taken in from a source."""

    candidates: int
    answers: int
    items: int
    blank: int
    alike: int
    """Answers, not blank, whose text another candidate wrote too and that are judged with it."""
    replaced: int
    """Answers that a later one of the same candidate took the place of."""
    rejected: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Where a run stands, in answers; `alike` ones are counted each."""

    answers: int
    scored: int
    failed: int
    pending: int
    review: int
