"""Everything that is kept of one candidate: to be handed out, or to be deleted.

In the history a candidate is whatever was typed beside the answer; in a journal an id or a name of the source. Only
what is exactly the same is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from evaluator.batch.answers import Answers, Found
from evaluator.batch.journal import Journal
from evaluator.models import Act
from evaluator.store import AuditLog, Store

Journals = Iterable[tuple[str, Journal]]
"""The id of each, and the journal as long as it is looked at."""


def dossier(named: str, store: Store, batches: Journals, calibrations: Journals) -> dict[str, JsonValue]:
    """All of it as data: grades of the history, answers of batches and calibrations, each with every act of people."""
    history: list[JsonValue] = [
        {**record.model_dump(mode="json", by_alias=True), "people": _acts(store.audit, record.id)}
        for record in (store.list(candidate=named, limit=None) if named else ())
    ]
    return {
        "schema": "evaluator/candidate@1",
        "candidate": named,
        "history": history,
        "batches": list(_answers(named, batches)),
        "calibrations": list(_answers(named, calibrations)),
    }


def forget_in_history(named: str, store: Store) -> None:
    """Delete their grades, so that nothing stays readable in the file; the log keeps that they were deleted."""
    for record in store.list(candidate=named, limit=None) if named else ():
        store.delete(record.id)


def forget_in(named: str, journal: Journal, store: Store) -> bool:
    """The same for a journal, with the judgements that its grades were made from. False where there is nothing."""
    found = ids(named, journal)
    for candidate in found:
        store.drop_judgements(journal.forget_candidate(candidate))
    return bool(found)


def _answers(named: str, journals: Journals) -> Iterator[JsonValue]:
    for run, journal in journals:
        for candidate in ids(named, journal):
            columns = _columns(candidate, journal)
            for one in _of(candidate, journal):
                yield {**_answer(run, one, journal), "columns": columns}


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
