"""A 参考答案 that is a marking key: （1）原因：甲；乙；丙。（2）影响：丁；戊。 Every item earns its own mark."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import median

from evaluator.drafting.pieces import Piece, kept

_PART = re.compile(r"[（(]\s*(?:\d{1,2}|[一二三四五六七八九])\s*[)）]")
_COUNTED = re.compile(
    r"[①-⑳]|^\s*\d{1,2}\s*[.．、](?!\d)|(?:^|(?<=[；;。，,：:\s]))(?:[一二三四五]是|其[一二三四五]|第[一二三四五](?=[点步条项，,、：:])|首先|其次|一方面)",
    re.MULTILINE,
)
_BEFORE_PART = re.compile(r"[；;](?=\s*(?:[（(]\s*[\d一二三四五六七八九]|\Z))")
_SEMICOLON = re.compile(r"[；;]")
_BORDER = re.compile(r"[；;。\n！!？?]|(?<!\d)[.．](?=\s|$|[\u3400-\u9fff（(])")
_HEADING = re.compile(r"\s*([^：:，,；;。\n“”]{1,24})[：:]\s*(?=\S)")
_NUMBER = re.compile(r"第\s*[\d一二三四五]\s*小?[题问]")
_ALSO = re.compile(r"\s*等[。.．]?\s*$")
_BEFORE_KEY = re.compile(r"\A.*(?:故答案为|【答案】)[：:]?", re.DOTALL)
_ANOTHER = re.compile(
    r"(?:答案)?(?:示例|范例|参考)\s*(?:[二三四五2-5])[：:].*?(?=\n?\s*[（(]\s*\d\s*[)）]|\Z)"
    r"|(?:其他|其它)?(?:答案|言之)[^。\n]{0,8}(?:合理|成理)[^。\n]{0,12}"
    r"|[（(][\s．.。，,]*(?:任[答意选]|答[出对]|每点|言之|如有|其[他它])[^（）()]*[)）]",
    re.DOTALL,
)
_IN_PERSON = re.compile(r"我(?!国|党|军|们党|省|市|县|区|校)")
_LONGEST = 45
"""Characters that half of the items of a key have at most: longer ones are prose."""
_MOST = 24


def keyed(reference: str) -> list[Piece]:
    """Its items, each under the heading that tells it from others; nothing where it is prose, or counts its points."""
    return _key(reference)[0]


def examined(reference: str) -> list[Piece]:
    """The same, only where several items are asked of several parts of a question: nobody writes prose like that."""
    items, parts, apart = _key(reference)
    return items if parts > 1 and apart > 1 else []


def _key(reference: str) -> tuple[list[Piece], int, int]:
    """The items, the parts of the question that they answer, and the semicolons between items of one part."""
    text = _key_alone(reference)
    if _IN_PERSON.search(text) or _COUNTED.search(text):
        return [], 0, 0
    parts = list(_PART.finditer(text))
    apart = len(_SEMICOLON.findall(text)) - len(_BEFORE_PART.findall(text))
    edges = [0, *(edge for part in parts for edge in part.span()), len(text)]
    found = [item for start, end in zip(edges[::2], edges[1::2], strict=True) for item in _items(text, start, end)]
    neat = kept(text, found)
    if not 2 < len(neat) <= _MOST or median(piece.end - piece.start for piece in neat) > _LONGEST:
        return [], 0, 0
    headings = {piece.under for piece in neat} - {""}
    if apart + (len(parts) > 1) + 2 * (len(headings) > 1) < 2 or _begins_late(text, neat, len(parts)):
        return [], 0, 0
    if len(parts) > 1 and not apart:  # what is numbered are the points
        return [], 0, 0
    several = len({piece.under for piece in neat}) > 1
    return [piece if several else replace(piece, under="") for piece in neat], len(parts), apart


def _begins_late(text: str, items: list[Piece], parts: int) -> bool:
    """Whether what lies before the only heading is prose that leads up to the list behind it."""
    headed = [item for item in items if item.under]
    if parts > 1 or not headed or items[0].under or len({item.under for item in headed}) > 1:
        return False
    return not _SEMICOLON.search(text, 0, headed[0].start)


def _items(text: str, start: int, end: int) -> list[Piece]:
    """What lies between the marks of one part; 原因： holds for all items up to the next heading."""
    found, under = [], ""
    edges = [start, *(edge for border in _BORDER.finditer(text, start, end) for edge in border.span()), end]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        begin = first
        if heading := _HEADING.match(text, first, last):
            under, begin = _NUMBER.sub("", heading[1]).strip(), heading.end()
        tail = _ALSO.search(text, begin, last)
        found.append(replace(Piece(begin, tail.start() if tail else last), under=under))
    return found


def _key_alone(reference: str) -> str:
    """With what leads up to the key, other examples of an answer and how to count blanked out: offsets stay."""
    for pattern in (_BEFORE_KEY, _ANOTHER):
        reference = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), reference)
    return reference
