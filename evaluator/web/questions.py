"""A run that people look at, and one of its questions: its answers as they may be seen, without names while hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.batch.answers import Answers, Found, Row
from evaluator.batch.journal import Journal
from evaluator.batch.queueing import Entry, queue
from evaluator.models import Rubric
from evaluator.web.names import Names
from evaluator.web.runs import Runs
from evaluator.web.showing import speech_of
from evaluator.web.terms import Terms, terms_of

_LONGEST_KEY = 12


@dataclass(frozen=True)
class Review:
    """A run while it is looked at."""

    run: str
    journal: Journal
    answers: Answers
    names: Names

    @cached_property
    def rubrics(self) -> Mapping[str, Rubric]:
        """By id, in the order of the questions."""
        return self.answers.rubrics

    @property
    def address(self) -> str:
        """Path of the run."""
        return f"/batches/{quote(self.run)}"

    def question(self, rubric_id: str) -> Question:
        """One of its questions; KeyError where there is none."""
        return Question(self, self.rubrics[rubric_id])


@dataclass(frozen=True)
class Question:
    """One question of a run with all its answers."""

    review: Review
    rubric: Rubric

    @property
    def number(self) -> int:
        """From 1, as in the paper."""
        return list(self.review.rubrics).index(self.rubric.id) + 1

    @property
    def address(self) -> str:
        """Path of its queue."""
        return f"{self.review.address}/review/{self.rubric.id}"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All answers, in the order of the source."""
        return tuple(self.review.answers.of(self.rubric.id))

    @cached_property
    def terms(self) -> Terms:
        """How it is reviewed."""
        return terms_of(self.review.journal, self.rubric)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The answers that have a grade, least sure first."""
        return queue(self.rows, self.rubric, share=self.terms.checked, tolerance=self.terms.tolerance)

    @cached_property
    def named(self) -> bool:
        """Whether people may be named: somebody wanted it, or there is nothing left to decide."""
        names = self.review.names
        done = bool(self.entries) and all(one.row.said.confirmed for one in self.entries)
        return names.wanted is not None or (done and len(self.entries) == len(self.rows) and names.finished)

    def who(self, row: Row | Found) -> str:
        """What this answer is called on the page."""
        return self.review.names.full(row) if self.named else self.review.names.blind(row.candidate)

    def text(self, row: Row | Found) -> str:
        """The answer, without names and numbers where people are not named."""
        return row.text if self.named else self.review.names.masked(row)

    def found(self, key: int) -> Found | None:
        """The answer of that candidate as it may be seen, called as everywhere in the review; None where there is none.

        Where people are not named, neither it nor its grade holds anything that tells who wrote it.
        """
        found = self.review.answers.get(key, self.rubric.id)
        if found is None:
            return None
        who, text = self.who(found), self.text(found)
        if self.named:
            return replace(found, candidate=who)
        grade = self.review.names.masked_grade(found)
        return replace(found, candidate=who, name="", place="", text=text, grade=grade)

    def row(self, key: int) -> Row:
        """The answer of that candidate; a 404 where there is none."""
        found = next((row for row in self.rows if row.key == key), None)
        if found is None:
            raise HTTPException(404, "no_grade")
        return found

    def at(self, key: int, **query: str) -> str:
        """Path of an answer's place in the queue."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{self.address}/answers/{key}" + (f"?{asked}" if asked else "")


@contextmanager
def review(request: Request) -> Iterator[Review]:
    """The run that the address names, for as long as it is used.

    Raises NoRun where there is none, InputError where another process works on it.
    """
    run = str(request.path_params["run"])
    runs: Runs = request.app.state.runs
    with runs.using(run) as journal:
        answers = Answers(journal, speech_of(request).lang)
        yield Review(run, journal, answers, Names(journal, request.app.state.settings.data_dir))


@contextmanager
def question(request: Request) -> Iterator[Question]:
    """The question that the address names; a 404 where the run has none such, else as `review`."""
    with review(request) as found:
        rubric = str(request.path_params["rubric"])
        if rubric not in found.rubrics:
            raise HTTPException(404, "no_rubric")
        yield found.question(rubric)


def key_in(text: str) -> int:
    """The number of a candidate; a 404 for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY):
        raise HTTPException(404, "no_grade")
    return int(text)
