"""What to change in the rubrics, ready to be shown: the key points to mend first, and what is the matter with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.calibration.advice_model import FINDINGS, Advice, Code, Phrase, PointAdvice, QuestionAdvice, Together
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Picture
from evaluator.report.calibration.leaning import Leaning, leanings
from evaluator.report.calibration.numerals import DASH, figure, percent, signed
from evaluator.report.calibration.words import say

MOST_POINTS, MOST_ROWS = 12, 40
_FEWEST = 3
"""Answers from which a share of them is worth a bar."""
_FEW = 5
_OPEN = 3
"""Cards that stand open; the others are opened by whoever wants them."""
_SAME_FOR_ALL: tuple[Code, ...] = ("nobody_people", "everybody_people", "nobody_judge", "everybody_judge")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Words of some answers and hardly any others: what they are good for, and each with its counts."""

    lead: str
    phrases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One key point, or one question as a whole, with what was found."""

    name: str
    where: str
    differs: str
    wording: str
    findings: tuple[str, ...]
    phrases: tuple[Phrases, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A small table: caption, what it means, heads, rows."""

    key: str
    caption: str
    lead: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], tuple[str, ...]], ...]
    """Name and where it stands, then cells."""


@dataclass(frozen=True, slots=True)
class Advised:
    """The section of the page; empty lists where nothing was found."""

    picture: Picture | None
    points: tuple[Card, ...]
    questions: tuple[Card, ...]
    lists: tuple[Listed, ...]
    few: bool
    """Whether even the key points with most answers have hardly any: single answers, no rule."""


def advised(made: Advice, lang: str) -> Advised:
    """Worst first, as the advice is; the page shows the first `MOST_POINTS` key points in full."""
    worst = [one for one in made.key_points if one.findings or one.at_least > 0]
    apart = [_leaning(one) for one in worst if one.n >= _FEWEST and (one.too_strict or one.too_kind)]
    questions = [one for one in made.questions if one.findings or one.accept or one.reject]
    lists = (_same_for_all(made, lang), _raters(made, lang), _together(made, lang))
    return Advised(
        leanings(apart, lang) if apart else None,
        tuple(_point(one, at, lang) for at, one in enumerate(worst[:MOST_POINTS])),
        tuple(_question(one, lang) for one in questions[:MOST_POINTS]),
        tuple(one for one in lists if one.rows),
        few=0 < max((one.n for one in made.key_points), default=0) < _FEW,
    )


def _leaning(one: PointAdvice) -> Leaning:
    return Leaning(f"{one.name} · {one.rubric}", one.n, one.too_strict / one.n, one.too_kind / one.n)


def _point(one: PointAdvice, at: int, lang: str) -> Card:
    differs = Words("", "")
    if one.differ is not None:
        differs = Words(
            f"{one.n} 份里 {percent(one.differ)} 不同：偏严 {one.too_strict}，偏宽 {one.too_kind}",
            f"{percent(one.differ)} of {one.n} differ: too strict {one.too_strict}, too kind {one.too_kind}",
        )
    elif one.with_score is not None:
        value = figure("kappa", one.with_score)
        differs = Words(
            f"{one.judged} 份，判定与人给的总分相关 {value}",
            f"{one.judged} answers, correlation with people's totals {value}",
        )
    codes = tuple(FINDINGS[code].text(lang) for code in one.findings)
    phrases = _phrases(one.accept, one.reject, lang)
    return Card(one.name, one.rubric, differs.text(lang), one.hit, codes, phrases, at < _OPEN)


def _question(one: QuestionAdvice, lang: str) -> Card:
    bias = DASH if one.bias is None else signed(f"{one.bias:+.0%}")
    differs = Words(
        f"{one.n} 份，平均差 {percent(one.mae)}，偏差 {bias}", f"{one.n} answers, MAE {percent(one.mae)}, bias {bias}"
    )
    codes = tuple(FINDINGS[code].text(lang) for code in one.findings)
    return Card(
        one.title, one.rubric, differs.text(lang), "", codes, _phrases(one.accept, one.reject, lang), open=False
    )


def _phrases(accept: Sequence[Phrase], reject: Sequence[Phrase], lang: str) -> tuple[Phrases, ...]:
    return tuple(
        Phrases(say(lead, lang), tuple((one.text, _counts(one)) for one in phrases))
        for lead, phrases in (("for_accept", accept), ("for_reject", reject))
        if phrases
    )


def _counts(one: Phrase) -> str:
    return f"{one.answers}/{one.of} : {one.elsewhere}/{one.others}"


def _same_for_all(made: Advice, lang: str) -> Listed:
    found = [one for one in made.key_points if set(one.findings) & set(_SAME_FOR_ALL)]
    heads = tuple(say(key, lang) for key in ("key_point", "people_find", "judge_finds", "found"))
    rows = [
        (
            (one.name, one.rubric),
            (
                percent(one.people_hits),
                percent(one.judge_hits),
                " ".join(FINDINGS[code].text(lang) for code in one.findings if code in _SAME_FOR_ALL),
            ),
        )
        for one in found[:MOST_ROWS]
    ]
    return Listed("same-for-all", say("same_for_all", lang), say("same_for_all_lead", lang), heads, tuple(rows))


def _raters(made: Advice, lang: str) -> Listed:
    found = sorted(
        (one for one in made.key_points if "raters_disagree" in one.findings), key=lambda one: -(one.raters_differ or 0)
    )
    heads = tuple(say(key, lang) for key in ("key_point", "raters_differ", "pairs", "wording"))
    rows = [
        ((one.name, one.rubric), (percent(one.raters_differ), str(one.raters), one.hit)) for one in found[:MOST_ROWS]
    ]
    return Listed("raters-apart", say("raters_apart", lang), say("raters_apart_lead", lang), heads, tuple(rows))


def _together(made: Advice, lang: str) -> Listed:
    names = {(one.rubric, one.key_point): one.name for one in made.key_points}

    def name(pair: Together, key: str) -> str:
        return names.get((pair.rubric, key), key)

    heads = tuple(say(key, lang) for key in ("key_point", "other_of_pair", "seen_by", "n_short", "phi"))
    rows = [
        (
            (name(pair, pair.first), pair.rubric),
            (
                name(pair, pair.second),
                say("people" if pair.of == "people" else "judge", lang),
                str(pair.n),
                f"{pair.phi:.2f}",
            ),
        )
        for pair in made.together[:MOST_ROWS]
    ]
    return Listed("together", say("together", lang), say("together_lead", lang), heads, tuple(rows))
