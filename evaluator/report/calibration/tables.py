"""The same few figures for every part of the answers: a band, a question, a rater."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Part
from evaluator.report.calibration.numerals import figure, percent
from evaluator.report.calibration.words import say

_SCORES = ("mae", "bias", "qwk", "within", "adjacent")
_KEY_POINTS = ("accuracy", "kappa")


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, and rows of a name, what it is called for a person, and cells."""

    key: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


def part_table(key: str, caption: str, name: str, parts: Sequence[Part], lang: str) -> Table:
    """A row a part, in their order; questions with the largest error first."""
    if key == "by_question":
        parts = sorted(parts, key=lambda one: -round(one.scores.mae.value or 0.0, 9))
    levels = any(part.key_points is not None for part in parts)
    scores = tuple(one for one in _SCORES if one != "within" or key != "by_question")
    names = (*scores, *(_KEY_POINTS if levels else ()))
    means = (say(one, lang) for one in ("n", "mean_people", "mean_judge"))
    heads = (name, *means, *(MEANINGS[one].name.text(lang) for one in names))
    return Table(key, caption, heads, tuple(_row(part, scores, levels=levels, lang=lang) for part in parts))


def _row(part: Part, scores: Sequence[str], *, levels: bool, lang: str) -> tuple[str, str, tuple[str, ...]]:
    own = part.scores.figures()
    cells = [f"{part.scored} / {part.answers}", percent(part.people), percent(part.judge)]
    cells += [figure(one, own[one].value) for one in scores]
    if levels:
        found = part.key_points.figures() if part.key_points else {}
        cells += [figure(one, found[one].value if one in found else None) for one in _KEY_POINTS]
    known = MEANINGS.get(part.name)
    if known is not None and not part.title:
        return known.name.text(lang), known.meaning.text(lang), tuple(cells)
    return part.name, part.title, tuple(cells)
