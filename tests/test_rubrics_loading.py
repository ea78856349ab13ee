from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import Problem, RubricError
from evaluator.models import KeyPoint, QuestionKind, Rubric
from evaluator.rubrics import files_in, find, lint, load, load_files, load_folder, parse
from evaluator.rubrics.finding import CODES
from evaluator.rubrics.loading import MAX_BYTES
from evaluator.rubrics.tree import resolve

GOOD = """\
id: q1
question: 什么是绩效考核？
kind: short_answer
max_score: 3
key_points:
  - id: a
    name: 定义
    points: 2
  - id: b
    name: 目的
    points: 1
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RubricError) as caught:
        parse(text, "q.yaml")
    return caught.value.problems


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def test_a_good_file_becomes_a_rubric():
    rubric = parse(GOOD)
    assert (rubric.id, rubric.max_score, [point.id for point in rubric.key_points]) == ("q1", 3.0, ["a", "b"])


@pytest.mark.parametrize(
    ("edit", "place", "said"),
    [
        (("max_score: 3", "max_score: 4"), (4, 12, "max_score"), ("合计", "points")),
        (("max_score: 3", 'max_score: "3"'), (4, 12, "max_score"), ("要写数", "去掉引号")),
        (("max_score: 3", "max_score: 三"), (4, 12, "max_score"), ("要写数", "")),
        (("max_score: 3", "max_score: 0"), (4, 12, "max_score"), ("必须大于 0", "")),
        (("max_score: 3", "max_score: .nan"), (4, 12, "max_score"), ("", "")),
        (("max_score: 3", "max_score: yes"), (4, 12, "max_score"), ("要写数", "")),
        (("max_score: 3", "max_score: true"), (4, 12, "max_score"), ("要写数", "")),
        (("max_score: 3", "max_scroe: 3\nmax_score: 3"), (4, 1, "max_scroe"), ("没有名为", "max_score")),
        (("kind: short_answer", "kind: short_anwser"), (3, 7, "kind"), ("只能是", "short_answer")),
        (("kind: short_answer", "kind: 作文"), (3, 7, "kind"), ("只能是", "short_answer")),
        (("kind: short_answer", "kind: short_answer\nstatus: done"), (4, 9, "status"), ("draft、reviewed", "")),
        (("name: 定义", "name: true"), (7, 11, "key_points[0].name"), ("真假值", '"true"')),
        (("name: 定义", "name: 12"), (7, 11, "key_points[0].name"), ("读作数", '"12"')),
        (("name: 定义", "name:"), (7, 5, "key_points[0].name"), ("没有写内容", "")),
        (("name: 定义", "name: ' '"), (7, 11, "key_points[0].name"), ("不能为空", "")),
        (("name: 定义", "name: [定义]"), (7, 11, "key_points[0].name"), ("却是列表", "引号")),
        (("name: 定义", "name: 定义\n    hit:"), (8, 5, "key_points[0].hit"), ("没有写内容", "")),
        (("name: 定义", "name: 定义\n    accept: 绩效"), (8, 13, "key_points[0].accept"), ("列表", "- ")),
        (
            ("name: 定义", "name: 定义\n    accept: [绩效, no, 3]"),
            (8, 22, "key_points[0].accept[2]"),
            ("读作数", '"3"'),
        ),
        (
            ("name: 定义", "name: 定义\n    from_model: [hit, hits]"),
            (8, 23, "key_points[0].from_model[1]"),
            ("只能是 hit、partial", "是不是 hit"),
        ),
        (("points: 1", "points: -1"), (11, 13, "key_points[1].points"), ("不能小于 0", "")),
        (("  - id: b", "  - id: a"), (9, 9, "key_points[1].id"), ("重复", "")),
        (("  - id: b", "  - id: 二"), (9, 9, "key_points[1].id"), ("不合规定", "字母")),
        (("    name: 目的\n", ""), (9, 5, "key_points[1].name"), ("缺少必填字段", "name")),
        (("id: q1\n", ""), (1, 1, "id"), ("缺少必填字段", "id")),
    ],
)
def test_each_mistake_is_told_with_its_place_and_its_remedy(edit, place, said):
    problem = only(GOOD.replace(*edit, 1))
    assert (problem.file, problem.line, problem.column, problem.field) == ("q.yaml", *place)
    assert said[0] in problem.message.zh
    assert said[1] in (problem.hint.zh if problem.hint else "")


@pytest.mark.parametrize(
    ("addition", "line", "field"),
    [
        ("any_of: [{choose: 1, of: [a, zz]}]\n", 12, "any_of[0].of"),
        ("any_of: [{choose: 2, of: [a, b]}]\n", 12, "any_of[0].choose"),
        ("any_of: [{choose: 1, of: [a]}]\n", 12, "any_of[0].of"),
        ("any_of: [{choose: 1.5, of: [a, b]}]\n", 12, "any_of[0].choose"),
        ("deductions: [{id: a, name: x, points: 1, when: y}]\n", 12, "deductions[0].id"),
        ("provenance: {paper: x, sha256: abc}\n", 12, "provenance.sha256"),
        ("partial_share: 1.5\n", 12, "partial_share"),
    ],
)
def test_groups_deductions_and_provenance_are_checked_where_they_stand(addition, line, field):
    found = problems(GOOD + addition)
    assert (line, field) in [(problem.line, problem.field) for problem in found]


def test_all_problems_of_a_file_come_at_once_in_file_order():
    text = GOOD.replace("short_answer", "eassy").replace("points: 2", "points: two").replace("name: 目的", "nmae: 目的")
    found = problems("id: x\n" + text)
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)
    assert {problem.field for problem in found} >= {"kind", "key_points[0].points", "key_points[1].nmae"}
    assert any("写了两次" in problem.message.zh for problem in found)


def test_an_unknown_field_does_not_hide_points_that_do_not_add_up():
    fields = [problem.field for problem in problems(GOOD.replace("max_score: 3", "max_score: 9") + "note: x\n")]
    assert fields == ["max_score", "note"]


def test_wrong_items_are_not_also_called_too_few():
    fields = [
        problem.field for problem in problems(GOOD.replace("points: 2", "points: x").replace("points: 1", "points: y"))
    ]
    assert fields == ["key_points[0].points", "key_points[1].points"]


def test_an_empty_list_of_key_points_is_refused():
    assert "太少" in only(GOOD[: GOOD.index("key_points")] + "key_points: []\n").message.zh


@pytest.mark.parametrize(
    ("text", "line", "zh"),
    [
        ("id: q\nid: q\n", 2, "写了两次，第一次在第 1 行"),
        ("id: &x q\n", 1, "锚点"),
        ("a: &x [1]\nb: *x\n", 2, "别名"),
        ("id: !!python/object:os.system x\n", 1, "标签"),
        ("id: ! x\n", 1, "标签"),
        ("? [a]\n: b\n", 1, "字段名"),
        (GOOD + "---\nid: q2\n", 12, "一个文件只写一份"),
        ("- id: q\n", 1, "一组"),
        ("只是一句话", 1, "一组"),
        ("id：q\nkind：essay", 1, "一组"),
        ("", 0, "空的"),
        ("# 只有注释\n", 0, "空的"),
        ("id: [a\n", 2, "YAML"),
        ('id: "a\n', 2, "YAML"),
        ("id: a: b\n", 1, "YAML"),
        ("id: a\n\tkind: b\n", 2, "YAML"),
        ("id: @a\n", 1, "YAML"),
        ("id: a\n   kind: b\n", 2, "YAML"),
        ("id: a\x00b\n", 1, "控制字符 U+0000"),
        ('id: "\\ud800"\n', 1, "半个字符"),
        ("[" * 3000, 1, "嵌套"),
        ("%YAML 9.0\n---\nid: a\n", 1, "YAML"),
    ],
)
def test_what_is_no_plain_yaml_mapping_is_refused_with_its_line(text, line, zh):
    assert any(problem.line == line and zh in problem.message.zh for problem in problems(text))


def test_aliases_cannot_blow_a_small_file_up():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert sum("别名" in problem.message.zh for problem in problems(bomb)) == 78


def test_a_merge_key_is_an_unknown_field():
    assert any(problem.field == "<<" for problem in problems(GOOD + "<<: {status: reviewed}\n"))


@pytest.mark.parametrize("text", ["id: a: b\n", "id: @a\n", "id: [a\n", "id：q", "id: a\n\tb: c\n", 'id: "a\n'])
def test_syntax_errors_say_what_to_do(text):
    hints = [problem.hint for problem in problems(text)]
    assert hints[0] is not None
    assert hints[0].zh
    assert hints[0].en


@pytest.mark.parametrize("text", [GOOD.replace("3", "x"), "id: a: b\n", "", "- a", "[" * 99, GOOD + "x: &a 1\n"])
def test_no_message_is_chinese_in_english(text):
    for problem in problems(text):
        assert not re.search(r"[\u4e00-\u9fff]", problem.message.en + (problem.hint.en if problem.hint else ""))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("12:30", "12:30"), ("2026-01-01", "2026-01-01"), ("0x10", "0x10"),
        ("1_000", "1_000"), ("true", True), ("False", False), ("~", None), ("", None), ("null", None), ("-3", -3),
        ("007", 7), ("2.50", 2.5), (".5", 0.5), ("1e3", 1000.0), (".inf", float("inf")), ("-.inf", float("-inf")), ("三", "三"),
    ],
)  # fmt: skip
def test_plain_values_mean_what_yaml_1_2_says(written, value):
    assert resolve(written) == value
    assert type(resolve(written)) is type(value)


def test_whole_numbers_serve_as_points():
    assert parse(GOOD).key_points[0].points == 2.0


def test_a_number_of_thousands_of_digits_is_only_a_wrong_number():
    assert only(GOOD.replace("max_score: 3", "max_score: " + "9" * 5000)).field == "max_score"
    assert len(only(GOOD.replace("id: q1", "id: " + "9" * 5000)).message.zh) < 120


@pytest.mark.parametrize(
    ("content", "zh", "hint"),
    [
        (GOOD.encode("gb18030"), "像是 GBK", "UTF-8"),
        (GOOD.encode("utf-16"), "像是 UTF-16", "UTF-8"),
        (b"id: q\nquestion: \xff\xff\xff", "不是 UTF-8", "UTF-8"),
        (b"a" * (MAX_BYTES + 1), "超过 512 KB", ""),
    ],
)
def test_files_that_are_no_text_are_told_apart(tmp_path, content, zh, hint):
    file = tmp_path / "q.yaml"
    file.write_bytes(content)
    with pytest.raises(RubricError) as caught:
        load(file)
    assert zh in caught.value.text()
    assert hint in caught.value.text()


def test_the_place_of_a_wrong_byte_is_counted_in_characters(tmp_path):
    file = tmp_path / "q.yaml"
    file.write_bytes("id: q\nquestion: 什么".encode() + b"\xff")
    with pytest.raises(RubricError) as caught:
        load(file)
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 13)


def test_a_byte_order_mark_and_windows_lines_do_not_matter(tmp_path):
    file = tmp_path / "q.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(file) == parse(GOOD)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_is_not_there_is_a_clear_error(tmp_path, name):
    with pytest.raises(RubricError) as caught:
        load(tmp_path / name)
    assert str(tmp_path) in caught.value.text()


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-# \n[]{}&*!|>'\"%@`,?~1\t是。"), max_size=60))
def test_no_text_raises_anything_but_a_rubric_error(text):
    with pytest.raises(RubricError):
        parse(text)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(GOOD)), st.text(max_size=6))
def test_a_rubric_with_anything_typed_into_it_is_read_or_refused(place, typed):
    with contextlib.suppress(RubricError):
        assert isinstance(parse(GOOD[:place] + typed + GOOD[place:]), Rubric)


# --- folders ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.yml").write_text(GOOD.replace("q1", "team-goals"), encoding="utf-8")
    (tmp_path / "1.yaml").write_text(GOOD.replace("q1", "team-roles"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no rubric", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_all_its_rubrics_in_the_order_of_the_files(folder):
    assert [rubric.id for rubric in load_folder(folder)] == ["team-roles", "team-goals"]


def test_the_problems_of_all_files_of_a_folder_come_at_once(folder):
    (folder / "3.yaml").write_text("id: a: b\n", encoding="utf-8")
    (folder / "4.yaml").write_text("- x\n", encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        load_folder(folder)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"3.yaml", "4.yaml"}


def test_two_files_with_one_id_are_refused_with_both_places(folder):
    (folder / "c.yaml").write_text(GOOD.replace("q1", "team-roles"), encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        load_folder(folder)
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line) == ("c.yaml", 1)
    assert f"{folder / '1.yaml'}:1" in problem.message.zh


@pytest.mark.parametrize("ref", ["team-goals", "goals", "GOALS"])
def test_a_rubric_is_found_by_id_and_by_a_part_that_only_one_has(folder, ref):
    assert find(ref, [folder]).id == "team-goals"


def test_a_rubric_is_found_by_its_file(folder):
    assert find(str(folder / "1.yaml")).id == "team-roles"


def test_a_whole_id_wins_over_ids_that_contain_it(folder):
    (folder / "c.yaml").write_text(GOOD.replace("q1", "team"), encoding="utf-8")
    assert find("team", [folder]).id == "team"


@pytest.mark.parametrize(
    ("ref", "told"),
    [("team", "team-roles、team-goals"), ("team-gaols", "team-goals"), ("", "rubric list"), ("zzzzzz", "rubric list")],
)
def test_a_name_that_does_not_fit_is_answered_with_near_ones(folder, ref, told):
    with pytest.raises(RubricError) as caught:
        find(ref, [folder])
    assert told in caught.value.text()


def test_an_id_that_two_files_share_is_not_guessed(folder):
    (folder / "c.yaml").write_text(GOOD.replace("q1", "team-roles"), encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        find("team-roles", [folder])
    assert "1.yaml" in caught.value.text()
    assert "c.yaml" in caught.value.text()


def test_a_broken_file_that_is_asked_for_is_told_with_its_problems(folder):
    (folder / "c.yaml").write_text(GOOD.replace("max_score: 3", "max_score: 4"), encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        find("q1", [folder])
    assert [problem.field for problem in caught.value.problems] == ["max_score"]


def test_a_whole_answer_given_as_a_name_is_answered_like_any_unknown_name(folder):
    with pytest.raises(RubricError, match="没有 id"):
        find("我会先安抚客户。" * 200, [folder])


def test_a_broken_file_beside_it_does_not_keep_a_rubric_from_being_found(folder):
    (folder / "3.yaml").write_text("id: a: b\n", encoding="utf-8")
    assert find("goals", [folder]).id == "team-goals"
    with pytest.raises(RubricError) as caught:
        find("a-b", [folder])
    assert "3.yaml" in caught.value.text()


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(RubricError, match="nowhere"):
        load_folder(tmp_path / "nowhere")


# --- shipped ---------------------------------------------------------------------------------------------------------


def test_all_shipped_rubrics_load_and_are_linted_without_a_warning():
    sources = load_files(files_in(Path(__file__).parents[1] / "rubrics"))
    assert len(sources) >= 16
    findings = [finding for source in sources for finding in lint(source.rubric) if finding.severity != "info"]
    assert findings == []


def test_the_example_in_the_documentation_loads_and_is_linted_without_a_warning():
    text = (Path(__file__).parents[1] / "docs" / "rubrics.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    rubric = parse(example, "docs/rubrics.md")
    assert [finding.code for finding in lint(rubric) if finding.severity != "info"] == []


def test_the_documentation_names_every_field_and_every_finding():
    text = (Path(__file__).parents[1] / "docs" / "rubrics.md").read_text(encoding="utf-8")
    named = [*Rubric.model_fields, *KeyPoint.model_fields, *(kind.value for kind in QuestionKind), *CODES]
    assert [name for name in named if f"`{name}`" not in text] == []
