"""Whether what the judge says of its own certainty is worth anything."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.figuring import RESAMPLES, SureRow, defined, with_intervals
from evaluator.calibration.model import ConfidenceFigures, CurvePoint, ReliabilityBin, ReviewShare
from evaluator.models import Flag, Level

BINS = 10
_MOST_POINTS = 100
_ROUNDING = 1e-9


def confidence_figures(cases: Sequence[Case], target: float, *, resamples: int = RESAMPLES) -> ConfidenceFigures | None:
    """The figures of answers that were scored; None where the judge never says how sure it is.

    `target` is the mean absolute error to reach by review.
    """
    written = [one for one in cases if one.grade is not None and Flag.EMPTY not in one.grade.flags]
    rows = [row for one in written for row in _verdicts(one)]
    of_verdicts = bool(rows)
    sure = [(one, one.grade.confidence) for one in written if one.grade and one.grade.confidence is not None]
    answers = [(_error(one), confidence, one) for one, confidence in sure if one.judge_share is not None]
    if not of_verdicts:
        rows = [
            SureRow(confidence, error <= one.step + _ROUNDING, one.group, one.candidate)
            for error, confidence, one in answers
        ]
    if not rows:
        return None
    found = with_intervals(rows, _of_certainty, resamples)
    confidences, errors = [one[1] for one in answers], [one[0] for one in answers]
    return ConfidenceFigures(
        of="verdicts" if of_verdicts else "answers",
        n=len(rows),
        ece=found["ece"],
        auroc=found["auroc"],
        bins=tuple(
            ReliabilityBin(
                low=one.low, high=one.high, n=one.items, confidence=defined(one.confidence), right=defined(one.right)
            )
            for one in _bins(rows)
        ),
        answers=len(answers),
        curve=_curve(confidences, errors),
        area=defined(agreement.risk_coverage_area(confidences, errors)),
        review=_review(confidences, errors, target),
    )


def _verdicts(case: Case) -> list[SureRow]:
    if case.grade is None:
        return []
    return [
        SureRow(point.confidence, point.verdict is case.human_levels[point.id], case.group, case.candidate)
        for point in case.grade.key_points
        if point.confidence is not None and point.verdict is not Level.UNSCORED and point.id in case.human_levels
    ]


def _error(case: Case) -> float:
    return abs((case.judge_share or 0.0) - case.human_share)


def _bins(rows: Sequence[SureRow]) -> tuple[agreement.Bin, ...]:
    return agreement.reliability([row.confidence for row in rows], [row.right for row in rows], BINS)


def _of_certainty(rows: Sequence[SureRow]) -> dict[str, float]:
    return {
        "ece": agreement.expected_calibration_error(_bins(rows)),
        "auroc": agreement.auc([row.confidence for row in rows], [row.right for row in rows]),
    }


def _curve(confidences: Sequence[float], errors: Sequence[float]) -> tuple[CurvePoint, ...]:
    """Thinned evenly to so many points; the first and the last are kept."""
    points = agreement.risk_coverage(confidences, errors)
    if len(points) > _MOST_POINTS:
        last = len(points) - 1
        points = tuple(points[round(at * last / (_MOST_POINTS - 1))] for at in range(_MOST_POINTS))
    return tuple(CurvePoint(threshold=one.threshold, coverage=one.coverage, risk=one.risk) for one in points)


def _review(confidences: Sequence[float], errors: Sequence[float], target: float) -> ReviewShare:
    found = agreement.least_review(confidences, errors, target)
    line = found.threshold if 0 < found.share < 1 and math.isfinite(found.threshold) else None
    return ReviewShare(target=target, share=defined(found.share), threshold=line, risk=defined(found.risk))
