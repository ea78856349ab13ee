"""Pieces of a text: where they start and end, trimmed of what only surrounds them; lists such as A、B和C等."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from evaluator.drafting.figures import whole

_BEFORE = re.compile(
    r"(?:[\s，,。；;：:、/／.．…\-–—•·●■◆*”’」』)）]+|[（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-h])\s*[)）]|[①-⑳]"
    r"|\d{1,2}\s*[.．、](?!\d)|第[一二三四五六七八九十][,，、：:]|(?:以及|并且)(?=.)|(?:and|or|then)\b"
    r"|(?:参考)?(?:答案?|示例|范例)(?:示例|范例|[一二三四五\d])?\s*[：:]|【[^【】\n]{2,6}】|其[一二三四五六七八九][,，、：:]|其中[,，：:]"
    r"|(?:采分点|得分点|给分点|评分标准|评分细则|评分要点|评分|答题要点|参考要点|要点|(?:答题|作答|解题)?(?:方向|思路))\s*[\d一二三四五六七八九十]*\s*[：:]"
    r"|(?:和|与|及|以及)(?=[“「『‘\"])|(?:marking scheme|scoring|rubric|key points?|look for)\s*:)+",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"[\s，,。；;：:、.．…\-–—]+$")
_THINGS = (
    "方面|条款|事项|原则|情形|方法|途径|手段|条件|原因|特点|权利|费用|内容|要点|环节|因素|指标|能力|措施|问题|要素|角度|维度"
    "|素质|技能|步骤"
)
_AND_SO_ON = re.compile(
    rf"(?:(?:等等?|之类)(?:几个?|多个?|[一二两三四五六七八九十\d]+个?)?(?:{_THINGS})?|\s*(?:这|以上)?[几两三四五六七八九十\d]+个?(?:方面|角度|维度|要素|要点))"
    r"(?:的?(?:内容|能力|做法|表现))?$"
)
_COUNTED = re.compile(
    r"([一二两三四五六七八九十]|\d{1,2})(?:大|个|项|条|点|道|种|类|步|方面|要[点素])[\u4e00-\u9fff]{0,4}$"
)
_GOES_ON = re.compile(r"[，,]\s*(?:以及|并且|并(?=.{3})|和|还要?|同时|and\b)\s*(?:能够?(?=.{2}))?")
_ARROW = r"→|➔|⇒|——|[-=]+>|[+＋]"
_IN_TURN = re.compile(
    r"(?:首先|先(?![进前后天]|[^，,；;]*[后再])|再(?![生次])|然后|接着|随后|最后|最终|后(?![续期台勤果面方])|并(?=.{2}))(?=.{2})"
)
_IN_FIGURES = "一二三四五六七八九"
_MUST = re.compile(r"(?:还|也|又|更|既|同时)?要(?=.{2})")
_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", '"': '"', "《": "》"}
_NO_CONJUNCTION = re.compile(
    r"亲和|温和|和谐|和解|缓和|总和|饱和|平和|柔和|和睦|和气|参与|与会|给与|赋与|及时|及早|普及|涉及|及格|顾及|以及"
)
_CONJUNCTION = re.compile(r"以及|和|与|及|\s+and\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]`, and what the paper says of it."""

    start: int
    end: int
    points: float | None = None
    under: str = ""
    """The heading that an item of an inner enumeration stands under."""

    def of(self, text: str) -> str:
        """The words."""
        return text[self.start : self.end]


def trimmed(text: str, piece: Piece) -> Piece | None:
    """Without numbers, punctuation and one pair of quotation marks around it; None where nothing is left."""
    start, end = piece.start, piece.end
    if lead := _BEFORE.match(text, start, end):
        start = lead.end()
    if tail := _BEHIND.search(text[start:end]):
        end = start + tail.start()
    if end - start > 2 and _PAIRS.get(text[start]) == text[end - 1] and text[start] not in text[start + 1 : end - 1]:
        start, end = start + 1, end - 1
    return replace(piece, start=start, end=end) if start < end else None


def kept(text: str, pieces: list[Piece]) -> list[Piece]:
    """Trimmed; what says nothing or was said before is left out."""
    found: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        neat = trimmed(text, piece)
        if neat is not None and any(char.isalnum() for char in neat.of(text)):
            found.setdefault((neat.under, neat.of(text)), neat)
    return list(found.values())


def listed(text: str, start: int, end: int, *, shortest: int = 3) -> list[Piece]:
    """The items of the list in `text[start:end]`; one item where it is no list.

    A conjunction parts two items only where each has at least `shortest` characters, as 产品和服务 is one thing, or as
    many as the other items have. 先 and 再 in front of the items, and 三个环节 behind three of them, are no part of
    them.
    """
    if tail := _AND_SO_ON.search(text[start:end].rstrip(" 。；;，,")):
        end = start + tail.start()
    counted = _COUNTED.search(text, start, len(text[:end].rstrip(" 。；;，,")))
    if counted:
        items = _items(text, start, counted.start(), shortest)
        if len(items) == (whole(counted[1]) or int(counted[1])):
            return items
    return _items(text, start, end, shortest)


def _items(text: str, start: int, end: int, shortest: int) -> list[Piece]:
    inside = text[start:end]
    arrows = len(re.findall(_ARROW, inside)) > 1
    mark = "" if arrows else next((mark for mark in ("；;", "、", "/／", "，,") if re.search(f"[{mark}]", inside)), "")
    border = _ARROW if arrows else f"[{mark}]" if mark else r"(?!)"
    edges = [0, *(edge for found in re.finditer(border, inside) for edge in found.span()), len(inside)]
    pieces = [Piece(start + first, start + last) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    if not arrows and mark != "；;":
        lengths = [len(piece.of(text).strip()) for piece in pieces[:-1]]
        least = _least(mark, lengths, shortest, english=inside.isascii())
        pieces[-1:] = [part for piece in _going_on(text, pieces[-1], mark) for part in _parted(text, piece, least)]
    return _without_order(text, kept(text, pieces))


def _least(mark: str, lengths: list[int], shortest: int, *, english: bool) -> int:
    """Characters that both parts of the last item need: as few as another item has, in English half as many."""
    if mark == "、":
        return max(2, min([shortest, *lengths]))
    return max(shortest, min(lengths) // 2) if lengths and english else shortest


def _going_on(text: str, piece: Piece, mark: str) -> list[Piece]:
    """In A、B，以及C the comma parts two items, too."""
    found = _GOES_ON.search(text, piece.start, piece.end) if mark == "、" else None
    return [replace(piece, end=found.start()), replace(piece, start=found.end())] if found else [piece]


def _without_order(text: str, pieces: list[Piece]) -> list[Piece]:
    """Without 先, 再, 最后 where two items have such a word, without 要 where all have it, without 一, 二, 三."""
    if len(pieces) > 2 and all(text[piece.start] == char for piece, char in zip(pieces, _IN_FIGURES, strict=False)):
        return [replace(piece, start=piece.start + 1) for piece in pieces]
    for lead, least in ((_IN_TURN, 2), (_MUST, max(2, len(pieces)))):
        leads = [lead.match(text, piece.start, piece.end) for piece in pieces]
        if sum(found is not None for found in leads) >= least:
            pieces = [
                (trimmed(text, replace(piece, start=found.end())) if found else None) or piece
                for piece, found in zip(pieces, leads, strict=True)
            ]
    return pieces


def _parted(text: str, piece: Piece, shortest: int) -> list[Piece]:
    for found in _CONJUNCTION.finditer(text, piece.start, piece.end):
        if any(
            word.start() <= found.start() < word.end() and word[0] != found[0]
            for word in _NO_CONJUNCTION.finditer(text, piece.start, piece.end)
        ):
            continue
        before, behind = found.start() - piece.start, piece.end - found.end()
        if min(before, behind) >= shortest:
            return [replace(piece, end=found.start()), *_parted(text, replace(piece, start=found.end()), shortest)]
    return [piece]


def sentences(text: str, start: int = 0) -> list[Piece]:
    """Sentences from `start` on, full stops and line breaks left out."""
    return [
        Piece(found.start(), found.end())
        for found in re.compile(r"(?:[^。！？!?\n.]|\.(?!\s|$))+").finditer(text, start)
        if found[0].strip()
    ]
