"""Answers whose score changed from one judge to the other, with what people gave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.calibration.comparing import Moved
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Axis, Dot, Label, Line, Picture, Shape, path, shortened
from evaluator.report.calibration.numerals import percent

_ROW, _TOP, _FOOT = 33.0, 8.0, 22.0
_WIDTH = 360.0


def moves(given: Sequence[Moved], lang: str) -> Picture:
    """A line an answer from the first score (hollow) to the second (filled); a diamond where people are."""
    x = Axis(0, 1, 12, 348)
    end = _TOP + _ROW * len(given)
    comma = "; " if lang.startswith("en") else "；"
    said = comma.join(
        f"{one.candidate}{': ' if lang.startswith('en') else '：'}{percent(one.first)} → {percent(one.second)} "
        f"({Words('人', 'people').text(lang)} {percent(one.people)})"
        for one in given
    )
    shapes = (
        *(Line(x.at(at / 4), _TOP, x.at(at / 4), end, "grid") for at in range(5)),
        *(Label(x.at(at / 4), end + 16, f"{at * 25}", look="tick") for at in range(5)),
        *(shape for at, one in enumerate(given) for shape in _row(one, _TOP + at * _ROW, x)),
    )
    title = Words("升得最多和降得最多的答案（满分的 %）", "The answers raised and lowered most (% of full marks)")
    reading = Words(
        "空心是 A，实心是 B，菱形是人。实心离菱形比空心近，这一份就是变好了。",
        "Hollow is A, filled is B, the diamond is people. Filled nearer to the diamond than hollow: it got better.",
    )
    return Picture("moves", title.text(lang), said, reading.text(lang), end + _FOOT, shapes)


def _row(one: Moved, top: float, x: Axis) -> Iterator[Shape]:
    middle = top + 21
    yield Label(x.start, top + 9, shortened(f"{one.candidate} · {one.rubric}", _WIDTH - 24), "start", "tick halo")
    yield Line(x.start, middle, x.end, middle, "grid")
    yield Line(x.at(one.first), middle, x.at(one.second), middle, "link")
    at = x.at(one.people)
    yield path(((at, middle - 8), (at + 7, middle), (at, middle + 8), (at - 7, middle), (at, middle - 8)), "diamond")
    yield Dot(x.at(one.first), middle, 4, "hollow", f"A {percent(one.first)}")
    yield Dot(x.at(one.second), middle, 4, "dot solid", f"B {percent(one.second)}")
