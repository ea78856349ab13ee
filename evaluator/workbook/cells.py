"""Text that a cell can hold: nothing that XML forbids, within Excel's limits, never a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from evaluator.models import Evidence

LONGEST = 32_767
"""UTF-16 units that a cell of a workbook holds."""
ROWS = 1_048_576
"""Rows that a sheet of a workbook holds."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_RISKY = frozenset("=+-@\t\r\n＝＋－＠")
Mark = Literal["", "point", "deduction"]


def clean(text: str) -> str:
    """Without what XML forbids, line ends as spreadsheets write them."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def units(text: str) -> int:
    """Length as Excel counts: characters beyond the basic plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int = LONGEST, *, ending: str = "") -> str:
    """At most `most` units, never through a surrogate pair; `ending` stands where something was cut off."""
    if len(text) * 2 <= most or units(text) <= most:
        return text
    left = most - units(ending)
    kept = text[:left]
    while units(kept) > left:
        kept = kept[: len(kept) - max((units(kept) - left) // 2, 1)]
    return kept + ending


def guarded(text: str) -> str:
    """Text that a spreadsheet does not take for a formula when it opens a CSV file: with a ' before it if need be."""
    return f"'{text}" if text[:1] in _RISKY or text.lstrip()[:1] in _RISKY else text


def highlighted(
    answer: str, points: Sequence[Evidence], deductions: Sequence[Evidence]
) -> tuple[tuple[str, Mark], ...]:
    """The answer in runs of the same mark; overlapping and touching spans are one, deductions before key points.

    Joined, the runs are the answer; none is empty.
    """
    spans: list[tuple[int, int, Mark]] = [(item.start, item.end, "point") for item in points]
    spans += [(item.start, item.end, "deduction") for item in deductions]
    edges = sorted({0, len(answer), *(min(edge, len(answer)) for start, end, _ in spans for edge in (start, end))})
    runs: list[tuple[str, Mark]] = []
    for left, right in pairwise(edges):
        marks = {mark for start, end, mark in spans if start <= left and right <= end}
        mark: Mark = "deduction" if "deduction" in marks else "point" if marks else ""
        if runs and runs[-1][1] == mark:
            runs[-1] = (runs[-1][0] + answer[left:right], mark)
        else:
            runs.append((answer[left:right], mark))
    return tuple(runs)


def fitting(runs: Sequence[tuple[str, Mark]], ending: str) -> tuple[tuple[str, Mark], ...]:
    """The runs cleaned, without empty ones, cut to what a cell holds."""
    return tuple(_fitting(runs, ending))


def _fitting(runs: Sequence[tuple[str, Mark]], ending: str) -> Iterator[tuple[str, Mark]]:
    cleaned = [(clean(text), mark) for text, mark in runs]
    if sum(units(text) for text, _ in cleaned) <= LONGEST:
        yield from (run for run in cleaned if run[0])
        return
    left = LONGEST - units(ending)
    for text, mark in cleaned:
        kept = cut(text, left)
        if kept:
            yield kept, mark
        left -= units(kept)
        if kept != text or left <= 0:
            break
    yield ending, ""
