from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.drafting import Action, changes, drafts, shelve
from evaluator.errors import InputError
from evaluator.models.paper import Paper, Question, Section, Span
from evaluator.rubrics import load, load_folder, write

TEXT = """\
大厅服务岗位试题

一、情景题(共2题,每题6分)

1.客户在大厅拍桌子，你怎么办？
参考答案：我先请客户坐下，再查单子，告诉他几点回话。
解析：此题考察应变能力。答案应突出“先稳住客户”、“查明原因”和“给出时限”。

2.同事请假，窗口排起长队，你怎么办？
参考答案：(1)加开窗口；(2)安抚队伍；(3)事后复盘。
解析：此题考察调度能力。

二、单选题(共1题,每题2分)

1.客户先说话还是你先说话？
A.客户
B.自己
答案：A
解析：先听后说。
"""


@pytest.fixture
def run():
    def invoke(*arguments: object, **options):
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(app, words if "--lang" in words else [*words, "--lang", "zh"], **options)

    return invoke


@pytest.fixture
def paper_file(tmp_path):
    file = tmp_path / "paper.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def made(
    analysis: str = "答案应突出“守时”和“守诺”。", *, number: str = "1", title: str = "卷", stem: str = "怎样守约？"
):
    question = Question(
        number=number,
        stem=stem,
        kind="short_answer",
        points=4,
        analysis=analysis,
        analysis_span=Span(start=10, end=10 + len(analysis)),
    )
    return drafts(
        Paper(title=title, sha256="0" * 64, sections=(Section(title="简答", questions=(question,)),)), slug="x"
    )


def test_a_paper_becomes_files_that_load_and_can_be_scored_by_without_an_edit(run, paper_file, tmp_path):
    folder = tmp_path / "hall"
    result = run("rubric", "draft", paper_file, "-o", folder)
    assert result.exit_code == 0, result.output
    rubrics = load_folder(folder)
    assert [rubric.id for rubric in rubrics] == ["hall-1-01", "hall-1-02", "hall-2-01"]
    assert [point.name for point in rubrics[0].key_points] == ["先稳住客户", "查明原因", "给出时限"]
    assert result.stdout.count("新建") == 3
    assert "3 个得分点，6 分" in result.stdout
    asked = ("score", "--rubric", folder / "1-01.yaml", "--judge", "keyword", "--format", "json", "--no-save")
    scored = run(*asked, input="我先稳住客户，请他坐下。")
    assert scored.exit_code == 0, scored.output
    assert json.loads(scored.stdout)["max_score"] == 6


def test_a_paper_can_come_by_stdin(run, tmp_path):
    result = run("rubric", "draft", "-", "-o", tmp_path / "hall", "--slug", "front desk", input=TEXT.encode())
    assert result.exit_code == 0, result.output
    assert load(tmp_path / "hall" / "2-01.yaml").id == "front-desk-2-01"


def test_a_second_run_changes_nothing(run, paper_file, tmp_path):
    run("rubric", "draft", paper_file, "-o", tmp_path / "hall")
    before = {file: file.read_bytes() for file in (tmp_path / "hall").iterdir()}
    result = run("rubric", "draft", paper_file, "-o", tmp_path / "hall", "--lang", "en")
    assert result.stdout.count("unchanged") == 3
    assert {file: file.read_bytes() for file in (tmp_path / "hall").iterdir()} == before


def test_a_changed_paper_updates_what_nobody_edited_keeps_the_rest_and_says_what_changed(run, paper_file, tmp_path):
    folder = tmp_path / "hall"
    run("rubric", "draft", paper_file, "-o", folder)
    edited = folder / "1-01.yaml"
    mine = edited.read_text("utf-8").replace("status: draft", "status: reviewed")
    edited.write_text(mine, encoding="utf-8")
    paper_file.write_text(TEXT.replace("查明原因", "记下诉求").replace("事后复盘", "错峰排班"), encoding="utf-8")
    result = run("rubric", "draft", paper_file, "-o", folder)
    assert edited.read_text("utf-8") == mine
    assert "有人改过，保留" in result.stdout
    assert "+ 新增得分点 kp2 记下诉求" in result.stdout
    assert "- 去掉得分点 kp2 查明原因" in result.stdout
    assert [point.name for point in load(folder / "1-02.yaml").key_points] == ["加开窗口", "安抚队伍", "错峰排班"]
    forced = run("rubric", "draft", paper_file, "-o", folder, "--force")
    assert forced.exit_code == 0
    assert [point.name for point in load(edited).key_points] == ["先稳住客户", "记下诉求", "给出时限"]


def test_a_paper_without_questions_writes_nothing_and_says_so(run, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text("本周值班表，请各位同事留意。", encoding="utf-8")
    result = run("rubric", "draft", file, "-o", tmp_path / "none")
    assert "没有题目" in result.stderr
    assert result.exit_code == 1
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_not_there_is_told_with_exit_code_2(run, tmp_path):
    result = run("rubric", "draft", tmp_path / "no.txt", "-o", tmp_path / "none")
    assert result.exit_code == 2
    assert "no.txt" in result.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_diff_tells_by_lines_and_exit_code_what_changed(run, tmp_path, lang):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    write(made()[0].rubric, old)
    write(made("答案应突出“守时”、“守密”和“守诺”。")[0].rubric, new)
    assert run("rubric", "diff", old, old).exit_code == 0
    result = run("rubric", "diff", old, new, "--lang", lang)
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "x-01"
    assert sum(line.startswith("+") for line in lines) == 1
    assert not any(line.startswith("-") for line in lines)
    assert any("2 → 1.33" in line for line in lines)


def test_diff_of_folders_matches_rubrics_by_id(run, tmp_path):
    for name, numbers in (("old", "12"), ("new", "23")):
        shelve([one for number in numbers for one in made(number=number)], tmp_path / name)
    result = run("rubric", "diff", tmp_path / "old", tmp_path / "new")
    assert result.exit_code == 1
    assert result.stdout.split() == ["-", "x-01", "+", "x-03"]


def test_diff_of_what_is_not_there_exits_with_2(run, tmp_path):
    assert run("rubric", "diff", tmp_path / "a.yaml", tmp_path).exit_code == 2
    assert run("rubric", "diff", tmp_path, tmp_path).exit_code == 2


def test_a_key_point_keeps_its_place_in_the_comparison_when_its_number_moves():
    old, new = made()[0].rubric, made("答案应突出“守密”、“守时”和“守诺”。")[0].rubric
    told = [words.en for words in changes(old, new)]
    assert "+ new key point: kp1 守密 (1.34)" in told
    assert not any(line.startswith("-") for line in told)
    assert "~ kp2 points: 2 → 1.33" in told


def test_a_renamed_file_is_still_the_draft_of_its_question(tmp_path):
    (first,) = shelve(made(), tmp_path)
    first.path.rename(tmp_path / "01-promise.yaml")
    (again,) = shelve(made("答案应突出“守时”。"), tmp_path)
    assert (again.action, again.path) == (Action.KEPT, tmp_path / "01-promise.yaml")
    assert again.changes


def test_drafts_laid_down_anywhere_point_to_a_schema_beside_them(tmp_path):
    (first,) = shelve(made(), tmp_path / "drafts")
    assert first.path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=rubric.schema.json\n")
    assert (tmp_path / "drafts" / "rubric.schema.json").is_file()


def test_a_file_that_a_person_broke_is_not_overwritten(tmp_path):
    (first,) = shelve(made(), tmp_path)
    first.path.write_text("id: [", encoding="utf-8")
    (again,) = shelve(made(), tmp_path)
    assert again.action is Action.KEPT
    assert first.path.read_text("utf-8") == "id: ["


def test_without_a_record_every_file_counts_as_edited(tmp_path):
    (first,) = shelve(made(), tmp_path)
    (tmp_path / ".drafted.json").write_text("[", encoding="utf-8")
    (again,) = shelve(made("答案应突出“守密”。"), tmp_path)
    assert again.action is Action.KEPT
    assert [point.name for point in load(first.path).key_points] == ["守时", "守诺"]


def test_a_question_that_left_the_paper_leaves_its_file_and_is_reported(tmp_path):
    shelve([*made(), *made(number="2")], tmp_path)
    outcomes = shelve(made(), tmp_path)
    assert [(one.action, one.path.name) for one in outcomes] == [
        (Action.UNCHANGED, "01.yaml"),
        (Action.GONE, "02.yaml"),
    ]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    file: Path = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="file"):
        shelve(made(), file)
