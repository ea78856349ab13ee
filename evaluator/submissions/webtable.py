"""Tables of a web page, as which many systems export .xls -> rows."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from evaluator.submissions.cells import Row, text_row

_MOST_COLUMNS = 2000


class WebTable:
    """One table of a page, in memory."""

    delimited = False

    def __init__(self, number: int, values: list[list[str]]) -> None:
        self.sheet = f"table{number}"
        self.place = self.sheet
        self._values = values

    def rows(self) -> Iterator[Row]:
        """All rows."""
        for number, values in enumerate(self._values, 1):
            yield text_row(number, list(values))


def tables(page: str) -> list[WebTable]:
    """The tables of a page; a table inside a cell is text of that cell."""
    parser = _Tables()
    parser.feed(page)
    parser.close()
    return [WebTable(number, rows) for number, rows in enumerate(parser.tables, 1)]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._depth = 0
        self._hidden = 0
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}
        """Columns that a cell above reaches into: rows still to come, and its text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._hidden += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
                self._below = {}
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self.tables[-1].append([])
        elif self._depth == 1 and tag in {"td", "th"}:
            self._end_cell()
            self._cell = []
            said = dict(attrs)
            self._span = (_count(said.get("colspan")), _count(said.get("rowspan")))
        elif tag in {"br", "p", "div", "li"} and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._end_cell()
            self._depth -= 1
        elif self._depth == 1 and tag in {"td", "th", "tr"}:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(data if data.strip() else " ")

    def _end_cell(self) -> None:
        if self._cell is None or not self.tables:
            return
        lines = (" ".join(line.split()) for line in "".join(self._cell).split("\n"))
        text = "\n".join(line for line in lines if line)
        self._cell = None
        if not self.tables[-1]:
            self.tables[-1].append([])
        row = self.tables[-1][-1]
        self._fill(row)
        across, down = self._span
        if down > 1:
            self._below[len(row)] = (down - 1, text)
        row += [text, *[""] * (across - 1)]
        self._fill(row)

    def _fill(self, row: list[str]) -> None:
        while len(row) in self._below:
            rows, text = self._below.pop(len(row))
            if rows > 1:
                self._below[len(row)] = (rows - 1, text)
            row.append(text)


def _count(said: str | None) -> int:
    return min(max(int(said), 1), _MOST_COLUMNS) if said and said.isdigit() else 1
