"""The report in short: the verdict in words, the figures that decide, two pictures. The rest is in the whole report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evaluator.calibration.advice import advice
from evaluator.calibration.cases import Case
from evaluator.calibration.model import Calibration
from evaluator.report.calibration import Verdict, as_html, verdict
from evaluator.report.calibration.confusion import confusion
from evaluator.report.calibration.drawing import Picture
from evaluator.report.calibration.figures import Column, Row, key_point_rows, score_rows
from evaluator.report.calibration.scatter import Pair, scatter

_OF_SCORES = ("mae", "bias", "qwk", "within")
_OF_KEY_POINTS = ("accuracy", "kp_qwk", "hit_precision", "hit_recall")
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n?')


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of figures; the judge's first, then what stands beside it."""

    of: str
    """`scores` or `key_points`."""
    n: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is shown first."""

    made: Calibration
    verdict: Verdict
    figures: tuple[Figures, ...]
    pictures: tuple[Picture, ...]


def overview(made: Calibration, cases: Sequence[Case], lang: str) -> Overview:
    """Of the report and the answers that it is of."""
    figures = [_figures("scores", made.scores.n, score_rows(made, lang), _OF_SCORES)]
    pairs = [
        Pair(one.human_share, one.judge_share, f"{one.group} {one.candidate}")
        for one in cases
        if one.judge_share is not None
    ]
    pictures = [scatter(pairs, lang)] if pairs else []
    if made.key_points is not None:
        figures.append(_figures("key_points", made.key_points.n, key_point_rows(made, lang), _OF_KEY_POINTS))
        pictures.append(confusion(made.key_points, lang))
    return Overview(made, verdict(made), tuple(figures), tuple(pictures))


def whole(made: Calibration, cases: Sequence[Case], lang: str) -> str:
    """The self-contained page of the command, with what to change."""
    return as_html(made, cases, lang, advice=advice(cases))


def under_our_policy(html: str, style: str, back: str) -> str:
    """The same page where no style may stand within it: the style sheet by its address, and a way back.

    `back` is HTML of ours.
    """
    linked = _STYLE.sub(lambda _: f'<link rel="stylesheet" href="{style}">', html, count=1)
    return _POLICY.sub("", linked, count=1).replace("<main>", f"<main>\n{back}", 1)


@cache
def report_style() -> str:
    """The style sheet of the report."""
    return files("evaluator.report.calibration").joinpath("templates", "style.css.j2").read_text("utf-8")


def _figures(of: str, n: int, found: tuple[tuple[Column, ...], tuple[Row, ...]], keys: Sequence[str]) -> Figures:
    columns, rows = found
    by_key = {row.key: row for row in rows}
    return Figures(of, n, columns, tuple(by_key[key] for key in keys if key in by_key))
