"""Batches in the page: how a table is understood and mended, the run, its results, what is hidden and refused."""

import asyncio
import csv
import io
import os
import subprocess
import sys
import time
from urllib.parse import quote, unquote

import pytest
from python_calamine import CalamineWorkbook
from small_rubric import RUBRIC
from starlette.routing import Route
from web_batches import SECOND, fields_of, hand_in, send, started, table, until
from web_client import opened

from evaluator.batch.session import opened as opened_journal
from evaluator.errors import PromptError, Words
from evaluator.models import Level
from evaluator.testing import ScriptedJudge
from evaluator.web.batches.choices import Choices
from evaluator.web.batches.standing import note_of, standing
from evaluator.web.runs import NoRun
from evaluator.web.uploads import Uploads


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        yield browser


class GatedJudge(ScriptedJudge):
    """Judges nothing until it is let."""

    def __init__(self, fails=None):
        super().__init__({"comfort": Level.HIT})
        self.gate = asyncio.Event()
        self.fails = fails

    async def judge(self, task):
        await self.gate.wait()
        if self.fails and self.fails in task.answer:
            raise PromptError(Words("提示词坏了", "the prompt is broken"))
        return await super().judge(task)


def test_a_table_is_understood_estimated_started_and_read(browser):
    reply = hand_in(browser, table(), blind="on")
    assert "没有疑问" in reply.text
    for number in (5, 1):
        assert f"<dd>{number}</dd>" in reply.text
    assert "真诚道歉" in reply.text
    path = started(browser)
    now = until(browser, path)
    assert (now["answers"], now["done"], now["failed"], now["live"]) == (5, 5, 0, False)
    page = browser.get(path).text
    for text in ("已评完", "答卷.csv", "安抚情绪", "各题情况", "工作簿 .xlsx"):
        assert text in page
    assert path in browser.get("/batches").text


def test_what_is_doubtful_is_never_guessed_and_is_mended_by_a_person(browser):
    rows = [("A01", "真诚道歉，退款或换货。", "您好，有什么可以帮您？"), ("A02", "让客户自己修。", "欢迎光临。")]
    content = table("complaint,你平时如何和顾客说第一句话", [(one, "某人", *rest) for one, *rest in rows])
    reply = hand_in(browser, content)
    assert "1 处要你来定" in reply.text
    assert "disabled>开始评分" in reply.text
    same = send(browser, reply, "start")
    assert same.url.path == reply.url.path  # no run
    chosen = send(browser, reply, "look", **{"rubric.D": SECOND.id})
    assert "没有疑问" in chosen.text
    assert "由你指定" in chosen.text
    assert fields_of(chosen)["rubric.D"] == SECOND.id
    run = send(browser, chosen, "start").url.raw_path.decode()
    until(browser, run)
    assert "顾客进门时你怎样问候" in browser.get(run).text


def test_a_change_that_was_not_looked_at_is_shown_before_anything_starts(browser):
    reply = hand_in(browser, table())
    again = send(browser, reply, "start", **{"role.B": "ignored"})
    assert again.url.path == reply.url.path
    assert "请核对后再按" in again.text
    assert fields_of(again)["role.B"] == "ignored"
    undone = send(browser, again, "reset")
    assert fields_of(undone)["role.B"] == "name"


def test_a_column_can_become_a_question_in_two_steps(browser):
    reply = hand_in(browser, table("complaint,随便写的", [("A01", "张三", "真诚道歉。", "您好")]))
    assert fields_of(reply)["role.D"] in {"ignored", "meta"}
    first = send(browser, reply, "look", **{"role.D": "question"})
    assert fields_of(first)["rubric.D"] == ""
    assert "1 处要你来定" in first.text
    second = send(browser, first, "look", **{"rubric.D": SECOND.id})
    assert "没有疑问" in second.text
    third = send(browser, second, "look", **{"role.D": "human_level", "rubric.D": RUBRIC.id})
    assert "1 处要你来定" in third.text
    assert "没有疑问" in send(browser, third, "look", **{"point.D": "comfort"}).text


def test_names_of_questions_in_rows_are_mended_or_left_out(browser):
    rows = ["考号,题目,答案", "A01,complaint,真诚道歉。", "A01,开场白,您好。", "A01,无关的题,随便。"]
    reply = hand_in(browser, "\n".join(rows).encode(), "长表.csv")
    assert "2 处要你来定" in reply.text
    chosen = send(browser, reply, "look", **{"name.1": SECOND.id, "name.2": "-"})
    assert "没有疑问" in chosen.text
    bad = send(browser, chosen, "look", **{"role.B": "meta"})
    assert "恰好一列" in bad.text
    assert "disabled>开始评分" in bad.text
    good = send(browser, bad, "look", **{"role.B": "question_key"})
    assert until(browser, send(browser, good, "start").url.raw_path.decode())["answers"] == 2


def test_only_the_rubrics_that_are_ticked_are_looked_for(browser):
    reply = hand_in(browser, table("complaint,greeting", [("A01", "张三", "真诚道歉。", "您好")]))
    assert fields_of(reply)["rubric"] == [RUBRIC.id, SECOND.id]
    one = send(browser, reply, "look", rubric=[RUBRIC.id])
    assert fields_of(one)["role.D"] in {"ignored", "meta", "question"}
    assert fields_of(one)["rubric"] == [RUBRIC.id]
    assert fields_of(send(browser, one, "look", rubric=[RUBRIC.id, SECOND.id]))["rubric.D"] == SECOND.id


def test_the_encoding_can_be_said_and_a_limit_of_cost_set(browser):
    reply = hand_in(browser, table().decode("utf-8-sig").encode("gb18030"))
    again = send(browser, reply, "look", encoding="gb18030", max_cost="12.5")
    assert fields_of(again)["encoding"] == "gb18030"
    assert fields_of(again)["max_cost"] == "12.5"
    assert fields_of(send(browser, again, "look", max_cost="-3"))["max_cost"] == ""


def test_the_same_file_started_twice_is_one_run(browser):
    reply = hand_in(browser, table())
    first = send(browser, reply, "start").url.path
    assert send(browser, reply, "start").url.path == first
    assert browser.get("/batches").text.count('class="whole"') == 1


def sheet(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def graded(rows):
    """Candidate and everything that is a number in a sheet of results."""
    head = next(at for at, row in enumerate(rows) if "A01" in map(str, row))
    return [[cell for cell in row if cell != ""] for row in rows[head:] if str(row[0]).startswith("A")]


def test_the_workbook_holds_the_same_grades_as_the_command_line(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    mine = sheet(browser.get(f"{path}/download/xlsx").content)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "答卷.csv").write_bytes(table())
    command = [
        sys.executable,
        "-m",
        "evaluator",
        "batch",
        "答卷.csv",
        "-r",
        str(tmp_path / "rubrics"),
        "-o",
        "out.xlsx",
    ]
    surroundings = {**os.environ, "EVALUATOR_DATA_DIR": str(tmp_path / "there"), "PYTHONUTF8": "1"}
    subprocess.run(
        [*command, "--judge", "keyword"], cwd=tmp_path / "there", env=surroundings, check=True, capture_output=True
    )
    theirs = sheet((tmp_path / "there" / "out.xlsx").read_bytes())
    assert len(graded(mine)) == 5
    assert graded(mine) == graded(theirs)


@pytest.mark.parametrize(
    ("kind", "begins", "name"),
    [
        ("xlsx", b"PK", "答卷-结果.xlsx"), ("csv", b"\xef\xbb\xbf", "答卷-结果.csv"),
        ("key-points", b"\xef\xbb\xbf", "答卷-结果-明细.csv"), ("jsonl", b"{", "答卷-结果.jsonl"),
        ("html", b"<!doctype", "答卷-结果.html"),
    ],
)  # fmt: skip
def test_results_are_sent_under_the_name_of_the_source(browser, kind, begins, name):
    path = started(browser)
    until(browser, path)
    reply = browser.get(f"{path}/download/{kind}")
    assert reply.status_code == 200
    assert reply.content.lower().startswith(begins.lower())
    assert reply.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote(name)}"


def test_a_blind_run_shows_no_names_before_it_is_finished(tmp_path):
    judge = GatedJudge(fails="自己修")
    with opened(tmp_path, judge=judge) as browser:
        preview = hand_in(browser, table(), blind="on")
        assert "张三" not in preview.text
        path = send(browser, preview, "start").url.raw_path.decode()
        until(browser, path, "running")
        page = browser.get(path).text
        assert "评完以前不显示姓名" in page
        for kind in ("csv", "key-points", "jsonl", "html"):
            text = browser.get(f"{path}/download/{kind}?names=1").text
            assert "张三" not in text
            assert "A01" not in text
        assert browser.get(f"{path}/download/roster").status_code == 404
        assert quote("匿名") in browser.get(f"{path}/download/csv").headers["content-disposition"]
        browser.client.portal.call(judge.gate.set)
        until(browser, path)
        assert "张三" not in browser.get(f"{path}/download/csv").text
        assert "张三" in browser.get(f"{path}/download/csv?names=1").text
        roster = list(csv.reader(io.StringIO(browser.get(f"{path}/download/roster").content.decode("utf-8-sig"))))
        assert ("A01", "张三") in {tuple(row[1:]) for row in roster}


def test_a_run_that_is_not_blind_has_names_and_no_roster(browser):
    path = started(browser)
    until(browser, path)
    assert "张三" in browser.get(f"{path}/download/csv").text
    assert browser.get(f"{path}/download/roster").status_code == 404


def test_pause_go_on_and_try_failed_ones_again(tmp_path):
    judge = GatedJudge(fails="自己修")
    with opened(tmp_path, judge=judge, judged_by="local") as browser:
        path = started(browser)
        until(browser, path, "running")
        assert 'http-equiv="refresh"' in browser.get(path).text
        browser.post(f"{path}/pause")
        browser.client.portal.call(judge.gate.set)
        paused = until(browser, path, "paused")
        assert paused["done"] < 5
        assert "继续" in browser.get(path).text
        browser.post(f"{path}/start")
        assert until(browser, path)["failed"] == 1
        page = browser.get(path).text
        for text in ("没有评成：1", "提示词坏了", "A05", "答卷.csv!C6", "没评成的再试（1）"):
            assert text in page
        judge.fails = None
        browser.post(f"{path}/start", retry="1")
        until(browser, path, "running", "finished")
        assert until(browser, path)["failed"] == 0


def test_a_run_that_ends_while_it_is_looked_at_does_not_look_paused(tmp_path, monkeypatch):
    judge = GatedJudge()
    with opened(tmp_path, judge=judge, rubrics=(RUBRIC, SECOND)) as browser:
        path = started(browser)
        works = browser.client.app.state.works

        def ends_meanwhile(journal):
            browser.client.portal.call(judge.gate.set)
            while not works.get(unquote(path.rpartition("/")[2])).over:
                time.sleep(0.01)
            return note_of(journal)

        monkeypatch.setattr("evaluator.web.batches.standing.note_of", ends_meanwhile)
        page = browser.get(path).text
        assert 'http-equiv="refresh"' in page
        assert f'action="{path}/start"' not in page
        assert "state-finished" in browser.get(path).text


def test_a_run_is_deleted_with_its_file_once_that_is_meant(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    assert browser.post(f"{path}/delete").status_code == 422
    assert list((tmp_path / "uploads").iterdir())
    reply = browser.post(f"{path}/delete", sure="1")
    assert reply.url.path == "/batches"
    assert "已删除" in reply.text
    assert browser.get(path).status_code == 404
    assert not list((tmp_path / "runs").glob("*.sqlite3"))
    assert not list((tmp_path / "uploads").iterdir())


def test_a_run_that_is_deleted_while_somebody_looks_at_it_is_gone_for_them_too(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    run = unquote(path.removeprefix("/batches/"))
    state = browser.client.app.state
    browser.post(f"{path}/delete", sure="1")
    for look in (lambda: standing(state, run), lambda: state.works.start(run)):
        with pytest.raises(NoRun):
            look()
    assert list((tmp_path / "runs").iterdir()) == []
    state.runs.ids = lambda: (run,)  # as it was listed a moment before
    assert browser.get(f"{path}/state").status_code == 404
    assert browser.get("/batches").status_code == 200
    assert browser.post(f"{path}/start").status_code == 404
    assert list((tmp_path / "runs").glob("*.sqlite3")) == []


def test_what_runs_is_not_deleted(tmp_path):
    with opened(tmp_path, judge=GatedJudge()) as browser:
        path = started(browser)
        until(browser, path, "running")
        reply = browser.post(f"{path}/delete", sure="1")
        assert reply.status_code == 422
        assert "先暂停" in reply.text


def test_a_run_of_another_process_is_shown_and_left_alone(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    [journal] = (tmp_path / "runs").glob("*.sqlite3")
    with opened_journal(journal) as kept:
        kept.set(info=kept.get("info").replace('"state":"finished"', '"state":"running"'))
        assert browser.get(f"{path}/state").json()["state"] == "elsewhere"
        page = browser.get(path)
        assert page.status_code == 200
        assert "页面只能看" in page.text
        assert "另一个进程在评" in browser.get("/batches").text
        assert "另一个进程" in browser.post(f"{path}/start").text


def test_a_run_that_was_killed_can_be_gone_on_with(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    [journal] = (tmp_path / "runs").glob("*.sqlite3")
    with opened_journal(journal) as kept:
        kept.set(info=kept.get("info").replace('"state":"finished"', '"state":"running"'))
        kept.forget_failures([1])
    browser.client.app.state.works.forget(journal.stem)
    assert browser.get(f"{path}/state").json()["state"] == "paused"
    browser.post(f"{path}/start")
    assert until(browser, path)["done"] == 5


def test_a_run_by_another_judge_is_not_gone_on_with(tmp_path):
    with opened(tmp_path) as browser:
        path = started(browser)
        until(browser, path)
    with opened(tmp_path, judge=ScriptedJudge({})) as browser:
        [journal] = (tmp_path / "runs").glob("*.sqlite3")
        with opened_journal(journal) as kept:
            kept.forget_failures([1])
        assert "会全部重评" in browser.get(path).text
        reply = browser.post(f"{path}/start")
        assert reply.status_code == 422
        assert "会全部重评" in reply.text


def test_a_run_from_a_terminal_is_listed_and_read(browser, tmp_path):
    (tmp_path / "later.csv").write_bytes(table())
    command = [
        sys.executable,
        "-m",
        "evaluator",
        "batch",
        "later.csv",
        "-r",
        "rubrics",
        "-o",
        "out.xlsx",
        "--judge",
        "keyword",
    ]
    surroundings = {**os.environ, "EVALUATOR_DATA_DIR": str(tmp_path), "PYTHONUTF8": "1"}
    subprocess.run(command, cwd=tmp_path, env=surroundings, check=True, capture_output=True)
    [run] = [path.stem for path in (tmp_path / "runs").glob("later-*.sqlite3")]
    assert "later.csv" in browser.get("/batches").text
    page = browser.get(f"/batches/{run}")
    assert "已评完" in page.text
    assert "张三" in browser.get(f"/batches/{run}/download/csv").text


def test_the_review_is_linked_where_there_is_one(browser):
    path = started(browser)
    until(browser, path)
    routes = browser.client.app.router.routes
    has = any(isinstance(one, Route) and one.path == "/batches/{run}/review" for one in routes)
    assert (f'href="{path}/review"' in browser.get(path).text) is has


def test_without_a_judge_nothing_starts_and_it_is_said_what_to_do(tmp_path):
    with opened(tmp_path, judged_by="llm", provider="deepseek", model="m", api_key="k") as browser:
        reply = hand_in(browser, table())
        assert "还没有同意" in reply.text
        assert "consent_host" in reply.text
        assert "disabled>开始评分" in reply.text
        assert "还没有同意" in send(browser, reply, "start").text
        assert not list((tmp_path / "runs").glob("*.sqlite3"))


@pytest.mark.parametrize(
    "path",
    ["/batches/none", "/batches/none/state", "/batches/none/download/xlsx", "/batches/new/none", "/batches/..%2f..",
     "/batches/new/0123456789abcdef", "/batches/%00", "/batches/new/..%2fchoices"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_in_words(browser, path):
    reply = browser.get(path)
    assert reply.status_code == 404
    assert "<h1>" in reply.text


def test_every_form_asks_for_its_token(browser):
    path = started(browser)
    until(browser, path)
    for target in ("start", "pause", "delete"):
        assert browser.client.post(f"{path}/{target}", data={"sure": "1"}).status_code == 403
    upload = hand_in(browser, table())
    assert browser.client.post(upload.url.path, data={"do": "start"}).status_code == 403
    assert browser.client.post("/batches", files={"file": ("a.csv", b"x")}).status_code == 403


@pytest.mark.parametrize("locale", ["zh-TW", "en"])
def test_the_page_speaks_the_language_of_its_reader(browser, locale):
    browser.post("/preferences", lang=locale, back="/batches")
    path = started(browser)
    until(browser, path)
    text = browser.get(path).text
    assert {"zh-TW": "下載結果", "en": "Question by question"}[locale] in text
    assert hand_in(browser, table()).status_code == 200
    assert browser.get("/batches").status_code == 200


def test_choices_that_cannot_be_read_are_the_usual_ones(browser, tmp_path):
    reply = hand_in(browser, table())
    upload = Uploads(tmp_path / "uploads").get(reply.url.path.rpartition("/")[2])
    (upload.path.parent / "choices.json").write_text("{", encoding="utf-8")
    assert browser.get(reply.url.path).status_code == 200
    assert Choices(rubrics=("gone",)).among((RUBRIC, SECOND)) == (RUBRIC, SECOND)


def test_a_file_can_be_taken_back(browser, tmp_path):
    reply = hand_in(browser, table())
    assert send(browser, reply, "forget").url.path == "/batches"
    assert browser.get(reply.url.path).status_code == 404
    assert not list((tmp_path / "uploads").iterdir())
