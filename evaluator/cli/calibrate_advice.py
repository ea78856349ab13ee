"""What to change, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluator.calibration.advice_model import FINDINGS
from evaluator.errors import Words
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.report.text import plain

if TYPE_CHECKING:
    from evaluator.calibration.advice_model import Advice, Disagreement, Phrase, PointAdvice, QuestionAdvice, Together

_POINTS, _ANSWERS, _QUESTIONS, _PAIRS = 5, 3, 3, 5
_LONGEST = 160


def advice_text(made: Advice, lang: str) -> str:
    """The worst key points with what could be done, then the worst answers with both views."""
    lines = [Words("改什么", "What to change").text(lang)]
    worst = [one for one in made.key_points if one.findings or one.at_least > 0][:_POINTS]
    for point in worst:
        lines += _point(point, lang)
    lines += [line for one in made.questions[:_QUESTIONS] for line in _question(one, lang)]
    lines += [_together(pair).text(lang) for pair in made.together[:_PAIRS]]
    if made.disagreements:
        lines.append(Words("分歧最大的答案", "Answers seen most differently").text(lang))
        lines += [line for one in made.disagreements[:_ANSWERS] for line in _answer(one, lang)]
    if len(lines) == 1:
        lines.append(Words("没有发现要改的", "nothing found").text(lang))
    return "\n".join(lines) + "\n"


def _together(pair: Together) -> Words:
    zh, en = ("人评", "people") if pair.of == "people" else ("评分器", "judge")
    names = plain(f"{pair.first}, {pair.second}")
    return Words(
        f"{pair.rubric}：{names} 总是同进退（{zh}，{pair.n} 份，φ {pair.phi:.2f}），也许是一个要求",
        f"{pair.rubric}: {names} go together ({en}, n {pair.n}, φ {pair.phi:.2f}): one thing said twice?",
    )


def _point(one: PointAdvice, lang: str) -> Iterator[str]:
    head = f"■ {one.rubric} / {one.key_point} {plain(one.name)}"
    if one.differ is not None:
        told = Words(
            f"{one.n} 份里 {one.differ:.0%} 不同：偏严 {one.too_strict}，偏宽 {one.too_kind}",
            f"{one.differ:.0%} of {one.n} differ: too strict {one.too_strict}, too kind {one.too_kind}",
        )
        head = f"{head} — {told.text(lang)}"
    yield head
    yield f"  {Words('现在', 'now').text(lang)}: {_short(one.hit)}"
    for code in one.findings:
        yield f"  · {FINDINGS[code].text(lang)}"
    yield from _phrases(one.accept, one.reject, lang)


def _question(one: QuestionAdvice, lang: str) -> Iterator[str]:
    if not (one.accept or one.reject or one.findings):
        return
    yield f"■ {one.rubric} {plain(one.title)}"
    for code in one.findings:
        yield f"  · {FINDINGS[code].text(lang)}"
    yield from _phrases(one.accept, one.reject, lang)


def _phrases(accept: tuple[Phrase, ...], reject: tuple[Phrase, ...], lang: str) -> Iterator[str]:
    for phrases, words in (
        (accept, Words("人认可而评分器没认，可考虑加入 accept", "people accepted, the judge did not; for `accept`?")),
        (reject, Words("评分器认可而人没认，可考虑加入 reject", "the judge accepted, people did not; for `reject`?")),
    ):
        if phrases:
            counts = [(plain(one.text), one.answers, one.of, one.elsewhere, one.others) for one in phrases]
            said = " | ".join(f"{text} ({a}/{of}, {b}/{others})" for text, a, of, b, others in counts)
            yield f"  {words.text(lang)}: {said}"


def _answer(one: Disagreement, lang: str) -> Iterator[str]:
    people, judge = Words("人", "people").text(lang), Words("评分器", "judge").text(lang)
    yield f"□ {plain(f'{one.rubric} {one.candidate} {one.place}')} — {people} {one.people:.0%}, {judge} {one.judge:.0%}"
    yield f"  {_short(one.answer)}"
    for view in one.differing:
        if view.people is None or view.judge is None:
            continue
        seen = f"{people} {SYMBOLS[view.people]} {LEVELS[view.people].text(lang)}"
        said = f"{judge} {SYMBOLS[view.judge]} {LEVELS[view.judge].text(lang)}"
        proof = "".join(f" “{_short(text)}”" for text in view.evidence[:1])
        yield f"  {plain(view.name)}: {seen}, {said} {_short(view.reason)}{proof}".rstrip()


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
