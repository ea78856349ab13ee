"""How far two series of labels or scores agree; numbers in, numbers out.

`a` is what is examined (the judge), `b` what it is held against (people), item by item; where a measure is symmetric
the docstring says so. Labels are any hashable values. A figure that the data do not define (no items, nothing to
divide by) is `nan`, never 0 or 1: a report shows it as a dash, and no average takes it for a result.

All functions raise ValueError where `a` and `b` differ in length, or hold a label that is not in `labels`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from typing import NamedTuple

_UNDEFINED = math.nan
_Weight = Callable[[int, int], int]


class PrecisionRecallF1(NamedTuple):
    """Each 0..1, or nan where undefined."""

    precision: float
    recall: float
    f1: float


def confusion(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> tuple[tuple[int, ...], ...]:
    """Counts: row i, column j holds how often `a` says labels[i] where `b` says labels[j].

    Also raises ValueError where a label stands twice in `labels`.
    """
    _same_length(a, b)
    places = {label: place for place, label in enumerate(labels)}
    if len(places) != len(labels):
        raise ValueError(f"labels repeat themselves: {list(labels)!r}")
    if strangers := {*a, *b} - places.keys():
        raise ValueError(f"not among the labels: {sorted(map(repr, strangers))}")
    table = [[0] * len(labels) for _ in labels]
    for mine, theirs in zip(a, b, strict=True):
        table[places[mine]][places[theirs]] += 1
    return tuple(tuple(row) for row in table)


def accuracy(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Share of items with equal labels, 0..1; symmetric. No items: nan."""
    _same_length(a, b)
    return _ratio(sum(mine == theirs for mine, theirs in zip(a, b, strict=True)), len(a))


def cohen_kappa(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> float:
    """Agreement beyond chance, (p_o - p_e) / (1 - p_e), -1..1; symmetric.

    p_o is the share of equal labels, p_e what two raters with the same habits would share by chance. A constant rater
    against one who varies: 0. Both constant on the same label, or no items: nan (0/0).

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960) 37-46.
    """
    return _weighted_kappa(confusion(a, b, labels), lambda row, column: int(row != column))


def quadratic_weighted_kappa(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> float:
    """Kappa that forgives near misses, 1 - sum(w·observed) / sum(w·expected) with w = (i - j)², -1..1; symmetric.

    `labels` are in order from least to most and taken as evenly spaced; i and j are places in them, so a label that
    nobody used still counts as a step. Both constant on the same label, or no items: nan (0/0).

    Source: J. Cohen, "Weighted kappa", Psychol. Bull. 70 (1968) 213-220.
    """
    return _weighted_kappa(confusion(a, b, labels), lambda row, column: (row - column) ** 2)


def mean_absolute_error(a: Sequence[float], b: Sequence[float]) -> float:
    """Mean of |a - b|, in points, from 0 up; symmetric. No items: nan."""
    _same_length(a, b)
    return _ratio(math.fsum(abs(mine - theirs) for mine, theirs in zip(a, b, strict=True)), len(a))


def bias(a: Sequence[float], b: Sequence[float]) -> float:
    """Mean of a - b, in points: above 0 where `a` gives more than `b`. No items: nan."""
    _same_length(a, b)
    return _ratio(math.fsum(mine - theirs for mine, theirs in zip(a, b, strict=True)), len(a))


def precision_recall_f1(a: Sequence[Hashable], b: Sequence[Hashable], positive: Hashable) -> PrecisionRecallF1:
    """Of the items that `a` calls `positive` how many `b` calls so too (precision), and the other way round (recall).

    F1 is their harmonic mean, 2·TP / (2·TP + FP + FN). Precision is nan where `a` never says `positive`, recall where
    `b` never does, F1 where neither does; F1 is 0 where only one of them does.
    """
    _same_length(a, b)
    both = sum(mine == theirs == positive for mine, theirs in zip(a, b, strict=True))
    mine = sum(label == positive for label in a)
    theirs = sum(label == positive for label in b)
    return PrecisionRecallF1(_ratio(both, mine), _ratio(both, theirs), _ratio(2 * both, mine + theirs))


def auc(scores: Sequence[float], positives: Sequence[bool]) -> float:
    """Chance that a positive item has a higher score than a negative one, ties half; 0..1, 0.5 by guessing.

    The area under the ROC curve, by ranks: U / (n₊·n₋). All items positive or none: nan.
    Raises ValueError where a score is nan.

    Source: H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18 (1947) 50-60.
    """
    _same_length(scores, positives)
    if any(math.isnan(value) for value in scores):
        raise ValueError("a score is nan: it has no rank")
    ranked = sorted(zip(scores, positives, strict=True), key=lambda pair: pair[0])
    twice_won = negatives_below = 0
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        outcomes = [bool(positive) for _, positive in tied]
        positive, negative = outcomes.count(True), outcomes.count(False)
        twice_won += positive * (2 * negatives_below + negative)
        negatives_below += negative
    return _ratio(twice_won, 2 * negatives_below * (len(scores) - negatives_below))


def _weighted_kappa(table: Sequence[Sequence[int]], weight: _Weight) -> float:
    """1 - sum(w·observed) / sum(w·expected) in whole numbers, with one division at the end."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    places = range(len(table))
    observed = sum(weight(i, j) * table[i][j] for i in places for j in places) * sum(rows)
    expected = sum(weight(i, j) * rows[i] * columns[j] for i in places for j in places)
    return _ratio(expected - observed, expected)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else _UNDEFINED


def _same_length(a: Sequence[object], b: Sequence[object]) -> None:
    if len(a) != len(b):
        raise ValueError(f"{len(a)} items against {len(b)}")
