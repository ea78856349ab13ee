from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from evaluator.agreement import (
    adjacent_share,
    average_ranks,
    bias,
    correlation_within,
    exact_share,
    limits_of_agreement,
    lin_concordance,
    mean_absolute_error,
    on_grid,
    pearson,
    place_qwk,
    quadratic_weighted_kappa,
    root_mean_squared_error,
    score_linear_kappa,
    score_qwk,
    spearman,
)

JUDGE, PEOPLE = (8, 5, 2.5, 0), (6, 5, 4, 1)
HALVES = st.integers(0, 20).map(lambda twice: twice / 2)
PAIRS = st.lists(st.tuples(HALVES, HALVES), max_size=30)
IRREGULAR = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=30)
SYMMETRIC = [mean_absolute_error, root_mean_squared_error, exact_share, pearson, spearman, lin_concordance]
CORRELATIONS = [pearson, spearman, lin_concordance]


def unzip(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def same(value, expected, tolerance=1e-9):
    return math.isnan(value) if math.isnan(expected) else value == pytest.approx(expected, abs=tolerance, rel=tolerance)


def test_errors_by_hand():
    # differences 2, 0, -3/2, -1
    assert same(root_mean_squared_error(JUDGE, PEOPLE), math.sqrt(Fraction(29, 16)))
    assert exact_share(JUDGE, PEOPLE) == 1 / 4


@pytest.mark.parametrize(("step", "share"), [(0, 1 / 4), (0.5, 1 / 4), (1, 2 / 4), (1.5, 3 / 4), (2, 1)])
def test_scores_a_step_apart_are_adjacent(step, share):
    assert adjacent_share(JUDGE, PEOPLE, step) == share


def test_rounding_does_not_part_equal_scores():
    assert exact_share((0.1 + 0.2,), (0.3,)) == 1
    assert adjacent_share((0.8,), (0.7,), 0.1) == 1


def test_limits_of_agreement_by_hand():
    # bias -1/8; sum of squared gaps 29/4 - 4/64 = 115/16, over 3
    found = limits_of_agreement(JUDGE, PEOPLE)
    sd = math.sqrt(Fraction(115, 48))
    assert same(found.bias, -1 / 8)
    assert same(found.sd, sd)
    assert same(found.low, -1 / 8 - 1.96 * sd)
    assert same(found.high, -1 / 8 + 1.96 * sd)


def test_limits_need_two_items():
    assert limits_of_agreement((3,), (1,))[0] == 2
    assert all(map(math.isnan, limits_of_agreement((3,), (1,))[1:]))
    assert all(map(math.isnan, limits_of_agreement((), ())))


@pytest.mark.parametrize(
    ("figure", "a", "b", "expected"),
    [
        (pearson, (1, 2, 3, 4), (1, 3, 2, 4), 4 / 5),
        (pearson, (1, 2, 3), (7, 5, 3), -1),
        (pearson, (0.1, 0.1, 0.1), (1, 2, 3), math.nan),
        (pearson, (1,), (2,), math.nan),
        (pearson, (), (), math.nan),
        (spearman, (1, 2, 3, 4), (1, 3, 2, 40), 4 / 5),
        (spearman, (1, 2, 2, 3), (1, 2, 3, 4), math.sqrt(9 / 10)),
        (spearman, (5, 5), (1, 2), math.nan),
        (lin_concordance, (1, 2, 3), (2, 3, 4), 4 / 7),
        (lin_concordance, (1, 2, 3), (3, 2, 1), -1),
        (lin_concordance, (2, 2), (1, 3), 0),
        (lin_concordance, (2, 2), (3, 3), 0),
        (lin_concordance, (2, 2), (2, 2), math.nan),
        (lin_concordance, (), (), math.nan),
    ],
)
def test_correlations_by_hand_and_at_their_edges(figure, a, b, expected):
    assert same(figure(a, b), expected)


def test_equal_values_share_the_average_of_their_ranks():
    assert average_ranks((30, 10, 10, 20, 10)) == [5, 2, 2, 4, 2]


def test_hard_and_easy_questions_alone_make_no_correlation_within():
    a, b = (1, 2, 11, 12), (1, 2, 12, 11)
    assert pearson(a, b) > 0.97
    assert correlation_within(a, b, "xxyy") == 0


@pytest.mark.parametrize(
    ("a", "b", "groups", "expected"),
    [
        ((1, 2, 9), (5, 7, 0), "xxy", 1),  # a group of one says nothing
        ((1, 2), (1, 2), "xy", math.nan),
        ((4, 4, 0.1, 0.1), (1, 2, 1, 2), "xxyy", math.nan),
        ((), (), "", math.nan),
        ((0, 2, 0, 2), (0, 2, 1, 1), "xxyy", math.sqrt(1 / 2)),
    ],
)
def test_correlation_within_at_its_edges(a, b, groups, expected):
    assert same(correlation_within(a, b, groups), expected)


@given(
    st.lists(st.tuples(HALVES, HALVES, st.sampled_from("xyz")), max_size=30),
    st.fixed_dictionaries(dict.fromkeys("xyz", st.integers(-90, 90))),
)
@settings(deadline=None)
def test_correlation_within_does_not_see_the_level_of_a_group(rows, shifts):
    a, b, groups = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    moved = [value + shifts[group] for value, group in zip(a, groups, strict=True)]
    assert same(correlation_within(moved, b, groups), correlation_within(a, b, groups))


def test_one_group_is_plain_correlation():
    a, b = (1, 4, 2, 8, 5, 7), (2, 3, 2, 9, 9, 1)
    assert same(correlation_within(a, b, "xxxxxx"), pearson(a, b))


@given(IRREGULAR)
@settings(deadline=None)
def test_errors_and_correlations_agree_with_scipy_and_scikit_learn(pairs):
    a, b = unzip([(round(x, 2), round(y, 2)) for x, y in pairs])
    assert same(root_mean_squared_error(a, b), metrics.root_mean_squared_error(b, a))
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert same(pearson(a, b), stats.pearsonr(a, b).statistic, 1e-6)
        assert same(spearman(a, b), stats.spearmanr(a, b).statistic)
    assert average_ranks(a) == stats.rankdata(a).tolist()


@pytest.mark.parametrize("figure", SYMMETRIC)
@given(pairs=PAIRS)
@settings(deadline=None)
def test_who_is_a_and_who_is_b_does_not_matter(figure, pairs):
    a, b = unzip(pairs)
    assert same(figure(a, b), figure(b, a))
    assert same(bias(a, b), -bias(b, a))


@given(PAIRS)
@settings(deadline=None)
def test_figures_keep_their_ranges_and_order(pairs):
    a, b = unzip(pairs)
    for figure in CORRELATIONS:
        assert math.isnan(figure(a, b)) or -1 <= figure(a, b) <= 1
    if pairs:
        assert abs(bias(a, b)) <= mean_absolute_error(a, b) + 1e-12 <= root_mean_squared_error(a, b) + 1e-9
        assert exact_share(a, b) <= adjacent_share(a, b, 0.5) <= adjacent_share(a, b, 1) <= 1
    if not math.isnan(pearson(a, b)):
        assert abs(lin_concordance(a, b)) <= abs(pearson(a, b)) + 1e-9


@given(PAIRS, st.floats(0.01, 100), st.floats(-100, 100))
@settings(deadline=None)
def test_correlation_is_blind_to_scale_and_level_and_concordance_is_not(pairs, scale, level):
    a, b = unzip(pairs)
    moved = [scale * value + level for value in a]
    assert same(pearson(moved, b), pearson(a, b), 1e-6)
    assert math.isnan(pearson(a, b)) or lin_concordance([value + 100 for value in b], b) < 0.1


# Grid


@pytest.mark.parametrize(
    ("values", "step", "maximum", "places"),
    [
        ((0, 0.24, 0.25, 0.5, 0.74, 10), 0.5, 10, [0, 0, 1, 1, 1, 20]),
        ((0.05, 0.15, 0.3, 1), 0.1, 1, [1, 2, 3, 10]),  # halves go up, whatever floats make of them
        ((3, 4.4), 3, 7, [1, 1]),
        ((), 1, 5, []),
    ],
)
def test_scores_go_to_the_nearest_place(values, step, maximum, places):
    assert on_grid(values, step, maximum) == places


@pytest.mark.parametrize(
    ("values", "step", "maximum"),
    [((11,), 1, 10), ((-1,), 1, 10), ((1,), 0, 10), ((1,), -1, 10), ((math.nan,), 1, 10), ((1,), math.nan, 10)],
)
def test_scores_off_the_grid_are_refused(values, step, maximum):
    with pytest.raises(ValueError):
        on_grid(values, step, maximum)


def test_score_qwk_by_hand():
    # on the grid of halves: judge 16 10 5 0, people 12 10 8 2; sum of squared gaps 16 + 0 + 9 + 4 = 29
    # by chance: 4·(381 + 312) - 2·31·32 = 788
    assert same(score_qwk(JUDGE, PEOPLE, 0.5, 10), 1 - 4 * 29 / 788)
    # gaps 4 + 0 + 3 + 2 = 9; all pairs: 16: 4 6 8 14, 10: 2 0 2 8, 5: 7 5 3 3, 0: 12 10 8 2 = 94
    assert same(score_linear_kappa(JUDGE, PEOPLE, 0.5, 10), 1 - 4 * 9 / 94)


@pytest.mark.parametrize("figure", [score_qwk, score_linear_kappa])
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [((), (), math.nan), ((3, 3), (3, 3), math.nan), ((3, 3), (4, 4), 0), ((3, 3), (1, 5), 0), ((1, 5), (5, 1), -1)],
)
def test_grid_kappas_at_their_edges(figure, a, b, expected):
    assert same(figure(a, b, 1, 5), expected)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40))
@settings(deadline=None)
def test_kappas_of_scores_labels_and_places_are_one(pairs):
    a, b = unzip(pairs)
    by_labels = quadratic_weighted_kappa(a, b, range(9))
    assert same(place_qwk(a, b), by_labels)
    assert same(score_qwk(a, b, 1, 8), by_labels)
    assert same(score_qwk([x / 8 for x in a], [x / 8 for x in b], 0.125, 1), by_labels)
    assert same(lin_concordance(a, b), by_labels)  # on whole steps the two are the same number
    if len({*a, *b}) > 1:
        oracle = metrics.cohen_kappa_score(a, b, labels=range(9), weights="linear")
        assert same(score_linear_kappa(a, b, 1, 8), oracle)


@pytest.mark.parametrize(
    "call",
    [
        lambda: pearson((1, 2), (1,)),
        lambda: spearman((1, math.nan), (1, 2)),
        lambda: lin_concordance((1, 2), (1, math.inf)),
        lambda: correlation_within((1, 2), (1, 2), "x"),
        lambda: root_mean_squared_error((1,), (math.nan,)),
        lambda: exact_share((1,), (math.nan,)),
        lambda: adjacent_share((1,), (1,), -1),
        lambda: adjacent_share((1,), (1,), math.nan),
        lambda: limits_of_agreement((1,), (1, 2)),
        lambda: place_qwk((1,), ()),
        lambda: score_qwk((1,), (), 1, 5),
    ],
)
def test_scores_that_do_not_fit_together_are_refused(call):
    with pytest.raises(ValueError):
        call()
