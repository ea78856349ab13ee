"""The tables of a journal."""

from __future__ import annotations

import hashlib
import sqlite3

from evaluator.store import audit

VERSION = 2

_RUBRIC = """
CREATE TABLE rubric (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    hash TEXT NOT NULL,
    judged_by TEXT NOT NULL,  -- the key that grades must carry to count
    body TEXT NOT NULL
)
"""
_CANDIDATE = """
CREATE TABLE candidate (
    key INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    columns TEXT NOT NULL,
    turn INTEGER NOT NULL  -- in which taking in of the source it was last seen
)
"""
_ITEM = """
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    rubric TEXT NOT NULL,
    digest BLOB NOT NULL,
    text TEXT NOT NULL,
    grade TEXT,
    failure TEXT NOT NULL DEFAULT '',
    review INTEGER NOT NULL DEFAULT 0,
    judged_by TEXT,
    scored_by TEXT
)
"""
_ANSWER = """
CREATE TABLE answer (
    candidate INTEGER NOT NULL REFERENCES candidate (key),
    rubric TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES item (id),
    place TEXT NOT NULL,
    human TEXT NOT NULL,
    turn INTEGER NOT NULL,
    PRIMARY KEY (candidate, rubric)
)
"""
_JOB = """
CREATE TABLE job (  -- a batch at the provider: what was sent, and where it stands
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    body TEXT NOT NULL
)
"""
_REQUEST = """
CREATE TABLE request (  -- what was put down for such a batch, and what came back
    id BLOB PRIMARY KEY,  -- SHA-256 of the body; in hexadecimal the custom_id of its line
    job TEXT NOT NULL,  -- empty while its file is being written
    status INTEGER,  -- NULL: no answer yet; 200; an error of HTTP; 0: never answered
    body TEXT NOT NULL DEFAULT ''
)
"""

SCHEMA: tuple[str, ...] = (
    "CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    _RUBRIC,
    _CANDIDATE,
    "CREATE INDEX candidate_position ON candidate (position)",
    _ITEM,
    "CREATE UNIQUE INDEX item_digest ON item (digest, rubric)",
    "CREATE INDEX item_rubric ON item (rubric, id)",
    _ANSWER,
    "CREATE INDEX answer_item ON answer (item)",
    "CREATE TABLE rejected (place TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL)",
    *audit.SCHEMA,
    _JOB,
    _REQUEST,
    "CREATE INDEX request_job ON request (job)",
)


def subject_of(candidate: str, rubric: str) -> str:
    """What the audit log calls the answer of that candidate to that question; tells nothing of who they are."""
    digest = hashlib.blake2b(candidate.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{digest}/{rubric}"


def bring_up_to_date(db: sqlite3.Connection, version: int) -> None:
    """Take a journal of an earlier version to this one, within a transaction of the caller's."""
    if version < 2:
        for statement in audit.SCHEMA:
            db.execute(statement)
        rows = db.execute(
            "SELECT candidate, rubric, key_point, level, author, reason, created FROM override ORDER BY sequence"
        )
        for candidate, rubric, key_point, level, author, reason, created in rows.fetchall():
            body = {"key_point": key_point, "level": level, "reason": reason}
            audit.append(db, "override", subject_of(candidate, rubric), author=author, body=body, created=created)
        db.execute("DROP TABLE override")
