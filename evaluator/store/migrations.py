"""How the database came to look as it does: one small function a step, never changed once released.

`PRAGMA user_version` says how many steps a file has taken. A step runs inside the transaction of the caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from evaluator.store import audit

APPLICATION_ID = 0x45564131
"""`EVA1` in the file's header, so that another program's database is never taken for ours."""


def create_judgements(connection: sqlite3.Connection) -> None:
    """Judgements by content key."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("CREATE TABLE judgement (key TEXT PRIMARY KEY, body TEXT NOT NULL, created TEXT NOT NULL)")


def create_grades(connection: sqlite3.Connection) -> None:
    """The history of grades."""
    connection.execute(
        """
        CREATE TABLE grade (
            id TEXT PRIMARY KEY,
            rubric TEXT NOT NULL,
            candidate TEXT NOT NULL,
            answer TEXT NOT NULL,
            key TEXT NOT NULL,
            body TEXT NOT NULL,
            created TEXT NOT NULL
        )
        """
    )
    connection.execute("CREATE INDEX grade_rubric ON grade (rubric, id)")
    connection.execute("CREATE INDEX grade_key ON grade (key)")


def create_overrides(connection: sqlite3.Connection) -> None:
    """What people said about grades; the database itself refuses to change a row."""
    connection.execute(
        """
        CREATE TABLE override (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            grade TEXT NOT NULL REFERENCES grade (id) ON DELETE CASCADE,
            key_point TEXT NOT NULL,
            level TEXT,
            author TEXT NOT NULL,
            reason TEXT NOT NULL,
            created TEXT NOT NULL
        )
        """
    )
    connection.execute("CREATE INDEX override_grade ON override (grade, sequence)")
    connection.execute(
        "CREATE TRIGGER override_append_only BEFORE UPDATE ON override "
        "BEGIN SELECT RAISE(ABORT, 'overrides are only ever added'); END"
    )


def create_rubrics(connection: sqlite3.Connection) -> None:
    """Rubrics as they were when grades were made, by content hash."""
    connection.execute("CREATE TABLE rubric (hash TEXT PRIMARY KEY, body TEXT NOT NULL)")


def create_numbers(connection: sqlite3.Connection) -> None:
    """What judges found once about a model and a rubric; nothing of any answer."""
    connection.execute("CREATE TABLE number (key TEXT PRIMARY KEY, value REAL NOT NULL)")


def create_acts(connection: sqlite3.Connection) -> None:
    """The audit log, with the overrides that were kept in a table of their own."""
    for statement in audit.SCHEMA:
        connection.execute(statement)
    rows = connection.execute("SELECT grade, key_point, level, author, reason, created FROM override ORDER BY sequence")
    for grade, key_point, level, author, reason, created in rows.fetchall():
        body = {"key_point": key_point, "level": level, "reason": reason}
        audit.append(connection, "override", grade, author=author, body=body, created=created)
    connection.execute("DROP TABLE override")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    create_judgements,
    create_grades,
    create_overrides,
    create_rubrics,
    create_numbers,
    create_acts,
)
