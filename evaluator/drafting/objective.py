"""Rubrics of objective questions: what code needs to score them."""

from __future__ import annotations

import re
from decimal import Decimal

from evaluator.drafting import wording
from evaluator.drafting.sharing import even
from evaluator.errors import Words
from evaluator.models import ChoiceRule, KeyPoint, QuestionKind
from evaluator.models.paper import Question

_TRUE = frozenset(("true", "t", "√", "✓", "✔", "对", "正确", "是"))
_FALSE = frozenset(("false", "f", "×", "✗", "✘", "x", "错", "错误", "否", "不正确"))
_FEWER = re.compile(
    r"(?:少选|漏选|选对但不全|部分选对|选不全)[^。；;，,\n]{0,8}?得\s*(\d+(?:\.\d+)?)\s*分|(?:少选|漏选)[^。；;\n]{0,8}?得(一半|部分)"
)
_ALTERNATIVES = re.compile(r"\s*(?:或者?|[/／](?=[^\da-zA-Z]))\s*")


class CannotBeScored(Exception):
    """What the paper does not give; `words` says it to a person."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def key_points(question: Question, worth: float) -> tuple[KeyPoint, ...]:
    """One key point for the right answer, or one a blank. Raises CannotBeScored where there is none."""
    if question.kind is QuestionKind.FILL_BLANK:
        blanks = [blank.strip() for blank in question.correct if blank.strip()]
        if not blanks:
            raise CannotBeScored(Words("没有答案", "no answer"))
        return tuple(
            KeyPoint(id=f"kp{index}", name=wording.name(blank), points=points, accept=_alternatives(blank))
            for index, (blank, points) in enumerate(zip(blanks, even(worth, len(blanks)), strict=True), 1)
        )
    right = correct(question)
    texts = [option.text for option in question.options if option.label in right] or [_truth(right[0], question.stem)]
    name = wording.name(texts[0]) if len(texts) == 1 else " ".join(right)
    return (KeyPoint(id="kp1", name=name, points=worth),)


def correct(question: Question) -> tuple[str, ...]:
    """As a rubric writes it: labels in their order, or `true` or `false`. Raises CannotBeScored."""
    given = tuple(answer.strip() for answer in question.correct if answer.strip())
    if not given:
        raise CannotBeScored(Words("没有答案", "no answer"))
    if question.kind is QuestionKind.TRUE_FALSE:
        word = given[0].casefold()
        if word not in _TRUE | _FALSE:
            raise CannotBeScored(Words(f"答案 {given[0]!r} 不是对或错", f"{given[0]!r} is neither true nor false"))
        return ("true" if word in _TRUE else "false",)
    labels = [option.label for option in question.options]
    if len(labels) < 2 or len(set(labels)) != len(labels):
        raise CannotBeScored(Words("选项不足两个或标号重复", "fewer than two options, or a label twice"))
    if unknown := [label for label in given if label not in labels]:
        raise CannotBeScored(Words(f"没有选项 {unknown[0]}", f"there is no option {unknown[0]}"))
    if question.kind is QuestionKind.SINGLE_CHOICE and len(set(given)) > 1:
        raise CannotBeScored(Words("单选题有几个答案", "several answers to a single choice"))
    return tuple(label for label in labels if label in given)


def choice_rule(question: Question, heading: str, total: float) -> tuple[ChoiceRule, float]:
    """How a multiple choice that is not fully right is scored, and the share that it earns; nothing unless told."""
    if question.kind is not QuestionKind.MULTIPLE_CHOICE:
        return ChoiceRule.EXACT, 0.5
    told = _FEWER.search(f"{heading}\n{question.stem}\n{question.analysis}")
    if not told:
        return ChoiceRule.EXACT, 0.5
    share = float(Decimal(told[1]) / Decimal(str(total))) if told[1] else 0.5
    return ChoiceRule.SUBSET_HALF, share if share < 1 else 0.5


def _alternatives(blank: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _ALTERNATIVES.split(blank) if part))


def _truth(value: str, stem: str) -> str:
    words = Words("正确", "true") if value == "true" else Words("错误", "false")
    return words.text(wording.language(stem))
