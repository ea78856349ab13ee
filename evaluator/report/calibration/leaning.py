"""Key points by how often the judge is stricter than people, and how often kinder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluator.errors import Words
from evaluator.report.calibration.drawing import WIDTH, Box, Label, Line, Picture, Shape, rounded, shortened, width_of
from evaluator.report.calibration.numerals import percent

MOST = 16
_ROW, _TOP = 37.0, 30.0
_MIDDLE, _LONGEST = WIDTH / 2, WIDTH / 2 - 44.0


@dataclass(frozen=True, slots=True)
class Leaning:
    """One key point: name, answers with a level by both, shares of them that the judge is stricter and kinder on."""

    name: str
    n: int
    strict: float
    kind: float


def leanings(given: Sequence[Leaning], lang: str) -> Picture:
    """Two bars a key point away from a middle line, in the given order."""
    shown = given[:MOST]
    comma = "; " if lang.startswith("en") else "；"
    said = comma.join(
        Words(
            f"{one.name}：偏严 {percent(one.strict)}，偏宽 {percent(one.kind)}",
            f"{one.name}: too strict {percent(one.strict)}, too kind {percent(one.kind)}",
        ).text(lang)
        for one in shown
    )
    reading = Words(
        "往左的条是评分器没认、人认了的答案占几成，往右的条是评分器认了、人没认的占几成；括号里是两边都判过的份数。"
        "一边很长就照那一边改：左边加 accept，右边写严或加 reject。两边都长，是标准本身没写清。",
        "To the left the share of answers in which people found more than the judge, to the right those in which the "
        "judge found more; the number of answers is in brackets. One long side tells what to do: left, add to "
        "`accept`; right, word it more strictly or add to `reject`. Both long: the wording itself is unclear.",
    )
    shapes = (
        Label(_MIDDLE - 8, 16, Words("← 偏严", "← too strict").text(lang), "end", "name"),
        Label(_MIDDLE + 8, 16, Words("偏宽 →", "too kind →").text(lang), "start", "name"),
        *(shape for at, one in enumerate(shown) for shape in _bars(one, _TOP + at * _ROW)),
    )
    title = Words("差得最多的得分点，偏向哪边", "The key points that differ most, and which way")
    return Picture("leanings", title.text(lang), said, reading.text(lang), _TOP + _ROW * len(shown) + 4, shapes)


def _bars(one: Leaning, top: float) -> Iterator[Shape]:
    count = f" ({one.n})"
    yield Label(0, top + 8, shortened(one.name, WIDTH - width_of(count)) + count, "start", "tick")
    for share, side, look, anchor in ((one.strict, -1, "bar strict", "end"), (one.kind, 1, "bar", "start")):
        size = share * _LONGEST
        left = _MIDDLE if side > 0 else _MIDDLE - size
        yield Box(rounded(left), top + 14, rounded(size), 13, look)
        beside = rounded(_MIDDLE + side * (size + 4))
        yield Label(beside, top + 25, percent(share), "start" if anchor == "start" else "end", "tick")
    yield Line(_MIDDLE, top + 11, _MIDDLE, top + 30)
