"""Values of cells -> text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from evaluator.errors import Words

EXACT_LIMIT = 10**15
"""Whole numbers from here on have lost digits: a spreadsheet keeps fifteen."""
BLANKS = frozenset(
    {
        "(空)",
        "（空）",
        "(跳过)",
        "（跳过）",
        "[空]",
        "(未填写)",
        "（未填写）",
        "(未作答)",
        "（未作答）",
        "(跳過)",
        "（跳過）",
    }
)
"""What form services write where nothing was answered."""
FAULTS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""What a spreadsheet shows where a formula failed."""
EXPONENT = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{2,3}")
"""A long number as a spreadsheet writes it into a .csv file: its last digits are lost."""


class Row(NamedTuple):
    """One row of a table."""

    number: int
    """As a spreadsheet shows it, from 1."""
    cells: list[str]
    faults: tuple[int, ...] = ()
    """Cells in which a formula failed; they are empty."""
    rounded: tuple[int, ...] = ()
    """Cells whose number was too long to be kept exactly."""
    broken: Words | None = None
    """Why nothing can be read from the row."""


class Table(Protocol):
    """Rows of text, in memory or streamed."""

    @property
    def sheet(self) -> str:
        """Name of the sheet; empty where there are none."""
        ...

    @property
    def place(self) -> str:
        """What places start with: `Sheet1`, `answers.csv`."""
        ...

    @property
    def delimited(self) -> bool:
        """Whether delimiters divide the cells, so that a row with too many of them is a damaged one."""
        ...

    def rows(self) -> Iterator[Row]:
        """All rows from the first, anew at every call; empty ones may be left out."""
        ...


def text_of(value: object) -> str:
    """A value as a person would have typed it: whole numbers without `.0`, dates in ISO form."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def row_of(number: int, values: list[object]) -> Row:
    """A row of typed values."""
    rounded = tuple(
        index for index, value in enumerate(values) if isinstance(value, float) and abs(value) >= EXACT_LIMIT
    )
    return text_row(number, [text_of(value) for value in values], rounded)


def text_row(number: int, cells: list[str], rounded: tuple[int, ...] = ()) -> Row:
    """A row of texts; blanks and failed formulas become empty."""
    cells = [cell.strip() for cell in cells]
    faults: list[int] = []
    for index, cell in enumerate(cells):
        if cell in BLANKS:
            cells[index] = ""
        elif cell.startswith("#") and cell.upper() in FAULTS:
            cells[index] = ""
            faults.append(index)
    return Row(number, cells, tuple(faults), rounded)
