"""What to change in rubrics, as a calibration found it. Scores are shares of full marks, gaps are judge - people."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from evaluator.errors import Words
from evaluator.models import Level, Model

Code = Literal[
    "no_relation", "too_strict", "too_kind", "nobody_judge", "everybody_judge", "nobody_people", "everybody_people",
    "raters_disagree", "vague",
]  # fmt: skip

FINDINGS: dict[Code, Words] = {
    "no_relation": Words(
        "评分器的判定与人的看法无关：这句话它没有读懂，改写命中标准",
        "the judge's verdicts have nothing to do with people's: reword what a hit is",
    ),
    "too_strict": Words(
        "评分器多半偏严：人认可的说法它不认，看“可加入 accept”",
        "the judge is mostly too strict: see the phrases for `accept`",
    ),
    "too_kind": Words(
        "评分器多半偏宽：命中标准太空泛或缺少反例，看“可加入 reject”",
        "the judge is mostly too kind: say more exactly what is needed; see the phrases for `reject`",
    ),
    "nobody_judge": Words("评分器认为无人答到，人却有不同看法", "the judge finds it in no answer, people do in some"),
    "everybody_judge": Words(
        "评分器认为人人答到，人却有不同看法：多半是写得太空泛",
        "the judge finds it in every answer, people do not: probably worded too vaguely",
    ),
    "nobody_people": Words(
        "人评也无人答到：太难、题目没问到，或要求太细", "no answer has it, say people: too hard, or not asked for"
    ),
    "everybody_people": Words(
        "人评人人答到：分不出高下，可以合并或减分值", "every answer has it, say people: it tells nobody apart"
    ),
    "raters_disagree": Words(
        "评分人之间就不一致：先把标准说清楚，评分器不会比人更清楚",
        "raters disagree among themselves: settle what is meant first",
    ),
    "vague": Words(
        "命中标准里有空泛的词，见 evaluator rubric check", "its wording is vague, see `evaluator rubric check`"
    ),
}


class PointView(Model):
    """One key point of one answer, seen by both."""

    id: str
    name: str
    people: Level | None
    """None where people gave no level."""
    judge: Level | None
    reason: str = ""
    """The judge's."""
    evidence: tuple[str, ...] = ()
    confidence: float | None = None


class Disagreement(Model):
    """One answer that judge and people see differently, with both views."""

    rubric: str
    title: str
    candidate: str
    place: str = ""
    answer: str
    people: float
    raters: dict[str, float]
    judge: float
    gap: float
    key_points: tuple[PointView, ...]

    @property
    def differing(self) -> tuple[PointView, ...]:
        """The key points on which they differ."""
        return tuple(one for one in self.key_points if one.people is not None and one.people is not one.judge)


class Phrase(Model):
    """Words that some answers share, and how many of the others have them too."""

    text: str
    answers: int
    of: int
    elsewhere: int
    others: int


class PointAdvice(Model):
    """One key point: how far judge and people agree on it, and what could be done."""

    rubric: str
    key_point: str
    name: str
    hit: str
    """The wording that was judged by."""
    weight: float
    """Its points as a share of full marks."""
    n: int
    """Answers with a level by both; 0 where people gave totals only."""
    differ: float | None
    """Share on which they differ."""
    at_least: float
    """Lower end of the 95 % interval of that share: what the list is ordered by."""
    kappa: float | None
    too_strict: int
    """Answers in which the judge's level is below people's."""
    too_kind: int
    judged: int
    """Answers that the judge gave a level."""
    judge_hits: float | None
    """Mean of the judge's levels, partial counts half."""
    people_hits: float | None
    with_score: float | None
    """Correlation of the judge's level with what people gave the whole answer."""
    raters: int
    """Pairs of raters who both gave a level of the same answer."""
    raters_differ: float | None
    """Share of them that differ."""
    accept: tuple[Phrase, ...] = ()
    """Of answers that people gave more than the judge did, and hardly any that people found nothing in."""
    reject: tuple[Phrase, ...] = ()
    """Of answers that the judge gave more than people did, and hardly any that people saw a hit in."""
    findings: tuple[Code, ...] = ()


class QuestionAdvice(Model):
    """One question as a whole: all that can be said where people gave totals only."""

    rubric: str
    title: str
    n: int
    mae: float | None
    bias: float | None
    raters: int
    raters_gap: float | None
    """Mean distance between two raters."""
    accept: tuple[Phrase, ...] = ()
    """Of answers that people gave clearly more, and hardly any others."""
    reject: tuple[Phrase, ...] = ()
    findings: tuple[Code, ...] = ()


class Together(Model):
    """Two key points of a question that are hit and missed together: one requirement said twice?"""

    rubric: str
    first: str
    second: str
    of: Literal["people", "judge"]
    n: int
    phi: float


class Advice(Model):
    """改什么: worst first everywhere; the same cases give the same advice."""

    schema_: Literal["evaluator/advice@1"] = Field(default="evaluator/advice@1", alias="schema")
    disagreements: tuple[Disagreement, ...]
    key_points: tuple[PointAdvice, ...]
    questions: tuple[QuestionAdvice, ...]
    together: tuple[Together, ...]

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )
