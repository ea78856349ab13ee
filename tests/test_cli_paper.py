import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evaluator.cli.main import app

SAMPLES = Path(__file__).parent.parent / "samples" / "papers"


def run(*words: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["paper", "read", *map(str, words)], input=stdin)


def test_a_person_sees_sections_questions_and_what_to_check() -> None:
    result = run(SAMPLES / "second-pass.txt", "--lang", "zh")
    assert result.exit_code == 0
    assert "会计助理考试题及答案" in result.stdout
    assert "2. [single_choice] 现金日记账应当多久登记一次？  <答案 C · 解析>" in result.stdout
    assert "共 2 个大题，4 道题" in result.stdout
    assert "duplicate_pass: " in result.stderr
    assert "answer_conflict: " in result.stderr
    assert "duplicate_pass" not in result.stdout


def test_json_holds_what_was_read_and_nothing_else_is_on_stdout() -> None:
    result = run(SAMPLES / "choices-key-at-end.txt", "--json")
    found = json.loads(result.stdout)
    assert found["schema"] == "evaluator/paper@1"
    assert found["sections"][0] == {
        "title": "单项选择题",
        "kind": "single_choice",
        "points_each": 3,
        "points_total": 9,
        "n_declared": None,
    }
    assert [question["section"] for question in found["questions"]] == [0, 0, 0, 1, 1, 2, 2, 3, 4]
    assert [question["correct"] for question in found["questions"]] == [
        ["B"], ["A"], ["B"], ["A", "B", "C"], ["A", "B", "D"], False, True, ["防虫", "防爆"], None,
    ]  # fmt: skip
    assert found["questions"][0]["options"]["B"] == "拍照留证并通知采购"
    assert {warning["code"] for warning in found["warnings"]} == {"missing_analysis"}
    assert set(found["warnings"][0]) == {"code", "message", "message_en", "where", "question"}
    assert "没有解析" in found["warnings"][0]["message"]
    assert (
        "no analysis" in found["warnings"][0]["message_en"] or "has an analysis" in found["warnings"][0]["message_en"]
    )


def test_json_names_the_key_points_of_the_analysis_with_their_places() -> None:
    first = json.loads(run(SAMPLES / "interview-with-analysis.txt", "--json").stdout)["questions"][0]
    assert [point["text"] for point in first["key_points"]] == ["先后有序", "照顾等候者", "事后跟进"]
    assert first["tests"] == ["多任务处理", "礼仪"]


def test_json_counts_the_places_of_key_points_in_their_field() -> None:
    literal = 0
    for file in sorted(SAMPLES.iterdir()):
        for question in json.loads(run(file, "--json").stdout)["questions"]:
            for point in question["key_points"]:
                field, place = question[point["source"]["field"]], point["source"]
                assert point["text"] == field[place["start"] : place["end"]]
                literal += 1
    assert literal > 20


def test_json_gives_points_only_where_the_paper_does() -> None:
    behavioural, _, situational, _ = json.loads(run(SAMPLES / "interview-with-analysis.txt", "--json").stdout)[
        "questions"
    ]
    assert [point["points"] for point in behavioural["key_points"]] == [None, None, None]
    assert [point["points"] for point in situational["key_points"]] == [5, 5, 5]


def test_a_paper_can_come_from_standard_input_in_an_old_encoding() -> None:
    text = (SAMPLES / "interview-with-analysis.txt").read_text(encoding="utf-8")
    result = run("-", "--json", stdin=text.encode("gb18030"))
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["questions"]) == 4


def test_a_document_without_questions_says_so_and_exits_with_1() -> None:
    result = run(SAMPLES / "no-questions.txt", "--lang", "en")
    assert result.exit_code == 1
    assert "no_questions: no question was found" in result.stderr


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n....", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_a_file_that_cannot_be_read_is_told_in_words(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from evaluator.cli.main import run as console

    file = tmp_path / "paper.docx"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr("sys.argv", ["evaluator", "paper", "read", str(file)])
    with pytest.raises(SystemExit) as ended:
        console()
    assert ended.value.code == 2
    assert "paper.docx" in capsys.readouterr().err
