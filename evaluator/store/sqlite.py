"""The store in one SQLite file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from pydantic import ValidationError

from evaluator.models import Grade, Judgement, Level, Model, Override, Rubric, Said
from evaluator.store import deciding
from evaluator.store.audit import AuditLog, empty
from evaluator.store.explaining import code_of, explained, foreign, newer, no_grade, unreadable
from evaluator.store.migrations import APPLICATION_ID, MIGRATIONS
from evaluator.store.protocol import GradeRecord

_Kept = TypeVar("_Kept", bound=Model)
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 in ASCII order, without the letters that are read as digits."""
_ID_LENGTH = 9
_COLUMNS = "id, created, candidate, key, answer, body"


def iso_now() -> str:
    """The same as text, as every record holds it."""
    return _iso(utc_now())


def utc_now() -> datetime:
    """The time that records are stamped with."""
    return datetime.now(UTC)


class SqliteStore:
    """A `Store` in the SQLite file at `path`; file (readable by its owner only) and folder are made if missing.

    Safe to use from many threads (they take turns) and many processes (each with a store of its own; a writer waits up
    to `patience` seconds for another). What a method has written survives the death of the process. Usable in `with`.

    Raises:
        StoreError: the file cannot be opened, is damaged, belongs to another program or to a later version of this one.
    """

    def __init__(self, path: str | Path, *, patience: float = 10.0, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = Path(path).expanduser()
        self._clock = clock
        self._lock = Lock()
        self._last_stamp = 0
        try:
            _make_private(self.path)
            self._connection = sqlite3.connect(
                self.path, timeout=patience, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise explained(error, self.path) from error
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise
        self.audit = AuditLog(self._reading, self._writing, self._now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; may be called more than once."""
        with self._lock:
            self._connection.close()

    # --- judgements ---

    def get_judgement(self, key: str) -> Judgement | None:
        """The judgement under that key; None also where it was written in a form that is no longer understood."""
        return self._understood("SELECT body FROM judgement WHERE key = ?", key, Judgement)

    def put_judgement(self, key: str, judgement: Judgement) -> None:
        """Keep a judgement; one that stands under that key already is replaced."""
        row = (key, judgement.model_dump_json(), self._now())
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO judgement (key, body, created) VALUES (?, ?, ?)", row)

    def put_judgements(self, judgements: Mapping[str, Judgement]) -> None:
        """Keep many at once, all or none."""
        now = self._now()
        rows = [(key, judgement.model_dump_json(), now) for key, judgement in judgements.items()]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO judgement (key, body, created) VALUES (?, ?, ?)", rows)

    def kept(self, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that a judgement stands under."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key FROM judgement WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),)
            )
            return frozenset(key for (key,) in rows)

    def drop_judgements(self, keys: Iterable[str]) -> None:
        """Remove judgements, but those that a grade of the history was made from."""
        with self._writing() as connection:
            _drop_judgements(connection, keys)
        self._wipe()

    # --- numbers ---

    def get_number(self, key: str) -> float | None:
        """The number under that key, or None."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM number WHERE key = ?", (key,)).fetchone()
        return None if row is None else float(row[0])

    def put_number(self, key: str, number: float) -> None:
        """Keep a number; one that stands under that key already is replaced."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO number (key, value) VALUES (?, ?)", (key, number))

    # --- history ---

    def add_grade(
        self, grade: Grade, *, answer: str, key: str, candidate: str = "", rubric: Rubric | None = None
    ) -> str:
        """Add a grade to the history, and the rubric it was scored by; returns its id."""
        body = grade.model_dump_json(by_alias=True)
        with self._writing() as connection:
            grade_id = self._next_id(connection)
            connection.execute(
                f"INSERT INTO grade ({_COLUMNS}, rubric) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
                (grade_id, self._now(), candidate, key, answer, body, grade.rubric),
            )
            if rubric is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO rubric (hash, body) VALUES (?, ?)",
                    (grade.trace.rubric_hash, rubric.model_dump_json()),
                )
        return grade_id

    def get_rubric(self, rubric_hash: str) -> Rubric | None:
        """The rubric of that content hash; None also where it was written in a form that is no longer understood."""
        return self._understood("SELECT body FROM rubric WHERE hash = ?", rubric_hash, Rubric)

    def get(self, grade_id: str) -> GradeRecord | None:
        """The record of that id, or None."""
        found = self._records("id = ?", (grade_id,), limit=1)
        return found[0] if found else None

    def list(
        self, *, rubric: str = "", text: str = "", candidate: str = "", limit: int | None = 50
    ) -> tuple[GradeRecord, ...]:
        """Newest first, at most `limit`: of one rubric id, of one candidate, with `text` in the answer (any case)."""
        condition = (
            "(?1 = '' OR rubric = ?1) AND (?2 = '' OR instr(lower(answer), lower(?2)) > 0) "
            "AND (?3 = '' OR candidate = ?3)"
        )
        return self._records(condition, (rubric, text, candidate), limit=limit)

    def delete(self, grade_id: str) -> bool:
        """Remove a grade, its overrides and, unless another grade was made from it, its judgement."""
        with self._writing() as connection:
            removed = _remove(connection, "id = ?", (grade_id,), self._now())
        self._wipe()
        return removed > 0

    def purge(self, older_than_days: float | None) -> int:
        """Remove grades stored longer ago than that, or everything where it is None; returns how many.

        What the audit log says of them goes too; that they were removed stays.
        """
        # A time that no record reaches stands for everything.
        before = "9999" if older_than_days is None else _iso(self._clock() - timedelta(days=older_than_days))
        with self._writing() as connection:
            removed = _remove(connection, "created < ?", (before,), self._now())
            connection.execute(
                "DELETE FROM judgement WHERE created < ? AND key NOT IN (SELECT key FROM grade)", (before,)
            )
            if older_than_days is None:
                connection.execute("DELETE FROM rubric")
        self._wipe()
        return removed

    # --- overrides ---

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

    # --- inside ---

    def _prepare(self) -> None:
        with self._reading() as connection:
            _check_owner(connection, self.path)
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON").fetchone()
            done = _version(connection)
        if done < len(MIGRATIONS):
            with self._writing() as connection:
                # Another process may have taken the steps while this one waited for the lock.
                for number in range(_version(connection), len(MIGRATIONS)):
                    MIGRATIONS[number](connection)
                    connection.execute(f"PRAGMA user_version = {number + 1}")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise explained(error, self.path) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing. It takes the write lock at once, so it cannot fail half way."""
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _records(self, condition: str, values: tuple[str, ...], *, limit: int | None) -> tuple[GradeRecord, ...]:
        query = (
            f"SELECT {_COLUMNS} FROM grade WHERE {condition} ORDER BY id DESC LIMIT {-1 if limit is None else limit}"  # noqa: S608 - constants and a number
        )
        with self._reading() as connection:
            rows = connection.execute(query, values).fetchall()
        return tuple(self._record(row) for row in rows)

    def _understood(self, query: str, key: str, kind: type[_Kept]) -> _Kept | None:
        with self._reading() as connection:
            row = connection.execute(query, (key,)).fetchone()
        try:
            return None if row is None else kind.model_validate_json(row[0])
        except ValidationError:
            return None

    def _record(self, row: tuple[str, str, str, str, str, str]) -> GradeRecord:
        grade_id, created, candidate, key, answer, body = row
        try:
            grade = Grade.model_validate_json(body)
        except ValidationError as error:
            raise unreadable(self.path, grade_id) from error
        return GradeRecord(id=grade_id, created=created, candidate=candidate, key=key, answer=answer, grade=grade)

    def _must_exist(self, grade_id: str) -> None:
        with self._reading() as connection:
            if connection.execute("SELECT 1 FROM grade WHERE id = ?", (grade_id,)).fetchone() is None:
                raise no_grade(grade_id)

    def _next_id(self, connection: sqlite3.Connection) -> str:
        """Milliseconds in base 32, pushed up where needed so that every id sorts behind the one before."""
        (newest,) = connection.execute("SELECT max(id) FROM grade").fetchone()
        after = max(self._last_stamp, _stamp(newest) if newest else 0)
        self._last_stamp = max(int(self._clock().timestamp() * 1000), after + 1)
        return _id(self._last_stamp)

    def _wipe(self) -> None:
        """Empty the write-ahead log too: it still holds what was just removed. Waits for readers, for a while."""
        with self._reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _now(self) -> str:
        return _iso(self._clock())


def _make_private(path: Path) -> None:
    """Make the folder and an empty file that only its owner can read; the log files take over its mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    # One snapshot: another process may be making the tables at this moment.
    connection.execute("BEGIN")
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        version = _version(connection)
    finally:
        connection.rollback()
    if owner != APPLICATION_ID and (owner or tables):
        raise foreign(path)
    if version > len(MIGRATIONS):
        raise newer(path)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers never wait, and a killed writer leaves what it committed.

    A file system that cannot do it keeps its own journal, which is as safe. The mode belongs to the file: whoever holds
    it at this moment is most likely just switching it on, and SQLite does not wait here as it does elsewhere.
    """
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError as error:
        if code_of(error) != sqlite3.SQLITE_BUSY:
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _remove(connection: sqlite3.Connection, condition: str, values: tuple[str, ...], now: str) -> int:
    """Remove those grades, what was said of them, and the judgements that no other grade was made from."""
    found = connection.execute(f"SELECT id, key FROM grade WHERE {condition}", values).fetchall()  # noqa: S608 - a constant
    for grade_id, _ in found:
        connection.execute("DELETE FROM grade WHERE id = ?", (grade_id,))
        empty(connection, grade_id, now)
    _drop_judgements(connection, (key for _, key in found))
    return len(found)


def _drop_judgements(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    connection.executemany(
        "DELETE FROM judgement WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM grade WHERE key = ?1)",
        [(key,) for key in keys],
    )


def _iso(moment: datetime) -> str:
    """Always of the same width, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _id(stamp: int) -> str:
    return "".join(_DIGITS[stamp >> shift & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))


def _stamp(grade_id: str) -> int:
    return sum(_DIGITS.index(letter) << 5 * place for place, letter in enumerate(reversed(grade_id)))
