"""Marks: every place of a text where a part of a paper may begin. Which of them count is decided by what went before.

Each rule is one pattern; `find` gathers what they find in order. Nothing is decided here, so a rule may find too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from evaluator.papers.keys import GRID, RANGE
from evaluator.papers.labels import (
    ANSWERS_AHEAD,
    BULLETS,
    ENDERS,
    FURNITURE,
    INTRODUCTION,
    LABEL,
    NOTES,
    TAGS,
    Part,
    part_of,
)
from evaluator.papers.numerals import CHINESE, CIRCLED, FORMAL, FORMAL_THREE, ROMAN, value


class Sign(StrEnum):
    """What may begin at a mark."""

    SECTION = "section"
    NUMBER = "number"
    LABEL = "label"
    ANSWERS = "answers"


@dataclass(slots=True)
class Mark:
    """One mark; `end` is where what it opens begins."""

    start: int
    end: int
    sign: Sign
    style: str = ""
    """Name of the rule."""
    number: int = 0
    printed: str = ""
    tag: str = ""
    """题型 printed before the number."""
    given: tuple[int, int] | None = None
    """Where the answer stands, if in brackets before the number."""
    part: Part = Part.STEM
    inline: bool = False
    """Not at the start of a line."""
    headed: bool = False
    """In a line that the document sets as a heading."""
    answered: bool = False
    """An answer stands before the next mark of the same style."""
    followed: int = 0
    """The number of that mark, 0 where there is none."""
    until: int = 0
    """Number of the last question that a material is for; 0 where it does not say."""


_LINE = rf"^(?P<lead>[^\S\n]*[{BULLETS}]*[^\S\n]*)"
_TAGGED = (
    rf"{_LINE}(?:[【\[(（](?P<tag>{TAGS})[】\])）][^\S\n]*)?"
    r"(?:[(（][^\S\n]*(?P<given>[√×✓✗对错TF]|[A-H]{1,6})?[^\S\n]*[)）][^\S\n]*)?"
)
_KINDS = (
    r"(?:单选|多选|单项选择|多项选择|不定项选择|选择|判断|填空|简答|问答|论述|名词解释|案例分析|案例|情景|情境|行为"
    r"|综合|应用|计算|分析|实务|实操|操作|必答|抢答|选答|风险|附加)"
)
SECTIONS: dict[str, str] = {
    "cn": rf"{_LINE}(?P<n>[{CHINESE}]{{1,4}}|[{ROMAN}{FORMAL}{FORMAL_THREE}])\s*[、.．:：]",
    "part": (
        rf"{_LINE}第\s*(?P<n>[{CHINESE}]{{1,4}}|\d{{1,2}}|[{ROMAN}]|[IVX]{{1,4}})\s*"
        r"(?:部分|大题|单元|模块|卷|篇|章)[、.．:：]?"
    ),
    "bracket": rf"{_LINE}[(（](?P<n>[{CHINESE}]{{1,4}})[)）]",
    "topic": (
        rf"{_LINE}(?:(?:维度|模块|板块|环节|专题|类别|能力项|考察维度|测评维度)[^\S\n]*(?P<n>[{CHINESE}]{{1,3}}|\d{{1,2}})"
        rf"|第(?P<m>[{CHINESE}]{{1,3}}|\d{{1,2}})(?:类|轮|关|组|环节))[^\S\n]*[、.．:：]?"
        rf"|{_LINE.replace('lead', 'before')}(?:Competency|Dimension|Theme|Category)"
        r"[^\S\n]*(?P<o>\d{1,2})?[^\S\n]*[:：]"
    ),
    "english": rf"{_LINE}(?:Part|Section)\s+(?P<n>[IVX]+|[A-Z]|\d{{1,2}})\b[.:：、)]?",
    "bare": (
        rf"{_LINE}[【\[]?"
        rf"(?=[^\S\n]*{_KINDS}[^\s\d，。？?：:]{{0,6}}题[】\]]?[^\S\n]*(?:[(（].*[)）]|(?:共|每|满分|总分)[^\n。？?]{{0,30}})?[:：]?[^\S\n]*[{BULLETS}]*[^\S\n]*$"
        r"|(?:Multiple[- ]choice|Single[- ]choice|Short[- ]answer|Essay|True[ /-]*(?:or)?[ /-]*False"
        r"|Fill in the blanks?|Case study|Situational|Behaviou?ral)(?: questions?)?[^\S\n]*(?:\([^\n]*\))?:?[^\S\n]*$)"
    ),
    "titled": r"^[^\S\n]*#{1,6}[^\S\n]+(?P<lead>)(?=[^\n]{1,40}$)",
}
"""Headings. Chinese numbers may as well number questions or the items of an answer."""
NUMBERS: dict[str, str] = {
    "ordinal": rf"{_TAGGED}第[^\S\n]*(?P<n>\d{{1,4}}|[{CHINESE}]{{1,4}})\s*(?:小?题|问)[^\S\n]*[.:：、]?",
    "named": (
        rf"{_LINE}[【\[]?(?:题目|试题|问题|面试题|面试问题|考题|例题?|习题|思考题|练习|问|题|Question|Problem|Task|Q)"
        rf"[^\S\n]*(?P<n>\d{{1,4}}|[{CHINESE}]{{1,4}})[】\]]?[^\S\n]*[.:：、)）]?"
    ),
    "coded": rf"{_LINE}(?:题目|试题|题)(?:编号|序号|号)[:：][^\S\n]*(?P<n>\d{{1,4}})(?=[^\S\n]*$)",
    "dashed": rf"{_LINE}(?P<n>\d{{1,2}}[-—.．]\d{{1,2}})(?:[^\S\n]+|、)(?=[^\s\d])",
    "dot": (
        rf"{_TAGGED}(?P<n>\d{{1,4}})[*_]*[^\S\n]*(?:[．、]|[.:：](?!\d)|\.(?=\d{{4}}年))"
        rf"[*_]*(?:[^\S\n]*[【\[(（](?P<kind>{TAGS})[】\])）]|[^\S\n]*(?P<plain>{TAGS})(?:[^\S\n]*[:：][^\S\n]*|[^\S\n]+)(?=\S))?"
    ),
    "half": rf"{_TAGGED}(?P<n>\d{{1,4}})[)）]",
    "bracket": rf"{_LINE}[(（](?P<n>\d{{1,3}})[)）]",
    "circle": rf"{_LINE}(?P<n>[{CIRCLED}])",
    "untold": (
        rf"{_LINE}(?:[【\[](?:题目|问题|试题|题干|面试问题|提问|真题|原题|考题)[】\]][:：]?|(?:题目|问题|试题|题干|考题|面试问题|主问题|核心问题"
        r"|(?:面试官|考官|HR)?提?问|Interviewer|Question|Q)[:：])(?!\s*[(（]?\d{1,2}[.．、)）])"
    ),
    "further": rf"{_LINE}[【\[]?追问[一二三四五\d]?[】\]]?[:：]",
    "tag": rf"{_LINE}(?=[【\[](?:{TAGS})[】\]][^\S\n]*(?!(?:共|每|满分|总分|合计)[^\n]{{0,20}}[题分])[^\s\d第])",
    "heading": r"^[^\S\n]*#{1,6}[^\S\n]+(?P<lead>)(?=[^\n]*[?？][^\S\n]*$)",
    "blank": rf"{_LINE}(?P<n>\d{{1,4}})[^\S\n]+(?=[^\s\d])",
    "lone": rf"{_LINE}(?P<n>\d{{1,3}})[^\S\n]*\n\s*(?=\S)",
}
"""What may number a question, in the order in which they win over each other at one place."""
_INLINE_NUMBER = rf"(?<=[{re.escape(ENDERS)}.])[^\S\n]*(?P<n>\d{{1,3}})[.．、](?!\d)(?=\s*\S)"
_DENSE_NUMBER = (
    rf"(?:(?<=[\s;；,，、。:：])|(?<=[{CHINESE}][.．、]))(?P<n>\d{{1,4}})(?:(?:[.．、:：](?!\d)|(?<=\s\d)、)(?=\s*\S)"
    r"|[^\S\n]*(?=(?:[A-H]{1,7}|[√×✓✗○对错TF])(?![A-Za-z\d\u4e00-\u9fff])))"
)
_INLINE_ORDINAL = rf"(?<![见如同与和在至到~～-])第[^\S\n]*(?P<n>\d{{1,4}}|[{CHINESE}]{{1,4}})[^\S\n]*题[^\S\n]*[:：、.]"
_DENSE_BRACKET = r"(?<=[\s;；。:：】])[(（](?P<n>\d{1,3})[)）](?=\s*[^\s，。、；：,.;:)）])"
_IN_PARAGRAPH = {
    "bracket": r"[(（](?P<n>\d{1,3})[)）](?=[^\s，。、；：,.;:)）])",
    "named": rf"(?:题目|问题|面试题|Question|Q)[^\S\n]*(?P<n>\d{{1,4}}|[{CHINESE}]{{1,4}})[^\S\n]*[:：]",
    "untold": rf"(?<=[{re.escape(ENDERS)}])[^\S\n]*(?:问题|题目|问)[:：]",
    "dot": r"(?<=\s)(?P<n>\d{1,4})[.．、](?!\d)(?=\s*\S)",
}
"""What numbers questions inside a line, where a paper is one paragraph."""
_PARAGRAPH = 0.8
"""Share of a text that is one line from which it is a single paragraph."""
_INLINE_SECTION = (
    rf"(?<![{CHINESE}第(（\n])(?P<n>[{CHINESE}]{{1,3}})、"
    rf"(?=[^\n。？！?!{CHINESE}][^\n。？！?!]{{0,40}}?(?:\n?[^\S\n]*1[^\S\n]*[.．、](?!\d)|[(（][^)）\n]{{0,30}}分))"
)
_DENSE_SECTION = rf"(?<=\s)(?P<n>[{CHINESE}]{{1,3}})[、.．](?=\d{{1,4}}[^\S\n]*[.．、:：~～—–-])"
_GLUED_NUMBER = r"[^\n。？！?!]{0,45}?(?<![\d.])(?P<n>1)[.．、](?!\d)"
_BEHIND_LETTER = r"(?<=[:：A-H][A-H√×对错])"
_GLUED = (
    (Sign.NUMBER, "dot", r"(?<=题)(?P<n>\d{1,3})、(?!\d)(?=\s*\S)"),
    (Sign.NUMBER, "dot", rf"{_BEHIND_LETTER}(?P<n>\d{{1,3}})[.．、](?!\d)(?=\s*\S)"),
    (Sign.SECTION, "cn", rf"{_BEHIND_LETTER}(?P<n>[{CHINESE}]{{1,3}})、(?=[^\n。？！?!]{{0,40}}?\d{{1,3}}[.．、])"),
)
"""Right behind the letter of an answer, in one paragraph: 答案:B2、…"""
_ASKED = re.compile(rf"^[^\S\n]*[{BULLETS}]*Q\s*\d{{0,3}}\s*[.:：、]", re.MULTILINE)
_REPLIED = re.compile(rf"^[^\S\n]*[{BULLETS}]*A\s*\d{{0,3}}\s*[:：][*_]*", re.MULTILINE)
"""A: as an answer, in texts that have Q: too; elsewhere it is an option."""


def find(text: str, start: int = 0, *, dense: bool = False) -> list[Mark]:
    """All marks of `text` from `start` on, in order, none within another.

    `dense` also finds numbers between blanks and ranges (`1-5 BCADA`), as in a key of answers.
    """
    rules = [(Sign.SECTION, style, pattern) for style, pattern in SECTIONS.items()]
    rules += [(Sign.NUMBER, style, pattern) for style, pattern in NUMBERS.items()]
    rules += [(Sign.SECTION, "cn", _INLINE_SECTION), (Sign.NUMBER, "dot", _INLINE_NUMBER)]
    rules.append((Sign.NUMBER, "ordinal", _INLINE_ORDINAL))
    if text and max(map(len, text.splitlines()), default=0) >= _PARAGRAPH * len(text.strip()):
        rules += [*_GLUED, *((Sign.NUMBER, style, pattern) for style, pattern in _IN_PARAGRAPH.items())]
    if dense:
        keys = [(Sign.NUMBER, "range", RANGE), (Sign.NUMBER, "grid", GRID)]
        rules = [*keys, *rules, (Sign.NUMBER, "dot", _DENSE_NUMBER), (Sign.NUMBER, "bracket", _DENSE_BRACKET)]
        rules.append((Sign.SECTION, "cn", _DENSE_SECTION))
    found = [mark for sign, style, pattern in rules for mark in _scan(text, start, sign, style, pattern)]
    found += [_label(match) for match in LABEL.finditer(text, start)]
    if _ASKED.search(text):
        found += [Mark(m.start(), m.end(), Sign.LABEL, part=Part.ANSWER) for m in _REPLIED.finditer(text, start)]
    found += [
        Mark(m.start(), m.end(), Sign.LABEL, "furniture", part=Part.ASIDE) for m in FURNITURE.finditer(text, start)
    ]
    found += [_introduction(match) for match in INTRODUCTION.finditer(text, start)]
    found += [_answers(match) for match in ANSWERS_AHEAD.finditer(text, start) if match.end() > start]
    found += _glued(text, found)
    notes = [match.span() for match in NOTES.finditer(text, start)]
    found = [mark for mark in found if not any(low < mark.start < high for low, high in notes)] if notes else found
    return _look_ahead(_apart(found))


def _scan(text: str, start: int, sign: Sign, style: str, pattern: str) -> list[Mark]:
    marks = []
    for match in re.compile(pattern, re.MULTILINE | re.IGNORECASE).finditer(text, start):
        groups = match.groupdict()
        inline, printed = "lead" not in groups and style != "grid", next(filter(None, map(groups.get, "nmo")), "")
        tag = groups.get("tag") or groups.get("kind") or groups.get("plain") or ""
        given = match.span("given") if groups.get("given") else None
        at = match.start("n") if inline and style == "dot" else match.start()
        headed = "#" in (groups.get("lead") or "")
        marks.append(
            Mark(at, match.end(), sign, style, value(printed), printed, tag, given, inline=inline, headed=headed)
        )
    return marks


def _label(match: re.Match[str]) -> Mark:
    word = next(match[name] for name in ("weak", "boxed", "strong", "alone", "named", "glued") if match[name])
    ordinal = match["a"] or match["b"] or match["c"] or ""
    return Mark(match.start(), match.end(), Sign.LABEL, "", value(ordinal), ordinal or word, part=part_of(word))


def _answers(match: re.Match[str]) -> Mark:
    style = "sure" if match["sure"] else "grid" if match["grid"] is not None else ""
    if match["explained"]:
        return Mark(match.start(), match.end(), Sign.ANSWERS, "analyses", part=Part.ANALYSIS)
    if match["explaining"] or match["marking"]:
        return Mark(match.start(), match.end(), Sign.ANSWERS, part=Part.ANALYSIS)
    part = part_of("答案解析" if (match["word"] or "").endswith("答案解析") else "答案")
    return Mark(match.start(), match.end(), Sign.ANSWERS, style, part=part)


def _introduction(match: re.Match[str]) -> Mark:
    numbers = re.search(r"(\d{1,4})\D{1,3}(\d{1,4})\D*$", match.group())
    until = int(numbers[2]) if numbers else 0
    return Mark(match.start(), match.end(), Sign.LABEL, "introduction", part=Part.MATERIAL, until=until)


def _glued(text: str, marks: list[Mark]) -> list[Mark]:
    """First numbers that follow a heading in its line without a mark of their own: 一、自我认知1.为什么…"""
    pattern = re.compile(_GLUED_NUMBER)
    matches = (pattern.match(text, mark.end) for mark in marks if mark.sign is Sign.SECTION)
    return [Mark(match.start("n"), match.end(), Sign.NUMBER, "dot", 1, "1", inline=True) for match in matches if match]


_ORDER = {Sign.ANSWERS: 0, Sign.LABEL: 1, Sign.NUMBER: 2, Sign.SECTION: 3}


def _apart(marks: list[Mark]) -> list[Mark]:
    """In order; of marks that overlap the first, of those at one place the one of the stronger rule."""
    ranks = {style: rank for rank, style in enumerate(["range", "grid", *SECTIONS, *NUMBERS])}
    marks.sort(key=lambda mark: (mark.start, _ORDER[mark.sign], ranks.get(mark.style, 0)))
    kept: list[Mark] = []
    for mark in marks:
        if not kept or mark.start >= kept[-1].end or (mark.start > kept[-1].start and kept[-1].end == kept[-1].start):
            kept.append(mark)
    return kept


def _look_ahead(marks: list[Mark]) -> list[Mark]:
    answer = end = float("inf")
    following: dict[str, Mark] = {}
    for mark in reversed(marks):
        if mark.sign is Sign.LABEL and mark.part in {Part.ANSWER, Part.OUTLINE}:
            answer = mark.start
        elif mark.sign is Sign.ANSWERS:
            answer = mark.start if not mark.style else end
        else:
            key = mark.sign + mark.style
            later = following.get(key)
            mark.answered = answer < (later.start if later else end)
            mark.followed = later.number if later else 0
            following[key] = mark
    return marks
