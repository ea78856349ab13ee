"""What programs send and get, besides grades and rubrics."""

from __future__ import annotations

from pydantic import Field

from evaluator.batch.results import RunInfo
from evaluator.models import Model, QuestionKind, Rubric
from evaluator.web.shelf import paper_of


class ScoreRequest(Model):
    """One answer to be scored."""

    rubric: str
    """Id, as `GET /api/rubrics` has it."""
    answer: str
    candidate: str = Field(default="", max_length=120)
    """Kept with the grade on this machine only; masked in the answer before it goes to a model."""
    save: bool = True
    """False keeps nothing."""


class KeyPointSummary(Model):
    """One key point, to show beside its result."""

    id: str
    name: str
    points: float


class RubricSummary(Model):
    """What can be scored."""

    id: str
    question: str
    kind: QuestionKind
    paper: str
    max_score: float
    status: str
    key_points: tuple[KeyPointSummary, ...]


class RubricList(Model):
    """All rubrics."""

    rubrics: tuple[RubricSummary, ...]


class BatchState(Model):
    """Where a batch stands."""

    id: str
    state: str
    """`waiting`, `running`, `pausing`, `paused`, `finished`, `stopped`, `failed`, `elsewhere` (another process works on
    it) or `unreadable`.
    """
    info: RunInfo
    rate: float | None = None
    """Texts a second, of late."""
    eta: float | None = None
    """Seconds to go, where that can be said."""
    error: str = ""
    """Why it stopped or failed, in words."""


class BatchList(Model):
    """All batches, the newest first."""

    batches: tuple[str, ...]


class Problem(Model):
    """What is wrong."""

    code: str
    message: str


class ErrorReply(Model):
    """The body of every reply with a status of 400 or more."""

    error: Problem


def summary_of(rubric: Rubric) -> RubricSummary:
    """The rubric without what only a judge needs."""
    return RubricSummary(
        id=rubric.id,
        question=rubric.question,
        kind=rubric.kind,
        paper=paper_of(rubric),
        max_score=rubric.max_score,
        status=rubric.status,
        key_points=tuple(KeyPointSummary(id=one.id, name=one.name, points=one.points) for one in rubric.key_points),
    )
