"""Kept grades as one reads them in a terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from evaluator.errors import Words
from evaluator.messages import LEVELS
from evaluator.models import Grade, Override, Said
from evaluator.report.labels import score_text
from evaluator.store import GradeRecord

_HEADS = (
    Words("时间", "when"),
    Words("评分细则", "rubric"),
    Words("考生", "candidate"),
    Words("得分", "score"),
    Words("状态", "state"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with what people said about it; `effective` is None where nobody said what changes it.

    `stale` is True where overrides stand that cannot be scored: the rubric is gone.
    """

    record: GradeRecord
    said: Said = field(default_factory=Said)
    effective: Grade | None = None
    stale: bool = False

    @property
    def grade(self) -> Grade:
        """The grade that holds."""
        return self.effective or self.record.grade

    @property
    def layers(self) -> tuple[Override, ...]:
        """Every override ever, oldest first."""
        return self.said.overrides

    @property
    def standing(self) -> Mapping[str, Override]:
        """The overrides that hold, by key point."""
        return self.said.standing

    def as_data(self) -> dict[str, Any]:
        """For `--json`: `grade` is the automatic result."""
        data = self.record.model_dump(mode="json", by_alias=True)
        effective = self.effective.model_dump(mode="json", by_alias=True) if self.effective else None
        said = self.said.model_dump(mode="json")
        people = {name: said[name] for name in ("notes", "second", "final", "confirmed", "flagged")}
        return {**data, "overrides": said["overrides"], **people, "effective": effective}


_SHOWN = 60


def table(entries: Iterable[Entry], lang: str) -> Table:
    """One line a grade."""
    found = Table("id", *(head.text(lang) for head in _HEADS), box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for column in found.columns:
        column.no_wrap = True
    # The answer takes what is left: with its whole length it would squeeze the id that every other command asks for.
    found.add_column(Words("答案", "answer").text(lang), no_wrap=True, overflow="ellipsis", ratio=1)
    for entry in entries:
        record = entry.record
        cells = (
            record.id,
            local_time(record.created),
            record.grade.rubric,
            one_line(record.candidate),
            score_text(entry.grade),
            _state(entry).text(lang),
            one_line(record.answer[:_SHOWN]),
        )
        found.add_row(*map(Text, cells))
    return found


def head_text(record: GradeRecord) -> str:
    """Which record it is, and the answer as it was given."""
    known = [record.id, local_time(record.created), one_line(record.candidate)]
    lines = [one_line(line) for line in record.answer.splitlines()]
    return "\n".join([" · ".join(part for part in known if part), "", *(f"  {line}" for line in lines)])


def layers_text(entry: Entry, lang: str) -> str:
    """Every layer on a line of its own, oldest first."""
    names = names_of(entry.record.grade)
    lines = []
    for layer in entry.layers:
        level = LEVELS[layer.level] if layer.level else Words("恢复自动判定", "automatic verdict restored")
        name = names.get(layer.key_point, layer.key_point)
        said = [
            local_time(layer.created),
            one_line(layer.author),
            f"{name} → {level.text(lang)}",
            one_line(layer.reason),
        ]
        lines.append("  • " + " · ".join(part for part in said if part))
    return "\n".join([Words("人工改判", "Overrides").text(lang), *lines])


def names_of(grade: Grade) -> dict[str, str]:
    """Names of key points and deductions by id."""
    return {point.id: point.name for point in grade.key_points} | {item.id: item.name for item in grade.deductions}


def local_time(moment: str) -> str:
    """A stored time on the clock of this machine, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def one_line(text: str) -> str:
    """What a candidate wrote, without line breaks and without anything that could steer the terminal."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _state(entry: Entry) -> Words:
    if entry.said.flagged:
        return Words("异常", "irregular")
    if entry.said.confirmed:
        return Words("已确认", "confirmed")
    if entry.standing or entry.said.final:
        return Words("有改判", "overridden")
    if not entry.grade.complete:
        return Words("未完成", "incomplete")
    return Words("待复核", "to review") if entry.grade.needs_review else Words("初评", "first pass")
