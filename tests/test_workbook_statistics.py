"""Figures of questions, against figures worked by hand and by the standard library."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import CHOICE, RUBRIC, Run, result, ticked

from evaluator.batch import AnswerResult
from evaluator.models import Answer, Flag, Level
from evaluator.workbook.bars import FLOOR, distribution, slices
from evaluator.workbook.standing import Standing, standing, total
from evaluator.workbook.statistics import QuestionCounts
from evaluator.workbook.survey import look_over


def counted(*results, rubric=RUBRIC):
    counts = QuestionCounts(rubric)
    for one in results:
        counts.add(one)
    return counts


def with_score(score):
    """An answer whose grade says that score."""
    graded = result(RUBRIC, "写了", "mmmm")
    grade = graded.grade.model_copy(update={"score": score, "range": (score, score)})
    return AnswerResult(graded.answer, grade)


@given(st.lists(st.integers(0, 16), min_size=2, max_size=40))
def test_mean_spread_and_median_are_those_of_the_standard_library(halves):
    scores = [half / 2 for half in halves]
    counts = counted(*(with_score(score) for score in scores))
    assert counts.mean == pytest.approx(statistics.mean(scores))
    assert counts.spread == pytest.approx(statistics.stdev(scores))
    assert counts.median == statistics.median(scores)
    assert (counts.lowest, counts.highest, counts.scored) == (min(scores), max(scores), len(scores))


@given(st.lists(st.integers(0, 16), max_size=30))
def test_every_score_is_in_exactly_one_bar(halves):
    counts = counted(*(with_score(half / 2) for half in halves))
    assert sum(bar.count for bar in distribution(counts)) == len(halves)
    assert all(bar.y + bar.height == pytest.approx(FLOOR, abs=0.02) for bar in distribution(counts))


@pytest.mark.parametrize(
    ("maximum", "step", "labels"),
    [
        (2, 0.5, ["0", "0.5", "1", "1.5", "2"]),
        (8, 0.5, ["0–1", "1–2", "2–3", "3–4", "4–5", "5–6", "6–7", "7–8"]),
        (15, 1, ["0–2", "2–4", "4–6", "6–8", "8–10", "10–12", "12–14", "14–15"]),
        (100, 1, [f"{low}–{low + 10}" for low in range(0, 100, 10)]),
    ],
)
def test_bars_end_on_round_scores(maximum, step, labels):
    point = RUBRIC.key_points[0].model_copy(update={"points": float(maximum)})
    rubric = RUBRIC.model_copy(update={"max_score": float(maximum), "rounding": step, "key_points": (point,)})
    assert [bar.label for bar in distribution(QuestionCounts(rubric))] == labels


def test_nothing_scored_has_no_figures_instead_of_zeros():
    counts = counted(result(RUBRIC, "写了", failure="断网"))
    assert (counts.mean, counts.spread, counts.median, counts.lowest) == (None, None, None, None)
    assert counts.unscored == 1
    assert slices(counts.key_points["comfort"], "zh") == ()


def test_blank_answers_count_in_the_mean_and_not_in_the_rates():
    blank = result(RUBRIC, "", "mmmm", flags=(Flag.EMPTY,))
    full = result(RUBRIC, "回访客户", "hhhm", {key: ["回访客户"] for key in ("comfort", "solve", "return-visit")})
    counts = counted(full, blank)
    assert counts.mean == 4
    assert counts.share(counts.standings[Standing.BLANK]) == 0.5
    assert counts.key_points["comfort"].rate(Level.HIT) == 1
    assert not counts.key_points["comfort"].always_hit


@pytest.mark.parametrize(
    ("letters", "never", "always"),
    [("hh", False, True), ("mm", True, False), ("m?m", True, False), ("hp", False, False), ("h", False, False),
     ("m", False, False), ("??", False, False), ("", False, False), ("pp", False, False)],
)  # fmt: skip
def test_two_verdicts_are_needed_to_say_never_or_always(letters, never, always):
    answers = [result(RUBRIC, "回访客户", letter + "mmm", {"comfort": ["回访客户"]} if letter in "hp" else None)
               for letter in letters]  # fmt: skip
    counts = counted(*answers).key_points["comfort"]
    assert (counts.never_hit, counts.always_hit) == (never, always)


def test_time_is_over_answers_that_a_model_was_asked_about():
    cached = result(RUBRIC, "甲", "mmmm")
    again = cached.grade.model_copy(update={"trace": cached.grade.trace.model_copy(update={"usage": type(
        cached.grade.trace.usage)()})})  # fmt: skip
    counts = counted(result(RUBRIC, "乙", "mmmm", seconds=3.0), AnswerResult(cached.answer, again))
    assert (counts.timed, counts.seconds) == (1, 3.0)


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (None, Standing.ABSENT),
        (AnswerResult(Answer(rubric="complaint", text="x")), Standing.PENDING),
        (result(RUBRIC, "x", failure="断网"), Standing.FAILED),
        (result(RUBRIC, "", "mmmm", flags=(Flag.EMPTY,)), Standing.BLANK),
        (result(RUBRIC, "x", "m?mm"), Standing.INCOMPLETE),
        (ticked("B"), Standing.SCORED),
    ],
)
def test_every_answer_stands_somehow(one, how):
    assert standing(one) is how


def test_a_total_is_known_only_where_every_answer_is_scored():
    people = {person.candidate: total(person, (RUBRIC, CHOICE)).value() for person in Run().people}
    assert people == {
        "0001": 10, "110101199001011234": 3, "A-3": "5–9", "A-4": 2, "A-5": "0–8", "A-6": "2–4",
    }  # fmt: skip


def test_the_first_look_finds_names_raters_and_what_has_no_grade():
    survey = look_over(Run(), named=frozenset({"A-3"}))
    assert survey.has_names
    assert survey.names == {"A-3": "李四"}
    assert survey.raters == {"complaint": ("评委A", "评委B"), "late-choice": ("评委A",)}
    assert survey.level_raters == ("评委A",)
    assert (survey.candidates, survey.answers, survey.unscored, survey.rejected) == (6, 11, 2, 1)
