from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.agreement import BANDS, band, figures_by, figures_by_band, folds_by_group, grouped, split_by_group

GROUPS = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40).filter(lambda groups: len(set(groups)) > 1)
TWENTY = [f"q{number}" for number in range(20)]


def names(groups, places):
    return {groups[place] for place in places}


@given(GROUPS, st.floats(0.05, 0.95), st.text(max_size=3))
@settings(deadline=None)
def test_no_question_is_on_both_sides_and_none_is_lost(groups, share, salt):
    split = split_by_group(groups, share, salt)
    assert sorted(split.train + split.held_out) == list(range(len(groups)))
    assert not names(groups, split.train) & names(groups, split.held_out)
    assert split.train
    assert split.held_out


@pytest.mark.parametrize(("share", "held_out"), [(0.5, 10), (0.3, 6), (0.125, 3), (0.01, 1), (0.99, 19)])
def test_about_the_share_asked_for_is_held_out(share, held_out):
    assert len(split_by_group(TWENTY, share).held_out) == held_out


def test_the_split_is_the_same_everywhere_and_another_salt_splits_otherwise():
    assert names(TWENTY, split_by_group(TWENTY, 0.2).held_out) == {"q12", "q14", "q2", "q8"}
    turned = TWENTY[::-1]
    assert names(turned, split_by_group(turned, 0.2).train) == names(TWENTY, split_by_group(TWENTY, 0.2).train)
    assert split_by_group(TWENTY, 0.2, "other") != split_by_group(TWENTY, 0.2)


def test_one_more_question_moves_at_most_one_other():
    before = names(TWENTY, split_by_group(TWENTY).train)
    for extra in ("new", "x", "y1", "z"):
        rows = [*TWENTY, extra]
        after = names(rows, split_by_group(rows).train) - {extra}
        assert len(before ^ after) <= 1


@given(GROUPS, st.integers(2, 6))
@settings(deadline=None)
def test_each_question_is_held_out_once(groups, count):
    folds = folds_by_group(groups, count)
    assert len(folds) == min(count, len(set(groups)))
    assert sorted(place for fold in folds for place in fold.held_out) == list(range(len(groups)))
    for fold in folds:
        assert fold.held_out
        assert sorted(fold.train + fold.held_out) == list(range(len(groups)))
        assert not names(groups, fold.train) & names(groups, fold.held_out)


def test_folds_hold_about_as_many_rows_each():
    groups = [name for number, name in enumerate(TWENTY) for _ in range(1 + number % 5)]
    sizes = [len(fold.held_out) for fold in folds_by_group(groups, 4)]
    assert max(sizes) - min(sizes) <= 5


@pytest.mark.parametrize(
    "call",
    [
        lambda: split_by_group(["a", "a"]),
        lambda: split_by_group([]),
        lambda: split_by_group(TWENTY, 0),
        lambda: split_by_group(TWENTY, 1),
        lambda: split_by_group(TWENTY, math.nan),
        lambda: folds_by_group(["a", "a"]),
        lambda: folds_by_group(TWENTY, 1),
    ],
)
def test_what_cannot_be_split_is_refused(call):
    with pytest.raises(ValueError):
        call()


# Grouping


def test_keys_stay_in_the_order_in_which_they_appear():
    assert list(grouped("bab").items()) == [("b", (0, 2)), ("a", (1,))]
    assert grouped(()) == {}


def test_figures_are_of_the_rows_of_each_question():
    assert figures_by((1, 2, 4), "bab", sum) == {"b": 5, "a": 2}


@pytest.mark.parametrize(
    ("points", "maximum", "expected"),
    [
        (0, 6, "low"),
        (1.9, 6, "low"),
        (2, 6, "middle"),
        (3, 9, "middle"),
        (3.9, 6, "middle"),
        (4, 6, "high"),
        (6, 6, "high"),
    ],
)
def test_thirds_of_the_marks_belong_to_the_band_above(points, maximum, expected):
    assert band(points / maximum) == expected


def test_all_three_bands_are_shown_also_without_answers():
    found = figures_by_band("xyz", (0.9, 0.1, 1), list)
    assert tuple(found) == BANDS
    assert found == {"low": ["y"], "middle": [], "high": ["x", "z"]}


@given(st.lists(st.floats(0, 1), max_size=30))
@settings(deadline=None)
def test_every_answer_is_in_one_band(shares):
    found = figures_by_band(shares, shares, list)
    assert sorted(one for part in found.values() for one in part) == sorted(shares)
    assert max(found["low"], default=0) < min(found["middle"], default=2 / 3) < min(found["high"], default=2)


@pytest.mark.parametrize("call", [lambda: band(math.nan), lambda: figures_by((1,), "ab", sum)])
def test_rows_that_have_no_group_are_refused(call):
    with pytest.raises(ValueError):
        call()
