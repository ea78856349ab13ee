"""Rows for the figures: who is held against whom, on which answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from evaluator.calibration.cases import Case, share
from evaluator.calibration.figuring import LevelRow, ScoreRow, place
from evaluator.models import HumanScore, Level

Levels = Mapping[str, Level]


def score_row(case: Case, first: float, second: float, pair: str = "") -> ScoreRow:
    """Two scores of this answer, as shares; `pair` names who gave them, where an answer has several pairs."""
    return ScoreRow(first, second, case.step, case.group, case.candidate, pair)


def level_rows(case: Case, first: Levels, second: Levels) -> list[LevelRow]:
    """The levels of every key point of the answer that both know and neither left unscored."""
    return [
        LevelRow(place(mine), place(theirs), case.group, case.candidate)
        for key, theirs in second.items()
        if (mine := first.get(key, Level.UNSCORED)) is not Level.UNSCORED and theirs is not Level.UNSCORED
    ]


def judge_scores(
    cases: Sequence[Case], people: Callable[[Case], float | None] = lambda one: one.human_share
) -> list[ScoreRow]:
    """Judge against people, or against one of them; answers without both are left out."""
    return [
        score_row(one, mine, theirs)
        for one in cases
        if (mine := one.judge_share) is not None and (theirs := people(one)) is not None
    ]


def judge_levels(
    cases: Sequence[Case], people: Callable[[Case], Levels] = lambda one: one.human_levels
) -> list[LevelRow]:
    """The judge's verdicts against people's, or one person's."""
    return [row for one in cases for row in level_rows(one, one.judge_levels, people(one))]


def of_rater(rater: str) -> tuple[Callable[[Case], float | None], Callable[[Case], Levels]]:
    """What one rater gave: the share, and the levels."""

    def levels(case: Case) -> Levels:
        return next((one.levels for one in case.human if one.rater == rater), {})

    return lambda case: case.by_rater.get(rater), levels


def rater_pairs(cases: Sequence[Case]) -> tuple[list[ScoreRow], list[LevelRow]]:
    """Rater against rater: every two who scored the same answer, in the order of their names."""
    scores: list[ScoreRow] = []
    levels: list[LevelRow] = []
    for case in cases:
        for one, other in combinations(sorted(case.human, key=_name), 2):
            pair = f"{one.rater}\0{other.rater}"
            scores.append(score_row(case, share(one.score, case.rubric), share(other.score, case.rubric), pair))
            levels += level_rows(case, one.levels, other.levels)
    return scores, levels


def run_pairs(cases: Sequence[Sequence[Case]]) -> tuple[list[ScoreRow], list[LevelRow]]:
    """The judge against itself: `cases` has the same answer in all its runs at a time."""
    scores: list[ScoreRow] = []
    levels: list[LevelRow] = []
    for runs in cases:
        for (turn, one), (later, other) in combinations(enumerate(runs), 2):
            if one.judge_share is not None and other.judge_share is not None:
                scores.append(score_row(one, one.judge_share, other.judge_share, f"{turn}\0{later}"))
            levels += level_rows(one, one.judge_levels, other.judge_levels)
    return scores, levels


def _name(score: HumanScore) -> str:
    return score.rater
