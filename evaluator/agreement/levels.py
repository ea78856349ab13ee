"""Agreement of labels, such as the levels missed, partial, hit.

`a` is what is examined (the judge), `b` what it is held against (people), item by item; where a measure is symmetric
the docstring says so. Labels are any hashable values. All functions raise ValueError where `a` and `b` differ in
length, or hold a label that is not in `labels`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Literal, NamedTuple, TypeVar

from evaluator.agreement.series import ratio, same_length

Table = Sequence[Sequence[int]]
"""Counts: row i, column j holds how often `a` says labels[i] where `b` says labels[j]."""

Weighting = Literal["none", "linear", "quadratic"]
"""What a disagreement costs: always 1, the steps between the labels, or their square."""

_Label = TypeVar("_Label", bound=Hashable)
_WEIGHTS: dict[Weighting, Callable[[int, int], int]] = {
    "none": lambda row, column: int(row != column),
    "linear": lambda row, column: abs(row - column),
    "quadratic": lambda row, column: (row - column) ** 2,
}


class PrecisionRecallF1(NamedTuple):
    """Each 0..1, or nan where undefined."""

    precision: float
    recall: float
    f1: float


def confusion(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> tuple[tuple[int, ...], ...]:
    """Counts: row i, column j holds how often `a` says labels[i] where `b` says labels[j].

    Also raises ValueError where a label stands twice in `labels`.
    """
    same_length(a, b)
    known = set(labels)
    if len(known) != len(labels):
        raise ValueError(f"labels repeat themselves: {list(labels)!r}")
    counts = Counter(zip(a, b, strict=True))
    if strangers := {label for pair in counts for label in pair} - known:
        raise ValueError(f"not among the labels: {sorted(map(repr, strangers))}")
    return tuple(tuple(counts[mine, theirs] for theirs in labels) for mine in labels)


def accuracy(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Share of items with equal labels, 0..1; symmetric. No items: nan."""
    same_length(a, b)
    return ratio(sum(mine == theirs for mine, theirs in zip(a, b, strict=True)), len(a))


def kappa_of(table: Table, weighting: Weighting = "none") -> float:
    """Kappa of a square table of counts, -1..1: 1 - sum(w·observed) / sum(w·expected).

    Expected is what two raters with the same habits (row and column sums) would have by chance; `weighting` is w.
    A constant rater against one who varies: 0. Both constant on the same label, or an empty table: nan (0/0).
    Whole numbers throughout, one division at the end.

    Source: J. Cohen, "Weighted kappa", Psychol. Bull. 70 (1968) 213-220.
    """
    weight = _WEIGHTS[weighting]
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    places = range(len(table))
    observed = sum(weight(i, j) * table[i][j] for i in places for j in places) * sum(rows)
    expected = sum(weight(i, j) * rows[i] * columns[j] for i in places for j in places)
    return ratio(expected - observed, expected)


def cohen_kappa(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> float:
    """Agreement beyond chance, (p_o - p_e) / (1 - p_e), -1..1; symmetric.

    p_o is the share of equal labels, p_e what two raters with the same habits would share by chance. A constant rater
    against one who varies: 0. Both constant on the same label, or no items: nan (0/0).

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960) 37-46.
    """
    return kappa_of(confusion(a, b, labels))


def linear_weighted_kappa(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> float:
    """Kappa in which a disagreement costs as many as the steps between the labels, w = |i - j|, -1..1; symmetric.

    `labels` are in order from least to most and taken as evenly spaced. With two labels it is Cohen's kappa. Both
    constant on the same label, or no items: nan (0/0).

    Source: D. V. Cicchetti, T. Allison, Am. J. EEG Technol. 11 (1971) 101-110.
    """
    return kappa_of(confusion(a, b, labels), "linear")


def quadratic_weighted_kappa(a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[Hashable]) -> float:
    """Kappa that forgives near misses, 1 - sum(w·observed) / sum(w·expected) with w = (i - j)², -1..1; symmetric.

    `labels` are in order from least to most and taken as evenly spaced (missed, partial, hit: partial stands in the
    middle); i and j are places in them, so a label that nobody used still counts as a step. Both constant on the same
    label, or no items: nan (0/0). For scores in points: `score_qwk`.

    Source: J. Cohen, "Weighted kappa", Psychol. Bull. 70 (1968) 213-220.
    """
    return kappa_of(confusion(a, b, labels), "quadratic")


def precision_recall_f1(a: Sequence[Hashable], b: Sequence[Hashable], positive: Hashable) -> PrecisionRecallF1:
    """Of the items that `a` calls `positive` how many `b` calls so too (precision), and the other way round (recall).

    F1 is their harmonic mean, 2·TP / (2·TP + FP + FN). Precision is nan where `a` never says `positive`, recall where
    `b` never does, F1 where neither does; F1 is 0 where only one of them does.
    """
    same_length(a, b)
    both = sum(mine == theirs == positive for mine, theirs in zip(a, b, strict=True))
    mine = sum(label == positive for label in a)
    theirs = sum(label == positive for label in b)
    return PrecisionRecallF1(ratio(both, mine), ratio(both, theirs), ratio(2 * both, mine + theirs))


def per_level(
    a: Sequence[Hashable], b: Sequence[Hashable], labels: Sequence[_Label]
) -> dict[_Label, PrecisionRecallF1]:
    """Precision, recall and F1 of each label against all others, in the order of `labels`; edges as for one label."""
    table = confusion(a, b, labels)
    columns = [sum(column) for column in zip(*table, strict=True)]
    return {
        label: PrecisionRecallF1(
            ratio(row[place], sum(row)),
            ratio(row[place], columns[place]),
            ratio(2 * row[place], sum(row) + columns[place]),
        )
        for place, (label, row) in enumerate(zip(labels, table, strict=True))
    }


def macro(levels: Sequence[PrecisionRecallF1]) -> PrecisionRecallF1:
    """The mean over the levels, each counting the same however rare: of precision, of recall and of F1 by itself.

    A level for which one of them is undefined is left out of the mean of that one. No levels, or none defined: nan.
    """
    return PrecisionRecallF1(*(_defined_mean([level[part] for level in levels]) for part in range(3)))


def _defined_mean(values: Sequence[float]) -> float:
    defined = [value for value in values if not math.isnan(value)]
    return ratio(sum(defined), len(defined))
