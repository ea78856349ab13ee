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

COVERED = 1 / 3
"""Share of a key point's own terms, 0..1, from which a sentence with them counts as being about it."""
_SLIGHT = 1 / 12
"""Share of a neighbour's terms from which they count at all."""
DRAWN = 0.4
"""Share of a sentence's terms that stand in the answer or the 解析, 0..1, from which it counts as drawn from there."""

STEERS = Words("像是写给阅卷人的要求或特殊标记", "reads like an order to the examiner, or like markup")
PERSONAL = Words("含人名或联系方式", "holds a person's name or contact")
NUMBER = Words("有试卷里没有的数字", "has a number that the paper does not have")
NAME = Words("有试卷里没有的名称或缩写", "has a name or abbreviation that the paper does not have")
QUOTED = Words("引用了试卷里没有的词", "quotes words that the paper does not have")
ASTRAY = Words("与这个得分点和参考答案都对不上", "shares nothing with the key point or the reference")
NEIGHBOUR = Words("说的是别的得分点", "is about another key point")

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z0-9+#]*|\d+(?:\.\d+)?")
_STEM = 6
"""Letters of a word that tell it from others, so that plans and planning are one."""
_UNITS = "个件次天周月年种条点项步人元万倍成名位遍轮份类款家层级岁题句段秒分小时"
_DIGITS = re.compile(r"(\d+(?:\.\d+)?)\s*([%％a-zA-Z\u3400-\u9fff]?)")
_CHINESE = re.compile(rf"([一二两三四五六七八九十]{{1,3}})([{_UNITS}])")
_ITEM = re.compile(r"[（(]\s*\d{1,2}\s*[)）]|^\s*\d{1,2}\s*[.．、)）](?!\d)", re.MULTILINE)
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
    return frozenset(_terms(normalise(core(text), keep_spaces=True, keep_punctuation=True).text))


def _terms(folded: str) -> Iterator[str]:
    for run in _RUNS.findall(folded):
        if run[0] < "\u3400":
            yield run[:_STEM]
        else:
            yield from (run[place : place + 2] for place in range(len(run) - 1))


class Ground:
    """What the paper says of one question, and of each of its key points."""

    def __init__(self, rubric: Rubric, question: Question) -> None:
        self.stem = without_orders(f"{question.material}\n{question.stem}")
        self.answer = without_orders(f"{question.reference}\n{question.analysis}")
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
        if own >= COVERED or _covered(said, self._of_answer) >= DRAWN:
            return None
        return ASTRAY

    def touches(self, phrase: str, *, index: int, also: str = "") -> bool:
        """Whether a phrase shares a term with its key point, the answer or `also`."""
        return bool(terms(phrase) & (self._of[index] | self._of_answer | terms(also)))

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
