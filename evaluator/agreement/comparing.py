"""Two judges (models, prompts, rubric versions) on the same answers: which agrees better with people, or is it luck?"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from evaluator.agreement.drawing import words
from evaluator.agreement.grouping import grouped
from evaluator.agreement.resampling import Clusters, Figures, Row, quantile, resampled
from evaluator.agreement.series import UNDEFINED, ratio, same_length

_Row = TypeVar("_Row")
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Difference:
    """First judge minus second, in one figure; `low` and `high` are nan where no interval can be had."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    level: float
    above: float
    """Share of the resamples in which the first comes out above the second, ties half; nan where there are none."""
    used: int
    dropped: int
    """Resamples in which one of the two is undefined (nan), left out."""


class McNemar(NamedTuple):
    """Where two judges part ways."""

    only_first: int
    """Items that only the first judge has right."""
    only_second: int
    p: float


class Permutation(NamedTuple):
    """Outcome of a permutation test."""

    difference: float
    p: float
    used: int
    """Exchanges tried in which the figure is defined."""
    exact: bool
    """All exchanges were tried, so `p` is exact."""


def differences(
    clusters: Clusters[Row],
    first: Figures[Row],
    second: Figures[Row],
    *,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    within: bool = True,
) -> dict[str, Difference]:
    """Paired bootstrap: each figure of both judges on the same resamples, and the interval of first - second.

    A row holds what both judges and people said of one item; `first` and `second` take the figures of either from it,
    under the same names. Percentile intervals; one without 0 in it speaks for a difference. Items that are hard for
    both cancel out, so it is narrower than the two intervals side by side suggest. Resampling and edges as for
    `intervals`.

    Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993) ch. 16.
    """
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"at least one resample and a level within 0..1, not {resamples} and {level}")
    whole = clusters.rows()
    of_first, of_second = first(whole), second(whole)
    found: dict[str, list[float]] = {name: [] for name in of_first}
    if (clusters.units if within else len(clusters.groups)) > 1:
        for rows in resampled(clusters, resamples, seed, within=within):
            mine, theirs = first(rows), second(rows)
            for name, gaps in found.items():
                gaps.append(mine[name] - theirs[name])
    return {name: _difference(of_first[name], of_second[name], gaps, level) for name, gaps in found.items()}


def mcnemar(first_right: Sequence[bool], second_right: Sequence[bool]) -> McNemar:
    """Exact test whether two judges are right equally often, from the items that only one of them has right.

    p = min(1, 2·P(X <= min(b, c))), X binomial with b + c tries at 1/2; two-sided, exact for any size. No such items:
    p 1. Takes items for independent: for several key points of one answer use `permutation_test` with the answers as
    units. Raises ValueError where the lengths differ.

    Source: Q. McNemar, Psychometrika 12 (1947) 153-157; exact: F. Mosteller, Biometrics 8 (1952) 220-226.
    """
    same_length(first_right, second_right)
    pairs = [(bool(one), bool(other)) for one, other in zip(first_right, second_right, strict=True)]
    b, c = pairs.count((True, False)), pairs.count((False, True))
    tail = sum(math.comb(b + c, k) for k in range(min(b, c) + 1))
    return McNemar(b, c, min(1.0, 2 * tail / 2 ** (b + c)))


def permutation_test(
    first: Sequence[_Row],
    second: Sequence[_Row],
    figure: Callable[[Sequence[_Row]], float],
    *,
    units: Sequence[Hashable] | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> Permutation:
    """Whether `figure` of two judges differs by more than chance, if it were all one which of them said what.

    `first[i]` and `second[i]` are the rows of one item. Rows change sides unit by unit (answer by answer; None: each
    item by itself); p is the share of exchanges with a difference at least as large, in either direction. Where there
    are no more exchanges than `resamples`, all are tried and p is exact; else p = (1 + as large) / (1 + tried), never
    0. Exchanges in which the figure is undefined are left out; nan where it is so for the rows as given.

    Source: E. S. Edgington, "Randomization Tests" (1980); p by chance: B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol.
    Biol. 9 (2010) 39.
    """
    same_length(first, second, *([] if units is None else [units]))
    members = list(grouped(range(len(first)) if units is None else units).values())
    exact = len(members) < resamples.bit_length() and 2 ** len(members) <= resamples
    observed = figure(first) - figure(second)
    if math.isnan(observed):
        return Permutation(observed, UNDEFINED, 0, exact)
    gaps = []
    for exchanged in _every_exchange(len(members)) if exact else _some_exchanges(len(members), resamples, seed):
        mine, theirs = list(first), list(second)
        for places, change in zip(members, exchanged, strict=True):
            if change:
                for place in places:
                    mine[place], theirs[place] = second[place], first[place]
        gaps.append(figure(mine) - figure(theirs))
    defined = [gap for gap in gaps if not math.isnan(gap)]
    as_large = sum(abs(gap) >= abs(observed) - _ROUNDING for gap in defined)
    spare = 0 if exact else 1
    return Permutation(observed, ratio(spare + as_large, spare + len(defined)), len(defined), exact)


def _every_exchange(units: int) -> Iterator[Sequence[int]]:
    for number in range(2**units):
        yield [number >> place & 1 for place in range(units)]


def _some_exchanges(units: int, resamples: int, seed: int) -> Iterator[Sequence[int]]:
    for number in range(resamples):
        yield [word & 1 for word in words(seed, "exchange", number, units)]


def _difference(first: float, second: float, gaps: Sequence[float], level: float) -> Difference:
    defined = sorted(gap for gap in gaps if not math.isnan(gap))
    tail = (1 - level) / 2
    gap = first - second
    low, high = (UNDEFINED if math.isnan(gap) else quantile(defined, end) for end in (tail, 1 - tail))
    won = sum(one > 0 for one in defined) + sum(one == 0 for one in defined) / 2
    return Difference(
        first, second, gap, low, high, level, ratio(won, len(defined)), len(defined), len(gaps) - len(defined)
    )
