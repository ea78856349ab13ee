"""What goes wrong with a database file, in words that say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from evaluator.errors import StoreError, Words

_LOCKED = Words(
    "记录库正被另一个程序占用，等待超时。关掉那个程序或稍后再试",
    "the database is in use by another program, which did not let go in time. End that program or try again later",
)
_DAMAGED = Words(
    "这个文件已损坏，或者根本不是记录库。把它移走后会新建一个，或从备份恢复",
    "the file is damaged or no database at all. Move it away to start a new one, or bring back a copy",
)
_FULL = Words("磁盘已满。腾出空间后再试", "the disk is full. Make room and try again")
_CLOSED = Words(
    "不能读写这个文件。检查它和所在目录的权限", "cannot read or write the file. Check its and its folder's permissions"
)
_BY_CODE: dict[int | None, Words] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
}


def code_of(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code (details stand in the higher bits); None where Python itself objects."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def explained(error: OSError | sqlite3.Error, path: Path) -> StoreError:
    """The error of the operating system or of SQLite as ours; its own words stand in brackets."""
    if isinstance(error, OSError):
        words = _CLOSED
    else:
        words = _BY_CODE.get(code_of(error), Words("读写记录库时出错", "the database failed"))
    return _about(path, Words(f"{words.zh}（{error}）", f"{words.en} ({error})"))


def foreign(path: Path) -> StoreError:
    """The file is another program's database."""
    return _about(
        path,
        Words(
            "这是别的程序的数据库，不会改动它。请用 --store 另指定一个文件",
            "this is another program's database and is left alone. Name another file with --store",
        ),
    )


def newer(path: Path) -> StoreError:
    """The file was written by a later version of this program."""
    return _about(
        path,
        Words(
            "这个记录库由更新版本的 evaluator 写成。请升级 evaluator，或用 --store 另指定一个文件",
            "this database was written by a later version of evaluator. Upgrade, or name another file with --store",
        ),
    )


def unreadable(path: Path, grade_id: str) -> StoreError:
    """A grade whose body is not what this version writes."""
    return _about(
        path,
        Words(
            f"记录 {grade_id} 的内容读不懂。可用 evaluator history delete {grade_id} 删除它",
            f"record {grade_id} cannot be understood. `evaluator history delete {grade_id}` removes it",
        ),
    )


def no_grade(grade_id: str) -> StoreError:
    """An id that is not in the history."""
    return StoreError(Words(f"没有编号为 {grade_id} 的评分记录", f"there is no grade with the id {grade_id}"))


def _about(path: Path, words: Words) -> StoreError:
    return StoreError(Words(f"{path}：{words.zh}", f"{path}: {words.en}"))
