"""Grades as one self-contained HTML page: no script, no network, prints on A4, light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Grade, Rubric
from evaluator.report.item import Item, segments
from evaluator.report.labels import (
    applying,
    calibrated_text,
    follow_ups,
    judge_name,
    label,
    number,
    reviews,
    score_text,
    told,
    why,
)
from evaluator.report.people import human_lines

_ENVIRONMENT = Environment(
    loader=PackageLoader("evaluator.report", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_html(grade: Grade, answer: str, rubric: Rubric | None = None, lang: str = "zh") -> str:
    """One grade as a page."""
    return page([Item(grade, answer, rubric)], lang)


def page(items: Sequence[Item], lang: str = "zh", *, title: str = "", summary: Sequence[tuple[str, str]] = ()) -> str:
    """Many grades on one page, with a table of contents; `summary` are (name, value) rows shown on top."""
    return _ENVIRONMENT.get_template("grades.html.j2").render(
        items=items,
        lang="en" if lang.startswith("en") else "zh-CN",
        title=title or label("title", lang),
        summary=summary,
        segments=segments,
        level=lambda value: told(LEVELS[value], lang),
        symbol=lambda value: SYMBOLS[value],
        say=lambda key: label(key, lang),
        number=number,
        score_text=score_text,
        calibrated_text=lambda grade: calibrated_text(grade, lang),
        why=lambda point: why(point, lang),
        judge_name=lambda grade: judge_name(grade, lang),
        follow_ups=follow_ups,
        applying=applying,
        reviews=lambda grade: reviews(grade, lang),
        human_lines=lambda item: human_lines(item, lang),
    )
