"""What all figures here share: series of equal length, finite numbers, and `nan` for what the data do not define."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

UNDEFINED = math.nan
"""A figure that the data do not define: never 0 or 1. A report shows a dash, and no average takes it for a result."""


def ratio(numerator: float, denominator: float) -> float:
    """The quotient; `nan` where there is nothing to divide by."""
    return numerator / denominator if denominator else UNDEFINED


def mean(values: Sequence[float]) -> float:
    """The mean, exactly summed and rounded once; `nan` of nothing."""
    return ratio(math.fsum(values), len(values))


def same_length(*series: Sequence[object]) -> None:
    """Raise ValueError where the series differ in length."""
    if len({len(one) for one in series}) > 1:
        raise ValueError(" against ".join(f"{len(one)} items" for one in series))


def finite(*series: Iterable[float]) -> None:
    """Raise ValueError where a number is `nan` or infinite: what is missing is left out, and counted, by the caller."""
    for one in series:
        if not all(map(math.isfinite, one)):
            raise ValueError("a number is nan or infinite: leave the item out of every series and count it as missing")


def paired(a: Sequence[float], b: Sequence[float]) -> None:
    """Raise ValueError where `a` and `b` differ in length or hold anything but finite numbers."""
    same_length(a, b)
    finite(a, b)
