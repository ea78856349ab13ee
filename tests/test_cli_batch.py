"""`evaluator batch` as an examiner uses it: a workbook in, results out, the same command again."""

import csv
import json
import sys

import pytest
import xlsxwriter
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.rubrics import load_folder

IDS = ("csm-01-major-complaint", "csm-02-performance-drop", "css-01-complaint-principle")
GOOD = "我亲自上门道歉，技术部查原因，法务核定赔偿，三天内结案，客户撤诉。"


@pytest.fixture
def sheet(tmp_path):
    """Four candidates, three questions; one blank, two the same."""
    rubrics = {one.id: one for one in load_folder()}
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("答卷")
        page.write_row(
            0, 0, ["考号", "姓名", "部门", *(f"{n}、{rubrics[key].question}" for n, key in enumerate(IDS, 1))]
        )
        for row, values in enumerate(
            [
                ("0071", "李小明", "客服", GOOD, "我没有定期看数据。", "B"),
                ("0072", "王芳", "=1+1", GOOD, "", "A"),
                ("0073", "赵强", "售后", "不知道怎么说。", "我反思了排班问题。", "b"),
                ("0074", "李小明", "售后", "", "我李小明没有复盘。", ""),
            ],
            1,
        ):
            for column, value in enumerate(values):
                page.write_string(row, column, value)
    return path


@pytest.fixture
def batch(monkeypatch):
    def run(*arguments, judge="keyword"):
        words = ["batch", *map(str, arguments), "--judge", judge]
        monkeypatch.setattr(sys, "argv", ["evaluator", *words])
        return CliRunner().invoke(app, words)

    return run


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def results(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_workbook_becomes_results_in_every_form(sheet, batch, tmp_path):
    outputs = [tmp_path / f"r{ending}" for ending in (".xlsx", ".csv", ".jsonl", ".html")]
    done = batch(sheet, *(part for path in outputs for part in ("-o", path)))
    assert done.exit_code == 0, done.output
    assert all(path.stat().st_size > 500 for path in outputs)
    assert [row["编号"] for row in rows(outputs[1])] == ["0071", "0072", "0073", "0074"]
    assert len(results(outputs[2])) == 12


def test_the_same_command_again_judges_nothing_anew(sheet, batch, tmp_path):
    first = batch(sheet, "-o", tmp_path / "r.jsonl")
    before = (tmp_path / "r.jsonl").read_text(encoding="utf-8")
    again = batch(sheet, "-o", tmp_path / "r.jsonl")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "都已评过" in again.stderr
    assert (tmp_path / "r.jsonl").read_text(encoding="utf-8") == before


def test_a_dry_run_shows_the_columns_writes_the_map_and_judges_nothing(sheet, batch, tmp_path):
    done = batch(sheet, "--dry-run")
    assert done.exit_code == 0
    assert "csm-01-major-complaint" in done.stdout
    assert (tmp_path / "answers.map.yaml").exists()
    assert not (tmp_path / "answers-results.xlsx").exists()
    assert "份待评" in done.stderr


def test_the_map_that_a_dry_run_wrote_serves_the_next_run(sheet, batch, tmp_path):
    batch(sheet, "--dry-run")
    done = batch(sheet, "--map", tmp_path / "answers.map.yaml", "-o", tmp_path / "r.jsonl")
    assert done.exit_code == 0


def test_a_limit_leaves_the_rest_for_later(sheet, batch, tmp_path):
    batch(sheet, "-o", tmp_path / "r.jsonl", "--limit", 2)
    some = sum("grade" in row and row["grade"] is not None for row in results(tmp_path / "r.jsonl"))
    batch(sheet, "-o", tmp_path / "r.jsonl")
    every = sum("grade" in row and row["grade"] is not None for row in results(tmp_path / "r.jsonl"))
    assert 0 < some < every == 12


def test_blind_results_hold_nobody_and_the_roster_knows_everybody(sheet, batch, tmp_path):
    batch(sheet, "-o", tmp_path / "r.csv", "-o", tmp_path / "r.jsonl", "--blind")
    for name in ("r.csv", "r-key-points.csv", "r.jsonl"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not [word for word in ("李小明", "王芳", "0071", "售后") if word in text], name
    roster = rows(tmp_path / "r-roster.csv")
    assert [row["考生"] for row in roster] == ["0071", "0072", "0073", "0074"]
    assert len({row["代号"] for row in roster}) == 4
    batch(sheet, "-o", tmp_path / "again.csv", "--blind")
    assert rows(tmp_path / "again-roster.csv") == roster


def test_an_output_that_is_the_input_is_refused_before_anything_is_done(sheet, batch):
    before = sheet.read_bytes()
    done = batch(sheet, "-o", sheet)
    assert done.exit_code != 0
    assert sheet.read_bytes() == before


def test_progress_as_json_is_one_object_a_line(sheet, batch, tmp_path):
    done = batch(sheet, "-o", tmp_path / "r.jsonl", "--progress", "json")
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert events[-1]["schema"] == "evaluator/progress@1"
    assert (events[-1]["state"], events[-1]["done"]) == ("finished", events[-1]["total"])


def test_a_changed_rubric_judges_only_its_own_question_again(sheet, batch, tmp_path):
    folder = tmp_path / "rubrics"
    folder.mkdir()
    shipped = {one.id: one for one in load_folder()}
    from evaluator.rubrics import dump

    for key in IDS:
        (folder / f"{key}.yaml").write_text(dump(shipped[key]), encoding="utf-8")
    batch(sheet, "-o", tmp_path / "r.jsonl", "-r", folder)
    path = folder / f"{IDS[1]}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("hit: ", "hit: 改过，", 1), encoding="utf-8")
    done = batch(sheet, "-o", tmp_path / "r.jsonl", "-r", folder)
    assert "4 份待评" in done.stderr  # the texts of that question, the blank one included


def test_without_history_the_journal_goes_when_the_results_are_there(sheet, batch, tmp_path, monkeypatch, own_folders):
    monkeypatch.setenv("EVALUATOR_HISTORY", "false")
    batch(sheet, "-o", tmp_path / "r.jsonl")
    from evaluator.settings import load

    assert not list((load().data_dir / "runs").glob("answers-*"))
