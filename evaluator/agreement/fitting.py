"""Maps from what a judge gives to what people give, fitted on training answers: report them on others.

All maps are monotone: who got more from the judge never gets less after the fit.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import mul

from evaluator.agreement.series import UNDEFINED, finite, paired, same_length


@dataclass(frozen=True, slots=True)
class MonotoneMap:
    """Straight from knot to knot, constant beyond the first and the last."""

    knots: tuple[tuple[float, float], ...]
    """(judge's score, fitted score): the first strictly ascending, the second never descending."""

    def __call__(self, score: float) -> float:
        """The fitted score; always within those of the knots."""
        place = bisect_left(self.knots, (score, -math.inf))
        if place == len(self.knots):
            return self.knots[-1][1]
        (x, y), (x0, y0) = self.knots[place], self.knots[max(place - 1, 0)]
        return y if place == 0 or score == x else min(y, y0 + (y - y0) * ((score - x0) / (x - x0)))


@dataclass(frozen=True, slots=True)
class LinearMap:
    """intercept + slope·score, held within low..high; slope is never below 0."""

    slope: float
    intercept: float
    low: float
    high: float

    def __call__(self, score: float) -> float:
        """The fitted score."""
        return max(self.low, min(self.high, self.intercept + self.slope * score))


def isotonic(x: Sequence[float], y: Sequence[float], weights: Sequence[float] | None = None) -> MonotoneMap:
    """The never-descending map with the least sum of weights·(map(x) - y)², by pooling adjacent violators.

    Items with the same x count as one with their mean. Fits within the range of `y`, and needs some fifty items or
    more: with few it learns them by heart. One item, or constant x: a constant. Weights are 1 unless given.
    Raises ValueError without items, where lengths differ, a number is not finite, or a weight is not above 0.

    Source: M. Ayer et al., Ann. Math. Statist. 26 (1955) 641-647; R. E. Barlow et al., "Statistical Inference under
    Order Restrictions" (1972).
    """
    weighted = _checked(x, y, weights)
    blocks: list[tuple[float, float, float, float]] = []  # first x, last x, weight, mean y
    for position, tied in groupby(sorted(weighted), key=lambda item: item[0]):
        items = list(tied)
        weight = math.fsum(item[2] for item in items)
        block = (position, position, weight, math.fsum(item[1] * item[2] for item in items) / weight)
        while blocks and blocks[-1][3] >= block[3]:
            first, _, before, level = blocks.pop()
            together = before + block[2]
            block = (first, block[1], together, (before * level + block[2] * block[3]) / together)
        blocks.append(block)
    knots = [(end, level) for first, last, _, level in blocks for end in dict.fromkeys((first, last))]
    return MonotoneMap(tuple(knots))


def linear(
    x: Sequence[float], y: Sequence[float], low: float, high: float, weights: Sequence[float] | None = None
) -> LinearMap:
    """The straight line with the least sum of weights·(line(x) - y)² and a slope of 0 or more, held within low..high.

    Where the best slope is below 0, or `x` is constant, the line is flat at the mean of `y`. Fitted before it is held
    within the limits. Raises ValueError as `isotonic` does, and where `low` is above `high`.
    """
    if not low <= high:
        raise ValueError(f"the least score {low} is above the greatest {high}")
    items = _checked(x, y, weights)
    total = math.fsum(weight for _, _, weight in items)
    middle_x = math.fsum(one * weight for one, _, weight in items) / total
    middle_y = math.fsum(one * weight for _, one, weight in items) / total
    spread = math.fsum(weight * (one - middle_x) ** 2 for one, _, weight in items)
    together = math.fsum(weight * (one - middle_x) * (other - middle_y) for one, other, weight in items)
    slope = max(0.0, together / spread) if min(x) < max(x) and spread else 0.0
    return LinearMap(slope, middle_y - slope * middle_x, low, high)


def partial_value(hit: Sequence[float], partial: Sequence[float], people: Sequence[float]) -> float:
    """What share of its points a `partial` should be worth, 0..1: v with the least sum of (hit + v·partial - people)².

    For each answer: points of the key points hit, full points of those partial, and what people gave. v is
    sum(partial·(people - hit)) / sum(partial²), held within 0..1. Caps, deductions and rounding are left out of
    account. No partial verdict anywhere: nan. Raises ValueError where lengths differ or a number is not finite.
    """
    same_length(hit, partial, people)
    finite(hit, partial, people)
    squares = math.fsum(map(mul, partial, partial))
    if not squares:
        return UNDEFINED
    wanted = math.fsum(part * (score - sure) for sure, part, score in zip(hit, partial, people, strict=True))
    return max(0.0, min(1.0, wanted / squares))


def _checked(
    x: Sequence[float], y: Sequence[float], weights: Sequence[float] | None
) -> list[tuple[float, float, float]]:
    """(x, y, weight) of each item."""
    paired(x, y)
    weight = [1.0] * len(x) if weights is None else weights
    paired(x, weight)
    if not x:
        raise ValueError("nothing to fit: no items")
    if min(weight) <= 0:
        raise ValueError(f"a weight is above 0, not {min(weight)}")
    return list(zip(x, y, weight, strict=True))
