"""Kept grades with what people said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evaluator.batch.answers import Found
from evaluator.models import (
    Act,
    DeductionGrade,
    Evidence,
    Grade,
    KeyPointGrade,
    Level,
    Note,
    Override,
    Rubric,
    Said,
    said,
)
from evaluator.rubrics import content_hash
from evaluator.scoring import decided, settled
from evaluator.store import GradeRecord, Store
from evaluator.web.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Line:
    """One key point or deduction: what the judge said, and what holds."""

    number: int
    """From 1 among the key points; 0 for a deduction."""
    automatic: KeyPointGrade | DeductionGrade
    holding: KeyPointGrade | DeductionGrade
    override: Override | None
    notes: tuple[Note, ...] = ()

    @property
    def is_deduction(self) -> bool:
        """Whether it takes points off."""
        return isinstance(self.holding, DeductionGrade)

    @property
    def level(self) -> Level:
        """What holds."""
        return level_of(self.holding)

    @property
    def automatic_level(self) -> Level:
        """What the judge said."""
        return level_of(self.automatic)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The spans that belong to what holds."""
        return self.holding.evidence


@dataclass(frozen=True, slots=True)
class Shown:
    """A grade as the page shows it: of the history, or of an answer of a batch."""

    answer: str
    automatic: Grade
    holding: Grade
    rubric: Rubric | None
    address: str = ""
    """Path of its page, which what people say of it is sent below; empty where it is not kept."""
    subject: str = ""
    """What the audit log calls it."""
    candidate: str = ""
    created: str = ""
    run: str = ""
    """Id of the batch that it belongs to; empty for a grade of the history."""
    said: Said = field(default_factory=Said)
    acts: tuple[Act, ...] = ()
    """Everything that was ever said of it, oldest first, where that was asked for."""
    stale: bool = False
    """True where overrides stand but cannot be scored: the rubric is gone."""

    @property
    def standing(self) -> Mapping[str, Override]:
        """The overrides that hold, by key point."""
        return self.said.standing

    @property
    def seen(self) -> int:
        """Number of the last act that whoever looks at this has seen; 0 where there is none."""
        return self.acts[-1].sequence if self.acts else 0

    @property
    def note_numbers(self) -> Mapping[int, int]:
        """Notes as people count them, from 1 in the order they were written, by id; those taken back count too."""
        written = [act.sequence for act in self.acts if act.kind == "note"] or [note.id for note in self.said.notes]
        return {id_: place for place, id_ in enumerate(written, 1)}

    @property
    def confirmation_fell(self) -> bool:
        """Whether it was confirmed until somebody decided otherwise."""
        last = next((act.kind for act in reversed(self.acts) if act.kind in {"confirm", "unconfirm"}), "")
        return last == "confirm" and self.said.confirmed is None

    @property
    def decided(self) -> bool:
        """Whether what holds is something else than what the judge said."""
        return bool(self.standing or self.said.final) and not (self.stale and self.said.final is None)

    @property
    def key_points(self) -> Iterator[Line]:
        """The key points in their order."""
        pairs = zip(self.automatic.key_points, self.holding.key_points, strict=True)
        for number, (before, after) in enumerate(pairs, 1):
            yield Line(number, before, after, self.standing.get(after.id), self.notes_on(after.id))

    @property
    def deductions(self) -> Iterator[Line]:
        """The deductions in their order."""
        for before, after in zip(self.automatic.deductions, self.holding.deductions, strict=True):
            yield Line(0, before, after, self.standing.get(after.id), self.notes_on(after.id))

    def notes_on(self, key_point: str) -> tuple[Note, ...]:
        """The notes on that key point; with an empty id those on the answer and on spans of it."""
        return tuple(note for note in self.said.notes if note.key_point == key_point)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of key points and deductions by id."""
        grade = self.automatic
        return {one.id: one.name for one in grade.key_points} | {one.id: one.name for one in grade.deductions}


def level_of(one: KeyPointGrade | DeductionGrade) -> Level:
    """The level of a key point; of a deduction whether it applies."""
    if isinstance(one, KeyPointGrade):
        return one.verdict
    if one.taken is None:
        return Level.UNSCORED
    if not one.taken:
        return Level.MISSED
    return Level.HIT if one.taken == one.points else Level.PARTIAL


def shown(store: Store, shelf: Shelf, record: GradeRecord) -> Shown:
    """The record with what people say of it laid over it."""
    grade = record.grade
    rubric = rubric_of(store, shelf, grade)
    acts = store.audit.of(record.id)
    plain = Shown(
        answer=record.answer,
        automatic=grade,
        holding=grade,
        rubric=rubric,
        address=f"/grades/{record.id}",
        subject=record.id,
        candidate=record.candidate,
        created=record.created,
        said=said(acts),
        acts=acts,
    )
    return _held(plain)


def shown_answer(run: str, found: Found, acts: Sequence[Act] = ()) -> Shown | None:
    """An answer of a batch; None where it has no grade (yet). `acts` are what the audit log says of it."""
    if found.grade is None:
        return None
    return _held(
        Shown(
            answer=found.text,
            automatic=found.grade,
            holding=found.grade,
            rubric=found.rubric,
            address=f"/batches/{run}/answers/{found.key}/{found.rubric.id}",
            subject=found.subject,
            candidate=found.candidate,
            created=found.grade.trace.created,
            run=run,
            said=found.said,
            acts=tuple(acts),
        )
    )


def _held(plain: Shown) -> Shown:
    if plain.rubric is not None:
        return replace(plain, holding=decided(plain.automatic, plain.rubric, plain.said))
    return replace(plain, holding=settled(plain.automatic, plain.said), stale=bool(plain.standing))


def rubric_of(store: Store, shelf: Shelf, grade: Grade) -> Rubric | None:
    """The rubric that the grade was made by: as kept with it, or a file that has not changed since."""
    if (kept := store.get_rubric(grade.trace.rubric_hash)) is not None:
        return kept
    rubric = shelf.get(grade.rubric)
    return rubric if rubric is not None and content_hash(rubric) == grade.trace.rubric_hash else None
