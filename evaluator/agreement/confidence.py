"""Whether a judge's confidence is worth anything: is what it calls 90 % sure right nine times in ten?

`confidence[i]` is what the judge says of its i-th verdict, 0..1; `right[i]` whether people said the same. All raise
ValueError where the series differ in length or a confidence is not a number within 0..1.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from evaluator.agreement.series import finite, mean, ratio, same_length

Binning = Literal["width", "count"]


class Bin(NamedTuple):
    """The verdicts whose confidence lies in one range: (low, high], the first range with its low end included."""

    low: float
    high: float
    items: int
    confidence: float
    """Mean of what the judge says; nan in an empty bin."""
    right: float
    """Share that is right; nan in an empty bin."""


def auc(scores: Sequence[float], positives: Sequence[bool]) -> float:
    """Chance that a positive item has a higher score than a negative one, ties half; 0..1, 0.5 by guessing.

    The area under the ROC curve, by ranks: U / (n₊·n₋). All items positive or none: nan.
    With confidences and `right` it says whether the judge knows where it errs. Any scores may be given, infinite ones
    too. Raises ValueError where a score is nan.

    Source: H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18 (1947) 50-60.
    """
    same_length(scores, positives)
    if any(math.isnan(value) for value in scores):
        raise ValueError("a score is nan: it has no rank")
    ranked = sorted(zip(scores, positives, strict=True), key=lambda pair: pair[0])
    twice_won = negatives_below = 0
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        outcomes = [bool(positive) for _, positive in tied]
        positive, negative = outcomes.count(True), outcomes.count(False)
        twice_won += positive * (2 * negatives_below + negative)
        negatives_below += negative
    return ratio(twice_won, 2 * negatives_below * (len(scores) - negatives_below))


def brier_score(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Mean of (confidence - right)², 0..1, less is better; always saying 0.5 gets 0.25. No items: nan.

    Source: G. W. Brier, Mon. Weather Rev. 78 (1950) 1-3.
    """
    _checked(confidence, right)
    return mean([(sure - bool(was)) ** 2 for sure, was in zip(confidence, right, strict=True)])


def reliability(
    confidence: Sequence[float], right: Sequence[bool], bins: int = 10, by: Binning = "width"
) -> tuple[Bin, ...]:
    """What the judge says beside how often it is right, bin by bin, least sure first.

    `width`: `bins` equal parts of 0..1, empty ones included. `count`: about as many items in each; equal confidences
    are never parted, so there can be fewer bins than asked for, and each runs from its least to its greatest
    confidence. No items: empty bins by width, no bins by count. Raises ValueError where `bins` is below 1.

    Source: A. Niculescu-Mizil, R. Caruana, ICML (2005) 625-632; by count: K. Nguyen, B. O'Connor, EMNLP (2015).
    """
    _checked(confidence, right)
    if bins < 1:
        raise ValueError(f"at least one bin, not {bins}")
    pairs = sorted(zip(confidence, map(bool, right), strict=True))
    return tuple(_by_width(pairs, bins) if by == "width" else _by_count(pairs, bins))


def expected_calibration_error(table: Sequence[Bin]) -> float:
    """Mean gap between what is said and what is right, |confidence - right| weighted by items; 0..1, less is better.

    `table` is from `reliability`; the figure depends on its bins: say which. Small samples inflate it. No items: nan.

    Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI (2015) 2901-2907.
    """
    gaps = [one.items * abs(one.confidence - one.right) for one in table if one.items]
    return ratio(math.fsum(gaps), sum(one.items for one in table))


def _by_width(pairs: Sequence[tuple[float, bool]], bins: int) -> Iterator[Bin]:
    edges = [place / bins for place in range(bins + 1)]
    found: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for pair in pairs:
        found[bisect_left(edges, pair[0], 1, bins) - 1].append(pair)
    for low, high, members in zip(edges, edges[1:], found, strict=False):
        yield _bin(low, high, members)


def _by_count(pairs: Sequence[tuple[float, bool]], bins: int) -> Iterator[Bin]:
    members: list[tuple[float, bool]] = []
    done = filled = 0
    for _, tied in groupby(pairs, key=lambda pair: pair[0]):
        members += tied
        if (done + len(members)) * bins >= (filled + 1) * len(pairs):
            done += len(members)
            filled = done * bins // len(pairs)
            yield _bin(members[0][0], members[-1][0], members)
            members = []


def _bin(low: float, high: float, members: Sequence[tuple[float, bool]]) -> Bin:
    return Bin(low, high, len(members), mean([sure for sure, _ in members]), mean([was for _, was in members]))


def _checked(confidence: Sequence[float], right: Sequence[bool]) -> None:
    same_length(confidence, right)
    finite(confidence)
    if confidence and not (min(confidence) >= 0 and max(confidence) <= 1):
        raise ValueError(f"confidences lie within 0..1, not {min(confidence)}..{max(confidence)}")
