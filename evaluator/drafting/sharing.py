"""Points: those of the paper where it gives them, else an even split, exact in cents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evaluator.drafting.naming import Named
from evaluator.models import AnyOf
from evaluator.models.paper import Question, Section

ASSUMED = 10.0
"""The maximum of a question for which the paper gives no points."""
_MOST = 1000
"""More than that are no marks."""
_ANY = re.compile(
    r"(?:任意|任选|任答|答出|答对|写出|列出)\s*(?:其中)?(?:任意|任)?\s*([一二两三四五六七八九\d])\s*(?:个|点|项|条|方面)"
)
_CN = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Shares:
    """What each key point is worth, and what that adds up to."""

    points: tuple[float, ...]
    total: float
    origin: Literal["paper", "even_split"]
    choose: int = 0
    """Only so many of the key points count; 0 where all do."""
    assumed: bool = False
    """The paper gives no points for the question."""
    mismatch: bool = False
    """The marks of the key points do not add up to the points of the question."""

    def any_of(self, ids: tuple[str, ...]) -> tuple[AnyOf, ...]:
        """The choose-k-of-n rule, if there is one."""
        return (AnyOf(choose=self.choose, of=ids),) if self.choose else ()


def even(total: float, count: int) -> tuple[float, ...]:
    """`total` in `count` parts that add up to it exactly; no two differ by more than a cent, the larger ones first."""
    cents, more = divmod(round(total * 100), count)
    return tuple((cents + (index < more)) / 100 for index in range(count))


@dataclass(frozen=True, slots=True)
class Maximum:
    """The points of a question."""

    points: float
    origin: Literal["paper", "even_split"]
    """`paper` where it gives them for this question or for every one, not only for the section."""
    assumed: bool = False


def maxima(section: Section) -> tuple[Maximum, ...]:
    """One a question: its own, else 每题M分, else its part of what the section has left, else an assumed one."""
    own = [round(question.points or section.points_each or 0, 2) for question in section.questions]
    open_places = [place for place, points in enumerate(own) if not points]
    left = round((section.total or 0) - sum(own), 2)
    count = max(len(open_places), (section.count or 0) - (len(own) - len(open_places)))
    parts = dict(zip(open_places, even(left, count), strict=False)) if open_places and left >= count / 100 else {}
    return tuple(
        Maximum(points, "paper")
        if points
        else Maximum(parts[place], "even_split")
        if place in parts
        else Maximum(ASSUMED, "even_split", assumed=True)
        for place, points in enumerate(own)
    )


def shared(found: Named, question: Question, maximum: Maximum) -> Shares:
    """What the terms of a question are worth."""
    marks = [term.points for term in found.terms]
    known = [mark for mark in marks if mark]
    if len(known) == len(marks) and sum(known) <= _MOST:
        total = None if maximum.assumed else maximum.points
        return _as_marked(known, total, f"{question.stem}\n{question.analysis}\n{question.reference}")
    return Shares(even(maximum.points, len(marks)), maximum.points, "even_split", assumed=maximum.assumed)


def _as_marked(marks: list[float], total: float | None, text: str) -> Shares:
    summed = round(sum(marks), 2)
    wanted = _ANY.search(text)
    if wanted and total and summed > total and len(set(marks)) == 1:
        choose = _CN.get(wanted[1]) or int(wanted[1])
        if choose < len(marks) and round(choose * marks[0], 2) == total:
            return Shares(tuple(marks), total, "paper", choose)
    return Shares(tuple(marks), summed, "paper", mismatch=total is not None and summed != total)
