"""How far a figure would move with other questions and other answers: intervals by resampling clusters.

Answers to one question resemble each other, and so do the key points of one answer. Rows drawn one by one would pass
for independent and make intervals too narrow. So questions are drawn with replacement, then answers within each drawn
question, and all rows of an answer stay together. Somebody who answers several questions counts as somebody new in
each.

Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993) ch. 13-14; A. C. Davison, D. V. Hinkley,
"Bootstrap Methods and their Application" (1997) § 3.8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Generic, Literal, TypeVar

from evaluator.agreement.drawing import below, words
from evaluator.agreement.grouping import grouped
from evaluator.agreement.series import UNDEFINED, same_length

Row = TypeVar("Row")
Figures = Callable[[Sequence[Row]], Mapping[str, float]]
"""All figures at once, by name, from resampled rows; the same names every time, nan where undefined."""

Method = Literal["percentile", "bca"]

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Clusters(Generic[Row]):
    """Rows by group (question) and, within, by unit (answer): `groups[g][u]` holds the rows of one unit."""

    groups: tuple[tuple[tuple[Row, ...], ...], ...]

    @property
    def units(self) -> int:
        """How many units there are in all groups."""
        return sum(map(len, self.groups))

    def rows(self) -> list[Row]:
        """All rows, group by group."""
        return [row for group in self.groups for unit in group for row in unit]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and between what it lies; `low` and `high` are nan where no interval can be had."""

    estimate: float
    low: float
    high: float
    level: float
    method: Method
    """How it was made: `percentile` also where `bca` was asked for and the data did not allow it."""
    used: int
    """Resamples in which the figure is defined."""
    dropped: int
    """Resamples in which it is not (nan), left out: many of them make the interval doubtful."""


def clustered(
    rows: Sequence[Row], groups: Sequence[Hashable], units: Sequence[Hashable] | None = None
) -> Clusters[Row]:
    """Rows by the group and the unit that each belongs to; units count within their group; None: each row is a unit.

    Order of first appearance is kept, so the same input gives the same resamples. Raises ValueError where the series
    differ in length.
    """
    same_length(rows, groups, *([] if units is None else [units]))
    found = []
    for places in grouped(groups).values():
        keys: list[Hashable] = list(places) if units is None else [units[place] for place in places]
        found.append(tuple(tuple(rows[places[one]] for one in members) for members in grouped(keys).values()))
    return Clusters(tuple(found))


def resampled(clusters: Clusters[Row], resamples: int, seed: int, *, within: bool = True) -> Iterator[list[Row]]:
    """The rows of one resample after the other; the i-th depends on clusters, seed and i only.

    As many groups are drawn as there are, with replacement; in each as many units as it has, with replacement too,
    unless `within` is False: then drawn groups come whole. A group that is drawn twice has its units drawn anew.
    """
    count = len(clusters.groups)
    for number in range(resamples):
        drawn = [clusters.groups[place] for place in below(count, words(seed, "groups", number, count))]
        if not within:
            yield [row for group in drawn for unit in group for row in unit]
            continue
        chance = words(seed, "units", number, sum(map(len, drawn)))
        rows: list[Row] = []
        start = 0
        for group in drawn:
            size = len(group)
            for word in chance[start : start + size]:
                rows += group[(word * size) >> 32]
            start += size
        yield rows


def intervals(
    clusters: Clusters[Row],
    figures: Figures[Row],
    *,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    method: Method = "percentile",
    within: bool = True,
) -> dict[str, Interval]:
    """Every figure with its interval, all from the same resamples.

    `percentile`: the middle `level` of the resampled figures, between neighbours by linear interpolation. `bca`: the
    same with its ends moved for bias (share of resamples below the estimate) and skew (leaving out one group at a time;
    one unit, where there is one group): better for bounded figures such as kappa when there are some 20 groups or more.
    Where that cannot be had (all resamples on one side, a figure undefined with a group left out) percentile is used.

    Resamples without the figure are dropped and counted. Interval ends are nan where the estimate is undefined, where
    no resample has the figure, or where nothing can be drawn differently: fewer than two units, or with `within`
    False fewer than two groups. With one group only its units vary: the interval is for that question alone. Drawing
    at both stages makes intervals slightly too wide rather than too narrow.

    Raises ValueError where `resamples` is below 1 or `level` not within 0..1.

    Source: percentile and BCa: B. Efron, J. Am. Stat. Assoc. 82 (1987) 171-185.
    """
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"at least one resample and a level within 0..1, not {resamples} and {level}")
    estimates = figures(clusters.rows())
    varied = clusters.units if within else len(clusters.groups)
    found = [figures(rows) for rows in resampled(clusters, resamples, seed, within=within)] if varied > 1 else []
    left_out = [figures(rows) for rows in _leaving_out_one(clusters)] if method == "bca" and found else []
    return {
        name: _interval(estimate, [one[name] for one in found], [one[name] for one in left_out], level)
        for name, estimate in estimates.items()
    }


def interval(
    clusters: Clusters[Row],
    figure: Callable[[Sequence[Row]], float],
    *,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    method: Method = "percentile",
    within: bool = True,
) -> Interval:
    """One figure with its interval; all else as for `intervals`."""
    every = intervals(
        clusters,
        lambda rows: {"": figure(rows)},
        resamples=resamples,
        seed=seed,
        level=level,
        method=method,
        within=within,
    )
    return every[""]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ascending values lie, between neighbours by linear interpolation.

    No values: nan. Source: R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) 361-365, definition 7.
    """
    if not ordered:
        return UNDEFINED
    place = share * (len(ordered) - 1)
    below_it = min(math.floor(place), len(ordered) - 1)
    above_it = min(below_it + 1, len(ordered) - 1)
    return ordered[below_it] + (place - below_it) * (ordered[above_it] - ordered[below_it])


def _interval(estimate: float, found: Sequence[float], left_out: Sequence[float], level: float) -> Interval:
    """From the figure of every resample, and of everything but one group where BCa is wanted."""
    defined = sorted(value for value in found if not math.isnan(value))
    tail = (1 - level) / 2
    ends: tuple[float, float] = (tail, 1 - tail)
    method: Method = "percentile"
    if left_out and (moved := _moved_ends(estimate, defined, left_out, ends)):
        ends, method = moved, "bca"
    low, high = (UNDEFINED if math.isnan(estimate) else quantile(defined, end) for end in ends)
    return Interval(estimate, low, high, level, method, len(defined), len(found) - len(defined))


def _moved_ends(
    estimate: float, defined: Sequence[float], left_out: Sequence[float], ends: tuple[float, float]
) -> tuple[float, float] | None:
    """The shares to cut at after correction for bias and skew; None where the data do not allow it."""
    if math.isnan(estimate) or any(map(math.isnan, left_out)) or not defined:
        return None
    below_it = sum(value < estimate for value in defined) + sum(value == estimate for value in defined) / 2
    if not 0 < below_it < len(defined):
        return None
    shift = _NORMAL.inv_cdf(below_it / len(defined))
    skew = _skew(left_out)
    moved = []
    for end in ends:
        away = shift + _NORMAL.inv_cdf(end)
        if skew * away >= 1:
            return None
        moved.append(_NORMAL.cdf(shift + away / (1 - skew * away)))
    return moved[0], moved[1]


def _skew(left_out: Sequence[float]) -> float:
    """Acceleration: sum(d³) / (6·sum(d²)^1.5) with d = mean - value; 0 where all values are equal."""
    middle = math.fsum(left_out) / len(left_out)
    gaps = [middle - value for value in left_out]
    squares = math.fsum(gap * gap for gap in gaps)
    return math.fsum(gap**3 for gap in gaps) / (6 * squares**1.5) if squares else 0.0


def _leaving_out_one(clusters: Clusters[Row]) -> Iterator[list[Row]]:
    groups = clusters.groups if len(clusters.groups) > 1 else tuple((unit,) for unit in clusters.groups[0])
    for skipped in range(len(groups)):
        yield [row for place, group in enumerate(groups) if place != skipped for unit in group for row in unit]
