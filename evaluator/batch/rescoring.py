"""Points anew from verdicts that are there: changed weights and what people decided, without a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluator.batch.items import Done
from evaluator.batch.journal import PAGE, Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.schema import subject_of
from evaluator.models import Grade, Override, Rubric
from evaluator.rubrics import content_hash, judging_hash
from evaluator.scoring import rescored, settled

Decided = Mapping[tuple[str, str], tuple[Override, ...]]
"""By candidate and rubric id: what people decided, oldest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that is going to score differently."""

    candidate: str
    name: str
    rubric: str
    before: Grade
    after: Grade

    @property
    def difference(self) -> float:
        """Points gained, negative where lost; of incomplete grades by the middle of their range."""
        return _middle(self.after) - _middle(self.before)


def to_judge_again(journal: Journal, rubrics: Sequence[Rubric]) -> tuple[str, ...]:
    """Ids of those whose wording changed too: arithmetic alone cannot follow it."""
    old = {one.id: judging_hash(one) for one in journal.rubrics()}
    return tuple(one.id for one in rubrics if one.id in old and judging_hash(one) != old[one.id])


def changes(journal: Journal, rubrics: Sequence[Rubric], decided: Decided) -> Iterator[Change]:
    """Every answer that these rubrics and decisions would score or call differently; nothing is written.

    Raises ValueError where a decision names a key point that its rubric does not have.
    """
    by_id = {one.id: one for one in rubrics}
    said_of = journal.said()
    for one in Journalled(journal).candidates():
        for key, result in one.answers.items():
            if result.grade is None or key not in by_id:
                continue
            after = rescored(result.grade, by_id[key], decided.get((one.candidate, key), ()))
            if said := said_of.get(subject_of(one.candidate, key)):
                after = settled(after, said)
            if _said(after) != _said(result.grade):
                yield Change(one.candidate, one.name, key, result.grade, after)


def apply(journal: Journal, rubrics: Sequence[Rubric], decided: Decided) -> None:
    """Score by these rubrics from now on, and lay the decisions over the verdicts."""
    by_id = {one.id: one for one in rubrics}
    now = tuple(by_id.get(one.id, one) for one in journal.rubrics())
    journal.work_with(now, journal.judged_by())
    rescore(journal, now)
    for (candidate, rubric), overrides in decided.items():
        for override in overrides:
            journal.decide(candidate, rubric, override)


def rescore(journal: Journal, rubrics: Sequence[Rubric]) -> int:
    """Score anew what other weights were scored by, from the verdicts that are there; returns how many."""
    by_id = {one.id: (one, content_hash(one)) for one in rubrics}
    count, changed = 0, list[Done]()
    for done, rubric in journal.to_rescore():
        changed.append(_rescored(done, *by_id[rubric]))
        if len(changed) >= PAGE:
            journal.put(changed)
            changed = []
        count += 1
    journal.put(changed)
    return count


def _rescored(done: Done, rubric: Rubric, scored_by: str) -> Done:
    if done.grade is None:
        return replace(done, scored_by=scored_by)
    trace = done.grade.trace.model_copy(update={"rubric_hash": scored_by})
    return replace(done, grade=rescored(done.grade, rubric).model_copy(update={"trace": trace}), scored_by=scored_by)


def _said(grade: Grade) -> object:
    points = [(point.verdict, point.earned) for point in grade.key_points]
    return grade.range, grade.max_score, points, [item.taken for item in grade.deductions]


def _middle(grade: Grade) -> float:
    return sum(grade.range) / 2
