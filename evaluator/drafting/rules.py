"""Where a 解析 or a 参考答案 names what an answer must contain: one rule a way of writing, the surest first.

Each rule takes the whole text and gives the pieces that it finds, nothing where the text is not written its way. A new
way of writing is one more function in `ANALYSIS` or `REFERENCE`; a new word in front of a list one more line in
`asking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from evaluator.drafting import asking, narrating
from evaluator.drafting.enumerating import enumerated, head, in_order
from evaluator.drafting.keying import keyed
from evaluator.drafting.pieces import Piece, kept, listed, sentences, trimmed

Rule = Callable[[str], list[Piece]]

_TESTS = re.compile(
    r"(?:(?:此|本|该|这道?)(?:道|一)?(?:题目?|问题?)|题目)(?:[^，,。；;：:\n]{0,8}?)(?:考察|考查|考核|测试|检验|评估|测评|了解)的?(?:是|了)?[：:]?"
    r"(?:(?:应聘者|考生|候选人|应试者|面试者|求职者|被试)(?:的|对|在|是否具备|是否具有)?)?([^，,。；;\n]+)"
    r"|考(?:察|查|核)(?:点|内容|要素|目的|能力)[：:]([^。；;\n]+)"
    r"|\b(?:This|The) question (?:mainly )?(?:tests?|assesses|examines|checks|evaluates)\b"
    r"(?: the candidate['’]s| whether the candidate has)?([^.;\n]+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"“([^“”\n]{1,30})”|「([^「」\n]{1,30})」|『([^『』\n]{1,30})』|\"([^\"\n]{1,30})\"|‘([^‘’\n]{1,30})’"
    r"|(?<![A-Za-z])'([^'\n]{1,30})'(?![A-Za-z])"
)
_JOINED = re.compile(r"\s*(?:[、，,]|和|与|及|以及|and|, and)*\s*")
_QUOTE_CUE = re.compile(
    rf"{asking.SHOWS}|包括|包含|展示|说明|回答出|写出|说出|重点考[察查]|考[察查]重点|要点|关键|核心|要素"
    r"|from|include|mention|demonstrate|show|cover|highlight",
    re.IGNORECASE,
)
_TELLS_WHY = re.compile(
    r"因为|由于|所以|因此|属于|就是|不是|[选项]项|错误|\b(?:is|are|was|were|because)\b", re.IGNORECASE
)
_BARE, _WORDS = 120, 5
_SHORTEST_ITEM, _LONGEST_ITEM = 2, 12
"""Characters of a 解析 that is a list, words and characters of its items."""
_AVOID = re.compile(
    r"(?:扣分项?|减分项?|较差的?(?:回答|答案)|错误的?做法|常见(?:误区|错误)|误区|易错点?|忌讳?)[^。；;\n：:]{0,8}[：:][^。；;\n]*"
)
_LABEL = re.compile(r"[^。；;：:，,、\n]{2,20}[：:](?=[^\n]{4})")
_STEPS = re.compile(r"[、；;/→⇒]|——.*——|->.*->|[+＋].*[+＋]")
_STAR = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}\s*[（(]\s*([STAR])\s*[)）]|(?<![A-Za-z])([STAR])\s*[（(][^（）()\n]{2,16}[)）]"
    r"|(?<![A-Za-z])([STAR])(?=\s*[：:—-])|\b([STAR])(?:ituation|ask|ction|esults?)(?=\s*[：:—(-]))\s*[：:—-]*"
)
_ORDER = "STAR"
_COMMENT = re.compile(
    r"设问|题干|本小[题问]|第[一二三四]小?[题问]|所学|(?:依据|根据|结合|运用|从|由)(?:题目|上述|以上)?材料|(?:归纳|概括|作答|回答|解答|分析|总结|说明)即可"
    r"|审题|本题要求|类(?:主观|试)?题|开放性?[题试]|解题的?关键|解答(?:此|本)题|教材|故答案为|^\s*解[：:]|【(?:详解|分析|点睛|点评)】|试题",
    re.MULTILINE,
)
_WORKED = re.compile(r"\s*(?:【解答】)?\s*解[：:]")
_COMMENTS = 2
"""Remarks on how to answer that make a commentary."""
_NEXT = "再|然后|接着|随后|之后|最后"
_IN_TURN = re.compile(rf"先(?![进前后天])[^，,；;。、\n]{{3,40}}(?:[，,；;](?:{_NEXT})[^，,；;。、\n]{{3,40}})+")
_TURN = re.compile(rf"(?:^|[，,；;]|(?<!首)先)(?:{_NEXT}|先)?([^，,；;。、\n]{{3,40}})")
_I = re.compile(
    r"(?:我们?(?:就|也|便|首?先)*(?:会|将|要|应该?|需要|可以|先)+|I (?:would|will|should)\s+(?:also |then )?)(?=.{2})"
)


def tests(analysis: str) -> tuple[str, ...]:
    """What 此题考察… names, in its order."""
    return tuple(dict.fromkeys(piece.of(analysis) for piece in abilities(analysis)))


def comments(analysis: str) -> bool:
    """Whether the 解析 tells how to get from the material to the answer, as those of school examinations do."""
    return _WORKED.match(analysis) is not None or len(_COMMENT.findall(analysis)) >= _COMMENTS


def abilities(analysis: str) -> list[Piece]:
    """What 此题考察… names."""
    return [
        piece
        for match in _TESTS.finditer(analysis)
        for piece in listed(analysis, *match.span(match.lastindex or 0), shortest=2)
    ]


def quoted(analysis: str) -> list[Piece]:
    """Terms in quotation marks, in sentences that say what an answer must show; else two or more side by side."""
    masked = _without_tests(analysis)
    asked: list[Piece] = []
    rows: list[Piece] = []
    for sentence in sentences(masked):
        terms = _terms(masked, sentence)
        if terms and _QUOTE_CUE.search(masked, sentence.start, sentence.end):
            asked += terms
        elif len(terms) > 1 and all(
            _JOINED.fullmatch(masked[one.end + 1 : other.start - 1]) for one, other in pairwise(terms)
        ):
            rows += terms
    return kept(analysis, [item for term in asked or rows for item in _inside(analysis, term)])


def _inside(text: str, term: Piece) -> list[Piece]:
    """“甲、乙、丙” in one pair of quotation marks are three terms."""
    return listed(text, term.start, term.end) if "、" in term.of(text) else [term]


def only_term(text: str, within: Piece) -> Piece:
    """The term in quotation marks inside the piece where there is one, else the piece."""
    terms = _terms(text, within)
    return replace(within, start=terms[0].start, end=terms[0].end) if len(terms) == 1 else within


def _terms(text: str, within: Piece) -> list[Piece]:
    found = _QUOTED.finditer(text, within.start, within.end)
    return [Piece(*match.span(match.lastindex or 0)) for match in found]


def asked_for(analysis: str) -> list[Piece]:
    """The lists behind 要体现, 应突出, 包括, 重点考察, 从…三个方面."""
    return asking.lists(_without_tests(analysis))


def tested(analysis: str) -> list[Piece]:
    """What 本题重点考察 lists, where the 解析 names nothing else."""
    found = next((match for match in _TESTS.finditer(analysis) if "重点" in match[0]), None)
    return _many(listed(analysis, *found.span(1))) if found and found[1] else []


def bare(analysis: str) -> list[Piece]:
    """倾听、共情、跟进。: a 解析 that is nothing but a list of short items, as behind 评分重点 or What to look for."""
    text = _without_tests(analysis)
    found = sentences(text)
    if len(found) != 1 or len(text.strip()) > _BARE or _TELLS_WHY.search(text):
        return []
    items = asking.items_of(text, found[0].start, found[0].end)
    return _many(items) if all(_is_short(item.of(text)) for item in items) else []


def _is_short(item: str) -> bool:
    return len(item.split()) <= _WORDS if item.isascii() else _SHORTEST_ITEM <= len(item) <= _LONGEST_ITEM


def demanded(analysis: str) -> list[Piece]:
    """回答应…，…，并…: the clauses of a sentence that says what an answer must do."""
    return asking.demanded(_without_tests(analysis))


def labelled(text: str) -> list[Piece]:
    """The list behind a label and a colon: 好的回答有：甲、乙、丙; 思路：甲→乙→丙."""
    masked = _without_tests(text)
    found: list[Piece] = []
    for sentence in sentences(masked):
        if label := _LABEL.match(masked, sentence.start, sentence.end):
            items = asking.items_of(masked, label.end(), asking.end_of_list(masked, label.end()))
            if len(items) > 1 and _STEPS.search(masked, label.end(), items[-1].end):
                found += items
    return kept(text, found)


def star(text: str) -> list[Piece]:
    """情境（S）… 任务（T）… 行动（A）… 结果（R）…: what is asked for at each, in that order."""
    marks = list(_STAR.finditer(text))
    letters = "".join(mark[mark.lastindex or 0] for mark in marks)
    at = letters.find(_ORDER)
    if at < 0:
        return []
    run = marks[at : at + len(_ORDER)]
    ends = [*(mark.start() for mark in run[1:]), next((s.end for s in sentences(text, run[-1].end())), len(text))]
    pieces = kept(text, [Piece(mark.end(), end) for mark, end in zip(run, ends, strict=True)])
    return [head(text, piece) for piece in pieces] if len(pieces) == len(run) else []


def enumeration(text: str) -> list[Piece]:
    """(1)…(2)…, 第一…第二…, 一是…二是…: the first clause of each."""
    return _heads(text, enumerated(text))


def ordered(text: str) -> list[Piece]:
    """首先…其次…最后: the first clause of each, without 我会."""
    return _heads(text, in_order(text))


def in_turn(analysis: str) -> list[Piece]:
    """先…，然后…，最后…: the clause behind each."""
    masked = _without_tests(analysis)
    for match in _IN_TURN.finditer(masked):
        steps = [Piece(*step.span(1)) for step in _TURN.finditer(masked, *match.span())]
        if len(steps) > 1:
            return kept(analysis, steps)
    return []


def included(reference: str) -> list[Piece]:
    """The list behind 包括 in the first sentence of the answer."""
    first = sentences(reference)[:1]
    return [item for item in asking.lists(reference) if first and item.start < first[0].end]


def last_clauses(analysis: str) -> list[Piece]:
    """The clauses of a 解析 of one sentence, 此题考察… left out."""
    return narrating.clauses(_without_tests(analysis))


def last_sentences(analysis: str) -> list[Piece]:
    """The steps of a 解析, 此题考察… left out."""
    return narrating.by_sentence(_without_tests(analysis))


ANALYSIS: dict[str, Rule] = {
    "star": star,
    "quoted": quoted,
    "in_turn": in_turn,
    "asked_for": asked_for,
    "enumeration": enumeration,
    "ordered": ordered,
    "demanded": demanded,
    "labelled": labelled,
    "tested": tested,
    "bare": bare,
}
REFERENCE: dict[str, Rule] = {
    "keyed": keyed,
    "enumeration": enumeration,
    "star": star,
    "summary": asking.summary,
    "ordered": ordered,
    "included": included,
    "labelled": labelled,
    "headings": narrating.headings,
    "clauses": narrating.clauses,
    "sentences": narrating.by_sentence,
}
LAST: dict[str, Rule] = {"clauses": last_clauses, "sentences": last_sentences, "abilities": abilities}
"""For a 解析 that names nothing, where there is no 参考答案 either."""


def _heads(text: str, items: list[Piece]) -> list[Piece]:
    heads = kept(text, [head(text, item) for item in items])
    return _many([_without_me(text, item) for item in heads])


def _without_me(text: str, item: Piece) -> Piece:
    lead = _I.match(text, item.start, item.end)
    neat = trimmed(text, replace(item, start=lead.end())) if lead else item
    return neat or item


def _many(pieces: list[Piece], least: int = 2) -> list[Piece]:
    return pieces if len(pieces) >= least else []


def _without_tests(analysis: str) -> str:
    """With 此题考察… and what an answer should avoid blanked out, so that offsets stay."""
    for pattern in (_TESTS, _AVOID):
        analysis = pattern.sub(lambda match: " " * len(match[0]), analysis)
    return analysis
