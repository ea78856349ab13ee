"""What judging an answer will take, before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluator.client import estimated_tokens
from evaluator.judging.protocol import requirements
from evaluator.models import Rubric
from evaluator.prompts import Prompts

_NUMBERING = 1.2
"""Tokens of an answer cut into numbered clauses, to those of the answer."""
_FOUND = 0.6
"""Share of the requirements that evidence is asked for."""
_VERDICT_TOKENS = 60
"""Of a reply to one call: reason, clause numbers and verdict of one requirement."""


@dataclass(frozen=True, slots=True)
class Expected:
    """About what one answer takes."""

    calls: float
    prompt: float
    """Tokens read, those from a cache included."""
    completion: float

    def __add__(self, other: Expected) -> Expected:
        return Expected(self.calls + other.calls, self.prompt + other.prompt, self.completion + other.completion)

    def times(self, factor: float) -> Expected:
        """That many answers."""
        return Expected(self.calls * factor, self.prompt * factor, self.completion * factor)


def expected(rubric: Rubric, answer_chars: float, ask: Literal["one_call", "per_point"], prompts: Prompts) -> Expected:
    """About what an answer of so many Chinese characters to this question takes; an estimate, not a bill."""
    asked = requirements(rubric)
    answer = estimated_tokens("答" * round(answer_chars)) * _NUMBERING
    if ask == "one_call":
        system = estimated_tokens(prompts.render("one_call/system", rubric=rubric, requirements=asked))
        return Expected(1, system + answer + 40, 20 + _VERDICT_TOKENS * len(asked))
    calls = len(asked) * (1 + _FOUND)
    each = estimated_tokens(rubric.question) + answer + 80
    return Expected(calls, calls * each, len(asked) * (1 + 8 * _FOUND))
