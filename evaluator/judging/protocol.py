"""The seam: what is asked of a judge and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from evaluator.clauses import Clause
from evaluator.models import Judgement, Level, Rubric, Verdict
from evaluator.models.derived import Derived


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one verdict is about: a key point, or a deduction seen as one."""

    id: str
    name: str
    hit: str
    partial: str
    accept: tuple[str, ...]
    reject: tuple[str, ...]


def requirements(rubric: Rubric) -> tuple[Requirement, ...]:
    """Key points, then deductions, in the order of the rubric."""
    return _REQUIREMENTS(rubric)


def _requirements(rubric: Rubric) -> tuple[Requirement, ...]:
    points = [
        Requirement(point.id, point.name, point.hit or point.name, point.partial, point.accept, point.reject)
        for point in rubric.key_points
    ]
    taken = [Requirement(item.id, item.name, item.when, "", item.accept, ()) for item in rubric.deductions]
    return (*points, *taken)


_REQUIREMENTS = Derived(_requirements)


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to be judged.

    `clauses` are those that the judge reads (a window of a very long answer has fewer than the answer);
    `instructions` are spans that try to steer the examiner; `only` names the requirements to judge, empty means all;
    `names` are people's names to mask.
    """

    rubric: Rubric
    answer: str
    clauses: tuple[Clause, ...]
    instructions: tuple[tuple[int, int], ...] = ()
    only: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What to judge, in the order of the rubric."""
        every = requirements(self.rubric)
        return tuple(item for item in every if item.id in self.only) if self.only else every

    def narrowed(self, ids: Iterable[str]) -> Task:
        """The same task for these requirements alone."""
        return replace(self, only=frozenset(ids))

    def is_instruction(self, clause: Clause) -> bool:
        """True where a clause holds words that try to steer the judge."""
        return bool(self.instructions) and any(
            start < clause.end and clause.start < end for start, end in self.instructions
        )


class Judge(Protocol):
    """Gives verdicts on one answer; never totals.

    `judge` returns exactly one verdict for each requirement, `unscored` with a cause where it has none; it raises
    nothing but UserError (a prompt file that cannot be rendered, say). `key` names everything besides rubric and answer
    that the verdicts depend on: equal keys give equal verdicts.
    """

    name: str

    @property
    def key(self) -> str:
        """Judge, model, prompts and parameters in one string."""
        ...

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer."""
        ...


class Memory(Protocol):
    """Numbers that a judge found once and need not ask for again, by a key of everything that they depend on."""

    def get_number(self, key: str) -> float | None:
        """The number under that key, or None."""
        ...

    def put_number(self, key: str, number: float) -> None:
        """Keep a number."""
        ...


class Forgetful:
    """A memory that ends with the process."""

    def __init__(self) -> None:
        self._numbers: dict[str, float] = {}

    def get_number(self, key: str) -> float | None:
        """The number under that key, or None."""
        return self._numbers.get(key)

    def put_number(self, key: str, number: float) -> None:
        """Keep a number."""
        self._numbers[key] = number


def unscored(task: Task, cause: str, reason: str = "") -> tuple[Verdict, ...]:
    """A verdict `unscored` for every requirement."""
    return tuple(
        Verdict(key_point=item.id, level=Level.UNSCORED, cause=cause, reason=reason) for item in task.requirements
    )
