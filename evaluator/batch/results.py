"""What a run gives to those who write it down: the workbook, the report, JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from evaluator.models import Answer, Grade, Model, Rejected, Rubric, Usage


class RunInfo(Model):
    """One run, as it goes into every output."""

    id: str
    source: str
    """Name of the file or folder that the answers came from."""
    state: str
    """`running`, `finished`, `interrupted` or `stopped`."""
    reason: str = ""
    """Why it stopped, a stable word: `endpoint`, `max_cost`, `limit`, …; empty where it did not."""
    judge: str = ""
    model: str = ""
    host: str = ""
    """Where the answers went; `local` where they never left this machine."""
    prompt_hash: str = ""
    started: str = ""
    """UTC, ISO 8601."""
    finished: str = ""
    version: str = ""
    candidates: int = 0
    answers: int = 0
    scored: int = 0
    failed: int = 0
    pending: int = 0
    review: int = 0
    calls: int = 0
    """Answers that a model was asked about; the rest were blank, objective, alike or known already."""
    usage: Usage = Usage()
    currency: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """One answer and what became of it: a grade, or the reason why there is none (yet)."""

    answer: Answer
    grade: Grade | None = None
    failure: str = ""
    """Why there is no grade, for a person; empty where there is one or the answer still waits."""


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """One candidate: the columns of the source and an entry for every question answered."""

    number: int
    """Place in the source, from 0."""
    candidate: str
    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, AnswerResult] = field(default_factory=dict)
    """By rubric id."""


class Results(Protocol):
    """A run to be written down; every iterator starts anew at each call and holds one candidate in memory."""

    @property
    def info(self) -> RunInfo:
        """The run as a whole."""
        ...

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """The rubrics of the run, in the order of the questions, as they were scored by."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the source's other columns, in its order."""
        ...

    def candidates(self) -> Iterator[CandidateResult]:
        """All candidates in the order of the source."""
        ...

    def rejected(self) -> Iterator[Rejected]:
        """Rows that no answer could be read from."""
        ...
