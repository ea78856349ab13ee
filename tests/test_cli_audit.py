"""`evaluator audit`: whether the logs are as they were written, and a copy of them."""

import csv
import io
import json
import sqlite3

import pytest
from small_rubric import RUBRIC
from test_store import grade_of
from typer.testing import CliRunner

from evaluator.batch.journal import Journal
from evaluator.batch.schema import subject_of
from evaluator.batch.session import RUNS
from evaluator.cli.main import app
from evaluator.errors import InputError
from evaluator.models import Answer, Level, Submission
from evaluator.store import SqliteStore, deciding


@pytest.fixture
def folder(own_folders):
    """A history and a batch, each with something that people said."""
    with SqliteStore(own_folders / "evaluator.sqlite3") as store:
        grade_id = store.add_grade(grade_of(), answer="答案", key="a", candidate="=1+1")
        store.add_override(grade_id, "k0", Level.MISSED, "王", "没有说到")
        gone = store.add_grade(grade_of(), answer="答案", key="b")
        deciding.annotate(store.audit, gone, "要删的", author="王")
        store.delete(gone)
    with Journal(own_folders / RUNS / "first.sqlite3") as journal:
        journal.take_in([Submission(candidate="007", answers=(Answer(rubric=RUBRIC.id, text="退款"),))])
        deciding.confirm(journal.audit, subject_of("007", RUBRIC.id), author="@李", text="")
    return own_folders


def run(*words):
    return CliRunner().invoke(app, ["audit", *words])


def heads(text):
    return [line.strip() for line in text.splitlines() if line.startswith("  ")]


def test_every_log_is_looked_through_and_its_last_hash_shown(folder):
    found = run("verify")
    assert found.exit_code == 0
    assert "history：✓ 3 条，其中 1 条随删除清空" in found.stdout
    assert "first：✓ 1 条" in found.stdout
    assert [len(head) for head in heads(found.stdout)] == [64, 64]


def test_without_any_log_there_is_nothing_wrong(own_folders):
    assert (run("verify").exit_code, run("export").stdout) == (0, "")


def test_a_batch_in_use_can_be_looked_at(folder):
    with Journal(folder / RUNS / "first.sqlite3") as journal:
        deciding.unconfirm(journal.audit, subject_of("007", RUBRIC.id), author="李")
        assert "first：✓ 2 条" in run("verify").stdout


@pytest.mark.parametrize(
    ("file", "statement", "said"),
    [
        ("evaluator.sqlite3", "UPDATE act SET author = '张' WHERE sequence = 1", "history：✗ 第 1 条有问题：这一条或它前面的被改过"),
        ("evaluator.sqlite3", "DELETE FROM act WHERE sequence = 2", "history：✗ 第 2 条有问题：少了一条"),
        ("runs/first.sqlite3", "UPDATE act SET body = '{\"text\": \"\", \"salt\": \"\"}'", "first：✗ 第 1 条有问题：这一条说的内容被改过"),
        ("runs/first.sqlite3", "UPDATE act SET body = NULL", "first：✗ 第 1 条有问题：内容被清空，却没有删除的记录"),
    ],
)  # fmt: skip
def test_a_changed_log_is_told_with_its_row_and_what_is_wrong(folder, file, statement, said):
    with sqlite3.connect(folder / file) as db:
        for trigger in ("act_stays", "act_unchanged"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(statement)
    db.close()
    found = run("verify")
    assert found.exit_code == 1
    assert said in found.stdout
    assert found.stdout.count("✓") == 1


def test_a_hash_kept_from_before_must_stand_in_a_log(folder):
    kept = heads(run("verify").stdout)
    assert run("verify", "--head", kept[0], "--head", kept[1].upper()).exit_code == 0
    (folder / RUNS / "first.sqlite3").unlink()
    found = run("verify", "--head", kept[0], "--head", kept[1])
    assert found.exit_code == 1
    assert f"哪个日志里都没有 {kept[1]}" in found.stderr


@pytest.mark.parametrize("word", ["x", "g" * 64, ""])
def test_what_is_no_hash_is_refused(folder, word):
    with pytest.raises(InputError, match="64"):
        raise run("verify", "--head", word).exception


def test_rows_say_when_who_what_and_about_which_answer(folder):
    rows = [json.loads(line) for line in run("export").stdout.splitlines()]
    assert [(row["log"], row["kind"], row["author"]) for row in rows] == [
        ("history", "override", "王"), ("history", "note", "王"), ("history", "delete", ""), ("first", "confirm", "@李"),
    ]  # fmt: skip
    assert (rows[0]["candidate"], rows[0]["said"]["reason"]) == ("=1+1", "没有说到")
    assert rows[1]["said"] is None
    assert (rows[3]["candidate"], rows[3]["rubric"]) == ("007", RUBRIC.id)
    assert all(row["created"] and row["hash"] for row in rows)


def test_a_spreadsheet_gets_no_formula(folder, tmp_path):
    found = run("export", "-o", str(tmp_path / "log.csv"))
    assert "4 条" in found.stderr
    text = (tmp_path / "log.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["candidate"], rows[3]["author"]) == ("'=1+1", "'@李")
    assert (tmp_path / "log.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_lines_are_written_to_a_file(folder, tmp_path):
    run("export", "-o", str(tmp_path / "log.jsonl"))
    assert len((tmp_path / "log.jsonl").read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize("name", ["log.xlsx", "nowhere/log.csv"])
def test_a_file_that_cannot_be_written_is_told(folder, tmp_path, name):
    with pytest.raises(InputError, match=r"log\."):
        raise run("export", "-o", str(tmp_path / name)).exception
