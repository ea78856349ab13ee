"""汇总: a row a candidate, the same in every format; nobody is ranked."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.batch import CandidateResult
from evaluator.models import Rubric
from evaluator.report.labels import label, number, reviews
from evaluator.workbook.standing import Standing, shown, standing, total
from evaluator.workbook.survey import Survey, stem
from evaluator.workbook.table import Column, Value
from evaluator.workbook.words import WORDS, say


class Summary:
    """The columns of the table, and the row of each candidate."""

    def __init__(self, survey: Survey, source_columns: tuple[str, ...], lang: str) -> None:
        self._survey = survey
        self._source = source_columns
        self._lang = lang
        self.columns: tuple[Column, ...] = tuple(self._columns())

    def row(self, candidate: CandidateResult) -> list[Value]:
        """The cells of one candidate, one a column."""
        return [*self._who(candidate), *self._questions(candidate), *self._totals(candidate), *self._state(candidate)]

    def _columns(self) -> Iterator[Column]:
        yield Column("candidate", say("candidate", self._lang), "id")
        if self._survey.has_names:
            yield Column("name", say("name", self._lang))
        own = {words.text(self._lang) for words in WORDS.values()}
        for name in self._source:
            # A source may have a 总分 of its own; two columns of one name would be taken for each other.
            yield Column(f"source:{name}", name + (say("from_source", self._lang) if name in own else ""))
        for place, rubric in enumerate(self._survey.rubrics, 1):
            yield Column(f"score:{rubric.id}", self._head(place, rubric), "score")
            if rubric.id in self._survey.calibrated:
                yield Column(f"calibrated:{rubric.id}", f"{place} {label('calibrated', self._lang)}", "number")
            for rater in self._survey.raters.get(rubric.id, ()):
                yield Column(f"human:{rubric.id}:{rater}", f"{place} {_rater(rater, self._lang)}", "number")
        yield Column("total", say("total", self._lang), "score")
        yield Column("maximum", say("maximum", self._lang), "number")
        for rater in self._survey.all_raters():
            yield Column(f"human:{rater}", self._total_head(rater), "number")
        yield Column("review", say("review", self._lang), "count")
        yield Column("review_reasons", say("review_reasons", self._lang), "long")
        yield Column("status", say("status", self._lang))

    def _head(self, place: int, rubric: Rubric) -> str:
        points = number(rubric.max_score)
        if self._lang.startswith("en"):
            return f"{place} {rubric.id} ({points}): {stem(rubric)}"
        return f"{place} {rubric.id}（{points} 分）：{stem(rubric)}"

    def _total_head(self, rater: str) -> str:
        mine, everything = self._rated_by(rater), len(self._survey.rubrics)
        part = "" if len(mine) == everything else f" {len(mine)}/{everything}"
        return f"{_rater(rater, self._lang)} {say('total', self._lang)}{part}"

    def _rated_by(self, rater: str) -> list[str]:
        return [rubric.id for rubric in self._survey.rubrics if rater in self._survey.raters.get(rubric.id, ())]

    def _who(self, candidate: CandidateResult) -> Iterator[Value]:
        yield candidate.candidate
        if self._survey.has_names:
            yield candidate.name
        for name in self._source:
            yield candidate.columns.get(name, "")

    def _questions(self, candidate: CandidateResult) -> Iterator[Value]:
        for rubric in self._survey.rubrics:
            result = candidate.answers.get(rubric.id)
            yield shown(result, rubric, self._lang)
            if rubric.id in self._survey.calibrated:
                yield result.grade.calibrated if result and result.grade else None
            for rater in self._survey.raters.get(rubric.id, ()):
                yield human_score(candidate, rubric.id, rater)

    def _totals(self, candidate: CandidateResult) -> Iterator[Value]:
        points = total(candidate, self._survey.rubrics)
        yield points.value() if points.maximum else None
        yield points.maximum
        for rater in self._survey.all_raters():
            given = [human_score(candidate, rubric, rater) for rubric in self._rated_by(rater)]
            # A sum with a hole in it would look like a low score.
            yield None if None in given else round(sum(score for score in given if score is not None), 4)

    def _state(self, candidate: CandidateResult) -> Iterator[Value]:
        reasons = list(review_lines(candidate, self._survey.rubrics, self._lang))
        yield float(len(reasons))
        yield "\n".join(reasons)
        yield status(candidate, self._lang)


def human_score(candidate: CandidateResult, rubric: str, rater: str) -> float | None:
    """What that person gave the answer to that question."""
    result = candidate.answers.get(rubric)
    humans = result.answer.human if result else ()
    return next((human.score for human in humans if human.rater == rater), None)


def review_lines(candidate: CandidateResult, rubrics: tuple[Rubric, ...], lang: str) -> Iterator[str]:
    """A line for every answer that a person should look at: number of the question, and why."""
    colon, comma = (": ", ", ") if lang.startswith("en") else ("：", "、")
    for place, rubric in enumerate(rubrics, 1):
        result = candidate.answers.get(rubric.id)
        if result is None:
            continue
        if result.grade is None:
            key = "unscored" if standing(result) is Standing.FAILED else "pending"
            yield f"{place}{colon}{say(key, lang)}"
        elif result.grade.needs_review:
            yield f"{place}{colon}{comma.join(reviews(result.grade, lang))}"


def status(candidate: CandidateResult, lang: str) -> str:
    """初评 until a person has confirmed every answer."""
    confirmed = [
        result.grade is not None and result.grade.status == "confirmed" for result in candidate.answers.values()
    ]
    if not any(confirmed):
        return say("first_pass", lang)
    return say("confirmed" if all(confirmed) else "partly_confirmed", lang)


def _rater(rater: str, lang: str) -> str:
    """`人工分` is itself the name of a rater where the source names nobody."""
    if not rater:
        return "human" if lang.startswith("en") else "人工"
    return rater if "人工" in rater or lang.startswith("en") else f"人工 {rater}"
