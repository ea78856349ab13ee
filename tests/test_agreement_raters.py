from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluator.agreement import icc_agreement, krippendorff_alpha, lin_concordance

NAN = math.nan
# The worked examples of the sources: four observers of twelve units (Krippendorff), four judges of six targets (Shrout
# and Fleiss).
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = tuple(zip(*OBSERVERS, strict=True))
TARGETS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))

LEVEL = st.sampled_from((0, 1, 2, None))
RATINGS = st.lists(st.lists(LEVEL, min_size=1, max_size=4), max_size=15)
SCALES = ["nominal", "ordinal", "interval"]


def same(value, expected, tolerance=1e-9):
    return math.isnan(value) if math.isnan(expected) else value == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("scale", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(scale, expected):
    assert krippendorff_alpha(UNITS, scale) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(
    ("ratings", "scale", "expected"),
    [
        # observed 2 of 6, by chance 2·3·3 of 6·5
        (["hh", "hm", "mm"], "nominal", 1 - (2 / 6) / (18 / 30)),
        # observed (2 + 2) / 6; by chance 2·(4·1 + 1·4 + 4·1) / 30
        ([(0, 1), (1, 1), (2, 1)], "interval", 1 - (4 / 6) / (24 / 30)),
        ([(0, 1), (1, 1), (2, 1), (None, 2), (0,)], "interval", 1 - (4 / 6) / (24 / 30)),  # alone: says nothing
        ([(0, NAN, 1), (1, 1), (2, None, 1)], "interval", 1 - (4 / 6) / (24 / 30)),
        ([(0, 0), (1, 1)], "ordinal", 1),
        ([(1, 1), (1, 1, 1)], "nominal", NAN),
        ([(1,), (None, 2)], "nominal", NAN),
        ([], "nominal", NAN),
    ],
)
def test_alpha_by_hand_and_at_its_edges(ratings, scale, expected):
    assert same(krippendorff_alpha(ratings, scale), expected)


@pytest.mark.parametrize("scale", ["ordinal", "interval"])
def test_words_have_no_distance(scale):
    with pytest.raises(ValueError, match="finite numbers"):
        krippendorff_alpha(["hh", "hm"], scale)


@pytest.mark.parametrize("scale", SCALES)
@given(ratings=RATINGS, chance=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_alpha_knows_neither_the_order_of_items_nor_who_said_what(scale, ratings, chance):
    value = krippendorff_alpha(ratings, scale)
    assert math.isnan(value) or -1 <= value <= 1
    mixed = [chance.sample(item, len(item)) for item in chance.sample(ratings, len(ratings))]
    assert same(krippendorff_alpha(mixed, scale), value)
    assert same(krippendorff_alpha([*ratings, [None, 2], [None]], scale), value)


@given(RATINGS, st.integers(1, 9), st.integers(-9, 9))
@settings(deadline=None)
def test_interval_alpha_is_blind_to_unit_and_zero_and_ordinal_alpha_to_all_but_order(ratings, unit, zero):
    moved = [[None if value is None else value * unit + zero for value in item] for item in ratings]
    bent = [[None if value is None else value**3 for value in item] for item in ratings]
    assert same(krippendorff_alpha(moved, "interval"), krippendorff_alpha(ratings, "interval"))
    assert same(krippendorff_alpha(bent, "ordinal"), krippendorff_alpha(ratings, "ordinal"))


def by_definition(ratings):
    """ICC(2,1) from the analysis of variance in exact fractions; None where there is nothing to divide by."""
    n, k = len(ratings), len(ratings[0])
    table = [[Fraction(score) for score in item] for item in ratings]
    middle = sum(map(sum, table)) / (n * k)
    items = [sum(item) / k for item in table]
    raters = [sum(rater) / n for rater in zip(*table, strict=True)]
    between = k * sum((item - middle) ** 2 for item in items) / (n - 1)
    across = n * sum((rater - middle) ** 2 for rater in raters) / (k - 1)
    rest = sum((table[i][j] - items[i] - raters[j] + middle) ** 2 for i in range(n) for j in range(k))
    error = rest / ((n - 1) * (k - 1))
    whole = between + (k - 1) * error + k * (across - error) / n
    return float((between - error) / whole) if whole > 0 else None


def test_icc_of_the_published_example():
    assert icc_agreement(TARGETS) == pytest.approx(0.2898, abs=5e-5)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([(1, 1), (2, 2), (5, 5)], 1),
        ([(3, 3), (3, 3)], NAN),
        ([(1, 2)], NAN),
        ([(1,), (2,)], NAN),
        ([], NAN),
        ([(0, 1), (1, 0)], NAN),
        ([(0.1, 0.7), (0.7, 0.1)], NAN),
        ([(0, 1), (1, 0), (0, 1)], -2),  # between 0, across 1/6, error 2/3
        ([(1, 2), (2, 3), (3, 4)], 2 / 3),  # between 2, across 3/2, error 0
    ],
)
def test_icc_by_hand_and_at_its_edges(ratings, expected):
    assert same(icc_agreement(ratings), expected)


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 20), min_size=k, max_size=k), min_size=2, max_size=12)
    )
)
@settings(deadline=None)
def test_icc_agrees_with_its_definition_in_fractions(ratings):
    expected = by_definition(ratings)
    assume(expected is not None)
    value = icc_agreement([[score / 2 for score in item] for item in ratings])
    assert same(value, expected)
    assert value <= 1 + 1e-12
    assert same(icc_agreement([item[::-1] for item in ratings[::-1]]), expected)


def test_icc_of_two_raters_lies_near_their_concordance():
    pairs = [(score + step % 3, score + 1) for step, score in enumerate(range(40))]
    assert icc_agreement(pairs) == pytest.approx(lin_concordance(*zip(*pairs, strict=True)), abs=0.01)


@pytest.mark.parametrize("ratings", [[(1, 2), (1,)], [(1, NAN), (2, 2)]])
def test_icc_needs_every_score(ratings):
    with pytest.raises(ValueError):
        icc_agreement(ratings)
