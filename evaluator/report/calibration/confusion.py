"""Which level the judge gave where people gave which."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.calibration.model import LEVELS, KeyPointFigures
from evaluator.errors import Words
from evaluator.messages import LEVELS as NAMES
from evaluator.messages import SYMBOLS
from evaluator.report.calibration.drawing import Box, Label, Picture, Shape
from evaluator.report.calibration.numerals import percent

_LEFT, _TOP, _SIDE = 88.0, 52.0, 88.0
_DEEPEST = 0.42
"""Of the filling: words stay readable on it in light and dark."""


def confusion(figures: KeyPointFigures, lang: str) -> Picture:
    """Columns: people; rows: judge; shares are of people's column."""
    right = sum(figures.confusion[at][at] for at in range(3))
    missed, partial, hit = figures.missed, figures.partial, figures.hit
    lost, given = figures.confusion[0][2], figures.confusion[2][0]
    return Picture(
        "confusion",
        Words("得分点：评分器怎么判，人怎么判", "Key points: the judge's levels against people's").text(lang),
        Words(
            f"{figures.n} 个判定里 {right} 个相同。"
            f"人判命中 {hit.people}、部分 {partial.people}、未命中 {missed.people}；"
            f"评分器判命中 {hit.said}、部分 {partial.said}、未命中 {missed.said}。"
            f"命中判成未命中 {lost} 个，反过来 {given} 个。",
            f"{right} of {figures.n} verdicts are the same. People: {hit.people} hit, {partial.people} partial, "
            f"{missed.people} missed; judge: {hit.said}, {partial.said}, {missed.said}. {lost} hits were called "
            f"missed, {given} the other way round.",
        ).text(lang),
        Words(
            "粗框（对角线）是判得一样的；百分数按列：人这样判的里面，评分器各判成什么。颜色越深占得越多。",
            "Framed cells are the same verdict; per cents go down a column: of what people called so, what the judge "
            "made of it. Darker is more.",
        ).text(lang),
        _TOP + 3 * _SIDE + 8,
        tuple(_shapes(figures, lang)),
    )


def _shapes(figures: KeyPointFigures, lang: str) -> Iterator[Shape]:
    yield Label(_LEFT + 1.5 * _SIDE, 16, Words("人", "people").text(lang), look="name")
    yield Label(13, _TOP + 1.5 * _SIDE, Words("评分器", "judge").text(lang), look="name", turned=True)
    for at, level in enumerate(LEVELS):
        middle = _SIDE * (at + 0.5)
        yield Label(_LEFT + middle, 40, f"{SYMBOLS[level]} {NAMES[level].text(lang)}")
        yield Label(_LEFT - 6, _TOP + middle + 4, f"{SYMBOLS[level]} {NAMES[level].text(lang)}", "end")
    totals = [sum(row[column] for row in figures.confusion) for column in range(3)]
    for row in range(3):
        for column in range(3):
            count = figures.confusion[row][column]
            share = count / totals[column] if totals[column] else None
            x, y = _LEFT + column * _SIDE, _TOP + row * _SIDE
            depth = round(0.03 + _DEEPEST * (share or 0.0), 3)
            look = "cell same" if row == column else "cell"
            inset = 2.5 if row == column else 1.0
            yield Box(x + inset, y + inset, _SIDE - 2 * inset, _SIDE - 2 * inset, look, opacity=depth)
            yield Label(x + _SIDE / 2, y + _SIDE / 2 - 1, str(count), look="large")
            yield Label(x + _SIDE / 2, y + _SIDE / 2 + 19, percent(share), look="tick")
