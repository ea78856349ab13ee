import asyncio
import logging

import pytest

from evaluator import Flag, Level, Settings, SqliteStore, UserError, api, load_rubric, open_grader, score, score_async
from evaluator.resources import folder
from evaluator.testing import MemoryStore

ANSWER = "我先看每周的响应时长和差评，再逐个面谈找原因，之后每周复盘。"
RUBRIC = "csm-02-performance-drop"
FILE = folder("rubrics") / "customer-service-manager" / "02-performance-drop.yaml"


@pytest.mark.parametrize("ref", [RUBRIC, "csm-02", FILE, str(FILE), load_rubric("csm-02")], ids=str)
def test_a_rubric_is_an_id_a_part_of_one_a_file_or_a_rubric(ref):
    grade = score(ref, ANSWER, judge="keyword")
    assert grade.rubric == RUBRIC
    assert all(ANSWER[item.start : item.end] == item.text for point in grade.key_points for item in point.evidence)


def test_sync_and_async_give_the_same_grade():
    ways = score(RUBRIC, ANSWER, judge="keyword"), asyncio.run(score_async(RUBRIC, ANSWER, judge="keyword"))
    assert len({way.model_copy(update={"trace": ways[0].trace}) == ways[0] for way in ways}) == 1


def test_inside_an_event_loop_score_says_what_to_use():
    async def inside():
        return score(RUBRIC, ANSWER, judge="keyword")

    with pytest.raises(UserError, match="score_async"):
        asyncio.run(inside())


def test_arguments_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("EVALUATOR_JUDGE", "llm")
    assert score(RUBRIC, ANSWER, judge="keyword").judge == "keyword"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"judg": "keyword"}, "judge"), ({"judge": "magic"}, "judge"), ({"judge": "llm"}, "provider")],
)
def test_settings_that_cannot_be_used_are_the_users_error(arguments, field):
    with pytest.raises(UserError) as caught:
        score(RUBRIC, ANSWER, **arguments)
    assert field in caught.value.text("en")


def test_an_unknown_rubric_lists_near_names():
    with pytest.raises(UserError, match="csm-02"):
        score("csm-02-performance-dorp", ANSWER, judge="keyword")


def test_rubrics_are_found_in_folders_of_the_settings_and_among_the_shipped_ones(tmp_path):
    (tmp_path / "mine.yaml").write_text(FILE.read_text("utf-8").replace(RUBRIC, "my-own"), encoding="utf-8")
    assert score("my-own", ANSWER, judge="keyword", rubrics_dirs=[tmp_path]).rubric == "my-own"
    assert score(RUBRIC, ANSWER, judge="keyword", rubrics_dirs=[tmp_path]).rubric == RUBRIC


def test_an_id_of_a_folder_of_ones_own_stands_in_for_the_shipped_one(tmp_path):
    (tmp_path / "mine.yaml").write_text(FILE.read_text("utf-8").replace("疏漏", "失误"), encoding="utf-8")
    assert "失误" in load_rubric(RUBRIC, [tmp_path]).question
    assert "疏漏" in load_rubric(RUBRIC).question


def test_an_objective_question_opens_no_judge(monkeypatch):
    monkeypatch.setattr(api, "open_judge", lambda *_: pytest.fail("a judge was opened"))
    rubric = load_rubric("css-01")
    grade = score(rubric, rubric.correct[0], judge="llm")
    assert grade.score == rubric.max_score
    assert grade.judge == "choice"


def test_without_a_store_nothing_is_kept(own_folders):
    score(RUBRIC, ANSWER, judge="keyword")
    assert list(own_folders.iterdir()) == []


def test_with_a_store_the_grade_joins_the_history_and_the_verdicts_are_used_again(tmp_path):
    with SqliteStore(tmp_path / "history.sqlite3") as store:
        first = score(RUBRIC, ANSWER, judge="keyword", store=store, candidate="A-017")
        again = score(RUBRIC, f"  {ANSWER}\r\n", judge="keyword", store=store)
        records = store.list()
        assert store.get_rubric(first.trace.rubric_hash) == load_rubric(RUBRIC)
    assert (first.trace.cached, again.trace.cached) == (False, True)
    assert [record.candidate for record in records] == ["", "A-017"]
    assert [point.verdict for point in again.key_points] == [point.verdict for point in first.key_points]


def test_history_can_be_switched_off_while_verdicts_are_still_used_again():
    store = MemoryStore()
    score(RUBRIC, ANSWER, judge="keyword", store=store, history=False)
    assert store.list() == ()
    assert score(RUBRIC, ANSWER, judge="keyword", store=store, history=False).trace.cached


def test_one_grader_serves_many_answers_and_says_once_what_judges(caplog):
    async def grades():
        async with open_grader(Settings(judge="keyword", lang="en")) as grader:
            return [await grader.grade(load_rubric(RUBRIC), answer) for answer in (ANSWER, "", ANSWER)]

    with caplog.at_level(logging.WARNING, logger="evaluator"):
        first, empty, last = asyncio.run(grades())
    assert [record.message for record in caplog.records] == ["keyword judge: a floor, every result needs a person"]
    assert first.key_points == last.key_points
    assert empty.flags == (Flag.EMPTY,)
    assert {point.verdict for point in empty.key_points} == {Level.MISSED}


def test_an_answer_over_the_limit_is_refused_and_never_cut():
    with pytest.raises(UserError, match="100"):
        score(RUBRIC, "好" * 101, judge="keyword", max_answer_chars=100)


def test_a_host_that_was_not_agreed_to_is_not_called():
    with pytest.raises(UserError, match=r"api\.deepseek\.com"):
        score(RUBRIC, ANSWER, provider="deepseek", api_key="sk-none")
