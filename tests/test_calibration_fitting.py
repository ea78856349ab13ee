"""What is fitted on some questions and reported on others, and whose grades a calibration file holds for."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_cases import FACTS, answer, but, has_of, people, rubric, world
from small_run import Run

from evaluator.agreement import split_by_group
from evaluator.batch import AnswerResult, CandidateResult
from evaluator.batch.items import Done
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.calibration.fitting import LEAST_ANSWERS, LEAST_QUESTIONS, METHODS, fit, pieces_of, unmappable
from evaluator.calibration.fitting_keywords import fitted_cuts
from evaluator.errors import InputError
from evaluator.fits import load_fit
from evaluator.grader import Grader, with_fit
from evaluator.judging import KeywordJudge
from evaluator.judging.keyword import CUTS
from evaluator.models import Answer, Binding, Fit, Flag, HumanScore, Level, Submission
from evaluator.report import as_html, as_markdown, as_text
from evaluator.scoring import rescored
from evaluator.testing import ScriptedJudge
from evaluator.workbook.summary import Summary
from evaluator.workbook.survey import look_over

QUESTIONS = [rubric(number) for number in range(10)]
EXACT = world(QUESTIONS, each=8)


def fitted(cases, **options):
    return asyncio.run(fit(cases, **{"resamples": 50} | options))


def marked(cases, score):
    """The same answers with people giving `score` of the judge's share, in shares."""
    return [
        but(one, human=(HumanScore(rater="甲", score=round(score(one.judge_share) * one.rubric.max_score, 6)),))
        for one in cases
    ]


def halves(cases, salt=""):
    found = split_by_group([one.group for one in cases], salt=salt)
    return [cases[at] for at in found.train], [cases[at] for at in found.held_out]


def test_where_judge_and_people_agree_nothing_is_fitted():
    made = fitted(EXACT)
    assert (made.method, made.knots, made.partial_share) == ("none", (), None)
    assert made.figures["mae"].before == made.figures["mae"].after == 0
    assert not made.helps


def test_a_judge_that_is_too_strict_throughout_is_mended_by_a_line():
    made = fitted(marked(EXACT, lambda share: 0.4 + 0.5 * share))
    assert made.method == "linear"
    assert made.knots == (pytest.approx((0.0, 0.4)), pytest.approx((1.0, 0.9)))
    assert made.figures["mae"].after == pytest.approx(0)
    assert made.figures["mae"].high < 0
    assert made.helps


def test_a_bent_relation_is_mended_by_steps_where_there_are_answers_enough():
    many = marked(world(QUESTIONS, each=16), lambda share: 0.1 if share < 0.5 else 0.9 if share > 0.9 else 0.2)
    made = fitted(many)
    assert made.method == "isotonic"
    assert made.figures["rmse"].after < made.figures["rmse"].before
    assert "isotonic" not in [one.method for one in fitted(many[::2][:96]).tried]


def test_the_value_of_a_partial_is_found():
    def half(task):
        return {key: Level.PARTIAL if words in task.answer else Level.MISSED for key, words in FACTS.items()}

    cases = marked(world(QUESTIONS, half, each=8), lambda share: 0.8 * share)
    assert {one.judge_share for one in cases} > {0.0, 0.5}
    made = fitted(cases)
    assert made.method in {"partial", "linear"}
    partial = next(one for one in made.tried if one.method == "partial")
    none = next(one for one in made.tried if one.method == "none")
    assert partial.error < none.error
    assert fitted(cases, salt="x").figures["mae"].after < 0.05


def test_answers_held_out_have_no_part_in_what_is_fitted():
    cases = marked(EXACT, lambda share: 0.4 + 0.5 * share)
    train, held_out = halves(cases)
    spoilt = [but(one, human=(HumanScore(rater="甲", score=0),)) if one in held_out else one for one in cases]
    one, other = fitted(cases), fitted(spoilt)
    assert (one.method, one.knots, one.tried, one.binding) == (other.method, other.knots, other.tried, other.binding)
    assert one.figures != other.figures
    assert set(one.binding.rubrics) == {case.group for case in train}
    assert (one.train_questions, one.held_out_questions) == (5, 5)
    assert one.held_out_answers == len(held_out)


def test_figures_are_over_the_held_out_answers_alone():
    cases = marked(EXACT, lambda share: 0.4 + 0.5 * share)
    _, held_out = halves(cases)
    error = sum(abs(one.judge_share - one.human_share) for one in held_out) / len(held_out)
    assert fitted(cases).figures["mae"].before == pytest.approx(error)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([one for one in EXACT if one.group < "q07"], f"{LEAST_QUESTIONS} 道题"),
        (EXACT[::3], f"{LEAST_ANSWERS} 份答案"),
        ([but(one, grade=None) for one in EXACT], "只有 0 道题"),
        ([], "只有 0 道题"),
    ],
    ids=["questions", "answers", "grades", "nothing"],
)
def test_too_few_are_refused_with_the_reason(cases, said):
    with pytest.raises(InputError) as caught:
        fitted(cases)
    assert said in caught.value.text("zh")
    assert "held out" in caught.value.text("en")


def test_grades_of_two_judges_are_not_fitted_together():
    other = EXACT[5].grade.model_copy(update={"trace": EXACT[5].grade.trace.model_copy(update={"model": "other"})})
    with pytest.raises(InputError, match="不是同一个评分器"):
        fitted([*EXACT[:5], but(EXACT[5], grade=other), *EXACT[6:]])


def test_blank_answers_are_left_out():
    blank = but(EXACT[0], grade=EXACT[0].grade.model_copy(update={"flags": (Flag.EMPTY,)}), candidate="blank")
    assert fitted([*EXACT, blank]) == fitted(EXACT)


def test_the_same_answers_give_the_same_file_and_another_salt_another_split():
    cases = marked(EXACT, lambda share: 0.4 + 0.5 * share)
    assert fitted(cases) == fitted(cases)
    assert set(fitted(cases, salt="a").binding.rubrics) != set(fitted(cases, salt="b").binding.rubrics)


def test_a_way_that_is_hardly_better_is_not_taken():
    turns = iter(range(len(EXACT)))
    noisy = marked(EXACT, lambda share: share + (0.1 if next(turns) % 4 < 2 else -0.1) * (0 < share < 1))
    made = fitted(noisy)
    assert made.tried[0].error > 0
    assert made.method == "none"
    assert [one.method for one in made.tried] == [one for one in METHODS if one in {"none", "linear"}]


# --- keyword cuts ----------------------------------------------------------------------------------------------------


def phrased(number):
    """Answers have half of each accepted phrase: under the shipped cuts a partial, for people a hit."""
    points = [
        point.model_copy(update={"accept": (FACTS[point.id] + "并且一一记录在案",)})
        for point in rubric(number).key_points
    ]
    return rubric(number).model_copy(update={"key_points": tuple(points)})


def keyword_cases():
    async def graded():
        grader = Grader(KeywordJudge(), clock=lambda: "")
        return [
            (one, text, has, await grader.grade(one, text))
            for at, one in enumerate(map(phrased, range(10)))
            for number in range(8)
            for has in [has_of(number, at)]
            for text in [answer(number, has)]
        ]

    return [
        but(EXACT[0], rubric=one, candidate=f"c{at}", answer=text, human=(people(has),), grade=grade)
        for at, (one, text, has, grade) in enumerate(asyncio.run(graded()))
    ]


def test_keyword_cuts_are_fitted_where_people_gave_levels_and_the_judge_then_uses_them():
    cases = keyword_cases()
    assert {point.verdict for one in cases for point in one.grade.key_points} == {Level.PARTIAL, Level.MISSED}
    made = fitted(cases)
    low, high = made.keyword_cuts
    assert low <= high < CUTS[1]
    assert made.binding.parameters == {"cut_partial": low, "cut_hit": high}
    assert made.figures["mae"].after < made.figures["mae"].before
    with_cuts = asyncio.run(Grader(KeywordJudge(cuts=(low, high))).grade(cases[0].rubric, cases[0].answer))
    without = asyncio.run(Grader(KeywordJudge()).grade(cases[0].rubric, cases[0].answer))
    assert with_fit(with_cuts, cases[0].rubric, made).calibrated is not None
    assert with_fit(without, cases[0].rubric, made).review_reasons[-1] == "calibration_refused"


def test_cuts_stay_where_people_gave_totals_only_or_the_shipped_ones_do_as_well():
    totals = [but(one, human=(HumanScore(rater="甲", score=one.human[0].score),)) for one in keyword_cases()]
    assert fitted_cuts(totals, folds=5) is None
    assert fitted(totals).keyword_cuts is None


# --- the file and what it holds for ----------------------------------------------------------------------------------

CASES = marked(EXACT, lambda share: 0.4 + 0.5 * share)
FIT = fitted(CASES)
SEEN = next(one for one in CASES if one.group in FIT.binding.rubrics and one.judge_share == pytest.approx(1 / 3))


def test_a_grade_gets_a_calibrated_score_beside_its_own():
    made = with_fit(SEEN.grade, SEEN.rubric, FIT)
    assert made.score == SEEN.grade.score == 2
    assert made.calibrated == pytest.approx((0.4 + 0.5 / 3) * 6, abs=0.005)
    assert made.model_copy(update={"calibrated": None}) == SEEN.grade


def test_other_questions_of_the_same_judge_are_served():
    other = rubric(77)
    (case,) = world([other], each=1)
    assert other.id not in FIT.binding.rubrics
    assert with_fit(case.grade, other, FIT).calibrated is not None


def changed_trace(**changes):
    return SEEN.grade.model_copy(update={"trace": SEEN.grade.trace.model_copy(update=changes)})


REWORDED = rubric(int(SEEN.group[1:]), {"listen": "写出“安慰”。"})


@pytest.mark.parametrize(
    ("grade", "made_by", "why"),
    [
        (SEEN.grade.model_copy(update={"judge": "keyword"}), SEEN.rubric, "fitted for judge llm, not keyword"),
        (changed_trace(model="other"), SEEN.rubric, "fitted for model none, not other"),
        (changed_trace(prompt_hash="f" * 64), SEEN.rubric, "fitted for prompts none, not ffffffffffff"),
        (changed_trace(parameters={"ask": "one_call"}), SEEN.rubric, "fitted for parameters none, not ask=one_call"),
        (changed_trace(judge_key="f" * 64), SEEN.rubric, "the judge is set up otherwise (votes, second model, …)"),
        (SEEN.grade, REWORDED, "the rubric of this question was reworded since"),
    ],
    ids=["judge", "model", "prompts", "parameters", "set-up", "rubric"],
)
def test_a_grade_made_under_another_binding_refuses_the_file_and_says_why(grade, made_by, why):
    made = with_fit(grade, made_by, FIT)
    assert made.calibrated is None
    assert made.score == grade.score
    assert made.needs_review
    assert made.review_reasons[-1] == "calibration_refused"
    assert made.trace.notes[-1] == f"calibration refused: {why}"
    again = with_fit(made, made_by, FIT)
    assert again.review_reasons == made.review_reasons


def test_a_changed_weight_is_no_rewording():
    heavier = SEEN.rubric.model_copy(update={"partial_share": 0.25})
    assert with_fit(SEEN.grade, heavier, FIT).calibrated is not None


def test_a_grade_of_a_version_that_kept_no_key_is_held_to_the_rest_alone():
    assert with_fit(changed_trace(judge_key=""), SEEN.rubric, FIT).calibrated is not None


def test_an_incomplete_grade_gets_none_and_a_blank_answer_what_it_had():
    incomplete = SEEN.grade.model_copy(update={"score": None, "complete": False})
    assert with_fit(incomplete, SEEN.rubric, FIT) == incomplete
    blank = asyncio.run(Grader(ScriptedJudge({})).grade(SEEN.rubric, "  "))
    assert with_fit(blank, SEEN.rubric, FIT).calibrated == 0


def test_scoring_anew_takes_the_calibrated_score_away():
    made = with_fit(SEEN.grade, SEEN.rubric, FIT)
    assert rescored(made, SEEN.rubric).calibrated is None


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(list(Level)[:3]), min_size=3, max_size=3), st.floats(0, 1))
def test_a_calibrated_score_lies_within_the_marks_whatever_the_file_says(levels, value):
    script = dict(zip(FACTS, levels, strict=True))
    grade = asyncio.run(Grader(ScriptedJudge(script)).grade(QUESTIONS[0], "先倾听，再退款，后回访客户。"))
    loose = FIT.model_copy(update={"partial_share": value})
    assert 0 <= with_fit(grade, QUESTIONS[0], loose).calibrated <= 6


def test_the_file_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "fit.json"
    path.write_text(FIT.model_dump_json(by_alias=True, indent=2), encoding="utf-8")
    assert load_fit(path) == FIT
    assert json.loads(path.read_text("utf-8"))["schema"] == "evaluator/fit@1"


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "evaluator/fit@2"},
        {"knots": [[0.0, 0.5], [1.0, 0.4]]},
        {"knots": [[0.5, 0.5], [0.5, 0.6]]},
        {"keyword_cuts": [0.8, 0.5]},
        {"partial_share": 2},
        {"more": 1},
    ],
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path, change):
    path = tmp_path / "fit.json"
    path.write_text(json.dumps(json.loads(FIT.model_dump_json(by_alias=True)) | change), encoding="utf-8")
    with pytest.raises(InputError, match="不是校准文件"):
        load_fit(path)
    with pytest.raises(InputError, match=r"gone\.json"):
        load_fit(tmp_path / "gone.json")


def test_refusals_are_in_both_languages():
    binding = Binding(judge="keyword", rubrics={})
    words = binding.refusal(SEEN.grade, "x")
    assert "评分器" in words.zh
    assert words.en
    assert Fit.model_validate(FIT.model_dump()) == FIT


# --- where people see it ---------------------------------------------------------------------------------------------


def test_every_form_of_a_report_shows_the_calibrated_score_where_there_is_one():
    made = with_fit(SEEN.grade, SEEN.rubric, FIT)
    for lang, words in (("zh", "校准分 3.4 / 6"), ("en", "Calibrated score 3.4 / 6")):
        for form in (as_text, as_markdown, as_html):
            assert words in form(made, SEEN.answer, SEEN.rubric, lang)
            assert words not in form(SEEN.grade, SEEN.answer, SEEN.rubric, lang)


def test_a_batch_lays_the_calibration_over_grades_that_are_kept_as_they_were(tmp_path):
    with Journal(tmp_path / "run.sqlite3") as journal:
        journal.take_in([Submission(candidate="c1", answers=(Answer(rubric=SEEN.group, text=SEEN.answer),))])
        journal.work_with([SEEN.rubric], {SEEN.group: "key"})
        (item,) = journal.pending()
        journal.put([Done(item.id, SEEN.grade, judged_by="key")])

        def kept():
            return next(Journalled(journal).candidates()).answers[SEEN.group].grade

        plain = kept()
        journal.set(fit=FIT.model_dump_json())
        assert kept() == with_fit(plain, SEEN.rubric, FIT)
        assert kept().calibrated is not None
        journal.set(fit="")
        assert kept() == plain == SEEN.grade


def test_the_summary_of_a_batch_has_a_column_for_calibrated_scores_where_there_are_any():
    grades = {"plain": SEEN.grade, "mapped": with_fit(SEEN.grade, SEEN.rubric, FIT)}
    columns = {}
    for name, grade in grades.items():
        found = AnswerResult(Answer(rubric=SEEN.group, text=SEEN.answer), grade)
        person = CandidateResult(0, "c1", answers={SEEN.group: found})
        run = Run(people=(person,), rubrics=(SEEN.rubric,), columns=(), refused=())
        summary = Summary(look_over(run), (), "zh")
        columns[name] = dict(zip([one.key for one in summary.columns], summary.row(person), strict=True))
    assert columns["mapped"].pop(f"calibrated:{SEEN.group}") == pytest.approx(3.4)
    assert columns["mapped"] == columns["plain"]


def test_a_map_that_gives_everybody_the_same_is_not_taken_however_small_its_error():
    made = fitted(marked(EXACT, lambda share: 0.9 - 0.6 * share))
    assert made.method == "none"
    assert [one.method for one in made.tried] == ["none"]


def test_no_steps_are_taken_where_scores_as_a_whole_do_not_rise_with_peoples():
    up_and_down = {0: 0.9, 1 / 3: 0.3, 2 / 3: 0.6, 1: 0.55}
    cases = marked(
        world(QUESTIONS, each=16), lambda share: next(y for x, y in up_and_down.items() if abs(x - share) < 0.01)
    )
    train, _ = halves(cases)
    steps, line = (pieces_of(train, method).knots for method in ("isotonic", "linear"))
    assert steps[-1][1] - steps[0][1] > 0.05
    assert line[0][1] == line[-1][1]
    made = fitted(cases)
    assert (made.method, made.knots) == ("none", ())
    assert "isotonic" not in [one.method for one in made.tried]
    assert unmappable(made)
