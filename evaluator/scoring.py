"""Arithmetic from verdicts to points; no model is asked, and the same verdicts always give the same grade.

All sums are exact fractions of the decimals written in the rubric; floats appear only in what is returned.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluator.models import (
    AnyOf,
    Deduction,
    DeductionGrade,
    Grade,
    KeyPoint,
    KeyPointGrade,
    Level,
    Override,
    Rubric,
    Said,
    Verdict,
)
from evaluator.models.derived import Derived

_HALF = Fraction(1, 2)
_HUNDREDTH = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Scored:
    """What verdicts are worth.

    `score` is None while anything is unscored; it will then lie between `low` and `high`. All three are rounded to the
    rubric's step and lie within 0..max_score. Where nothing is unscored they are equal. The unscored may also be too
    small to matter (a full choose-k-of-n group): `low` equals `high`, and `complete` still says False.
    """

    score: float | None
    low: float
    high: float
    complete: bool
    key_points: tuple[KeyPointGrade, ...]
    deductions: tuple[DeductionGrade, ...]


@dataclass(frozen=True, slots=True)
class _Worth:
    """From least to most, in exact points; equal once there is a verdict."""

    low: Fraction
    high: Fraction
    shown: float
    """The least to two decimals, half up."""


def score(rubric: Rubric, verdicts: Sequence[Verdict]) -> Scored:
    """Points for one answer.

    A verdict names a key point or a deduction by id; their order does not matter. What has no verdict is unscored with
    the cause `missing_verdict`. A deduction is taken in full by `hit`, by half by `partial`. The total is rounded once,
    half up, to the nearest multiple of the rubric's step or to `max_score`, whichever is nearer. `earned` of a key
    point is shown to two decimals, so what is shown may add up to something else than the total. `earned` is 0 where a
    choose-k-of-n rule took better key points.

    Raises:
        ValueError: a verdict for an id that the rubric does not have, or two verdicts for one id.
    """
    by_id = _by_id(rubric, verdicts)
    summed = _SUMS(rubric)(tuple([by_id[key].level for key in _ids(rubric)]))
    return Scored(
        score=summed.low if summed.complete else None,
        low=summed.low,
        high=summed.high,
        complete=summed.complete,
        key_points=tuple(
            _key_point_grade(point, by_id[point.id], worth, counted=point.id not in summed.spare)
            for point, worth in zip(rubric.key_points, summed.worths, strict=True)
        ),
        deductions=tuple(
            _deduction_grade(item, by_id[item.id], worth)
            for item, worth in zip(rubric.deductions, summed.taken, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Summed:
    """What one set of levels comes to."""

    low: float
    high: float
    complete: bool
    worths: tuple[_Worth, ...]
    taken: tuple[_Worth, ...]
    spare: frozenset[str]


def _summed(rubric: Rubric, levels: Sequence[Level]) -> _Summed:
    """`levels` of the key points, then of the deductions."""
    points = rubric.key_points
    worths = {
        point.id: _worth(point.points, level, rubric.partial_share)
        for point, level in zip(points, levels, strict=False)
    }
    losses = zip(rubric.deductions, levels[len(points) :], strict=True)
    taken = tuple(_worth(item.points, level, 0.5) for item, level in losses)
    low = _best(rubric, {key: worth.low for key, worth in worths.items()}) - sum(worth.high for worth in taken)
    high = _best(rubric, {key: worth.high for key, worth in worths.items()}) - sum(worth.low for worth in taken)
    return _Summed(
        low=rounded(low, rubric.max_score, rubric.rounding),
        high=rounded(high, rubric.max_score, rubric.rounding),
        complete=Level.UNSCORED not in levels,
        worths=tuple(worths.values()),
        taken=taken,
        spare=_spare(rubric.any_of, worths),
    )


def _sums(rubric: Rubric) -> Callable[[tuple[Level, ...]], _Summed]:
    return functools.lru_cache(maxsize=1_024)(functools.partial(_summed, rubric))


_SUMS = Derived(_sums)
"""Kept: answers to one question differ in few ways, and exact arithmetic takes longer than anything else here."""


def with_overrides(verdicts: Sequence[Verdict], overrides: Iterable[Override]) -> tuple[Verdict, ...]:
    """The verdicts with a person's word laid over them; the last override of an id counts, oldest first.

    An override of an id without a verdict adds one, so a key point that the judge forgot can be mended too. The
    verdict keeps its evidence unless the person says `missed`; its `cause` is `human_override`.
    """
    last = {override.key_point: override for override in overrides}
    standing = {key: override for key, override in last.items() if override.level is not None}
    known = {verdict.key_point for verdict in verdicts}
    added = [Verdict(key_point=key, level=Level.UNSCORED) for key in standing if key not in known]
    return tuple(_overridden(verdict, standing.get(verdict.key_point)) for verdict in (*verdicts, *added))


def verdicts_of(grade: Grade) -> tuple[Verdict, ...]:
    """The verdicts that a grade was made from, without their probabilities."""
    points = [
        Verdict(
            key_point=point.id,
            level=point.verdict,
            reason=point.reason,
            evidence=point.evidence,
            confidence=point.confidence,
            cause=point.cause,
        )
        for point in grade.key_points
    ]
    taken = [
        Verdict(key_point=item.id, level=_level_of(item), reason=item.reason, evidence=item.evidence)
        for item in grade.deductions
    ]
    return (*points, *taken)


def rescored(grade: Grade, rubric: Rubric, overrides: Iterable[Override] = ()) -> Grade:
    """The grade as this rubric scores it, with the overrides laid over the verdicts; no call is made.

    Serves changed weights as well as overrides. `trace` stays as it was: it tells of the automatic result.

    Raises:
        ValueError: the grade or an override names a key point that the rubric does not have.
    """
    verdicts = with_overrides(verdicts_of(grade), overrides)
    result = score(rubric, verdicts)
    applies = {
        "incomplete": not result.complete,
        "deduction": any(item.taken for item in result.deductions),
        "human_override": any(verdict.cause == "human_override" for verdict in verdicts),
    }
    kept = [reason for reason in grade.review_reasons if applies.get(reason, True)]
    reasons = (*kept, *(reason for reason, holds in applies.items() if holds and reason not in kept))
    return grade.model_copy(
        update={
            "score": result.score,
            "max_score": rubric.max_score,
            "range": (result.low, result.high),
            "calibrated": None,  # it was of the verdicts and points before
            "complete": result.complete,
            "needs_review": bool(reasons),
            "review_reasons": reasons,
            "key_points": result.key_points,
            "deductions": result.deductions,
        }
    )


def decided(grade: Grade, rubric: Rubric, said: Said) -> Grade:
    """The grade with everything laid over it that people say: overrides, and what `settled` adds.

    Raises:
        ValueError: the grade or an override names a key point that the rubric does not have.
    """
    return settled(rescored(grade, rubric, said.overrides) if said.overrides else grade, said)


def settled(grade: Grade, said: Said) -> Grade:
    """The grade with the final score of a person and whether it is confirmed.

    A final score counts whatever the key points add up to; what is confirmed needs no review.
    """
    changed: dict[str, object] = {}
    if said.final is not None:
        score = said.final.score
        reasons = (*grade.review_reasons, *(() if "human_override" in grade.review_reasons else ("human_override",)))
        changed = {
            "score": score,
            "range": (score, score),
            "calibrated": None,
            "complete": True,
            "review_reasons": tuple(reason for reason in reasons if reason != "incomplete"),
        }
    if said.confirmed is not None:
        changed |= {"status": "confirmed", "needs_review": False}
    return grade.model_copy(update=changed) if changed else grade


@functools.lru_cache(maxsize=1_024)
def exact(number: float) -> Fraction:
    """The decimal as a person wrote it: 0.1 is 1/10."""
    return Fraction(str(number))


def _ids(rubric: Rubric) -> list[str]:
    """Of what has a verdict."""
    return [*(point.id for point in rubric.key_points), *(item.id for item in rubric.deductions)]


def _by_id(rubric: Rubric, verdicts: Sequence[Verdict]) -> dict[str, Verdict]:
    ids = _ids(rubric)
    given = {verdict.key_point: verdict for verdict in verdicts}
    if unknown := sorted(given.keys() - set(ids)):
        raise ValueError(f"rubric {rubric.id!r} has no key point or deduction {', '.join(unknown)}")
    if len(given) < len(verdicts):
        counts = Counter(verdict.key_point for verdict in verdicts)
        repeated = sorted(key for key, count in counts.items() if count > 1)
        raise ValueError(f"more than one verdict for {', '.join(repeated)}")
    missing = (key for key in ids if key not in given)
    return given | {key: Verdict(key_point=key, level=Level.UNSCORED, cause="missing_verdict") for key in missing}


def _worth(points: float, level: Level, partial_share: float) -> _Worth:
    whole = exact(points)
    if level is Level.UNSCORED:
        return _Worth(Fraction(0), whole, 0.0)
    shares = {Level.HIT: Fraction(1), Level.PARTIAL: exact(partial_share), Level.MISSED: Fraction(0)}
    earned = whole * shares[level]
    return _Worth(earned, earned, float(math.floor(earned / _HUNDREDTH + _HALF) * _HUNDREDTH))


def _best(rubric: Rubric, points: Mapping[str, Fraction]) -> Fraction:
    """The sum, of every any_of group only the best `choose`.

    A sum of the best k grows with each of its members, so the least total comes from the least of every member and the
    greatest from the greatest, each with its own choice.
    """
    if not rubric.any_of:
        return sum(points.values(), Fraction(0))
    grouped = {member for group in rubric.any_of for member in group.of}
    total = sum((value for key, value in points.items() if key not in grouped), Fraction(0))
    for group in rubric.any_of:
        total += sum(sorted((points[member] for member in group.of), reverse=True)[: group.choose], Fraction(0))
    return total


def _spare(groups: Iterable[AnyOf], worths: Mapping[str, _Worth]) -> frozenset[str]:
    """Members that cannot count any more: `choose` others earn at least as much, whatever the unscored turn out to be.

    Of equals, the one named first in the group counts.
    """
    spare = set()
    for group in groups:
        for place, member in enumerate(group.of):
            most = worths[member].high
            better = sum(
                worths[other].low > most or (worths[other].low == most and rival < place)
                for rival, other in enumerate(group.of)
                if rival != place
            )
            if better >= group.choose:
                spare.add(member)
    return frozenset(spare)


def rounded(total: Fraction, max_score: float, rounding: float) -> float:
    """Clipped to 0..max_score, then to the nearest of the step's multiples and max_score; the upper one of two."""
    most, step = exact(max_score), exact(rounding)
    total = min(max(total, Fraction(0)), most)
    below = math.floor(total / step) * step
    above = min(below + step, most)
    return float(above if total - below >= above - total else below)


def _key_point_grade(point: KeyPoint, verdict: Verdict, worth: _Worth, *, counted: bool) -> KeyPointGrade:
    unscored = verdict.level is Level.UNSCORED
    return KeyPointGrade(
        id=point.id,
        name=point.name,
        points=point.points,
        earned=None if unscored else worth.shown if counted else 0.0,
        verdict=verdict.level,
        reason=verdict.reason,
        evidence=verdict.evidence,
        confidence=verdict.confidence,
        cause=verdict.cause,
        counted=counted,
        follow_up="" if verdict.level is Level.HIT else point.follow_up,
    )


def _deduction_grade(item: Deduction, verdict: Verdict, worth: _Worth) -> DeductionGrade:
    return DeductionGrade(
        id=item.id,
        name=item.name,
        points=item.points,
        taken=None if verdict.level is Level.UNSCORED else float(worth.low),
        reason=verdict.reason,
        evidence=verdict.evidence,
    )


def _level_of(item: DeductionGrade) -> Level:
    if item.taken is None:
        return Level.UNSCORED
    if item.taken == 0:
        return Level.MISSED
    return Level.HIT if item.taken == item.points else Level.PARTIAL


def _overridden(verdict: Verdict, override: Override | None) -> Verdict:
    if override is None or override.level is None:
        return verdict
    return Verdict(
        key_point=verdict.key_point,
        level=override.level,
        reason=override.reason or verdict.reason,
        evidence=() if override.level is Level.MISSED else verdict.evidence,
        cause="human_override",
    )
