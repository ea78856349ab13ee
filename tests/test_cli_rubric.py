from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.rubric import app
from evaluator.models import QuestionKind
from evaluator.rubrics import json_schema, load_folder, parse, schema_path

GOOD = """\
id: refund
question: 退款 [迟到] 了，你怎样处理？
kind: situational
max_score: 2
points_from: paper
key_points:
  - id: calm
    name: 安抚
    points: 2
    hit: 写出一句 [bold]道歉[/bold] 的话。
    partial: 只说要安抚。
    accept: [向您道歉]
    follow_up: 你会怎么说？
    source: {part: analysis, start: 1, end: 3, words: 安抚}
reference: 先道歉。
provenance: {paper: 卷一, sha256: "0000000000000000000000000000000000000000000000000000000000000000"}
status: reviewed
"""
DRAFT = GOOD.replace("status: reviewed", "status: draft")
VAGUE = GOOD.replace("写出一句 [bold]道歉[/bold] 的话。", "处理得较为合理。")


@pytest.fixture
def run():
    def invoke(*arguments: object):
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(app, words if "--lang" in words else [*words, "--lang", "zh"])

    return invoke


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "1.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (GOOD, [], 0),
        (GOOD, ["--strict"], 0),
        (DRAFT, [], 0),
        (DRAFT, ["--strict"], 1),
        (VAGUE, [], 1),
        (GOOD.replace("max_score: 2", "max_score: 3"), [], 2),
    ],
)
def test_lint_tells_by_its_exit_code(run, file, text, options, code):
    assert run("lint", file(text), *options).exit_code == code


@pytest.mark.parametrize(
    ("lang", "message", "tail"),
    [("zh", "只有“较为合理”", "[警告: vague]"), ("en", "only '较为合理', nothing to check", "[warning: vague]")],
)
def test_lint_prints_place_message_and_hint_in_the_language_asked_for(run, file, lang, message, tail):
    path = file(VAGUE)
    result = run("lint", path, "--lang", lang)
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{path}:10:10: key_points[0].hit: {message}")
    assert line.endswith(tail)
    assert "1" in result.stderr


def test_without_lang_the_settings_decide(file, monkeypatch):
    monkeypatch.setenv("EVALUATOR_LANG", "en")
    assert CliRunner().invoke(app, ["lint", str(file(GOOD))]).stderr == "nothing found\n"


def test_lint_prints_nothing_to_stdout_where_it_finds_nothing(run, file):
    result = run("lint", file(GOOD))
    assert (result.stdout, result.stderr) == ("", "没有发现问题\n")


def test_lint_gives_json(run, file):
    path = file(VAGUE)
    (finding,) = json.loads(run("lint", path, "--json").stdout)
    assert (finding["code"], finding["severity"], finding["rubric"]) == ("vague", "warning", "refund")
    assert (finding["file"], finding["line"], finding["column"], finding["field"]) == (
        str(path),
        10,
        10,
        "key_points[0].hit",
    )
    assert set(finding["message"]) == {"zh", "en"}


def test_lint_takes_files_and_folders_and_checks_each_file_once(run, file, tmp_path):
    path = file(VAGUE)
    file(VAGUE.replace("refund", "other"), "2.yaml")
    assert len(run("lint", path, tmp_path).stdout.splitlines()) == 2


def test_lint_tells_every_broken_file_at_once_without_a_traceback(run, file, tmp_path):
    file("id: a: b\n", "1.yaml")
    file(GOOD.replace("kind", "knd"), "2.yaml")
    result = run("lint", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "1.yaml:1:6" in result.stderr
    assert "2.yaml:3:1: knd" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_shipped_rubrics_are_checked_without_arguments(run):
    result = run("lint")
    assert result.exit_code == 0
    assert str(Path.cwd()) not in result.stdout


@pytest.mark.parametrize(
    "command", [["show", "nothing-like-it"], ["list", "--folder", "no/such"], ["lint", "no/such.yaml"]]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_there_is_told_on_stderr_with_exit_code_2(run, command, lang):
    result = run(*command, "--lang", lang)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()


def test_show_prints_everything_that_an_answer_is_judged_by(run, file):
    result = run("show", file(GOOD))
    assert result.exit_code == 0
    for text in (
        "refund", "退款 [迟到] 了，你怎样处理？", "情景 · 满分 2", "已核对", "1. 安抚  2 分  calm", "写出一句 [bold]道歉[/bold] 的话。",
        "只说要安抚。", "向您道歉", "你会怎么说？", "解析 1–3 “安抚”", "先道歉。", "卷一",
    ):  # fmt: skip
        assert text in result.stdout


def test_show_in_english_labels_in_english(run, file):
    shown = run("show", file(GOOD), "--lang", "en").stdout
    for text in ("situational · 2 points", "reviewed", "hit ", "partial ", "follow-up ", "reference ", "paper "):
        assert text in shown
    assert "命中" not in shown


def test_show_gives_the_rubric_as_json(run, file):
    shown = json.loads(run("show", file(GOOD), "--json").stdout)
    assert shown == parse(GOOD).model_dump(mode="json")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_rubric_can_be_shown_by_its_id(run, lang):
    for rubric in load_folder():
        result = run("show", rubric.id, "--lang", lang)
        assert result.exit_code == 0
        assert all(point.name in result.stdout for point in rubric.key_points)


def test_choices_deductions_and_groups_are_shown(run, file):
    text = (
        GOOD.replace("situational", "multiple_choice")
        + "options: [{label: A, text: 甲}, {label: B, text: 乙}]\ncorrect: [B]\n"
        + "deductions: [{id: late, name: 迟交, points: 1, when: 交晚了}]\n"
    )
    shown = run("show", file(text)).stdout
    assert "✓ B. 乙" in shown
    assert "  A. 甲" in shown
    assert "− 迟交  −1  late" in shown
    grouped = GOOD.replace(
        "reference:", "  - {id: more, name: 更多, points: 2}\nany_of: [{choose: 1, of: [calm, more]}]\nreference:"
    )
    assert "任选 1：calm, more" in run("show", file(grouped)).stdout


def test_list_shows_every_shipped_rubric_on_a_line_of_its_own(run):
    lines = run("list").stdout.splitlines()
    for rubric in load_folder():
        assert sum(line.split()[0] == rubric.id for line in lines if line.strip()) == 1


def test_list_gives_json_of_the_folder_asked_for(run, file, tmp_path):
    file(GOOD)
    assert json.loads(run("list", "--folder", tmp_path, "--json").stdout) == [
        {
            "id": "refund",
            "question": "退款 [迟到] 了，你怎样处理？",
            "kind": "situational",
            "max_score": 2.0,
            "status": "reviewed",
        }
    ]


def test_every_kind_of_question_has_a_name_in_both_languages():
    from evaluator.cli.rubric_view import KINDS

    assert set(KINDS) == set(QuestionKind)


def test_schema_prints_the_schema(run):
    assert json.loads(run("schema").stdout) == json_schema()


def test_schema_write_brings_the_file_up_to_date(run, monkeypatch, tmp_path):
    monkeypatch.setattr("evaluator.rubrics.schema.folder", lambda name: tmp_path)
    result = run("schema", "--write")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "rubric.schema.json").read_text(encoding="utf-8")) == json_schema()
    assert schema_path().parent == tmp_path


def test_schema_write_into_a_place_that_cannot_be_written_is_a_clear_error(run, monkeypatch, tmp_path):
    monkeypatch.setattr("evaluator.rubrics.schema.folder", lambda name: tmp_path / "gone")
    result = run("schema", "--write")
    assert result.exit_code == 2
    assert "rubric.schema.json" in result.stderr


def test_help_does_not_wait_for_yaml_or_a_model_library():
    heavy = "{'ruamel', 'openai', 'rapidfuzz', 'pydantic', 'opencc'}"
    script = f"import sys, evaluator.cli.rubric; print(*({heavy} & set(sys.modules)))"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
