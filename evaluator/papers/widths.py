"""Full and half width: Latin letters and digits become half, the punctuation of Chinese sentences full width."""

from __future__ import annotations

import re
import unicodedata

from evaluator.papers.tracing import Traced
from evaluator.text import invisible

_HALF_LATIN = {
    code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_BLANKS = dict.fromkeys((0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F), " ")
_RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in range(0x2E80, 0x2FD6)
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}
_BRACKETS = {ord("〖"): "【", ord("〗"): "】"}
_CHARACTERS: dict[int, str] = {**_HALF_LATIN, **_BLANKS, **_RADICALS, **_BRACKETS}
_FULL = {",": "，", "?": "？", "!": "！", ";": "；", ":": "："}
_BEHIND_HAN = re.compile(r"(?<=[\u3400-\u9fff”’）)】》])[,?!;:]")
_BEFORE_HAN = re.compile(r"(?<=[0-9A-Za-z%])[,?!;](?=[\u3400-\u9fff“])")
_KEYCAP = re.compile("(?<=[0-9])\ufe0f?\u20e3")
"""The second half of 1\ufe0f\u20e3, a number in a box."""
_HABIT = 5
"""So many half-width marks in Chinese sentences, and hardly a full-width one, are a conversion and not a slip."""


def visible(traced: Traced) -> Traced:
    """The text without characters that show nothing; exotic blanks, full-width Latin and radicals made plain."""
    hidden = [(at, at + 1, "") for at, char in enumerate(traced.text) if char not in "\n\t" and invisible(char)]
    hidden = sorted([*hidden, *((key.end() - 1, key.end(), ".") for key in _KEYCAP.finditer(traced.text))])
    return traced.edited(hidden).mapped(lambda char: _CHARACTERS.get(ord(char), char))


def chinese_marks(traced: Traced) -> Traced:
    """The text with full-width marks, where some conversion made all of those in Chinese sentences half-width."""
    half = [found.start() for found in _BEHIND_HAN.finditer(traced.text)]
    full = sum(map(traced.text.count, _FULL.values()))
    if len(half) < _HABIT or full * 20 > len(half):
        return traced
    half += [found.start() for found in _BEFORE_HAN.finditer(traced.text)]
    return traced.edited((at, at + 1, _FULL[traced.text[at]]) for at in sorted(half) if not _in_number(traced.text, at))


def _in_number(text: str, at: int) -> bool:
    return text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit()
