from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from evaluator.agreement import (
    PrecisionRecallF1,
    cohen_kappa,
    confusion,
    kappa_of,
    linear_weighted_kappa,
    macro,
    per_level,
    precision_recall_f1,
    quadratic_weighted_kappa,
)

LEVELS = "mph"
KAPPAS = [cohen_kappa, linear_weighted_kappa, quadratic_weighted_kappa]
PAIRS = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), max_size=40)
NAN = math.nan


def unzip(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def same(value, expected):
    return math.isnan(value) if math.isnan(expected) else value == pytest.approx(expected, abs=1e-12)


def test_linear_kappa_by_hand():
    # table ((2, 0, 1), (1, 2, 0), (0, 1, 3)); observed 1 + 1 + 2 = 4, over 10
    # expected ((3·3 + 3·3 + 3·4 + 4·3) + 2·(3·4 + 4·3)) / 100 = 90 / 100
    assert same(linear_weighted_kappa("mmppphhhhm", "mmmppphhhh", LEVELS), 1 - (4 / 10) / (90 / 100))


@pytest.mark.parametrize(
    ("a", "b", "expected"), [("", "", NAN), ("hh", "hh", NAN), ("hh", "hm", 0), ("hm", "mh", -1), ("hpm", "hpm", 1)]
)
def test_linear_kappa_at_its_edges(a, b, expected):
    assert same(linear_weighted_kappa(a, b, LEVELS), expected)


def test_a_table_gives_the_same_kappa_as_the_labels():
    a, b = "mmppphhhhm", "mmmppphhhh"
    table = confusion(a, b, LEVELS)
    assert kappa_of(table) == cohen_kappa(a, b, LEVELS)
    assert kappa_of(table, "linear") == linear_weighted_kappa(a, b, LEVELS)
    assert kappa_of(table, "quadratic") == quadratic_weighted_kappa(a, b, LEVELS)


def test_levels_one_by_one_and_their_mean_by_hand():
    found = per_level("hhpm", "hpph", LEVELS)
    assert list(found) == ["m", "p", "h"]
    assert found["m"] == (0, pytest.approx(NAN, nan_ok=True), 0)
    assert found["p"] == (1, 1 / 2, 2 / 3)
    assert found["h"] == (1 / 2, 1 / 2, 1 / 2)
    assert macro(list(found.values())) == pytest.approx((1 / 2, 1 / 2, 7 / 18))


def test_the_mean_over_levels_leaves_out_what_is_undefined():
    empty = PrecisionRecallF1(NAN, NAN, NAN)
    assert macro([empty, PrecisionRecallF1(1, NAN, 0.5)]) == pytest.approx((1, NAN, 0.5), nan_ok=True)
    assert all(map(math.isnan, macro([empty])))
    assert all(map(math.isnan, macro([])))


@given(PAIRS.filter(bool))
@settings(deadline=None)
def test_levels_agree_with_scikit_learn(pairs):
    a, b = unzip(pairs)
    found = per_level(a, b, LEVELS)
    assert all(
        same(x, y) for label in LEVELS for x, y in zip(found[label], precision_recall_f1(a, b, label), strict=True)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = metrics.precision_recall_fscore_support(b, a, labels=list(LEVELS), average="macro", zero_division=NAN)
        linear = metrics.cohen_kappa_score(a, b, labels=list(LEVELS), weights="linear")
    assert all(map(same, macro(list(found.values())), oracle[:3]))
    assert same(linear_weighted_kappa(a, b, LEVELS), linear)


@pytest.mark.parametrize("kappa", KAPPAS)
@given(pairs=PAIRS)
@settings(deadline=None)
def test_kappas_are_symmetric_and_within_their_range_whatever_end_the_labels_start_from(kappa, pairs):
    a, b = unzip(pairs)
    value = kappa(a, b, LEVELS)
    assert math.isnan(value) or -1 <= value <= 1
    assert same(kappa(b, a, LEVELS), value)
    assert same(kappa(a, b, LEVELS[::-1]), value)
    assert same(kappa(a * 3, b * 3, LEVELS), value)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
@settings(deadline=None)
def test_with_two_labels_all_kappas_are_one(pairs):
    a, b = unzip(pairs)
    plain = cohen_kappa(a, b, (False, True))
    assert same(linear_weighted_kappa(a, b, (False, True)), plain)
    assert same(quadratic_weighted_kappa(a, b, (False, True)), plain)
