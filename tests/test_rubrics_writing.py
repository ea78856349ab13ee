from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import RubricError
from evaluator.models import (
    AnyOf,
    Deduction,
    KeyPoint,
    Option,
    Provenance,
    QuestionKind,
    Rubric,
    SourceSpan,
)
from evaluator.rubrics import (
    content_hash,
    dump,
    judging_hash,
    lay_schema,
    load,
    load_folder,
    parse,
    schema_text,
    write,
)
from evaluator.rubrics.scalars import WIDTH, width

RUBRIC = Rubric(
    id="q1",
    question="什么是绩效考核？",
    kind=QuestionKind.SHORT_ANSWER,
    max_score=3,
    key_points=(
        KeyPoint(id="a", name="定义", points=2, hit="写出考核对照目标", accept=("对照目标",), follow_up="对照什么？"),
        KeyPoint(id="b", name="目的", points=1, source=SourceSpan(part="analysis", start=1, end=3, words="目的")),
    ),
    deductions=(Deduction(id="d", name="推责", points=1, when="说与己无关"),),
    provenance=Provenance(paper="卷一", sha256="0" * 64, number="3"),
    status="reviewed",
)

odd = st.sampled_from([
    "no", "Yes", "on", "null", "~", "true", "12", "1.5", "1e3", "012", "0x1F", "12:30", "2026-01-01", "1_000", "=", "<<",
    "- a", "? a", "a: b", "a:", "a #b", "#a", "'a'", '"a"', "a\"b'c", "[a]", "{a}", "a, b", "&a", "*a", "!a", "|", ">", "%a",
    "@a", "`a", "---", "...", "\\n", "a\tb", "a\nb", "a\n\n  b\n", "\n", "a\r\nb", "\x07", "\x7f", "\x85", "\u2028", "\ufeff",
    "a " * 70 + "b", "a  b " * 40 + "c", "长" * 120, "中文 and English " * 12 + "完", "😀", "x\n" + "词 " * 80 + "末", " a", "a ",
])  # fmt: skip
anything = st.one_of(odd, st.text(max_size=40))
filled = anything.filter(lambda text: bool(text.strip()) and len(text.strip(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85")) > 0)


@st.composite
def rubrics(draw):
    count = draw(st.integers(1, 4))
    quarter = st.integers(1, 40).map(lambda number: number / 4)
    points = [draw(quarter) for _ in range(count)]
    key_points = tuple(
        KeyPoint(
            id=f"k{index}",
            name=draw(filled),
            points=value,
            hit=draw(anything),
            partial=draw(anything),
            accept=tuple(draw(st.lists(filled, max_size=6))),
            reject=tuple(draw(st.lists(filled, max_size=2))),
            follow_up=draw(anything),
            source=draw(
                st.none()
                | st.builds(SourceSpan, part=st.just("analysis"), start=st.just(1), end=st.just(4), words=filled)
            ),
        )
        for index, value in enumerate(points)
    )
    group = count >= 2 and draw(st.booleans())
    return Rubric(
        id=draw(st.sampled_from(["q1", "no", "12", "1e3", "Null"])),
        question=draw(filled),
        kind=draw(st.sampled_from([kind for kind in QuestionKind if not kind.objective])),
        tests=tuple(draw(st.lists(filled, max_size=3))),
        max_score=sum(points[2:]) + max(points[:2]) if group else sum(points),
        points_from=draw(st.sampled_from(["paper", "even_split"])),
        key_points=key_points,
        any_of=(AnyOf(choose=1, of=("k0", "k1")),) if group else (),
        deductions=(Deduction(id="d", name=draw(filled), points=1, when=draw(filled)),) if draw(st.booleans()) else (),
        partial_share=draw(st.sampled_from([0, 0.25, 0.5, 1])),
        rounding=draw(st.sampled_from([0.01, 0.5, 1])),
        reference=draw(anything),
        status=draw(st.sampled_from(["draft", "reviewed"])),
    )


@settings(max_examples=100, deadline=None)
@given(rubrics())
def test_what_is_written_is_read_back_the_same(rubric):
    text = dump(rubric)
    assert parse(text) == rubric
    assert dump(parse(text)) == text


@settings(max_examples=100, deadline=None)
@given(filled)
def test_text_that_another_yaml_version_would_misread_stands_in_quotes(text):
    line = next(
        line for line in dump(RUBRIC.model_copy(update={"question": text})).splitlines() if line.startswith("question:")
    )
    value = line.removeprefix("question: ")
    old = r"y|n|yes|no|on|off|true|false|null|~|[-+]?[0-9][0-9_]*|0x[0-9a-f]+|[0-9]+:[0-9:]+|\d{4}-\d\d?-\d\d?|[-+]?[0-9.]+(e[-+]?\d+)?"
    assert not re.fullmatch(old, value, re.IGNORECASE | re.ASCII)


def test_a_file_is_in_the_order_of_the_model_without_what_is_left_at_its_default():
    assert dump(RUBRIC) == (
        "# yaml-language-server: $schema=../rubric.schema.json\n"
        "id: q1\n"
        "question: 什么是绩效考核？\n"
        "kind: short_answer\n"
        "max_score: 3\n"
        "points_from: even_split\n"
        "\n"
        "key_points:\n"
        "  - id: a\n"
        "    name: 定义\n"
        "    points: 2\n"
        "    hit: 写出考核对照目标\n"
        "    accept: [对照目标]\n"
        "    follow_up: 对照什么？\n"
        "\n"
        "  - id: b\n"
        "    name: 目的\n"
        "    points: 1\n"
        "    source:\n"
        "      part: analysis\n"
        "      start: 1\n"
        "      end: 3\n"
        "      words: 目的\n"
        "\n"
        "deductions:\n"
        "  - id: d\n"
        "    name: 推责\n"
        "    points: 1\n"
        "    when: 说与己无关\n"
        "provenance:\n"
        "  paper: 卷一\n"
        f'  sha256: "{"0" * 64}"\n'
        '  number: "3"\n'
        "status: reviewed\n"
    )


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("第一行\n\n第三行", ["question: |-", "  第一行", "", "  第三行"]),
        ("no", ['question: "no"']),
        ("注意: 有冒号", ['question: "注意: 有冒号"']),
        ("中文冒号：不用引号", ["question: 中文冒号：不用引号"]),
        ("为什么说“好”？", ["question: 为什么说“好”？"]),
        ("长" * 90, ["question: " + "长" * 90]),
    ],
)
def test_text_is_written_as_a_person_would(question, lines):
    written = dump(RUBRIC.model_copy(update={"question": question})).splitlines()
    assert written[2 : 2 + len(lines)] == lines


def test_long_text_with_spaces_is_folded_within_the_width():
    written = dump(RUBRIC.model_copy(update={"question": "How do you calm a client who shouts at you? " * 8 + "Say."}))
    lines = written.split("question: >-\n")[1].split("\nkind:")[0].splitlines()
    assert len(lines) > 2
    assert max(map(width, lines)) <= WIDTH


def test_a_long_list_has_a_line_for_each_item():
    point = RUBRIC.key_points[0].model_copy(update={"accept": tuple(f"对照岗位目标之{n}" for n in range(9))})
    assert "    accept:\n      - 对照岗位目标之0\n" in dump(RUBRIC.model_copy(update={"key_points": (point,)}))


def test_choice_questions_are_written_too():
    rubric = Rubric(
        id="c",
        question="选哪项？",
        kind=QuestionKind.SINGLE_CHOICE,
        max_score=1,
        key_points=(KeyPoint(id="answer", name="选对", points=1),),
        options=(Option(label="N", text="no"), Option(label="Y", text="y: 1")),
        correct=("N",),
    )
    assert parse(dump(rubric)) == rubric
    assert 'correct: ["N"]' in dump(rubric)


def test_writing_names_the_schema_relative_to_the_file(tmp_path):
    (tmp_path / "rubric.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "paper").mkdir()
    write(RUBRIC, tmp_path / "paper" / "q1.yaml")
    text = (tmp_path / "paper" / "q1.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../rubric.schema.json\n")
    assert load(tmp_path / "paper" / "q1.yaml") == RUBRIC
    assert [file.name for file in (tmp_path / "paper").iterdir()] == ["q1.yaml"]


def test_outside_a_checkout_the_schema_lies_beside_the_file_and_no_path_leads_out_of_the_folder(tmp_path):
    lay_schema(tmp_path)
    write(RUBRIC, tmp_path / "q1.yaml")
    text = (tmp_path / "q1.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=rubric.schema.json\n")
    assert (tmp_path / "rubric.schema.json").read_text(encoding="utf-8") == schema_text()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "q1.yaml"
    write(RUBRIC, file)
    before = file.read_bytes()

    def broken(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(RubricError, match="No space left"):
        write(RUBRIC.model_copy(update={"question": "另一题"}), file)
    assert file.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["q1.yaml"]


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path):
    with pytest.raises(RubricError, match="nowhere"):
        write(RUBRIC, tmp_path / "nowhere" / "q1.yaml")


def test_shipped_rubrics_survive_being_written():
    for rubric in load_folder():
        assert parse(dump(rubric)) == rubric


# --- hashes ----------------------------------------------------------------------------------------------------------


def changed(**fields: object) -> Rubric:
    return RUBRIC.model_copy(update=fields)


def with_point(**fields: object) -> Rubric:
    first, *rest = RUBRIC.key_points
    return changed(key_points=(first.model_copy(update=fields), *rest))


@pytest.mark.parametrize(
    "other",
    [
        changed(id="q2"),
        changed(max_score=4.0),
        changed(points_from="paper"),
        changed(partial_share=0.25),
        changed(rounding=1.0),
        changed(any_of=(AnyOf(choose=1, of=("a", "b")),)),
        changed(provenance=None),
        changed(status="draft"),
        with_point(points=1.0),
        with_point(follow_up="还有呢？"),
        with_point(source=RUBRIC.key_points[1].source),
        changed(deductions=(RUBRIC.deductions[0].model_copy(update={"points": 2.0}),)),
    ],
)
def test_what_no_judge_sees_changes_the_content_hash_only(other):
    assert judging_hash(other) == judging_hash(RUBRIC)
    assert content_hash(other) != content_hash(RUBRIC)


@pytest.mark.parametrize(
    "other",
    [
        changed(question="什么是激励？"),
        changed(kind=QuestionKind.ESSAY),
        changed(tests=("管理",)),
        changed(reference="考核是……"),
        changed(key_points=RUBRIC.key_points[::-1]),
        with_point(id="c"),
        with_point(name="含义"),
        with_point(hit="写出考核对照计划"),
        with_point(partial="只说打分"),
        with_point(accept=("对照计划",)),
        with_point(reject=("对照目标",)),
        changed(deductions=()),
        changed(deductions=(RUBRIC.deductions[0].model_copy(update={"when": "说不归自己管"}),)),
    ],
)
def test_what_a_judge_sees_changes_both_hashes(other):
    assert judging_hash(other) != judging_hash(RUBRIC)
    assert content_hash(other) != content_hash(RUBRIC)


def test_hashes_do_not_depend_on_how_the_file_is_written():
    text = dump(RUBRIC)
    rewritten = text.replace("max_score: 3", "max_score: 3.00").replace("name: 定义", 'name: "定义" # 名称')
    assert content_hash(parse(rewritten)) == content_hash(parse(text)) == content_hash(RUBRIC)


def test_hashes_stay_what_they_were_when_stored():
    assert content_hash(RUBRIC) == "641d5fb38a7e5dcfe0a45782bc80d1c4a38fddc2ccf2e56eb33d0b37b862435a"
    assert judging_hash(RUBRIC) == "4d2a5fcd4eefbd7685f0d8082458c7e840bf88529718a008a5bfa49c02b5676e"
