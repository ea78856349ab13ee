"""Lines of printed pages -> paragraphs: page headers and numbers taken out, broken lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_STARTS = re.compile(
    r"""
      [（(【\[]?\s*(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[①-⑳⑴-⒇])\s*[.．、)）\]】:：]   # 1. 一、 (1) ①
    | [①-⑳⑴-⒛]
    | [（(]?[A-HＡ-Ｈ]\s*[.．、)）:：]
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
_ENDS = "。！？；：!?;:"
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
    text = ""
    before: Line | None = None
    for line in lines:
        if before is not None:
            text = _appended(text, line.text) if _goes_on(before, line, left, edge) else f"{text}\n{line.text}"
        else:
            text = line.text
        before = line
    return text


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
    # The widest lines may stand in the margin; a tenth of the lines reaches the edge of running text.
    ends = sorted(line.right for line in lines)
    return ends[int(len(ends) * 0.9)] if ends else 0.0


def _goes_on(before: Line, line: Line, left: float, edge: float) -> bool:
    full = before.right - left >= _FULL * (edge - left)
    if not full or _STARTS.match(line.text) or _LABEL.fullmatch(before.text.strip()):
        return False
    indented = line.left > left + 8 and before.text.rstrip().endswith(tuple(_ENDS))
    return not indented


def _appended(text: str, more: str) -> str:
    if text.endswith("\xad"):
        return text[:-1] + more
    return f"{text} {more}" if _LATIN.search(text) and more[:1].isascii() else text + more
