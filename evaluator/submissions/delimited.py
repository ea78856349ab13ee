"""Text tables (.csv, .tsv and what calls itself .xls) -> rows, streamed."""

from __future__ import annotations

import codecs
import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from evaluator.errors import InputError, Words
from evaluator.papers.encoding import decode
from evaluator.submissions.cells import Row, text_row
from evaluator.submissions.refusing import refused

_PREFIX = 1 << 18
_DELIMITERS = (",", "\t", ";", "|")
_LONGEST = 500_000
"""Characters of a cell; beyond, a quotation mark was not closed."""
_LOOKED_AT = 60
Quoting = Literal[0, 3]
"""csv.QUOTE_MINIMAL or csv.QUOTE_NONE."""


class Delimited:
    """A text table; every pass reads the file anew."""

    sheet = ""
    delimited = True

    def __init__(self, path: Path, encoding: str) -> None:
        self.place = path.name
        self._path = path
        self._encoding = encoding
        self._delimiter, self._quoting, self._width = self._sniffed()

    def rows(self) -> Iterator[Row]:
        """All rows that are not empty; those that cannot be divided into cells are marked broken."""
        csv.field_size_limit(_LONGEST)
        with self._path.open(encoding=self._encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self._delimiter, quoting=self._quoting, strict=True)
            lost = False
            for number in itertools.count(1):
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    lost = True
                    yield Row(number, [], broken=_unbalanced(line, reader.line_num))
                    continue
                # Behind a broken row the pieces of it may look like rows.
                lost = lost and len(cells) != self._width
                if lost and cells:
                    yield Row(number, [], broken=_unbalanced(line, reader.line_num))
                elif cells:
                    yield text_row(number, _plain(cells) if number == 1 else cells)

    def _sniffed(self) -> tuple[str, Quoting, int]:
        """Delimiter, way of quoting, and the usual number of cells."""
        with self._path.open(encoding=self._encoding, errors="replace", newline="") as file:
            text = file.read(_PREFIX)
        lines = text.splitlines(keepends=True)
        if lines and lines[0].lstrip("\ufeff").lower().startswith("sep=") and len(lines[0].strip()) >= 5:
            return lines[0].strip()[-1], 0, 0
        ways: list[tuple[str, Quoting]] = [*((one, 0) for one in _DELIMITERS), ("\t", 3)]
        return max((_tried(lines, *way) for way in ways), key=lambda found: found[0])[1]


def _tried(lines: list[str], delimiter: str, quoting: Quoting) -> tuple[float, tuple[str, Quoting, int]]:
    """How well a way to divide lines into cells fits: the share of rows with the usual number of cells, 0 for one."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
    widths: list[int] = []
    failed = 0
    while len(widths) + failed < _LOOKED_AT:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            failed += reader.line_num < len(lines)  # the prefix may end inside a cell
            continue
        widths += [len(cells)] if cells else []
    counted = Counter(widths).most_common(1)
    width, times = counted[0] if counted else (0, 0)
    fit = times / (len(widths) + failed) if width > 1 else 0.0
    widest = max(widths, default=0)
    return fit + min(widest, 50) / 1000, (delimiter, quoting, width)


def encoding_of(path: Path, name: str, said: str = "") -> str:
    """The encoding of a text file, from its first part that is not plain ASCII, or the one that was `said`.

    Raises InputError where it is none of those met in China, or where `said` is no encoding.
    """
    if said:
        return _known(said, name)
    with path.open("rb") as file:
        first = chunk = file.read(_PREFIX)
        if not first.strip(b"\x00 \t\r\n\xff\xfe\xef\xbb\xbf"):
            raise empty(name)
        while chunk and chunk.isascii() and b"\x00" not in chunk:
            chunk = file.read(_PREFIX)
        # From the start of a line: a character may have been cut in two.
        rest = chunk if chunk == first else chunk[chunk.find(b"\n") + 1 :] + file.read(_PREFIX)
    found = decode(rest or first)
    if found is None:
        raise refused(
            name,
            "看不出是文本：编码不是 UTF-8、GB18030、Big5 或 UTF-16，或者不是表格",
            "no text in UTF-8, GB18030, Big5 or UTF-16, and no spreadsheet",
            hint=Words("另存为 .xlsx，或用 --encoding 指定编码", "save it as .xlsx, or name its --encoding"),
        )
    return "utf-8-sig" if found.encoding == "utf-8" else found.encoding


def empty(name: str) -> InputError:
    """The error for a file without content."""
    return refused(
        name, "文件是空的", "the file is empty", hint=Words("换一个有内容的文件", "give a file with rows in it")
    )


def _known(said: str, name: str) -> str:
    try:
        found = codecs.lookup(said).name
    except LookupError:
        raise refused(
            name,
            f"没有叫 {said} 的编码",
            f"no encoding is called {said}",
            hint=Words("可用 utf-8、gb18030、big5、utf-16", "use utf-8, gb18030, big5 or utf-16"),
        ) from None
    return {"gbk": "gb18030", "gb2312": "gb18030", "utf-8": "utf-8-sig", "big5": "big5hkscs"}.get(found, found)


def _plain(cells: list[str]) -> list[str]:
    return [cells[0].lstrip("\ufeff").strip('"') if cells[0].startswith("\ufeff") else cells[0], *cells[1:]]


def _unbalanced(first: int, last: int) -> Words:
    lines = f"{first}" if last <= first else f"{first}–{last}"
    return Words(
        f"引号没有配对，或一格太长，分不出单元格（文件第 {lines} 行）",
        f"a quotation mark is not closed, or a cell is too long to be one (line {lines} of the file)",
    )
