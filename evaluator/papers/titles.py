"""Titles: lines that a document sets as headings keep a `#` in the text that is read, so that the parser knows them.

A heading with a Chinese number or a label needs none: 一、简答题 says more than its size. 3. may as well
be an item of a list.
"""

from __future__ import annotations

import re

_TELLS = re.compile(
    r"[①-⑳【\[(（一二三四五六七八九十第QＱ]|(?:参考|标准)?答案|解析|评分|题目|问题|案例|材料|Section|Part|Question",
    re.IGNORECASE,
)
_SIGN = re.compile(r"^[^\S\n]*#{1,6}[^\S\n]+(?=\S)", re.MULTILINE)
_LONGEST = 60


def titled(line: str) -> str:
    """A heading as it is kept in the text."""
    return line if not line or len(line) > _LONGEST or _TELLS.match(line) else f"# {line}"


def untitled(text: str) -> str:
    """`text` without the signs of headings."""
    return _SIGN.sub("", text)
