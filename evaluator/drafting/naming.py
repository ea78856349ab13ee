"""The terms that name a question's key points, and the rule that found them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from evaluator.drafting import rules
from evaluator.drafting.deducting import Against, Fault, against
from evaluator.drafting.keying import examined
from evaluator.drafting.marking import each, marked, without_scoring
from evaluator.drafting.pieces import Piece
from evaluator.drafting.tabling import tabled
from evaluator.models.paper import Question
from evaluator.text import similarity

Part = Literal["analysis", "reference"]
ALIKE = 0.75
"""Similarity, 0..1, from which 未提到X and a key point mean the same."""
_MARKS: dict[str, rules.Rule] = {"tabled": tabled, "marked": marked, "each": each}
_KEY: dict[str, rules.Rule] = {"examined": examined}
_Ways = tuple[tuple[Part, dict[str, rules.Rule]], ...]
_MARKED: _Ways = (("analysis", _MARKS), ("reference", _MARKS), ("reference", _KEY))
_BY_ANALYSIS: _Ways = (("analysis", rules.ANALYSIS), ("reference", rules.REFERENCE), ("analysis", rules.LAST))
_BY_REFERENCE: _Ways = (("reference", rules.REFERENCE), ("analysis", rules.ANALYSIS), ("analysis", rules.LAST))
"""Where the 解析 tells how to come to the answer, and only the 参考答案 says what it is."""


@dataclass(frozen=True, slots=True)
class Named:
    """The terms of one question, in the order of the text that they stand in; offsets into that text."""

    part: Part
    rule: str
    """A key of `_MARKS`, `_KEY`, `rules.ANALYSIS`, `rules.REFERENCE` or `rules.LAST`."""
    text: str
    terms: tuple[Piece, ...]
    faults: tuple[Fault, ...] = ()
    """What points are taken off for, in either text."""
    reject: tuple[str, ...] = ()
    """Phrases that either text does not accept."""
    elsewhere: tuple[str, ...] = ()
    """What the other text takes points off for leaving out, and none of the terms names."""

    @property
    def sure(self) -> bool:
        """False where the text names nothing and was only cut up."""
        return self.rule not in {"clauses", "sentences", "tested", "abilities"}


def named(question: Question) -> Named | None:
    """The key points of a question that people answer in their own words; None where nothing is there to draft from.

    Marks of the paper come first, wherever they stand, then a 参考答案 that is the marking key of an examination, then
    what the 解析 names, unless it only tells how to answer, then any other 参考答案.
    What a text holds against an answer is no key point of it.
    """
    held: dict[Part, Against] = {
        "analysis": against(question.analysis),
        "reference": against(question.reference, reference=True),
    }
    found = next(_candidates(held), None) or _by_lacks(held)
    if found is None:
        return None
    texts: dict[Part, str] = {"analysis": question.analysis, "reference": question.reference}
    return replace(
        found,
        text=texts[found.part],
        elsewhere=_elsewhere(texts, held, found),
        terms=_with_lacks(texts[found.part], found.terms, held[found.part].lacks),
        faults=tuple({fault.name: fault for one in held.values() for fault in one.faults}.values()),
        reject=tuple(dict.fromkeys(phrase for one in held.values() for phrase in one.reject)),
    )


def _candidates(held: Mapping[Part, Against]) -> Iterator[Named]:
    named_by = _BY_REFERENCE if rules.comments(held["analysis"].rest) else _BY_ANALYSIS
    for part, ways in (*_MARKED, *named_by):
        text = held[part].rest if ways is _MARKS else without_scoring(held[part].rest)
        for name, rule in ways.items():
            if text.strip() and (terms := rule(text)):
                yield Named(part, name, text, tuple(terms))


def _by_lacks(held: Mapping[Part, Against]) -> Named | None:
    """A text that says only what it costs to leave something out."""
    return next((Named(part, "marked", "", ()) for part, one in held.items() if one.lacks), None)


def _with_lacks(text: str, terms: tuple[Piece, ...], lacks: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """未提到X扣1分: X is a key point of one point, or that is what the key point named X earns."""
    found = list(terms)
    for lack in lacks:
        same = next((place for place, term in enumerate(found) if _same(term.of(text), lack.of(text))), None)
        if same is None:
            found.append(lack)
        elif found[same].points is None:
            found[same] = replace(found[same], points=lack.points)
    return tuple(sorted(found, key=lambda term: term.start))


def _elsewhere(texts: Mapping[Part, str], held: Mapping[Part, Against], found: Named) -> tuple[str, ...]:
    named_there = [term.of(texts[found.part]) for term in found.terms]
    missing = [lack.of(texts[part]) for part, one in held.items() if part != found.part for lack in one.lacks]
    return tuple(name for name in missing if not any(_same(name, term) for term in named_there))


def _same(one: str, other: str) -> bool:
    return one in other or other in one or similarity(one, other) >= ALIKE
