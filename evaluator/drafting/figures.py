"""Figures as papers write them: 2, 0.5, ２, 两, 十, half a, one."""

from __future__ import annotations

FIGURE = r"(?:\d{1,3}(?:\.\d+)?|半|[一二两三四五六七八九十]{1,3})"
"""Pattern of an amount before 分."""
ENGLISH = r"(?:\d{1,3}(?:\.\d+)?|half an?|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
"""Pattern of an amount before mark, marks, point, points."""
_CN = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_EN = {word: number for number, word in enumerate(_WORDS, 1)}


def figure(text: str) -> float:
    """What it stands for; 0 where it is no figure."""
    word = text.strip().casefold()
    if word == "半" or word.startswith("half"):
        return 0.5
    if word in {"a", "an"}:
        return 1
    try:
        return float(word)
    except ValueError:
        return float(_EN.get(word) or whole(word))


def whole(text: str) -> int:
    """The number that 十二 or 两 stands for; 0 where it is none."""
    tens, ten, ones = text.rpartition("十")
    if not text or any(char not in _CN for char in tens + ones):
        return 0
    return (_CN.get(tens, 1) * 10 if ten else 0) + _CN.get(ones, 0)
