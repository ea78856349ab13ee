"""Reasons that code gives, where a judge works by rule or by probability and writes no words of its own."""

from __future__ import annotations

from evaluator.errors import Words
from evaluator.judging.protocol import Requirement
from evaluator.models import Level, Probabilities

NO_KEYWORD = Words("没有找到相关的词语", "no related words found")
UNREADABLE_CHOICE = Words("看不出选了哪个选项", "the option chosen cannot be read")
UNREADABLE_TRUTH = Words("看不出判断的是对还是错", "neither true nor false can be read")


def by_probability(item: Requirement, level: Level, shares: Probabilities | None) -> Words:
    """Which sentence of the rubric was met, and how likely the model holds each level."""
    standard = item.partial if level is Level.PARTIAL and item.partial else item.hit
    lead = {
        Level.HIT: Words("达到要求", "meets"),
        Level.PARTIAL: Words("只达到部分要求", "meets in part"),
        Level.MISSED: Words("没有看到", "not found"),
    }[level]
    odds = Words("", "")
    if shares is not None:
        numbers = (shares.hit, shares.partial, shares.missed)
        odds = Words(
            "（模型估计：命中 {:.0%}，部分 {:.0%}，未命中 {:.0%}）".format(*numbers),
            " (model estimate: hit {:.0%}, partial {:.0%}, missed {:.0%})".format(*numbers),
        )
    return Words(f"{lead.zh}：{standard}{odds.zh}", f"{lead.en}: {standard}{odds.en}")


def by_keyword(phrase: str) -> Words:
    """Which phrase of the rubric the answer came near."""
    return Words(f"出现了与“{phrase}”相近的词语", f"words near “{phrase}” occur")


def by_choice(picked: str, right: str) -> Words:
    """What was ticked, and what is right where it differs."""
    zh, en = f"作答：{picked or '（空）'}", f"answered {picked or '(blank)'}"
    return Words(f"{zh}；正确答案：{right}", f"{en}; right is {right}") if right else Words(zh, en)


def blanks_expected(wanted: int, found: int) -> Words:
    """Why blanks could not be told apart."""
    return Words(f"要填 {wanted} 空，读到 {found} 个答案", f"{wanted} blanks expected, {found} answers read")
