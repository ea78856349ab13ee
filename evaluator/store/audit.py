"""The audit log: who decided what, when. Rows are only ever added, each chained to the one before by its hash.

What was said of an answer goes with the answer: deleting it empties the rows about it, and the chain still holds,
because a row's hash is made of the digest of what was said. A salt keeps that digest from being guessed at.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple

from pydantic import JsonValue

from evaluator.models import Act, ActKind, Model, Said, said

FIRST = "0" * 64
"""Stands for the hash before the first row."""
_PAGE = 500
_COLUMNS = "sequence, created, author, kind, subject, body, digest, hash"
_ONLY_EMPTIED = " AND ".join(
    f"NEW.{name} IS OLD.{name}" for name in ("sequence", "created", "author", "kind", "subject", "digest", "hash")
)
SCHEMA = (
    """
    CREATE TABLE act (
        sequence INTEGER PRIMARY KEY,
        created TEXT NOT NULL,
        author TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT,  -- NULL once the subject was deleted
        digest TEXT NOT NULL,  -- SHA-256 of the body
        hash TEXT NOT NULL
    )
    """,
    "CREATE INDEX act_subject ON act (subject, sequence)",
    "CREATE TRIGGER act_stays BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END",
    f"""
    CREATE TRIGGER act_unchanged BEFORE UPDATE ON act WHEN NOT (NEW.body IS NULL AND {_ONLY_EMPTIED})
    BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END
    """,
)
_Connecting = Callable[[], AbstractContextManager[sqlite3.Connection]]


class Verified(Model):
    """What a look through the whole log found."""

    acts: int
    emptied: int
    """Rows whose subject was deleted."""
    head: str
    """Hash of the last row: who keeps it elsewhere can tell later that nothing was cut off."""
    broken: int | None = None
    """The first row that is not as it was written; None where all is well."""
    fault: str = ""
    """`missing`, `chain`, `body`, `emptied` (without a deletion) or `head` (the one asked for is not there)."""


class _Row(NamedTuple):
    sequence: int
    created: str
    author: str
    kind: ActKind
    subject: str
    body: str | None
    digest: str
    hash: str


class AuditLog:
    """The log in one database; `writing` is a transaction of it. For any thread, as `writing` and `reading` are."""

    def __init__(self, reading: _Connecting, writing: _Connecting, now: Callable[[], str]) -> None:
        self._reading = reading
        self._writing = writing
        self._now = now

    def add(self, kind: ActKind, subject: str, author: str, body: Mapping[str, JsonValue]) -> Act:
        """Add a row; returns it."""
        with self._writing() as db:
            return append(db, kind, subject, author=author, body=body, created=self._now())

    def of(self, subject: str) -> tuple[Act, ...]:
        """All rows about that subject, oldest first."""
        with self._reading() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM act WHERE subject = ? ORDER BY sequence", (subject,)).fetchall()  # noqa: S608 - constants
        return tuple(_act(_Row(*row)) for row in rows)

    def said(self, subject: str) -> Said:
        """What holds of that answer."""
        return said(self.of(subject))

    def all(self) -> Iterator[Act]:
        """Every row, oldest first; one page in memory."""
        return (_act(row) for row in self._rows())

    def verify(self, head: str = "") -> Verified:
        """Look through the whole log; with `head` also whether that hash stands in it."""
        count, emptied, before, seen = 0, dict[str, int](), FIRST, head in ("", FIRST)
        number_emptied = 0
        for row in self._rows():
            count += 1
            if fault := _fault(row, count, before):
                return Verified(acts=count, emptied=number_emptied, head=before, broken=count, fault=fault)
            if row.body is None:
                number_emptied += 1
                emptied.setdefault(row.subject, row.sequence)
            if row.kind == "delete":
                emptied.pop(row.subject, None)
            before = row.hash
            seen = seen or row.hash == head
        if emptied:
            return Verified(
                acts=count, emptied=number_emptied, head=before, broken=min(emptied.values()), fault="emptied"
            )
        fault = "" if seen else "head"
        return Verified(acts=count, emptied=number_emptied, head=before, fault=fault)

    def _rows(self) -> Iterator[_Row]:
        last = 0
        while True:
            with self._reading() as db:
                rows = db.execute(
                    f"SELECT {_COLUMNS} FROM act WHERE sequence > ? ORDER BY sequence LIMIT {_PAGE}",  # noqa: S608 - constants
                    (last,),
                ).fetchall()
            yield from (_Row(*row) for row in rows)
            if not rows:
                return
            last = rows[-1][0]


def append(
    db: sqlite3.Connection, kind: ActKind, subject: str, *, author: str, body: Mapping[str, JsonValue], created: str
) -> Act:
    """Add a row within a transaction of the caller's."""
    found = db.execute("SELECT sequence, hash FROM act ORDER BY sequence DESC LIMIT 1").fetchone()
    last, before = found or (0, FIRST)
    text = json.dumps({**body, "salt": secrets.token_hex(8)}, ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    row = _Row(last + 1, created, author, kind, subject, text, digest, "")
    row = row._replace(hash=_hash(before, row))
    db.execute(f"INSERT INTO act ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - constants
    return _act(row)


def empty(db: sqlite3.Connection, subject: str, created: str, author: str = "") -> None:
    """Take out what was said of a subject that is being deleted, and say that it was; in the caller's transaction."""
    db.execute("UPDATE act SET body = NULL WHERE subject = ? AND body IS NOT NULL", (subject,))
    append(db, "delete", subject, author=author, body={}, created=created)


def _hash(before: str, row: _Row) -> str:
    said_so = [before, row.sequence, row.created, row.author, row.kind, row.subject, row.digest]
    return hashlib.sha256(json.dumps(said_so).encode()).hexdigest()


def _fault(row: _Row, expected: int, before: str) -> str:
    if row.sequence != expected:
        return "missing"
    if row.hash != _hash(before, row):
        return "chain"
    if row.body is not None and row.digest != hashlib.sha256(row.body.encode("utf-8", "surrogatepass")).hexdigest():
        return "body"
    return ""


def _act(row: _Row) -> Act:
    body = None if row.body is None else json.loads(row.body)
    if body is not None:
        del body["salt"]
    return Act(
        sequence=row.sequence,
        created=row.created,
        author=row.author,
        kind=row.kind,
        subject=row.subject,
        body=body,
        hash=row.hash,
    )
