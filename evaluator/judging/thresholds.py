"""From a model's log-probabilities to verdicts: signals, cuts and the probabilities of the three levels.

A small model says yes to nearly everything; what it knows is in how much more likely yes is than no, compared with
answers that are known to meet nothing. That is the signal, and two cuts, chosen by calibration, part missed, partial
and hit::

    signal       = ln P(是) / P(否) about this answer − the mean of the same about the background answers
    P(≥ partial) = σ(slope · (signal − cut_partial))
    P(hit)       = σ(slope · (signal − cut_hit))

which is ordinal logistic regression (McCullagh 1980, proportional odds).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib import resources

from evaluator.models import Level, Model, Probabilities

LETTERS = ("A", "B", "C")
YES_NO = ("是", "否")


class Profile(Model):
    """How to read one model's log-probabilities. `fitted_on` says on what the numbers were chosen."""

    cut_partial: float
    cut_hit: float
    slope: float = 1.0
    fitted_on: str = ""

    def probabilities(self, signal: float) -> Probabilities:
        """Of the three levels; they add up to 1."""
        at_least_partial = _logistic(self.slope * (signal - self.cut_partial))
        hit = min(_logistic(self.slope * (signal - self.cut_hit)), at_least_partial)
        return Probabilities(hit=hit, partial=at_least_partial - hit, missed=1 - at_least_partial)

    def level(self, signal: float) -> Level:
        """The level on whose side of the cuts the signal lies: the median of the distribution."""
        if signal >= self.cut_hit:
            return Level.HIT
        return Level.PARTIAL if signal >= self.cut_partial else Level.MISSED


def _logistic(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))


@cache
def _shipped() -> dict[str, Profile]:
    text = resources.files("evaluator.judging").joinpath("profiles.json").read_text("utf-8")
    return {name: Profile.model_validate(values) for name, values in json.loads(text).items()}


def profile_for(model: str) -> Profile | None:
    """The shipped profile whose name stands in `model` (case-insensitive, longest first), or None."""
    fitting = [name for name in _shipped() if name in model.lower()]
    return _shipped()[max(fitting, key=len)] if fitting else None


def choices(alternatives: Mapping[str, float], labels: tuple[str, ...]) -> dict[str, float] | None:
    """Log-probability of each label from the alternatives of one token; None where no label is among them.

    Tokens that differ only in white space or case are added up. A label that was not returned gets the lowest
    log-probability that was, an upper bound of the truth.
    """
    mass = dict.fromkeys(labels, 0.0)
    for token, logprob in alternatives.items():
        label = token.strip().upper()
        if label in mass:
            mass[label] += math.exp(logprob)
    if not any(mass.values()):
        return None
    floor = min(alternatives.values())
    return {label: math.log(value) if value > 0 else floor for label, value in mass.items()}


def level_shares(levels: Mapping[str, float]) -> Probabilities:
    """Softmax over A, B and C: what a model without a profile is taken to think."""
    top = max(levels.values())
    weights = {label: math.exp(value - top) for label, value in levels.items()}
    total = sum(weights.values())
    return Probabilities(hit=weights["A"] / total, partial=weights["B"] / total, missed=weights["C"] / total)
