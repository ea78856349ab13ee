"""`evaluator calibrate --fit FILE`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.calibration.fitting import fit, unmappable
from evaluator.calibration.meanings import MEANINGS, METHODS
from evaluator.cli.calibrate_view import DASH, number
from evaluator.cli.terminal import note, write
from evaluator.errors import Words
from evaluator.version import __version__

if TYPE_CHECKING:
    from evaluator.calibration.cases import Case
    from evaluator.models import Fit

_SHOWN = ("qwk", "spearman", "mae", "rmse", "bias", "exact", "adjacent")


def fitted(cases: Sequence[Case], path: Path, source: str, lang: str) -> Fit:
    """Fit, and keep the file. Raises what `fit` raises.

    Nothing is written where nothing was better than leaving scores alone.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")
    made = asyncio.run(fit(cases, source=source, created=created, version=__version__))
    if made.method == "none" and made.keyword_cuts is None:
        note(Words("没有写校准文件", "no calibration file was written").text(lang))
    else:
        write(path, made.model_dump_json(indent=2, by_alias=True) + "\n")
        note(Words(f"校准文件：{path}", f"calibration file: {path}").text(lang))
    return made


def fit_text(made: Fit, lang: str) -> str:
    """What was fitted, and what it did on questions that it was not fitted on."""
    return "\n".join(_lines(made, lang)) + "\n"


def _lines(made: Fit, lang: str) -> Iterator[str]:
    yield Words(
        f"拟合：{METHODS[made.method].zh}；在 {made.train_questions} 道题 {made.train_answers} 份上拟合，"
        f"在另外 {made.held_out_questions} 道题 {made.held_out_answers} 份上检验",
        f"fit: {METHODS[made.method].en}; fitted on {made.train_answers} answers to {made.train_questions} questions, "
        f"tried on {made.held_out_answers} answers to {made.held_out_questions} others",
    ).text(lang)
    if made.partial_share is not None:
        yield Words(f"  部分命中值 {made.partial_share:g}", f"  a partial is worth {made.partial_share:g}").text(lang)
    if made.keyword_cuts is not None:
        low, high = made.keyword_cuts
        yield Words(
            f"  关键词覆盖 {low:g} 起部分、{high:g} 起命中", f"  keyword cover: partial from {low:g}, hit from {high:g}"
        ).text(lang)
    for name in _SHOWN:
        one = made.figures[name]
        between = "" if one.low is None or one.high is None else f"  ({one.low:+.3f} … {one.high:+.3f})"
        gap = DASH if one.difference is None else f"{one.difference:+.3f}"
        shown = f"{number(name, one.before)} → {number(name, one.after)}"
        yield f"  {MEANINGS[name].name.text(lang)}: {shown}  {gap}{between}"
    if unmappable(made):
        yield Words(
            "  训练题上评分器的分数并不随人工分升高，映射只会把所有人拉成一个分，没有采用",
            "  the judge's scores do not rise with people's: a map would give everybody the same, so none was taken",
        ).text(lang)
    if not made.helps:
        yield Words(
            "  平均差的变化区间含 0：还不能说校准有用",
            "  the interval of the change in MAE has 0 in it: that it helps cannot be said",
        ).text(lang)
