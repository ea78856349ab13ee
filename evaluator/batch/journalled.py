"""A journal read as results: candidate by candidate, with the grades that count and what people decided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any

from evaluator.batch import rated
from evaluator.batch.journal import Journal
from evaluator.batch.results import AnswerResult, CandidateResult, RunInfo
from evaluator.batch.schema import subject_of
from evaluator.client import explain
from evaluator.errors import Words
from evaluator.grader import with_fit
from evaluator.models import Answer, Fit, Grade, Rejected, Rubric, Said
from evaluator.scoring import decided

_ROWS = """
SELECT candidate.position, candidate.id, candidate.name, candidate.columns,
       answer.rubric, answer.place, answer.human, item.text,
       CASE WHEN item.judged_by IS rubric.judged_by THEN item.grade END,
       CASE WHEN item.judged_by IS rubric.judged_by THEN item.failure ELSE '' END
FROM candidate
LEFT JOIN answer ON answer.candidate = candidate.key
LEFT JOIN item ON item.id = answer.item
LEFT JOIN rubric ON rubric.id = answer.rubric
ORDER BY candidate.position, candidate.key, rubric.position
"""


class Journalled:
    """`Results` of a journal; `lang` is that of the failures' words."""

    def __init__(self, journal: Journal, lang: str = "zh") -> None:
        self._journal = journal
        self._lang = lang

    @property
    def info(self) -> RunInfo:
        """The run as it stands."""
        counts = self._journal.counts()
        kept = RunInfo.model_validate_json(self._journal.get("info", '{"id": "", "source": "", "state": "running"}'))
        return kept.model_copy(
            update={
                "candidates": self._journal.candidates(),
                "answers": counts.answers,
                "scored": counts.scored,
                "failed": counts.failed,
                "pending": counts.pending,
                "review": counts.review,
            }
        )

    @cached_property
    def rubrics(self) -> tuple[Rubric, ...]:
        """In the order of the questions."""
        return self._journal.rubrics()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Of the source: as it said, else every name that a candidate has, in the order in which they turn up."""
        if said := self._journal.get("columns"):
            return tuple(json.loads(said))
        rows = self._journal.query("SELECT DISTINCT columns FROM candidate WHERE columns <> '' LIMIT 10000")
        return tuple(dict.fromkeys(name for (body,) in rows for name in json.loads(str(body))))

    def candidates(self) -> Iterator[CandidateResult]:
        """All candidates in the order of the source, one in memory."""
        said_of = self._journal.said()
        for place, (_, group) in enumerate(groupby(self._journal.query(_ROWS), key=lambda row: row[:2])):
            rows: list[Any] = list(group)
            _, candidate, name, columns, *_ = rows[0]
            answers = {row[4]: self._answer(row, said_of.get(subject_of(candidate, row[4]))) for row in rows if row[4]}
            yield CandidateResult(place, candidate, name, json.loads(columns) if columns else {}, answers)

    def rejected(self) -> Iterator[Rejected]:
        """Rows that no answer could be read from."""
        for place, zh, en in self._journal.query("SELECT place, zh, en FROM rejected ORDER BY rowid"):
            yield Rejected(place=str(place), zh=str(zh), en=str(en))

    def _answer(self, row: Any, of_people: Said | None) -> AnswerResult:
        *_, rubric, place, human, text, body, failure = row
        answer = Answer(rubric=rubric, text=text, place=place, human=rated.read(human))
        grade = Grade.model_validate_json(body) if body else None
        if grade is not None and (scored_by := self._by_id.get(rubric)):
            grade = with_fit(grade, scored_by, self.fit) if self.fit else grade
            grade = decided(grade, scored_by, of_people) if of_people else grade
        return AnswerResult(answer, grade, in_words(failure, self._lang) if failure else "")

    @cached_property
    def fit(self) -> Fit | None:
        """What maps scores: a layer over the grades, so that another calibration file changes none that is kept."""
        kept = self._journal.get("fit")
        return Fit.model_validate_json(kept) if kept else None

    @cached_property
    def _by_id(self) -> Mapping[str, Rubric]:
        return {one.id: one for one in self.rubrics}


def in_words(failure: str, lang: str) -> str:
    """A failure in words: a cause that the client knows, or a text in both languages, a line each."""
    zh, _, en = failure.partition("\n")
    return Words(zh, en).text(lang) if en else explain(failure, lang)
