"""From which cover of a phrase the keyword judge should say partial, and hit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.figuring import place
from evaluator.clauses import cut
from evaluator.grader import Grader
from evaluator.judging import KeywordJudge, Task
from evaluator.judging.keyword import CUTS, covers
from evaluator.models import Level

LEAST_VERDICTS = 50
_DECIMALS = 3
_LOWEST = 0.1
"""Where nothing of a phrase is found there is no evidence, whatever the cuts."""


def fitted_cuts(train: Sequence[Case], *, folds: int) -> tuple[float, float] | None:
    """The cuts with the best quadratic weighted kappa on people's verdicts; None where they are no better on folds.

    None, too, where people gave too few verdicts to choose by.
    """
    rows = [
        (cover, place(level), one.group)
        for one in train
        for key, cover in covers(Task(one.rubric, one.answer, cut(one.answer))).items()
        if (level := one.human_levels.get(key, Level.UNSCORED)) is not Level.UNSCORED
    ]
    if len(rows) < LEAST_VERDICTS or len({group for _, _, group in rows}) < folds:
        return None
    mine: list[int] = []
    theirs: list[int] = []
    people: list[int] = []
    for fold in agreement.folds_by_group([group for _, _, group in rows], folds, salt="cuts"):
        chosen = _cuts([rows[at] for at in fold.train])
        for cover, said, _ in (rows[at] for at in fold.held_out):
            mine.append(_level(cover, chosen))
            theirs.append(_level(cover, CUTS))
            people.append(said)
    gain = agreement.place_qwk(mine, people) - agreement.place_qwk(theirs, people)
    found = _cuts(rows)
    return found if gain > 0 and found != CUTS else None


def _cuts(rows: Sequence[tuple[float, int, str]]) -> tuple[float, float]:
    found = agreement.best_cuts(
        [cover for cover, _, _ in rows], [level for _, level, _ in rows], 3, agreement.quadratic_criterion
    ).cuts
    if any(map(math.isnan, found)):
        return CUTS
    low, high = (round(min(max(one, _LOWEST), 1.0), _DECIMALS) for one in found)
    return low, high


def _level(cover: float, cuts: tuple[float, float]) -> int:
    return sum(cover >= one for one in cuts)


async def regraded(cases: Sequence[Case], cuts: tuple[float, float]) -> list[Case]:
    """The same answers as the keyword judge sees them with these cuts; nobody is asked."""
    grader = Grader(KeywordJudge(cuts=cuts), max_answer_chars=max(len(one.answer) for one in cases))

    return [
        Case(
            rubric=one.rubric,
            candidate=one.candidate,
            answer=one.answer,
            place=one.place,
            human=one.human,
            grade=await grader.grade(one.rubric, one.answer),
        )
        for one in cases
    ]
