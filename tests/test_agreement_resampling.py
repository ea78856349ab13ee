from __future__ import annotations

import math
import random
from collections import Counter
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluator.agreement import Clusters, clustered, interval, intervals, pearson, quantile, resampled
from evaluator.agreement.drawing import below, words

# Three questions; the answers of the first two have two rows each (question, answer, value).
ROWS = [
    (question, answer, value)
    for question, answers in {"p": "abc", "q": "de", "r": "f"}.items()
    for answer in answers
    for value in ((1, 2) if question != "r" else (3,))
]
CLUSTERS = clustered(ROWS, [row[0] for row in ROWS], [row[1] for row in ROWS])
CHANCE = random.Random(3)
SKEWED = [CHANCE.expovariate(1) for _ in range(40)]


def values_of(rows):
    return fmean(row[2] for row in rows)


def independent(values):
    return clustered(values, range(len(values)))


PINNED = (3_994_606_433, 1_478_978_188, 960_302_831)


def test_draws_are_the_same_on_every_machine():
    assert words(7, "groups", 0, 3) == PINNED
    assert words(7, "groups", 0, 5)[:3] == PINNED


def test_draws_of_other_seeds_streams_and_numbers_differ():
    draws = {words(*key, 4) for key in ((0, "a", 0), (1, "a", 0), (0, "b", 0), (0, "a", 1))}
    assert len(draws) == 4


def test_places_are_drawn_evenly():
    counts = Counter(below(7, words(3, "even", 0, 70_000)))
    assert sorted(counts) == list(range(7))
    assert stats.chisquare(list(counts.values())).pvalue > 0.01


def test_rows_lie_by_question_and_answer_in_their_order():
    assert [[len(unit) for unit in group] for group in CLUSTERS.groups] == [[2, 2, 2], [2, 2], [1]]
    assert CLUSTERS.rows() == ROWS
    assert CLUSTERS.units == 6


def test_the_same_name_of_an_answer_under_two_questions_is_two_answers():
    assert clustered((1, 2), "pq", "aa").groups == (((1,),), ((2,),))


def test_without_units_each_row_is_one():
    assert clustered("xyz", "ppq").groups == ((("x",), ("y",)), (("z",),))


def test_the_rows_of_an_answer_stay_together():
    for rows in resampled(CLUSTERS, 200, 1):
        counts = Counter((answer, value) for question, answer, value in rows if question != "r")
        assert all(counts[answer, 1] == counts[answer, 2] for answer, _ in counts)


def test_a_drawn_question_brings_as_many_answers_as_it_has():
    sizes = {"p": 6, "q": 4, "r": 1}
    seen = set()
    for rows in resampled(CLUSTERS, 200, 1):
        by_question = Counter(row[0] for row in rows)
        drawn = {question: count / sizes[question] for question, count in by_question.items()}
        assert all(count.is_integer() for count in drawn.values())
        assert sum(drawn.values()) == 3
        seen.add(tuple(sorted(drawn.items())))
    assert len(seen) == 10  # all ways to draw three of three


def test_whole_questions_come_as_they_are_where_asked():
    for rows in resampled(CLUSTERS, 100, 1, within=False):
        counts = Counter(row[:2] for row in rows)
        assert counts["p", "a"] == counts["p", "b"] == counts["p", "c"]
        assert counts["q", "d"] == counts["q", "e"]


def test_answers_within_a_question_vary_otherwise():
    assert any(Counter(rows)["p", "a", 1] != Counter(rows)["p", "b", 1] for rows in resampled(CLUSTERS, 20, 1))


def test_each_drawn_question_has_draws_of_its_own():
    clusters = clustered(range(10), "pppppqqqqq")
    halves = [(rows[:5], rows[5:]) for rows in resampled(clusters, 50, 1)]
    assert sum([row % 5 for row in first] == [row % 5 for row in second] for first, second in halves) < 3


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    clusters = clustered(SKEWED, [place // 4 for place in range(40)])
    first, again, other = (interval(clusters, fmean, resamples=100, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_more_resamples_go_on_from_the_first():
    assert list(resampled(CLUSTERS, 9, 4))[:5] == list(resampled(CLUSTERS, 5, 4))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_percentile_ends_are_quantiles_of_the_resampled_figures(level):
    found = interval(CLUSTERS, values_of, resamples=300, seed=2, level=level)
    figures = [values_of(rows) for rows in resampled(CLUSTERS, 300, 2)]
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert found.estimate == values_of(ROWS)
    assert (found.used, found.dropped, found.method, found.level) == (300, 0, "percentile", level)


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=20), st.floats(0, 1))
@settings(deadline=None)
def test_quantiles_agree_with_numpy(values, share):
    assert quantile(sorted(values), share) == pytest.approx(np.quantile(values, share), abs=1e-9)


def test_of_nothing_there_is_no_quantile():
    assert math.isnan(quantile((), 0.5))


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize(
    ("figure", "vector"),
    [(fmean, np.mean), (lambda rows: math.log(fmean(rows)), lambda rows, axis: np.log(np.mean(rows, axis)))],
    ids=["mean", "log"],
)
def test_intervals_of_independent_rows_agree_with_scipy(method, figure, vector):
    found = interval(independent(SKEWED), figure, resamples=4000, method=method)
    oracle = stats.bootstrap(
        (SKEWED,), vector, n_resamples=20_000, method=method.replace("bca", "BCa"), rng=np.random.default_rng(0)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=0.03)
    assert found.method == method


def test_bca_ends_by_the_formula():
    clusters = clustered(SKEWED, [place // 4 for place in range(40)])
    found = interval(clusters, fmean, resamples=500, seed=9, method="bca")
    figures = np.array([fmean(rows) for rows in resampled(clusters, 500, 9)])
    left_out = np.array([fmean(SKEWED[: 4 * place] + SKEWED[4 * place + 4 :]) for place in range(10)])
    gaps = left_out.mean() - left_out
    skew = (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5)
    shift = stats.norm.ppf((figures < fmean(SKEWED)).mean())
    away = shift + stats.norm.ppf([0.025, 0.975])
    expected = np.quantile(figures, stats.norm.cdf(shift + away / (1 - skew * away)))
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-9)


def test_bca_gives_way_to_percentile_where_the_data_do_not_allow_it():
    greatest = interval(independent(SKEWED), max, resamples=100, method="bca", level=0.5)
    assert greatest.method == "bca"
    always_above = interval(independent((1, 2, 3)), len, resamples=50, method="bca")  # never below: all are equal
    assert (always_above.low, always_above.high) == (3, 3)
    undefined_without_one = interval(
        clustered((1, 2), "pq"), lambda rows: fmean(rows) if 1 in rows else math.nan, resamples=50, method="bca"
    )
    assert undefined_without_one.method == "percentile"


def test_resamples_without_the_figure_are_dropped_and_counted():
    pairs = ((0, 0), (1, 2))
    found = interval(independent(pairs), lambda rows: pearson(*zip(*rows, strict=True)), resamples=400)
    assert found.used + found.dropped == 400
    assert 150 < found.dropped < 250  # half of the resamples are one pair twice
    assert (found.low, found.high) == pytest.approx((1, 1))


def test_a_figure_that_the_data_do_not_define_has_no_interval():
    # defined only in resamples that drew the first row more often than the data have it
    found = interval(independent((5, 7)), lambda rows: 1.0 if list(rows) == [5, 5] else math.nan, resamples=100)
    assert math.isnan(found.estimate)
    assert math.isnan(found.low)
    assert found.used > 0


@pytest.mark.parametrize("clusters", [Clusters(()), clustered((1,), "p"), clustered((1, 2), "pp", "aa")])
@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_where_nothing_can_be_drawn_differently_there_is_no_interval(clusters, method):
    found = interval(clusters, lambda rows: float(len(rows)), resamples=50, method=method)
    assert found.estimate == len(clusters.rows())
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.used == 0


def test_of_one_question_the_answers_vary():
    clusters = clustered((1, 2, 3, 4), "pppp")
    assert interval(clusters, fmean, resamples=100).low < 2.5
    assert interval(clusters, fmean, resamples=100, method="bca").method == "bca"
    assert math.isnan(interval(clusters, fmean, resamples=100, within=False).low)


def test_several_figures_share_the_resamples():
    found = intervals(CLUSTERS, lambda rows: {"mean": values_of(rows), "n": float(len(rows))}, resamples=100, seed=1)
    assert found["mean"] == interval(CLUSTERS, values_of, resamples=100, seed=1)
    assert found["n"].estimate == len(ROWS)


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"level": 0}, {"level": 1}, {"level": math.nan}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError):
        interval(CLUSTERS, values_of, **wrong)


def test_series_of_other_lengths_are_refused():
    with pytest.raises(ValueError):
        clustered((1, 2), "p")
    with pytest.raises(ValueError):
        clustered((1, 2), "pq", "a")


def test_intervals_by_question_hold_the_truth_where_intervals_by_row_do_not():
    """Answers to a question resemble each other: of 95 % intervals drawn row by row far fewer than 95 % hold the truth."""
    chance = random.Random(12)
    held = Counter()
    for _ in range(100):
        questions = [chance.gauss(0, 1) for _ in range(15)]
        rows = [question + chance.gauss(0, 0.5) for question in questions for _ in range(6)]
        for name, groups in (("question", [place // 6 for place in range(90)]), ("row", range(90))):
            found = interval(clustered(rows, groups), lambda part: sum(part) / len(part), resamples=150)
            held[name] += found.low <= 0 <= found.high
    assert held["question"] >= 85
    assert held["row"] <= 70
