"""Results into files: the ending of the name says which kind, and the file is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evaluator.batch import Results
from evaluator.batch.alike import Alike
from evaluator.errors import InputError, Problem, Words
from evaluator.workbook.comma_separated import key_points_beside, write_csv
from evaluator.workbook.json_lines import write_json_lines

ENDINGS = (".xlsx", ".csv", ".jsonl", ".html")


def write(results: Results, path: Path, *, lang: str = "zh", alike: Sequence[Alike] | None = None) -> tuple[Path, ...]:
    """Write a run down and return the files written: one, or two for .csv, whose key points stand beside it.

    `alike` are groups of near-identical answers, shown in .xlsx and .html; None where nobody looked for any. An
    existing file is replaced once the new one is whole.

    Raises InputError for another ending, and where a file cannot be written, is open elsewhere or too long for Excel.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(_unknown(path))
    paths = (path, key_points_beside(path)) if ending == ".csv" else (path,)
    with _whole(paths) as partial:
        _writer(ending, lang, alike)(results, partial)
    return paths


def _writer(ending: str, lang: str, alike: Sequence[Alike] | None) -> Callable[[Results, Sequence[Path]], None]:
    def to_workbook(results: Results, partial: Sequence[Path]) -> None:
        from evaluator.workbook.excel import write_workbook  # noqa: PLC0415 - brings in rich and xlsxwriter

        write_workbook(results, partial[0], lang, alike)

    def to_page(results: Results, partial: Sequence[Path]) -> None:
        from evaluator.workbook.page import write_page  # noqa: PLC0415 - brings in Jinja2

        write_page(results, partial[0], lang, alike)

    def to_csv(results: Results, partial: Sequence[Path]) -> None:
        write_csv(results, partial[0], partial[1], lang)

    def to_json_lines(results: Results, partial: Sequence[Path]) -> None:
        write_json_lines(results, partial[0])

    return {".xlsx": to_workbook, ".html": to_page, ".csv": to_csv, ".jsonl": to_json_lines}[ending]


@contextmanager
def _whole(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Files beside the wanted ones, moved into place together once all are written."""
    for path in paths:
        check(path)
    partial = [path.with_name(f".{path.stem}.partial{path.suffix}") for path in paths]
    at = paths[0]
    try:
        yield partial
        for at, written in zip(paths, partial, strict=True):
            written.replace(at)
    except OSError as error:
        raise InputError(_refused(at, error)) from error
    finally:
        for file in partial:
            file.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Find out before the work what would spoil it after."""
    if not path.parent.is_dir():
        raise InputError(
            Problem(
                Words(f"没有文件夹 {path.parent}", f"there is no folder {path.parent}"),
                str(path),
                hint=Words("先建好文件夹，或换个位置", "create it first, or choose another place"),
            )
        )
    if path.is_dir():
        raise InputError(Problem(Words("这是文件夹，不是文件", "this is a folder, not a file"), str(path)))
    # What Excel and LibreOffice lay beside a file that is open in them.
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise InputError(_open_elsewhere(path, lock))
    try:
        if path.exists():
            with path.open("r+b"):
                pass
        elif not os.access(path.parent, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise InputError(_refused(path, error)) from error


def _unknown(path: Path) -> Problem:
    listed = "、".join(ENDINGS)
    ending = path.suffix or path.name
    return Problem(
        Words(f"不会写 {ending} 文件", f"cannot write {ending} files"),
        str(path),
        hint=Words(f"文件名以 {listed} 结尾", f"let the name end in {', '.join(ENDINGS)}"),
    )


def _open_elsewhere(path: Path, lock: Path) -> Problem:
    return Problem(
        Words("这个文件正在 Excel 或 LibreOffice 里打开着", "this file is open in Excel or LibreOffice"),
        str(path),
        hint=Words(
            f"关闭它再来，或换个文件名；如果没有打开，删掉 {lock.name}",
            f"close it there, or choose another name; if it is not open, delete {lock.name}",
        ),
    )


def _refused(path: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem(
        Words(f"写不了文件：{reason}", f"cannot write: {reason}"),
        str(path),
        hint=Words(
            "看看它是不是在别的程序里打开着、只读，或磁盘满了；也可以换个文件名",
            "see whether another program has it open, it is read-only, or the disk is full; or choose another name",
        ),
    )
