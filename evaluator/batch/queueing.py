"""In which order people look at the answers to a question, and which of them they must not pass over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from evaluator.batch.answers import Row
from evaluator.batch.second_marking import chance, default_tolerance, standing_of
from evaluator.models import Grade, Rubric
from evaluator.scoring import decided

Why = Literal["", "unscored", "unsure", "blank", "zero", "sample"]
"""Why a person should look: a key point is unscored, the grade asks for it, the answer is blank, it got nothing, or it
was drawn by chance (抽查). Empty where nothing asks for it."""
Show = Literal["open", "all", "flagged", "apart", "confirmed"]
CHECKED = 0.2
"""Share of the answers that nothing speaks against which are drawn to be looked at all the same."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer in the queue of its question."""

    row: Row
    automatic: Grade
    grade: Grade
    """What holds."""
    why: Why
    apart: bool
    """People and the judge disagree: an override, another final score, a second mark beyond the tolerance."""

    @property
    def open(self) -> bool:
        """Whether it waits for somebody to look and confirm."""
        return bool(self.why) and self.row.said.confirmed is None


def queue(
    rows: Iterable[Row], rubric: Rubric, *, share: float = CHECKED, tolerance: float | None = None
) -> tuple[Entry, ...]:
    """All answers that have a grade, least sure first.

    First those with unscored key points, then those that ask for review, then the rest; within each the least
    confidence first, a judge that cannot say how sure it is before all; equals in the order of the source. The order
    and the choice come from the automatic grades alone: nothing moves while people decide.
    """
    graded = [(row, row.grade) for row in rows if row.grade is not None]
    reasons = {row.subject: why(row, grade) for row, grade in graded}
    for subject in drawn((row.subject for row, _ in graded if not reasons[row.subject]), share):
        reasons[subject] = "sample"
    most = default_tolerance(rubric) if tolerance is None else tolerance
    return tuple(
        Entry(row, grade, decided(grade, rubric, row.said), reasons[row.subject], is_apart(row, rubric, most))
        for row, grade in sorted(graded, key=lambda pair: _doubt(pair[1]))
    )


def why(row: Row, grade: Grade) -> Why:
    """What about the automatic grade asks for a person."""
    if not grade.complete:
        return "unscored"
    if grade.needs_review:
        return "unsure"
    if not row.text.strip():
        return "blank"
    return "" if grade.score else "zero"


def drawn(subjects: Iterable[str], share: float) -> tuple[str, ...]:
    """A share of them, rounded up, as good as by chance and always the same ones."""
    known = sorted(subjects, key=lambda subject: chance("queue", subject))
    return tuple(known[: math.ceil(round(len(known) * share, 9))])


def is_apart(row: Row, rubric: Rubric, tolerance: float) -> bool:
    """Whether what people say differs from the automatic result."""
    said = row.said
    if said.standing:
        return True
    if said.final is not None and (row.grade is None or said.final.score != row.grade.score):
        return True
    marked = standing_of(row, rubric, tolerance)
    return marked is not None and not marked.within


def chosen(entries: Sequence[Entry], show: Show) -> tuple[Entry, ...]:
    """Those that a filter leaves, in their order."""
    return tuple(one for one in entries if _shows(one, show))


def _shows(one: Entry, show: Show) -> bool:
    match show:
        case "open":
            return one.open
        case "flagged":
            return one.row.said.flagged is not None
        case "apart":
            return one.apart
        case "confirmed":
            return one.row.said.confirmed is not None
        case "all":
            return True


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one answer stands in a walk through the queue."""

    entry: Entry
    place: int
    """From 1."""
    total: int
    left: int
    """How many of the walk wait for confirmation, this one included."""
    before: Entry | None
    after: Entry | None
    then: Entry | None
    """Where one goes once this one is confirmed: the next that waits, from the beginning again at the end."""


def spot(entries: Sequence[Entry], show: Show, key: int) -> Spot | None:
    """The answer of that candidate in the walk that a filter makes; None where there is none.

    The walk of `open` holds what was confirmed on the way too, so that places stay and one can go back; the answer
    itself is always part of the walk.
    """
    kept = {one.row.key for one in entries if one.why} if show == "open" else {
        one.row.key for one in chosen(entries, show)
    }  # fmt: skip
    walk = [one for one in entries if one.row.key in kept or one.row.key == key]
    place = next((place for place, one in enumerate(walk) if one.row.key == key), None)
    if place is None:
        return None
    around = [one for one in (*walk[place + 1 :], *walk[:place]) if one.row.said.confirmed is None]
    return Spot(
        walk[place],
        place + 1,
        len(walk),
        sum(one.row.said.confirmed is None for one in walk),
        walk[place - 1] if place else None,
        walk[place + 1] if place + 1 < len(walk) else None,
        around[0] if around else None,
    )


def last_confirmed(entries: Iterable[Entry], most: int = 10) -> tuple[Entry, ...]:
    """回评: those that were confirmed last, the latest first."""
    done = [(one.row.said.confirmed.created, one) for one in entries if one.row.said.confirmed is not None]
    return tuple(one for _, one in sorted(done, key=lambda pair: pair[0], reverse=True)[:most])


def _doubt(grade: Grade) -> tuple[int, float]:
    rank = 0 if not grade.complete else 1 if grade.needs_review else 2
    return rank, -1.0 if grade.confidence is None else grade.confidence
