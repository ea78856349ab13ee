"""A run as one self-contained HTML page: no script, no network, prints on A4, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evaluator.batch import CandidateResult, Results
from evaluator.batch.alike import Alike
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Rubric
from evaluator.report.item import segments
from evaluator.report.labels import applying, follow_ups, judge_name, label, number, reviews, why
from evaluator.workbook.bars import FLOOR, HEIGHT, WIDTH, described, distribution, slices
from evaluator.workbook.cells import clean
from evaluator.workbook.facts import facts
from evaluator.workbook.question_tables import remark
from evaluator.workbook.side_tables import alike_columns, alike_row, unscored_columns, unscored_rows
from evaluator.workbook.standing import points, shown, standing, total
from evaluator.workbook.summary import Summary, human_score, review_lines, status
from evaluator.workbook.survey import Survey, look_over, stem
from evaluator.workbook.table import Column, Value
from evaluator.workbook.words import KINDS, READING, say

LISTED_UP_TO = 5_000
"""Answers that are shown one by one; a browser does not like more on one page."""


def _safe(value: object) -> object:
    """Text without what HTML and UTF-8 cannot hold; everything is escaped after that."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT = Environment(
    loader=PackageLoader("evaluator.workbook", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_safe,
)


@dataclass(frozen=True, slots=True)
class _Head:
    """A column of the summary as the page shows it: short, with the whole of it as a title."""

    text: str
    small: str
    title: str


def write_page(results: Results, path: Path, lang: str, alike: Sequence[Alike] | None) -> None:
    """Write the page to `path`, a candidate in memory at a time. Raises OSError where the file cannot be written."""
    named = frozenset(candidate for group in alike or () for candidate in group.candidates)
    survey = look_over(results, named=named)
    summary = Summary(survey, results.columns, lang)
    chunks = _ENVIRONMENT.get_template("results.html.j2").generate(
        lang="en" if lang.startswith("en") else "zh-CN",
        info=results.info,
        survey=survey,
        heads=[_head(column, survey) for column in summary.columns],
        columns=summary.columns,
        rows=((candidate, summary.row(candidate)) for candidate in results.candidates()),
        candidates=results.candidates,
        listed=survey.answers <= LISTED_UP_TO,
        facts=facts(results, survey, None if alike is None else len(alike), lang),
        reading=[words.text(lang) for words in READING],
        alike=None
        if alike is None
        else [alike_row(place, group, survey, lang) for place, group in enumerate(alike, 1)],
        alike_columns=alike_columns(lang),
        unscored=list(unscored_rows(results, survey, lang)) if survey.unscored or survey.rejected else [],
        unscored_columns=unscored_columns(lang),
        **_functions(survey, lang),
    )
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(chunks)


def _functions(survey: Survey, lang: str) -> dict[str, object]:
    return {
        "say": lambda key: say(key, lang),
        "label": lambda key: label(key, lang),
        "number": number,
        "cell": _cell,
        "share": lambda value: "–" if value is None else f"{value:.0%}",
        "points_or_dash": lambda value: "–" if value is None else number(value),
        "kind": lambda rubric: KINDS[rubric.kind].text(lang),
        "stem": stem,
        "remark": lambda counts: remark(counts, lang),
        "distribution": distribution,
        "described": lambda counts: described(counts, lang),
        "slices": lambda counts: slices(counts, lang),
        "picture": {"width": WIDTH, "height": HEIGHT, "floor": FLOOR},
        "answers_of": lambda candidate: _answers(candidate, survey),
        "total_of": lambda candidate: total(candidate, survey.rubrics),
        "points_of": points,
        "standing": standing,
        "shown": lambda result, rubric: shown(result, rubric, lang),
        "review_lines": lambda candidate: list(review_lines(candidate, survey.rubrics, lang)),
        "status": lambda candidate: status(candidate, lang),
        "human_score": human_score,
        "segments": segments,
        "level": lambda value: LEVELS[value].text(lang),
        "symbol": lambda value: SYMBOLS[value],
        "why": lambda point: why(point, lang),
        "judge_name": lambda grade: judge_name(grade, lang),
        "follow_ups": follow_ups,
        "applying": applying,
        "reviews": lambda grade: reviews(grade, lang),
    }


def _answers(candidate: CandidateResult, survey: Survey) -> Iterator[tuple[int, Rubric, object]]:
    for place, rubric in enumerate(survey.rubrics, 1):
        if rubric.id in candidate.answers:
            yield place, rubric, candidate.answers[rubric.id]


def _head(column: Column, survey: Survey) -> _Head:
    for place, rubric in enumerate(survey.rubrics, 1):
        if column.key == f"score:{rubric.id}":
            return _Head(str(place), f"/ {number(rubric.max_score)}", column.head)
    return _Head(column.head, "", "")


def _cell(value: Value, kind: str = "text") -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.0%}" if kind in {"share", "bar"} else number(value)
