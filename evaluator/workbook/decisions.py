"""What people filled in: the columns 人工判定 and 人工理由 of the sheet 明细 of a workbook that we wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import InputError, Problem, Words
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Level
from evaluator.workbook.words import WORDS, say

_NEEDED = ("candidate", "rubric", "key_point_id", "decision", "decision_reason")
_DECIDED = (Level.HIT, Level.PARTIAL, Level.MISSED)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on one key point or deduction of one answer."""

    candidate: str
    rubric: str
    key_point: str
    """Id of the key point or deduction; for a deduction `hit` means that it applies."""
    level: Level
    reason: str
    row: int
    """Row of the sheet, from 1."""


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """All rows in which a person chose a level, in the order of the sheet; in either language.

    Raises InputError for a file that is no such workbook, and with every row that cannot be understood: an unknown
    word, a reason without a verdict, a row without ids.
    """
    rows = _rows(path)
    places = _places(rows[0] if rows else (), path)
    found: list[Decision] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], 2):
        cells = {key: _text(row[place]) if place < len(row) else "" for key, place in places.items()}
        if not cells["decision"] and not cells["decision_reason"]:
            continue
        level = _level(cells["decision"])
        problem = _problem(cells, level)
        if problem or level is None:
            words, hint = problem or (Words("", ""), None)
            problems.append(Problem(words, str(path), number, field=WORDS["decision"].zh, hint=hint))
            continue
        reason = cells["decision_reason"]
        found.append(Decision(cells["candidate"], cells["rubric"], cells["key_point_id"], level, reason, number))
    if problems:
        raise InputError(problems[0], *problems[1:])
    return tuple(found)


def run_of(path: Path) -> str:
    """The id of the run that a workbook was written from; empty where the workbook does not say.

    Raises InputError for a file that is no workbook.
    """
    heads = set(WORDS["run_id"])
    found = (_text(row[1]) for row in _sheet(path, "run") or () if len(row) > 1 and _text(row[0]) in heads)
    return next(found, "")


def _rows(path: Path) -> Sequence[Sequence[object]]:
    rows = _sheet(path, "details")
    if rows is None:
        raise InputError(
            Problem(
                Words("没有「明细」这一页", "there is no sheet “Key points”"),
                str(path),
                hint=Words("给出评分输出的 .xlsx", "give the .xlsx that the results were written to"),
            )
        )
    return rows


def _sheet(path: Path, key: str) -> Sequence[Sequence[object]] | None:
    """The rows of that sheet, in whichever language; None where there is none."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only who reads a workbook pays for it

    try:
        with CalamineWorkbook.from_path(path) as book:
            name = next((name for name in book.sheet_names if name in WORDS[key]), None)
            return book.get_sheet_by_name(name).to_python(skip_empty_area=False) if name else None
    except (CalamineError, OSError) as error:
        reason = Words(f"读不了这个工作簿：{error}", f"this workbook cannot be read: {error}")
        hint = Words("给出评分输出的 .xlsx，先在 Excel 里关闭它", "give the .xlsx of the results, closed in Excel")
        raise InputError(Problem(reason, str(path), hint=hint)) from error


def _places(head: Sequence[object], path: Path) -> Mapping[str, int]:
    heads = [_text(cell) for cell in head]
    places = {key: next((heads.index(word) for word in WORDS[key] if word in heads), -1) for key in _NEEDED}
    missing = [key for key, place in places.items() if place < 0]
    if missing:
        problem = Problem(
            Words(
                f"「明细」第一行少了列：{'、'.join(say(key, 'zh') for key in missing)}",
                f"the first row of “Key points” lacks: {', '.join(say(key, 'en') for key in missing)}",
            ),
            str(path),
            1,
            hint=Words("列可以移动，列名不能改", "columns may be moved, their heads may not be changed"),
        )
        raise InputError(problem)
    return places


def _problem(cells: Mapping[str, str], level: Level | None) -> tuple[Words, Words] | None:
    said = cells["decision"]
    if not said:
        return (
            Words("有人工理由，没有人工判定", "a human reason without a human verdict"),
            Words("补上判定，或清空理由", "choose a verdict, or clear the reason"),
        )
    if level is None:
        return (
            Words(f"看不懂人工判定「{said}」", f"the human verdict “{said}” is not understood"),
            Words("写 命中、部分 或 未命中", "write hit, partial or missed"),
        )
    if not (cells["candidate"] and cells["rubric"] and cells["key_point_id"]):
        return (
            Words("这一行没有编号、细则或得分点 id", "this row lacks the candidate, rubric or key point id"),
            Words("从原来的工作簿恢复这几列", "restore these columns from the original workbook"),
        )
    return None


def _level(said: str) -> Level | None:
    word = unicodedata.normalize("NFKC", said).casefold().strip()
    for level in _DECIDED:
        symbol, words = SYMBOLS[level], LEVELS[level]
        if word in {symbol, words.zh, words.en, f"{symbol} {words.zh}", f"{symbol} {words.en}"}:
            return level
    return None


def _text(cell: object) -> str:
    """A cell as text; a spreadsheet gives whole numbers as floats."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""
