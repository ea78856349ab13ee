"""How an answer stands: scored, incomplete, blank, failed, waiting or not there; and what that is in points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evaluator.batch import AnswerResult, CandidateResult
from evaluator.models import Flag, Rubric
from evaluator.report.labels import number
from evaluator.workbook.words import say

FAILURE_SHOWN = 80
"""Characters of a failure in a table of scores; the whole of it stands where failures are listed."""


class Standing(StrEnum):
    """What became of one answer."""

    SCORED = "scored"
    BLANK = "blank"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    PENDING = "pending"
    ABSENT = "absent"
    """The candidate was not given this question, or the source has no answer to it: it counts for nothing."""


@dataclass(frozen=True, slots=True)
class Points:
    """What is had, from `low` to `high`, of `maximum`; `known` where nothing is open."""

    low: float
    high: float
    maximum: float
    known: bool

    def value(self) -> float | str:
        """The number, or the range as text."""
        return self.low if self.known else f"{number(self.low)}–{number(self.high)}"


def standing(result: AnswerResult | None) -> Standing:
    """How an answer stands; None is an answer that is not there."""
    if result is None:
        return Standing.ABSENT
    if result.grade is None:
        return Standing.FAILED if result.failure else Standing.PENDING
    if Flag.EMPTY in result.grade.flags:
        return Standing.BLANK
    return Standing.SCORED if result.grade.score is not None else Standing.INCOMPLETE


def points(result: AnswerResult, rubric: Rubric) -> Points:
    """The points of one answer; all is open where there is no grade."""
    if result.grade is None:
        return Points(0.0, rubric.max_score, rubric.max_score, known=False)
    low, high = result.grade.range
    if result.grade.score is not None:
        low = high = result.grade.score
    return Points(low, high, result.grade.max_score, known=result.grade.score is not None)


def total(candidate: CandidateResult, rubrics: Iterable[Rubric]) -> Points:
    """All answers of one candidate together."""
    parts = [points(candidate.answers[rubric.id], rubric) for rubric in rubrics if rubric.id in candidate.answers]
    return Points(
        round(sum(part.low for part in parts), 4),
        round(sum(part.high for part in parts), 4),
        round(sum(part.maximum for part in parts), 4),
        known=all(part.known for part in parts),
    )


def shown(result: AnswerResult | None, rubric: Rubric, lang: str) -> float | str:
    """What a table of scores shows of one answer: points, a range, or why there are none."""
    how = standing(result)
    if result is None or how in {Standing.BLANK, Standing.PENDING}:
        return say(how.value, lang)
    if how is Standing.FAILED:
        reason = " ".join(result.failure.split())
        reason = reason if len(reason) <= FAILURE_SHOWN else reason[: FAILURE_SHOWN - 1] + "…"
        return f"{say('unscored', lang)}{': ' if lang.startswith('en') else '：'}{reason}"
    return points(result, rubric).value()
