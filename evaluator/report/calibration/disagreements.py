"""The answers on which judge and people are furthest apart, and those that got no score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.calibration.cases import Case
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Grade, KeyPointGrade, Level
from evaluator.report.calibration.numerals import percent
from evaluator.report.item import Segment, segments
from evaluator.report.labels import number, why

MOST = 20
"""Answers that are shown with both views."""
MOST_UNSCORED = 50
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class View:
    """One key point as both see it."""

    number: int
    name: str
    wanted: str
    """What the rubric asks for a hit."""
    level: Level
    judge: str
    why: str
    people: tuple[str, ...]
    """What each rater said, in the order of the raters; a dash where one did not say."""
    differs: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One answer with both views."""

    title: str
    candidate: str
    place: str
    question: str
    judge: str
    people: tuple[tuple[str, str], ...]
    """Rater, and points of the maximum."""
    gap: str
    lenient: bool
    answer: tuple[Segment, ...]
    raters: tuple[str, ...]
    """Those who gave levels."""
    views: tuple[View, ...]
    deductions: tuple[tuple[str, str, str], ...]
    """Name, points taken, reason."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """One answer without a score, and why."""

    title: str
    candidate: str
    why: str


def worst(cases: Sequence[Case], lang: str) -> tuple[Disagreement, ...]:
    """At most `MOST`, the largest difference first; of equal ones the earlier."""
    apart = [
        (one, one.grade, one.judge_share - one.human_share)
        for one in cases
        if one.grade is not None and one.judge_share is not None
    ]
    apart = [one for one in apart if abs(one[2]) > _SAME]
    apart.sort(key=lambda one: -round(abs(one[2]), 9))
    return tuple(_shown(case, grade, gap, lang) for case, grade, gap in apart[:MOST])


def unscored(cases: Sequence[Case], lang: str) -> tuple[Unscored, ...]:
    """At most `MOST_UNSCORED` answers that failed or are incomplete, in the order of the source."""
    found = [one for one in cases if one.judge_share is None and (one.failure or one.grade)]
    return tuple(Unscored(one.group, one.candidate, _reason(one, lang)) for one in found[:MOST_UNSCORED])


def _shown(case: Case, grade: Grade, gap: float, lang: str) -> Disagreement:
    full = f" / {number(case.rubric.max_score)}"
    return Disagreement(
        title=case.group,
        candidate=case.candidate,
        place=case.place,
        question=case.rubric.question,
        judge=number(grade.score or 0.0) + full,
        people=tuple((one.rater, number(one.score) + full) for one in case.human),
        gap=percent(gap, sign=True),
        lenient=gap > 0,
        answer=segments(case.answer, grade),
        raters=tuple(one.rater for one in case.human if one.levels),
        views=tuple(_view(case, place, point, lang) for place, point in enumerate(grade.key_points, 1)),
        deductions=tuple((one.name, f"−{number(one.taken)}", one.reason) for one in grade.deductions if one.taken),
    )


def _view(case: Case, place: int, point: KeyPointGrade, lang: str) -> View:
    people = case.human_levels.get(point.id)
    return View(
        number=place,
        name=point.name,
        wanted=case.rubric.key_point(point.id).hit,
        level=point.verdict,
        judge=_level(point.verdict, lang),
        why=why(point, lang),
        people=tuple(
            _level(one.levels[point.id], lang) if point.id in one.levels else "—" for one in case.human if one.levels
        ),
        differs=people is not None and people is not point.verdict,
    )


def _level(level: Level, lang: str) -> str:
    return f"{SYMBOLS[level]} {LEVELS[level].text(lang)}"


def _reason(case: Case, lang: str) -> str:
    if case.failure or case.grade is None:
        return case.failure
    open_points = [point for point in case.grade.key_points if point.verdict is Level.UNSCORED]
    colon = ": " if lang.startswith("en") else "："
    return "; ".join(f"{point.name}{colon}{why(point, lang) or _level(point.verdict, lang)}" for point in open_points)
