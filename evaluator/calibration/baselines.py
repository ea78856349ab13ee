"""What needs no understanding, on the same answers: a judge that is no better than these has learned nothing.

What is fitted (the constant, the line through length) is fitted on the very answers that it is tried on, which flatters
the baseline a little and the judge never. Leaving out one question at a time was tried and rejected: whoever is left
out pulls the mean of the others the other way, so a constant came out with a correlation of -1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.model import LEVELS
from evaluator.grader import Grader
from evaluator.judging import KeywordJudge
from evaluator.models import Level

Name = Literal["constant", "all_hit", "all_missed", "length"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a baseline says of one answer."""

    share: float
    level: Level | None
    """Of every key point; None where the baseline says nothing of key points."""


def constant(cases: Sequence[Case]) -> list[Said]:
    """The mean score, and the most frequent level (of equals the higher), for everybody."""
    middle = math.fsum(one.human_share for one in cases) / max(len(cases), 1)
    levels = Counter(level for one in cases for level in one.human_levels.values())
    most = max(levels, key=lambda level: (levels[level], LEVELS.index(level)), default=None)
    return [Said(middle, most)] * len(cases)


def all_hit(cases: Sequence[Case]) -> list[Said]:
    """Full marks for everybody."""
    return [Said(1.0, Level.HIT)] * len(cases)


def all_missed(cases: Sequence[Case]) -> list[Said]:
    """Nothing for anybody."""
    return [Said(0.0, Level.MISSED)] * len(cases)


def length(cases: Sequence[Case]) -> list[Said]:
    """The score by a straight line through ln(1 + characters), never falling: who writes more gets more."""
    if not cases:
        return []
    sizes = [math.log1p(len(one.answer.strip())) for one in cases]
    line = agreement.linear(sizes, [one.human_share for one in cases], 0, 1)
    return [Said(line(size), None) for size in sizes]


async def keyword_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The same answers graded by the keyword judge, in the same order."""
    grader = Grader(KeywordJudge(), max_answer_chars=max((len(one.answer) for one in cases), default=1))
    return tuple(
        [one.model_copy(update={"grade": await grader.grade(one.rubric, one.answer), "failure": ""}) for one in cases]
    )
