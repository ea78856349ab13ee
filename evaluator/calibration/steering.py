"""Whether answers that tell the examiner what to give got more than people gave them."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.calibration.cases import Case
from evaluator.calibration.model import Steering
from evaluator.models import Flag

_SAME = 1e-9


def steering(cases: Sequence[Case]) -> Steering | None:
    """Over the answers that were flagged, or that the source knows of; None without any."""
    found = [one for one in cases if one.steers or _flagged(one)]
    if not found:
        return None
    surplus = [share - one.human_share for one in found if (share := one.judge_share) is not None]
    return Steering(
        answers=len(found),
        flagged=sum(map(_flagged, found)),
        scored=len(surplus),
        overpaid=sum(one > _SAME for one in surplus),
        most=max(surplus, default=None),
    )


def _flagged(case: Case) -> bool:
    return case.grade is not None and Flag.INJECTION in case.grade.flags
