"""Whether the judge is right as often as it says it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from evaluator.calibration.model import ConfidenceFigures, ReliabilityBin
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Axis, Dot, Label, Line, Picture, Shape, grid, path, rounded
from evaluator.report.calibration.numerals import percent

_HEIGHT = 372.0
_QUARTERS = tuple((share / 4, f"{share * 25}") for share in range(5))


def reliability(found: ConfidenceFigures, lang: str) -> Picture:
    """Share that is right up, stated confidence across, a disc a bin whose area grows with what is in it."""
    x, y = Axis(0, 1, 46, 344), Axis(0, 1, 330, 16)
    what = (
        Words("判定", "verdicts")
        if found.of == "verdicts"
        else Words("答案（差一档以内算对）", "answers (within a step)")
    )
    names = (
        Words("评分器自称的把握（%）", "confidence it states (%)").text(lang),
        Words("与人相同（%）", "same as people (%)").text(lang),
    )
    used = [one for one in found.bins if one.n and one.confidence is not None and one.right is not None]
    said = "；".join(f"说 {_range(one)} 的对 {percent(one.right)}（{one.n} 个）" for one in used)
    said_en = "; ".join(f"{_range(one)} stated: {percent(one.right)} of {one.n} right" for one in used)
    return Picture(
        "reliability",
        Words("它说的把握可信吗", "Is its confidence to be believed?").text(lang),
        Words(
            f"{found.n} 个{what.zh}；自称与实际平均差 {percent(found.ece.value)}（ECE）。{said}。",
            f"{found.n} {what.en}; stated and real lie {percent(found.ece.value)} apart on average (ECE). {said_en}.",
        ).text(lang),
        Words(
            "在虚线上：说几成把握就对几成。在线下方是过于自信。圆越大，里面的判定越多，旁边是个数。",
            "On the dashed line it is right as often as it says; below it, it is too sure of itself. Larger discs hold "
            "more; the number beside them is how many.",
        ).text(lang),
        _HEIGHT,
        (
            *grid(x, y, _QUARTERS, _QUARTERS, names),
            Line(x.at(0), y.at(0), x.at(1), y.at(1), "identity"),
            *_discs(used, x, y),
        ),
    )


def _range(one: ReliabilityBin) -> str:
    return f"{one.low * 100:.0f}–{one.high * 100:.0f}%"


def _discs(used: Sequence[ReliabilityBin], x: Axis, y: Axis) -> Iterator[Shape]:
    most = max((one.n for one in used), default=1)
    places = [(x.at(one.confidence or 0.0), y.at(one.right or 0.0)) for one in used]
    yield path(places)
    for one, (across, up) in zip(used, places, strict=True):
        radius = rounded(3 + 9 * math.sqrt(one.n / most))
        yield Dot(across, up, radius, "dot solid", f"{_range(one)}: {percent(one.right)}, n = {one.n}")
        above = up - radius - 5 > y.end
        yield Label(across, rounded(up - radius - 4 if above else up + radius + 13), str(one.n), look="tick halo")
