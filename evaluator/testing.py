"""Stand-ins for the seams, kept to the same contracts as the real ones; for tests only."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from evaluator.client import Endpoint, Reply
from evaluator.errors import JudgeError, StoreError, Words
from evaluator.evidence import from_numbers
from evaluator.judging import Task
from evaluator.models import Grade, Judgement, Level, Override, Rubric, Said, Usage, Verdict
from evaluator.store import AuditLog, GradeRecord, deciding
from evaluator.store.audit import SCHEMA, empty

Message = dict[str, str]


class MemoryStore:
    """A `Store` that forgets everything when it goes. Not for threads."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._count = 0
        self._judgements: dict[str, tuple[Judgement, datetime]] = {}
        self._numbers: dict[str, float] = {}
        self._records: dict[str, tuple[GradeRecord, datetime]] = {}
        self._rubrics: dict[str, Rubric] = {}
        self._database = sqlite3.connect(":memory:")
        weakref.finalize(self, self._database.close)
        for statement in SCHEMA:
            self._database.execute(statement)
        self.audit = AuditLog(self._transaction, self._transaction, self._now)

    def get_judgement(self, key: str) -> Judgement | None:
        """The judgement under that key, or None."""
        return self._judgements[key][0] if key in self._judgements else None

    def put_judgement(self, key: str, judgement: Judgement) -> None:
        """Keep a judgement; one that stands under that key already is replaced."""
        self._judgements[key] = (judgement, self._clock())

    def kept(self, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that a judgement stands under."""
        return frozenset(key for key in keys if key in self._judgements)

    def put_judgements(self, judgements: Mapping[str, Judgement]) -> None:
        """Keep many at once."""
        for key, judgement in judgements.items():
            self.put_judgement(key, judgement)

    def drop_judgements(self, keys: Iterable[str]) -> None:
        """Remove judgements, but those that a grade of the history was made from."""
        kept = {record.key for record, _ in self._records.values()}
        for key in set(keys) - kept:
            self._judgements.pop(key, None)

    def get_number(self, key: str) -> float | None:
        """The number under that key, or None."""
        return self._numbers.get(key)

    def put_number(self, key: str, number: float) -> None:
        """Keep a number; one that stands under that key already is replaced."""
        self._numbers[key] = number

    def add_grade(
        self, grade: Grade, *, answer: str, key: str, candidate: str = "", rubric: Rubric | None = None
    ) -> str:
        """Add a grade to the history, and the rubric it was scored by; returns its id."""
        self._count += 1
        if rubric is not None:
            self._rubrics[grade.trace.rubric_hash] = rubric
        record = GradeRecord(
            id=f"{self._count:09d}",
            created=self._clock().isoformat(timespec="milliseconds"),
            candidate=candidate,
            key=key,
            answer=answer,
            grade=grade,
        )
        self._records[record.id] = (record, self._clock())
        return record.id

    def get_rubric(self, rubric_hash: str) -> Rubric | None:
        """The rubric of that content hash, or None."""
        return self._rubrics.get(rubric_hash)

    def get(self, grade_id: str) -> GradeRecord | None:
        """The record of that id, or None."""
        return self._records[grade_id][0] if grade_id in self._records else None

    def list(
        self, *, rubric: str = "", text: str = "", candidate: str = "", limit: int | None = 50
    ) -> tuple[GradeRecord, ...]:
        """Newest first."""
        found = [
            record
            for record, _ in reversed(self._records.values())
            if rubric in ("", record.grade.rubric)
            and text.lower() in record.answer.lower()
            and candidate in ("", record.candidate)
        ]
        return tuple(found[:limit])

    def delete(self, grade_id: str) -> bool:
        """Remove a grade, its overrides and, unless another grade was made from it, its judgement."""
        if grade_id not in self._records:
            return False
        record, _ = self._records.pop(grade_id)
        with self._transaction() as db:
            empty(db, grade_id, self._now())
        if record.key not in self._keys():
            self._judgements.pop(record.key, None)
        return True

    def purge(self, older_than_days: float | None) -> int:
        """Remove grades stored longer ago than that, or everything where it is None; returns how many."""
        before = None if older_than_days is None else self._clock() - timedelta(days=older_than_days)
        old = [key for key, (_, created) in self._records.items() if before is None or created < before]
        for grade_id in old:
            self.delete(grade_id)
        for key, (_, created) in tuple(self._judgements.items()):
            if key not in self._keys() and (before is None or created < before):
                del self._judgements[key]
        if before is None:
            self._rubrics.clear()
        return len(old)

    def add_override(self, grade_id: str, key_point: str, level: Level, author: str, reason: str) -> Override:
        """Lay a person's word over one key point or deduction."""
        self._must_exist(grade_id)
        return deciding.override(self.audit, grade_id, key_point, level, author=author, reason=reason)

    def restore(self, grade_id: str, key_point: str, author: str, reason: str = "") -> Override:
        """Lift the overrides of one key point by a further layer."""
        self._must_exist(grade_id)
        return deciding.override(self.audit, grade_id, key_point, None, author=author, reason=reason)

    def overrides(self, grade_id: str) -> tuple[Override, ...]:
        """All layers ever laid over a grade, oldest first."""
        return self.said(grade_id).overrides

    def said(self, grade_id: str) -> Said:
        """Everything that people say of a grade."""
        return self.audit.said(grade_id)

    def close(self) -> None:
        """May be called more than once."""
        self._database.close()

    def _keys(self) -> set[str]:
        return {record.key for record, _ in self._records.values()}

    def _must_exist(self, grade_id: str) -> None:
        if grade_id not in self._records:
            raise StoreError(Words(f"没有编号为 {grade_id} 的评分记录", f"there is no grade with the id {grade_id}"))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._database:
            yield self._database

    def _now(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as a client got it."""

    messages: tuple[Message, ...]
    schema: dict[str, Any] | None
    max_tokens: int
    temperature: float | None
    top_logprobs: int
    seed: int | None

    @property
    def prompt(self) -> str:
        """Everything that a model would read."""
        return "\n".join(message["content"] for message in self.messages)

    @property
    def last(self) -> str:
        """The last message: the question, or what a repair turn says."""
        return self.messages[-1]["content"]


Answer = Reply | Mapping[str, Any] | str | JudgeError
"""What a script gives: a reply, the JSON or the text of one, or an error to raise."""


class ScriptedClient:
    """Stands in for `client.Client`: a script reads each call and answers; every call is kept in `asked`.

    The script is a function of the call, or answers in turn; a call more than there are answers is an AssertionError.
    """

    def __init__(
        self, script: Callable[[Asked], Answer] | Iterable[Answer], *, endpoint: Endpoint | None = None
    ) -> None:
        self.endpoint = endpoint or Endpoint("https://llm.example/v1", "scripted-1")
        self.asked: list[Asked] = []
        self._script = script if callable(script) else _in_turn(iter(script))

    async def chat(
        self,
        messages: list[Message],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
        temperature: float | None = 0.0,
        top_logprobs: int = 0,
        seed: int | None = None,
    ) -> Reply:
        """What the script says to this call."""
        asked = Asked(tuple(messages), schema, max_tokens, temperature, top_logprobs, seed)
        self.asked.append(asked)
        answer = self._script(asked)
        if isinstance(answer, JudgeError):
            raise answer
        return answer if isinstance(answer, Reply) else reply(answer)


def _in_turn(answers: Iterator[Answer]) -> Callable[[Asked], Answer]:
    def script(asked: Asked) -> Answer:
        for answer in answers:
            return answer
        raise AssertionError(f"a call that the script does not know: {asked.last}")

    return script


def reply(
    answer: Mapping[str, Any] | str, *, alternatives: Sequence[Mapping[str, float]] = (), notes: tuple[str, ...] = ()
) -> Reply:
    """A reply with this JSON or text, 100 tokens read and 10 written.

    `alternatives` gives each token, the one written first, with natural log-probabilities.
    """
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return Reply(
        text=text,
        data=None if isinstance(answer, str) else dict(answer),
        logprobs=tuple(alternatives),
        tokens=tuple(next(iter(one)) for one in alternatives),
        usage=Usage(calls=1, prompt=100, completion=10, seconds=0.5),
        finish_reason="stop",
        rung="json_schema",
        repaired=False,
        model="scripted-1",
        notes=notes,
    )


class ScriptedJudge:
    """A `Judge` whose verdicts a script gives by requirement id; what it does not name is missed.

    Levels become verdicts with the first clause as evidence. Every task is kept in `tasks`.
    """

    name = "llm"

    def __init__(
        self, script: Mapping[str, Level | Verdict] | Callable[[Task], Mapping[str, Level | Verdict]], key: str = "1"
    ) -> None:
        self.tasks: list[Task] = []
        self._script = script if callable(script) else lambda _: script
        self.key = f"scripted/{key}"

    async def judge(self, task: Task) -> Judgement:
        """One verdict for each requirement."""
        self.tasks.append(task)
        given = self._script(task)
        verdicts = (_as_verdict(item.id, given.get(item.id, Level.MISSED), task) for item in task.requirements)
        return Judgement(judge=self.name, verdicts=tuple(verdicts), usage=Usage(calls=1, prompt=100, completion=10))


def _as_verdict(key_point: str, given: Level | Verdict, task: Task) -> Verdict:
    if isinstance(given, Verdict):
        return given
    found = given in {Level.HIT, Level.PARTIAL}
    evidence = from_numbers(task.clauses, [clause.number for clause in task.clauses[:1]]) if found else ()
    cause = "scripted" if given is Level.UNSCORED else ""
    return Verdict(key_point=key_point, level=given, evidence=evidence, cause=cause)
