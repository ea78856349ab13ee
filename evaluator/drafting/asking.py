"""Lists behind words that say what an answer must contain: 要体现…, 应说出…, 包括…, 从…三个方面, should mention….

A new way of saying it is one more line in `_CUES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from evaluator.drafting.pieces import Piece, kept, listed, trimmed

SHOWS = (
    "体现|突出|突显|强调|展现|展示|反映|覆盖|涵盖|围绕|关注|看重|考虑到?|兼顾|做到|提到|提及"
    "|把握|抓住|具备|注重|答出|涉及"
)
"""What an answer does with a quality."""
SAYS = (
    "说出|说清(?:楚|(?!楚))|说明|讲出|讲清(?:楚|(?!楚))|讲明(?:白|(?!白))|谈到|谈出|谈及|交代|写出|写明|写清(?:楚|(?!楚))|答到|指出|点出|点明(?!确)|列出|列举|举出|给出"
    "|阐明|阐述|介绍|描述|分析|提出|解释"
)
"""What an answer does with a fact: where each item has such a word, it belongs to the item."""
_MUST = "应当?|需要?|要|须|必须|重点|主要|可以?|至少|答案|回答|作答|答题时?|考官|考生|还会|能够?"
_EN_SHOWS = "include|mention|demonstrate|show|cover|highlight|discuss|address|refer to|touch on|contain"
_EN_MUST = "(?:should|must|needs? to|will|would)"
_EN_GOOD = "(?:best|good|strong(?:er|est)?|better|full-mark|excellent|high-scoring|top)"
_SOME = r"[一二两三四五六七八九十\d几]+"
_CUES = (
    rf"(?:{_MUST})[^。；;，,、：:—→\n]{{0,12}}?(?:{SHOWS}|{SAYS})了?出?",
    "包括|包含|涵盖|重点考[察查]|考[察查]重点(?:是|为|在于)?|(?:答题)?(?:要点|要素)(?:是|为|有)?(?=[：:])",
    r"(?:关键|核心)(?:点|要点|原则|思路)?(?:就?是|在于|为)(?!否)",
    r"(?:正确|合理|恰当|规范)的?(?:思路|做法|顺序|步骤|程序|流程|处理方式|处理)(?:应当?|应该)?(?:是|为)",
    rf"分(?:为|成|作)?(?:以下|如下)?{_SOME}[个步点项类种]{{1,2}}(?:方面|阶段|环节|层次|步骤|走|处理|进行)?(?=[：:])",
    rf"分(?:为|成)(?=[^。，,；;：:\n]*、[^。，,；;：:\n]*{_SOME}[个类种步大])",
    "(?:亮点|加分点|加分项|得分点|看点|侧重点|落脚点|要领|要诀)(?:应当?|就|主要)?(?:在于|是|为|有)(?!否)",
    rf"(?:有(?:以下|如下)?|以下|如下|下列|下面){_SOME}[个种点条项类步大][^。；;，,：:\n]{{0,8}}(?=[：:])",
    "(?:重点|主要)(?:看|听)|(?:希望|想|期望)(?:看到|听到)(?:的是)?",
    "(?:享有|具有|拥有|载明|遵循|坚持)(?=[^。，,；;：:\\n]*、)",
    r"从(?:以下|下列|如下)[^。；;，,：:\n]{0,12}(?=[：:])",
    rf"\b{_EN_MUST}\s+(?:\w+\s+)?(?:{_EN_SHOWS})s?\b",
    rf"\b(?:answers?|responses?|candidates?) {_EN_MUST}\b(?:\s+(?:{_EN_SHOWS})s?\b)?(?=[^.;]*,)",
    rf"\b{_EN_GOOD} (?:answers?|responses?|candidates?)\b(?! (?:{_EN_MUST}|{_EN_SHOWS}))(?=[^.;:]*,)",
    r"\blook for\b(?!\s*:)(?: evidence of)?",
    r"\b(?:key points?|look for|main points?|expected (?:points|content))\s*:",
    r"\bany (?:one|two|three|four|five|six|\d)\b[^.;:\n]{0,30}:",
    rf"\b(?:answers?|responses?|candidates?)\b[^.;\n]{{0,30}}?\b(?:{_EN_SHOWS})s?\b(?:[^.;:\n]{{0,20}}:)?",
)
_COUNT = (
    r"(?:(?:以下|如下|这|下列)?(?:几|[一二两三四五六七八九十\d]+)?[个点]?"
    r"(?:方面|要点|内容|要素|步骤|维度|层面)?)?[：:]?"
)
_CUE = re.compile(rf"(?:{'|'.join(_CUES)})(?:应聘者|考生|候选人|自己|出)?的?{_COUNT}(?![、和与及])", re.IGNORECASE)
_SAYS_LAST = re.compile(rf"(?:{SAYS})$")
_SAYS_FIRST = re.compile(SAYS)
_PARTS = re.compile(r"[、；;]|和|与|以及")
_FROM = re.compile(r"从([^。；;，,\n]{4,80}?)(?:[一二两三四五六七八九十\d几]+个?|等)(?:方面|角度|维度|层面)")
_FROM_ON = re.compile(
    r"从([^。；;，,：:\n]*、[^。；;，,：:\n]*?)(?:来谈|来说|来看|入手|出发|着手|切入|展开|作答|回答|进行|加以)"
)
_ALSO = re.compile(rf"还(?:会|要|应当?|须|需要?|能够?|可以?)?(?:{SHOWS}|{SAYS})了?([^。；;，,、\n]{{2,20}})")
_TAIL = re.compile(r"(?:来|去|进行)?(?:展开|作答|回答|论述|阐述|来谈|说明)$")
_SUMMARY = re.compile(
    r"(?:核心|关键|宗旨|重点|精髓)(?:原则|要点|思路)?(?:就?是|在于|为)[：:]?"
    r"|(?:概括|归纳|总结|归结|浓缩|提炼)(?:起来)?(?:为|成|是)?[：:]?(?=[“「『‘\"：:]|[^。；;，,\n]*、)"
    r"|(?:总之|综上(?:所述)?|总的来[说看]|归根[到结]底|总而言之)[，,][^。；;\n]{0,30}?"
    r"(?:要?靠的?是?|要?做到|离不开|要|在于|就是|需要)(?=[^。；;，,\n]*、)"
)
_IS_THE_KEY = re.compile(
    r"([^。；;，,：:\n]{6,60}?)(?:才?是|乃)[^。；;，,\n]{0,20}(?:关键|核心|根本|前提)(?=[。；;\s]|$)"
)
_DEMAND = re.compile(
    r"(?:(?:回答|答案|作答|答题|考生|应聘者|候选人)[^。；;，,\n]{0,8}?|(?:^|(?<=[。；;\n]))\s*)"
    r"(?:应当?|需要?|要|须|必须)(?:能够?)?(?![点素求])"
)
_FIRST_THEN = re.compile(
    r"(?:(?:同时|还|也)要?(?:注意)?|首先|先是?(?![^，,；;]*[后再])|再次|再|然后|接着|最后|最终|并)(?=.{2})"
)
_OPEN = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"'}
_LONGEST_LIST = 500


def lists(text: str) -> list[Piece]:
    """The items of every list behind a cue, and what 还应提到 adds to them."""
    found: list[Piece] = []
    end = -1
    best: dict[int, tuple[int, int, list[Piece]]] = {}
    for one in sorted(_candidates(text), key=lambda one: one[:2]):
        if len(one[2]) > 1 and len(one[2]) >= len(best.get(one[1], one)[2]):
            best[one[1]] = one
    for first, last, items in sorted(best.values(), key=lambda one: one[:2]):
        if first >= end:
            found += items
            end = last
    also = [Piece(*match.span(1)) for match in _ALSO.finditer(text) if found and match.start() >= found[0].end]
    return kept(text, sorted([*found, *(one for one in also if one.start >= end)], key=lambda one: one.start))


def _candidates(text: str) -> Iterator[tuple[int, int, list[Piece]]]:
    for match in _CUE.finditer(text):
        last = end_of_list(text, match.end())
        yield match.end(), last, _with_verb(text, match, items_of(text, match.end(), last))
    for pattern in (_FROM, _FROM_ON):
        for match in pattern.finditer(text):
            yield *match.span(1), items_of(text, *match.span(1))


def _with_verb(text: str, cue: re.Match[str], items: list[Piece]) -> list[Piece]:
    """应指出原因、说明办法: the first item takes its word along. Behind such a word a mere comma makes no list."""
    verb = _SAYS_LAST.search(text, cue.start(), cue.end())
    if not verb or len(items) < 2:
        return items
    if any(_SAYS_FIRST.match(text, item.start, item.end) for item in items[1:]):
        return [replace(items[0], start=verb.start()), *items[1:]]
    return items if _PARTS.search(text, items[0].end, items[-1].start) else []


def items_of(text: str, first: int, last: int) -> list[Piece]:
    """The items of the list between two places; inside the quotation marks where it stands in them."""
    while first < last and text[first] in " ：:":
        first += 1
    if first < last and (close := text.find(_OPEN.get(text[first], "\0"), first + 1, last)) > 0:
        inside = listed(text, first + 1, close)
        if len(inside) > 1:
            return inside
    tail = _TAIL.search(text, first, last)
    return listed(text, first, tail.start() if tail and tail.start() > first else last)


def end_of_list(text: str, start: int) -> int:
    """Up to the end of the sentence; behind A、B and C also up to the next comma. A sentence without end is no list."""
    colon = re.compile(r"[：:]").match(text, start)
    limit = start + _LONGEST_LIST
    stop = re.compile(r"[。\n：:]|\.(?=\s|$)").search(text, colon.end() if colon else start, limit)
    end = stop.start() if stop else len(text) if len(text) <= limit else start
    mark = text.find("、", start, end)
    if mark >= 0 and (comma := re.compile(r"[，,](?!\s*(?:以及|并且?|和|还要?|同时))|[；;]").search(text, mark, end)):
        return comma.start()
    return end


def demanded(text: str) -> list[Piece]:
    """回答应…，…，并…: the clauses of a sentence that says what an answer must do."""
    for match in _DEMAND.finditer(text):
        items = listed(text, match.end(), end_of_list(text, match.end()))
        if len(items) > 1 and min(item.end - item.start for item in items) > 3:
            return kept(text, [_without_first_then(text, item) for item in items])
    return []


def summary(text: str) -> list[Piece]:
    """What 核心是…, 概括为…, 总之要… or …是关键 lists; the last such sentence counts."""
    spans = [(match.end(), end_of_list(text, match.end())) for match in _SUMMARY.finditer(text)]
    spans += [match.span(1) for match in _IS_THE_KEY.finditer(text)]
    for first, last in sorted(spans, reverse=True):
        items = [_without_first_then(text, item) for item in items_of(text, first, last)]
        if len(items) > 1:
            return kept(text, items)
    return []


def _without_first_then(text: str, item: Piece) -> Piece:
    lead = _FIRST_THEN.match(text, item.start, item.end)
    neat = trimmed(text, replace(item, start=lead.end())) if lead else item
    return neat or item
