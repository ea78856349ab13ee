"""HTML -> the lines that a reader sees."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from evaluator.papers import tables
from evaluator.papers.titles import titled

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset(
    {
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "svg",
        "button",
        "select",
        "textarea",
        "iframe",
        "object",
        "title",
        "rt",
        "rp",
    }
)
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|div|p|table|h[1-6]|ol|ul|article|section|span|pre|dl)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = "____"
"""What underlined white space is: a blank to fill in."""
_MAX_SPAN = 50


def looks_like(text: str) -> bool:
    """Whether `text` starts as a page or a fragment of one, and closes a tag somewhere."""
    return bool(_START.match(text[:4096])) and "</" in text


def declared_encoding(data: bytes) -> str:
    """The encoding that the page names itself; "" where it names none."""
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii", errors="ignore") if found else ""


def plain(html: str) -> str:
    """The text of a page: a line a block, a table row a line with tabs between its cells.

    Numbers of lists are written out, underlined white space becomes `____`. Scripts, styles, form controls and
    hidden elements are left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._hidden: list[str] = []
        """Open elements from the outermost hidden one inwards."""
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._verbatim = 0
        self._underlined = 0

    def text(self) -> str:
        while self._tables:
            self._end_table()
        lines = (line.replace("\xa0", " ").strip() for line in self._lines)
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            if tag not in _EMPTY:
                self._hidden.append(tag)
            return
        values = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN or (tag not in _EMPTY and _is_hidden(values)):
            self._hidden.append(tag)
            return
        if tag in _BLOCKS or tag == "br":
            self._break()
        self._open(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._leave(tag)
            return
        if tag in {"td", "th", "tr"} and self._tables:
            self._tables[-1].end_cell(self._lines)
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)
        elif tag in {"u", "ins"}:
            self._underlined = max(0, self._underlined - 1)
        if tag in _HEADINGS and not self._tables:
            self._lines[-1] = titled(self._lines[-1].strip())
        if tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._verbatim:
            first, *more = data.splitlines() or [""]
            self._lines[-1] += first
            self._lines.extend(more)
            return
        if self._underlined and data.isspace():
            data = _BLANK
        data = _SPACE.sub(" ", data)
        if self._lines[-1].endswith(" ") or not self._lines[-1]:
            data = data.lstrip(" ")
        self._lines[-1] += data

    def _open(self, tag: str, values: dict[str, str]) -> None:
        if tag in {"ol", "ul"}:
            self._lists.append(_List(tag == "ol", values))
        elif tag == "li" and self._lists:
            self._lines[-1] += self._lists[-1].label(values)
        elif tag == "pre":
            self._verbatim += 1
        elif tag in {"u", "ins"}:
            self._underlined += 1
        elif tag == "table":
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].start_row(self._lines)
        elif tag in {"td", "th"} and self._tables:
            self._tables[-1].start_cell(self._lines, values)

    def _leave(self, tag: str) -> None:
        # A tag that was never closed inside a hidden element must not hide the rest of the page.
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in {"body", "html"}:
            self._hidden.clear()

    def _break(self) -> None:
        if self._lines[-1]:
            self._lines.append("")

    def _end_table(self) -> None:
        table = self._tables.pop()
        table.end_cell(self._lines)
        self._break()
        self._lines += [*tables.lines(table.rows), ""]


class _List:
    """An open list and the number of its next item."""

    def __init__(self, ordered: bool, values: dict[str, str]) -> None:
        self._ordered = ordered
        self._style = values.get("type", "1")
        self._next = _number(values.get("start", ""), 1)

    def label(self, values: dict[str, str]) -> str:
        if not self._ordered:
            return ""
        number = _number(values.get("value", ""), self._next)
        self._next = number + 1
        if self._style in {"a", "A"} and 1 <= number <= 26:
            return f"{chr(ord(self._style) + number - 1)}. "
        return f"{number}. "


class _Table:
    """An open table; each cell is read into lines at the end of the page and taken from there."""

    def __init__(self) -> None:
        self.rows: list[list[list[str]]] = []
        self._open: int | None = None
        self._spans = (1, 1)
        self._above: dict[int, int] = {}
        self._below: dict[int, int] = {}
        """Column -> how many rows cells from above reach into, from this row and from the next row on."""

    def start_row(self, lines: list[str]) -> None:
        self.end_cell(lines)
        self.rows.append([])
        self._above = self._below
        self._below = {column: rows - 1 for column, rows in self._above.items() if rows > 1}
        self._pass_over()

    def start_cell(self, lines: list[str], values: dict[str, str]) -> None:
        self.end_cell(lines)
        if not self.rows:
            self.rows.append([])
        lines.append("")
        self._open = len(lines) - 1
        down, across = (_number(values.get(name, ""), 1) for name in ("rowspan", "colspan"))
        self._spans = min(max(down, 1), _MAX_SPAN), min(max(across, 1), _MAX_SPAN)

    def end_cell(self, lines: list[str]) -> None:
        if self._open is None:
            return
        row, (down, across) = self.rows[-1], self._spans
        if down > 1:
            self._below.update(dict.fromkeys(range(len(row), len(row) + across), down - 1))
        row.append([line.strip() for line in lines[self._open :] if line.strip()])
        row.extend([] for _ in range(across - 1))
        del lines[self._open :]
        lines.append("")
        self._open = None
        self._pass_over()

    def _pass_over(self) -> None:
        row = self.rows[-1]
        while len(row) in self._above:
            row.append([])


def _is_hidden(values: dict[str, str]) -> bool:
    return "hidden" in values or bool(_HIDDEN.search(values.get("style", "")))


def _number(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 6 else default
