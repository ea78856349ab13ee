"""One text as a YAML scalar that YAML 1.1 and 1.2 readers read alike and people can edit."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

WIDTH = 100
"""Columns that a line fills where it can be broken; a Chinese character takes two."""

_ODD = re.compile(r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NOT_PLAIN = re.compile(r"[-?:,\[\]{}#&*!|>'\"%@`=~]|.*: |.*:$|.* #|\s|.*\s$", re.DOTALL)
_FLOW_MARKS = re.compile(r"[,\[\]{}]")
# What one YAML version or the other reads as a number, a date, a truth value or nothing.
_NUMERIC = re.compile(r"[-+.0-9][\x21-\x7e ]*")
_WORDS = re.compile(r"y|n|yes|no|on|off|true|false|null|<<", re.IGNORECASE)


def width(text: str) -> int:
    """Columns that the text takes in a terminal or editor."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def plain(text: str) -> bool:
    """Whether the text can stand without quotes, on one line, outside [ ]."""
    return bool(text) and not (
        "\n" in text
        or _ODD.search(text)
        or _NOT_PLAIN.match(text)
        or _NUMERIC.fullmatch(text)
        or _WORDS.fullmatch(text)
    )


def inline(text: str) -> str:
    """The text on one line, in double quotes where it needs them."""
    return text if plain(text) else quoted(text)


def in_brackets(text: str) -> str:
    """The text as an item of a [ ] list."""
    return text if plain(text) and not _FLOW_MARKS.search(text) else quoted(text)


def quoted(text: str) -> str:
    """In double quotes; every character that is not printable is escaped."""
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def block(text: str, indent: str) -> str:
    """The text as a field's value: a literal block where it has lines, a folded one where it is long and has spaces.

    Chinese text without spaces stays on one line: every line break would come back as a space.
    """
    if _ODD.search(text) or not text or text[0].isspace() or text[-1].isspace():
        return quoted(text)
    if "\n" in text:
        lines = [indent + line if line else "" for line in text.split("\n")]
        return "\n".join(["|-", *lines])
    if width(text) > WIDTH and (lines := list(_folded(text, WIDTH - len(indent)))) and len(lines) > 1:
        return "\n".join([">-", *(indent + line for line in lines)])
    return inline(text)


def _folded(text: str, room: int) -> Iterator[str]:
    """Lines that a reader joins with one space each: broken at single spaces only."""
    line = ""
    for word in re.split(r"(?<=\S) (?=\S)", text):
        if line and width(line) + 1 + width(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
