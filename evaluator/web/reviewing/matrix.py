"""Candidates beside key points: who said what. Sorted, but never ranked; what becomes of somebody is for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.batch.answers import Row
from evaluator.batch.queueing import Entry
from evaluator.batch.schema import subject_of
from evaluator.models import KeyPointGrade, Level, Note, Said
from evaluator.web.questions import Question, Review

_MOST_CELLS = 20_000
_LEAST_LINES = 50
_WHOLE = "*"
"""Stands for the question in what is said of a candidate as a whole; no rubric can be called that."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One answer: its key points side by side."""

    entry: Entry
    address: str

    @property
    def points(self) -> tuple[KeyPointGrade, ...]:
        """What holds of each."""
        return self.entry.grade.key_points


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate."""

    key: int
    who: str
    candidate: str
    cells: tuple[Cells | None, ...]
    """One a question; None where there is no answer, or no grade yet."""
    decision: Note | None
    """What a person concluded, in words."""

    def count(self, level: Level) -> int:
        """Key points of that level."""
        return sum(point.verdict is level for one in self.cells if one for point in one.points)


@dataclass(frozen=True, slots=True)
class Matrix:
    """All candidates of some questions."""

    questions: tuple[Question, ...]
    lines: tuple[Line, ...]
    named: bool

    @property
    def columns(self) -> int:
        """Cells of one line."""
        return sum(len(one.rubric.key_points) + 1 for one in self.questions)

    @property
    def page_size(self) -> int:
        """Lines that a browser shows without effort."""
        return max(_MOST_CELLS // max(self.columns, 1), _LEAST_LINES)


def asked_for(review: Review, request: Request) -> tuple[Question, ...]:
    """The question that the address names, or all."""
    rubric = request.query_params.get("rubric", "")
    if rubric and rubric not in review.rubrics:
        raise HTTPException(404, "no_rubric")
    return tuple(review.question(one) for one in ([rubric] if rubric else review.rubrics))


def matrix(review: Review, questions: Sequence[Question], *, by_hits: bool = False) -> Matrix:
    """In the order of the source, or most hits first, of equals most partial ones."""
    named = all(one.named for one in questions)
    said_of = review.journal.said()
    people: dict[int, Row] = {}
    cells: dict[int, dict[str, Cells]] = {}
    for asked in questions:
        for row in asked.rows:
            people.setdefault(row.key, row)
        for one in asked.entries:
            cells.setdefault(one.row.key, {})[asked.rubric.id] = Cells(one, asked.at(one.row.key, show="all"))
    lines = [
        Line(
            row.key,
            review.names.full(row) if named else review.names.blind(row.candidate),
            row.candidate,
            tuple(cells.get(row.key, {}).get(asked.rubric.id) for asked in questions),
            _last(said_of, row.candidate),
        )
        for row in sorted(people.values(), key=lambda row: (row.place, row.key))
    ]
    if by_hits:
        lines.sort(key=lambda line: (-line.count(Level.HIT), -line.count(Level.PARTIAL)))
    return Matrix(tuple(questions), tuple(lines), named)


def whole(candidate: str) -> str:
    """What the audit log calls a candidate as a whole, all answers taken together."""
    return subject_of(candidate, _WHOLE)


def _last(said_of: Mapping[str, Said], candidate: str) -> Note | None:
    said = said_of.get(whole(candidate))
    notes = said.notes if said else ()
    return notes[-1] if notes else None
