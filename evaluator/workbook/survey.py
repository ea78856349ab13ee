"""A first look over a run: what its outputs have to hold, and what its questions look like."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluator.batch import CandidateResult, Results
from evaluator.models import Rubric
from evaluator.workbook.statistics import QuestionCounts

SHORT_STEM = 24
"""Characters of a question in the head of a column."""


@dataclass(slots=True)
class Survey:
    """What must be known before the first row is written."""

    rubrics: tuple[Rubric, ...]
    questions: dict[str, QuestionCounts]
    candidates: int = 0
    answers: int = 0
    detail_rows: int = 0
    unscored: int = 0
    """Answers without a grade."""
    rejected: int = 0
    has_names: bool = False
    raters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Who gave a score, by rubric id, in the order of appearance."""
    calibrated: set[str] = field(default_factory=set)
    """Rubrics by whose answers there is a calibrated score."""
    level_raters: tuple[str, ...] = ()
    """Who gave levels of key points."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of those candidates that were asked for."""

    def all_raters(self) -> tuple[str, ...]:
        """Every rater, in the order of questions."""
        return tuple(dict.fromkeys(rater for rubric in self.rubrics for rater in self.raters.get(rubric.id, ())))


def look_over(results: Results, *, named: frozenset[str] = frozenset()) -> Survey:
    """One pass over all candidates; `named` are ids whose names are wanted."""
    rubrics = results.rubrics
    survey = Survey(rubrics, {rubric.id: QuestionCounts(rubric) for rubric in rubrics})
    for candidate in results.candidates():
        survey.candidates += 1
        survey.has_names = survey.has_names or bool(candidate.name)
        if candidate.candidate in named:
            survey.names[candidate.candidate] = candidate.name
        _count(survey, candidate)
    survey.unscored = sum(question.unscored for question in survey.questions.values())
    survey.rejected = sum(1 for _ in results.rejected())
    return survey


def _count(survey: Survey, candidate: CandidateResult) -> None:
    for rubric in survey.rubrics:
        result = candidate.answers.get(rubric.id)
        if result is None:
            continue
        survey.answers += 1
        survey.detail_rows += len(rubric.key_points) + len(rubric.deductions)
        survey.questions[rubric.id].add(result)
        if result.grade is not None and result.grade.calibrated is not None:
            survey.calibrated.add(rubric.id)
        for human in result.answer.human:
            if human.rater not in survey.raters.get(rubric.id, ()):
                survey.raters[rubric.id] = (*survey.raters.get(rubric.id, ()), human.rater)
            if human.levels and human.rater not in survey.level_raters:
                survey.level_raters = (*survey.level_raters, human.rater)


def stem(rubric: Rubric, length: int = SHORT_STEM) -> str:
    """The question in one line of at most `length` characters."""
    line = " ".join(rubric.question.split())
    return line if len(line) <= length else line[: length - 1] + "…"
