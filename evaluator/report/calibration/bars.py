"""Parts side by side: how far off each is on average, and which way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluator.errors import Words
from evaluator.report.calibration.drawing import WIDTH, Box, Label, Line, Picture, Shape, rounded, shortened, width_of
from evaluator.report.calibration.numerals import percent

MOST_BARS = 24
_ROW, _TOP = 37.0, 30.0
_MIDDLE = 92.0
"""Of the bars of the bias; those of the error begin at `_ERROR`."""
_ERROR = 196.0
_LONGEST = 46.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of the answers: its name, how many, mean absolute error and bias as shares of full marks."""

    name: str
    n: int
    mae: float
    bias: float


def bars(key: str, title: str, given: Sequence[Bar], reading: str, lang: str) -> Picture:
    """Two bars a part, in the given order: bias around a middle line, mean absolute error from the left."""
    shown = given[:MOST_BARS]
    largest = max([0.05, *(max(one.mae, abs(one.bias)) for one in shown)])
    height = _TOP + _ROW * len(shown) + 4
    comma = "; " if lang.startswith("en") else "；"
    said = comma.join(_said(one, lang) for one in shown)
    more = Words(f"；另有 {len(given) - len(shown)} 项见表", f"; {len(given) - len(shown)} more in the table")
    shapes = (
        Label(_MIDDLE, 16, Words("← 偏严　偏松 →", "← strict · lenient →").text(lang), look="name"),
        Label(_ERROR, 16, Words("平均差（满分的 %）", "MAE (% of full marks)").text(lang), "start", "name"),
        *(shape for at, one in enumerate(shown) for shape in _bar(one, _TOP + at * _ROW, largest)),
    )
    return Picture(key, title, said + (more.text(lang) if len(given) > len(shown) else ""), reading, height, shapes)


def _bar(one: Bar, top: float, largest: float) -> Iterator[Shape]:
    size, error = abs(one.bias) / largest * _LONGEST, one.mae / largest * (2 * _LONGEST)
    left = _MIDDLE if one.bias >= 0 else _MIDDLE - size
    count = f" ({one.n})"
    yield Label(0, top + 8, shortened(one.name, WIDTH - width_of(count)) + count, "start", "tick")
    yield Box(rounded(left), top + 14, rounded(size), 13, "bar strict" if one.bias < 0 else "bar")
    beside = left + size + 4 if one.bias >= 0 else left - 4
    yield Label(rounded(beside), top + 25, percent(one.bias, sign=True), "start" if one.bias >= 0 else "end", "tick")
    yield Box(_ERROR, top + 14, rounded(error), 13, "bar")
    yield from (Line(x, top + 11, x, top + 30) for x in (_MIDDLE, _ERROR))
    yield Label(rounded(_ERROR + error + 4), top + 25, percent(one.mae), "start", "tick")


def _said(one: Bar, lang: str) -> str:
    mae, bias = percent(one.mae), percent(one.bias, sign=True)
    return Words(f"{one.name}：平均差 {mae}，偏差 {bias}", f"{one.name}: MAE {mae}, bias {bias}").text(lang)
