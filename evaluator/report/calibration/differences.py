"""Figures before and after, or of one judge and another: both, their difference, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from evaluator.calibration.comparing import Changed, Winner, winner
from evaluator.calibration.meanings import MEANINGS
from evaluator.errors import Words
from evaluator.models import Fit
from evaluator.report.calibration.drawing import Axis, Dot, Line, Shape
from evaluator.report.calibration.figures import STRIP_HEIGHT, STRIP_WIDTH
from evaluator.report.calibration.numerals import SHARES, figure, signed

_ROOM = 8.0
_LEAST = 0.05
"""Half the width of the strips, at least: what is hardly a difference shall not look like one."""

_SAME = Words("一样", "the same")


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both, ready to be shown; `look` is `hit` where the second is better, `missed` where worse."""

    key: str
    name: str
    meaning: str
    first: str
    second: str
    difference: str
    interval: str
    strip: tuple[Shape, ...]
    said: str
    look: str


def differences(given: Mapping[str, Changed], outcomes: Mapping[Winner | None, Words], lang: str) -> list[Difference]:
    """A row a figure, in their order; `outcomes` says who is better in the words of the page."""
    ends = max([_LEAST, *(abs(end) for one in given.values() for end in (one.difference, one.low, one.high) if end)])
    return [_row(name, one, ends, outcomes, lang) for name, one in given.items()]


def of_fit(made: Fit, names: Iterable[str]) -> dict[str, Changed]:
    """The figures of a fit on held-out answers in the same form: before first, after second."""
    found = {name: made.figures[name] for name in names if name in made.figures}
    return {
        name: Changed(
            first=one.before, second=one.after, difference=one.difference, low=one.low, high=one.high, above=None
        )
        for name, one in found.items()
    }


def _row(name: str, one: Changed, ends: float, outcomes: Mapping[Winner | None, Words], lang: str) -> Difference:
    better = winner(name, one)
    return Difference(
        name,
        MEANINGS[name].name.text(lang),
        MEANINGS[name].meaning.text(lang),
        figure(name, one.first),
        figure(name, one.second),
        _gap(name, one, lang),
        _between(name, one),
        tuple(_strip(one, ends)),
        (_SAME if one.same else outcomes[better]).text(lang),
        {"first": "missed", "second": "hit", "turned": "partial", None: "soft"}[better],
    )


def _gap(name: str, one: Changed, lang: str) -> str:
    if one.difference is None or name not in SHARES:
        return figure("bias", one.difference)
    return signed(f"{one.difference * 100:+.0f}") + Words(" 个百分点", " points").text(lang)


def _between(name: str, one: Changed) -> str:
    if one.low is None or one.high is None:
        return ""
    if name not in SHARES:
        return f"{figure('bias', one.low)} … {figure('bias', one.high)}"
    return f"{signed(f'{one.low * 100:+.0f}')} … {signed(f'{one.high * 100:+.0f}')}"


def _strip(one: Changed, ends: float) -> Iterator[Shape]:
    """The difference as a disc on its interval, around a middle line that is no difference."""
    axis, middle = Axis(-ends, ends, _ROOM, STRIP_WIDTH - _ROOM), STRIP_HEIGHT / 2
    yield Line(axis.start, middle, axis.end, middle, "grid")
    yield Line(axis.at(0), middle - 10, axis.at(0), middle + 10, "baseline")
    if one.low is not None and one.high is not None:
        yield Line(axis.at(one.low), middle, axis.at(one.high), middle, "whisker")
    if one.difference is not None:
        yield Dot(axis.at(one.difference), middle, 5, "dot solid")
