"""What a paper holds against an answer: 扣分项, 未提及…扣1分, 仅回答…不得分, Deduct 1 mark if …, Do not accept ….

A fault with points becomes a deduction. 未提到X扣1分 tells of something that is missing, which no judge could show
evidence for: it says that X is a key point of one point. A phrase in quotation marks that is not accepted becomes
`reject`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.drafting.figures import ENGLISH, FIGURE, figure
from evaluator.drafting.pieces import Piece, kept, listed, trimmed


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that points are taken off for."""

    name: str
    points: float | None
    """None where an answer with this fault earns nothing at all."""
    quotes: tuple[str, ...] = ()
    """The words in quotation marks that show it."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a text holds against an answer."""

    rest: str
    """The text, as long as before, with all of that blanked out: what is left speaks for an answer."""
    faults: tuple[Fault, ...] = ()
    lacks: tuple[Piece, ...] = ()
    """Key points that a text names by what their absence costs."""
    reject: tuple[str, ...] = ()


_OPEN, _CLOSE = '“「『‘"', '”」』’"'
_QUOTE = rf"[{_OPEN}][^{_OPEN}{_CLOSE}\n]{{1,40}}[{_CLOSE}]"
_QUOTED = re.compile(rf"[{_OPEN}]([^{_OPEN}{_CLOSE}\n]{{1,40}})[{_CLOSE}]")
_WHAT = rf"((?:{_QUOTE}|[^。；;，,！!？?：:（）()①-⑳\n{_OPEN}{_CLOSE}]){{2,60}}?)"
_JOIN = (
    r"(?:的情况|的)?(?:者|情形)?\s*[，,（(：:]?\s*"
    r"(?:一律|酌情|每处|每次|视情况|则|要|应当?|可|各|均|都|本题|该题|按|直接)*\s*"
)
_TAKEN = re.compile(
    rf"{_WHAT}{_JOIN}(?:倒扣|扣除|扣减|扣|减)(?:去|掉)?\s*({FIGURE})(?:\s*[-~～—至到]\s*{FIGURE})?\s*分\s*[)）]?"
)
_NOTHING = re.compile(rf"{_WHAT}{_JOIN}(?:不得分|不给分|不计分|不予?给分|得?\s*(?<!\d)[0零]\s*分|判\s*[0零]\s*分)")
_EACH_OF = re.compile(
    rf"(?:扣|减)分(?:项|点|情形|标准)[^：:。\n]{{0,12}}?每[^：:。\n]{{0,4}}?扣\s*({FIGURE})\s*分\s*[)）]?\s*[：:]([^。\n]+)"
)
_IN_FRONT = re.compile(rf"(?:扣|减)\s*({FIGURE})\s*分\s*[：:]([^。；;\n]+)")
_NOT_ONLY = re.compile(
    rf"(?:不能|不可|不要|不应|切忌|切勿|避免|忌|不宜)(?:只是|仅仅|单纯|只|仅|光)?[^。；;，,！!？?\n{_OPEN}]{{0,6}}?{_QUOTE}"
    rf"(?:[、和或及]?{_QUOTE})*[^。；;，,！!？?\n]{{0,8}}"
    r"|(?:不能|不可|不要|不应|切忌|切勿)(?:只是|仅仅|单纯|只|仅|光|空)[^。；;，,！!？?\n]{1,20}|切忌[^。；;，,！!？?\n]{1,20}"
)
_EN_TAKEN = (
    re.compile(
        rf"\b(?:deduct|subtract|take off|minus|lose|loses)\s+({ENGLISH})\s*(?:marks?|points?)\s*"
        r"(?:if|for|when|where|each time)\s+([^.;\n]+)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"({ENGLISH})\s*(?:marks?|points?)\s*(?:is|are|will be)?\s*(?:deducted|taken off|lost|off)\s*"
        r"(?:if|for|when|where)\s+([^.;\n]+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\d)[-−–]\s?(\d(?:\.5)?)\s*(?:marks?|points?)?\s*(?:if|for|when)\s+([^.;\n]+)", re.IGNORECASE),
)
_EN_LOSES = re.compile(
    rf"(?:candidates?|answers?|responses?|those|anyone)\s+(?:who|that|which)\s+([^.;,\n]+?)\s+(?:lose|loses|forfeit|forfeits)\s+({ENGLISH})\s*(?:marks?|points?)",
    re.IGNORECASE,
)
_EN_NOTHING = re.compile(
    r"\b(?:no (?:marks?|credit|points?)|(?:award|give|score) (?:zero|0)(?: marks?| points?)?)"
    r"\s+(if|for|when|where)\s+([^.;\n]+)",
    re.IGNORECASE,
)
_EN_REFUSED = re.compile(
    r"\b(?:do not|don['’]t|never)\s+(?:accept|credit|allow|award(?: marks?| credit)?(?: for)?)\b[^.;\n]*"
    r"|\breject\s*:[^.;\n]*",
    re.IGNORECASE,
)
_EN_WHO = re.compile(
    r"(?:the |an? )?(?:candidates?|answers?|responses?|students?|applicants?|it|they|he or she)\s+", re.IGNORECASE
)
_LEAD = re.compile(
    r"[\s、\d.．①-⑳)）]*(?:[一二三四五六七八九十][是、])?(?:如果|如|若|凡是?|但是?|另外?|此外|其中|对于?|答案?[中里]|回答[中里]|每)?"
)
_LACKING = re.compile(
    r"(?:完全)?(?:未能?|没有?能?|不)(?:提到|提及|谈到|谈及|说到|涉及|体现|包括|包含|答出|答到)|缺少|缺乏|缺失|遗漏|漏(?:写|答|掉|提)?|缺"
    r"|(?:未能?|没有?能?)(?=结合|说明|写出|写明|指出|交代|给出|列出|说出|解释|记录|登记|核对|确认|告知|报告|注明)"
    r"|(?:fails? to|does not|doesn['’]t|do not|no)\s+(?:mention|include|cover|refer to)(?:ing)?\s+"
    r"|(?:fails? to|does not|doesn['’]t|do not)\s+(?=state|give|explain|name|describe)",
    re.IGNORECASE,
)
_NO_FAULT = re.compile(
    r"[未没无缺漏少多错空超仅只光每]|.{0,6}(?:不足|不够|不全|过少|太少|不完整)"
    r"|不(?:全|足|写|答|完整|够|作答)|答错|其[他余]|单纯|雷同|fails?|does not|lack|only",
    re.IGNORECASE,
)
_SAYS = re.compile(rf"[答写说谈讲喊](?:成|到|出)?[{_OPEN}]")
_OF_MARKING = re.compile(
    r"评分|采分|踩分|得分|给分|赋分|本题|此题|该题|答案|作答|考生|marks?\b|marking|deduct", re.IGNORECASE
)
_ONLY = ("仅", "只", "光", "单纯")
_COUNTED = re.compile(
    r"任?[意何]?[一二两三四五1-9每某其]+(?:个|项|点|条|处|步|者|要素|要点|内容|环节)|[个项点条处步]|要点|步骤$|.{0,1}$"
)


def against(text: str, *, reference: bool = False) -> Against:
    """What the text holds against an answer; of a reference answer only what takes points.

    An answer may itself be about points, 迟到一次扣2分: without a word of marking in it, it holds nothing.
    """
    if reference and not _OF_MARKING.search(text):
        return Against(text)
    found = _Reader(text)
    found.read(reference=reference)
    return Against(found.rest(), tuple(found.faults.values()), tuple(found.lacks), tuple(dict.fromkeys(found.reject)))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: dict[str, Fault] = {}
        self.lacks: list[Piece] = []
        self.reject: list[str] = []
        self._taken: list[tuple[int, int]] = []

    def read(self, *, reference: bool) -> None:
        for match in self._fresh(_EACH_OF, _IN_FRONT):
            for item in listed(self.text, *match.span(2)):
                self._fault(item, figure(match[1]))
        for match in self._fresh(_EN_LOSES, _TAKEN):
            self._judged(Piece(*match.span(1)), figure(match[2]))
        for match in self._fresh(*_EN_TAKEN):
            self._judged(Piece(*match.span(2)), figure(match[1]))
        for match in self._fresh(_NOTHING):
            self._earns_nothing(Piece(*match.span(1)), refused=match[1].lstrip().startswith(_ONLY))
        for match in self._fresh(_EN_NOTHING):
            self._earns_nothing(Piece(*match.span(2)), refused=match[1].lower() == "for")
        if not reference:
            for match in self._fresh(_NOT_ONLY, _EN_REFUSED):
                self.reject += _QUOTED.findall(match[0])

    def rest(self) -> str:
        chars = list(self.text)
        for start, end in self._taken:
            chars[start:end] = (char if char in "。；;\n" else " " for char in chars[start:end])
        return "".join(chars)

    def _fresh(self, *patterns: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches that no earlier pattern has taken; they are taken now."""
        for match in (match for pattern in patterns for match in pattern.finditer(self.text)):
            if not any(start < match.end() and match.start() < end for start, end in self._taken):
                self._taken.append(match.span())
                yield match

    def _judged(self, what: Piece, points: float) -> None:
        what = self._without_lead(what)
        if lead := _LACKING.match(self.text, what.start, what.end):
            missing = trimmed(self.text, Piece(lead.end(), what.end, points))
            if missing and not _COUNTED.match(missing.of(self.text)):
                self.lacks.append(missing)
        else:
            self._fault(what, points)

    def _earns_nothing(self, what: Piece, *, refused: bool) -> None:
        quotes = _QUOTED.findall(what.of(self.text))
        if refused or (quotes and _SAYS.search(what.of(self.text))):
            self.reject += quotes
        else:
            self._fault(self._without_lead(what), None)

    def _fault(self, what: Piece, points: float | None) -> None:
        for neat in kept(self.text, [what]):
            name = neat.of(self.text).removesuffix("的")
            if points != 0 and len(name) > 1 and not _NO_FAULT.match(name):
                self.faults.setdefault(name, Fault(name, points, tuple(_QUOTED.findall(name))))

    def _without_lead(self, what: Piece) -> Piece:
        start = what.start
        for lead in (_LEAD, _EN_WHO):
            if found := lead.match(self.text, start, what.end):
                start = found.end()
        return Piece(start, what.end)
