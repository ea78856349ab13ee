"""`evaluator rescore`: other weights and people's verdicts change points without a call, after they were shown."""

import json
import sys

import pytest
import xlsxwriter
from small_rubric import RUBRIC
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.rubrics import dump

GOOD = "我会真诚道歉，耐心倾听，再给客户退款或换货。"


@pytest.fixture
def run(monkeypatch):
    def invoke(*arguments):
        words = [str(one) for one in arguments]
        monkeypatch.setattr(sys, "argv", ["evaluator", *words])
        return CliRunner().invoke(app, words)

    return invoke


@pytest.fixture
def scored(run, tmp_path):
    """A run of three candidates, its rubric file and its workbook."""
    sheet = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(str(sheet)) as book:
        page = book.add_worksheet()
        for row, values in enumerate([("考号", RUBRIC.question), ("1", GOOD), ("2", "请他自己想办法。"), ("3", GOOD)]):
            for column, value in enumerate(values):
                page.write_string(row, column, value)
    rubric = tmp_path / "complaint.yaml"
    rubric.write_text(dump(RUBRIC), encoding="utf-8")
    done = run(
        "batch", sheet, "-r", rubric, "-o", tmp_path / "r.xlsx", "-o", tmp_path / "r.jsonl", "--judge", "keyword"
    )
    assert done.exit_code == 0, done.output
    return tmp_path


def scores(path):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["candidate"]: row["grade"]["score"] for row in rows}


def reweighted(folder):
    comfort, solve, visit = RUBRIC.key_points
    points = (
        comfort.model_copy(update={"points": 4}),
        solve.model_copy(update={"points": 1}),
        visit.model_copy(update={"points": 3}),
    )
    (folder / "complaint.yaml").write_text(dump(RUBRIC.model_copy(update={"key_points": points})), encoding="utf-8")


def test_a_changed_weight_shows_who_changes_and_by_how_much_and_writes_nothing_unasked(run, scored):
    reweighted(scored)
    shown = run("rescore", "answers", "-o", scored / "after.jsonl")
    assert shown.exit_code == 1
    assert "1  complaint" in shown.stdout
    assert "2 人的 2 份答案会变" in shown.stdout
    assert not (scored / "after.jsonl").exists()


def test_agreed_to_it_is_written_and_the_next_look_finds_nothing(run, scored):
    reweighted(scored)
    before = scores(scored / "r.jsonl")
    assert run("rescore", "answers", "-o", scored / "after.jsonl", "--yes").exit_code == 0
    after = scores(scored / "after.jsonl")
    assert after["2"] == before["2"] == 0
    assert after["1"] == after["3"] != before["1"]
    again = run("rescore", "answers", "--yes")
    assert (again.exit_code, "没有谁的得分会变" in again.stdout) == (0, True)


def test_changed_wording_is_sent_back_to_the_batch(run, scored):
    point = RUBRIC.key_points[0].model_copy(update={"hit": "写出道歉。"})
    changed = RUBRIC.model_copy(update={"key_points": (point, *RUBRIC.key_points[1:])})
    (scored / "complaint.yaml").write_text(dump(changed), encoding="utf-8")
    done = run("rescore", "answers", "--yes")
    assert done.exit_code != 0
    assert "evaluator batch" in str(done.exception)


def decide(path, target, choices):
    """The workbook as a person fills it in: `choices` by (candidate, key point)."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    with xlsxwriter.Workbook(str(target)) as out:
        for name in book.sheet_names:
            page = out.add_worksheet(name)
            rows = book.get_sheet_by_name(name).to_python()
            head = rows[0] if rows else []
            for number, row in enumerate(rows):
                if name == "明细" and number:
                    found = dict(zip(head, row, strict=True))
                    for (candidate, point), level in choices.items():
                        if candidate == str(found["编号"]) and point in map(str, row):
                            row[head.index("人工判定")] = level
                            row[head.index("人工理由")] = "口头补充过"
                for column, value in enumerate(row):
                    page.write_string(number, column, f"{value:g}" if isinstance(value, float) else str(value))


def test_verdicts_that_people_filled_in_become_overrides_of_that_candidate_alone(run, scored):
    decide(scored / "r.xlsx", scored / "filled.xlsx", {("2", "solve"): "命中"})
    done = run(
        "rescore", "answers", "-d", scored / "filled.xlsx", "--author", "王老师", "-o", scored / "a.jsonl", "--yes"
    )
    assert done.exit_code == 0, done.output
    before, after = scores(scored / "r.jsonl"), scores(scored / "a.jsonl")
    assert (before["2"], after["2"]) == (0, 4)
    assert after["1"] == before["1"]
    rows = [json.loads(line) for line in (scored / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    second = next(row for row in rows if row["candidate"] == "2")
    assert "human_override" in second["grade"]["review_reasons"]


def test_decisions_survive_the_next_batch(run, scored):
    decide(scored / "r.xlsx", scored / "filled.xlsx", {("2", "solve"): "命中"})
    run("rescore", "answers", "-d", scored / "filled.xlsx", "--yes")
    run(
        "batch", scored / "answers.xlsx", "-r", scored / "complaint.yaml", "-o", scored / "r.xlsx", "-o", scored / "r.jsonl",
        "--judge", "keyword",
    )  # fmt: skip
    assert scores(scored / "r.jsonl")["2"] == 4


def test_a_workbook_of_another_run_is_refused_with_the_row(run, scored):
    decide(scored / "r.xlsx", scored / "filled.xlsx", {("2", "solve"): "命中"})
    run("batch", "delete", "answers")
    (scored / "answers.xlsx").unlink()
    with xlsxwriter.Workbook(str(scored / "other.xlsx")) as book:
        page = book.add_worksheet()
        for row, values in enumerate([("考号", RUBRIC.question), ("77", GOOD)]):
            page.write_row(row, 0, values)
    run("batch", scored / "other.xlsx", "-r", scored / "complaint.yaml", "-o", scored / "o.xlsx", "--judge", "keyword")
    done = run("rescore", "other", "-d", scored / "filled.xlsx", "--yes")
    assert done.exit_code != 0
    assert "filled.xlsx" in str(done.exception)


def test_runs_are_listed_and_deleted(run, scored):
    listed = run("batch", "list")
    assert "answers.xlsx" in listed.stdout
    assert "3/3" in listed.stdout
    assert run("batch", "delete", "answers").exit_code == 0
    assert run("batch", "list").stdout == ""


def test_a_run_with_a_batch_job_at_the_provider_is_not_deleted(run, scored):
    from evaluator.batch.jobs import Job, Jobs
    from evaluator.batch.session import find_run
    from evaluator.settings import load

    with Jobs(find_run("answers", load())) as jobs:
        jobs.begin(Job(id="a", content="a" * 64, file="a.jsonl", created="2026-11-22T00:00:00+00:00", requests=3))
    done = run("batch", "delete", "answers")
    assert done.exit_code != 0
    assert "evaluator batch collect" in str(done.exception)
    assert "3/3" in run("batch", "list").stdout


def test_an_unknown_run_is_told_with_what_there_is(run, scored):
    done = run("rescore", "nothing-like-it")
    assert done.exit_code != 0
    assert "answers-" in str(done.exception)
