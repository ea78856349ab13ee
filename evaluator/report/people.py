"""What people said of an answer, a line each, for every form in which a grade is taken along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Grade, Note
from evaluator.report.item import Item
from evaluator.report.labels import label, score_text, told

_LONGEST_QUOTE = 60


def human_lines(item: Item, lang: str) -> tuple[str, ...]:
    """What holds: the change of the score, who confirmed, what is irregular, overrides, notes. In that order.

    Names, reasons and notes stand there as they were written, on one line.
    """
    return tuple(" ".join(line.split()) for line in _lines(item, lang))


def _lines(item: Item, lang: str) -> Iterator[str]:
    said, colon = item.said, _colon(lang)
    if item.automatic is not None and score_text(item.automatic) != score_text(item.grade):
        before, after = score_text(item.automatic), score_text(item.grade)
        yield f"{label('automatic', lang)} {before} → {label('expected', lang)} {after}"
    if said.final is not None:
        yield f"{label('final', lang)}{colon}{said.final.reason} · {said.final.author}"
    if said.confirmed is not None:
        about = (said.confirmed.text, said.confirmed.author, day(said.confirmed.created))
        yield f"{label('confirmed', lang)}{colon}{' · '.join(part for part in about if part)}"
    if said.flagged is not None:
        yield f"{label('flagged', lang)}{colon}{said.flagged.text} · {said.flagged.author}"
    names = _names(item.grade)
    for key, layer in said.standing.items():
        level = f"{SYMBOLS[layer.level]} {told(LEVELS[layer.level], lang)}" if layer.level else ""
        yield f"{label('override', lang)}{colon}{names.get(key, key)} → {level} · {layer.reason} · {layer.author}"
    for note in said.notes:
        yield f"{label('note', lang)}{_about(note, item, names, lang)}{colon}{note.text} · {note.author}"


def day(moment: str) -> str:
    """A stored time on the clock of this machine, to the minute; what is no time is shown as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment


def _about(note: Note, item: Item, names: dict[str, str], lang: str) -> str:
    """What a note is on; nothing where it is on the whole answer."""
    if note.key_point:
        text = names.get(note.key_point, note.key_point)
    elif note.start is None:
        return ""
    else:
        text = item.answer[note.start : note.end]
        text = text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
    return f' "{text}"' if lang.startswith("en") else f"「{text}」"


def _names(grade: Grade) -> dict[str, str]:
    return {one.id: one.name for one in grade.key_points} | {one.id: one.name for one in grade.deductions}


def _colon(lang: str) -> str:
    return ": " if lang.startswith("en") else "："
