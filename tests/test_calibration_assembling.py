"""The calibration report: figures of hand-made cases, what stands beside them, and that nothing is dropped silently."""

import asyncio
import math

import pytest
from small_rubric import RUBRIC

from evaluator.calibration.assembling import calibration
from evaluator.calibration.baselines import keyword_cases
from evaluator.calibration.cases import Case, consensus, share
from evaluator.calibration.model import Calibration
from evaluator.models import Flag, Grade, HumanScore, KeyPointGrade, Level, Trace

HIT, PARTIAL, MISSED, UNSCORED = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
KEYS = [point.id for point in RUBRIC.key_points]
OTHER = RUBRIC.model_copy(update={"id": "other"})


def human(score, *levels, rater="A"):
    return HumanScore(rater=rater, score=score, levels=dict(zip(KEYS, levels, strict=False)))


def grade(score, *levels, confidence=None, model="", host="", temperature=None, flags=()):
    """A grade with these levels; all `missed` unless given."""
    said = levels or (MISSED,) * 3
    return Grade(
        rubric=RUBRIC.id, score=score, max_score=8, range=(0, 8) if score is None else (score, score),
        complete=score is not None, needs_review=False, judge="llm", confidence=confidence, flags=flags,
        key_points=tuple(
            KeyPointGrade(id=key, name=key, points=1, earned=None, verdict=level, confidence=confidence)
            for key, level in zip(KEYS, said, strict=True)
        ),
        trace=Trace(
            rubric_hash="r", answer_hash="a", model=model, host=host,
            parameters={} if temperature is None else {"temperature": temperature},
        ),
    )  # fmt: skip


def case(name, judge, *people, rubric=RUBRIC, failure="", answer="耐心倾听"):
    """A case whose judge gives these points of 8 (None: incomplete; a Grade as it is; "": none)."""
    found = judge if isinstance(judge, Grade) else None if judge == "" else grade(judge)
    scores = tuple(one if isinstance(one, HumanScore) else human(one) for one in people)
    return Case(rubric=rubric, candidate=name, answer=answer, human=scores, grade=found, failure=failure)


def made(cases, **more):
    return calibration(cases, **{"resamples": 0} | more)


# --- cases ---


def test_what_people_gave_is_their_mean_as_a_share_of_full_marks():
    one = case("1", 4, human(4), human(8, rater="B"))
    assert (one.human_share, one.judge_share) == (0.75, 0.5)
    assert one.by_rater == {"A": 0.5, "B": 1.0}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([HIT], HIT),
        ([HIT, HIT, MISSED], HIT),
        ([HIT, MISSED], PARTIAL),
        ([MISSED, PARTIAL], PARTIAL),
        ([HIT, PARTIAL, MISSED], PARTIAL),
        ([MISSED, MISSED, HIT, PARTIAL], MISSED),
    ],
)
def test_raters_agree_on_what_most_say_and_ties_go_to_the_middle(levels, expected):
    assert consensus(levels) is expected


def test_points_beyond_full_marks_count_as_full_marks_and_are_reported():
    assert share(9, RUBRIC) == 1
    assert "1 个人工分高于满分" in made([case("1", 8, 9), case("2", 8, 8)]).notes[0].zh


# --- scores ---


def test_score_figures_are_those_worked_out_by_hand():
    found = made([case("1", 8, 8), case("2", 4, 6), case("3", 0, 2), case("4", 2, 2, rubric=OTHER)]).scores
    assert found.n == 4
    assert found.mae.value == pytest.approx((0 + 0.25 + 0.25 + 0) / 4)
    assert found.bias.value == pytest.approx(-0.125)
    assert found.rmse.value == pytest.approx(math.sqrt(2 * 0.25**2 / 4))
    assert found.exact.value == 0.5
    assert found.adjacent.value == 0.5
    judge, people = [1, 0.5, 0, 0.25], [1, 0.75, 0.25, 0.25]
    assert found.pearson.value == pytest.approx(pearson(judge, people))
    assert found.within.value == pytest.approx(pearson(judge[:3], people[:3]))
    # tenths, halves up: judge 10 5 0 3, people 10 8 3 3
    assert found.qwk.value == pytest.approx(1 - 4 * (9 + 9) / (4 * (134 + 182) - 2 * 18 * 24))


def pearson(a, b):
    x, y = ([v - sum(s) / len(s) for v in s] for s in (a, b))
    return sum(p * q for p, q in zip(x, y, strict=True)) / math.sqrt(sum(p * p for p in x) * sum(q * q for q in y))


def test_a_step_is_a_tenth_of_full_marks_where_rounding_is_finer():
    found = made([case("1", 4.4, 4), case("2", 4.8, 4), case("3", 4.9, 4)]).scores
    assert (found.exact.value, found.adjacent.value) == pytest.approx((1 / 3, 2 / 3))


def test_what_the_data_do_not_define_is_none_and_never_nought():
    found = made([case("1", 4, 4)])
    assert found.scores.pearson.value is None
    assert found.scores.qwk.value is None
    assert found.ceiling is None
    assert found.key_points is None
    assert found.confidence is None
    assert found.noise is None


def test_intervals_hold_the_figure_and_are_the_same_every_time():
    cases = [case(str(n), n % 9, (n * 5) % 9, rubric=OTHER if n % 2 else RUBRIC) for n in range(24)]
    first, again = calibration(cases, resamples=200), calibration(cases, resamples=200)
    assert first.model_dump_json() == again.model_dump_json()
    for figure in first.scores.figures().values():
        assert figure.low <= figure.value <= figure.high


# --- coverage ---


def test_answers_without_a_full_score_are_counted_and_never_dropped_silently():
    cases = [
        case("1", 4, 4), case("2", None, 4), case("3", "", 4, failure="超时"), case("4", "", 4),
        case("5", None, 4, failure="断线"),
    ]  # fmt: skip
    found = made(cases)
    assert (found.answers, found.scored, found.incomplete, found.failed, found.pending) == (5, 1, 1, 2, 1)
    assert found.coverage == 0.25
    assert found.scores.n == 1


def test_unscored_verdicts_are_counted_and_in_no_other_figure():
    people = human(4, HIT, MISSED, MISSED)
    cases = [case("1", grade(4, HIT, MISSED, MISSED), people), case("2", grade(None, HIT, UNSCORED, MISSED), people)]
    found = made(cases)
    assert (found.verdicts, found.unscored_verdicts, found.key_points.n) == (6, 1, 3)


def test_without_any_case_there_is_no_report():
    with pytest.raises(ValueError, match="no answer"):
        calibration([])


# --- key points ---


def test_key_point_figures_are_those_worked_out_by_hand():
    cases = [
        case("1", grade(8, HIT, HIT, PARTIAL), human(8, HIT, PARTIAL, PARTIAL)),
        case("2", grade(0, MISSED, MISSED, HIT), human(0, MISSED, HIT, MISSED)),
    ]
    found = made(cases).key_points
    assert found.n == 6
    assert found.confusion == ((1, 0, 1), (0, 1, 0), (1, 1, 1))
    assert found.accuracy.value == 0.5
    assert found.kappa.value == pytest.approx((1 / 2 - 12 / 36) / (1 - 12 / 36))
    assert (found.hit.said, found.hit.people) == (3, 2)
    assert (found.hit.precision.value, found.hit.recall.value) == pytest.approx((1 / 3, 1 / 2))
    assert found.partial.recall.value == 0.5


# --- parts ---


def test_bands_go_by_what_people_gave_and_all_three_are_there():
    found = made([case("1", 8, 1), case("2", 0, 7), case("3", 8, 8)]).bands
    assert [(one.name, one.answers) for one in found] == [("low", 1), ("middle", 0), ("high", 2)]
    assert found[0].scores.bias.value == pytest.approx(7 / 8)
    assert found[1].scores.mae.value is None


def test_questions_and_raters_have_figures_of_their_own():
    people = (human(4), human(8, rater="B"))
    found = made([case("1", 4, *people), case("2", 8, 8, rubric=OTHER)])
    assert [(one.name, one.scores.mae.value) for one in found.by_question] == [("complaint", 0.25), ("other", 0.0)]
    assert found.by_question[0].title.startswith("客户怒气冲冲")
    assert [(one.name, one.answers, one.scores.bias.value) for one in found.by_rater] == [("A", 2, 0.0), ("B", 1, -0.5)]


def test_one_rater_is_no_part():
    assert made([case("1", 4, 4)]).by_rater == ()


# --- beside ---


def test_the_ceiling_holds_rater_against_rater_and_pools_all_pairs():
    cases = [
        case("1", 4, human(4, HIT), human(6, HIT, rater="B"), human(8, MISSED, rater="C")),
        case("2", 4, human(4)),
    ]
    found = made(cases).ceiling
    assert found.scores.n == 3
    assert found.scores.mae.value == pytest.approx((0.25 + 0.5 + 0.25) / 3)
    assert found.key_points.accuracy.value == pytest.approx(1 / 3)


def test_three_raters_of_one_answer_do_not_pass_for_three_answers_to_a_question():
    one_each = [
        case(str(n), 4, human(n), human(8 - n, rater="B"), human((3 * n) % 8, rater="C"), rubric=rubric)
        for n, rubric in enumerate([RUBRIC, OTHER])
    ]
    found = made(one_each).ceiling.scores
    assert (found.n, found.within.value) == (6, None)


def test_baselines_know_nothing_of_what_an_answer_says():
    cases = [
        case("1", 4, human(8, HIT, HIT, MISSED), answer="长" * 90),
        case("2", 4, human(0, HIT, MISSED, MISSED), answer="短"),
        case("3", 4, human(4, HIT, HIT, HIT), answer="中" * 9),
    ]
    found = made(cases)
    constant, everybody, length = (found.baseline(name) for name in ("constant", "all_hit", "length"))
    assert constant.scores.mae.value == pytest.approx(1 / 3)
    assert constant.scores.pearson.value is None
    assert constant.scores.qwk.value == 0
    assert constant.key_points.accuracy.value == pytest.approx(6 / 9)
    assert everybody.scores.bias.value == pytest.approx(0.5)
    assert everybody.key_points.hit.recall.value == 1
    assert length.scores.pearson.value > 0.9
    assert length.key_points is None
    assert found.baseline("keyword") is None


def test_baselines_are_over_the_answers_that_the_judge_scored():
    found = made([case("1", 4, 8), case("2", None, 0), case("3", 4, 4)])
    assert {one.scores.n for one in found.baselines} == {2}
    assert found.baseline("constant").scores.mae.value == 0.25


def test_the_keyword_judge_is_run_for_real():
    cases = [
        case("1", 4, 4, answer="我会真诚道歉，退款或换货，再回访客户。"),
        case("2", 4, 4, answer="不知道怎么办好。"),
    ]
    keyword = asyncio.run(keyword_cases(cases))
    assert [one.judge_share for one in keyword] == [1.0, 0.0]
    assert made(cases, keyword=keyword).baseline("keyword").scores.mae.value == 0.5


# --- noise ---


def test_noise_is_the_judge_against_itself():
    first = [case("1", grade(4, HIT, MISSED, MISSED), 4), case("2", 8, 8), case("3", None, 8)]
    again = [case("1", grade(6, HIT, HIT, MISSED), 4), case("2", 8, 8), case("3", 8, 8)]
    found = made(first, repeats=[again]).noise
    assert (found.runs, found.answers, found.deterministic) == (2, 2, True)
    assert found.changed_answers.value == 0.5
    assert found.changed_verdicts.value == pytest.approx(1 / 6)
    assert found.scores.mae.value == pytest.approx(0.125)


@pytest.mark.parametrize(
    ("host", "temperature", "expected"), [("local", 0.0, True), ("local", 0.7, False), ("api.example.com", 0.0, False)]
)
def test_a_model_on_this_machine_at_temperature_0_is_known_to_repeat_itself(host, temperature, expected):
    cases = [case("1", grade(4, model="m", host=host, temperature=temperature), 4)]
    assert made(cases, repeats=[cases]).noise.deterministic is expected


# --- confidence ---


def test_confidence_that_knows_its_errors_says_what_to_review():
    sure = case("1", grade(8, HIT, HIT, HIT, confidence=0.95), human(8, HIT, HIT, HIT))
    unsure = case("2", grade(8, HIT, HIT, HIT, confidence=0.55), human(0, MISSED, MISSED, MISSED))
    found = made([sure, unsure], target_mae=0.1).confidence
    assert (found.of, found.n, found.answers) == ("verdicts", 6, 2)
    assert found.auroc.value == 1
    assert found.ece.value == pytest.approx((0.05 + 0.55) / 2)
    assert [one.n for one in found.bins if one.n] == [3, 3]
    assert (found.review.share, found.review.threshold, found.review.risk) == (0.5, 0.95, 0)
    assert [(one.coverage, one.risk) for one in found.curve] == [(0.5, 0), (1, 0.5)]


def test_confidence_may_need_no_review_or_nothing_but_review():
    cases = [case("1", grade(8, confidence=0.9), 4), case("2", grade(8, confidence=0.2), 4)]
    easy, hopeless = made(cases, target_mae=0.5).confidence.review, made(cases, target_mae=0.1).confidence.review
    assert (easy.share, easy.threshold, easy.risk) == (0, None, 0.5)
    assert (hopeless.share, hopeless.threshold, hopeless.risk) == (1, None, None)


def test_without_levels_a_score_within_a_step_is_right():
    cases = [case("1", grade(8, confidence=0.9), 8), case("2", grade(8, confidence=0.2), 1)]
    found = made(cases).confidence
    assert (found.of, found.auroc.value) == ("answers", 1)


def test_blank_answers_say_nothing_of_confidence():
    blank = grade(0, confidence=1.0, flags=(Flag.EMPTY,))
    assert made([case("1", blank, human(0, MISSED))]).confidence is None


# --- the report as a file ---


def test_a_report_survives_being_written_and_read():
    people = (human(4, HIT), human(8, MISSED, rater="B"))
    found = made([case("1", grade(4, HIT, MISSED, MISSED, confidence=0.8), *people), case("2", 8, 8, rubric=OTHER)])
    text = found.model_dump_json(by_alias=True)
    assert text.startswith('{"schema":"evaluator/calibration@1"')
    assert Calibration.model_validate_json(text) == found
