"""Marks that a paper gives for parts of an answer: 采分点 with points."""

from __future__ import annotations

import re
from dataclasses import replace

from evaluator.drafting.enumerating import enumerated, head
from evaluator.drafting.pieces import Piece, kept, listed
from evaluator.drafting.rules import only_term

_MARK = re.compile(
    r"[（(【\[]\s*(?:得|计|给|占)?\s*(\d{1,3}(?:\.\d+)?)\s*(?:分|marks?|points?|pts?)\s*[)）】\]]"
    r"|(?:[:：,，\s]|得|给)(\d{1,3}(?:\.\d+)?)\s*(?:分|marks?|points?|pts?)(?=\s*(?:[。；;，,\n]|$))"
    r"|(?<=[\u4e00-\u9fff”’」])(\d{1,2}(?:\.\d)?)\s*分(?=\s*(?:[、。；;，,\n]|$))",
    re.IGNORECASE,
)
_BARE = 3
"""Group of a mark without brackets; it is one only where the text speaks of marks."""
_SPEAKS_OF_MARKS = re.compile(r"[采得评给赋计]分|分值|要点|marks?|scor", re.IGNORECASE)
_EACH = re.compile(
    r"每(?:个|一)?(?:要?点|项|条|答对一点|答出一点)\s*(?:得|计|给)?\s*(\d{1,2}(?:\.\d+)?)\s*分"
    r"|(\d+) marks? (?:for )?each"
)
_WHOLE = re.compile(r"(?:共计?|总[计分]?|满分|本题|大题|每[题点项条]|合计|total)\s*[：:为]?\s*$", re.IGNORECASE)
_HEADING_END = re.compile(r"\s*[：:\n]")
_BORDER = re.compile(r"[。；;\n]")


def marked(text: str) -> list[Piece]:
    """采分点 with marks: …(2分)；…(3分). A mark on a heading that sums up what follows it is left out."""
    marks = _marks(text)
    worth = {mark.start() for mark in marks if not _sums_up(text, mark)}
    if len(worth) < 2:
        return _each(text)
    in_front = not text[: marks[0].start()].strip(" \t\n（(1①.、一)）")
    edges = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks[1:]), len(text)]
    pieces = []
    for mark, before, following in zip(marks, *edges, strict=False):
        if mark.start() in worth:
            span = _behind(text, mark.end(), following) if in_front else _in_front(text, before, mark.start())
            pieces.append(Piece(*span, points=_worth(mark)))
    return [only_term(text, piece) for piece in kept(text, pieces) if piece.points]


def _behind(text: str, start: int, end: int) -> tuple[int, int]:
    """From the mark up to the end of the sentence."""
    border = _BORDER.search(text, start, end)
    return start, border.start() if border else end


def _in_front(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence before the mark, the nearest that says something."""
    borders = [border.end() for border in _BORDER.finditer(text, start, end)]
    return next((place for place in reversed(borders) if text[place:end].strip()), start), end


def _sums_up(text: str, mark: re.Match[str]) -> bool:
    """Whether the mark is that of a heading: of all that stands behind it, or of the marks up to that sum."""
    if _WHOLE.search(text[max(0, mark.start() - 8) : mark.start()]):
        return True
    if not _HEADING_END.match(text, mark.end()):
        return False
    due = _worth(mark)
    for number, following in enumerate(_MARK.finditer(text, mark.end())):
        due -= _worth(following)
        if due <= 0:
            return due == 0 and number > 0
    return False


def _each(text: str) -> list[Piece]:
    if not (mark := _EACH.search(text)):
        return []
    worth = float(mark[1] or mark[2])
    items = [
        item
        for item in enumerated(text)
        if not (item.start <= mark.start() < item.end) or item.start + 4 < mark.start()
    ]
    return [replace(head(text, item), points=worth) for item in items or _behind_colon(text, mark.end())]


def _behind_colon(text: str, start: int) -> list[Piece]:
    colon = re.compile(r"[^。\n：:]{0,20}[：:]").match(text, start)
    return listed(text, colon.end(), len(text)) if colon else []


def _marks(text: str) -> list[re.Match[str]]:
    spoken = _SPEAKS_OF_MARKS.search(text)
    return [mark for mark in _MARK.finditer(text) if spoken or mark.lastindex != _BARE]


def _worth(mark: re.Match[str]) -> float:
    return float(mark[mark.lastindex or 0])
