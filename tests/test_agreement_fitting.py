from __future__ import annotations

import math
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from evaluator.agreement import (
    accuracy_criterion,
    best_cuts,
    confusion,
    isotonic,
    kappa_of,
    linear,
    partial_value,
    quadratic_criterion,
)

SCORE = st.integers(0, 12)
WEIGHTED = st.lists(st.tuples(SCORE, SCORE, st.integers(1, 5)), min_size=1, max_size=40)
NAN = math.nan


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("x", "y", "weights", "knots"),
    [
        ((1, 2, 3, 4), (1, 3, 2, 4), None, ((1, 1), (2, 2.5), (3, 2.5), (4, 4))),
        ((1, 2, 3), (3, 2, 1), None, ((1, 2), (3, 2))),
        ((1, 2, 3), (3, 2, 1), (2, 1, 1), ((1, 9 / 4), (3, 9 / 4))),
        ((2, 2, 5), (1, 3, 7), None, ((2, 2), (5, 7))),  # the same score counts once, with its mean
        ((2, 2, 5), (1, 3, 7), (3, 1, 1), ((2, 1.5), (5, 7))),
        ((1, 2, 3, 4), (4, 1, 1, 6), None, ((1, 2), (3, 2), (4, 6))),
        ((7,), (3,), None, ((7, 3),)),
        ((7, 7), (3, 5), None, ((7, 4),)),
    ],
)
def test_violators_are_pooled_by_hand(x, y, weights, knots):
    found = isotonic(x, y, weights).knots
    assert [pytest.approx(knot) for knot in knots] == list(found)


def test_between_knots_it_goes_straight_and_beyond_them_level():
    fitted = isotonic((1, 2, 3, 4), (1, 3, 2, 4))
    assert [fitted(score) for score in (0, 1, 1.5, 2, 2.7, 3, 3.5, 4, 99)] == [1, 1, 1.75, 2.5, 2.5, 2.5, 3.25, 4, 4]


@given(WEIGHTED)
@settings(deadline=None)
def test_isotonic_agrees_with_scikit_learn(rows):
    x, y, weights = columns(rows)
    fitted = isotonic(x, y, weights)
    oracle = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=weights)
    scores = np.linspace(-1, 13, 57)
    assert [fitted(score) for score in scores] == pytest.approx(oracle.predict(scores).tolist(), abs=1e-9)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=30), st.lists(st.floats(-12, 12)))
@settings(deadline=None)
def test_isotonic_never_descends_nor_leaves_the_scores_of_people(rows, scores):
    x, y = columns(rows)
    fitted = isotonic(x, y)
    mapped = [fitted(score) for score in sorted([*scores, *x])]
    assert all(before <= after for before, after in pairwise(mapped))
    assert all(min(y) - 1e-9 <= score <= max(y) + 1e-9 for score in mapped)
    assert all(before[0] < after[0] for before, after in pairwise(fitted.knots))


@given(WEIGHTED)
@settings(deadline=None)
def test_fitting_again_what_is_fitted_changes_nothing(rows):
    x, y, _ = columns(rows)
    fitted = isotonic(x, y)
    again = isotonic(x, [fitted(score) for score in x])
    assert [again(score) for score in x] == pytest.approx([fitted(score) for score in x])


def test_a_line_by_hand():
    fitted = linear((0, 1, 2), (1, 1, 4), 0, 10)
    assert (fitted.slope, fitted.intercept) == pytest.approx((1.5, 0.5))
    assert [fitted(score) for score in (-5, 1, 99)] == pytest.approx([0, 2, 10])


@pytest.mark.parametrize(
    ("x", "y", "flat"), [((1, 2, 3), (3, 2, 1), 2), ((0.1, 0.1, 0.1), (1.2, 1.3, 0.1), 2.6 / 3), ((4,), (5,), 5)]
)
def test_a_line_never_descends(x, y, flat):
    fitted = linear(x, y, 0, 10)
    assert fitted.slope == 0
    assert fitted(7) == pytest.approx(flat)


@given(WEIGHTED)
@settings(deadline=None)
def test_lines_agree_with_numpy(rows):
    x, y, weights = columns(rows)
    assume(len(set(x)) > 1)
    slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(weights))
    fitted = linear(x, y, -1e9, 1e9, weights)
    expected = (slope, intercept) if slope > 1e-9 else (0, np.average(y, weights=weights))
    assert (fitted.slope, fitted.intercept) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("hit", "partial", "people", "expected"),
    [
        ((2, 4, 0), (2, 0, 4), (3, 4, 1), (2 * 1 + 4 * 1) / 20),
        ((0, 0), (2, 2), (0, 0), 0),
        ((0, 0), (2, 2), (5, 2), 1),
        ((1, 2), (0, 0), (1, 2), NAN),
        ((), (), (), NAN),
    ],
)
def test_the_value_of_a_partial_by_hand(hit, partial, people, expected):
    assert partial_value(hit, partial, people) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.tuples(SCORE, SCORE, SCORE), min_size=1, max_size=20))
@settings(deadline=None)
def test_no_other_value_of_a_partial_comes_nearer_to_people(rows):
    hit, partial, people = columns(rows)
    assume(any(partial))
    best = partial_value(hit, partial, people)

    def loss(value):
        return sum((h + value * p - s) ** 2 for h, p, s in rows)

    assert all(loss(best) <= loss(tenths / 10) + 1e-9 for tenths in range(11))


# Cuts


def test_a_threshold_by_hand():
    found = best_cuts((0.1, 0.4, 0.35, 0.8, 0.9), (0, 0, 1, 1, 1), criterion=accuracy_criterion)
    # four of five right at 0.225 and at 0.6; the wider gap wins
    assert found.cuts == pytest.approx((0.6,))
    assert [found.level(score) for score in (0, 0.59, 0.61, 1)] == [0, 0, 1, 1]
    assert found.value == 4 / 5


def test_three_levels_that_can_be_told_apart_are():
    found = best_cuts((1, 2, 5, 6, 8, 9), (0, 0, 1, 1, 2, 2), 3)
    assert found == ((3.5, 7), 1)


def test_a_level_that_scores_do_not_show_is_never_given():
    found = best_cuts((1, 1, 2, 2), (0, 0, 2, 2), 3, accuracy_criterion)
    assert found.value == 1
    assert {found.level(score) for score in (1, 2)} == {0, 2}


def test_neighbouring_floats_are_told_apart():
    scores = (1.0, math.nextafter(1.0, 2))
    found = best_cuts(scores, (0, 1))
    assert [found.level(score) for score in scores] == [0, 1]


def test_scores_that_say_nothing_leave_the_most_frequent_level():
    found = best_cuts((5, 5, 5), (1, 1, 0), 2, accuracy_criterion)
    assert found == ((5,), 2 / 3)
    assert best_cuts((5, 5, 5), (0, 1, 0), 2, accuracy_criterion).cuts == (math.inf,)


@pytest.mark.parametrize("criterion", [kappa_of, accuracy_criterion])
@pytest.mark.parametrize(("scores", "levels"), [((), ()), ((1, 2), (1, 1))])
def test_answers_of_one_level_do_not_say_where_to_cut(scores, levels, criterion):
    found = best_cuts(scores, levels, 3, criterion)
    assert len(found.cuts) == 2
    assert all(map(math.isnan, (*found.cuts, found.value)))


def test_a_criterion_that_is_undefined_everywhere_chooses_nothing():
    assert math.isnan(best_cuts((1, 2), (0, 1), 2, lambda _: NAN).cuts[0])


@pytest.mark.parametrize("criterion", [kappa_of, quadratic_criterion, accuracy_criterion])
@pytest.mark.parametrize("count", [2, 3])
@given(rows=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=14))
@settings(deadline=None, max_examples=40)
def test_no_other_cuts_are_better_and_their_value_is_what_they_do(criterion, count, rows):
    scores, levels = columns([(score, min(level, count - 1)) for score, level in rows])

    def value(cuts):
        given = [sum(score >= cut for cut in cuts) for score in scores]
        return criterion(confusion(given, levels, range(count)))

    candidates = [one - 0.5 for one in range(8)]
    assume(len(set(levels)) > 1)
    values = [value(cuts) for cuts in combinations_with_replacement(candidates, count - 1)]
    found = best_cuts(scores, levels, count, criterion)
    assert found.value == pytest.approx(max((one for one in values if not math.isnan(one)), default=NAN), nan_ok=True)
    if not math.isnan(found.value):
        assert value(found.cuts) == pytest.approx(found.value)
        given = [found.level(score) for score in scores]
        assert criterion(confusion(given, levels, range(count))) == pytest.approx(found.value)


def test_many_scores_are_cut_near_the_right_place_without_trying_every_one():
    tried = []
    scores = [place / 1000 for place in range(1000)]
    levels = [(score >= 0.3) + (score >= 0.8) for score in scores]
    found = best_cuts(scores, levels, 3, lambda table: tried.append(table) or kappa_of(table))
    assert found.cuts == pytest.approx((0.3, 0.8), abs=0.006)
    assert len(tried) < 203 * 203 / 2


@pytest.mark.parametrize(
    "call",
    [
        lambda: isotonic((), ()),
        lambda: isotonic((1,), (1, 2)),
        lambda: isotonic((1,), (NAN,)),
        lambda: isotonic((1,), (1,), (0,)),
        lambda: isotonic((1,), (1,), ()),
        lambda: linear((), (), 0, 1),
        lambda: linear((1,), (1,), 2, 1),
        lambda: linear((1,), (1,), NAN, 1),
        lambda: partial_value((1,), (1,), ()),
        lambda: partial_value((1,), (NAN,), (1,)),
        lambda: best_cuts((1,), (2,)),
        lambda: best_cuts((1,), (0,), 4),
        lambda: best_cuts((NAN,), (0,)),
        lambda: best_cuts((1,), ()),
    ],
)
def test_what_cannot_be_fitted_is_refused(call):
    with pytest.raises(ValueError):
        call()
