from __future__ import annotations

import json

import pytest

from evaluator.errors import InputError
from evaluator.models import Deduction, KeyPoint, QuestionKind, Rubric, Sample
from evaluator.rubrics import load_folder
from evaluator.samples import check, load, load_all

RUBRIC = Rubric(
    id="q1",
    question="什么是绩效考核？",
    kind=QuestionKind.SHORT_ANSWER,
    max_score=3,
    key_points=(KeyPoint(id="a", name="定义", points=2), KeyPoint(id="b", name="目的", points=1)),
    deductions=(Deduction(id="d", name="推责", points=1, when="说与己无关"),),
)
ROW = {
    "id": "s1",
    "rubric": "q1",
    "type": "full",
    "split": "dev",
    "answer": "考核是对照目标打分。",
    "human": {"rater": "editor", "score": 2.5, "levels": {"a": "hit", "b": "partial"}},
}


def sample(score: float = 2.5, levels: dict[str, str] | None = None, **fields: object) -> Sample:
    human = {"rater": "editor", "score": score, "levels": {"a": "hit", "b": "partial"} if levels is None else levels}
    return Sample.model_validate({**ROW, "human": human, **fields})


def write(path, *rows) -> None:
    path.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows), "utf-8"
    )


def test_samples_are_read_in_order_and_blank_lines_do_not_count(tmp_path):
    write(tmp_path / "a.jsonl", ROW, "", {**ROW, "id": "s2", "answer": "第一行\n第二行\u2028还是第二行"}, "  ")
    found = load(tmp_path / "a.jsonl")
    assert [item.id for item in found] == ["s1", "s2"]
    assert found[1].answer == "第一行\n第二行\u2028还是第二行"


@pytest.mark.parametrize(
    ("row", "place", "told"),
    [
        ("{", (2, 2), "JSON"),
        ("null", (2, 0), ""),
        ("[1]", (2, 0), ""),
        ('{"id": NaN}', (2, 0), ""),
        ({**ROW, "score": 1}, (2, 0), "没有这个字段"),
        ({key: value for key, value in ROW.items() if key != "answer"}, (2, 0), "缺少必填字段"),
        ({**ROW, "human": {"rater": "x", "score": "2.5"}}, (2, 0), "human.score"),
        ({**ROW, "human": {"rater": "x", "score": 2, "levels": {"a": "good"}}}, (2, 0), "human.levels.a"),
        ({**ROW, "type": "weird"}, (2, 0), "type"),
        (ROW, (2, 0), "已用于"),
        ('{"id": "x", "id": "y"}', (2, 0), "写了两次"),
    ],
)
def test_each_bad_line_is_told_with_its_place(tmp_path, row, place, told):
    write(tmp_path / "a.jsonl", ROW, row)
    with pytest.raises(InputError) as caught:
        load(tmp_path / "a.jsonl")
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == place
    assert problem.file.endswith("a.jsonl")
    assert told in problem.text()


def test_the_bad_lines_of_all_files_come_at_once(tmp_path):
    write(tmp_path / "a.jsonl", "{", "[")
    write(tmp_path / "b.jsonl", ROW, ROW)
    with pytest.raises(InputError) as caught:
        load_all(tmp_path)
    assert [(problem.file[-7:], problem.line) for problem in caught.value.problems] == [
        ("a.jsonl", 1),
        ("a.jsonl", 2),
        ("b.jsonl", 2),
    ]


def test_an_id_in_two_files_is_refused_with_both_places(tmp_path):
    write(tmp_path / "a.jsonl", "", ROW)
    write(tmp_path / "b.jsonl", ROW)
    with pytest.raises(InputError) as caught:
        load_all(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file[-7:], problem.line) == ("b.jsonl", 1)
    assert "a.jsonl:2" in problem.message.zh


def test_a_file_that_is_no_utf_8_is_told_with_its_line(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" + "答".encode("gb18030"))
    with pytest.raises(InputError) as caught:
        load(tmp_path / "a.jsonl")
    assert caught.value.problems[0].line == 2


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl"):
        load(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("found", "field", "told"),
    [
        (sample(rubric="q2"), "s1.rubric", "q1"),
        (sample(levels={"a": "hit", "b": "partial", "c": "hit"}), "s1.human.levels.c", "'c'"),
        (sample(levels={"a": "hit"}), "s1.human.levels", "b"),
        (sample(levels={}), "s1.human.levels", "a"),
        (sample(levels={"a": "hit", "b": "unscored"}), "s1.human.levels.b", "unscored"),
        (sample(score=3), "s1.human.score", "2.5"),
        (sample(score=2), "s1.human.score", "2.5"),
        (sample(score=2.5, levels={"a": "hit", "b": "partial", "d": "hit"}), "s1.human.score", "1.5"),
    ],
)
def test_what_does_not_fit_the_rubric_is_told(found, field, told):
    problem = check([found], [RUBRIC])[0]
    assert problem.field == field
    assert told in problem.text()


@pytest.mark.parametrize(
    "found",
    [
        sample(),
        sample(score=2.75),  # within the rounding step
        sample(score=0, levels={"a": "missed", "b": "missed"}, answer=""),
        sample(score=1.5, levels={"a": "hit", "b": "partial", "d": "hit"}),
        sample(score=2, levels={"a": "hit", "b": "partial", "d": "partial"}),
    ],
)
def test_a_sample_whose_score_follows_from_its_levels_is_fine(found):
    assert check([found], [RUBRIC]) == ()


def test_two_samples_with_one_id_are_found():
    assert [problem.field for problem in check([sample(), sample()], [RUBRIC])] == ["s1"]


def test_all_shipped_samples_fit_the_shipped_rubrics():
    samples, rubrics = load_all(), load_folder()
    assert [problem.text() for problem in check(samples, rubrics)] == []
    answered = {item.rubric for item in samples}
    assert [rubric.id for rubric in rubrics if not rubric.kind.objective and rubric.id not in answered] == []
