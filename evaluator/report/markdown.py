"""A grade as Markdown, to paste into a ticket or a chat."""

from __future__ import annotations

import re

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Grade, KeyPointGrade, Rubric
from evaluator.report.labels import follow_ups, judge_name, label, number, reviews, score_text, why

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def as_markdown(grade: Grade, answer: str, rubric: Rubric | None = None, lang: str = "zh") -> str:
    """The grade as Markdown; text of the answer and the rubric is escaped."""
    title = rubric.question if rubric else grade.rubric
    lines = [
        f"## {_plain(title)}",
        "",
        f"**{label('score', lang)} {score_text(grade)}** · {label(grade.status, lang)}",
        "",
    ]
    lines += [line for point in grade.key_points for line in _point(point, lang)]
    for heading, items in (("follow_ups", follow_ups(grade)), ("review", reviews(grade, lang))):
        if items:
            lines += ["", f"**{label(heading, lang)}**", "", *(f"- {_plain(item)}" for item in items)]
    quoted = [f"> {_plain(line)}" for line in answer.splitlines()] or [f"> {label('none', lang)}"]
    lines += ["", f"**{label('answer', lang)}**", "", *quoted]
    version = f"{label('rubric', lang)} {grade.trace.rubric_hash[:8]}"
    lines += ["", f"_{judge_name(grade, lang)} · {version} · {label('notice', lang)}_"]
    return "\n".join(lines) + "\n"


def _point(point: KeyPointGrade, lang: str) -> list[str]:
    earned = "?" if point.earned is None else number(point.earned)
    mark = f"{SYMBOLS[point.verdict]} {LEVELS[point.verdict].text(lang)}"
    lines = [f"- {mark} **{_plain(point.name)}** {earned}/{number(point.points)}"]
    if reason := why(point, lang):
        lines.append(f"  {_plain(reason)}")
    lines += [f"  > {_plain(' '.join(evidence.text.split()))}" for evidence in point.evidence]
    return lines


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
