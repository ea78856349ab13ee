"""Sentences of a draft. They name the term and ask for what shows it; a person sharpens them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evaluator.drafting.deducting import Fault
from evaluator.errors import Words
from evaluator.models import Deduction, QuestionKind

NAME_LENGTH = 20
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_DEEDS = frozenset({QuestionKind.BEHAVIOURAL, QuestionKind.SITUATIONAL})
_COMMON = """
管理 工作 问题 客户 公司 企业 员工 团队 处理 沟通 解决 分析 情况 方法 方式 重要 需要 改进 服务 计划 目标 学习 经验 能力
"""
_SAYS_TOO_LITTLE = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a drafted key point says."""

    name: str
    hit: str
    partial: str
    follow_up: str
    accept: tuple[str, ...]


def sentences(term: str, question: str, kind: QuestionKind, under: str = "") -> Sentences:
    """Behavioural and situational questions ask for deeds, the others for the content itself.

    `under` is the heading that the term stands under: the same term under two headings is two requirements.
    """
    phrases = accepted(term)
    term = f"{under}：{term}" if under else term
    hit, partial, follow_up = (
        words.text(language(question + term)) for words in (_deed(term) if kind in _DEEDS else _content(term))
    )
    return Sentences(name(term), hit, partial, follow_up, phrases)


def language(text: str) -> str:
    """`zh` where a Chinese character stands in the text, else `en`."""
    return "zh" if _CHINESE.search(text) else "en"


def name(term: str) -> str:
    """The term on one line, cut short for lists."""
    line = " ".join(term.split())
    room = NAME_LENGTH if _CHINESE.search(line) else 3 * NAME_LENGTH
    return line if len(line) <= room else f"{line[: room - 1].rstrip()}…"


def accepted(term: str) -> tuple[str, ...]:
    """The term as a phrase for the keyword judge, unless it stands in any answer."""
    line = " ".join(term.split())
    return (line,) if len(line) > 1 and line not in _SAYS_TOO_LITTLE else ()


def deductions(faults: tuple[Fault, ...], total: float, question: str) -> tuple[Deduction, ...]:
    """A deduction a fault; one that leaves nothing takes all the points of the question."""
    return tuple(
        Deduction(
            id=f"d{number}",
            name=name(fault.name),
            points=total if fault.points is None else fault.points,
            when=_fault(fault.name).text(language(question + fault.name)),
            accept=fault.quotes,
        )
        for number, fault in enumerate(faults, 1)
    )


def _fault(name_of_it: str) -> Words:
    return Words(f"答案里写了这样的话或做法：{name_of_it}。", f"The answer does this: {name_of_it}.")


def _deed(term: str) -> tuple[Words, Words, Words]:
    return (
        Words(f"写出“{term}”的具体做法。", f"Gives a concrete action or fact that shows “{term}”."),
        Words(f"只提到“{name(term)}”，没有具体做法。", f"Only mentions “{name(term)}”, with no action or fact."),
        Words(f"关于“{term}”，请举一个具体的例子。", f"Could you give an example of “{term}”?"),
    )


def _content(term: str) -> tuple[Words, Words, Words]:
    return (
        Words(f"答出“{term}”，意思相同即可。", f"States “{term}”, in whatever words."),
        Words(f"只答出“{name(term)}”的一部分。", f"States only a part of “{name(term)}”."),
        Words(f"关于“{term}”，你还能说些什么？", f"What else can you say about “{term}”?"),
    )
