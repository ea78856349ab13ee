"""Papers of other layouts, each with all that should be read from it: `tests/layouts/NAME.json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.models import Paper, Question
from evaluator.papers import read_document, read_paper

SAMPLES = Path(__file__).parent.parent / "samples" / "papers"
LAYOUTS = Path(__file__).parent / "layouts"
EXPECTED = sorted(LAYOUTS.glob("*.json"))


def sample(expected: Path) -> Path:
    (file,) = SAMPLES.glob(f"{expected.stem}.*")
    return file


def outline(paper: Paper) -> dict[str, Any]:
    """A paper as the expected files say it: what is empty is left out of a question."""
    return {
        "title": paper.title,
        "sections": [
            section.model_dump(mode="json", include={"title", "kind", "count", "points_each", "total"})
            for section in paper.sections
        ],
        "questions": [
            question_outline(question, index)
            for index, section in enumerate(paper.sections)
            for question in section.questions
        ],
        "warnings": [warning.code.value for warning in paper.warnings],
    }


def question_outline(question: Question, section: int) -> dict[str, Any]:
    said = {
        "number": question.number,
        "section": section,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": {option.label: option.text for option in question.options},
        "correct": list(question.correct),
        "reference": question.reference,
        "analysis": question.analysis,
        "points": question.points,
        "material": question.material,
    }
    return {name: value for name, value in said.items() if value not in ({}, [], "", None)}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_every_field_of_a_sample_paper_is_read(expected: Path) -> None:
    assert outline(read_paper(sample(expected))) == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_papers_of_many_layouts() -> None:
    assert len(EXPECTED) >= 15
    assert {sample(expected).suffix for expected in EXPECTED} == {".txt", ".md", ".html"}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_spans_of_every_layout_lead_back_to_the_source(expected: Path) -> None:
    file = sample(expected)
    length = len(read_document(file).text)
    for question in read_paper(file).questions:
        for span in (question.stem_span, question.reference_span, question.analysis_span):
            assert span is None or span.start < span.end <= length
