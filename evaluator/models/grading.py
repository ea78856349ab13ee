"""Grades: points by arithmetic from verdicts, and what people say of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field

from evaluator.models.base import Model, Parameters, Points, Share, Slug, Text
from evaluator.models.judging import Evidence, Level, Usage


class Flag(StrEnum):
    """What a person should know about an answer or its verdicts."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    OFF_TOPIC = "off_topic"
    INJECTION = "injection"
    COPIED_REFERENCE = "copied_reference"
    LOW_CONFIDENCE = "low_confidence"
    UNVERIFIED_EVIDENCE = "unverified_evidence"


class KeyPointGrade(Model):
    """One key point with what it earned. `earned` is None while it is unscored."""

    id: Slug
    name: str
    points: Points
    earned: float | None
    verdict: Level
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    confidence: Share | None = None
    cause: str = ""
    counted: bool = True
    """False where a choose-k-of-n rule took better key points."""
    follow_up: str = ""


class DeductionGrade(Model):
    """One deduction; `taken` is None while it is unscored."""

    id: Slug
    name: str
    points: Points
    taken: float | None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


class Trace(Model):
    """What is needed to make a grade again."""

    rubric_hash: str
    answer_hash: str
    key: str = ""
    """Content key of the verdicts: rubric as a judge sees it, judge, model, prompts, parameters and answer."""
    judge_key: str = ""
    """Digest of all that verdicts depend on besides rubric and answer; empty in grades of earlier versions."""
    prompt_hash: str = ""
    model: str = ""
    host: str = ""
    parameters: Parameters = Field(default_factory=dict)
    usage: Usage = Usage()
    cached: bool = False
    """True where the verdicts came from the store and no call was made."""
    notes: tuple[str, ...] = ()
    version: str = ""
    created: str = ""
    """UTC, ISO 8601."""


class Grade(Model):
    """得分: points by arithmetic from verdicts.

    `score` is None while a key point is unscored; `low` and `high` then say where it will lie.
    """

    schema_: Literal["evaluator/grade@1"] = Field(default="evaluator/grade@1", alias="schema")
    rubric: Slug
    score: float | None
    max_score: float
    range: tuple[float, float]
    calibrated: float | None = None
    """`score` as a calibration file maps it, in points to two decimals; None without one, or where it does not hold."""
    complete: bool
    needs_review: bool
    review_reasons: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    key_points: tuple[KeyPointGrade, ...]
    deductions: tuple[DeductionGrade, ...] = ()
    judge: str
    confidence: Share | None = None
    status: Literal["first_pass", "confirmed"] = "first_pass"
    trace: Trace

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )


class Override(Model):
    """改判: a person's word on one key point or deduction, a layer over the verdict; the verdict itself is kept."""

    key_point: Slug
    level: Level | None
    """None lifts the override: the automatic verdict holds again."""
    author: Text
    reason: str = ""
    created: str = ""
    """UTC, ISO 8601."""


class HumanScore(Model):
    """What a person gave: the total and, where known, the level of each key point."""

    rater: str
    score: Points
    levels: dict[str, Level] = Field(default_factory=dict)


class Sample(Model):
    """One answer that people scored, for calibration and tests."""

    id: Slug
    rubric: Slug
    type: Literal[
        "full", "paraphrase", "partial", "keyword_stuffing", "off_topic", "contradiction", "injection",
        "empty", "spoken", "traditional", "english", "mixed",
    ]  # fmt: skip
    split: Literal["dev", "test"]
    """`dev` may choose prompts and thresholds; `test` is only ever reported."""
    answer: str
    human: HumanScore
    note: str = ""
