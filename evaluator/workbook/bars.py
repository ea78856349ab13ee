"""Bars of the page's pictures, laid out here so that the template only draws."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Level
from evaluator.report.labels import number
from evaluator.workbook.statistics import KeyPointCounts, QuestionCounts

WIDTH, HEIGHT, FLOOR = 320.0, 120.0, 98.0
"""Of a distribution, in units of the picture; bars stand on `FLOOR`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its box, what stands under it, and how many answers it is."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a stacked bar, in per cent of its length."""

    level: str
    start: float
    width: float
    text: str


def distribution(counts: QuestionCounts) -> tuple[Bar, ...]:
    """How many answers got which score."""
    parts = list(counts.bars())
    most = max((n for _, _, n in parts), default=0) or 1
    step = WIDTH / max(len(parts), 1)
    width = min(step * 0.78, 48.0)
    return tuple(
        Bar(
            x=round(place * step + (step - width) / 2, 2),
            y=round(FLOOR - n / most * 78, 2),
            width=round(width, 2),
            height=round(n / most * 78, 2),
            label=number(low) if low == high else f"{number(low)}–{number(high)}",
            count=n,
        )
        for place, (low, high, n) in enumerate(parts)
    )


def described(counts: QuestionCounts, lang: str) -> str:
    """The distribution in words, for those who do not see it."""
    unit = " answers" if lang.startswith("en") else " 份"
    said = [f"{bar.label}: {bar.count}{unit}" for bar in distribution(counts) if bar.count]
    return (", " if lang.startswith("en") else "，").join(said)


def slices(counts: KeyPointCounts, lang: str) -> tuple[Slice, ...]:
    """The verdicts on one key point as a stacked bar."""
    found: list[Slice] = []
    start = 0.0
    for level in Level:
        share = counts.rate(level)
        if share:
            text = f"{SYMBOLS[level]} {LEVELS[level].text(lang)} {share:.0%}"
            found.append(Slice(level.value, round(start, 2), round(share * 100, 2), text))
            start += share * 100
    return tuple(found)
