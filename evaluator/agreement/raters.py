"""Agreement among several raters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import accumulate
from typing import Literal

from evaluator.agreement.series import UNDEFINED, finite, mean, ratio, same_length

Scale = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(ratings: Sequence[Sequence[Hashable | None]], scale: Scale = "nominal") -> float:
    """Agreement beyond chance of any number of raters, some of whom may be missing: 1 - D_observed / D_expected.

    `ratings[i]` holds what was said of item i, None (or nan) where a rater said nothing; who said it does not matter,
    so items may have different raters. -1..1, 1 full agreement, 0 chance. `nominal` takes any labels, `ordinal` and
    `interval` numbers (missed 0, partial 1, hit 2). Items with fewer than two values say nothing. No item with two,
    or all values equal: nan (0/0).

    Source: K. Krippendorff, "Content Analysis" (2004) ch. 11; A. F. Hayes, K. Krippendorff, Commun. Methods Meas. 1
    (2007) 77-89.
    """
    items = [[value for value in item if not _missing(value)] for item in ratings]
    counts = [Counter(item) for item in items if len(item) > 1]
    totals = sum(counts, Counter[Hashable]())
    distance = _distances(totals, scale)
    observed = math.fsum(_disagreement(item, distance) / (item.total() - 1) for item in counts)
    expected = _disagreement(totals, distance)
    return ratio(expected - observed * (totals.total() - 1), expected)


def icc_agreement(ratings: Sequence[Sequence[float]]) -> float:
    """ICC(2,1): how far one rater's score can stand for any other's, in absolute agreement; at most 1.

    `ratings[i][j]` is what rater j gave item i, all given. From the two-way analysis of variance with random raters,
    (BMS - EMS) / (BMS + (k - 1)·EMS + k·(JMS - EMS) / n): mean squares between items, between raters (JMS) and of the
    rest, of n items and k raters. Differences in level between raters lower it. Can come out below 0, even below -1,
    where raters agree less on an item than across items. Fewer than two items or raters, all scores equal, or two
    raters who swap their two scores (0/0): nan. Raises ValueError where a score is missing or not finite.

    Source: P. E. Shrout, J. L. Fleiss, Psychol. Bull. 86 (1979) 420-428, case 2.
    """
    same_length(*ratings)
    finite(*ratings)
    n, k = len(ratings), len(ratings[0]) if ratings else 0
    values = [score for item in ratings for score in item]
    if n < 2 or k < 2 or min(values) == max(values):
        return UNDEFINED
    middle = mean(values)
    items = [mean(item) - middle for item in ratings]
    raters = [mean(rater) - middle for rater in zip(*ratings, strict=True)]
    rest = (
        x - middle - i - r for item, i in zip(ratings, items, strict=True) for x, r in zip(item, raters, strict=True)
    )
    between = k * math.fsum(i * i for i in items) / (n - 1)
    across = n * math.fsum(r * r for r in raters) / (k - 1)
    error = math.fsum(e * e for e in rest) / ((n - 1) * (k - 1))
    whole = between + (k - 1) * error + k * (across - error) / n
    return ratio(between - error, whole)


_Distance = Callable[[Hashable, Hashable], float]


def _disagreement(counts: Mapping[Hashable, int], distance: _Distance) -> float:
    """Sum of the distances over all ordered pairs of different values."""
    values = list(counts)
    return 2 * math.fsum(
        counts[one] * counts[other] * distance(one, other)
        for place, one in enumerate(values)
        for other in values[:place]
    )


def _distances(totals: Counter[Hashable], scale: Scale) -> _Distance:
    if scale == "nominal":
        return lambda one, other: float(one != other)
    numbers = {value: _number(value) for value in totals}
    if scale == "interval":
        return lambda one, other: (numbers[one] - numbers[other]) ** 2
    # Between two ordinal values lie those between them and half of either: the distance of their middle ranks.
    ordered = sorted(totals, key=numbers.__getitem__)
    ends = accumulate(totals[value] for value in ordered)
    ranks = {value: end - totals[value] / 2 for value, end in zip(ordered, ends, strict=True)}
    return lambda one, other: (ranks[one] - ranks[other]) ** 2


def _missing(value: Hashable | None) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _number(value: Hashable) -> float:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"an ordinal or interval scale takes finite numbers, not {value!r}")
    return float(value)
