"""The journal of a run: what waits, what became of it, and what a second look at the source changes."""

import json

import pytest
from small_rubric import RUBRIC

from evaluator.batch.items import Done
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.errors import StoreError
from evaluator.grader import Grader
from evaluator.models import Answer, HumanScore, Level, Override, Rejected, Submission
from evaluator.testing import ScriptedJudge

OTHER = RUBRIC.model_copy(update={"id": "other"})
KEYS = {RUBRIC.id: "k1", OTHER.id: "k1"}


def sheet(*rows, rubric=RUBRIC.id):
    """(candidate, text) rows of one question."""
    return [
        Submission(
            candidate=who, name=f"{who}名", columns={"部门": "客服"}, answers=(Answer(rubric=rubric, text=text),)
        )
        for who, text in rows
    ]


def graded(text="先真诚道歉。", rubric=RUBRIC, **levels):
    import asyncio

    script = {key.replace("_", "-"): level for key, level in levels.items()}
    return asyncio.run(Grader(ScriptedJudge(script)).grade(rubric, text))


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "runs" / "one.sqlite3") as journal:
        yield journal


def waiting(journal, **how):
    return [item.text for item in journal.pending(**how)]


def test_identical_answers_to_a_question_wait_as_one_and_know_all_names(journal):
    journal.take_in(sheet(("a", "退款"), ("b", "退款"), ("c", "换货")))
    journal.work_with([RUBRIC], KEYS)
    items = list(journal.pending())
    assert [item.text for item in items] == ["退款", "换货"]
    assert sorted(items[0].names) == ["a名", "b名"]


def test_the_same_text_to_another_question_is_another_item(journal):
    journal.take_in([*sheet(("a", "退款")), *sheet(("a", "退款"), rubric="other")])
    journal.work_with([RUBRIC, OTHER], KEYS)
    assert [(item.rubric, item.text) for item in journal.pending()] == [("complaint", "退款"), ("other", "退款")]


def test_questions_come_one_after_the_other_in_the_order_of_the_rubrics(journal):
    journal.take_in([*sheet(("a", "1"), rubric="other"), *sheet(("a", "2")), *sheet(("b", "3"), rubric="other")])
    journal.work_with([RUBRIC, OTHER], KEYS)
    assert waiting(journal) == ["2", "1", "3"]


def test_what_was_done_waits_no_more_and_survives_the_file_being_closed(journal, tmp_path):
    journal.take_in(sheet(("a", "退款"), ("b", "换货")))
    journal.work_with([RUBRIC], KEYS)
    first = next(iter(journal.pending()))
    journal.put([Done(first.id, graded(), judged_by="k1", scored_by="h")])
    journal.close()
    with Journal(tmp_path / "runs" / "one.sqlite3") as again:
        assert waiting(again) == ["换货"]
        assert (again.counts().scored, again.counts().pending) == (1, 1)


def test_another_key_makes_only_that_question_wait_again(journal):
    journal.take_in([*sheet(("a", "1")), *sheet(("a", "2"), rubric="other")])
    journal.work_with([RUBRIC, OTHER], KEYS)
    journal.put([Done(item.id, graded(), judged_by="k1", scored_by="h") for item in journal.pending()])
    assert waiting(journal) == []
    journal.work_with([RUBRIC, OTHER], {**KEYS, "other": "k2"})
    assert waiting(journal) == ["2"]


def test_failures_wait_only_when_they_are_to_be_tried_again(journal):
    journal.take_in(sheet(("a", "1"), ("b", "2")))
    journal.work_with([RUBRIC], KEYS)
    item = next(iter(journal.pending()))
    journal.put([Done(item.id, None, "timeout", "k1", "h")])
    assert waiting(journal) == ["2"]
    assert waiting(journal, retry_errors=True) == ["1", "2"]
    assert journal.counts().failed == 1
    journal.forget_failures([item.id])
    assert waiting(journal) == ["1", "2"]


def test_a_second_look_keeps_grades_drops_what_is_gone_and_takes_up_what_is_new(journal):
    journal.take_in(sheet(("a", "1"), ("b", "2"), ("c", "3")))
    journal.work_with([RUBRIC], KEYS)
    journal.put([Done(item.id, graded(), judged_by="k1", scored_by="h") for item in journal.pending()])
    journal.take_in(sheet(("c", "3"), ("a", "1 改过"), ("d", "4")))
    assert waiting(journal) == ["1 改过", "4"]
    assert [one.candidate for one in Journalled(journal).candidates()] == ["c", "a", "d"]
    assert journal.counts().answers == 3


def test_of_two_answers_of_one_candidate_to_one_question_the_later_counts(journal):
    intake = journal.take_in(sheet(("a", "旧"), ("b", "2"), ("a", "新")))
    journal.work_with([RUBRIC], KEYS)
    assert intake.replaced == 1
    assert intake.candidates == 2
    assert sorted(waiting(journal)) == ["2", "新"]


def rated(candidate, text, rater, score):
    human = (HumanScore(rater=rater, score=score),) if rater else ()
    return Submission(candidate=candidate, answers=(Answer(rubric=RUBRIC.id, text=text, human=human),))


def scores(journal):
    journal.work_with([RUBRIC], KEYS)
    (found,) = Journalled(journal).candidates()
    answer = found.answers[RUBRIC.id].answer
    return answer.text, [(one.rater, one.score) for one in answer.human]


@pytest.mark.parametrize(
    ("rows", "text", "given", "replaced"),
    [
        ([("退款", "甲", 3), ("退款", "乙", 4)], "退款", [("甲", 3), ("乙", 4)], 0),
        ([("退款", "甲", 3), ("", "乙", 4)], "退款", [("甲", 3), ("乙", 4)], 0),
        ([("退款", "甲", 3), ("退款", "乙", 4), ("退款", "甲", 5)], "退款", [("甲", 5), ("乙", 4)], 0),
        ([("", "甲", 0), ("", "乙", 0)], "", [("甲", 0), ("乙", 0)], 0),
        ([("退款", "甲", 3), ("换货", "乙", 4)], "换货", [("乙", 4)], 1),
        ([("退款", "甲", 3), ("退款", "", 0)], "退款", [], 1),
        ([("退款", "甲", 3), ("", "", 0)], "", [], 1),
        ([("退款", "甲", 3), ("", "甲", 0)], "", [("甲", 0)], 1),
    ],
    ids=["two", "text-once", "twice", "blank", "another-answer", "unscored-later", "blank-later", "handed-in-blank"],
)
def test_rows_of_several_raters_are_one_answer_with_what_each_gave(journal, rows, text, given, replaced):
    for _ in range(2):  # a second look finds the same
        intake = journal.take_in(rated("a", *row) for row in rows)
        assert scores(journal) == (text, given)
        assert (intake.answers, intake.items, intake.replaced) == (1, 1, replaced)


def test_rows_of_one_candidate_meet(journal):
    journal.take_in([*sheet(("a", "1")), *sheet(("b", "9")), *sheet(("a", "2"), rubric="other")])
    journal.work_with([RUBRIC, OTHER], KEYS)
    assert [sorted(one.answers) for one in Journalled(journal).candidates()] == [["complaint", "other"], ["complaint"]]


def test_results_carry_columns_human_scores_places_and_rejected_rows(journal):
    human = HumanScore(rater="评委A", score=6, levels={"comfort": Level.HIT})
    answer = Answer(rubric=RUBRIC.id, text="1", place="Sheet1!C2", human=(human,))
    journal.take_in(
        [
            Submission(candidate="007", columns={"部门": "客服", "城市": "成都"}, answers=(answer,)),
            Rejected(place="Sheet1!A3", zh="没有考号", en="no id"),
        ]
    )
    journal.work_with([RUBRIC], KEYS)
    results = Journalled(journal)
    (one,) = results.candidates()
    assert (one.candidate, dict(one.columns), results.columns) == (
        "007",
        {"部门": "客服", "城市": "成都"},
        ("部门", "城市"),
    )
    assert one.answers[RUBRIC.id].answer == answer
    assert one.answers[RUBRIC.id].grade is None
    assert [row.place for row in results.rejected()] == ["Sheet1!A3"]


def test_what_a_person_decides_is_a_layer_over_the_grade_of_that_candidate_alone(journal):
    journal.take_in(sheet(("a", "同"), ("b", "同")))
    journal.work_with([RUBRIC], KEYS)
    (item,) = journal.pending()
    journal.put([Done(item.id, graded("同"), judged_by="k1", scored_by="h")])
    journal.decide("a", RUBRIC.id, Override(key_point="solve", level=Level.HIT, author="王老师", reason="口头补充"))
    scores = [one.answers[RUBRIC.id].grade.score for one in Journalled(journal).candidates()]
    assert scores == [4, 0]


def test_a_failure_is_told_in_the_language_asked_for(journal):
    journal.take_in(sheet(("a", "1"), ("b", "2")))
    journal.work_with([RUBRIC], KEYS)
    one, two = journal.pending()
    journal.put([Done(one.id, None, "timeout", "k1", "h"), Done(two.id, None, "太长\ntoo long", "k1", "h")])
    told = {
        lang: [each.answers[RUBRIC.id].failure for each in Journalled(journal, lang).candidates()]
        for lang in ("zh", "en")
    }
    assert told == {"zh": ["等待回复超时", "太长"], "en": ["no reply in time", "too long"]}


def test_half_characters_and_nul_are_kept_out_of_the_file_and_stop_nothing(journal):
    journal.take_in(sheet(("a", "坏\ud800字"), ("b", "零\x00字")))
    journal.work_with([RUBRIC], KEYS)
    assert waiting(journal) == ["坏?字", "零\x00字"]


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "one.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=r"one\.sqlite3"):
        Journal(path)
    assert path.read_bytes().startswith(b"not a database")


def test_grades_are_kept_as_they_are(journal):
    journal.take_in(sheet(("a", "先真诚道歉。")))
    journal.work_with([RUBRIC], KEYS)
    grade = graded(comfort=Level.HIT)
    (item,) = journal.pending()
    journal.put([Done(item.id, grade, judged_by="k1", scored_by="h")])
    (one,) = Journalled(journal).candidates()
    assert json.loads(one.answers[RUBRIC.id].grade.model_dump_json()) == json.loads(grade.model_dump_json())


@pytest.mark.parametrize("name", ["50% done", "a#b", "what?mode=ro", "答卷 一"])
def test_a_journal_can_lie_in_a_folder_of_any_name(tmp_path, name):
    with Journal(tmp_path / name / "run.sqlite3") as made:
        made.take_in([*sheet(("A1", "真诚道歉。"))])
        made.work_with([RUBRIC], {RUBRIC.id: "k"})
        assert [candidate.candidate for candidate in Journalled(made).candidates()] == ["A1"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_journal_that_was_deleted_does_not_come_back_empty(tmp_path):
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "gone.sqlite3", create=False)
    assert list(tmp_path.iterdir()) == []
