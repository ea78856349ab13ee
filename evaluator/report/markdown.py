"""A grade as Markdown, to paste into a ticket or a chat."""

from __future__ import annotations

import re

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import DeductionGrade, Grade, KeyPointGrade, Rubric
from evaluator.report.item import Item
from evaluator.report.labels import (
    applying,
    calibrated_text,
    follow_ups,
    judge_name,
    label,
    number,
    open_reviews,
    score_text,
    told,
    why,
)
from evaluator.report.people import human_lines

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_BLOCK = re.compile(r"[-+=]|\d+(?=[.)](?:\s|$))")
"""What begins a list, a rule or a heading at the head of a line."""


def as_markdown(
    grade: Grade, answer: str, rubric: Rubric | None = None, lang: str = "zh", *, item: Item | None = None
) -> str:
    """The grade as Markdown; text of people is escaped. `item` adds what they said of it."""
    shown = item or Item(grade, answer, rubric)
    title = rubric.question if rubric else grade.rubric
    lines = [
        f"## {_plain(title)}",
        "",
        f"**{label('score', lang)} {score_text(grade)}** · {label(grade.status, lang)}",
        "",
    ]
    if calibrated := calibrated_text(grade, lang):
        lines += [calibrated, ""]
    if not grade.complete:
        lines += [label("incomplete", lang), ""]
    lines += [line for point in grade.key_points for line in _point(point, lang)]
    lines += [line for item in applying(grade) for line in _deduction(item, lang)]
    blocks = (
        ("human", human_lines(shown, lang)),
        ("follow_ups", follow_ups(grade)),
        ("review", open_reviews(grade, lang)),
    )
    for heading, items in blocks:
        if items:
            lines += ["", f"**{label(heading, lang)}**", "", *(f"- {_plain(item)}" for item in items)]
    quoted = [f"> {_plain(line)}" for line in answer.splitlines()] or [f"> {label('none', lang)}"]
    lines += ["", f"**{label('answer', lang)}**", "", *quoted]
    version = f"{label('rubric', lang)} {grade.trace.rubric_hash[:8]}"
    lines += ["", f"_{_plain(judge_name(grade, lang))} · {version} · {label('notice', lang)}_"]
    return "\n".join(lines) + "\n"


def _point(point: KeyPointGrade, lang: str) -> list[str]:
    earned = "?" if point.earned is None else number(point.earned)
    mark = f"{SYMBOLS[point.verdict]} {told(LEVELS[point.verdict], lang)}"
    lines = [f"- {mark} **{_plain(point.name)}** {earned}/{number(point.points)}"]
    if reason := why(point, lang):
        lines.append(f"  {_plain(reason)}")
    if not point.counted:
        lines.append(f"  {label('not_counted', lang)}")
    lines += [f"  > {_plain(evidence.text)}" for evidence in point.evidence]
    return lines


def _deduction(item: DeductionGrade, lang: str) -> list[str]:
    taken = "?" if item.taken is None else number(-item.taken)
    lines = [f"- {label('deductions', lang)} **{_plain(item.name)}** {taken}"]
    if item.reason:
        lines.append(f"  {_plain(item.reason)}")
    return lines + [f"  > {_plain(evidence.text)}" for evidence in item.evidence]


def _plain(text: str) -> str:
    """One line in which nothing is Markdown."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    head = _BLOCK.match(line)
    if head is None:
        return line
    end = head.end()
    return f"{line[:end]}\\{line[end:]}" if head[0].isdigit() else f"\\{line}"
