from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.history import app
from evaluator.errors import InputError, StoreError
from evaluator.models import Deduction, Evidence, Grade, KeyPoint, Level, QuestionKind, Rubric, Trace, Verdict
from evaluator.rubrics import content_hash, dump
from evaluator.scoring import score
from evaluator.store import SqliteStore, deciding

ANSWER = "先安抚客户，再核实情况。\n\x1b[31m最后回访[bold]"
RUBRIC = Rubric(
    id="complaint-handling",
    question="如何处理客户投诉？",
    kind=QuestionKind.SHORT_ANSWER,
    max_score=6,
    key_points=(
        KeyPoint(id="calm", name="安抚情绪", points=3, hit="说到安抚"),
        KeyPoint(id="check", name="核实情况", points=3, hit="说到核实"),
    ),
    deductions=(Deduction(id="blame", name="指责客户", points=1, when="指责客户"),),
)


def grade_by(rubric: Rubric) -> Grade:
    levels = {"calm": Level.HIT, "check": Level.UNSCORED, "blame": Level.MISSED}
    verdicts = [Verdict(key_point=key, level=level) for key, level in levels.items()]
    verdicts[0] = verdicts[0].model_copy(update={"evidence": (Evidence(start=0, end=5, text=ANSWER[:5]),)})
    scored = score(rubric, verdicts)
    return Grade(
        rubric=rubric.id,
        score=scored.score,
        max_score=rubric.max_score,
        range=(scored.low, scored.high),
        complete=scored.complete,
        needs_review=True,
        review_reasons=("incomplete",),
        key_points=scored.key_points,
        deductions=scored.deductions,
        judge="llm",
        trace=Trace(rubric_hash=content_hash(rubric), answer_hash="a"),
    )


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path, monkeypatch):
    """Nothing of the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("EVALUATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def grade_id(path) -> str:
    with SqliteStore(path) as store:
        return store.add_grade(grade_by(RUBRIC), answer=ANSWER, key="k", candidate="张三", rubric=RUBRIC)


@pytest.fixture
def run(path):
    def invoke(*words: str):
        return CliRunner().invoke(app, [*words, "--store", str(path)])

    return invoke


def told(run, *words: str):
    result = run(*words)
    assert result.exception is None, result.exception
    assert result.exit_code == 0
    return result


def refused(run, *words: str) -> InputError:
    result = run(*words)
    assert result.stdout == ""
    assert isinstance(result.exception, InputError)
    return result.exception


def overrides_in(path: Path, grade_id: str):
    with SqliteStore(path) as store:
        return store.overrides(grade_id)


def test_the_list_shows_one_line_a_grade_and_nothing_that_steers_the_terminal(run, grade_id):
    output = told(run, "list").stdout
    (line,) = [line for line in output.splitlines() if grade_id in line]
    for part in ("complaint-handling", "张三", "3–6 / 6", "未完成", "再核实情况。 [31m最后回访[bold]"):
        assert part in line
    assert "\x1b" not in output


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ((), 1),
        (("--text", "安抚"), 1),
        (("--text", "退款"), 0),
        (("--rubric", "complaint-handling"), 1),
        (("-r", "other"), 0),
    ],
)
def test_the_list_can_be_filtered(run, grade_id, words, count):
    result = told(run, "list", *words)
    assert result.stdout.count(grade_id) == count
    assert ("没有符合条件的记录" in result.stderr) == (count == 0)


@pytest.mark.parametrize("columns", ["80", "160"])
def test_a_long_answer_never_squeezes_the_id_that_the_other_commands_ask_for(run, path, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    with SqliteStore(path) as store:
        grade_id = store.add_grade(grade_by(RUBRIC), answer="先安抚客户，再核实情况。" * 40, key="k", rubric=RUBRIC)
    shown = told(run, "list").stdout
    assert grade_id in shown
    assert RUBRIC.id in shown


def test_the_list_is_in_english_on_request(run, grade_id):
    assert re.search(r"candidate +score", told(run, "list", "--lang", "en").stdout)


def test_json_holds_the_automatic_grade_and_the_layers(run, grade_id, path):
    told(run, "override", grade_id, "check", "hit", "--reason", "说了", "--author", "王")
    (entry,) = json.loads(told(run, "list", "--json").stdout)
    assert entry == json.loads(told(run, "show", grade_id, "--json").stdout)
    assert (entry["id"], entry["candidate"], entry["answer"]) == (grade_id, "张三", ANSWER)
    assert (entry["grade"]["schema"], entry["grade"]["score"]) == ("evaluator/grade@1", None)
    assert (entry["effective"]["score"], entry["effective"]["review_reasons"]) == (6, ["human_override"])
    assert [(layer["level"], layer["author"], layer["reason"]) for layer in entry["overrides"]] == [
        ("hit", "王", "说了")
    ]


def test_an_empty_list_is_valid_json(run):
    assert json.loads(told(run, "list", "--json").stdout) == []


def test_show_tells_the_score_the_key_points_and_the_evidence(run, grade_id):
    output = told(run, "show", grade_id).stdout
    for part in (grade_id, "张三", "  [31m最后回访[bold]", "3–6 / 6", "安抚情绪", "“先安抚客户”", "如何处理客户投诉？"):
        assert part in output
    assert "\x1b" not in output
    assert "人工改判" not in output


def test_what_was_said_in_the_page_is_told_here_too(run, grade_id, path):
    with SqliteStore(path) as store:
        deciding.annotate(store.audit, grade_id, "问问[red]细节", author="李", key_point="calm")
        deciding.annotate(store.audit, grade_id, "开头好", author="李", span=(0, 5))
        deciding.mark(store.audit, grade_id, "final", 5.0, author="王", reason="按录音定")
        deciding.confirm(store.audit, grade_id, author="王", text="看过")
    output = told(run, "show", grade_id).stdout
    for part in (
        "自动 3–6 / 6 → 人工 5 / 6", "定分：按录音定 · 王", "已确认：看过 · 王", "批注「安抚情绪」：问问[red]细节 · 李",
        f"批注「{ANSWER[:5]}」：开头好 · 李",
    ):  # fmt: skip
        assert part in output
    assert "初评\n" not in output
    (line,) = [line for line in told(run, "list").stdout.splitlines() if grade_id in line]
    assert "已确认" in line
    assert "5 / 6" in line
    kept = json.loads(told(run, "show", grade_id, "--json").stdout)
    assert (kept["final"]["score"], kept["confirmed"]["text"], len(kept["notes"])) == (5.0, "看过", 2)
    assert (kept["grade"]["score"], kept["effective"]["status"]) == (None, "confirmed")


def test_a_flagged_answer_is_listed_as_irregular(run, grade_id, path):
    with SqliteStore(path) as store:
        deciding.flag(store.audit, grade_id, author="李", text="雷同")
    assert "异常" in told(run, "list").stdout
    assert "异常：雷同 · 李" in told(run, "show", grade_id).stdout


def test_an_override_changes_what_show_tells_without_a_call(run, grade_id):
    result = told(run, "override", grade_id, "check", "命中", "--reason", "第二句说了", "--author", "王老师")
    assert (result.stdout, "3–6 / 6 → 6 / 6" in result.stderr) == ("", True)
    output = told(run, "show", grade_id).stdout
    for part in ("6 / 6", "人工改判", "王老师", "核实情况 → 命中", "第二句说了"):
        assert part in output
    assert "有改判" in told(run, "list").stdout


def test_a_deduction_can_be_overridden_too(run, grade_id):
    assert (
        "3–6 / 6 → 2–5 / 6"
        in told(run, "override", grade_id, "blame", "hit", "--reason", "有", "--author", "王").stderr
    )


def test_restore_lifts_the_override_and_keeps_both_layers(run, grade_id, path):
    told(run, "override", grade_id, "calm", "missed", "--reason", "没有", "--author", "王")
    assert "0–3 / 6 → 3–6 / 6" in told(run, "restore", grade_id, "calm", "--author", "李").stderr
    assert [(layer.level, layer.author) for layer in overrides_in(path, grade_id)] == [
        (Level.MISSED, "王"),
        (None, "李"),
    ]
    assert "恢复自动判定" in told(run, "show", grade_id).stdout
    assert "没有改判" in str(refused(run, "restore", grade_id, "calm"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "hit", "--reason", "x", "--author", "王"), "calm 安抚情绪; check 核实情况; blame 指责客户"),
        (("calm", "great", "--reason", "x", "--author", "王"), "hit 命中, partial 部分, missed 未命中"),
        (("calm", "unscored", "--reason", "x", "--author", "王"), "unscored"),
        (("calm", "hit", "--reason", " ", "--author", "王"), "--reason: 不能为空"),
        (("calm", "hit", "--reason", "x", "--author", ""), "--author: 不能为空"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_and_leaves_no_layer(run, grade_id, path, words, message):
    assert message in str(refused(run, "override", grade_id, *words))
    assert overrides_in(path, grade_id) == ()


def test_an_override_without_a_reason_is_a_usage_error(run, grade_id):
    assert run("override", grade_id, "calm", "hit", "--author", "王").exit_code == 2


def forget_rubric(path: Path) -> None:
    with SqliteStore(path) as store, store._writing() as connection:
        connection.execute("DELETE FROM rubric")


def test_without_the_kept_rubric_an_unchanged_file_serves(run, grade_id, path, tmp_path, monkeypatch):
    forget_rubric(path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "complaint.yaml").write_text(dump(RUBRIC), encoding="utf-8")
    monkeypatch.setenv("EVALUATOR_RUBRICS_DIRS", str(tmp_path / "own"))
    result = told(run, "override", grade_id, "check", "hit", "--reason", "说了", "--author", "王")
    assert "→ 6 / 6" in result.stderr


def test_where_the_rubric_is_gone_the_override_is_kept_and_the_score_is_said_to_be_automatic(run, grade_id, path):
    forget_rubric(path)
    result = told(run, "override", grade_id, "check", "hit", "--reason", "说了", "--author", "王")
    assert "改判没有算进去" in result.stderr
    shown = told(run, "show", grade_id)
    assert "3–6 / 6" in shown.stdout
    assert "核实情况 → 命中" in shown.stdout
    assert "改判没有算进去" in shown.stderr
    assert json.loads(told(run, "show", grade_id, "--json").stdout)["effective"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nothing"),
        ("delete", "nothing"),
        ("override", "nothing", "calm", "hit", "--reason", "x", "--author", "王"),
        ("restore", "nothing", "calm"),
    ],
)
def test_an_unknown_id_points_to_the_list(run, words):
    error = refused(run, *words)
    assert "nothing" in error.text("en")
    assert "evaluator history list" in error.text("en")


def test_delete_removes_the_record_and_says_so_on_stderr(run, grade_id, path):
    result = told(run, "delete", grade_id)
    assert (result.stdout, f"已删除 {grade_id}" in result.stderr) == ("", True)
    with SqliteStore(path) as store:
        assert store.list() == ()


@pytest.mark.parametrize(
    "words", [(), ("--all", "--older-than-days", "3", "--yes"), ("--all",), ("--yes",), ("--older-than-days", "-1")]
)
def test_purge_removes_nothing_before_it_is_told_exactly_what(run, grade_id, path, words):
    assert run("purge", *words).exit_code != 0
    with SqliteStore(path) as store:
        assert store.get(grade_id) is not None


@pytest.mark.parametrize(("words", "removed"), [(("--older-than-days", "1"), 0), (("--all", "--yes"), 1)])
def test_purge_says_how_many_records_it_removed(run, grade_id, words, removed):
    assert f"records removed: {removed}" in told(run, "purge", *words, "--lang", "en").stderr


def test_without_store_the_path_comes_from_the_settings(tmp_path):
    result = CliRunner().invoke(app, ["list"])
    assert result.exit_code == 0
    assert list((tmp_path / "data").glob("*.sqlite3"))


def test_a_damaged_store_is_a_store_error(run, path):
    path.write_bytes(b"not a database at all" * 100)
    assert isinstance(run("list").exception, StoreError)
