"""Single answers of a run, to be read and decided upon by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluator.batch import rated
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled, in_words
from evaluator.batch.schema import subject_of
from evaluator.grader import with_fit
from evaluator.models import Act, Grade, HumanScore, Rubric, Said

_COUNTS = "item.judged_by IS rubric.judged_by"
_JOINED = (
    "FROM answer JOIN candidate ON candidate.key = answer.candidate JOIN item ON item.id = answer.item "
    "JOIN rubric ON rubric.id = answer.rubric"
)
_ONE = (
    "SELECT candidate.id, candidate.name, answer.place, answer.human, item.text, "
    f"CASE WHEN {_COUNTS} THEN item.grade END, CASE WHEN {_COUNTS} THEN item.failure ELSE '' END, item.id "
    f"{_JOINED} WHERE candidate.key = ? AND answer.rubric = ?"
)
_ROWS = (
    "SELECT candidate.key, candidate.id, candidate.name, candidate.position, item.id, item.text, "
    f"CASE WHEN {_COUNTS} THEN item.grade END, CASE WHEN {_COUNTS} THEN item.failure ELSE '' END "
    f"{_JOINED} WHERE answer.rubric = ? ORDER BY candidate.position, candidate.key"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in a list. `key` is the number of its candidate within the journal, which an address may hold."""

    key: int
    candidate: str
    subject: str
    """What the audit log calls it."""
    item: int
    """Answers with the same text share it."""
    text: str
    grade: Grade | None
    """The automatic one."""
    failure: str
    said: Said
    name: str = ""
    place: int = 0
    """Of the candidate in the source, from 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer with all that is known of it."""

    key: int
    candidate: str
    name: str
    place: str
    subject: str
    item: int
    text: str
    rubric: Rubric
    grade: Grade | None
    """The automatic one; None where it waits or failed."""
    failure: str
    human: tuple[HumanScore, ...]
    said: Said


class Answers:
    """The answers of a journal; `lang` is that of the failures' words."""

    def __init__(self, journal: Journal, lang: str = "zh") -> None:
        self._journal = journal
        self._lang = lang
        self._results = Journalled(journal, lang)

    @property
    def rubrics(self) -> dict[str, Rubric]:
        """By id, in the order of the questions."""
        return {one.id: one for one in self._results.rubrics}

    def get(self, key: int, rubric_id: str) -> Found | None:
        """The answer of that candidate to that question, or None."""
        row = next(iter(self._journal.query(_ONE, (key, rubric_id))), None)
        rubric = self.rubrics.get(rubric_id)
        if row is None or rubric is None:
            return None
        candidate, name, place, human, text, body, failure, item = row
        subject = subject_of(str(candidate), rubric_id)
        return Found(
            key=key,
            candidate=str(candidate),
            name=str(name),
            place=str(place),
            subject=subject,
            item=int(str(item)),
            text=str(text),
            rubric=rubric,
            grade=self._grade(body, rubric),
            failure=in_words(str(failure), self._lang) if failure else "",
            human=rated.read(str(human)),
            said=self._journal.audit.said(subject),
        )

    def of(self, rubric_id: str) -> Iterator[Row]:
        """All answers to a question, in the order of the source."""
        rubric = self.rubrics[rubric_id]
        said_of = self._journal.said()
        for key, candidate, name, place, item, text, body, failure in self._journal.query(_ROWS, (rubric_id,)):
            subject = subject_of(str(candidate), rubric_id)
            yield Row(
                key=int(str(key)),
                candidate=str(candidate),
                subject=subject,
                item=int(str(item)),
                text=str(text),
                grade=self._grade(body, rubric),
                failure=in_words(str(failure), self._lang) if failure else "",
                said=said_of.get(subject, Said()),
                name=str(name),
                place=int(str(place)),
            )

    def second_marks(self) -> Mapping[str, tuple[Act, ...]]:
        """Every mark that people gave beside the judge, taken back ones too, by subject, oldest first."""
        found: dict[str, tuple[Act, ...]] = {}
        for act in self._journal.audit.all():
            if act.kind == "mark" and act.body is not None and act.body.get("role") == "second":
                found[act.subject] = (*found.get(act.subject, ()), act)
        return found

    def _grade(self, body: object, rubric: Rubric) -> Grade | None:
        if not body:
            return None
        grade = Grade.model_validate_json(str(body))
        return with_fit(grade, rubric, self._results.fit) if self._results.fit else grade
