"""The papers that the project was given; skipped where they are absent."""

from collections import Counter
from pathlib import Path

import pytest

from evaluator.models import Paper, WarningCode
from evaluator.papers import read_paper

PAPERS = Path(__file__).parent.parent.parent / "shared" / "papers"
pytestmark = pytest.mark.skipif(not PAPERS.is_dir(), reason="the papers are not here")


def real(number: str) -> Paper:
    (file,) = PAPERS.glob(f"{number}_*.txt")
    return read_paper(file)


def codes(paper: Paper) -> Counter[WarningCode]:
    return Counter(warning.code for warning in paper.warnings)


def counts(paper: Paper) -> list[int]:
    return [len(section.questions) for section in paper.sections]


def test_the_first_has_seven_complete_questions_and_one_cut_off() -> None:
    paper = real("000")
    assert counts(paper) == [5, 3]
    assert {question.points for question in paper.questions} == {8}
    assert [bool(question.reference and question.analysis) for question in paper.questions] == [True] * 7 + [False]
    assert not paper.questions[-1].stem.endswith("答")
    (cut,) = [warning for warning in paper.warnings if warning.code is WarningCode.TRUNCATED]
    assert cut.question == "3"
    assert [section.kind for section in paper.sections] == ["behavioural", "situational"]


def test_the_second_is_one_paragraph_of_five_sections() -> None:
    paper = real("001")
    assert counts(paper) == [6, 6, 6, 6, 2]
    assert all(question.reference for question in paper.questions)
    assert [question.number for question in paper.questions] == [*"123456"] * 4 + ["1", "2"]
    assert paper.questions[0].stem.endswith("？")
    assert max(len(question.stem) for question in paper.questions) < 200


def test_the_third_is_objective_and_its_last_question_is_cut_off() -> None:
    paper = real("002")
    assert counts(paper) == [10, 2]
    single, multiple = paper.sections
    assert [question.correct for question in single.questions] == [(letter,) for letter in "BCDCBBCBBC"]
    assert multiple.questions[0].correct == ("A", "B", "D")
    assert {len(question.options) for question in paper.questions} == {4}
    assert all(question.analysis for question in paper.questions[:-1])
    assert codes(paper)[WarningCode.TRUNCATED] == 1


def test_the_fourth_joins_its_two_passes() -> None:
    paper = real("003")
    assert counts(paper) == [1, 6, 5, 2, 2, 2]
    assert sum(section.total or 0 for section in paper.sections) == 140
    found = codes(paper)
    assert found[WarningCode.POINTS_MISMATCH] == 1
    assert found[WarningCode.DUPLICATE_PASS] == 1
    assert found[WarningCode.ANSWER_CONFLICT] == 7
    choices = paper.sections[1].questions
    assert all(question.analysis and len(question.correct) == 1 for question in choices)
    assert paper.questions[0].kind == "case"
    assert paper.questions[0].material


def test_the_fifth_has_no_questions() -> None:
    paper = real("004")
    assert paper.questions == ()
    assert codes(paper)[WarningCode.NO_QUESTIONS] == 1


@pytest.mark.parametrize("number", ["000", "001", "002", "003"])
def test_no_text_of_a_site_is_text_of_a_question(number: str) -> None:
    for question in real(number).questions:
        text = question.stem + question.reference + question.analysis + question.material
        assert not any(word in text for word in ("本站", "VIP", "版权", "温馨提示", "您可能关注", "提交评论"))
