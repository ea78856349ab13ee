"""Whether two series of scores go together, whatever their level (correlation), and level included (concordance).

All are symmetric and raise ValueError where the series differ in length or a score is not finite.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from itertools import groupby
from operator import mul

from evaluator.agreement.grouping import grouped
from evaluator.agreement.series import UNDEFINED, mean, paired, ratio, same_length


def pearson(a: Sequence[float], b: Sequence[float]) -> float:
    """Linear correlation, cov(a, b) / (sd(a)·sd(b)), -1..1; blind to bias and scale.

    A constant series, or fewer than two items: nan (0/0).

    Source: K. Pearson, Proc. R. Soc. Lond. 58 (1895) 240-242.
    """
    paired(a, b)
    return _cosine(_centred(a), _centred(b))


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Correlation of the ranks, equal scores sharing the average of their ranks; -1..1.

    1 where `a` orders the items as `b` does. A constant series, or fewer than two items: nan (0/0).

    Source: C. Spearman, Am. J. Psychol. 15 (1904) 72-101; ties: M. G. Kendall, Biometrika 33 (1945) 239-251.
    """
    paired(a, b)
    return pearson(average_ranks(a), average_ranks(b))


def correlation_within(a: Sequence[float], b: Sequence[float], groups: Sequence[Hashable]) -> float:
    """Correlation with the group means removed, -1..1: does `a` order the answers to the same question as `b` does?

    Each score less the mean of its group in its series, then Pearson's formula over all items. Easy and hard questions
    alone lift the plain correlation; this one they do not touch. A group of one item says nothing. Where nothing varies
    within any group, in either series: nan.

    Source: J. M. Bland, D. G. Altman, BMJ 310 (1995) 446.
    """
    paired(a, b)
    same_length(a, groups)
    mine: list[float] = []
    theirs: list[float] = []
    for places in grouped(groups).values():
        mine += _centred([a[place] for place in places])
        theirs += _centred([b[place] for place in places])
    return _cosine(mine, theirs)


def lin_concordance(a: Sequence[float], b: Sequence[float]) -> float:
    """How near the pairs lie to the identity line, 2·cov / (var(a) + var(b) + (mean(a) - mean(b))²), -1..1.

    Variances and covariance are divided by n. Punishes bias and other scale, which correlation forgives, so
    |concordance| never exceeds |Pearson|. On whole-step scores it equals quadratic weighted kappa. Both constant and
    equal, or no items: nan (0/0); both constant and different, or only one of them constant: 0.

    Source: L. I.-K. Lin, Biometrics 45 (1989) 255-268.
    """
    paired(a, b)
    if not a:
        return UNDEFINED
    mine, theirs = _centred(a), _centred(b)
    apart = (mean(a) - mean(b)) ** 2 * len(a)
    spread = math.fsum(map(mul, mine, mine)) + math.fsum(map(mul, theirs, theirs))
    return ratio(2 * math.fsum(map(mul, mine, theirs)), spread + apart)


def average_ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1 for the least; equal values share the average of the ranks that they fill."""
    ranks = [0.0] * len(values)
    below = 0
    for _, tied in groupby(sorted(range(len(values)), key=values.__getitem__), key=values.__getitem__):
        places = list(tied)
        for place in places:
            ranks[place] = below + (len(places) + 1) / 2
        below += len(places)
    return ranks


def _centred(values: Sequence[float]) -> list[float]:
    """Less their mean; exact zeros where all are equal, so that rounding never passes for variation."""
    if not values or min(values) == max(values):
        return [0.0] * len(values)
    middle = mean(values)
    return [value - middle for value in values]


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    length = math.sqrt(math.fsum(map(mul, a, a))) * math.sqrt(math.fsum(map(mul, b, b)))
    cosine = ratio(math.fsum(map(mul, a, b)), length)
    return cosine if math.isnan(cosine) else max(-1.0, min(1.0, cosine))
