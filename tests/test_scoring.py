from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.models import (
    AnyOf,
    Deduction,
    Evidence,
    Grade,
    KeyPoint,
    Level,
    Override,
    QuestionKind,
    Rubric,
    Trace,
    Verdict,
)
from evaluator.scoring import Scored, rescored, score, verdicts_of, with_overrides

HIT, PARTIAL, MISSED, UNSCORED = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
WORDS = {"h": HIT, "p": PARTIAL, "m": MISSED, "u": UNSCORED}


def rubric_of(
    *points: float,
    any_of: tuple[AnyOf, ...] = (),
    deductions: tuple[float, ...] = (),
    max_score: float | None = None,
    partial_share: float = 0.5,
    rounding: float = 0.5,
) -> Rubric:
    return Rubric(
        id="r",
        question="问题",
        kind=QuestionKind.SHORT_ANSWER,
        max_score=float(sum(map(Fraction, map(str, points)))) if max_score is None else max_score,
        key_points=tuple(
            KeyPoint(id=f"k{n}", name=f"点{n}", points=value, follow_up=f"问{n}") for n, value in enumerate(points)
        ),
        any_of=any_of,
        deductions=tuple(
            Deduction(id=f"d{n}", name=f"扣{n}", points=value, when="跑题") for n, value in enumerate(deductions)
        ),
        partial_share=partial_share,
        rounding=rounding,
    )


def judged(levels: str, deductions: str = "") -> tuple[Verdict, ...]:
    """`hpmu` for k0, k1, …, then for d0, d1, …"""
    points = [Verdict(key_point=f"k{n}", level=WORDS[letter]) for n, letter in enumerate(levels)]
    taken = [Verdict(key_point=f"d{n}", level=WORDS[letter]) for n, letter in enumerate(deductions)]
    return (*points, *taken)


def outcome(scored: Scored) -> tuple[float | None, float, float]:
    return scored.score, scored.low, scored.high


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("hhh", (8, 8, 8)),
        ("mmm", (0, 0, 0)),
        ("hpm", (4, 4, 4)),
        ("hhu", (None, 5, 8)),
        ("uuu", (None, 0, 8)),
        ("pum", (None, 1.5, 3.5)),
    ],
)
def test_levels_become_points_and_the_unscored_a_range(levels, expected):
    assert outcome(score(rubric_of(3, 2, 3), judged(levels))) == expected


def test_a_key_point_that_the_judge_forgot_is_unscored_and_never_a_silent_zero():
    scored = score(rubric_of(3, 2), judged("h"))
    assert outcome(scored) == (None, 3, 5)
    forgotten = scored.key_points[1]
    assert (forgotten.verdict, forgotten.cause, forgotten.earned) == (UNSCORED, "missing_verdict", None)


def test_a_forgotten_deduction_leaves_the_grade_incomplete():
    scored = score(rubric_of(4, deductions=(1,)), judged("h"))
    assert outcome(scored) == (None, 3, 4)
    assert scored.deductions[0].taken is None


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ([*judged("hh"), Verdict(key_point="k9", level=HIT)], "k9"),
        ([*judged("hh"), Verdict(key_point="k1", level=HIT)], "more than one verdict for k1"),
    ],
)
def test_unknown_and_repeated_ids_are_refused(verdicts, message):
    with pytest.raises(ValueError, match=message):
        score(rubric_of(1, 1), verdicts)


def test_partial_earns_the_share_that_the_rubric_names():
    scored = score(rubric_of(10, partial_share=0.3), judged("p"))
    assert (scored.score, scored.key_points[0].earned) == (3, 3)


@pytest.mark.parametrize(
    ("points", "step", "levels", "expected"),
    [
        ((0.5,), 0.5, "p", 0.5),  # 0.25 lies half way: up
        ((0.1,) * 10, 0.1, "h" * 3 + "m" * 7, 0.3),  # no 0.30000000000000004
        ((1, 1, 1), 1, "phm", 2),  # 1.5 up
        ((5, 5), 3, "hh", 10),  # a step that does not divide 10 still lets a full answer have 10
        ((5, 5), 3, "hp", 9),  # 7.5 lies half way between 6 and 9: up
        ((5, 4, 1), 3, "hpm", 6),  # 7
        ((9.4, 0.6), 3, "hm", 9),  # half way to 10 is 9.5
        ((9.5, 0.5), 3, "hm", 10),
        ((2, 2), 10, "hm", 4),  # a step above the maximum: nearer of 0 and 4, half up
        ((1, 3), 10, "hm", 0),
    ],
)
def test_rounding_goes_to_the_nearest_step_or_to_the_maximum_half_up(points, step, levels, expected):
    assert score(rubric_of(*points, rounding=step), judged(levels)).score == expected


def test_the_total_is_rounded_once_not_the_key_points():
    scored = score(rubric_of(0.75, 0.75, 0.5, partial_share=0.3, rounding=1), judged("ppm"))
    assert [point.earned for point in scored.key_points] == [0.23, 0.23, 0]
    assert scored.score == 0
    assert score(rubric_of(0.75, 0.75, 0.5, rounding=0.5), judged("ppm")).score == 1


@pytest.mark.parametrize(
    ("levels", "expected", "uncounted"),
    [
        ("hhh", (5, 5, 5), {"k0"}),  # 2, 2, 3: the best two; of equals the one named first in the group counts
        ("hmm", (2, 2, 2), {"k2"}),
        ("hpp", (3.5, 3.5, 3.5), {"k1"}),
        ("hhu", (None, 4, 5), set()),  # k2 may still push k0 out
        ("uhh", (None, 5, 5), {"k0"}),  # cannot matter any more, still not complete
        ("uuu", (None, 0, 5), set()),
        ("muu", (None, 0, 5), set()),
    ],
)
def test_of_a_choose_group_only_the_best_count_each_bound_with_its_own_choice(levels, expected, uncounted):
    rubric = rubric_of(2, 2, 3, any_of=(AnyOf(choose=2, of=("k1", "k0", "k2")),), max_score=5)
    scored = score(rubric, judged(levels))
    assert outcome(scored) == expected
    assert {point.id for point in scored.key_points if not point.counted} == uncounted


def test_what_a_choose_group_does_not_count_earns_nothing_and_says_so():
    rubric = rubric_of(2, 2, any_of=(AnyOf(choose=1, of=("k0", "k1")),), max_score=2)
    spare = score(rubric, judged("hh")).key_points[1]
    assert (spare.verdict, spare.earned, spare.counted) == (HIT, 0, False)


@pytest.mark.parametrize(
    ("deduction", "expected"),
    [("h", (1, 1, 1)), ("p", (2.5, 2.5, 2.5)), ("m", (4, 4, 4)), ("u", (None, 1, 4))],
)
def test_deductions_take_all_half_or_nothing_and_widen_the_range_downward(deduction, expected):
    assert outcome(score(rubric_of(4, deductions=(3,)), judged("h", deduction))) == expected


def test_deductions_take_half_whatever_share_the_rubric_gives_to_partial():
    rubric = rubric_of(4, deductions=(2,), partial_share=0.1)
    assert score(rubric, judged("h", "p")).score == 3


def test_deductions_never_take_the_total_below_zero():
    assert outcome(score(rubric_of(1, deductions=(3,)), judged("h", "h"))) == (0, 0, 0)


def test_follow_up_questions_stand_only_where_something_is_missing():
    scored = score(rubric_of(1, 1, 1), judged("hpm"))
    assert [point.follow_up for point in scored.key_points] == ["", "问1", "问2"]


def test_reason_evidence_and_confidence_are_carried_over():
    verdict = Verdict(
        key_point="k0", level=HIT, reason="说了", evidence=(Evidence(start=0, end=2, text="答案"),), confidence=0.9
    )
    point = score(rubric_of(1), [verdict]).key_points[0]
    assert (point.reason, point.evidence, point.confidence) == ("说了", verdict.evidence, 0.9)


def test_a_changed_weight_scores_the_same_verdicts_anew():
    verdicts = judged("hm")
    assert score(rubric_of(2, 8), verdicts).score == 2
    assert score(rubric_of(8, 2), verdicts).score == 8


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    cents = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=7).filter(any))
    points = [value / 100 for value in cents]
    groups: tuple[AnyOf, ...] = ()
    if len(points) > 2 and draw(st.booleans()):
        size = draw(st.integers(2, len(points)))
        choose = draw(st.integers(1, size - 1))
        groups = (AnyOf(choose=choose, of=tuple(f"k{n}" for n in range(size))),)
        attainable = sum(cents[size:]) + sum(sorted(cents[:size], reverse=True)[:choose])
    else:
        attainable = sum(cents)
    if attainable == 0:
        groups, attainable = (), sum(cents)
    return rubric_of(
        *points,
        any_of=groups,
        deductions=tuple(draw(st.lists(st.sampled_from([0, 0.5, 1.25, 4]), max_size=2))),
        max_score=attainable / 100,
        partial_share=draw(st.sampled_from([0, 0.3, 1 / 3, 0.5, 1])),
        rounding=draw(st.sampled_from([0.01, 0.1, 0.3, 0.5, 1, 2.5, 10])),
    )


def ids_of(rubric: Rubric) -> list[str]:
    return [*(point.id for point in rubric.key_points), *(item.id for item in rubric.deductions)]


def some_verdicts(rubric: Rubric) -> st.SearchStrategy[dict[str, Level]]:
    return st.fixed_dictionaries({key: st.sampled_from(list(Level)) for key in ids_of(rubric)})


def scored_by(rubric: Rubric, levels: dict[str, Level]) -> Scored:
    return score(rubric, [Verdict(key_point=key, level=level) for key, level in levels.items()])


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_totals_stay_in_bounds_and_a_grade_without_unscored_is_one_number(data):
    rubric = data.draw(rubrics())
    levels = data.draw(some_verdicts(rubric))
    scored = scored_by(rubric, levels)
    assert 0 <= scored.low <= scored.high <= rubric.max_score
    assert scored.complete == (UNSCORED not in levels.values())
    assert scored.score == (scored.low if scored.complete else None)
    assert scored.low == scored.high or not scored.complete


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_range_holds_exactly_what_the_unscored_can_turn_out_to_be(data):
    rubric = data.draw(rubrics())
    levels = data.draw(some_verdicts(rubric))
    unknown = [key for key, level in levels.items() if level is UNSCORED][:5]
    levels |= {key: MISSED for key, level in levels.items() if level is UNSCORED and key not in unknown}
    scored = scored_by(rubric, levels)
    ends = [
        scored_by(rubric, {**levels, **dict(zip(unknown, choice, strict=True))}).score
        for choice in product((HIT, MISSED), repeat=len(unknown))
    ]
    assert (min(ends), max(ends)) == (scored.low, scored.high)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_of_verdicts_does_not_matter(data):
    rubric = data.draw(rubrics())
    levels = data.draw(some_verdicts(rubric))
    shuffled = list(levels.items())
    random.Random(data.draw(st.integers())).shuffle(shuffled)
    assert scored_by(rubric, levels) == scored_by(rubric, dict(shuffled))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_raising_one_verdict_never_lowers_and_more_deduction_never_raises(data):
    rubric = data.draw(rubrics())
    levels = data.draw(some_verdicts(rubric))
    key = data.draw(st.sampled_from(ids_of(rubric)))
    ladder = [scored_by(rubric, {**levels, key: level}) for level in (MISSED, PARTIAL, HIT)]
    if key.startswith("d"):
        ladder.reverse()
    for worse, better in pairwise(ladder):
        assert worse.low <= better.low
        assert worse.high <= better.high


@given(rubrics())
@settings(max_examples=100, deadline=None)
def test_a_full_answer_always_reaches_the_maximum(rubric):
    levels = {**dict.fromkeys(ids_of(rubric), HIT), **{item.id: MISSED for item in rubric.deductions}}
    assert scored_by(rubric, levels).score == rubric.max_score


def override(key: str, level: Level | None, reason: str = "看过了") -> Override:
    return Override(key_point=key, level=level, author="王老师", reason=reason)


def test_an_override_replaces_the_level_and_names_the_person_as_the_cause():
    verdict = Verdict(
        key_point="k0",
        level=PARTIAL,
        reason="模型",
        evidence=(Evidence(start=0, end=2, text="答案"),),
        confidence=0.6,
    )
    (changed,) = with_overrides([verdict], [override("k0", HIT)])
    assert (changed.level, changed.reason, changed.cause, changed.confidence) == (HIT, "看过了", "human_override", None)
    assert changed.evidence == verdict.evidence
    assert with_overrides([verdict], [override("k0", MISSED)])[0].evidence == ()


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], MISSED),
        ([override("k0", HIT)], HIT),
        ([override("k0", HIT), override("k0", PARTIAL)], PARTIAL),
        ([override("k0", HIT), override("k0", None)], MISSED),
        ([override("k0", HIT), override("k0", None), override("k0", PARTIAL)], PARTIAL),
    ],
)
def test_the_last_layer_counts_and_a_lifted_one_gives_the_automatic_verdict_back(layers, expected):
    assert with_overrides(judged("m"), layers)[0].level is expected


def test_a_person_can_judge_what_the_judge_forgot():
    rubric = rubric_of(3, 2)
    assert score(rubric, with_overrides(judged("h"), [override("k1", HIT)])).score == 5
    assert with_overrides(judged("h"), [override("k1", None)]) == judged("h")


def grade_of(rubric: Rubric, verdicts: tuple[Verdict, ...], reasons: tuple[str, ...] = ()) -> Grade:
    scored = score(rubric, verdicts)
    return Grade(
        rubric=rubric.id,
        score=scored.score,
        max_score=rubric.max_score,
        range=(scored.low, scored.high),
        complete=scored.complete,
        needs_review=bool(reasons),
        review_reasons=reasons,
        key_points=scored.key_points,
        deductions=scored.deductions,
        judge="fake",
        trace=Trace(rubric_hash="r", answer_hash="a"),
    )


def test_a_stored_grade_with_overrides_is_scored_without_a_call():
    rubric = rubric_of(3, 2, deductions=(1,))
    grade = grade_of(rubric, judged("hu", "p"), ("incomplete", "deduction", "injection"))
    mended = rescored(grade, rubric, [override("k1", HIT), override("d0", MISSED)])
    assert (grade.score, mended.score, mended.range, mended.complete) == (None, 5, (5, 5), True)
    assert mended.review_reasons == ("injection", "human_override")
    assert mended.trace == grade.trace


def test_a_stored_grade_follows_changed_weights():
    grade = grade_of(rubric_of(3, 2), judged("hm"))
    assert rescored(grade, rubric_of(1, 4)).score == 1
    assert rescored(grade, rubric_of(3, 2)) == grade


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_verdicts_of_a_grade_score_to_the_same_grade(data):
    rubric = data.draw(rubrics())
    levels = data.draw(some_verdicts(rubric))
    before = scored_by(rubric, levels)
    grade = grade_of(rubric, tuple(Verdict(key_point=key, level=level) for key, level in levels.items()))
    assert score(rubric, verdicts_of(grade)) == before
