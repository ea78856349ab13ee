"""From pairs of what was said to figures with intervals: the statistics of `agreement`, put on a report's rows.

Intervals are percentiles of a bootstrap that draws questions, then answers within them; seed and number of resamples
hang on nothing but the rows, so the same answers give the same report.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from evaluator import agreement
from evaluator.calibration.model import LEVELS, SCORE_FIGURES, Figure, KeyPointFigures, LevelFigures, ScoreFigures
from evaluator.models import Level

RESAMPLES = 1_000
"""Most resamples; fewer for many rows, down to a fifth: their intervals are narrow anyhow."""
_ROW_BUDGET = 400_000
_ROUNDING = 1e-9
GRID = 0.1
"""Step of the grid that kappa of scores is taken on, a share of full marks."""

Table = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]


class ScoreRow(NamedTuple):
    """Two scores of one answer, as shares of full marks."""

    first: float
    second: float
    step: float
    group: str
    unit: str
    pair: str = ""
    """Who gave them, where an answer has several pairs: `within` takes away means of a question and the same two."""


class LevelRow(NamedTuple):
    """Two levels of one key point of one answer, as places in `LEVELS`."""

    first: int
    second: int
    group: str
    unit: str


class SureRow(NamedTuple):
    """How sure the judge was of something, and whether people said the same."""

    confidence: float
    right: bool
    group: str
    unit: str


class ChangeRow(NamedTuple):
    """Whether something was not the same in all runs."""

    changed: bool
    group: str
    unit: str


_Row = TypeVar("_Row", ScoreRow, LevelRow, SureRow, ChangeRow)


def place(level: Level) -> int:
    """0 missed, 1 partial, 2 hit. Raises ValueError for `unscored`."""
    return LEVELS.index(level)


def score_figures(rows: Sequence[ScoreRow], *, resamples: int = RESAMPLES) -> ScoreFigures:
    """All score figures; `resamples` 0 for no intervals."""
    return ScoreFigures(n=len(rows), **with_intervals(rows, score_values, resamples))


def key_point_figures(rows: Sequence[LevelRow], *, resamples: int = RESAMPLES) -> KeyPointFigures | None:
    """All figures of verdicts; None without any."""
    if not rows:
        return None
    found, table = with_intervals(rows, level_values, resamples), _table(rows)
    by_level = {
        level.value: LevelFigures(
            said=sum(table[at]),
            people=sum(row[at] for row in table),
            precision=found[f"precision_{at}"],
            recall=found[f"recall_{at}"],
            f1=found[f"f1_{at}"],
        )
        for at, level in enumerate(LEVELS)
    }
    return KeyPointFigures(
        n=len(rows),
        accuracy=found["accuracy"],
        kappa=found["kappa"],
        qwk=found["qwk"],
        confusion=table,
        missed=by_level["missed"],
        partial=by_level["partial"],
        hit=by_level["hit"],
    )


def with_intervals(
    rows: Sequence[_Row], figures: Callable[[Sequence[_Row]], Mapping[str, float]], resamples: int = RESAMPLES
) -> dict[str, Figure]:
    """Any figures of rows by name, with intervals unless `resamples` is 0."""
    if not resamples:
        return {name: figure_of(value) for name, value in figures(rows).items()}
    drawn = max(1, resamples // 5, min(resamples, _ROW_BUDGET // max(len(rows), 1)))
    clusters = agreement.clustered(rows, [row.group for row in rows], [row.unit for row in rows])
    found = agreement.intervals(clusters, figures, resamples=drawn)
    return {
        name: Figure(value=defined(one.estimate), low=defined(one.low), high=defined(one.high))
        for name, one in found.items()
    }


def defined(value: float) -> float | None:
    """The number, or None for what the data do not define."""
    return None if math.isnan(value) else value


def figure_of(value: float) -> Figure:
    """A figure without an interval."""
    return Figure(value=defined(value))


def score_values(rows: Sequence[ScoreRow]) -> dict[str, float]:
    """Every score figure by its name in `SCORE_FIGURES`, nan where undefined."""
    first, second = [row.first for row in rows], [row.second for row in rows]
    gaps = [abs(a - b) for a, b in zip(first, second, strict=True)]
    values = (
        agreement.score_qwk(first, second, GRID, 1),
        agreement.pearson(first, second),
        agreement.spearman(first, second),
        agreement.correlation_within(first, second, [(row.group, row.pair) for row in rows]),
        agreement.mean_absolute_error(first, second),
        agreement.root_mean_squared_error(first, second),
        agreement.bias(first, second),
        _within(gaps, [row.step / 2 for row in rows]),
        _within(gaps, [row.step for row in rows]),
    )
    return dict(zip(SCORE_FIGURES, values, strict=True))


def _within(gaps: Sequence[float], most: Sequence[float]) -> float:
    near = sum(gap <= limit + _ROUNDING for gap, limit in zip(gaps, most, strict=True))
    return near / len(gaps) if gaps else math.nan


def _table(rows: Sequence[LevelRow]) -> Table:
    counts = Counter((row.first, row.second) for row in rows)
    first, second, third = ((counts[at, 0], counts[at, 1], counts[at, 2]) for at in range(3))
    return first, second, third


def level_values(rows: Sequence[LevelRow]) -> dict[str, float]:
    """Figures of verdicts: `accuracy`, `kappa`, `qwk`; `precision_`, `recall_`, `f1_` with the place of each level."""
    table = _table(rows)
    right = table[0][0] + table[1][1] + table[2][2]
    found = {
        "accuracy": right / len(rows) if rows else math.nan,
        "kappa": agreement.kappa_of(table),
        "qwk": agreement.kappa_of(table, "quadratic"),
    }
    for at in range(3):
        said, people = sum(table[at]), sum(row[at] for row in table)
        found[f"precision_{at}"] = table[at][at] / said if said else math.nan
        found[f"recall_{at}"] = table[at][at] / people if people else math.nan
        found[f"f1_{at}"] = 2 * table[at][at] / (said + people) if said + people else math.nan
    return found
