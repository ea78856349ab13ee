"""Where a 解析 or a 参考答案 names what an answer must contain: one rule a way of writing, the surest first.

Each rule takes the whole text and gives the pieces that it finds, nothing where the text is not written its way. A new
way of writing is one more function in `ANALYSIS` or `REFERENCE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from evaluator.drafting.enumerating import enumerated, head, in_order
from evaluator.drafting.pieces import Piece, kept, listed, sentences

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
_ASKS = (
    r"体现|突出|包括|包含|涵盖|涉及|强调|展现|展示|反映|覆盖|围绕|关注|做到|提到|提及|说明|把握|抓住|具备|注重|回答出|答出|写出|"
    r"重点考[察查]|考[察查]重点|要点|关键|核心|要素|from|include|mention|demonstrate|show|cover|highlight"
)
_QUOTE_CUE = re.compile(_ASKS, re.IGNORECASE)
_COUNT = (
    r"(?:(?:以下|如下|这|下列)?(?:几|[一二两三四五六七八九十\d]+)?[个点]?"
    r"(?:方面|要点|内容|要素|步骤|维度|层面)?)?[：:]?"
)
_LIST_CUE = re.compile(
    r"(?:(?:应当?|需要?|要|须|必须|重点|主要|可以?|答案|回答|作答|答题时?)[^。；;，,、\n]{0,12}?"
    r"(?:体现|突出|强调|展现|展示|反映|覆盖|围绕|关注|做到|提到|提及|说明|把握|抓住|具备|注重|答出|写出|涉及)了?出?"
    r"|包括|包含|涵盖|重点考[察查]|考[察查]重点(?:是|为|在于)?|(?:答题)?(?:要点|要素)(?:是|为|有)?(?=[：:])"
    r"|(?:关键|核心)(?:点|要点)?(?:是|在于|为)"
    r"|\b(?:should|must|needs? to)\s+(?:\w+\s+)?(?:include|mention|demonstrate|show|cover|highlight)s?\b|\bkey points?:"
    r"|\b(?:answers?|responses?|candidates?)\b[^.;\n]{0,30}?\b(?:include|mention|demonstrate|show|cover|highlight)s?\b"
    r"(?:[^.;:\n]{0,20}:)?"
    rf")(?:应聘者|考生|候选人|自己|出)?的?{_COUNT}",
    re.IGNORECASE,
)
_FROM = re.compile(r"从([^。；;，,\n]{4,80}?)(?:[一二两三四五六七八九十\d几]+个?|等)(?:方面|角度|维度|层面)")
_SUMMARY = re.compile(r"(?:核心|关键|宗旨|重点|精髓)(?:就?是|在于|为)[：:]?")
_IS_THE_KEY = re.compile(
    r"([^。；;，,：:\n]{6,60}?)(?:才?是|乃)[^。；;，,\n]{0,20}(?:关键|核心|根本|前提)(?=[。；;\s]|$)"
)
_FIRST_THEN = re.compile(r"(?:首先|先是?|再次|再|然后|接着|最后|最终|并)(?=.{2})")
_LONGEST_LIST = 500
_AVOID = re.compile(
    r"(?:扣分项?|减分项?|较差的?(?:回答|答案)|错误的?做法|常见误区|误区|忌讳?)[^。；;\n：:]{0,8}[：:][^。；;\n]*"
)
_DEMAND = re.compile(
    r"(?:回答|答案|作答|答题|考生|应聘者|候选人)[^。；;，,\n]{0,8}?(?:应当?|需要?|要|须|必须)(?:能够?)?(?![点素求])"
)
_LABEL = re.compile(r"[^。；;：:，,、\n]{2,20}[：:](?=[^\n]{4})")
_HEADING = 20
"""Characters that a heading has at most."""
_LEAD = re.compile(
    r"[\s”’]*(?:[^：:。]{0,40}[：:])?\s*(?:(?:接下来|紧接着|同时|此外|另外|然后|随后|首先|其次|再次|最后|当然)[，,]\s*)?"
)
_COMMA = re.compile("[，,？?]")
_SERVES = re.compile(r"[^。；;，,、]{2,30}?(?:有助于|有利于|(?:意义|作用|目的|好处)(?:是|在于))[：:]?")


def tests(analysis: str) -> tuple[str, ...]:
    """What 此题考察… names, in its order."""
    found = [
        piece.of(analysis)
        for match in _TESTS.finditer(analysis)
        for piece in listed(analysis, *match.span(match.lastindex or 0), shortest=2)
    ]
    return tuple(dict.fromkeys(found))


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
    return kept(analysis, asked or rows)


def only_term(text: str, within: Piece) -> Piece:
    """The term in quotation marks inside the piece where there is one, else the piece."""
    terms = _terms(text, within)
    return replace(within, start=terms[0].start, end=terms[0].end) if len(terms) == 1 else within


def _terms(text: str, within: Piece) -> list[Piece]:
    found = _QUOTED.finditer(text, within.start, within.end)
    return [Piece(*match.span(match.lastindex or 0)) for match in found]


def asked_for(analysis: str) -> list[Piece]:
    """The lists behind 要体现, 应突出, 包括, 重点考察, 从…三个方面."""
    return _lists(_without_tests(analysis))


def tested(analysis: str) -> list[Piece]:
    """What 本题重点考察 lists, where the 解析 names nothing else."""
    found = next((match for match in _TESTS.finditer(analysis) if "重点" in match[0]), None)
    return _many(listed(analysis, *found.span(1))) if found and found[1] else []


def _lists(text: str) -> list[Piece]:
    found: list[Piece] = []
    spans = [(match.end(), _end_of_list(text, match.end())) for match in _LIST_CUE.finditer(text)]
    spans += [match.span(1) for match in _FROM.finditer(text)]
    end = -1
    for first, last in sorted(spans):
        items = listed(text, first, last)
        if first >= end and len(items) > 1:
            found += items
            end = last
    return kept(text, found)


def _end_of_list(text: str, start: int) -> int:
    """Up to the end of the sentence; behind A、B and C also up to the next comma. A sentence without end is no list."""
    colon = re.compile(r"[：:]").match(text, start)
    limit = start + _LONGEST_LIST
    stop = re.compile(r"[。\n：:]|\.(?=\s|$)").search(text, colon.end() if colon else start, limit)
    end = stop.start() if stop else len(text) if len(text) <= limit else start
    mark = text.find("、", start, end)
    if mark >= 0 and (comma := re.compile(r"[，,；;]").search(text, mark, end)):
        return comma.start()
    return end


def demanded(analysis: str) -> list[Piece]:
    """回答应…，…，并…: the clauses of a sentence that says what an answer must do."""
    text = _without_tests(analysis)
    for match in _DEMAND.finditer(text):
        items = listed(text, match.end(), _end_of_list(text, match.end()))
        if len(items) > 1 and min(item.end - item.start for item in items) > 3:
            return kept(text, [_without_first_then(text, item) for item in items])
    return []


def labelled(text: str) -> list[Piece]:
    """The list behind a label and a colon: 好的回答有：甲、乙、丙."""
    masked = _without_tests(text)
    for sentence in sentences(masked):
        if label := _LABEL.match(masked, sentence.start, sentence.end):
            end = _end_of_list(masked, label.end())
            items = listed(masked, label.end(), end) if re.search("[、；;/]", masked[label.end() : end]) else []
            if len(items) > 1:
                return items
    return []


def enumeration(text: str) -> list[Piece]:
    """(1)…(2)…, 第一…第二…, 一是…二是…: the first clause of each."""
    return _heads(text, enumerated(text))


def ordered(text: str) -> list[Piece]:
    """首先…其次…最后: the first clause of each."""
    return _heads(text, in_order(text))


def summary(text: str) -> list[Piece]:
    """What 核心是… or …是关键 lists; the last such sentence counts."""
    spans = [(match.end(), _end_of_list(text, match.end())) for match in _SUMMARY.finditer(text)]
    spans += [match.span(1) for match in _IS_THE_KEY.finditer(text)]
    for first, last in sorted(spans, reverse=True):
        items = [_without_first_then(text, item) for item in listed(text, first, last)]
        if len(items) > 1:
            return kept(text, items)
    return []


def _without_first_then(text: str, item: Piece) -> Piece:
    lead = _FIRST_THEN.match(text, item.start, item.end)
    return replace(item, start=lead.end()) if lead else item


def included(reference: str) -> list[Piece]:
    """The list behind 包括 in the first sentence of the answer."""
    first = sentences(reference)[:1]
    return [item for item in _lists(reference) if first and item.start < first[0].end]


def headings(reference: str) -> list[Piece]:
    """Short sentences that the longer ones behind them explain, three or more."""
    found = [_without_lead(reference, sentence) for sentence in sentences(reference)]
    short = [
        one
        for one, following in pairwise(found)
        if one.end - one.start <= _HEADING
        and following.end - following.start >= max(14, one.end - one.start + 6)
        and not _COMMA.search(reference, one.start, one.end)
    ]
    return _many(kept(reference, short), 3)


def _without_lead(reference: str, sentence: Piece) -> Piece:
    """Without 以下几个方面： and 接下来， in front."""
    lead = _LEAD.match(reference, sentence.start, sentence.end)
    return replace(sentence, start=lead.end()) if lead else sentence


def clauses(reference: str) -> list[Piece]:
    """The clauses of an answer that is one sentence."""
    if len(sentences(reference)) != 1 or len(reference) > 200:
        return []
    subject = _SERVES.match(reference)
    pieces = listed(reference, subject.end() if subject else 0, len(reference))
    return _many([piece for piece in pieces if piece.end - piece.start >= 4])


def by_sentence(reference: str) -> list[Piece]:
    """Every sentence, where the answer is written in no other way; at most eight."""
    return kept(reference, sentences(_without_tests(reference)))[:8]


ANALYSIS: dict[str, Rule] = {
    "quoted": quoted,
    "asked_for": asked_for,
    "enumeration": enumeration,
    "ordered": ordered,
    "demanded": demanded,
    "labelled": labelled,
    "tested": tested,
}
REFERENCE: dict[str, Rule] = {
    "enumeration": enumeration,
    "summary": summary,
    "ordered": ordered,
    "included": included,
    "labelled": labelled,
    "headings": headings,
    "clauses": clauses,
    "sentences": by_sentence,
}
LAST: dict[str, Rule] = {"clauses": clauses, "sentences": by_sentence}
"""For a 解析 that names nothing, where there is no 参考答案 either."""


def _heads(text: str, items: list[Piece]) -> list[Piece]:
    return _many(kept(text, [head(text, item) for item in items]))


def _many(pieces: list[Piece], least: int = 2) -> list[Piece]:
    return pieces if len(pieces) >= least else []


def _without_tests(analysis: str) -> str:
    """With 此题考察… and what an answer should avoid blanked out, so that offsets stay."""
    for pattern in (_TESTS, _AVOID):
        analysis = pattern.sub(lambda match: " " * len(match[0]), analysis)
    return analysis
