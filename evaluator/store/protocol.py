"""What a store can do; `SqliteStore` is the real one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from evaluator.models import Grade, Judgement, Level, Model, Override, Rubric, Said
from evaluator.store.audit import AuditLog


class GradeRecord(Model):
    """One grade as it was given, with the answer it was given for."""

    id: str
    """Unique in its store; later ones sort behind earlier ones."""
    created: str
    """UTC, ISO 8601, when it was stored."""
    candidate: str
    """As the caller named them; may be empty."""
    key: str
    """Key of the judgement that the grade was made from; empty where no judge was asked."""
    answer: str
    grade: Grade


class Judgements(Protocol):
    """Judgements by content key: all of a store that grading one answer needs."""

    def get_judgement(self, key: str) -> Judgement | None:
        """The judgement under that key, or None."""
        ...

    def put_judgement(self, key: str, judgement: Judgement) -> None:
        """Keep a judgement; one that stands under that key already is replaced."""
        ...


class Store(Judgements, Protocol):
    """Judgements by content key, the history of grades, and what people say of them as a log that is only added to.

    Every method may be called from any thread, returns when its change is kept, and raises StoreError where the
    database does not serve.
    """

    audit: AuditLog
    """Who decided what; of a grade under its id."""

    def put_judgements(self, judgements: Mapping[str, Judgement]) -> None:
        """Keep many at once, all or none."""
        ...

    def kept(self, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that a judgement stands under."""
        ...

    def drop_judgements(self, keys: Iterable[str]) -> None:
        """Remove judgements, but those that a grade of the history was made from; nothing stays readable."""
        ...

    def get_number(self, key: str) -> float | None:
        """The number under that key, or None: what a judge found once about a model and a rubric."""
        ...

    def put_number(self, key: str, number: float) -> None:
        """Keep a number; one that stands under that key already is replaced."""
        ...

    def add_grade(
        self, grade: Grade, *, answer: str, key: str, candidate: str = "", rubric: Rubric | None = None
    ) -> str:
        """Add a grade to the history; returns its id.

        `rubric` is the one it was scored by, kept under the grade's `trace.rubric_hash`, so that overrides can be
        scored after the file has changed or gone.
        """
        ...

    def get_rubric(self, rubric_hash: str) -> Rubric | None:
        """The rubric of that content hash as it was when a grade was made, or None."""
        ...

    def get(self, grade_id: str) -> GradeRecord | None:
        """The record of that id, or None."""
        ...

    def list(
        self, *, rubric: str = "", text: str = "", candidate: str = "", limit: int | None = 50
    ) -> tuple[GradeRecord, ...]:
        """Newest first, at most `limit`: of one rubric id, of one candidate, with `text` in the answer.

        Candidates are compared exactly, ASCII letters of the answer in any case.
        """
        ...

    def delete(self, grade_id: str) -> bool:
        """Remove a grade with its overrides and, unless another grade was made from it, its judgement.

        Nothing of the answer stays readable in the file. False where there is no such grade.
        """
        ...

    def purge(self, older_than_days: float | None) -> int:
        """Remove grades stored longer ago than that, as `delete` does, or everything where it is None.

        Judgements that belong to no grade go by the same age. Returns how many grades were removed.
        """
        ...

    def add_override(self, grade_id: str, key_point: str, level: Level, author: str, reason: str) -> Override:
        """Lay a person's word over one key point or deduction; StoreError where there is no such grade."""
        ...

    def restore(self, grade_id: str, key_point: str, author: str, reason: str = "") -> Override:
        """Lift the overrides of one key point by a further layer; StoreError where there is no such grade."""
        ...

    def overrides(self, grade_id: str) -> tuple[Override, ...]:
        """All layers ever laid over a grade, oldest first: what `scoring.with_overrides` takes."""
        ...

    def said(self, grade_id: str) -> Said:
        """Everything that people say of a grade."""
        ...

    def close(self) -> None:
        """Let go of the file; may be called more than once."""
        ...
