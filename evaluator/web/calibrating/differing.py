"""Answers on which the judge and people differ, the furthest apart first, with what either says of each key point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evaluator.calibration.cases import Case
from evaluator.calibration.model import LEVELS
from evaluator.models import Grade, HumanScore, KeyPoint, KeyPointGrade, Level
from evaluator.web.calibrating.asked_for import Wanted

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class View:
    """One key point as the judge and each person see it."""

    number: int
    point: KeyPoint
    judge: KeyPointGrade
    people: tuple[Level | None, ...]
    """In the order of `Answer.raters`; None where one did not say."""
    differs: bool


@dataclass(frozen=True)
class Answer:
    """One scored answer with both views."""

    number: int
    """Among the answers of the calibration, from 1."""
    case: Case

    @property
    def grade(self) -> Grade | None:
        """What the judge made of it."""
        return self.case.grade

    @property
    def gap(self) -> float | None:
        """Judge minus people, a share of full marks; None without a score."""
        share = self.case.judge_share
        return None if share is None else share - self.case.human_share

    @cached_property
    def raters(self) -> tuple[HumanScore, ...]:
        """Those who gave levels."""
        return tuple(one for one in self.case.human if one.levels)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Key point by key point."""
        if self.grade is None:
            return ()
        return tuple(self._view(number, point) for number, point in enumerate(self.grade.key_points, 1))

    def _view(self, number: int, point: KeyPointGrade) -> View:
        people = self.case.human_levels.get(point.id)
        said = tuple(one.levels.get(point.id) for one in self.raters)
        differs = people is not None and people is not point.verdict
        return View(number, self.case.rubric.key_point(point.id), point, said, differs)

    @property
    def differs(self) -> bool:
        """Whether score or any verdict is not people's."""
        return (self.gap is not None and abs(self.gap) > _SAME) or any(view.differs for view in self.views)

    def apart(self, key_point: str) -> int:
        """Levels between both on a key point: 0 the same or not known, 2 hit against missed."""
        judge, people = self.case.judge_levels.get(key_point), self.case.human_levels.get(key_point)
        if judge is None or people is None or judge is people:
            return 0
        return 1 if Level.UNSCORED in {judge, people} else abs(LEVELS.index(judge) - LEVELS.index(people))


def answers(cases: Sequence[Case]) -> tuple[Answer, ...]:
    """All of them, in the order of the source."""
    return tuple(Answer(number, case) for number, case in enumerate(cases, 1))


def worst(every: Sequence[Answer], wanted: Wanted) -> tuple[Answer, ...]:
    """Those that differ, the furthest apart first; of equal ones the earlier."""
    found = [one for one in every if one.differs and (not wanted.question or one.case.group == wanted.question)]
    if wanted.key_point:
        found = [one for one in found if one.apart(wanted.key_point)]
        found.sort(key=lambda one: -one.apart(wanted.key_point))
        return tuple(found)
    found.sort(key=lambda one: (-round(abs(one.gap or 0.0), 9), -sum(view.differs for view in one.views)))
    return tuple(found)


def ungraded(every: Sequence[Answer]) -> tuple[Answer, ...]:
    """Those that were tried and got no score."""
    return tuple(one for one in every if one.gap is None and (one.case.failure or one.grade is not None))


def questions(every: Sequence[Answer]) -> Mapping[str, tuple[str, int]]:
    """Stem of every question with the number of its answers that differ, by id."""
    found: dict[str, tuple[str, int]] = {}
    for one in every:
        stem, count = found.get(one.case.group, (one.case.rubric.question, 0))
        found[one.case.group] = stem, count + one.differs
    return found


def key_points(every: Sequence[Answer], question: str) -> Mapping[str, tuple[str, int]]:
    """Name of every key point of the question with the number of answers that differ on it, by id."""
    of = [one for one in every if one.case.group == question]
    points = of[0].case.points if of else ()
    return {point.id: (point.name, sum(one.apart(point.id) > 0 for one in of)) for point in points}
