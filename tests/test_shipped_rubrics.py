"""The shipped rubrics beside the papers that they come from; what needs a paper is skipped where it is absent."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from evaluator.drafting import drafts
from evaluator.grader import Grader
from evaluator.judging import ChoiceJudge
from evaluator.models import Question, QuestionKind, Rubric
from evaluator.papers import Mended, mend, parse, read_document
from evaluator.rubrics import files_in, lint, load_files
from evaluator.rubrics.finding import Severity

ROOT = Path(__file__).parents[1]
PAPERS = {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in ROOT.parent.glob("shared/papers/*.txt")}
FOLDERS = {
    "000": "customer-service-manager",
    "001": "service-manager-recruitment",
    "002": "customer-service-specialist",
    "003": "ecommerce-service-supervisor",
}
SHIPPED = load_files(files_in(ROOT / "rubrics"))
COPIED = 16
"""So many Chinese characters in a row, punctuation aside, are a sentence of the paper and no longer a term."""


@dataclass(frozen=True, slots=True)
class Source:
    """A paper as its rubrics need it."""

    mended: Mended
    title: str
    questions: dict[tuple[str, str], Question]
    """By the title of their section and their number."""
    complete: frozenset[tuple[str, str]]
    """Those that have something to score by."""

    def behind(self, start: int, end: int) -> str:
        """The mended characters that stand for the source characters of a span."""
        pairs = zip(self.mended.text, self.mended.origins, strict=True)
        return "".join(char for char, origin in pairs if start <= origin < end)

    def place(self, rubric: Rubric) -> tuple[str, str] | None:
        """Title of the section and number of the question that a rubric names, if the paper has it."""
        assert rubric.provenance is not None
        printed, number = mend(rubric.provenance.section).text, rubric.provenance.number
        if printed not in self.mended.text:
            return None
        found = [title for title, other in self.questions if title in printed and other == number]
        return (found[0], number) if len(found) == 1 else None


@cache
def source(sha256: str) -> Source:
    document = read_document(PAPERS[sha256])
    mended = mend(document.text)
    paper = parse(document, mended)
    questions = {(section.title, one.number): one for section in paper.sections for one in section.questions}
    scored = zip(questions, drafts(paper, slug="x", mended=mended), strict=True)
    return Source(mended, paper.title, questions, frozenset(place for place, one in scored if one.rubric is not None))


def _named(rubrics: list[Rubric]) -> list[object]:
    return [pytest.param(rubric, id=rubric.id) for rubric in rubrics]


def _said(rubric: Rubric) -> Iterator[str]:
    """All sentences of a rubric that stand there in its owner's words."""
    yield from (rubric.question, rubric.reference, *rubric.tests, *(option.text for option in rubric.options))
    for point in rubric.key_points:
        yield from (point.name, point.hit, point.partial, point.follow_up, *point.accept, *point.reject)
    for deduction in rubric.deductions:
        yield from (deduction.name, deduction.when, *deduction.accept)


def _chinese(text: str) -> str:
    return "".join(re.findall(r"[\u4e00-\u9fff]", text))


ALL = [shipped.rubric for shipped in SHIPPED]
FROM_PAPERS = [rubric for rubric in ALL if rubric.provenance is not None and rubric.provenance.sha256 in PAPERS]
OBJECTIVE = [rubric for rubric in ALL if rubric.kind.objective and rubric.kind is not QuestionKind.FILL_BLANK]


@pytest.mark.parametrize("rubric", _named(ALL))
def test_a_shipped_rubric_is_looked_over_and_names_its_paper(rubric: Rubric) -> None:
    assert rubric.status == "reviewed"
    assert rubric.provenance is not None
    assert [point.id for point in rubric.key_points if point.source is None] == []


@pytest.mark.parametrize("rubric", _named(ALL))
def test_a_shipped_rubric_is_linted_without_a_warning(rubric: Rubric) -> None:
    assert [found for found in lint(rubric) if found.severity is not Severity.INFO] == []


@pytest.mark.parametrize("rubric", _named(FROM_PAPERS))
def test_the_span_of_every_key_point_holds_exactly_its_words(rubric: Rubric) -> None:
    assert rubric.provenance is not None
    behind = source(rubric.provenance.sha256).behind
    spans = [point.source for point in rubric.key_points if point.source is not None]
    assert [behind(span.start, span.end) for span in spans] == [span.words for span in spans]


@pytest.mark.parametrize("rubric", _named(FROM_PAPERS))
def test_the_span_of_every_key_point_stands_in_the_part_of_its_question_that_it_names(rubric: Rubric) -> None:
    assert rubric.provenance is not None
    found = source(rubric.provenance.sha256)
    place = found.place(rubric)
    assert place is not None
    question = found.questions[place]
    parts = {"analysis": question.analysis_span, "reference": question.reference_span}
    for point in rubric.key_points:
        assert point.source is not None
        part = parts[point.source.part]
        assert part is not None
        assert part.start <= point.source.start < point.source.end <= part.end, point.id


@pytest.mark.parametrize("rubric", _named(FROM_PAPERS))
def test_the_question_that_a_rubric_names_stands_in_its_paper(rubric: Rubric) -> None:
    assert rubric.provenance is not None
    found = source(rubric.provenance.sha256)
    assert rubric.provenance.paper == found.title
    assert found.place(rubric) is not None


@pytest.mark.parametrize("rubric", _named([rubric for rubric in FROM_PAPERS if rubric.options]))
def test_a_choice_question_keeps_the_labels_and_the_right_answer_of_its_paper(rubric: Rubric) -> None:
    assert rubric.provenance is not None
    found = source(rubric.provenance.sha256)
    place = found.place(rubric)
    assert place is not None
    printed = found.questions[place]
    assert (rubric.kind, rubric.correct) == (printed.kind, printed.correct)
    assert [option.label for option in rubric.options] == [option.label for option in printed.options]


@pytest.mark.parametrize(("paper", "folder"), FOLDERS.items())
def test_every_complete_question_of_a_paper_has_exactly_one_rubric(paper: str, folder: str) -> None:
    hashes = [sha256 for sha256, file in PAPERS.items() if file.name.startswith(paper)]
    rubrics = [shipped.rubric for shipped in SHIPPED if folder in Path(shipped.file).parts]
    if not hashes:
        pytest.skip("the paper is not here")
    found = source(hashes[0])
    assert {rubric.provenance.sha256 for rubric in rubrics if rubric.provenance} == set(hashes)
    assert Counter(found.place(rubric) for rubric in rubrics) == Counter(found.complete)


@pytest.mark.parametrize("rubric", _named(FROM_PAPERS))
def test_no_sentence_of_a_rubric_is_copied_from_its_paper(rubric: Rubric) -> None:
    assert rubric.provenance is not None
    printed = _chinese(source(rubric.provenance.sha256).mended.text)
    said = [_chinese(text) for text in _said(rubric)]
    runs = [text[at : at + COPIED] for text in said for at in range(len(text) - COPIED + 1)]
    assert [run for run in runs if run in printed] == []


@pytest.mark.parametrize("rubric", _named(OBJECTIVE))
def test_the_right_answer_to_an_objective_question_earns_all_points_and_any_wrong_option_none(rubric: Rubric) -> None:
    grader = Grader(ChoiceJudge())
    labels = {"true", "false"} if rubric.kind is QuestionKind.TRUE_FALSE else {one.label for one in rubric.options}
    right = asyncio.run(grader.grade(rubric, "、".join(rubric.correct)))
    wrong = [asyncio.run(grader.grade(rubric, label)) for label in sorted(labels - set(rubric.correct))]
    assert (right.score, right.complete, right.judge) == (rubric.max_score, True, "choice")
    assert [(grade.score, grade.complete) for grade in wrong] == [(0, True)] * (len(labels) - len(rubric.correct))
