from __future__ import annotations

import math
import random
import warnings

import pytest
from sklearn import metrics

from evaluator.agreement import (
    accuracy,
    auc,
    bias,
    cohen_kappa,
    confusion,
    mean_absolute_error,
    precision_recall_f1,
    quadratic_weighted_kappa,
)

LEVELS = ("missed", "partial", "hit")


def close(value: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(value)
    return math.isclose(value, expected, rel_tol=0, abs_tol=1e-12)


# Ten answers by hand:      b: m m m p p p h h h h
TEN_A = ("missed", "missed", "partial", "partial", "partial", "hit", "hit", "hit", "hit", "missed")
TEN_B = ("missed", "missed", "missed", "partial", "partial", "partial", "hit", "hit", "hit", "hit")


def test_the_table_counts_a_in_rows_and_b_in_columns():
    assert confusion(TEN_A, TEN_B, LEVELS) == ((2, 0, 1), (1, 2, 0), (0, 1, 3))


def test_figures_by_hand():
    # p_o = 7/10; p_e = (3·3 + 3·3 + 4·4) / 100 = 34/100; kappa = (7/10 - 34/100) / (66/100) = 36/66
    assert close(accuracy(TEN_A, TEN_B), 7 / 10)
    assert close(cohen_kappa(TEN_A, TEN_B, LEVELS), 6 / 11)
    # observed: 1·1 + 1·1 + 1·4 = 6, over 10; expected: (3·3 + 3·3 + 3·4 + 4·3) + 4·(3·4 + 4·3) = 138, over 100
    assert close(quadratic_weighted_kappa(TEN_A, TEN_B, LEVELS), 1 - (6 / 10) / (138 / 100))
    precision, recall, f1 = precision_recall_f1(TEN_A, TEN_B, "hit")
    assert close(precision, 3 / 4)
    assert close(recall, 3 / 4)
    assert close(f1, 3 / 4)


def test_errors_in_points_by_hand():
    judge, people = (8, 5, 2.5, 0), (6, 5, 4, 1)
    assert close(mean_absolute_error(judge, people), 4.5 / 4)
    assert close(bias(judge, people), -0.5 / 4)


@pytest.mark.parametrize(
    ("scores", "positives", "expected"),
    [
        ((1, 2, 3, 4), (False, False, True, True), 1),
        ((4, 3, 2, 1), (False, False, True, True), 0),
        ((1, 2, 3, 4), (False, True, False, True), 3 / 4),
        ((1, 1, 1, 1), (False, True, False, True), 1 / 2),
        ((1, 2, 2, 3), (False, True, False, False), (1 + 1 / 2) / 3),
        ((-math.inf, math.inf), (False, True), 1),
        ((1, 2), (True, True), math.nan),
        ((1, 2), (False, False), math.nan),
        ((), (), math.nan),
    ],
)
def test_auc_by_hand(scores, positives, expected):
    assert close(auc(scores, positives), expected)


@pytest.mark.parametrize(
    ("a", "b", "kappa", "weighted"),
    [
        ("", "", math.nan, math.nan),
        ("hhh", "hhh", math.nan, math.nan),  # both constant, and equal: chance explains all
        ("hhh", "mmm", 0, 0),  # both constant, and different
        ("hhh", "hhm", 0, 0),  # one constant
        ("hpm", "hpm", 1, 1),
        ("hm", "mh", -1, -1),
        ("hpm", "phm", 0, 1 - (2 / 3) / (12 / 9)),
    ],
)
def test_kappa_at_its_edges(a, b, kappa, weighted):
    assert close(cohen_kappa(a, b, "mph"), kappa)
    assert close(quadratic_weighted_kappa(a, b, "mph"), weighted)


def test_an_unused_label_between_two_widens_the_step():
    a, b = (0, 1, 3, 3), (0, 3, 1, 3)
    assert quadratic_weighted_kappa(a, b, (0, 1, 2, 3)) != quadratic_weighted_kappa(a, b, (0, 1, 3))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", (math.nan, math.nan, math.nan)),
        ("mm", "mm", (math.nan, math.nan, math.nan)),
        ("mm", "hm", (math.nan, 0, 0)),
        ("hm", "mm", (0, math.nan, 0)),
        ("hhm", "hmh", (1 / 2, 1 / 2, 1 / 2)),
        ("hhhm", "hmmm", (1 / 3, 1, 1 / 2)),
    ],
)
def test_precision_recall_and_f1_are_undefined_where_there_is_nothing_to_divide_by(a, b, expected):
    assert all(map(close, precision_recall_f1(a, b, "h"), expected))


@pytest.mark.parametrize("measure", [accuracy, mean_absolute_error, bias])
def test_nothing_to_average_is_undefined(measure):
    assert math.isnan(measure((), ()))


@pytest.mark.parametrize(
    "call",
    [
        lambda: accuracy((1,), (1, 2)),
        lambda: bias((1,), ()),
        lambda: mean_absolute_error((), (1,)),
        lambda: cohen_kappa("hm", "h", "hm"),
        lambda: auc((1, 2), (True,)),
        lambda: precision_recall_f1("h", "", "h"),
        lambda: confusion("hx", "hm", "hm"),
        lambda: confusion("hm", "hm", "hmm"),
        lambda: auc((1, math.nan), (True, False)),
    ],
)
def test_input_that_does_not_fit_together_is_refused(call):
    with pytest.raises(ValueError):
        call()


def random_pairs(count: int, labels: int):
    source = random.Random(20_24)
    for _ in range(count):
        size = source.randint(2, 60)
        a = [source.randrange(labels) for _ in range(size)]
        yield a, [value if source.random() < 0.5 else source.randrange(labels) for value in a]


@pytest.mark.parametrize("labels", [2, 3, 7])
def test_labels_agree_with_scikit_learn(labels):
    names = range(labels)
    for a, b in random_pairs(60, labels):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert confusion(a, b, names) == tuple(map(tuple, metrics.confusion_matrix(a, b, labels=names).tolist()))
            assert close(accuracy(a, b), metrics.accuracy_score(b, a))
            assert close(cohen_kappa(a, b, names), metrics.cohen_kappa_score(a, b, labels=names))
            assert close(
                quadratic_weighted_kappa(a, b, names),
                metrics.cohen_kappa_score(a, b, labels=names, weights="quadratic"),
            )
            oracle = metrics.precision_recall_fscore_support(
                b, a, labels=[1], average="macro", zero_division=float("nan")
            )
            assert all(map(close, precision_recall_f1(a, b, 1), oracle[:3]))


def test_scores_agree_with_scikit_learn():
    source = random.Random(7)
    for a, b in random_pairs(60, 11):
        assert close(mean_absolute_error(a, b), metrics.mean_absolute_error(b, a))
        truth = [True, False, *(source.random() < 0.4 for _ in a[2:])]
        assert close(auc(a, truth), metrics.roc_auc_score(truth, a))
