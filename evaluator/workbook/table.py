"""A table before it is a sheet, a CSV file or part of a page: columns with a meaning, rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Value = str | float | None
"""What a cell holds: text, a number, or nothing."""
Kind = Literal["id", "text", "long", "score", "number", "share", "bar", "count", "level", "choice", "answer"]
"""How a column is set: `share` and `bar` are 0..1 shown as per cent, `choice` is for a person to fill in."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a stable key, its head, and how its cells are set."""

    key: str
    head: str
    kind: Kind = "text"
