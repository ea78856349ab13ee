"""Everything that is kept of one candidate: to be handed out, or to be deleted.

In the history a candidate is whatever was typed beside the answer; in a batch an id or a name of the source. Only what
is exactly the same is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from pydantic import JsonValue

from evaluator.batch.answers import Answers, Found
from evaluator.batch.journal import Journal
from evaluator.models import Act
from evaluator.store import AuditLog, Store

Journals = Iterable[tuple[str, AbstractContextManager[Journal]]]
"""The id of each run, and its journal, opened one after the other."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What `forget` took away."""

    grades: int
    answers: int
    runs: tuple[str, ...]


def dossier(named: str, store: Store, journals: Journals) -> dict[str, JsonValue]:
    """All of it as data: grades of the history and answers of batches, each with every act of people on it."""
    history: list[JsonValue] = [
        {**record.model_dump(mode="json", by_alias=True), "people": _acts(store.audit, record.id)}
        for record in (store.list(candidate=named, limit=None) if named else ())
    ]
    batches: list[JsonValue] = []
    for run, opening in journals:
        with opening as journal:
            for candidate in ids(named, journal):
                columns = _columns(candidate, journal)
                batches += [{**_answer(run, one, journal), "columns": columns} for one in _of(candidate, journal)]
    return {"schema": "evaluator/candidate@1", "candidate": named, "history": history, "batches": batches}


def forget(named: str, store: Store, journals: Journals) -> Removed:
    """Delete all of it, so that nothing stays readable in the files; the logs keep that it was deleted."""
    answers, runs = 0, []
    for run, opening in journals:
        with opening as journal:
            for candidate in ids(named, journal):
                answers += len(_places(candidate, journal))
                store.drop_judgements(journal.forget_candidate(candidate))
                runs.append(run)
    records = store.list(candidate=named, limit=None) if named else ()
    grades = sum(store.delete(record.id) for record in records)
    return Removed(grades, answers, tuple(dict.fromkeys(runs)))


def _columns(candidate: str, journal: Journal) -> JsonValue:
    """What else the source says of them."""
    ((text,),) = journal.query("SELECT columns FROM candidate WHERE id = ?", (candidate,))
    columns: JsonValue = json.loads(str(text)) if text else {}
    return columns


def ids(named: str, journal: Journal) -> tuple[str, ...]:
    """Ids of the candidates with exactly that id or that name; there may be several of one name."""
    if not named:
        return ()
    rows = journal.query("SELECT id FROM candidate WHERE id = ?1 OR name = ?1 ORDER BY position", (named,))
    return tuple(str(found) for (found,) in rows)


def count(named: str, journal: Journal) -> int:
    """How many answers of theirs there are."""
    return sum(len(_places(candidate, journal)) for candidate in ids(named, journal))


def _places(candidate: str, journal: Journal) -> tuple[tuple[int, str], ...]:
    rows = journal.query(
        "SELECT answer.candidate, answer.rubric FROM answer JOIN candidate ON candidate.key = answer.candidate "
        "WHERE candidate.id = ? ORDER BY answer.rowid",
        (candidate,),
    )
    return tuple((int(str(key)), str(rubric)) for key, rubric in rows)


def _of(candidate: str, journal: Journal) -> Iterator[Found]:
    answers = Answers(journal)
    for key, rubric in _places(candidate, journal):
        if (found := answers.get(key, rubric)) is not None:
            yield found


def _answer(run: str, found: Found, journal: Journal) -> Mapping[str, JsonValue]:
    return {
        "run": run,
        "candidate": found.candidate,
        "name": found.name,
        "place": found.place,
        "rubric": found.rubric.id,
        "question": found.rubric.question,
        "answer": found.text,
        "human": [one.model_dump(mode="json") for one in found.human],
        "grade": found.grade.model_dump(mode="json", by_alias=True) if found.grade else None,
        "failure": found.failure,
        "people": _acts(journal.audit, found.subject),
    }


def _acts(log: AuditLog, subject: str) -> list[JsonValue]:
    return [_act(act) for act in log.of(subject)]


def _act(act: Act) -> JsonValue:
    return {"created": act.created, "author": act.author, "kind": act.kind, **(act.body or {})}
