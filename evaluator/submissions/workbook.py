"""Spreadsheets (.xlsx, .xlsb, .xls, .ods) -> tables, by calamine."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from evaluator.errors import InputError, Words
from evaluator.submissions.cells import Row, row_of
from evaluator.submissions.refusing import refused

MAX_UNPACKED = 1_000_000_000
"""Bytes that the parts of one workbook may unpack to."""
MAX_CELLS = 50_000_000
"""Cells of a sheet, empty ones included: they are all held in memory."""
UNLOCK = Words("解除密码后另存再试", "save it without the password")
_SAVE_AS = Words("用 Excel 或 WPS 打开后另存为 .xlsx 或 .csv", "open it in Excel or WPS and save it as .xlsx or .csv")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_FAULTY = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"')
_FAR_RIGHT = re.compile(rb'\br="([A-Z]{3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,7})"')


class Sheet:
    """One sheet, in memory."""

    delimited = False

    def __init__(self, name: str, values: list[list[Any]], faults: set[tuple[int, int]]) -> None:
        self.sheet = self.place = name
        self._values = values
        self._faults: dict[int, list[int]] = {}
        for row, column in sorted(faults):
            self._faults.setdefault(row, []).append(column)

    def rows(self) -> Iterator[Row]:
        """All rows, with their numbers in the sheet."""
        for number, values in enumerate(self._values, 1):
            row = row_of(number, values)
            faulty = tuple(self._faults.get(number, ()))
            yield row._replace(faults=tuple(dict.fromkeys((*row.faults, *faulty)))) if faulty else row


def sheets(path: Path, name: str) -> list[Sheet]:
    """The visible sheets of a workbook that are not empty.

    Raises InputError where it is encrypted, damaged or too large.
    """
    from python_calamine import (  # noqa: PLC0415 - slow to load
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    faults = _faults(path, name)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return [
                Sheet(one.name, _values(book.get_sheet_by_name(one.name)), faults.get(one.name, set()))
                for one in book.sheets_metadata
                if one.typ is SheetTypeEnum.WorkSheet and one.visible is SheetVisibleEnum.Visible
            ]
    except PasswordError as fault:
        raise refused(name, "表格有密码", "the workbook is protected by a password", hint=UNLOCK) from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise _damaged(name, str(fault)) from fault


def _values(sheet: Any) -> list[list[Any]]:
    values: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # A cell merged downwards holds for all its rows: the id of a candidate with several answers.
        if left == right and top < len(values) and left < len(values[top]):
            for row in values[top + 1 : bottom + 1]:
                row[left] = row[left] or values[top][left]
    return values


def _faults(path: Path, name: str) -> dict[str, set[tuple[int, int]]]:
    """Cells with failed formulas by sheet (row from 1, column from 0), which calamine shows as empty."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return {}
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise refused(name, "表格有密码", "the workbook is protected by a password", hint=UNLOCK)
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise _too_large(name)
            return {sheet: _faults_in(archive.read(part), name) for sheet, part in _parts(archive)}
    except (BadZipFile, OSError, ValueError, LookupError, NotImplementedError, EOFError, zlib.error) as fault:
        raise _damaged(name, str(fault)) from fault


def _parts(archive: ZipFile) -> Iterator[tuple[str, str]]:
    """Names of sheets with the parts that hold them."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    targets: dict[bytes, str] = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        key, target = re.search(rb'\bId="([^"]*)"', relation), re.search(rb'\bTarget="([^"]*)"', relation)
        if key and target:
            targets[key[1]] = target[1].decode("utf-8", "replace")
    for printed, key_ in _SHEET.findall(archive.read("xl/workbook.xml")):
        target_ = targets.get(key_, "")
        part = target_.removeprefix("/") if target_.startswith("/") else str(PurePosixPath("xl") / target_)
        if part in names:
            yield html.unescape(printed.decode("utf-8", "replace")), part


def _faults_in(part: bytes, name: str) -> set[tuple[int, int]]:
    right = max((_place(found) for found in set(_FAR_RIGHT.findall(part))), default=702)
    if right > 702:
        last = max((int(found) for found in _ROW.findall(part)), default=0)
        if right * last > MAX_CELLS:
            raise _too_large(name)
    return {(int(row), _place(column) - 1) for column, row in _FAULTY.findall(part)}


def _place(letters: bytes) -> int:
    place = 0
    for code in letters:
        place = place * 26 + code - ord("A") + 1
    return place


def _too_large(name: str) -> InputError:
    return refused(
        name,
        "表格太大，或像是压缩炸弹，已拒绝",
        "the workbook is too large, or a zip bomb: refused",
        hint=Words("另存为 .csv 再试", "save it as .csv"),
    )


def _damaged(name: str, detail: str) -> InputError:
    return refused(
        name, f"表格已损坏，打不开（{detail[:80]}）", f"the workbook is damaged ({detail[:80]})", hint=_SAVE_AS
    )
