"""Scores as categories: points put on an evenly spaced grid, and weighted kappa on it.

Kappa needs categories. People score in steps (half points, whole points); a judge may come out anywhere between. Both
are put on the same grid first, and the step is part of the figure: report it beside.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from operator import sub

from evaluator.agreement.series import finite, ratio, same_length

_SAME = 1e-9


def on_grid(values: Sequence[float], step: float, maximum: float) -> list[int]:
    """The nearest place on the grid 0, step, 2·step, … maximum for each score; halves go up.

    The last place is `maximum` in steps, rounded up where it is no whole number of them. Raises ValueError where a
    score is not finite or not within 0..maximum, or `step` is not above 0.
    """
    finite(values, (step, maximum))
    if step <= 0:
        raise ValueError(f"a step is more than 0 points, not {step}")
    if values and not (min(values) >= -_SAME and max(values) <= maximum + _SAME):
        raise ValueError(f"scores lie between 0 and {maximum}, not {min(values)}..{max(values)}")
    return [math.floor(value / step + 0.5 + _SAME) for value in values]


def score_qwk(a: Sequence[float], b: Sequence[float], step: float, maximum: float) -> float:
    """Quadratic weighted kappa of two series of scores on the grid 0, step, … maximum; -1..1, symmetric.

    Scores between two places go to the nearer one, halves up (`on_grid`); categories that nobody used count as steps.
    For questions with different maxima give shares of full marks and a step such as 0.1, maximum 1. Edges as for
    `quadratic_weighted_kappa`: one series constant 0, both constant on the same place or no items nan.

    Source: J. Cohen, Psychol. Bull. 70 (1968) 213-220.
    """
    same_length(a, b)
    return place_qwk(on_grid(a, step, maximum), on_grid(b, step, maximum))


def place_qwk(a: Sequence[int], b: Sequence[int]) -> float:
    """Quadratic weighted kappa of places on a grid (`on_grid`): for resampling, where each score is placed once.

    By sums instead of a table: expected is n·(sum(a²) + sum(b²)) - 2·sum(a)·sum(b), over n². Whole numbers, one
    division at the end. Raises ValueError where the lengths differ.
    """
    same_length(a, b)
    apart = sum(one * one for one in map(sub, a, b))
    squares = sum(one * one for one in a) + sum(one * one for one in b)
    expected = len(a) * squares - 2 * sum(a) * sum(b)
    return ratio(expected - len(a) * apart, expected)


def score_linear_kappa(a: Sequence[float], b: Sequence[float], step: float, maximum: float) -> float:
    """Linear weighted kappa (w = |i - j|) of two series of scores on the grid 0, step, … maximum; -1..1, symmetric.

    Grid and edges as for `score_qwk`. Less forgiving of near misses, less upset by far ones.

    Source: D. V. Cicchetti, T. Allison, Am. J. EEG Technol. 11 (1971) 101-110.
    """
    same_length(a, b)
    mine, theirs = on_grid(a, step, maximum), on_grid(b, step, maximum)
    expected = _chance_distance(mine, theirs)
    return ratio(expected - len(a) * sum(map(abs, map(sub, mine, theirs))), expected)


def _chance_distance(a: Sequence[int], b: Sequence[int]) -> int:
    """Sum of |i - j| over all pairs of one of `a` with one of `b`: across each step, those below times those above."""
    mine, theirs = Counter(a), Counter(b)
    total = below_a = below_b = 0
    for place in range(max((*a, *b), default=0)):
        below_a += mine[place]
        below_b += theirs[place]
        total += below_a * (len(b) - below_b) + below_b * (len(a) - below_a)
    return total
