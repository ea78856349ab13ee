from __future__ import annotations

import math
import random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluator.agreement import (
    accuracy,
    clustered,
    differences,
    intervals,
    mcnemar,
    mean_absolute_error,
    permutation_test,
    quantile,
    resampled,
)

TWO = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=10)


def unzip(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def answers(count=60, questions=10):
    """(first judge, second judge, people, question): hard answers are hard for both, the second errs by some 0.4 more."""
    chance = random.Random(5)
    for place in range(count):
        hard, people = chance.uniform(0, 4), chance.randint(0, 10)
        yield people + hard, people + hard + 0.4 + chance.uniform(-0.3, 0.3), people, place % questions


ROWS = list(answers())
CLUSTERS = clustered(ROWS, [row[3] for row in ROWS])


def error_of(judge):
    return lambda rows: {"mae": mean_absolute_error([row[judge] for row in rows], [row[2] for row in rows])}


FIRST, SECOND = error_of(0), error_of(1)


def test_the_difference_of_two_judges_is_between_quantiles_of_paired_resamples():
    found = differences(CLUSTERS, FIRST, SECOND, resamples=300, seed=1)["mae"]
    gaps = sorted(FIRST(rows)["mae"] - SECOND(rows)["mae"] for rows in resampled(CLUSTERS, 300, 1))
    assert found.difference == found.first - found.second == FIRST(ROWS)["mae"] - SECOND(ROWS)["mae"]
    assert (found.low, found.high) == (quantile(gaps, 0.025), quantile(gaps, 0.975))
    assert found.low < found.difference < found.high < 0
    assert (found.above, found.used, found.dropped) == (0, 300, 0)


def test_pairing_makes_a_difference_clear_that_two_intervals_hide():
    found = differences(CLUSTERS, FIRST, SECOND, resamples=300)["mae"]
    one, other = (intervals(CLUSTERS, judge, resamples=300)["mae"] for judge in (FIRST, SECOND))
    assert found.high - found.low < (one.high - one.low) / 2
    assert one.high > other.low


def test_turning_the_judges_round_turns_the_difference_round():
    found = differences(CLUSTERS, FIRST, SECOND, resamples=100)["mae"]
    turned = differences(CLUSTERS, SECOND, FIRST, resamples=100)["mae"]
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert turned.above == pytest.approx(1 - found.above)


def test_a_judge_does_not_differ_from_itself():
    found = differences(CLUSTERS, FIRST, FIRST, resamples=50)["mae"]
    assert (found.low, found.difference, found.high, found.above) == (0, 0, 0, 0.5)


def test_resamples_in_which_either_figure_is_undefined_are_dropped_and_counted():
    def needs_both(rows):
        return {"x": 1.0 if len(set(rows)) > 1 else math.nan}

    found = differences(clustered((1, 2), (1, 2)), lambda _: {"x": 0.5}, needs_both, resamples=100)["x"]
    assert found.used + found.dropped == 100
    assert found.dropped > 20
    assert (found.low, found.high, found.above) == (-0.5, -0.5, 0)


def test_where_nothing_can_be_drawn_differently_the_difference_has_no_interval():
    one_question = clustered(ROWS[:3], "ppp")
    for clusters, within in ((clustered(ROWS[:1], "p"), True), (one_question, False)):
        found = differences(clusters, FIRST, SECOND, resamples=50, within=within)["mae"]
        assert found.difference < 0
        assert all(map(math.isnan, (found.low, found.high, found.above)))
    assert differences(one_question, FIRST, SECOND, resamples=50)["mae"].high < 0


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"level": 0}, {"level": 1}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError):
        differences(CLUSTERS, FIRST, SECOND, **wrong)


# McNemar


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 0, 1), (1, 0, 1), (5, 1, 2 * (1 + 6) / 64), (1, 5, 14 / 64), (3, 3, 1), (10, 0, 2 / 1024)],
)
def test_mcnemar_by_hand(only_first, only_second, p):
    first = [True] * only_first + [False] * only_second + [True, False]
    second = [False] * only_first + [True] * only_second + [True, False]
    assert mcnemar(first, second) == (only_first, only_second, p)


@pytest.mark.parametrize(("b", "c"), [(12, 25), (0, 40), (300, 360), (1500, 1400)])
def test_mcnemar_is_the_exact_binomial_test(b, c):
    found = mcnemar([True] * b + [False] * c, [False] * b + [True] * c)
    assert found.p == pytest.approx(stats.binomtest(b, b + c).pvalue, rel=1e-9)


# Permutation


def test_all_exchanges_of_three_answers_by_hand():
    # 8 exchanges; all three to one side twice
    found = permutation_test((1, 1, 1), (0, 0, 0), fmean)
    assert found == (1, 2 / 8, 8, True)


def test_rows_of_one_answer_change_sides_together():
    found = permutation_test((1, 1, 1, 1), (0, 0, 0, 0), fmean, units="aabb")
    assert found == (1, 2 / 4, 4, True)


@given(TWO)
@settings(deadline=None, max_examples=40)
def test_exchanging_right_and_wrong_is_the_test_of_mcnemar(pairs):
    first, second = unzip(pairs)
    if pairs:
        found = permutation_test(first, second, lambda rows: sum(rows) / len(rows))
        assert found.exact
        assert found.p == pytest.approx(mcnemar(first, second).p)


def test_drawn_exchanges_come_near_the_exact_share():
    first, second = (3, 1, 4, 1, 5, 9, 2, 6, 5, 3), (2, 2, 1, 2, 5, 4, 3, 4, 5, 1)
    exact = permutation_test(first, second, fmean, resamples=1024)
    drawn = permutation_test(first, second, fmean, resamples=1000, seed=4)
    assert (exact.exact, drawn.exact) == (True, False)
    assert 0.05 < exact.p < 0.95
    assert drawn.p == pytest.approx(exact.p, abs=0.05)
    assert drawn == permutation_test(first, second, fmean, resamples=1000, seed=4)


def test_a_p_that_was_drawn_is_never_zero():
    found = permutation_test([row[0] for row in ROWS], [row[1] for row in ROWS], fmean, resamples=99)
    assert found.p == 1 / 100


def test_any_figure_of_rows_will_do():
    people = "hmphmphmphmp"
    first, second = list(zip(people, people, strict=True)), list(zip("hmphmmhhhppp", people, strict=True))
    found = permutation_test(first, second, lambda rows: accuracy(*unzip(rows)), resamples=5000)
    assert found.exact
    assert found.difference == pytest.approx(5 / 12)
    assert found.p == pytest.approx(2 / 2**5)


def test_an_undefined_figure_has_no_p():
    found = permutation_test((1, 2), (2, 1), lambda _: math.nan)
    assert math.isnan(found.p)
    assert found.used == 0


def test_exchanges_in_which_the_figure_is_undefined_are_left_out():
    found = permutation_test((1, 2), (3, 4), lambda rows: math.nan if set(rows) == {1, 4} else float(rows[0]))
    assert (found.difference, found.used, found.p) == (-2, 2, 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mcnemar((True,), ()),
        lambda: permutation_test((1,), (), fmean),
        lambda: permutation_test((1,), (2,), fmean, units="ab"),
    ],
)
def test_judges_on_different_answers_are_refused(call):
    with pytest.raises(ValueError):
        call()
