"""Line breaks inside sentences: of text that was wrapped at a width, and behind a comma."""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata

from evaluator.papers.tracing import Traced

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_OPENING = re.compile(
    r"\s*(?:[(（【\[《#*+|>•·●○■□◆◇①-⑳➀-➓❶-❿-]|\d+\s*[.、．)）:：]|[一二三四五六七八九十百]+\s*[、.．]"
    r"|第.{1,5}[题章节部步条]|[A-Ha-h]\s*[.、．)）:：]|[QAＱＡ]?\d+[.、:：]|题目|材料|背景|案例"
    r"|(?:参考|标准|正确|答题|评分|解析|答案|采分|得分|考查|考察|点评|思路|示例|范文|要点|本题|此题|解题|分析|试题|注意|说明|总分|满分)"
    r"|(?:參考|標準|正確|答題|評分|採分|點評|範文|要點|本題|題目|分析|試題|說明|總分|滿分)"
    r"|答[:：]|[^\s。！？，,]{1,10}[:：])"
)
"""How a line begins that starts something of its own."""
_WRAPS = 3
_NARROW = 40
"""Columns below which a full line is a coincidence: two a Chinese character."""
_SLACK = 3
_NEARLY = 0.75
"""Share of the usual width of a line that ends inside a sentence, from which a line is full."""
_ENDED = re.compile(r"[。．.！!？?：:]$")


def joined(traced: Traced) -> Traced:
    """The text with its stray line breaks gone; between Latin words a space takes the place."""
    lines = traced.text.split("\n")
    if len(lines) < 2:
        return traced
    width = _wrap_width(lines)
    edits: list[tuple[int, int, str]] = []
    end = -1
    for line, following in itertools.pairwise(lines):
        end += len(line) + 1
        if _continues(line, following, width):
            blank = len(following) - len(following.lstrip())
            edits.append((end - (len(line) - len(line.rstrip())), end + 1 + blank, _glue(line, following)))
    return traced.edited(edits)


def unwrapped(text: str, beside: str = "") -> str:
    """A text that a page has cut at its width, in one line a paragraph. `beside` is more text of the same page.

    For a text that is known to come from a page: nearly full lines are taken to go on whatever mark they end with,
    unless it ends a sentence.
    """
    cut = [_columns(line) for line in f"{text}\n{beside}".split("\n") if re.search(f"[{_HAN}]$", line.rstrip())]
    broad = [columns for columns in cut if columns >= _NARROW]
    if not broad:
        return text
    enough = _NEARLY * statistics.median(broad)
    lines = text.split("\n")
    made = lines[:1]
    for line, following in itertools.pairwise(lines):
        if (
            _columns(line) >= enough
            and following.strip()
            and not _OPENING.match(following)
            and not _ENDED.search(line.rstrip())
        ):
            made[-1] = made[-1].rstrip() + _glue(line, following) + following.lstrip()
        else:
            made.append(following)
    return "\n".join(made)


def _wrap_width(lines: list[str]) -> int:
    # A wrapped text has many lines that stop in mid-sentence at nearly the same column, and none beyond it.
    widths = [_columns(line) for line in lines]
    widest = max(widths)
    if widest < _NARROW:
        return 0
    full = [
        line
        for line, following, width in zip(lines, lines[1:], widths, strict=False)
        if width >= widest - _SLACK and _unfinished(line) and following.strip() and not _OPENING.match(following)
    ]
    return widest if len(full) >= _WRAPS else 0


def _continues(line: str, following: str, width: int) -> bool:
    if not line.strip() or not following.strip() or _OPENING.match(following):
        return False
    if re.search(f"[{_HAN}”）)][，、]$", line.rstrip()) and re.match(f"\\s*[{_HAN}“A-Za-z0-9]", following):
        return True
    return bool(width) and _columns(line) >= width - _SLACK and _unfinished(line)


def _unfinished(line: str) -> bool:
    return bool(re.search(f"[{_HAN}A-Za-z0-9，、,“”（(]$", line.rstrip()))


def _glue(line: str, following: str) -> str:
    latin = re.compile(r"[A-Za-z0-9,.;]")
    return " " if latin.match(line.rstrip()[-1]) and latin.match(following.lstrip()[0]) else ""


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line.rstrip())
