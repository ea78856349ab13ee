"""One sheet of a workbook: rows go in from above, what people need to read and print them comes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Level
from evaluator.workbook.cells import ROWS, Mark, clean, cut, fitting
from evaluator.workbook.table import Column, Kind, Value
from evaluator.workbook.words import say

_WIDEST: Mapping[Kind, int] = {
    "id": 28, "text": 30, "long": 44, "score": 14, "number": 11, "share": 10, "bar": 16, "count": 9, "level": 12,
    "choice": 18, "answer": 64,
}  # fmt: skip
_NARROWEST = 7
_MEASURED = 500
"""Rows that the widths of columns are taken from."""
_TALLEST = 240
"""Points: an answer of any length leaves the next row in sight."""
_LINE = 15.0
_INK = {
    Level.HIT: ("#0B6B3A", "#E3F3E9"),
    Level.PARTIAL: ("#7A4E00", "#FFF1D6"),
    Level.MISSED: ("#A61B1B", "#FBE9E7"),
    Level.UNSCORED: ("#6A2A9C", "#F1E6F8"),
}
"""Letters and ground of each level: contrast of at least 4.5 : 1, and a symbol says the same."""


class Styles:
    """The formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        base = {"valign": "top"}
        wrapped = {**base, "text_wrap": True}
        make = book.add_format
        self.head = make({"bold": True, "text_wrap": True, "valign": "vcenter", "font_color": "#FFFFFF",
                          "bg_color": "#1F3A5F", "border": 1, "border_color": "#8895A7"})  # fmt: skip
        self.title = make({"bold": True, "font_size": 13})
        self.notice = make({"italic": True, "font_color": "#4A5568", **wrapped})
        self.bold = make({"bold": True, **wrapped})
        self.of_kind: dict[Kind, Any] = {
            "id": make({**base, "num_format": "@"}),
            "text": make(wrapped),
            "long": make(wrapped),
            "answer": make(wrapped),
            "score": make({**wrapped, "num_format": "0.##", "align": "right"}),
            "number": make({**base, "num_format": "0.##"}),
            "share": make({**base, "num_format": "0%"}),
            "bar": make({**base, "num_format": "0%"}),
            "count": make({**base, "num_format": '[>0]"⚑ "0;0', "align": "right"}),
            "level": make(wrapped),
            "choice": make({**wrapped, "bg_color": "#FFFBE0", "border": 1, "border_color": "#D6C77A"}),
        }
        # Whole numbers without the bare decimal point that 0.## leaves behind them.
        self.whole: dict[Kind, Any] = {
            "score": make({**wrapped, "num_format": "0", "align": "right"}),
            "number": make({**base, "num_format": "0"}),
        }
        self.levels = {
            level: make({**wrapped, "bold": True, "font_color": ink, "bg_color": ground})
            for level, (ink, ground) in _INK.items()
        }
        self.open = make({**wrapped, "font_color": _INK[Level.UNSCORED][0], "bg_color": _INK[Level.UNSCORED][1]})
        self.flagged = make({"font_color": _INK[Level.PARTIAL][0], "bg_color": _INK[Level.PARTIAL][1], "bold": True})
        self.plain = make({})
        self.marks: dict[Mark, Any] = {
            "": self.plain,
            "point": make({"bold": True, "underline": 1, "font_color": "#0B6B3A"}),
            "deduction": make({"bold": True, "underline": 2, "font_color": "#A61B1B"}),
        }
        self.marked_cells: dict[Mark, Any] = {
            "": self.of_kind["answer"],
            "point": make({**wrapped, "bold": True, "underline": 1, "font_color": "#0B6B3A"}),
            "deduction": make({**wrapped, "bold": True, "underline": 2, "font_color": "#A61B1B"}),
        }


class Sheet:
    """A worksheet that is written row after row, so that a workbook of any length fits into memory."""

    def __init__(self, book: Any, styles: Styles, name: str, lang: str) -> None:
        self.raw = book.add_worksheet(name)
        self.name = name
        self.at = 0
        """The next row, from 0."""
        self._styles = styles
        self._cut = say("cut", lang)
        self._widths: dict[int, float] = {}
        self._page(lang)

    def _page(self, lang: str) -> None:
        sheet = self.raw
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        notice = say("notice", lang).replace("&", "&&")
        sheet.set_header(f"&L{self.name.replace('&', '&&')}")
        sheet.set_footer(f"&L{notice}&R&P / &N")
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def head(self, columns: Sequence[Column]) -> None:
        """The heads of a table."""
        row = self.next()
        for place, column in enumerate(columns):
            self.text(row, place, column.head, self._styles.head)
            self._measure(place, column.head, column.kind, head=True)

    def freeze(self, columns: int) -> None:
        """Keep the row just written in sight, and the first `columns`; repeat the row on every printed page."""
        self.raw.freeze_panes(self.at, columns)
        self.raw.repeat_rows(self.at - 1)

    def filter(self, first: int, columns: int) -> None:
        """Filters over the table whose heads stand in row `first`, down to the last row written."""
        self.raw.autofilter(first, 0, max(self.at - 1, first), columns - 1)

    def next(self) -> int:
        """The row to write to. Raises InputError beyond Excel's last."""
        if self.at >= ROWS:
            raise too_long(self.name)
        self.at += 1
        return self.at - 1

    def row(self, columns: Sequence[Column], cells: Sequence[Value]) -> int:
        """One row of a table; answers to a `choice` or `answer` column come as plain text."""
        row = self.next()
        for place, (column, value) in enumerate(zip(columns, cells, strict=True)):
            self.cell(row, place, column.kind, value)
        return row

    def cell(self, row: int, place: int, kind: Kind, value: Value) -> None:
        """One value in the manner of its column."""
        styles = self._styles
        if isinstance(value, str):
            style = styles.open if kind == "score" else styles.of_kind[kind]
            self.text(row, place, value, style)
        elif value is None:
            self.raw.write_blank(row, place, None, styles.of_kind[kind])
        else:
            style = styles.whole.get(kind, styles.of_kind[kind]) if value == int(value) else styles.of_kind[kind]
            self.raw.write_number(row, place, value, style)
        if row < _MEASURED:
            self._measure(place, value if isinstance(value, str) else f"{value or 0:.2f}", kind)

    def text(self, row: int, place: int, text: str, style: Any) -> None:
        """Text, whatever it looks like: no formula, no link, no number."""
        kept = cut(clean(text), ending=self._cut)
        if kept.startswith("<r>") and kept.endswith("</r>"):
            # xlsxwriter would take this for the markup of a rich string and not escape it.
            self.raw.write_rich_string(row, place, "<", self._styles.plain, kept[1:], style)
        elif kept:
            self.raw.write_string(row, place, kept, style)
        else:
            self.raw.write_blank(row, place, None, style)

    def answer(self, row: int, place: int, runs: Sequence[tuple[str, Mark]]) -> None:
        """An answer with what is evidence in it set off."""
        fits = fitting(runs, self._cut)
        if len(fits) < 2:
            text, mark = fits[0] if fits else ("", "")
            self.text(row, place, text, self._styles.marked_cells[mark])
        else:
            parts = [part for text, mark in fits for part in (self._styles.marks[mark], text)]
            self.raw.write_rich_string(row, place, *parts, self._styles.of_kind["answer"])
        if row < _MEASURED:
            self._measure(place, "".join(text for text, _ in fits), "answer")

    def limit_height(self, row: int, texts: Sequence[tuple[str, Kind]]) -> None:
        """Cap the row where its texts would fill the screen; otherwise the program that shows it fits the row."""
        lines = max((lines_of(text, _WIDEST[kind]) for text, kind in texts), default=1)
        if lines * _LINE > _TALLEST:
            self.raw.set_row(row, _TALLEST)

    def _measure(self, place: int, text: str, kind: Kind, *, head: bool = False) -> None:
        widest = _WIDEST[kind]
        longest = max((cell_len(line) for line in text[:2_000].splitlines()), default=0) * 1.1 + 2
        # Heads wrap; they need not widen a column of numbers to their whole length.
        wanted = min(longest + 2, widest, 16) if head else min(longest, widest)
        self._widths[place] = max(self._widths.get(place, _NARROWEST), wanted)

    def finish(self) -> None:
        """Set the widths that were measured."""
        for place, width in self._widths.items():
            self.raw.set_column(place, place, width)


def lines_of(text: str, width: int) -> int:
    """Lines that a wrapped text takes in a column of that many half-width characters."""
    return sum(max(1, -(-cell_len(line) // width)) for line in text.splitlines())


def too_long(name: str) -> InputError:
    """The error for a sheet that would not end."""
    return InputError(
        Problem(
            Words(
                f"「{name}」超过了 Excel 的 {ROWS:,} 行",
                f"the sheet “{name}” would have more than Excel's {ROWS:,} rows",
            ),
            hint=Words("改用 .csv 或 .jsonl 输出", "write .csv or .jsonl instead"),
        )
    )
