from __future__ import annotations

import math
import random
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from evaluator.agreement import (
    auc,
    brier_score,
    expected_calibration_error,
    least_review,
    reliability,
    review_of,
    reviewed_at,
    risk_coverage,
    risk_coverage_area,
)

NAN = math.nan
SURE = st.one_of(st.integers(0, 10).map(lambda tenths: tenths / 10), st.floats(0, 1))
JUDGED = st.lists(st.tuples(SURE, st.booleans()), min_size=1, max_size=40)
COSTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), min_size=1, max_size=25)


def unzip(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def same(value, expected):
    return math.isnan(value) if math.isnan(expected) else value == pytest.approx(expected, abs=1e-9)


def test_reliability_by_hand():
    sure, right = (0.05, 0.5, 0.55, 0.6, 0.95, 1.0), (False, True, False, True, True, True)
    table = reliability(sure, right, bins=4)
    assert [(one.low, one.high, one.items) for one in table] == [
        (0, 0.25, 1),
        (0.25, 0.5, 1),
        (0.5, 0.75, 2),
        (0.75, 1, 2),
    ]
    assert [one.right for one in table] == [0, 1, 1 / 2, 1]
    assert [one.confidence for one in table] == pytest.approx([0.05, 0.5, 0.575, 0.975])
    # (0.05 + 0.5 + 2·0.075 + 2·0.025) / 6
    assert expected_calibration_error(table) == pytest.approx(0.75 / 6)
    # 0.0025 + 0.25 + 0.3025 + 0.16 + 0.0025 + 0, over 6
    assert brier_score(sure, right) == pytest.approx(0.7175 / 6)


def test_empty_bins_are_shown_and_count_for_nothing():
    table = reliability((0.9,), (True,), bins=2)
    assert table[0].items == 0
    assert math.isnan(table[0].right)
    assert math.isnan(table[0].confidence)
    assert expected_calibration_error(table) == pytest.approx(0.1)


@pytest.mark.parametrize("by", ["width", "count"])
def test_without_items_nothing_is_known(by):
    assert math.isnan(expected_calibration_error(reliability((), (), by=by)))
    assert math.isnan(brier_score((), ()))


def test_bins_by_count_hold_as_many_each_and_never_part_equal_confidences():
    sure = [place / 10 for place in range(10)]
    assert [one.items for one in reliability(sure, [True] * 10, 3, "count")] == [4, 3, 3]
    tied = [0.1] + [0.8] * 7 + [0.9] * 2
    assert [(one.low, one.high, one.items) for one in reliability(tied, [True] * 10, 5, "count")] == [
        (0.1, 0.8, 8),
        (0.9, 0.9, 2),
    ]


@pytest.mark.parametrize("by", ["width", "count"])
@given(pairs=JUDGED, bins=st.integers(1, 12))
@settings(deadline=None)
def test_every_item_is_in_one_bin_in_order(by, pairs, bins):
    sure, right = unzip(pairs)
    table = reliability(sure, right, bins, by)
    assert sum(one.items for one in table) == len(pairs)
    assert len(table) <= bins
    assert all(one.low - 1e-12 <= one.confidence <= one.high + 1e-12 for one in table if one.items)
    assert all(before.high <= after.low for before, after in pairwise(table))
    assert sum(one.items * one.right for one in table if one.items) == pytest.approx(sum(right))
    assert 0 <= expected_calibration_error(table) <= 1
    mixed = reliability(sure[::-1], right[::-1], bins, by)
    assert [one.items for one in mixed] == [one.items for one in table]


@given(JUDGED)
@settings(deadline=None)
def test_confidence_figures_agree_with_scikit_learn(pairs):
    sure, right = unzip(pairs)
    assert same(brier_score(sure, right), np.mean((np.array(sure) - np.array(right)) ** 2))
    assume(len(set(right)) == 2)
    assert same(brier_score(sure, right), metrics.brier_score_loss(right, sure))
    assert same(auc(sure, right), metrics.roc_auc_score(right, sure))


@pytest.mark.parametrize("bins", [3, 10])
def test_bins_by_width_agree_with_scikit_learn(bins):
    chance = random.Random(8)
    for size in (20, 200):
        sure = [chance.random() for _ in range(size)]
        right = [chance.random() < one for one in sure]
        shares, means = calibration_curve(right, sure, n_bins=bins)
        filled = [one for one in reliability(sure, right, bins) if one.items]
        assert [one.right for one in filled] == pytest.approx(shares.tolist())
        assert [one.confidence for one in filled] == pytest.approx(means.tolist())


# Reviewing

SURENESS, ERRORS = (0.8, 0.3, 0.9, 0.8), (1, 1, 0, 0)


def test_risk_and_coverage_by_hand():
    assert risk_coverage(SURENESS, ERRORS) == ((0.9, 1 / 4, 0), (0.8, 3 / 4, 1 / 3), (0.3, 1, 1 / 2))
    # 0, then one half error expected of two, 1 of three, 2 of four
    assert risk_coverage_area(SURENESS, ERRORS) == pytest.approx((0 + 1 / 4 + 1 / 3 + 1 / 2) / 4)


@pytest.mark.parametrize(
    ("at_most", "expected"),
    [
        (0.5, (0, 0.3, 1 / 2)),
        (0.4, (1 / 4, 0.8, 1 / 3)),
        (1 / 3, (1 / 4, 0.8, 1 / 3)),
        (0.1, (3 / 4, 0.9, 0)),
        (-1, (1, math.inf, NAN)),
    ],
)
def test_the_least_review_for_an_error_by_hand(at_most, expected):
    assert least_review(SURENESS, ERRORS, at_most) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, (0, 0.3, 1 / 2)),
        (0.24, (0, 0.3, 1 / 2)),
        (0.25, (1 / 4, 0.8, 1 / 3)),
        (0.7, (1 / 4, 0.8, 1 / 3)),  # two are equally sure: there is no reviewing one of them
        (0.75, (3 / 4, 0.9, 0)),
        (1, (1, math.inf, NAN)),
    ],
)
def test_what_a_share_of_review_leaves_by_hand(share, expected):
    assert review_of(SURENESS, ERRORS, share) == pytest.approx(expected, nan_ok=True)


def test_a_curve_that_falls_again_is_followed_to_its_end():
    # the surest is wrong: risk 1, 1/2, 1/3, 1/4
    assert least_review((4, 3, 2, 1), (1, 0, 0, 0), 0.25) == (0, 1, 0.25)


def test_rounding_does_not_send_more_to_review():
    assert least_review((3, 2, 1), (0.1, 0.1, 0.1), 0.1).share == 0


def test_what_has_no_confidence_is_reviewed_first():
    assert least_review((0.2, -math.inf), (0, 1), 0).share == 1 / 2


def test_without_items_there_is_nothing_to_review():
    assert risk_coverage((), ()) == ()
    assert math.isnan(risk_coverage_area((), ()))
    assert math.isnan(least_review((), (), 0.1).share)
    assert math.isnan(review_of((), (), 0.1).share)
    assert math.isnan(review_of((), (), 1).share)
    assert math.isnan(reviewed_at((), (), 0.1).share)


@given(COSTS, st.integers(0, 8))
@settings(deadline=None)
def test_the_least_review_keeps_to_the_error_and_no_threshold_reviews_less(pairs, at_most):
    sure, errors = unzip(pairs)
    found = least_review(sure, errors, at_most)
    applied = reviewed_at(sure, errors, found.threshold)
    assert same(applied.share, found.share)
    assert same(applied.risk, found.risk)
    assert math.isnan(found.risk) or found.risk <= at_most + 1e-9
    for threshold in sure:
        other = reviewed_at(sure, errors, threshold)
        assert other.risk > at_most or other.share >= found.share - 1e-12


@given(COSTS)
@settings(deadline=None)
def test_the_curve_ends_at_everything_with_the_mean_error(pairs):
    sure, errors = unzip(pairs)
    curve = risk_coverage(sure, errors)
    assert [point.coverage for point in curve] == sorted({point.coverage for point in curve})
    assert curve[-1][1:] == (1, pytest.approx(sum(errors) / len(errors)))
    assert same(risk_coverage_area([1] * len(errors), errors), sum(errors) / len(errors))
    best = risk_coverage_area([-error for error in errors], errors)
    worst = risk_coverage_area(errors, errors)
    assert best - 1e-9 <= risk_coverage_area(sure, errors) <= worst + 1e-9


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=5))
@settings(deadline=None)
def test_the_area_is_the_mean_over_all_orders_of_equal_confidences(pairs):
    areas = []
    for order in permutations(pairs):
        costs = [error for _, error in sorted(order, key=lambda pair: -pair[0])]
        areas.append(np.mean([np.mean(costs[:count]) for count in range(1, len(costs) + 1)]))
    assert same(risk_coverage_area(*unzip(pairs)), float(np.mean(areas)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: brier_score((1.1,), (True,)),
        lambda: brier_score((NAN,), (True,)),
        lambda: brier_score((0.5,), ()),
        lambda: reliability((-0.1,), (True,)),
        lambda: reliability((0.5,), (True,), bins=0),
        lambda: risk_coverage((NAN,), (1,)),
        lambda: risk_coverage((0.5,), (-1,)),
        lambda: risk_coverage_area((0.5,), (NAN,)),
        lambda: least_review((0.5,), (), 0.1),
        lambda: reviewed_at((0.5,), (), 0.1),
        lambda: review_of((0.5,), (1,), 1.1),
        lambda: review_of((0.5,), (1,), NAN),
    ],
)
def test_confidences_that_make_no_sense_are_refused(call):
    with pytest.raises(ValueError):
        call()
