"""What judges give: verdicts with evidence."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from evaluator.models.base import Model, Parameters, Share, Slug


class Level(StrEnum):
    """What a judge found of one key point."""

    HIT = "hit"
    """命中."""
    PARTIAL = "partial"
    """部分."""
    MISSED = "missed"
    """未命中."""
    UNSCORED = "unscored"
    """未判定: our failure, never the candidate's."""


class Evidence(Model):
    """依据: one exact span of the answer as given; `answer[start:end] == text` always holds."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    text: Annotated[str, StringConstraints(min_length=1)]


class Probabilities(Model):
    """What the model thinks of the three levels; they add up to 1."""

    hit: Share
    partial: Share
    missed: Share


class Verdict(Model):
    """One key point judged. `hit` and `partial` without evidence do not exist: see `evidence.verified`."""

    key_point: Slug
    level: Level
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    confidence: Share | None = None
    """Share of agreement or probability of the level given; None where the judge cannot say."""
    probabilities: Probabilities | None = None
    cause: str = ""
    """Why `unscored`, or what makes the verdict doubtful; a stable word."""


class Usage(Model):
    """What the calls cost. Tokens as the endpoint counts them; `cached` is part of `prompt`."""

    calls: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0
    seconds: float = 0.0
    cost: float | None = None
    """In the currency of the price table; None where a price is not known."""

    def __add__(self, other: Usage) -> Usage:
        known = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            calls=self.calls + other.calls,
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            completion=self.completion + other.completion,
            seconds=self.seconds + other.seconds,
            cost=sum(known) if known else None,
        )


class Judgement(Model):
    """What a judge returns for one answer: exactly one verdict a key point (and deduction), never a total."""

    judge: str
    verdicts: tuple[Verdict, ...]
    off_topic: bool = False
    model: str = ""
    host: str = ""
    prompt_hash: str = ""
    parameters: Parameters = Field(default_factory=dict)
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
    """What happened on the way, for the trace: rung of the output ladder, repairs, retries."""
