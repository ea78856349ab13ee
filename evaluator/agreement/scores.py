"""How far two series of scores lie apart, in points.

`a` is what is examined (the judge), `b` what it is held against (people), item by item, in the same unit: points of
one question, or shares of full marks where questions differ. All functions raise ValueError where the lengths differ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import sub
from typing import NamedTuple

from evaluator.agreement.series import UNDEFINED, mean, paired, ratio, same_length

_SAME = 1e-9
"""Scores nearer than this are the same: 0.1 + 0.2 is 0.3."""
_NORMAL_95 = 1.96


class Limits(NamedTuple):
    """Limits of agreement, in points."""

    bias: float
    sd: float
    low: float
    high: float


def mean_absolute_error(a: Sequence[float], b: Sequence[float]) -> float:
    """Mean of |a - b|, in points, from 0 up; symmetric. No items: nan. A nan among the scores: nan."""
    same_length(a, b)
    return mean([abs(mine - theirs) for mine, theirs in zip(a, b, strict=True)])


def root_mean_squared_error(a: Sequence[float], b: Sequence[float]) -> float:
    """Square root of the mean of (a - b)², in points; symmetric. Never below the mean absolute error. No items: nan.

    Raises ValueError where a score is not finite.
    """
    paired(a, b)
    return math.sqrt(mean([difference * difference for difference in map(sub, a, b)]))


def bias(a: Sequence[float], b: Sequence[float]) -> float:
    """Mean of a - b, in points: above 0 where `a` gives more than `b`. No items: nan. A nan among the scores: nan."""
    same_length(a, b)
    return mean(list(map(sub, a, b)))


def exact_share(a: Sequence[float], b: Sequence[float]) -> float:
    """Share of items with the same score, 0..1; symmetric. No items: nan.

    Same means within 1e-9. Raises ValueError where a score is not finite.
    """
    return adjacent_share(a, b, 0)


def adjacent_share(a: Sequence[float], b: Sequence[float], step: float) -> float:
    """Share of items whose scores lie at most one `step` apart (the same score included), 0..1; symmetric.

    `step` is in points; differences up to 1e-9 beyond it still count. No items: nan.
    Raises ValueError where a score is not finite or `step` is below 0.
    """
    paired(a, b)
    if not step >= 0:
        raise ValueError(f"a step is 0 or more points, not {step}")
    return ratio(sum(abs(difference) <= step + _SAME for difference in map(sub, a, b)), len(a))


def limits_of_agreement(a: Sequence[float], b: Sequence[float]) -> Limits:
    """The range in which about 95 % of the differences a - b lie: bias ± 1.96·sd, sd with n - 1; in points.

    Fewer than two items: sd and limits are nan, and so is the bias without items. Meant for differences that do not
    grow with the score and are about normal: look at the plot. Raises ValueError where a score is not finite.

    Source: J. M. Bland, D. G. Altman, Lancet 327 (1986) 307-310.
    """
    paired(a, b)
    differences = list(map(sub, a, b))
    middle = mean(differences)
    if len(differences) < 2:
        return Limits(middle, UNDEFINED, UNDEFINED, UNDEFINED)
    squares = math.fsum((one - middle) ** 2 for one in differences)
    sd = math.sqrt(squares / (len(differences) - 1))
    return Limits(middle, sd, middle - _NORMAL_95 * sd, middle + _NORMAL_95 * sd)
