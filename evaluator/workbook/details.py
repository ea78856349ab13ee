"""明细: a row a key point (and deduction), the same in every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evaluator.batch import AnswerResult, CandidateResult
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import DeductionGrade, Evidence, KeyPointGrade, Level, Rubric
from evaluator.report.labels import why
from evaluator.workbook.survey import Survey, stem
from evaluator.workbook.table import Column, Value
from evaluator.workbook.words import say

_APPLIES = {Level.HIT: "applies", Level.PARTIAL: "applies_partly", Level.MISSED: "does_not_apply"}


@dataclass(frozen=True, slots=True)
class Detail:
    """One requirement of one answer. `first` is True for the first of each answer."""

    candidate: CandidateResult
    place: int
    """Number of the question, from 1."""
    rubric: Rubric
    result: AnswerResult
    key_point: str
    name: str
    points: float
    earned: float | None
    level: Level
    deduction: bool
    first: bool
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None
    human: dict[str, Level] = field(default_factory=dict)
    """Levels that people gave, by rater."""

    def verdict(self, lang: str) -> str:
        """Symbol and word; deductions apply or do not."""
        if self.deduction and self.level in _APPLIES:
            return f"{'−' if self.level is not Level.MISSED else '○'} {say(_APPLIES[self.level], lang)}"
        return f"{SYMBOLS[self.level]} {LEVELS[self.level].text(lang)}"


def details(candidate: CandidateResult, rubrics: tuple[Rubric, ...], lang: str) -> Iterator[Detail]:
    """All requirements of all answers of a candidate. What has no grade yet is unscored, for a person to fill in."""
    for place, rubric in enumerate(rubrics, 1):
        result = candidate.answers.get(rubric.id)
        if result is not None:
            yield from _of_answer(candidate, place, rubric, result, lang)


def _of_answer(
    candidate: CandidateResult, place: int, rubric: Rubric, result: AnswerResult, lang: str
) -> Iterator[Detail]:
    points, taken = _requirements(rubric, result, lang)
    for index, point in enumerate(points):
        yield Detail(
            candidate, place, rubric, result, point.id, point.name, point.points, point.earned, point.verdict,
            deduction=False, first=index == 0, reason=_why(point, lang), evidence=point.evidence,
            confidence=point.confidence, human=_people(result, point.id),
        )  # fmt: skip
    for item in taken:
        name = f"{say('deduction', lang)}{': ' if lang.startswith('en') else '：'}{item.name}"
        yield Detail(
            candidate, place, rubric, result, item.id, name, -item.points,
            None if item.taken is None else -item.taken or 0.0, _level(item), deduction=True, first=False,
            reason=item.reason, evidence=item.evidence, human=_people(result, item.id),
        )  # fmt: skip


def _requirements(
    rubric: Rubric, result: AnswerResult, lang: str
) -> tuple[tuple[KeyPointGrade, ...], tuple[DeductionGrade, ...]]:
    if result.grade is not None:
        return result.grade.key_points, result.grade.deductions
    reason = result.failure or say("not_yet", lang)
    points = tuple(
        KeyPointGrade(
            id=point.id, name=point.name, points=point.points, earned=None, verdict=Level.UNSCORED, reason=reason
        )
        for point in rubric.key_points
    )
    taken = tuple(
        DeductionGrade(id=item.id, name=item.name, points=item.points, taken=None) for item in rubric.deductions
    )
    return points, taken


def _why(point: KeyPointGrade, lang: str) -> str:
    told = why(point, lang)
    return told if point.counted else "\n".join(part for part in (say("not_counted", lang), told) if part)


def _level(item: DeductionGrade) -> Level:
    if item.taken is None:
        return Level.UNSCORED
    if item.taken == 0:
        return Level.MISSED
    return Level.HIT if item.taken >= item.points else Level.PARTIAL


def _people(result: AnswerResult, key_point: str) -> dict[str, Level]:
    return {human.rater: human.levels[key_point] for human in result.answer.human if key_point in human.levels}


class Details:
    """The columns of the table, and the cells of each row."""

    def __init__(self, survey: Survey, lang: str) -> None:
        self._survey = survey
        self._lang = lang
        self.columns: tuple[Column, ...] = tuple(self._columns())

    def row(self, detail: Detail) -> list[Value]:
        """The cells, one a column; the answer stands in the first row of each answer."""
        cells: list[Value] = [detail.candidate.candidate]
        if self._survey.has_names:
            cells.append(detail.candidate.name)
        cells += [float(detail.place), stem(detail.rubric), detail.name, detail.points, detail.earned]
        cells += [detail.verdict(self._lang), _joined(detail.evidence), detail.reason, detail.confidence]
        for rater in self._survey.level_raters:
            given = detail.human.get(rater)
            cells.append(f"{SYMBOLS[given]} {LEVELS[given].text(self._lang)}" if given else "")
        cells += ["", "", detail.result.answer.text if detail.first else ""]
        return [*cells, detail.result.answer.place if detail.first else "", detail.rubric.id, detail.key_point]

    def _columns(self) -> Iterator[Column]:
        def column(key: str) -> str:
            return say(key, self._lang)

        yield Column("candidate", column("candidate"), "id")
        if self._survey.has_names:
            yield Column("name", column("name"))
        yield Column("number", column("number"), "number")
        yield Column("question", column("question"))
        yield Column("key_point", column("key_point"))
        yield Column("points", column("points"), "number")
        yield Column("earned", column("earned"), "number")
        yield Column("verdict", column("verdict"), "level")
        yield Column("evidence", column("evidence"), "long")
        yield Column("reason", column("reason"), "long")
        yield Column("confidence", column("confidence"), "share")
        for rater in self._survey.level_raters:
            yield Column(f"human:{rater}", f"{column('verdict')} {rater}".strip(), "level")
        yield Column("decision", column("decision"), "choice")
        yield Column("decision_reason", column("decision_reason"), "choice")
        yield Column("answer", column("answer"), "answer")
        yield Column("place", column("place"))
        yield Column("rubric", column("rubric"), "id")
        yield Column("key_point_id", column("key_point_id"), "id")


def _joined(evidence: tuple[Evidence, ...]) -> str:
    return "\n".join(item.text.strip() for item in evidence)
