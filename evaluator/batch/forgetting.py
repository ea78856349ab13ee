"""One candidate taken out of the tables of a journal."""

from __future__ import annotations

import sqlite3

from evaluator.batch.schema import subject_of
from evaluator.models import Grade
from evaluator.store.audit import empty

_NOBODYS = "NOT EXISTS (SELECT 1 FROM answer WHERE answer.item = item.id)"


def forget(db: sqlite3.Connection, candidate: str, now: str) -> tuple[str, ...]:
    """Remove the candidate of that id with answers, grades and all that was said; in a transaction of the caller's.

    A text that somebody else wrote too stays theirs. Replies of batches at a provider go as a whole, for they do not
    tell whose they are. Returns the keys of the judgements that the grades were made from.
    """
    found = db.execute("SELECT key FROM candidate WHERE id = ?", (candidate,)).fetchone()
    if found is None:
        return ()
    for subject in sorted(_subjects(db, candidate, found[0])):
        empty(db, subject, now)
    db.execute("DELETE FROM answer WHERE candidate = ?", found)
    db.execute("DELETE FROM candidate WHERE key = ?", found)
    graded = db.execute(f"SELECT grade FROM item WHERE grade IS NOT NULL AND {_NOBODYS}").fetchall()  # noqa: S608 - a constant
    db.execute(f"DELETE FROM item WHERE {_NOBODYS}")  # noqa: S608 - a constant
    db.execute("DELETE FROM request WHERE body <> ''")
    judged = (Grade.model_validate_json(body).trace.key for (body,) in graded)
    return tuple(key for key in judged if key)


def _subjects(db: sqlite3.Connection, candidate: str, key: int) -> set[str]:
    """What the log calls the answers, also those that are no longer in the source."""
    answered = db.execute("SELECT rubric FROM answer WHERE candidate = ?", (key,))
    prefix = subject_of(candidate, "")
    spoken = db.execute("SELECT DISTINCT subject FROM act WHERE substr(subject, 1, ?) = ?", (len(prefix), prefix))
    return {subject_of(candidate, rubric) for (rubric,) in answered} | {subject for (subject,) in spoken}
