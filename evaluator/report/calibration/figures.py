"""Every figure beside what it must be read against: its interval, people, the judge itself, the baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.calibration.gate import AT_MOST
from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import SCORE_FIGURES, Calibration, Figure, KeyPointFigures, ScoreFigures
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Axis, Dot, Line, Path, Shape, path
from evaluator.report.calibration.numerals import figure, interval

KEY_POINT_FIGURES = ("accuracy", "kappa", "kp_qwk", "hit_precision", "hit_recall", "hit_f1")
STRIP_WIDTH, STRIP_HEIGHT = 190.0, 30.0
_ROOM = 8.0
NOISE = "noise"
_BY_DESIGN = frozenset({"bias", "hit_precision", "hit_recall"})
"""What a baseline reaches without any merit: that it does is no warning."""
Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Cell:
    """What something beside the judge reaches; `beats` where it is a baseline that is as good or better."""

    text: str
    beats: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, ready to be shown."""

    key: str
    name: str
    meaning: str
    better: str
    value: str
    interval: str
    strip: tuple[Shape, ...]
    described: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Something beside the judge; `figures` is None where it says nothing of the kind."""

    key: str
    name: str
    meaning: str
    figures: Figures | None


def score_rows(made: Calibration, lang: str) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """The figures of scores, and what stands beside them."""
    return _rows(SCORE_FIGURES, _of(made.scores) or {}, _columns(made, "scores", lang), lang)


def key_point_rows(made: Calibration, lang: str) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """The figures of verdicts; none where people gave no levels."""
    if made.key_points is None:
        return (), ()
    return _rows(KEY_POINT_FIGURES, made.key_points.figures(), _columns(made, "key_points", lang), lang)


def _of(figures: ScoreFigures | KeyPointFigures | None) -> Figures | None:
    return None if figures is None else figures.figures()


def _columns(made: Calibration, what: str, lang: str) -> tuple[Column, ...]:
    found = []
    if made.ceiling is not None:
        found.append(_column("ceiling", _of(getattr(made.ceiling, what)), lang))
    if made.noise is not None:
        name = Words("它与自己", "itself again")
        meaning = Words(
            "同样的答案再评一次，它与自己差多少：与人的差距里，这么多是它自己定不下来。",
            "The same answers judged again, against itself: so much of the distance from people is its own noise.",
        )
        found.append(Column(NOISE, name.text(lang), meaning.text(lang), _of(getattr(made.noise, what))))
    found += [_column(one.name, _of(getattr(one, what)), lang) for one in made.baselines]
    return tuple(one for one in found if one.figures)


def _column(name: str, figures: Figures | None, lang: str) -> Column:
    return Column(name, MEANINGS[name].name.text(lang), MEANINGS[name].meaning.text(lang), figures)


def _rows(
    names: tuple[str, ...], own: Figures, columns: tuple[Column, ...], lang: str
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    return columns, tuple(_row(name, own[name], columns, lang) for name in names)


def _row(name: str, own: Figure, columns: tuple[Column, ...], lang: str) -> Row:
    beside = {column.key: (column.figures or {})[name] for column in columns}
    colon = ": " if lang.startswith("en") else "："
    between = interval(name, own)
    said = [f"{column.name}{colon}{figure(name, beside[column.key].value)}" for column in columns]
    judge = Words("评分器", "judge").text(lang)
    return Row(
        name,
        MEANINGS[name].name.text(lang),
        MEANINGS[name].meaning.text(lang),
        _better(name).text(lang),
        figure(name, own.value),
        between,
        _strip(name, own, beside),
        "; ".join([f"{judge}{colon}{figure(name, own.value)}" + (f" ({between})" if between else ""), *said]),
        tuple(
            Cell(
                figure(name, one.value),
                key not in {"ceiling", NOISE} and name not in _BY_DESIGN and as_good(name, one, own),
            )
            for key, one in beside.items()
        ),
    )


def as_good(name: str, one: Figure, own: Figure) -> bool:
    """Whether one figure is as good as the judge's or better; never where either is not defined."""
    if one.value is None or own.value is None:
        return False
    return abs(one.value) <= abs(own.value) if name in AT_MOST else one.value >= own.value


def _better(name: str) -> Words:
    if name == "bias":
        return Words("越近 0 越好", "nearer 0 is better")
    return Words("越低越好", "lower is better") if name in AT_MOST else Words("越高越好", "higher is better")


def _strip(name: str, own: Figure, beside: Figures) -> tuple[Shape, ...]:
    """The judge as a disc on its interval; people as a diamond, baselines as strokes."""
    others = {key: one.value for key, one in beside.items() if one.value is not None and key != NOISE}
    known = [one for one in (own.value, own.low, own.high, *others.values()) if one is not None]
    low, high = _ends(name, known)
    axis = Axis(low, high, _ROOM, STRIP_WIDTH - _ROOM)
    middle = STRIP_HEIGHT / 2
    shapes: list[Shape] = [Line(axis.start, middle, axis.end, middle, "grid")]
    shapes += [Line(axis.at(value), middle - 5, axis.at(value), middle + 5, "grid") for value in _landmarks(low, high)]
    shapes += [
        Line(axis.at(value), middle - 9, axis.at(value), middle + 9, "baseline")
        for key, value in others.items()
        if key != "ceiling"
    ]
    if own.low is not None and own.high is not None:
        shapes.append(Line(axis.at(own.low), middle, axis.at(own.high), middle, "whisker"))
    if "ceiling" in others:
        shapes.append(_diamond(axis.at(others["ceiling"]), middle))
    if own.value is not None:
        shapes.append(Dot(axis.at(own.value), middle, 5, "dot solid"))
    return tuple(shapes)


def _ends(name: str, known: list[float]) -> tuple[float, float]:
    if name == "bias":
        most = max([0.05, *map(abs, known)])
        return -most, most
    if name in AT_MOST:
        return 0.0, max([0.05, *known])
    return min([0.0, *known]), 1.0


def _landmarks(low: float, high: float) -> tuple[float, ...]:
    return tuple(dict.fromkeys((low, 0.0, high)))


def _diamond(x: float, y: float) -> Path:
    return path(((x, y - 7), (x + 6, y), (x, y + 7), (x - 6, y), (x, y - 7)), "diamond")
