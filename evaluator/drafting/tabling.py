"""Tables of marks: rows of cells between tabs or bars, one column of which holds points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from evaluator.drafting.figures import FIGURE, figure
from evaluator.drafting.pieces import Piece, trimmed

_CELL = re.compile(r"[^\t|｜]+")
_RULE = re.compile(r"[\s|｜:\-–—+]*")
_POINTS = re.compile(rf"\s*(?:满分)?({FIGURE})\s*(?:分|marks?|points?|pts?)?\s*", re.IGNORECASE)
_POINTS_TITLE = re.compile(
    r"\s*(?:分值|分数|满分|配分|赋分|得分|标准分|points?|marks?|max\.?)\s*(?:[（(]\s*分\s*[)）])?\s*", re.IGNORECASE
)
_NUMBER_TITLE = re.compile(r"\s*(?:序号|编号|题号|no\.?|#)\s*", re.IGNORECASE)
_TOTAL = re.compile(r"\s*(?:合计|总计|总分|小计|共计|total|sum)\s*", re.IGNORECASE)
Row = list[Piece]


def tabled(text: str) -> list[Piece]:
    """A row a key point: the first cell that says something, with the points of its row; no row of totals."""
    for rows in _tables(text):
        column, body = _points_column(text, rows)
        found = [_item(text, row, column) for row in body if len(row) > column] if column >= 0 else []
        items = [item for item in found if item is not None]
        if len(items) > 1:
            return items
    return []


def _tables(text: str) -> list[list[Row]]:
    """Runs of lines with two cells or more; the line under the head of a Markdown table is none."""
    lines = [Piece(found.start(), found.end()) for found in re.finditer(r"[^\n]+", text)]
    rows = [_cells(text, line) for line in lines if not _RULE.fullmatch(line.of(text))]
    return [list(run) for wide, run in groupby(rows, key=lambda row: len(row) > 1) if wide]


def _cells(text: str, line: Piece) -> Row:
    found = (Piece(cell.start(), cell.end()) for cell in _CELL.finditer(text, line.start, line.end))
    return [cell for cell in found if cell.of(text).strip()]


def _points_column(text: str, rows: Sequence[Row]) -> tuple[int, Sequence[Row]]:
    """The place of the column of points, -1 where there is none, and the rows below the head."""
    for place, cell in enumerate(rows[0]):
        if _POINTS_TITLE.fullmatch(cell.of(text)):
            return place, rows[1:]
    for place in range(len(rows[0]) - 1, 0, -1):
        if all(len(row) > place and "分" in row[place].of(text) and _worth(text, row[place]) for row in rows):
            return place, rows
    return -1, ()


def _item(text: str, row: Row, column: int) -> Piece | None:
    points = _worth(text, row[column])
    names = [cell for place, cell in enumerate(row) if place != column and not _says_nothing(cell.of(text))]
    if not points or not names or _TOTAL.fullmatch(row[0].of(text)) or _TOTAL.fullmatch(names[0].of(text)):
        return None
    return trimmed(text, Piece(names[0].start, names[0].end, points))


def _says_nothing(cell: str) -> bool:
    return cell.strip(" .．、()（）").isdecimal() or bool(_NUMBER_TITLE.fullmatch(cell))


def _worth(text: str, cell: Piece) -> float:
    found = _POINTS.fullmatch(cell.of(text))
    return figure(found[1]) if found else 0
