"""A grade to paste into a chat of 飞书 or 企业微信.

Both show bold, quotes and links, neither headings of every rank, tables or HTML, and one of them no lists; bold must
hold no punctuation there. Pasted by hand it is often shown as it stands. So this is text that reads well unrendered,
with bold words where a heading would be.
"""

from __future__ import annotations

import re

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import DeductionGrade, KeyPointGrade
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

_WIDE = str.maketrans(
    {"*": "＊", "_": "＿", "`": "｀", "~": "～", "[": "［", "]": "］", "<": "＜", ">": "＞", "@": "＠"}
)
"""What would be markup, or call somebody, in its wide form: a backslash would be shown."""
_HEADING = re.compile(r"^#+(?=\s)")


def as_chat(item: Item, lang: str = "zh") -> str:
    """The grade as text for a chat; text of people can be no markup in it and call nobody."""
    grade, rubric = item.grade, item.rubric
    lines = [
        f"**{label('title', lang)}**",
        _plain(rubric.question if rubric else grade.rubric),
        f"**{label('score', lang)}** {score_text(grade)} · {label(grade.status, lang)}",
    ]
    lines += [calibrated_text(grade, lang)] if grade.calibrated is not None else []
    lines += [label("incomplete", lang)] if not grade.complete else []
    lines += ["", f"**{label('key_points', lang)}**"]
    lines += [line for place, point in enumerate(grade.key_points, 1) for line in _point(place, point, lang)]
    lines += [line for one in applying(grade) for line in _deduction(one, lang)]
    blocks = (
        ("human", human_lines(item, lang)),
        ("follow_ups", follow_ups(grade)),
        ("review", open_reviews(grade, lang)),
    )
    for heading, items in blocks:
        if items:
            lines += ["", f"**{label(heading, lang)}**", *(f"{n}. {_plain(one)}" for n, one in enumerate(items, 1))]
    quoted = [f"> {_plain(line)}" for line in item.answer.splitlines() if line.strip()]
    lines += ["", f"**{label('answer', lang)}**", *(quoted or [f"> {label('none', lang)}"])]
    lines += ["", _plain(f"{judge_name(grade, lang)} · {label('rubric', lang)} {grade.trace.rubric_hash[:8]}")]
    return "\n".join([*lines, label("notice", lang)]) + "\n"


def _point(place: int, point: KeyPointGrade, lang: str) -> list[str]:
    earned = "?" if point.earned is None else number(point.earned)
    level = f"{SYMBOLS[point.verdict]} {told(LEVELS[point.verdict], lang)}"
    lines = [f"{place}. {level} {_plain(point.name)} {earned}/{number(point.points)}"]
    lines += [_plain(reason)] if (reason := why(point, lang)) else []
    lines += [label("not_counted", lang)] if not point.counted else []
    return lines + [f"> {_plain(evidence.text)}" for evidence in point.evidence]


def _deduction(one: DeductionGrade, lang: str) -> list[str]:
    taken = "?" if one.taken is None else number(-one.taken)
    lines = [f"{label('deductions', lang)} {_plain(one.name)} {taken}"]
    lines += [_plain(one.reason)] if one.reason else []
    return lines + [f"> {_plain(evidence.text)}" for evidence in one.evidence]


def _plain(text: str) -> str:
    """One line in which nothing is markup."""
    return _HEADING.sub(lambda found: "＃" * len(found[0]), " ".join(text.split()).translate(_WIDE))
