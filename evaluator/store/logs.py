"""Audit logs looked at from outside, while the databases that they stand in may be in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NoReturn

from evaluator.errors import StoreError, Words
from evaluator.store.audit import AuditLog


@contextmanager
def reading_log(path: Path) -> Iterator[AuditLog | None]:
    """The log in that database, to be read only; None where it was written before there were logs.

    Raises StoreError where the file cannot be read.
    """
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    try:
        there = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'act'").fetchone()
        yield AuditLog(lambda: nullcontext(db), _refuse, str) if there else None
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    finally:
        db.close()


def _refuse() -> NoReturn:
    raise RuntimeError("opened to be read only")


def _unreadable(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(Words(f"{path}：读不了（{error}）", f"{path}: cannot be read ({error})"))
