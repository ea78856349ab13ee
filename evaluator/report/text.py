"""A grade for a terminal."""

from __future__ import annotations

import io
import re

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import DeductionGrade, Grade, KeyPointGrade, Level, Rubric
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

_COLOURS = {Level.HIT: "green", Level.PARTIAL: "yellow", Level.MISSED: "red", Level.UNSCORED: "magenta"}
_BAR = 24
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What steers a terminal, or turns the direction of writing: an answer is data here, too."""


def as_text(
    grade: Grade,
    answer: str,
    rubric: Rubric | None = None,
    lang: str = "zh",
    *,
    colour: bool = False,
    width: int = 88,
    item: Item | None = None,
) -> str:
    """A grade to read in a terminal of `width` columns.

    `item` adds a title, what people gave and what they said of it.
    """
    shown = item or Item(grade, answer, rubric)
    parts: list[RenderableType] = [_head(shown, lang), Text()]
    parts += [_point(point, shown, lang) for point in grade.key_points]
    parts += [_deduction(item) for item in applying(grade)]
    parts += _list(label("human", lang), human_lines(shown, lang), "blue")
    parts += _list(label("follow_ups", lang), follow_ups(grade), "cyan")
    parts += _list(label("review", lang), open_reviews(grade, lang), "yellow")
    parts += [Text(), _foot(grade, lang)]
    return render(Group(*parts), colour=colour, width=width)


def render(renderable: RenderableType, *, colour: bool, width: int) -> str:
    """A rich renderable as text, with or without ANSI colours."""
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False, markup=False
    )
    console.print(renderable)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def plain(content: str) -> str:
    """Text of an answer or a file, without what steers a terminal."""
    return _CONTROL.sub("�", content)


def _text(content: str, style: str = "") -> Text:
    return Text(plain(content), style=style)


def _head(item: Item, lang: str) -> RenderableType:
    grade = item.grade
    share = (grade.score if grade.score is not None else grade.range[0]) / grade.max_score
    filled = round(share * _BAR)
    line = Text.assemble(
        (f"{label('score', lang)} ", "bold"),
        (score_text(grade), "bold"),
        "  ",
        ("█" * filled, "green" if grade.complete else "magenta"),
        ("░" * (_BAR - filled), "dim"),
        f"  {label(grade.status, lang)}",
    )
    if calibrated := calibrated_text(grade, lang):
        line.append(f"\n{calibrated}", style="bold")
    if not grade.complete:
        line.append(f"\n{label('incomplete', lang)}", style="magenta")
    title = item.title or (item.rubric.id if item.rubric else grade.rubric)
    rows: list[RenderableType] = [Rule(_text(title, "bold"), align="left", style="dim")]
    if item.rubric:
        rows.append(_text(item.rubric.question, "dim"))
    return Group(*rows, line)


def _point(point: KeyPointGrade, item: Item, lang: str) -> RenderableType:
    colour = _COLOURS[point.verdict]
    earned = "?" if point.earned is None else number(point.earned)
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=_mark_width(lang), no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right")
    mark = Text(f"{SYMBOLS[point.verdict]} {told(LEVELS[point.verdict], lang)}", style=f"bold {colour}")
    name = _text(point.name, "bold")
    if not point.counted:
        name.append(f"  {label('not_counted', lang)}", style="dim")
    if point.id in item.expected:
        same = item.expected[point.id] is point.verdict
        gave = f"  {label('expected', lang)} {SYMBOLS[item.expected[point.id]]}"
        name.append(gave, style="dim green" if same else "bold magenta")
    sure = f"  {label('confidence', lang)} {point.confidence:.0%}" if point.confidence is not None else ""
    table.add_row(mark, name, Text(f"{earned} / {number(point.points)}{sure}"))
    details: list[RenderableType] = []
    if reason := why(point, lang):
        details.append(_text(reason))
    details += [_text(f"“{evidence.text.strip()}”", f"italic {colour}") for evidence in point.evidence]
    return Group(table, *(Padding(detail, (0, 2, 0, _mark_width(lang) + 1)) for detail in details))


def _mark_width(lang: str) -> int:
    return max(cell_len(f"{SYMBOLS[level]} {told(words, lang)}") for level, words in LEVELS.items())


def _deduction(item: DeductionGrade) -> RenderableType:
    taken = "?" if item.taken is None else f"−{number(item.taken)}"
    lines: list[RenderableType] = [_text(f"  − {item.name}  {taken}  {item.reason}".rstrip(), "red")]
    lines += [Padding(_text(f"“{evidence.text.strip()}”", "italic red"), (0, 2, 0, 10)) for evidence in item.evidence]
    return Group(*lines)


def _list(title: str, lines: tuple[str, ...], colour: str) -> list[RenderableType]:
    if not lines:
        return []
    body: list[RenderableType] = [Padding(_text(f"• {line}"), (0, 2, 0, 2)) for line in lines]
    return [Text(), Text(title, style=f"bold {colour}"), *body]


def _foot(grade: Grade, lang: str) -> Text:
    trace = grade.trace
    parts = [f"{label('judge', lang)} {judge_name(grade, lang)}", f"{label('rubric', lang)} {trace.rubric_hash[:8]}"]
    if trace.cached:
        parts.append(label("from_store", lang))
    elif trace.usage.calls:
        used = trace.usage
        parts.append(f"{label('time', lang)} {used.seconds:.1f} s")
        parts.append(f"{label('tokens', lang)} {used.prompt}+{used.completion} ({label('cached', lang)} {used.cached})")
    return _text("\n".join((" · ".join(parts), label("notice", lang))), "dim")
