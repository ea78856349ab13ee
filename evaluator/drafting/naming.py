"""The terms that name a question's key points, and the rule that found them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evaluator.drafting import rules
from evaluator.drafting.marking import marked
from evaluator.drafting.pieces import Piece
from evaluator.models.paper import Question

Part = Literal["analysis", "reference"]


@dataclass(frozen=True, slots=True)
class Named:
    """The terms of one question, in the order of the text that they stand in; offsets into that text."""

    part: Part
    rule: str
    """`marked`, or a key of `rules.ANALYSIS` or `rules.REFERENCE`."""
    text: str
    terms: tuple[Piece, ...]

    @property
    def sure(self) -> bool:
        """False where the text names nothing and was only cut up."""
        return self.rule not in {"clauses", "sentences", "tested"}


def named(question: Question) -> Named | None:
    """The key points of a question that people answer in their own words; None where nothing is there to draft from.

    Marks of the paper come first, wherever they stand, then what the 解析 names, then the 参考答案.
    """
    return next(_candidates(question), None)


def _candidates(question: Question) -> Iterator[Named]:
    parts: tuple[tuple[Part, str, dict[str, rules.Rule]], ...] = (
        ("analysis", question.analysis, {"marked": marked}),
        ("reference", question.reference, {"marked": marked}),
        ("analysis", question.analysis, rules.ANALYSIS),
        ("reference", question.reference, rules.REFERENCE),
        ("analysis", question.analysis, rules.LAST),
    )
    for part, text, ways in parts:
        for name, rule in ways.items():
            if text and (terms := rule(text)):
                yield Named(part, name, text, tuple(terms))
