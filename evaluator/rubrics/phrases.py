"""Lint of `accept` and `reject`: phrases that cannot show their key point, or show another one too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.errors import Words
from evaluator.models import KeyPoint, Place, Rubric
from evaluator.rubrics.finding import Finding, Severity
from evaluator.text import normalise

# Words that stand in nearly every answer to a question about work.
_COMMON_TEXT = """
管理 工作 问题 客户 公司 企业 员工 团队 处理 沟通 解决 分析 情况 方法 方式 重要 需要 进行 提高 提升 改进 服务
计划 目标 学习 经验 能力 业务 部门 领导 同事 首先 其次 最后 因为 所以
work problem team manager company people customer good important need plan goal help improve service skill time
"""
_COMMON = frozenset(_COMMON_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Phrase:
    owner: int
    place: Place
    text: str
    folded: str


def phrase_findings(rubric: Rubric) -> Iterator[Finding]:
    """Findings about the phrases of every key point."""
    phrases = [phrase for index, point in enumerate(rubric.key_points) for phrase in _accepted(index, point)]
    for index, point in enumerate(rubric.key_points):
        yield from _rejected_too(index, point)
    if rubric.kind.objective:
        return  # the answer to a blank may be a single character, and two blanks may share it
    for phrase in phrases:
        yield from _too_short(phrase)
        yield from _neighbours(phrase, phrases, rubric)


def _accepted(index: int, point: KeyPoint) -> Iterator[_Phrase]:
    for number, text in enumerate(point.accept):
        yield _Phrase(index, ("key_points", index, "accept", number), text, normalise(text).text)


def _rejected_too(index: int, point: KeyPoint) -> Iterator[Finding]:
    rejected = {normalise(text).text: text for text in point.reject}
    for phrase in _accepted(index, point):
        inside = next((text for folded, text in rejected.items() if folded and folded in phrase.folded), None)
        if inside is not None:
            yield Finding(
                "accept-in-reject",
                Severity.ERROR,
                phrase.place,
                Words(
                    f"“{phrase.text}”既在 accept 里，又被 reject 的“{inside}”排除，永远不会命中",
                    f"{phrase.text!r} is accepted, and ruled out by {inside!r} in `reject`: it never counts",
                ),
                Words("删去其中一个，或把 reject 写得更长", "remove one of them, or make the rejected phrase longer"),
            )


def _too_short(phrase: _Phrase) -> Iterator[Finding]:
    short = len(phrase.folded) < (3 if phrase.folded.isascii() else 2)
    if short or phrase.folded in _COMMON:
        yield Finding(
            "accept-too-short",
            Severity.WARNING,
            phrase.place,
            Words(
                f"“{phrase.text}”{'太短' if short else '太常见'}，无关的答案里也会出现",
                f"{phrase.text!r} is too {'short' if short else 'common'}: it stands in unrelated answers too",
            ),
            Words("换成只有答到这一点才会说的词组", "take a phrase that only an answer to this point uses"),
        )


def _neighbours(phrase: _Phrase, phrases: list[_Phrase], rubric: Rubric) -> Iterator[Finding]:
    """One finding a phrase and neighbour: where an answer that shows the neighbour would show this point too."""
    if len(phrase.folded) < 2:
        return
    for index, point in enumerate(rubric.key_points):
        if index == phrase.owner:
            continue
        theirs = [other for other in phrases if other.owner == index and _shown_by(phrase, other)]
        in_hit = phrase.folded in normalise(point.hit).text
        if not theirs and not in_hit:
            continue
        where = (f"accept“{theirs[0].text}”", f"`accept` {theirs[0].text!r}") if theirs else ("hit", "`hit`")
        yield Finding(
            "accept-matches-neighbour",
            Severity.WARNING,
            phrase.place,
            Words(
                f"“{phrase.text}”也出现在得分点“{point.name}”的 {where[0]} 里，一句话会得两次分",
                f"{phrase.text!r} stands in the {where[1]} of {point.name!r} too: one sentence earns both",
            ),
            Words("换成只属于这一个得分点的说法", "take a phrase that belongs to this key point only"),
        )


def _shown_by(phrase: _Phrase, other: _Phrase) -> bool:
    """Whether an answer with `other` in it has `phrase` in it; of two equal ones the later is reported."""
    if phrase.folded == other.folded:
        return phrase.owner > other.owner
    return phrase.folded in other.folded
