"""What is gained when people review what the judge is least sure of: risk, coverage, and where to draw the line.

`confidence[i]` is any number that is higher where the judge is surer (`-inf`: always to be reviewed); `errors[i]` what
its i-th result costs where nobody reviews it: 1 for wrong and 0 for right, or points off. All raise ValueError where
the series differ in length, a confidence is nan, or an error is negative or not finite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from evaluator.agreement.series import finite, ratio, same_length

_ROUNDING = 1e-12


class Kept(NamedTuple):
    """What is left to the judge where everything with less than `threshold` is reviewed."""

    threshold: float
    coverage: float
    """Share that is left to the judge."""
    risk: float
    """Mean error of that share; nan where nothing is left."""


class Review(NamedTuple):
    """The line drawn."""

    share: float
    """Share that people review: all with a confidence below `threshold`."""
    threshold: float
    risk: float
    """Mean error of the rest; nan where nothing is left."""


def risk_coverage(confidence: Sequence[float], errors: Sequence[float]) -> tuple[Kept, ...]:
    """The curve from the surest only to everything: a point for each confidence that occurs.

    Coverage rises strictly up to 1; risk may go either way. Equal confidences come together: no threshold parts them.
    No items: no points.

    Source: R. El-Yaniv, Y. Wiener, J. Mach. Learn. Res. 11 (2010) 1605-1641.
    """
    curve: list[Kept] = []
    kept, cost = 0, 0.0
    for threshold, tied in _surest_first(confidence, errors):
        kept += len(tied)
        cost += math.fsum(tied)
        curve.append(Kept(threshold, kept / len(errors), cost / kept))
    return tuple(curve)


def risk_coverage_area(confidence: Sequence[float], errors: Sequence[float]) -> float:
    """Mean over k = 1..n of the risk of the k surest; less is better. No items: nan.

    Within equal confidences the order is left to chance and the expected risk counts, so the order of the items never
    matters. A confidence that says nothing (all equal) gives the mean error; compare with it.

    Source: Y. Geifman, G. Uziel, R. El-Yaniv, ICLR (2019).
    """
    risks: list[float] = []
    cost = 0.0
    for _, tied in _surest_first(confidence, errors):
        each, before = math.fsum(tied) / len(tied), len(risks)
        risks += [(cost + done * each) / (before + done) for done in range(1, len(tied) + 1)]
        cost += math.fsum(tied)
    return ratio(math.fsum(risks), len(risks))


def least_review(confidence: Sequence[float], errors: Sequence[float], at_most: float) -> Review:
    """The least share to review so that the mean error of the rest is `at_most` or less.

    The rest may hold more error further up the curve: the widest coverage that keeps to it is taken. Where nothing
    does, everything is reviewed (share 1, threshold inf, risk nan). No items: share nan. Chosen and measured on the
    same items the risk is optimistic: choose on one part, apply the threshold to another (`reviewed_at`).
    """
    kept = [point for point in risk_coverage(confidence, errors) if point.risk <= at_most + _ROUNDING]
    if not kept:
        return Review(1.0 if errors else math.nan, math.inf, math.nan)
    return Review(1 - kept[-1].coverage, kept[-1].threshold, kept[-1].risk)


def review_of(confidence: Sequence[float], errors: Sequence[float], share: float) -> Review:
    """What is left when people review the least sure, up to `share` of all items (0..1).

    Equal confidences are not parted: where the next ones are too many for `share`, they stay with the judge. Share 1
    reviews everything (threshold inf, risk nan). No items: share nan. Raises ValueError where `share` is not within
    0..1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies within 0..1, not {share}")
    if share == 1:
        return Review(1.0 if errors else math.nan, math.inf, math.nan)
    for point in risk_coverage(confidence, errors):
        if 1 - point.coverage <= share + _ROUNDING:
            return Review(1 - point.coverage, point.threshold, point.risk)
    return Review(math.nan, math.inf, math.nan)


def reviewed_at(confidence: Sequence[float], errors: Sequence[float], threshold: float) -> Review:
    """What a given threshold does to these items: the share reviewed and the mean error of the rest. No items: nan."""
    _checked(confidence, errors)
    rest = [error for sure, error in zip(confidence, errors, strict=True) if sure >= threshold]
    return Review(ratio(len(errors) - len(rest), len(errors)), threshold, ratio(math.fsum(rest), len(rest)))


def _surest_first(confidence: Sequence[float], errors: Sequence[float]) -> list[tuple[float, list[float]]]:
    """(confidence, the errors of all items with it), from the highest confidence down."""
    _checked(confidence, errors)
    pairs = sorted(zip(confidence, errors, strict=True), key=lambda pair: -pair[0])
    return [(sure, [error for _, error in tied]) for sure, tied in groupby(pairs, key=lambda pair: pair[0])]


def _checked(confidence: Sequence[float], errors: Sequence[float]) -> None:
    same_length(confidence, errors)
    finite(errors)
    if any(map(math.isnan, confidence)):
        raise ValueError("a confidence is nan: give -inf where the judge says nothing, and the item is reviewed first")
    if errors and min(errors) < 0:
        raise ValueError(f"an error is 0 or more, not {min(errors)}")
