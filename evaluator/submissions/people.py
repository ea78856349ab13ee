"""What people gave: columns of scores and of levels -> `HumanScore`."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluator.models import HumanScore, Level, Rubric, Verdict
from evaluator.scoring import score
from evaluator.submissions.column_map import Column, Role
from evaluator.submissions.notes import Notes

_LEVELS: dict[str, Level] = {
    **dict.fromkeys(("1", "1.0", "100%", "命中", "全部", "hit", "full", "yes", "是", "✓", "√", "✔"), Level.HIT),
    **dict.fromkeys(("0.5", ".5", "50%", "部分", "部分命中", "半", "partial", "half", "◐"), Level.PARTIAL),
    **dict.fromkeys(
        ("0", "0.0", "0%", "未命中", "没有", "无", "missed", "miss", "no", "否", "✗", "×", "✘", "x"), Level.MISSED
    ),
}
DEFAULT_RATERS = ("人工", "human")


@dataclass(frozen=True, slots=True)
class Given:
    """Where the score and the levels of one rater stand: letters of columns, or keys of records."""

    rater: str
    score: str = ""
    levels: tuple[tuple[str, str], ...] = ()
    """Key points and the keys of their cells."""


def layout(columns: Iterable[Column], rubric: str) -> tuple[Given, ...]:
    """Who scored the answers to `rubric`, and in which columns."""
    raters: dict[str, str] = {}
    levels: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        key = column.column or column.header
        if column.role is Role.HUMAN_SCORE and column.rubric == rubric:
            rater = column.rater or DEFAULT_RATERS[0]
            raters[rater if rater not in raters else f"{rater} ({column.column or column.header})"] = key
        elif column.role is Role.HUMAN_LEVEL and column.rubric == rubric and column.key_point:
            levels.setdefault(column.rater or DEFAULT_RATERS[0], []).append((column.key_point, key))
    if len(raters) == 1 and (own := next((name for name in DEFAULT_RATERS if name in levels), "")):
        only = next(iter(raters))
        levels[only] = [*levels.get(only, []), *levels.pop(own)] if only != own else levels[own]
    names = dict.fromkeys([*raters, *levels])
    return tuple(Given(name, raters.get(name, ""), tuple(levels.get(name, ()))) for name in names)


def by(rater: str, given: Sequence[Given]) -> Sequence[Given]:
    """The same where a cell of the row names the rater, if any does; columns that name somebody keep that name."""
    if not rater:
        return given
    return [replace(one, rater=rater) if one.rater in DEFAULT_RATERS else one for one in given]


def scores(
    given: Sequence[Given], rubric: Rubric, cells: Mapping[str, str], notes: Notes, place: str
) -> tuple[HumanScore, ...]:
    """What the raters gave one answer; what cannot be used is noted with its `place`."""
    found = []
    for one in given:
        levels = {point: cells.get(key, "") for point, key in one.levels}
        total = cells.get(one.score, "") if one.score else ""
        found.append(read(one.rater, total, levels, rubric=rubric, notes=notes, place=place))
    return tuple(one for one in found if one is not None)


def read(
    rater: str, total: str, levels: Mapping[str, str], *, rubric: Rubric, notes: Notes, place: str
) -> HumanScore | None:
    """What one rater wrote of one answer; None where nothing of it can be used."""
    known = {point: found for point, text in levels.items() if text and (found := level(text))}
    for point, text in levels.items():
        if text and point not in known:
            notes.met("level", f"{place} {point} {text[:20]}")
    if total:
        value = number(total)
        if value is not None and 0 <= value <= rubric.max_score:
            return HumanScore(rater=rater, score=value, levels=known)
        notes.met("score", f"{place} {rater} {total[:20]}")
    return _from_levels(rater, rubric, known, notes, place) if known else None


def number(text: str) -> float | None:
    """A score as people write it: 8, 8.5, ８分; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("分").strip()
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def level(text: str) -> Level | None:
    """A level as people write it; None for anything else."""
    return _LEVELS.get(unicodedata.normalize("NFKC", text).strip().casefold())


def _from_levels(
    rater: str, rubric: Rubric, levels: Mapping[str, Level], notes: Notes, place: str
) -> HumanScore | None:
    """The score that levels of all key points earn."""
    if not all(point.id in levels for point in rubric.key_points):
        notes.met("levels_alone", f"{place} {rater}")
        return None
    judged = [*(point.id for point in rubric.key_points), *(one.id for one in rubric.deductions)]
    verdicts = [Verdict(key_point=part, level=levels.get(part, Level.MISSED)) for part in judged]
    earned = score(rubric, verdicts).score
    return None if earned is None else HumanScore(rater=rater, score=earned, levels=dict(levels))
