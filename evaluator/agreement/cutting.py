"""Where to cut a score (a probability, a match) into levels, searched on training items: report it on others."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement, pairwise
from typing import NamedTuple

from evaluator.agreement.levels import Table, kappa_of
from evaluator.agreement.series import UNDEFINED, finite, same_length

Criterion = Callable[[Table], float]
"""Higher is better; takes the table of what the cuts say (rows) against people (columns). nan never wins."""

_MOST_PLACES = 200


class Cuts(NamedTuple):
    """Levels by score: a score is of level i where it reaches the first i cuts."""

    cuts: tuple[float, ...]
    """Never descending; inf where no score is of that level or above. nan where none could be chosen."""
    value: float
    """What the criterion says of the training items; optimistic for others."""

    def level(self, score: float) -> int:
        """0 below the first cut, 1 from it on, and so on."""
        return bisect_right(self.cuts, score)


def best_cuts(scores: Sequence[float], levels: Sequence[int], count: int = 2, criterion: Criterion = kappa_of) -> Cuts:
    """The count - 1 cuts, one or two, that bring the scores nearest to people's `levels` (0..count - 1) by `criterion`.

    Cuts are sought half-way between neighbouring scores, below all and above all; where there are more than 200 such
    places, at 200 of them at most, spread evenly over the items. Of equally good cuts those with the widest gaps
    between scores win, then the lowest. Two levels: threshold of yes and no; three: missed, partial, hit (for near
    misses take `quadratic_criterion`). Where people gave fewer than two levels, or the criterion is undefined
    everywhere: nan cuts. Raises ValueError where lengths differ, a score is not finite or a level not within range.
    """
    same_length(scores, levels)
    finite(scores)
    if count not in (2, 3) or not all(0 <= level < count for level in levels):
        raise ValueError(f"two or three levels from 0 on, not {sorted(set(levels))} of {count}")
    places = _places(scores, levels, count)
    best = (-math.inf, -math.inf)
    chosen: tuple[float, ...] = ()
    for ends in combinations_with_replacement(places, count - 1) if len(set(levels)) > 1 else ():
        value = criterion(_table(ends, places[-1].below))
        if not math.isnan(value) and (rank := (value, sum(place.gap for place in ends))) > best:
            best, chosen = rank, tuple(place.cut for place in ends)
    return Cuts(chosen, best[0]) if chosen else Cuts((UNDEFINED,) * (count - 1), UNDEFINED)


def quadratic_criterion(table: Table) -> float:
    """Quadratic weighted kappa of the table, for ordered levels."""
    return kappa_of(table, "quadratic")


def accuracy_criterion(table: Table) -> float:
    """Share of equal levels. No items: nan."""
    total = sum(map(sum, table))
    return sum(row[place] for place, row in enumerate(table)) / total if total else UNDEFINED


class _Place(NamedTuple):
    """Where a cut may stand."""

    cut: float
    gap: float
    """Between the scores on either side; 0 below all and above all."""
    below: tuple[int, ...]
    """How many items of each level have a lower score."""


def _places(scores: Sequence[float], levels: Sequence[int], count: int) -> list[_Place]:
    """From below all to above all; the last has every item below it."""
    items = sorted(zip(scores, levels, strict=True))
    below, previous, kept = [0] * count, None, -1
    places: list[_Place] = []
    for done, (score, level) in enumerate(items):
        bucket = done * _MOST_PLACES // len(items)
        if previous is None:
            places.append(_Place(score, 0.0, tuple(below)))
        elif score > previous and bucket > kept:
            middle = (previous + score) / 2
            places.append(_Place(middle if previous < middle else score, score - previous, tuple(below)))
            kept = bucket
        below[level] += 1
        previous = score
    return [*places, _Place(math.inf, 0.0, tuple(below))]


def _table(ends: Sequence[_Place], everything: Sequence[int]) -> Table:
    sums = [(0,) * len(everything), *(place.below for place in ends), everything]
    return [[upper - lower for lower, upper in zip(*pair, strict=True)] for pair in pairwise(sums)]
