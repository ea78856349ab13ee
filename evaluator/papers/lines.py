"""Lines of printed pages -> paragraphs: page headers and numbers taken out, broken lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_STARTS = re.compile(
    r"""
      [（(【\[]?\s*(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[①-⑳⑴-⒇])\s*(?:[、)）\]】]|[.．:：](?!\d))
    | [①-⑳⑴-⒛]
    | (?-i:[（(]?[A-HＡ-Ｈ]\s*[.．、)）:：])
    | 第\s*[\d一二三四五六七八九十百]+\s*(?:部分|大题|题|章|节|单元)
    | (?:题目|试题|案例|材料|背景|问题|任务)\s*[\d一二三四五六七八九十]*\s*[:：]?
    | 【
    | (?:参考|标准|正确|示例|优秀|本题)?(?:答案|解析|答题|评分|采分|得分|要点|解答|分析|解释)[^，。；]{0,6}[:：]
    | (?:Q|Question|Answer|Sample\s+answer|Marking\s+scheme|Key\s+points?|Explanation|Section|Part)\b
    | [•·●■◆▪√×-]
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What begins a line that is no continuation of the one before."""
_PAGE_NUMBER = re.compile(
    r"""
      (?:第\s*\d{1,4}\s*页)?[\s,，/]*共\s*\d{1,4}\s*页 | 第\s*\d{1,4}\s*页
    | page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?
    | \d{1,4}(?:\s*/\s*\d{1,4})?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AROUND_NUMBER = "-–—·~～ \t　（）()[]"
_DIGITS = re.compile(r"(?<!^)\d+")
"""The number that a line starts with is the number of a question, and no reason to call two lines the same."""
_LABEL = re.compile(r"[^\s，。；]{1,8}[:：]$")
_ENDS = tuple("。！？；：!?;:.")
_LISTS = ("、", "，", ",")
_ALIKE = 12.0
_INDENT = 8.0
"""In points."""
_EDGE = 3
"""How many lines at the top and at the bottom of a page may be headers."""
_FULL = 0.93
"""A line that reaches this share of the way to the right edge of the text may go on in the next."""
_LATIN = re.compile(r"[A-Za-z0-9,.;:!?)\]'\"%-]$")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; the numbers are points from the left and the bottom edge of the page."""

    text: str
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


def without_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[str, ...]]:
    """The pages without headers, footers and page numbers, and what was taken out, each text once."""
    heads: Counter[tuple[str, int]] = Counter()
    for page in pages:
        heads.update({_place(page[index]) for index in _edges(page)})
    repeated = {place for place, count in heads.items() if count >= 2 and count > len(pages) / 2}
    kept, taken = [], []
    for page in pages:
        outer = _outer(page, repeated)
        kept.append([line for index, line in enumerate(page) if index not in outer])
        taken += [page[index].text for index in sorted(outer)]
    return kept, tuple(dict.fromkeys(taken))


def joined(pages: Sequence[Sequence[Line]]) -> str:
    """The pages as text with a line a paragraph.

    A line goes on in the next where it reaches the right edge of the text and the next starts neither a number, an
    option nor a label.
    """
    lines = [line for page in pages for line in page]
    edge = _right_edge(lines)
    left = min((line.left for line in lines), default=0.0)
    paragraphs: list[list[str]] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and _goes_on(before, line, left, edge):
            paragraphs[-1].append(line.text)
        else:
            paragraphs.append([line.text])
    return "\n".join(map(_glued, paragraphs))


def _edges(page: Sequence[Line]) -> set[int]:
    return set(range(min(_EDGE, len(page)))) | set(range(max(0, len(page) - _EDGE), len(page)))


def _place(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text.strip()), round(line.bottom / 3)


def _outer(page: Sequence[Line], repeated: set[tuple[str, int]]) -> set[int]:
    """Indices of the headers: from the edges inwards, up to the first line that is none."""
    found: set[int] = set()
    for order in (range(len(page)), range(len(page) - 1, -1, -1)):
        for index in list(order)[:_EDGE]:
            line = page[index]
            header = _place(line) in repeated and not _LABEL.fullmatch(line.text.strip())
            if not header and not _PAGE_NUMBER.fullmatch(line.text.strip(_AROUND_NUMBER)):
                break
            found.add(index)
    return found


def _right_edge(lines: Sequence[Line]) -> float:
    """How far running text goes: the furthest that two lines agree on, as a line alone may stand in the margin."""
    ends = sorted((line.right for line in lines), reverse=True)
    return next((far for far, near in pairwise(ends) if far - near <= _ALIKE), ends[0] if ends else 0.0)


def _goes_on(before: Line, line: Line, left: float, edge: float) -> bool:
    listing = before.text.rstrip().endswith(_LISTS)
    if (_STARTS.match(line.text) and not listing) or _LABEL.fullmatch(before.text.strip()):
        return False
    if line.left > left + _INDENT and before.text.rstrip().endswith(_ENDS):
        return False
    # The line before was broken where the next word had no room, or else it ended by itself.
    first = re.match(r"[\x21-\x7e]+|..?", line.text)
    width = (line.right - line.left) / len(line.text) * len(first.group()) if first else 0.0
    return before.right - left >= _FULL * (edge - left) or before.right + width > edge


def _glued(parts: Sequence[str]) -> str:
    text = parts[0]
    glued = []
    for more in parts[1:]:
        divided = text.endswith("\xad")
        glued.append(text[:-1] if divided else text)
        if not divided and _LATIN.search(text) and more[:1].isascii():
            glued.append(" ")
        text = more
    return "".join([*glued, text.rstrip("\xad")])
