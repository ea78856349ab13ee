"""Papers: what a file of questions was read as.

Every `Span` counts characters of the decoded source text as read, before repair; the texts themselves are repaired and
simplified, so a text may differ from the words that its span covers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from evaluator.errors import Words
from evaluator.models.base import Model, Points, Text
from evaluator.models.rubric import Option, QuestionKind


class Span(Model):
    """A stretch of the source text; an empty one marks a place."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end ({self.end}) must not lie before start ({self.start})")
        return self


class WarningCode(StrEnum):
    """What a person should look at before a paper is used."""

    TRUNCATED = "truncated"
    """The text stops inside a question."""
    POINTS_MISMATCH = "points_mismatch"
    """Points that should add up do not."""
    MISSING_ANSWER = "missing_answer"
    MISSING_ANALYSIS = "missing_analysis"
    """Other questions of the paper have a 解析, this one has none."""
    DUPLICATE_PASS = "duplicate_pass"  # noqa: S105 - a second pass over the questions
    """The paper gives its questions a second time; both were merged."""
    ANSWER_CONFLICT = "answer_conflict"
    """Two answers to one question differ."""
    NUMBERING_GAP = "numbering_gap"
    NO_QUESTIONS = "no_questions"
    DAMAGED_TEXT = "damaged_text"
    """Characters that could not be mended with certainty."""
    REMOVED_TEXT = "removed_text"
    """Text of the site that the paper came from, not of the paper."""


class PaperWarning(Model):
    """One thing to look at, in both languages."""

    code: WarningCode
    zh: str
    en: str
    place: Span | None = None
    question: str = ""
    """Number of the question as printed, where one is meant."""

    @property
    def words(self) -> Words:
        """The text in both languages."""
        return Words(self.zh, self.en)


class Question(Model):
    """题目: one question with what the paper says of it."""

    number: str
    """As printed, without brackets and punctuation."""
    stem: str
    kind: QuestionKind
    options: tuple[Option, ...] = ()
    correct: tuple[str, ...] = ()
    """Labels of the right options; for true_false `true` or `false`; for fill_blank one text a blank."""
    reference: str = ""
    """参考答案."""
    analysis: str = ""
    """解析."""
    points: Points | None = None
    material: str = ""
    """材料, 案例背景: what several questions share."""
    stem_span: Span | None = None
    reference_span: Span | None = None
    analysis_span: Span | None = None


class Section(Model):
    """大题: what stands under one heading. A paper without headings is one section without a title."""

    title: str
    kind: QuestionKind | None = None
    count: int | None = None
    """共N题, as declared."""
    points_each: Points | None = None
    """每题M分, as declared."""
    total: Points | None = None
    """总分 of the section, as declared."""
    questions: tuple[Question, ...] = ()


class Paper(Model):
    """试卷: sections of questions, and what a person should look at."""

    title: Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the file, byte for byte."""
    sections: tuple[Section, ...] = ()
    warnings: tuple[PaperWarning, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order of the paper."""
        return tuple(question for section in self.sections for question in section.questions)
