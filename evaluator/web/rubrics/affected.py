"""Who of the already scored changes when a rubric does, and by how much. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from starlette.datastructures import State

from evaluator.batch.answers import Answers
from evaluator.batch.journalled import Journalled
from evaluator.errors import EvaluatorError, InputError, StoreError, UserError, Words
from evaluator.models import Deduction, Grade, KeyPoint, Rubric, Said
from evaluator.rubrics import content_hash, judging_hash
from evaluator.scoring import decided, rescored
from evaluator.store import GradeRecord, Store
from evaluator.web.names import Names
from evaluator.web.questions import Question, Review
from evaluator.web.runs import NoRun

MOST = 20_000
"""Grades of the history that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that was scored. `after` is None where it must be judged again before anybody can tell."""

    who: str
    """The candidate; of a batch as its review calls them."""
    address: str
    """Path of its page."""
    before: Grade
    after: Grade | None
    overridden: tuple[str, ...] = ()
    """Names of key points that a person decided upon and that this edit changes."""
    record: GradeRecord | None = None
    """Of the history; None for an answer of a batch."""

    @property
    def difference(self) -> float:
        """Points gained, negative where lost; of incomplete grades by the middle of their range."""
        return round(sum(self.after.range) / 2 - sum(self.before.range) / 2, 4) if self.after is not None else 0.0


@dataclass(slots=True)
class Group:
    """The history, or one run. `trouble` says why a run is left out."""

    run: str
    """Empty for the history."""
    changed: list[Answer] = field(default_factory=list)
    """The largest change first."""
    again: list[Answer] = field(default_factory=list)
    """To be judged again."""
    inside: list[Answer] = field(default_factory=list)
    """The score stays, what single key points earn does not."""
    same: int = 0
    """All whose score stays."""
    trouble: Words | None = None


def affected(rubric: Rubric, app: State) -> tuple[Group, ...]:
    """What these words and points would do to the history and to every run that has the question.

    An answer of the history that was scored more than once counts once, by its newest grade.
    """
    groups = [_sorted(_history(rubric, app.store)), *_of_runs(rubric, app)]
    return tuple(group for group in groups if group.changed or group.again or group.same or group.trouble)


def scored_by(grade: Grade, rubric: Rubric) -> Grade:
    """The automatic grade as this rubric scores its verdicts; no call is made. ValueError where it has other points."""
    made = rescored(grade, rubric)
    reasons = [reason for reason in made.review_reasons if reason != "draft_rubric"]
    reasons += ["draft_rubric"] if rubric.status == "draft" else []
    trace = grade.trace.model_copy(update={"rubric_hash": content_hash(rubric)})
    return made.model_copy(update={"trace": trace, "review_reasons": tuple(reasons), "needs_review": bool(reasons)})


# --- the history ---


def _history(rubric: Rubric, store: Store) -> Group:
    group = Group("")
    now = content_hash(rubric)
    for record in newest(store.list(rubric=rubric.id, limit=MOST)):
        if record.grade.trace.rubric_hash == now:
            continue
        old = store.get_rubric(record.grade.trace.rubric_hash)
        made = _compared(record.grade, old, rubric, store.said(record.id))
        _put(group, Answer(record.candidate, f"/grades/{record.id}", *made, record))
    return group


def newest(records: Iterable[GradeRecord]) -> Iterator[GradeRecord]:
    """Of every answer of every candidate the newest grade; `records` come newest first."""
    seen: set[tuple[str, str]] = set()
    for record in records:
        key = record.candidate, record.grade.trace.answer_hash
        if key not in seen:
            seen.add(key)
            yield record


# --- runs ---


def _of_runs(rubric: Rubric, app: State) -> Iterator[Group]:
    for run in app.runs.ids():
        group = Group(run)
        work = app.works.get(run)
        if work is not None and not work.over:
            group.trouble = RUNNING
        else:
            try:
                _look_into(group, rubric, app)
            except NoRun:  # gone since it was listed
                continue
            except (UserError, StoreError) as error:
                group.trouble = _words(error)
        yield _sorted(group)


def _look_into(group: Group, rubric: Rubric, app: State) -> None:
    with app.runs.using(group.run) as journal:
        old = next((one for one in journal.rubrics() if one.id == rubric.id), None)
        if old is None or content_hash(old) == content_hash(rubric):
            return
        if Journalled(journal).info.state == "running":
            group.trouble = RUNNING
            return
        review = Review(group.run, journal, Answers(journal), Names(journal, app.settings.data_dir))
        asked = Question(review, old)
        for row in asked.rows:
            if row.grade is not None:
                made = _compared(row.grade, old, rubric, row.said)
                _put(group, Answer(asked.who(row), f"{review.address}/answers/{row.key}/{rubric.id}", *made))


RUNNING = Words("还没有评完，评完以后再改", "is not finished: change it when it is")


def _words(error: EvaluatorError) -> Words:
    if isinstance(error, StoreError):
        return error.words
    return error.problems[0].message if isinstance(error, InputError) else Words(str(error), str(error))


# --- one answer ---


def _compared(grade: Grade, old: Rubric | None, new: Rubric, said: Said) -> tuple[Grade, Grade | None, tuple[str, ...]]:
    """What holds now, what would hold, and what people decided upon of that which changes."""
    before = decided(grade, old, said) if old is not None else grade
    after = None
    if old is not None and judging_hash(old) == judging_hash(new):
        after = decided(scored_by(grade, new), new, said)
    return before, after, tuple(_overridden(old, new, said))


def _overridden(old: Rubric | None, new: Rubric, said: Said) -> Iterator[str]:
    for key in said.standing:
        before, after = _item(old, key) if old else None, _item(new, key)
        if before != after:
            named = after or before
            yield named.name if named else key


def _item(rubric: Rubric, key: str) -> KeyPoint | Deduction | None:
    items: tuple[KeyPoint | Deduction, ...] = (*rubric.key_points, *rubric.deductions)
    return next((one for one in items if one.id == key), None)


def _put(group: Group, answer: Answer) -> None:
    if answer.after is None:
        group.again.append(answer)
    elif _score(answer.after) != _score(answer.before):
        group.changed.append(answer)
    else:
        group.same += 1
        if _parts(answer.after) != _parts(answer.before):
            group.inside.append(answer)


def _score(grade: Grade) -> object:
    return grade.range, grade.max_score


def _parts(grade: Grade) -> object:
    points = [(point.id, point.points, point.earned) for point in grade.key_points]
    return points, [(item.id, item.points, item.taken) for item in grade.deductions]


def _sorted(group: Group) -> Group:
    group.changed.sort(key=lambda one: -abs(one.difference))
    return group


def shown_first(groups: Iterable[Group], most: int) -> list[tuple[Group, Answer]]:
    """The answers that change the most, of all groups together, and then those to be judged again."""
    changed = sorted(
        ((group, one) for group in groups for one in group.changed), key=lambda pair: -abs(pair[1].difference)
    )
    return list(islice([*changed, *((group, one) for group in groups for one in group.again)], most))
