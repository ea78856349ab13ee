"""Pictures as plain shapes, laid out here so that the template only draws them as SVG.

A picture is `WIDTH` units wide, which is what a phone has pixels: its text stays readable there. Colours are classes of
the style sheet; whatever tells things apart does so by shape, dash or words as well, for greyscale and for print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

WIDTH = 360.0
TEXT = 12.0
"""Size of text, in units."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str = "axis"
    kind: ClassVar[str] = "line"


@dataclass(frozen=True, slots=True)
class Path:
    """Lines from point to point: `x,y x,y …`."""

    points: str
    look: str = "curve"
    kind: ClassVar[str] = "path"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `opacity` of its filling."""

    x: float
    y: float
    width: float
    height: float
    look: str = "bar"
    tip: str = ""
    opacity: float = 1.0
    kind: ClassVar[str] = "box"


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc; `tip` is shown where a pointer rests on it."""

    x: float
    y: float
    radius: float
    look: str = "dot"
    tip: str = ""
    kind: ClassVar[str] = "dot"


@dataclass(frozen=True, slots=True)
class Label:
    """Words, `y` at their base line; `turned` ones run upwards."""

    x: float
    y: float
    text: str
    anchor: Anchor = "middle"
    look: str = ""
    turned: bool = False
    kind: ClassVar[str] = "label"


Shape = Line | Path | Box | Dot | Label


@dataclass(frozen=True, slots=True)
class Picture:
    """`key` makes ids; `title` names it, `described` says what is to be seen, `reading` how to read it."""

    key: str
    title: str
    described: str
    reading: str
    height: float
    shapes: tuple[Shape, ...]
    width: float = WIDTH


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` to `high` between two places of the picture."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value stands; what lies outside stands at the edge."""
        inside = min(max(value, self.low), self.high)
        return rounded(self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start))


def rounded(value: float) -> float:
    """A place, in tenths of a unit; never -0."""
    return round(value, 1) + 0.0


def path(points: Iterable[tuple[float, float]], look: str = "curve") -> Path:
    """A path through places of the picture."""
    return Path(" ".join(f"{x:g},{y:g}" for x, y in points), look)


def grid(
    x: Axis, y: Axis, across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]], names: tuple[str, str]
) -> Iterator[Shape]:
    """Both axes with their ticks and names: what lies across below the picture, what goes up at its left."""
    for value, text in across:
        yield Line(x.at(value), y.start, x.at(value), y.end, "grid")
        yield Label(x.at(value), y.start + 16, text, look="tick")
    for value, text in up:
        yield Line(x.start, y.at(value), x.end, y.at(value), "grid")
        yield Label(x.start - 6, y.at(value) + 4, text, "end", "tick")
    yield Line(x.start, y.start, x.end, y.start)
    yield Line(x.start, y.start, x.start, y.end)
    yield Label((x.start + x.end) / 2, y.start + 34, names[0], look="name")
    yield Label(13, (y.start + y.end) / 2, names[1], look="name", turned=True)


def width_of(text: str) -> float:
    """About how wide text is, in units: characters of Chinese are as wide as they are high."""
    return sum(TEXT if ord(one) > 0x2E7F else TEXT * 0.56 for one in text)


def shortened(text: str, most: float) -> str:
    """Text that fits into so many units."""
    if width_of(text) <= most:
        return text
    kept = text
    while kept and width_of(kept) + TEXT > most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """The places of labels along a line, moved so that they keep `least` apart, in their order, within low..high."""
    order = sorted(range(len(places)), key=lambda one: (places[one], one))
    moved = [max(places[one], low) for one in order]
    for at in range(1, len(moved)):
        moved[at] = max(moved[at], moved[at - 1] + least)
    for at in range(len(moved)):
        moved[at] = min(moved[at], high - (len(moved) - 1 - at) * least)
    found = dict(zip(order, moved, strict=True))
    return [rounded(found[one]) for one in range(len(places))]
