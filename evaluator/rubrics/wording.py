"""Whether two readers would judge by a sentence alike: bare adjectives, and two requirements in one."""

from __future__ import annotations

import re

from evaluator.text import normalise

_VAGUE = re.compile(
    r"(?:比较|较为|较|更|很|非常|十分|足够|一定的?)?"
    r"(?:良好|优秀|出色|较好|较强|较高|合理|清晰|清楚|完整|适当|恰当|得当|妥当|妥善|到位|充分|深刻|深入|全面|准确|正确|"
    r"有效|流畅|通顺|严谨|规范|得体|有力|有条理|条理性?|逻辑性?强?|说服力强?|有说服力|言之有理|言之成理|自圆其说|酌情|"
    r"态度端正|态度积极|积极性|重点突出|层次分明|有深度|有见解|有新意|符合要求|符合题意|意思对|意思相近|差不多|(?:[得果现]|[很较更])[强佳好]|[强佳好](?=[，。；,.;]|$))"
    r"(?:地|的|性|化)?",
)
_VAGUE_EN = re.compile(
    r"\b(?:good|well|clear(?:ly)?|appropriate(?:ly)?|reasonabl[ey]|adequate(?:ly)?|proper(?:ly)?|relevant|logical(?:ly)?|"
    r"complete(?:ly)?|thorough(?:ly)?|strong(?:ly)?|sufficient(?:ly)?|effective(?:ly)?|correct(?:ly)?|accurate(?:ly)?|"
    r"solid|decent|sound|convincing(?:ly)?|coherent(?:ly)?|comprehensive(?:ly)?|excellent|satisfactory|meaningful)\b",
    re.IGNORECASE,
)
# What says that there is an answer, not what must stand in it.
_EMPTY = re.compile(
    r"考生|应聘者|候选人|答案|回答|作答|答题|内容|要点|观点|问题|题目|题意|方面|思路|表述|表达|阐述|论述|说明|分析|描述|"
    r"理解|认识|看法|能够?|可以|应当?|需要?|必须|具有|具备|体现|展现|展示|反映|做到|给分|得分|即可|基本|整体|总体|自己|"
    r"本人|进行|相关|相应|存在|建议|有所?|对于?|地|的|得|了|并且?|而且|以及|以|及|且|和|与|是|在|其|该|这|"
    r"\b(?:the|an?|is|are|and|or|of|to|in|it|its|that|this|has|have|be|very|quite|answer|candidate|response|content|"
    r"shows?|gives?|explains?|explained|describes?|states?|understanding|explanation|points?|question|with|for)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"[“”\"「『《‘(（\d]|如|例如|比如|包括|之一|至少|任一|其中|为例|\b(?:e\.g\.|such as|at least|one of)"
)
_NAMING = re.compile(
    r"说出|说到|讲出|讲到|讲明|指出|点出|点明|提出|提到|提及|写出|写明|写到|列出|举出|给出|答出|道出|谈到|"
    r"\b(?:names?|says?|mentions?|lists?|gives an example)\b",
    re.IGNORECASE,
)
_ENOUGH = 12
_ENOUGH_BEHIND_NAMING = 6
_ENOUGH_ON_EACH_SIDE = 3

_JOINS = re.compile(
    r"[，,；;。]\s*(?:并(?![不非未没行列发购])|且|还要?|又要?|也要?)|并且|而且|同时(?![间刻段])|以及|此外|另外|"
    r"(?<=[^合一归兼吞])并(?=说|指|提|写|列|举|给|讲|点|解释|能|有|要)|"
    r"\bas well as\b|\bin addition\b|\band also\b|"
    r"\band\s+(?=(?:says?|states?|names?|gives?|explains?|mentions?|describes?|lists?|shows?|points?)\b)",
    re.IGNORECASE,
)
_BOTH = re.compile(r"既.{2,30}[又也]|不仅.{2,30}[还也而]|不但.{2,30}[还也而]|\bboth\b.{3,60}\band\b", re.IGNORECASE)
_EITHER = re.compile(r"任[一意何选]|之一|其[一中]|至少|或|\b(?:or|any|either|one of|at least)\b", re.IGNORECASE)
_HALF = re.compile(r"只|仅|其中一|之一|缺|没|未|不|\b(?:only|one of|without|not|no|but)\b", re.IGNORECASE)


def vague_words(sentence: str, name: str = "") -> tuple[str, ...]:
    """The words that everybody measures differently, where the sentence names nothing that could be checked instead.

    What is said in `name`, the key point's own, does not count as named.
    """
    sentence = sentence.replace(name, " ") if name else sentence
    words = tuple(match[0] for pattern in (_VAGUE, _VAGUE_EN) for match in pattern.finditer(sentence))
    rest = _VAGUE_EN.sub(" ", _VAGUE.sub(" ", sentence))
    if not words or _EXAMPLE.search(rest) or _lists(rest):
        return ()
    enough = _ENOUGH_BEHIND_NAMING if _NAMING.search(rest) else _ENOUGH
    return words if _content(_NAMING.sub(" ", rest)) < enough else ()


def two_requirements(sentence: str) -> str:
    """The words that join two requirements, each of which could be met alone; empty where there is one, or a choice."""
    if _EITHER.search(sentence):
        return ""
    if both := _BOTH.search(sentence):
        return both[0]
    for join in _JOINS.finditer(sentence):
        before, behind = sentence[: join.start()], sentence[join.end() :]
        if min(_content(before), _content(behind)) >= _ENOUGH_ON_EACH_SIDE:
            return join[0].strip("，,；;。 ")
    return ""


def tells_half(partial: str) -> bool:
    """Whether a `partial` sentence says which part of two earns it."""
    return bool(_HALF.search(partial))


def core(sentence: str) -> str:
    """The sentence without the words that every `hit` has, for comparing two of them."""
    return _EMPTY.sub("", _NAMING.sub("", sentence))


def _lists(text: str) -> bool:
    """Whether things are enumerated: two or more pieces with content around 、."""
    return sum(_content(piece) >= 2 for piece in re.split(r"[、/]", text)) >= 2 if re.search("[、/]", text) else False


def _content(text: str) -> int:
    """Characters that say something; a word of letters counts as four."""
    folded = _EMPTY.sub(" ", text)
    words = re.findall(r"[A-Za-z]+", folded)
    return 4 * len(words) + len(normalise(re.sub(r"[A-Za-z]+", "", folded)).text)
