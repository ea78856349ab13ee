"""Runs of text whose GBK bytes were paired wrongly, as the bytes that can still be seen.

A document site took the text for bytes when it put pinyin behind characters and cut sentences at ？ ！ ； ， 。: both
also matched the second byte of one character with the first of the next. What followed was paired one byte off,
until an ASCII byte, a cut or a bracket with pinyin set it right. Of what was paired wrongly, three things are missing:
a lone byte shows as `?`, an opening bracket taken for a second byte shows as nothing, and a pair that stands for no
character was dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from evaluator.papers.pinyin import SYLLABLE

MARKS = {"?": 0xBF, "？": 0xBF, "!": 0xA1, "！": 0xA1, ";": 0xBB, "；": 0xBB}
"""Marks that a cut in the middle of two characters left, and the second byte of each; the first is A3."""
CUT = re.compile(r"(?<![?？])[?？][?？!！;；](?=[^\s\x00-\x3f])")
TORN = re.compile(r"[?？](" + SYLLABLE + r")[)）]")
_GLOSS = re.compile(r"[(（](" + SYLLABLE + r")[)）]")
_LONGEST = 60


class Token(Enum):
    """What a stretch of a run tells about its bytes."""

    PAIR = auto()
    """Two bytes, of different characters. Where the second is an ASCII letter, the run ends."""
    LAST = auto()
    """One byte below 80: the second of a character, and the end of the run."""
    GLOSSED = auto()
    """A lost byte, the second of a character whose pinyin follows: the end of the run."""
    LOST = auto()
    """A lost byte, the second of a character: the end of the run."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One token: its bytes, the pinyin behind it, and where it ends in the text."""

    token: Token
    data: bytes
    syllable: str
    end: int


def run_from(text: str, start: int) -> tuple[Seen, ...]:
    """The tokens of the run that begins at `start`; empty where it cannot be a run."""
    seen: list[Seen] = []
    at = start
    while at < len(text) and len(seen) < _LONGEST:
        token = _token(text, at)
        if token is None:
            break
        seen.append(token)
        at = token.end
        if _ends(token):
            return tuple(seen)
    while seen and seen[-1].token is Token.PAIR:
        seen.pop()
    return tuple(seen)


def _ends(token: Seen) -> bool:
    if token.token is Token.PAIR:
        return token.data[1] < 0x80
    # A letter may be the half-width form of a full-width one, whose two bytes are A3 and its own code plus 80.
    return token.token is not Token.LAST or bool(token.syllable) or not token.data.isalnum()


def _token(text: str, at: int) -> Seen | None:
    torn = TORN.match(text, at)
    if torn:
        return Seen(Token.GLOSSED, b"", torn.group(1), torn.end())
    char = text[at]
    if char in "?？":
        return Seen(Token.LOST, b"", "", at + 1)
    gloss = _GLOSS.match(text, at + 1)
    end = gloss.end() if gloss else at + 1
    syllable = gloss.group(1) if gloss else ""
    code = two_bytes(char)
    if gloss and len(code) == 2:
        return None  # pinyin between two brackets: here the bytes are paired rightly again
    if "\x40" <= char < "\x7f":
        return Seen(Token.LAST, char.encode(), syllable, end)
    if len(code) != 2 or char in "，。；！、：":
        return None
    return Seen(Token.PAIR, code, syllable, end)


def two_bytes(char: str) -> bytes:
    """The GBK code of a character, private ones as well; empty where it has none of two bytes."""
    if "\ue815" <= char <= "\ue864":  # row FE of GBK, which later standards filled with characters
        second = 0x50 + ord(char) - 0xE815
        return bytes((0xFE, second + (second >= 0x7F)))
    code = char.encode("gb18030", "ignore")
    return code if len(code) == 2 else b""


def character(first: int, second: int) -> str:
    """The character of two bytes; empty where they stand for none."""
    found = bytes((first, second)).decode("gbk", "ignore")
    return found if len(found) == 1 and not found.isascii() else ""


def dropped(first: int, second: int) -> bool:
    """Whether two bytes are a pair of the code that stands for no character."""
    return first >= 0x81 and second >= 0x40 and second not in {0x7F, 0xFF} and not character(first, second)
