"""Enumerations: (1) (2), ① ②, 1. 2., 第一 第二, 一是 二是, 首先 其次 最后, First Second."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from evaluator.drafting.figures import whole
from evaluator.drafting.pieces import Piece, kept, trimmed

_HEAD_END = re.compile(r"[：:，,；;。！!？?（(\n]|\.(?=\s|$)|\s[-–—]\s|——?")
_WHEN = re.compile(r"[^，,。；;：:\s]{1,3}[后前时中][，,](?=[^，,。；;：:]{3})")
"""改制后，: what says only when."""
_COLON = re.compile("[：:]")
_STARTS = r"(?:^|(?<=[\s：:；;。，,、.）)】]))"
_SHORT = 160
"""Characters of a text in which two words of order are an enumeration; in a longer one it takes three."""
_FEW = 3
"""Fewer items than this at the top, and the items inside them are the key points."""


def number(text: str) -> int:
    """The number that digits, ①, 十二 or a letter stand for; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if len(text) == 1 and text.isascii() and text.isalpha():
        return ord(text.casefold()) - ord("a") + 1
    return whole(text)


_CN = "[一二三四五六七八九十]{1,3}"
_NUMBERED = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"[（(]\s*(\d{{1,2}}|{_CN}|[a-h])\s*[)）]",
        r"([①-⑳])",
        rf"(?:采分点|得分点|要点|步骤|方面|point|step)\s*(\d{{1,2}}|{_CN})\s*[：:]",
        r"(?<![\d(（A-Za-z.])(\d{1,2})[)）]",
        rf"{_STARTS}(\d{{1,2}})\s*[.．、](?!\d)",
        rf"{_STARTS}({_CN})[、.．]",
        rf"{_STARTS}第({_CN})(?:点|步|个?方面|个月|个?阶段|[周天年层轮]|季度)?[,，、：:]?",
        rf"{_STARTS}([一二三四五六七八九])(?:是|要|方面)",
        rf"{_STARTS}其([一二三四五六七八九])[，,、：:]?",
        rf"{_STARTS}([一二三四五六七八九])(?=[谈讲看抓靠查问听说析定稳找防改报给做])",
        rf"{_STARTS}([A-Ha-h])[.．、)）]",
    )
)
_BULLETS = re.compile(r"^[ \t]*[•·●■◆*\-–][ \t]*", re.MULTILINE)
_IN_ORDER = re.compile(
    rf"首先|{_STARTS}(?:其次|再次|再者|然后|接着|接下来|紧接着|随后|此外|另外|最后|另?一方面|另?一个是)|"
    r"\b(?:First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Next|Then|Finally|Lastly)\b(?=[,，]|\s+I\b)",
    re.MULTILINE,
)
_FIRST = re.compile(r"首先|一方面|一个是|First")


def enumerated(text: str, start: int = 0, end: int | None = None) -> list[Piece]:
    """The items of the outermost enumeration, or of those inside it where that has but two or only counts; or none."""
    end = len(text) if end is None else end
    items = _outermost(text, start, end)
    inner = [enumerated(text, item.start, item.end) for item in items]
    if (any(inner) and len(items) < _FEW) or _only_parts(text, items, inner):
        pieces = [
            [replace(piece, under=piece.under or _heading(text, item, found[0])) for piece in found] or [item]
            for item, found in zip(items, inner, strict=True)
        ]
        return kept(text, [piece for several in pieces for piece in several])
    return kept(text, items)


def in_order(text: str) -> list[Piece]:
    """What follows 首先, 其次, …, 最后, each up to the next one; the last one up to the end of its sentence."""
    marks = list(_IN_ORDER.finditer(text))
    while marks and not _FIRST.match(marks[0][0]):
        del marks[0]
    enough = 2 if len(text) <= _SHORT else 3
    return kept(text, _between(text, marks, len(text), sentence=True)) if len(marks) >= enough else []


def _only_parts(text: str, items: list[Piece], inner: list[list[Piece]]) -> bool:
    """Whether an enumeration begins right behind a number, as in （1）①…②…: that only counts parts of a question."""
    return any(found and not _heading(text, item, found[0]) for item, found in zip(items, inner, strict=True))


def _heading(text: str, item: Piece, first: Piece) -> str:
    """What names an item of several, in front of the first of them; nothing where it begins with that."""
    above = trimmed(text, replace(item, end=first.start))
    return head(text, above).of(text) if above else ""


def head(text: str, item: Piece) -> Piece:
    """What names the item: its first clause; behind 查： the next one, and all of it where 快，准 are its clauses."""
    when = _WHEN.match(text, item.start, item.end)
    cut = _HEAD_END.search(text, when.end() if when else item.start + 1, item.end)
    short = trimmed(text, replace(item, end=cut.start())) if cut else None
    if short is not None and short.end - short.start > 1:
        return short
    behind = replace(item, start=cut.end()) if cut and _COLON.match(cut[0]) else None
    return head(text, behind) if behind and behind.end - behind.start > 1 else item


def _outermost(text: str, start: int, end: int) -> list[Piece]:
    runs = [_counted(text, marks, start, end) for marks in _NUMBERED]
    runs.append(list(_BULLETS.finditer(text, start, end)))
    runs = [run for run in runs if len(run) > 1]
    if not runs:
        return []
    earliest: Callable[[list[re.Match[str]]], int] = lambda run: run[0].start()  # noqa: E731
    return _between(text, min(runs, key=earliest), end, sentence=False)


def _counted(text: str, marks: re.Pattern[str], start: int, end: int) -> list[re.Match[str]]:
    """The marks that count up from one; a number out of order is no mark."""
    run: list[re.Match[str]] = []
    due = 1
    for mark in marks.finditer(text, start, end):
        if (value := number(mark[1])) == due or (value == 1 and run):
            run.append(mark)
            due = value + 1
    return run


def _between(text: str, marks: list[re.Match[str]], end: int, *, sentence: bool) -> list[Piece]:
    spans = [(mark.end(), following.start()) for mark, following in pairwise(marks)]
    last = marks[-1].end()
    spans.append((last, _end_of_last(text, last, end, sentence=sentence or not _by_line(text, marks))))
    return [Piece(first, stop) for first, stop in spans]


def _by_line(text: str, marks: list[re.Match[str]]) -> bool:
    return all("\n" in text[mark.end() : following.start()] for mark, following in pairwise(marks))


def _end_of_last(text: str, last: int, end: int, *, sentence: bool) -> int:
    """What follows the last item on a line or in a sentence of its own is not part of it, unless it is numbered too.

    Where the line is but a label, as 示例：, the item is on the next.
    """
    stops = re.compile(r"。" if sentence else r"(?<![：:])\n(?!\s*(?:[（(]?\d|[①-⑳]|[a-h][.．、)]))")
    stop = stops.search(text, last + 1, end)
    return stop.start() if stop else end
