"""Judge against people, answer by answer: where they agree the points lie on the diagonal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluator import agreement
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Axis, Box, Dot, Label, Line, Picture, Shape, apart, grid, rounded
from evaluator.report.calibration.numerals import percent, signed

MOST_DOTS = 600
"""With more answers than this, squares that grow with the number of answers take the place of dots."""
_CELLS = 20
_RADIUS = 3.2
_HEIGHT = 372.0
_EDGE = 0.04
_TURN = math.pi * (3 - math.sqrt(5))
_QUARTERS = tuple((share / 4, f"{share * 25}") for share in range(5))


@dataclass(frozen=True, slots=True)
class Pair:
    """One answer: both scores as shares of full marks, and what names it."""

    people: float
    judge: float
    name: str


def scatter(pairs: Sequence[Pair], lang: str) -> Picture:
    """Judge up, people across."""
    x, y = Axis(-_EDGE, 1 + _EDGE, 46, 352), Axis(-_EDGE, 1 + _EDGE, 330, 12)
    names = (Words("人给的分（满分的 %）", "people (% of full marks)"), Words("评分器给的分（%）", "judge (%)"))
    lenient, strict = Words("评分器更松", "judge more lenient"), Words("评分器更严", "judge stricter")
    shapes = (
        *grid(x, y, _QUARTERS, _QUARTERS, (names[0].text(lang), names[1].text(lang))),
        Line(x.at(0), y.at(0), x.at(1), y.at(1), "identity"),
        *_marks([(one.people, one.judge) for one in pairs], pairs, x, y),
        Label(x.at(0) + 8, y.at(1) + 8, lenient.text(lang), "start", "hint halo"),
        Label(x.at(1) - 4, y.at(0) - 6, strict.text(lang), "end", "hint halo"),
    )
    above = sum(one.judge - one.people > _SAME for one in pairs)
    below = sum(one.people - one.judge > _SAME for one in pairs)
    even = len(pairs) - above - below
    return Picture(
        "scatter",
        Words("评分器与人，一份答案一个点", "Judge against people, a dot an answer").text(lang),
        Words(
            f"{len(pairs)} 份答案：{above} 份评分器给得更高，{below} 份更低，{even} 份相同。",
            f"{len(pairs)} answers: the judge gave more for {above}, less for {below}, the same for {even}.",
        ).text(lang),
        Words(
            "落在虚线上就是给分相同；线上方是给松了，下方是给严了。重合的点绕原处散开，块越大答案越多。",
            "On the dashed line both gave the same; above it the judge was lenient, below it strict. Dots of the same "
            "place are spread around it; larger means more answers.",
        ).text(lang),
        _HEIGHT,
        shapes,
    )


def bland_altman(pairs: Sequence[Pair], lang: str) -> Picture:
    """The difference up, the mean of both across, with the bias and the limits of agreement."""
    limits = agreement.limits_of_agreement([one.judge for one in pairs], [one.people for one in pairs])
    x, y = Axis(-_EDGE, 1 + _EDGE, 52, 300), Axis(-1 - _EDGE, 1 + _EDGE, 330, 12)
    ups = tuple((value / 4, signed(f"{value * 25:+d}")) for value in range(-4, 5, 2))
    names = (
        Words("两者平均（满分的 %）", "mean of both (% of full marks)"),
        Words("评分器 − 人（%）", "judge − people (%)"),
    )
    lines = [
        (value, look, words.text(lang))
        for value, look, words in (
            (limits.high, "limit", Words("上界", "upper")),
            (limits.bias, "bias", Words("平均", "mean")),
            (limits.low, "limit", Words("下界", "lower")),
        )
        if math.isfinite(value)
    ]
    shapes = (
        *grid(x, y, _QUARTERS, ups, (names[0].text(lang), names[1].text(lang))),
        Line(x.start, y.at(0), x.end, y.at(0), "identity"),
        *_marks([((one.people + one.judge) / 2, one.judge - one.people) for one in pairs], pairs, x, y),
        *_named_lines(lines, x, y),
    )
    between = Words("只有一份答案，没有界限。", "One answer only: no limits.")
    if math.isfinite(limits.low):
        low, high, middle = (
            percent(limits.low, sign=True),
            percent(limits.high, sign=True),
            percent(limits.bias, sign=True),
        )
        between = Words(
            f"平均差 {middle}；约 95 % 的答案差在 {low} 到 {high} 之间（占满分）。",
            f"On average {middle} of full marks; about 95 % of answers lie between {low} and {high}.",
        )
    return Picture(
        "bland-altman",
        Words("差多少，差在哪里（Bland–Altman）", "How far off, and where (Bland–Altman)").text(lang),
        between.text(lang),
        Words(
            "越靠近 0 线越好。实线是平均偏松或偏严多少；两条点线之间大约有 95 % 的答案。"
            "点随分数高低倾斜，说明高分压低、低分抬高，或反过来。",
            "The nearer to 0 the better. The solid line is the mean leniency; about 95 % of answers lie between the "
            "dotted ones. A slope means that high scores are pressed down and low ones lifted, or the reverse.",
        ).text(lang),
        _HEIGHT,
        shapes,
    )


_SAME = 1e-9


def _named_lines(lines: Sequence[tuple[float, str, str]], x: Axis, y: Axis) -> Iterator[Shape]:
    heights = apart([y.at(value) for value, _, _ in lines], 28, 22, 318)
    for (value, look, name), height in zip(lines, heights, strict=True):
        yield Line(x.start, y.at(value), x.end, y.at(value), look)
        yield Label(x.end + 4, height - 2, name, "start", "tick")
        yield Label(x.end + 4, height + 11, percent(value, sign=True), "start", "tick strong")


def _marks(places: Sequence[tuple[float, float]], pairs: Sequence[Pair], x: Axis, y: Axis) -> Iterator[Shape]:
    if len(places) > MOST_DOTS:
        yield from _squares(places, x, y)
        return
    met: Counter[tuple[float, float]] = Counter()
    for (across, up), pair in zip(places, pairs, strict=True):
        place = x.at(across), y.at(up)
        # A sunflower: each further answer at the same place lies a golden angle on, a little further out.
        turn, away = met[place] * _TURN, min(2.4 * math.sqrt(met[place]), 14.0)
        met[place] += 1
        yield Dot(
            rounded(place[0] + away * math.cos(turn)),
            rounded(place[1] + away * math.sin(turn)),
            _RADIUS,
            tip=f"{pair.name}: {percent(pair.people)} → {percent(pair.judge)}",
        )


def _squares(places: Sequence[tuple[float, float]], x: Axis, y: Axis) -> Iterator[Shape]:
    """Cells around round values, the area of each square in proportion to the answers in it."""
    across, up = (x.high - x.low) // 1 / _CELLS, (y.high - y.low) // 1 / _CELLS
    counts = Counter((round(one / across), round(other / up)) for one, other in places)
    most = max(counts.values())
    widest = min(x.at(across) - x.at(0), y.at(0) - y.at(up))
    for (column, row), count in sorted(counts.items()):
        side = rounded(max(math.sqrt(count / most) * widest, 2.0))
        left, top = x.at(column * across) - side / 2, y.at(row * up) - side / 2
        yield Box(rounded(left), rounded(top), side, side, "cell", tip=str(count))
