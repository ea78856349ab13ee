"""Whether a text that a model proposed rests on the paper: its numbers, names and terms, and what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from evaluator.drafting.enumerating import number
from evaluator.drafting.wording import language
from evaluator.errors import Words
from evaluator.injection import find, neutralise
from evaluator.masking import mask
from evaluator.models import KeyPoint, Rubric
from evaluator.models.paper import Question
from evaluator.rubrics.wording import core
from evaluator.text import normalise

COVERED, RESTS, DRAWN, PHRASE_RESTS = 0.2, 0.1, 0.3, 0.2
"""From which shares, 0..1, a text counts as being about its key point.

A sentence must have `COVERED` of the terms of the key point and find `RESTS` of its own terms there, in the answer or
in the 解析, or find `DRAWN` there; a phrase must find `PHRASE_RESTS`. Measured on the 85 key points of the shipped
rubrics that rules draft alike, against sentences of other questions, on which they were also chosen: .61 of the fitting
`hit` sentences pass and .04 of the others; `partial` .53 and .04, `follow_up` .25 and .04, phrases .49 and .18.
Those rubrics restate the paper on purpose; a model that was shown it keeps nearer to it.
"""
_SLIGHT = 1 / 12
"""Share of a neighbour's terms from which they count at all."""

STEERS = Words("像是写给阅卷人的要求或特殊标记", "reads like an order to the examiner, or like markup")
PERSONAL = Words("含人名或联系方式", "holds a person's name or contact")
NUMBER = Words("有试卷里没有的数字", "has a number that the paper does not have")
NAME = Words("有试卷里没有的名称或缩写", "has a name or abbreviation that the paper does not have")
QUOTED = Words("引用了试卷里没有的词", "quotes words that the paper does not have")
ASTRAY = Words("与这个得分点和参考答案都对不上", "shares nothing with the key point or the reference")
NEIGHBOUR = Words("说的是别的得分点", "is about another key point")

_FRAME = re.compile(
    r"只|仅|没有?|未|写|说|提到?|什么|怎么样?|怎样|如何|哪些?|具体|做法|例子|动作|[比例]?如|你|他|"
    r"\b(?:only|such|as|by|on|at|from|without|not|how|what|when|who|must|would|should|could|you|your|them|says?|names?)\b",
    re.IGNORECASE,
)
"""What the sentences of any rubric are framed with."""
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z0-9+#]*|\d+(?:\.\d+)?")
_STEM = 5
"""Letters of a word that tell it from others, so that plans and planning are one."""
_SUFFIX = re.compile(r"(?:ing|ed|es|s)$")
_UNITS = "个件次天周月年种条点项步人元万倍成名位遍轮份类款家层级岁题句段秒分小时"
_DIGITS = re.compile(r"(\d+(?:\.\d+)?)\s*([%％a-zA-Z\u3400-\u9fff]?)")
_CHINESE = re.compile(rf"([一二两三四五六七八九十]{{1,3}})([{_UNITS}])")
_ITEM = re.compile(r"[（(]\s*\d{1,2}\s*[)）]|^\s*\d{1,2}\s*[.．、)）](?!\d)", re.MULTILINE)
_SENTENCE = re.compile(r"[。！!？?；;\n]")
_QUOTE = re.compile(r"[“「『《‘\"]([^“”「」『』《》‘’\"]{1,60})[”」』》’\"]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#]+")
_PROPER = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z0-9+#]+|\b[A-Z]{2,}\b")
_PERSON = re.compile(
    r"(?:[小老阿][王李张刘陈杨赵黄周吴徐孙]|[王李张刘陈杨赵黄周吴徐孙](?:先生|女士|小姐|经理|老师|主任))"
)


def without_orders(text: str) -> str:
    """The text without what in it speaks to whoever reads it by machine: nothing of that is what the paper says."""
    for order in reversed(find(text)):
        text = f"{text[: order.start]}…{text[order.end :]}"
    return text


def terms(text: str) -> frozenset[str]:
    """What a text is about: pairs of Chinese characters and beginnings of words, without the words of any rubric."""
    said = core(_FRAME.sub(" ", text))
    return frozenset(_terms(normalise(said, keep_spaces=True, keep_punctuation=True).text))


def _terms(folded: str) -> Iterator[str]:
    for run in _RUNS.findall(folded):
        if run[0] < "\u3400":
            yield _SUFFIX.sub("", run)[:_STEM] if len(run) > 4 else run
        else:
            yield from (run[place : place + 2] for place in range(len(run) - 1))


class Ground:
    """What the paper says of one question, and of each of its key points."""

    def __init__(self, rubric: Rubric, question: Question) -> None:
        self.stem = without_orders(f"{question.material}\n{question.stem}")
        self.reference = without_orders(question.reference)
        self.answer = f"{self.reference}\n{without_orders(question.analysis)}"
        self.words = tuple(words_of(point) for point in rubric.key_points)
        self.options = "\n".join(option.text for option in question.options)
        self.text = "\n".join((self.stem, self.answer, self.options, *self.words))

    def foreign(self, text: str) -> Words | None:
        """Why the text cannot come from this paper, or must not stand in a rubric; None where nothing speaks so."""
        if neutralise(text) != text or find(text):
            return STEERS
        people = (found[0] not in self.text for found in _PERSON.finditer(text))
        if mask(text) != text or any(people):
            return PERSONAL
        if not self._numbers_known(text):
            return NUMBER
        if any(self._folded.find(normalise(found[1]).text) < 0 for found in _QUOTE.finditer(text)):
            return QUOTED
        proper = _LATIN if language(text) == "zh" else _PROPER
        known = self.text.casefold()
        return NAME if any(found[0].casefold() not in known for found in proper.finditer(text)) else None

    def astray(self, text: str, index: int) -> Words | None:
        """Why the text is not about key point `index`; None where it is."""
        said = terms(text)
        own = _covered(self._of[index], said)
        for other, theirs in enumerate(self._of):
            if other != index and _covered(theirs - self._of[index], said) >= max(own, _SLIGHT):
                return NEIGHBOUR
        rests = _covered(said, self._of_answer | self._of[index])
        return None if rests >= DRAWN or (own >= COVERED and rests >= RESTS) else ASTRAY

    def rests(self, phrase: str, *, index: int, also: str = "") -> bool:
        """Whether enough of a phrase stands in its key point, the answer or `also`."""
        return _covered(terms(phrase), self._of[index] | self._of_answer | terms(also)) >= PHRASE_RESTS

    def about(self, text: str) -> int | None:
        """The key point that a text shares most terms with; None where none does, or two do alike."""
        said = terms(text)
        shares = [_covered(words, said) for words in self._of]
        best = max(shares, default=0.0)
        return shares.index(best) if best > 0 and shares.count(best) == 1 else None

    def nearest(self, index: int) -> str:
        """The sentence of the reference answer that shares most terms with a key point; empty where none does."""
        found, best = "", 0
        for sentence in _SENTENCE.split(_ITEM.sub(" ", self.reference)):
            shared = len(terms(sentence) & self._of[index])
            if shared > best and normalise(sentence).text not in normalise(self.words[index]).text:
                found, best = sentence.strip(), shared
        return found

    def _numbers_known(self, text: str) -> bool:
        known = set(_numbers(self._text_without_items))
        values = {value for value, _ in known}
        return all((value, unit) in known or (not unit and value in values) for value, unit in _numbers(text))

    @cached_property
    def _text_without_items(self) -> str:
        """A (2) before an item is no 2 that the paper speaks of."""
        return _ITEM.sub(" ", self.text)

    @cached_property
    def _folded(self) -> str:
        return normalise(self.text).text

    @cached_property
    def _of(self) -> tuple[frozenset[str], ...]:
        return tuple(terms(words) for words in self.words)

    @cached_property
    def _of_answer(self) -> frozenset[str]:
        return terms(self.answer)


def words_of(point: KeyPoint) -> str:
    """The words of the paper that name a key point."""
    return point.source.words if point.source else point.name


def _covered(wanted: frozenset[str], said: frozenset[str]) -> float:
    return len(wanted & said) / len(wanted) if wanted else 0.0


def _numbers(text: str) -> Iterator[tuple[float, str]]:
    """(value, first character of the unit); 一件 and 一个 are no numbers."""
    for found in _DIGITS.finditer(text):
        yield float(found[1]), found[2].casefold()
    for found in _CHINESE.finditer(text):
        value = number(found[1].replace("两", "二"))
        if value > 1:
            yield float(value), found[2]
