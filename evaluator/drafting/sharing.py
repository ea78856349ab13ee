"""Points: those of the paper where it gives them, else an even split, exact in cents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evaluator.drafting.figures import figure
from evaluator.drafting.marking import each_worth
from evaluator.drafting.naming import Named
from evaluator.models import AnyOf
from evaluator.models.paper import Question, Section

ASSUMED = 10.0
"""The maximum of a question for which the paper gives no points."""
_MOST = 1000
"""More than that are no marks."""
_N = r"([一二两三四五六七八九十]|\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_UNIT = r"\s*(?:个|点|项|条|种|方面|要点)"
_ANY = re.compile(
    rf"(?:任意|任选|任答|任写|任举|答出|答对|答满|写出|列出|说出|回答)\s*(?:其中|上述)?\s*(?:的|任意|任)?\s*{_N}{_UNIT}"
    rf"|\bany {_N}\b(?! (?:question|section))",
    re.IGNORECASE,
)
_ENOUGH = re.compile(
    rf"(?:任意|任选|任答|任写|任举)\s*(?:其中|上述)?\s*{_N}{_UNIT}"
    rf"|(?:答|写|列|说|举)[出对]?\s*(?:其中|上述|任意)?的?\s*{_N}{_UNIT}(?:及?以上)?[^。；;，,\n]{{0,4}}(?:即可|就可|便可|可?[得给]满分|满分|，?得满分)"
    rf"|至少[^。；;，,：:\n]{{0,4}}{_N}{_UNIT}(?:原因|理由|措施|办法|做法)?\s*[：:]|答满\s*{_N}{_UNIT}"
    rf"|\bany {_N}\b(?! (?:question|section))",
    re.IGNORECASE,
)
_CAP = re.compile(
    r"\b(?:up to|max(?:imum)?(?: of)?\.?:?)\s*(\d{1,3})\b|(?:最多得?|上限为?|不超过|至多得?)\s*(\d{1,3})\s*分",
    re.IGNORECASE,
)
_STEM = re.compile(rf"(?:列举|举出|写出|说出|列出|给出|答出|提出|谈)(?:任意|至少)?\s*{_N}{_UNIT}")


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
    text = f"{question.stem}\n{question.analysis}\n{question.reference}"
    marks = [term.points for term in found.terms]
    known = [mark for mark in marks if mark]
    if not known and found.rule != "sentences" and (worth := each_worth(text)):
        known = [worth] * len(marks)
    if len(known) == len(marks) and sum(known) <= _MOST:
        total = None if maximum.assumed else maximum.points
        return _as_marked(known, total, text)
    if choose := _enough(question.stem, text, len(marks)):
        best = even(maximum.points, choose)
        points = (*best, *(best[-1] for _ in marks[choose:]))
        return Shares(points, maximum.points, "even_split", choose, assumed=maximum.assumed)
    return Shares(even(maximum.points, len(marks)), maximum.points, "even_split", assumed=maximum.assumed)


def _as_marked(marks: list[float], total: float | None, text: str) -> Shares:
    summed = round(sum(marks), 2)
    choose = _choice(marks, total, summed, text) if len(set(marks)) == 1 else 0
    if choose:
        worth = round(choose * marks[0], 2)
        return Shares(tuple(marks), worth, "paper", choose, mismatch=total is not None and worth != total)
    return Shares(tuple(marks), summed, "paper", mismatch=total is not None and summed != total)


def _choice(marks: list[float], total: float | None, summed: float, text: str) -> int:
    """How many of the points are enough, 0 where all are wanted.

    As many as the paper says; or as many as fill the question, where every point earns the same.
    """
    if enough := _ENOUGH.search(text):
        return said if (said := _number(enough)) < len(marks) else 0
    if each_worth(text) and (cap := _CAP.search(text)):
        total = float(next(group for group in cap.groups() if group))
    if total is None or summed <= total:
        return 0
    wanted = _ANY.search(text)
    said = _number(wanted) if wanted else 0
    fills = total / marks[0]
    choose = said if round(said * marks[0], 2) == total else 0
    if (
        not choose
        and each_worth(text)
        and fills.is_integer()
        and not re.search(rf"[共满]分?计?\s*{summed:g}\s*分", text)
    ):
        choose = round(fills)
    return choose if choose < len(marks) else 0


def _enough(stem: str, text: str, count: int) -> int:
    """So many of `count` points without marks are enough; 0 where all are wanted."""
    found = _STEM.search(stem) or _ENOUGH.search(text)
    choose = _number(found) if found else 0
    return choose if 0 < choose < count else 0


def _number(found: re.Match[str]) -> int:
    return int(figure(next(group for group in found.groups() if group)))
