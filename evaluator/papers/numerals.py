"""Numbers as papers print them: 12, 十二, ⑫, XII, 2-3, a letter."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ROMAN = {"I": 1, "V": 5, "X": 10}
CHINESE = "零〇一二两三四五六七八九十百"
"""What Chinese numbers are written with, for a character class."""
_CHAPTER = 1000
"""2-3 is a number behind all of chapter 1."""
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

ROMAN = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
FORMAL = "壹贰叁肆伍陆柒捌玖拾"
FORMAL_THREE = "参"
"""What 參 of traditional papers is simplified to."""


def value(printed: str) -> int:
    """The number that `printed` stands for; 0 where it stands for none."""
    printed = printed.strip().upper()
    printed = FORMAL[2] if printed == FORMAL_THREE else printed
    if parts := re.fullmatch(r"(\d{1,2})[-—.．](\d{1,2})", printed):
        return int(parts[1]) * _CHAPTER + int(parts[2])
    if re.fullmatch(r"\d{1,4}", printed):
        return int(printed)
    for signs in (CIRCLED, ROMAN, FORMAL):
        if len(printed) == 1 and printed in signs:
            return signs.index(printed) + 1
    if re.fullmatch("[IVX]{1,5}", printed):
        return _roman(printed)
    if re.fullmatch("[A-HJ-U]", printed):
        return ord(printed) - ord("A") + 1
    return _chinese(printed) if re.fullmatch(f"[{CHINESE}]{{1,6}}", printed) else 0


def _chinese(printed: str) -> int:
    total, digit = 0, 0
    for char in printed:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def _roman(printed: str) -> int:
    values = [_ROMAN[char] for char in printed]
    after = [*values[1:], 0]
    return sum(-one if one < following else one for one, following in zip(values, after, strict=True))
