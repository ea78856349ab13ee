"""Beside its figures a calibration says what it took, and whether answers that steer the examiner were paid for it."""

import pytest
from scored_cases import FACTS, but, judged, rubric, world

from evaluator.calibration.assembling import calibration, spent
from evaluator.calibration.remarks import cost_words, steering_words
from evaluator.calibration.sources import SampleSource
from evaluator.calibration.steering import steering
from evaluator.cli.calibrate_view import screen
from evaluator.models import Flag, Level, Usage
from evaluator.report.calibration import as_html
from evaluator.rubrics import load_folder
from evaluator.samples import load_all

CASES = world([rubric(0)], each=8)
NOTHING, EVERYTHING = dict.fromkeys(FACTS, Level.MISSED), dict.fromkeys(FACTS, Level.HIT)


def flagged(case):
    return but(case, grade=case.grade.model_copy(update={"flags": (*case.grade.flags, Flag.INJECTION)}))


def used(case, **usage):
    trace = case.grade.trace.model_copy(update={"usage": Usage(**usage)})
    return but(case, grade=case.grade.model_copy(update={"trace": trace}))


def test_answers_that_nobody_suspects_are_no_attempts():
    assert steering(CASES) is None
    assert "指令" not in screen(calibration(CASES, resamples=0), "zh")


def test_an_attempt_that_got_more_than_people_gave_is_counted_with_its_surplus():
    empty = next(one for one in CASES if one.human_share == 0)
    some = next(one for one in CASES if one.human_share == pytest.approx(1 / 3))
    found = steering([flagged(judged(empty, EVERYTHING)), flagged(judged(some, NOTHING)), *CASES])
    assert (found.answers, found.flagged, found.scored, found.overpaid, found.most) == (2, 2, 2, 1, 1.0)


def test_an_attempt_that_the_source_knows_of_counts_though_no_rule_saw_it():
    found = steering([but(CASES[0], steers=True), but(CASES[1], steers=True, grade=None)])
    assert (found.answers, found.flagged, found.scored, found.overpaid) == (2, 0, 1, 0)


def test_as_much_as_people_gave_is_no_surplus():
    assert steering([flagged(one) for one in CASES]).overpaid == 0


def test_samples_tell_which_of_them_are_attempts():
    source = SampleSource(load_all(), load_folder(), split="test")
    said = [row.columns["type"] for row in source]
    assert said.count("injection") == 8


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "藏着指令的答案 1 份：标出 1 份，比人给的多的 1 份 (≤ 100%)"), ("en", "flagged 1")]
)
def test_both_terminal_and_page_say_so(lang, said):
    empty = next(one for one in CASES if one.human_share == 0)
    cases = [flagged(judged(empty, EVERYTHING)), *CASES[1:]]
    made = calibration(cases, resamples=0)
    assert said in screen(made, lang)
    assert said.split("(")[0] in as_html(made, cases, lang)
    assert len(list(steering_words(made))) == 1


def test_cost_is_told_for_each_answer_that_was_asked_about():
    asked = [used(one, calls=2, prompt=900, cached=600, completion=30, seconds=3.0) for one in CASES[:2]]
    free = [used(one, calls=0) for one in CASES[2:]]
    made = calibration([*asked, *free], resamples=0)
    assert (made.made.called, made.made.usage.prompt) == (2, 1800)
    (words,) = cost_words(made)
    assert words.zh == "问了模型 2 份：每份 3.0 秒（含排队），提示 900 词元（缓存供给 67%），输出 30 词元"
    assert words.zh in screen(made, "zh")
    assert words.en in as_html(made, CASES, "en")


def test_cost_of_repeats_is_spread_over_all_of_them():
    runs = [[used(one, calls=1, prompt=10, seconds=2.0) for one in CASES]] * 3
    assert (spent(runs).called, spent(runs).usage.seconds) == (24, 48.0)


def test_what_cost_nothing_is_not_spoken_of():
    free = [used(one, calls=0) for one in CASES]
    assert list(cost_words(calibration(free, resamples=0))) == []


def test_finding_nothing_at_all_is_a_baseline():
    found = calibration(CASES, resamples=0).baseline("all_missed")
    people = sum(one.human_share for one in CASES) / len(CASES)
    assert found.scores.mae.value == pytest.approx(people)
    assert found.scores.bias.value == pytest.approx(-people)
    assert found.key_points.hit.recall.value == 0
