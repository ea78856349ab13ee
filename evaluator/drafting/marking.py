"""Marks that a paper gives for parts of an answer: 采分点 with points."""

from __future__ import annotations

import re
from dataclasses import replace

from evaluator.drafting.enumerating import enumerated, head
from evaluator.drafting.figures import ENGLISH, FIGURE, figure
from evaluator.drafting.pieces import Piece, kept, listed
from evaluator.drafting.rules import only_term

_POINTS = r"(?:分|marks?|points?|pts?)"
_UNIT = "要?点|采分点|得分点|项|条|个|处|步|小点|要素|原因|理由|方面|措施|做法|步骤|角度|例子"
_MARKS_EN = r"\s*(?:marks?|points?|pts?)"
_MARK = re.compile(
    rf"[（(【\[]\s*(?:得|计|给|占|共)?\s*({FIGURE})\s*{_POINTS}\s*[)）】\]]"
    rf"|(?:[:：,，\s]|得|给|占|计)\s*({FIGURE})\s*{_POINTS}(?=\s*(?:[、。；;，,\n]|$))"
    r"|(?<=[\u4e00-\u9fff”’」])(\d{1,2}(?:\.\d)?)\s*分(?=\s*(?:[、。；;，,\n]|$))"
    r"|(?<=\w)\s*[（(](\d{1,2}(?:\.5)?)[)）](?=\s*(?:[,，;；.。\n]|and\b|$))"
    r"|(?<=[a-z])\s+(\d{1,2})(?=\s*(?:[;\n]|\.?\s*$))",
    re.IGNORECASE,
)
_BARE = (3, 4, 5)
"""Groups of marks without brackets, and without 分; they are marks only where the text speaks of such. Of the latter
also numbers that do not count up are: listens (2), repeats (2)."""
_SPEAKS_OF_MARKS = re.compile(
    r"[采得评给赋计]分|分值|要点|答[对出到]|提到|满分|marks?|marking|credit|scor", re.IGNORECASE
)
_EACH = re.compile(
    rf"(?:每(?:个|一|种)?(?:{_UNIT})|每(?:个|种)|(?:每|各)?(?:答|写|说|列|举)[对出]一?[点项条个种]|各)\s*(?:各?[得计给占])?\s*({FIGURE})\s*分"
    rf"|\b({ENGLISH}) (?:marks?|points?) (?:(?:for )?each|per (?:correct )?(?:point|item|reason|answer))\b"
    rf"|\beach (?:is |are )?(?:worth|carr(?:y|ies)|earns?|gets?) ({ENGLISH}) (?:marks?|points?)",
    re.IGNORECASE,
)
_AWARDED = re.compile(
    rf"(?:^|[。；;\n、,，.]|\b(?:award|give|allow|and|scheme:))\s*[-•·*]?\s*(?:up to\s+)?({ENGLISH}){_MARKS_EN}\s*"
    rf"(?:[:：–—-]|\bfor\b|\bif\b|\bwhen\b)(?!\s*each\b)\s*"
    rf"([^.;\n]+?(?=,?\s*\b(?:and\s+)?(?:up to\s+)?{ENGLISH}{_MARKS_EN}\b|[.;\n]|$))"
    rf"|(?:^|[。；;\n、，,])\s*({FIGURE})\s*分\s*[:：]([^。；;\n]+)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:最多得?|至多得?|不超过|上限为?|封顶|共计?|总[计分]?|满分|本题|大题|每[题点项条]|合计|total)\s*[：:为]?\s*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[\d.]+\s*分?\s*[）)】\]]?$")
_HEADING_END = re.compile(r"\s*[：:\n]")
_NUMBER = re.compile(r"\s*([（(])?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*([)）.．、])")
_BREAKS = " \t\r\n\u3000。；;，,、"
_BORDER = re.compile(r"[。；;\n]")
_SAID = re.compile(
    r"(?:能够?|凡|若|如|如果|只要|考生|答案|应聘者)*(?:提到|提及|谈到|谈及|说到|答到|答对|答出|涉及)(?:了|关于)?(?=.{2})|能够?(?=.{2})"
    r"|(?:the )?(?:candidate|answer|student|response)s?\s+(?=\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[^：:。；;，,\n]{0,12}(?:点|标准|细则|参考|依据|思路|关键|如下|答案?|要素|步骤|措施|评分|要求|提示|说明|满分\d+分|scheme|points?|credit|marks?[^：:\n]{0,20})"
    r"\s*(?:[（(][^（）()]*[)）])?\s*[：:]",
    re.IGNORECASE,
)
_SCORING = re.compile(
    r"(?:良好?|中等?|一般|及格|合格|较差|差|[二三四]等|[二三四]档|第[二三四][档等])\s*[（(：:]\s*\d+(?:\s*[-~～—至到]\s*\d+)?\s*分[^。；;\n]*|"
    rf"[（(][^（）()\n]*\d\s*分[)）]|[^。；;，,（(\n]{{0,6}}(?:每|各)[^。；;，,：:\n]{{0,8}}{FIGURE}\s*分(?![：:])"
    r"|(?:任[意选答写举]|答[出对满])[^。；;，,：:\n]{0,4}[一二两三四五六七八九十\d][点项条种个](?:即可|可)?(?:得满分)?"
    r"(?![^。；;\n]{0,6}[：:])"
    r"|(?<![^\s。；;，,])(?:意思|表述|语意|大意)[^。；;，,\n]{0,8}(?:即可|均可|给分)|言之(?:有理|成理)[^。；;，,\n]{0,4}|酌情[给赋]分"
    r"|\bany (?:one|two|three|four|five|six|\d)\b(?![^.;\n]*:)[^.;\n]*"
    rf"|\b{ENGLISH} (?:marks?|points?) (?:(?:for )?each|per \w+)",
    re.IGNORECASE,
)
_COLON = re.compile(r"[：:]\s*")
_WIDEST = 20
"""Characters between 每点2分 and the colon of its list."""


def marked(text: str) -> list[Piece]:
    """采分点 with marks: …(2分)；…(3分). A mark on a heading that sums up what follows it is left out."""
    if len(awarded := _awarded(text)) > 1:
        return awarded
    marks = _marks(text)
    worth = {mark.start() for mark in marks if not _sums_up(text, mark)}
    if len(worth) < 2:
        return []
    in_front = not text[: marks[0].start()].strip(" \t\n（(1①.、一)）")
    edges = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks[1:]), len(text)]
    pieces = []
    for mark, before, following in zip(marks, *edges, strict=False):
        if mark.start() in worth:
            span = _behind(text, mark.end(), following) if in_front else _in_front(text, before, mark.start())
            pieces.append(Piece(*span, points=_worth(mark)))
    return _neat(text, [piece for piece in pieces if piece.points])


def each(text: str) -> list[Piece]:
    """The items of a list of which the text says 每点2分 or 1 mark each."""
    if not (mark := _EACH.search(text)):
        return []
    items = [
        item
        for item in enumerated(text)
        if not (item.start <= mark.start() < item.end) or item.start + 4 < mark.start()
    ]
    found = items or _behind_colon(text, mark.end()) or _before(text, mark.start())
    return [replace(head(text, item), points=each_worth(text)) for item in found] if len(found) > 1 else []


def without_scoring(text: str) -> str:
    """With 每点2分, 意思相近即可, any two, 2 marks each blanked out: they say how to count, not what."""
    return _SCORING.sub(lambda match: " " * len(match[0]), text)


def each_worth(text: str) -> float:
    """What every point earns where the text says 每点2分, 各2分, 1 mark each; else 0."""
    mark = _EACH.search(text)
    return figure(mark[1] or mark[2] or mark[3]) if mark else 0


def _awarded(text: str) -> list[Piece]:
    """2分：…；3分：…, or Award 2 marks for …."""
    found = []
    for match in _AWARDED.finditer(text):
        points, group = (match[1], 2) if match[1] else (match[3], 4)
        found.append(Piece(*match.span(group), points=figure(points)))
    return _neat(text, found)


def _neat(text: str, pieces: list[Piece]) -> list[Piece]:
    pieces = [*(_without_label(text, piece) for piece in pieces[:1]), *pieces[1:]]
    return [only_term(text, _without_said(text, piece)) for piece in kept(text, pieces)]


def _without_label(text: str, piece: Piece) -> Piece:
    """Without 评分参考： in front of the first."""
    label = _LABEL.match(text, piece.start, piece.end)
    return replace(piece, start=label.end()) if label and label.end() < piece.end else piece


def _without_said(text: str, piece: Piece) -> Piece:
    """Without 提到 in front: it says only that the rest is to be found in the answer."""
    lead = _SAID.match(text, piece.start, piece.end)
    return replace(piece, start=lead.end()) if lead and lead.end() < piece.end else piece


def _behind(text: str, start: int, end: int) -> tuple[int, int]:
    """From the mark up to the end of the sentence."""
    border = _BORDER.search(text, start, end)
    return start, border.start() if border else end


def _in_front(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence before the mark, the nearest that says something; behind a number the first, which names it."""
    lead = _NUMBER.match(text, start + len(text[start:end]) - len(text[start:end].lstrip(_BREAKS)), end)
    if lead and (stop := text.find("。", lead.end(), end)) > 0:
        return lead.end(), stop
    borders = [border.end() for border in _BORDER.finditer(text, start, end)]
    return next((place for place in reversed(borders) if text[place:end].strip()), start), end


def _sums_up(text: str, mark: re.Match[str]) -> bool:
    """Whether the mark is that of a heading: of all that stands behind it, or of the marks up to that sum."""
    if _WHOLE.search(text[max(0, mark.start() - 8) : mark.start()]) or _WHOLE.search(
        mark[0].rstrip("0123456789.分）)】] ")
    ):
        return True
    if not _HEADING_END.match(text, mark.end()):
        return False
    if _same_run(text, mark):
        return False
    due = _worth(mark)
    for number, following in enumerate(_MARK.finditer(text, mark.end())):
        due -= _worth(following)
        if due <= 0:
            return due == 0 and number > 0
    return False


def _same_run(text: str, mark: re.Match[str]) -> bool:
    """Whether the next mark stands at the next number of the same list: 1.…（4分）… 2.…（2分）."""
    following = _MARK.search(text, mark.end())
    lines = [_NUMBER.match(text, text.rfind("\n", 0, one.start()) + 1) for one in (mark, following) if one]
    styles = {(line[1] is None, line[2]) for line in lines if line}
    return len(lines) == 2 and all(lines) and len(styles) == 1


def _behind_colon(text: str, start: int) -> list[Piece]:
    colon = re.compile(rf"[^。\n：:]{{0,{_WIDEST}}}[：:]").match(text, start)
    stop = _stop(text, colon.end()) if colon else 0
    return listed(text, colon.end(), stop) if colon else []


def _before(text: str, end: int) -> list[Piece]:
    """The last list behind a colon in front of `end`: Any three from: …. 1 mark each."""
    for colon in reversed(list(_COLON.finditer(text, 0, end))):
        items = listed(text, colon.end(), min(end, _stop(text, colon.end())))
        if len(items) > 1:
            return items
    return []


def _stop(text: str, start: int) -> int:
    stop = re.compile(r"。|\n|\.(?=\s|$)").search(text, start)
    return stop.start() if stop else len(text)


def _marks(text: str) -> list[re.Match[str]]:
    spoken = _SPEAKS_OF_MARKS.search(text)
    every = list(_MARK.finditer(text))
    shares = [figure(mark[4]) for mark in every if mark[4]]
    allowed = _BARE if spoken else (4,) if shares != list(range(1, len(shares) + 1)) else ()
    found = [mark for mark in every if mark.lastindex not in _BARE or mark.lastindex in allowed]
    return [mark for mark in found if not _EACH.search(text, max(0, mark.start() - 12), mark.end())]


def _worth(mark: re.Match[str]) -> float:
    return figure(mark[mark.lastindex or 0])
