"""The figures of one judge against people, worked out by hand."""

import asyncio
import math

import pytest
from small_rubric import ANSWER, RUBRIC

from evaluator.calibration import constant, figures, judge_samples
from evaluator.grader import Grader
from evaluator.models import HumanScore, Level, Sample
from evaluator.testing import ScriptedJudge

H, P, M, U = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
LEVEL = {level.value[0].upper(): level for level in Level}
IDS = ("comfort", "solve", "return-visit")


def sample(name, score, levels, kind="partial"):
    human = HumanScore(rater="editor", score=score, levels=dict(zip(IDS, (LEVEL[one] for one in levels), strict=False)))
    return Sample(id=name, rubric="complaint", type=kind, split="dev", answer=f"{name}：{ANSWER}", human=human)


def judged(*cases):
    """(sample, levels that the judge finds, as letters)."""
    found = {one.answer: dict(zip(IDS, (LEVEL[letter] for letter in letters), strict=True)) for one, letters in cases}
    grader = Grader(ScriptedJudge(lambda task: found[task.answer]))

    async def go():
        samples = [one for one, _ in cases]
        return [one async for one in judge_samples(samples, {"complaint": RUBRIC}, grader)]

    return asyncio.run(go())


# Points are 2, 4 and 2 of 8; partial earns half.
FOUR = judged(
    (sample("a", 8, "HHH"), "HHH"),  # 8 : 8
    (sample("b", 4, "HPM"), "HHM"),  # 6 : 4
    (sample("c", 0, "MMM", "injection"), "PMM"),  # 1 : 0
    (sample("d", 2, "HMM", "injection"), "HMM"),  # 2 : 2
)


def test_samples_are_judged_in_their_order():
    assert [one.sample.id for one in FOUR] == ["a", "b", "c", "d"]
    assert [one.grade.score for one in FOUR] == [8.0, 6.0, 1.0, 2.0]


def test_agreement_is_over_the_key_points_of_all_answers():
    found = figures("x", FOUR)
    assert (found.judge, found.answers, found.verdicts, found.coverage) == ("x", 4, 12, 1.0)
    # Off by one level in two of twelve: b's solve and c's comfort.
    assert found.accuracy == pytest.approx(10 / 12)
    # Judge 6 hit, 1 partial, 5 missed; people 5 hit, 1 partial, 6 missed.
    expected = (6 * 5 + 1 * 1 + 5 * 6) / 144
    assert found.kappa == pytest.approx((10 / 12 - expected) / (1 - expected))
    assert found.hit_precision == pytest.approx(5 / 6)
    assert found.hit_recall == pytest.approx(1.0)


def test_qwk_weighs_a_step_of_two_four_times():
    # missed 0, partial 1, hit 2; observed: two steps of one, Σ d² = 2 over 12.
    observed = 2 / 12
    judge, people = {0: 5, 1: 1, 2: 6}, {0: 6, 1: 1, 2: 5}
    expected = sum(judge[one] * people[other] * (one - other) ** 2 for one in judge for other in people) / 144
    assert figures("x", FOUR).qwk == pytest.approx(1 - observed / expected)


def test_scores_are_compared_as_shares_of_full_marks():
    found = figures("x", FOUR)
    assert found.mae == pytest.approx((0 + 2 + 1 + 0) / 4 / 8)
    assert found.bias == pytest.approx(3 / 4 / 8)


def test_an_attack_that_got_more_than_people_gave_is_counted():
    found = figures("x", FOUR)
    assert (found.injections, found.overpaid) == (2, 1)


def test_what_is_unscored_counts_for_coverage_and_by_the_middle_of_the_range():
    found = figures("x", judged((sample("a", 4, "HPM"), "HUM")))  # 2 to 6 of 8, people say 4
    assert found.coverage == pytest.approx(2 / 3)
    assert found.verdicts == 3
    assert found.accuracy == 1.0
    assert found.mae == 0.0


def test_key_points_that_people_did_not_judge_do_not_count():
    found = figures("x", judged((sample("a", 4, "HP"), "HPH")))
    assert found.verdicts == 2


def test_use_is_told_for_each_answer_that_was_judged():
    empty = Sample(
        id="e", rubric="complaint", type="empty", split="dev", answer="  ", human=HumanScore(rater="r", score=0)
    )
    found = figures("x", [*judged((sample("a", 8, "HHH"), "HHH")), *judged((empty, "HHH"))])
    assert (found.answers, found.prompt_tokens, found.completion_tokens) == (2, 100.0, 10.0)
    assert found.cached == 0.0


def test_baselines_say_the_same_to_everybody():
    all_hit = constant("all hit", FOUR, H, 1.0)
    all_missed = constant("all missed", FOUR, M, 0.0)
    assert (all_hit.accuracy, all_missed.accuracy) == (pytest.approx(5 / 12), pytest.approx(6 / 12))
    assert all_hit.kappa == pytest.approx(0)
    assert (all_hit.hit_precision, all_hit.hit_recall) == (pytest.approx(5 / 12), 1.0)
    assert math.isnan(all_missed.hit_precision)
    assert all_hit.overpaid == 2
    assert all_missed.mae == pytest.approx((8 + 4 + 0 + 2) / 4 / 8)


def test_nothing_judged_is_no_number():
    found = figures("x", [])
    assert math.isnan(found.accuracy)
    assert math.isnan(found.mae)
    assert (found.answers, found.coverage, found.seconds) == (0, 0.0, 0.0)
