"""The judge's own noise floor: how far it is from itself when it is asked the same again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from evaluator.calibration.cases import Case
from evaluator.calibration.figuring import RESAMPLES, ChangeRow, key_point_figures, score_figures, with_intervals
from evaluator.calibration.model import Figure, Noise
from evaluator.calibration.pairing import run_pairs
from evaluator.judging.prompting import LOCAL
from evaluator.models import Grade

_SAME = 1e-9


def noise(runs: Sequence[Sequence[Case]], *, resamples: int = RESAMPLES) -> Noise:
    """`runs` are the same answers, judged anew each time; an answer counts where every run scored it.

    Raises ValueError for fewer than two runs.
    """
    if len(runs) < 2:
        raise ValueError("noise needs the same answers judged twice")
    by_answer = [{(one.group, one.candidate): one for one in run} for run in runs]
    together = [
        tuple(run[key] for run in by_answer)
        for key in by_answer[0]
        if all(key in run and run[key].judge_share is not None for run in by_answer)
    ]
    scores, levels = run_pairs(together)
    grades = [one.grade for one in runs[0] if one.grade is not None]
    return Noise(
        runs=len(runs),
        deterministic=bool(grades) and all(map(always_the_same, grades)),
        answers=len(together),
        changed_answers=_share([row for one in together for row in _scores_moved(one)], resamples),
        changed_verdicts=_share([row for one in together for row in _verdicts_moved(one)], resamples),
        scores=score_figures(scores, resamples=resamples),
        key_points=key_point_figures(levels, resamples=resamples),
    )


def always_the_same(grade: Grade) -> bool:
    """Whether a grade comes from rules, or from a model on this machine at temperature 0: asking again is in vain."""
    trace = grade.trace
    return not trace.model or (trace.host == LOCAL and trace.parameters.get("temperature") == 0)


def _scores_moved(runs: Sequence[Case]) -> Iterator[ChangeRow]:
    shares = [one.judge_share or 0.0 for one in runs]
    yield ChangeRow(max(shares) - min(shares) > _SAME, runs[0].group, runs[0].candidate)


def _verdicts_moved(runs: Sequence[Case]) -> Iterator[ChangeRow]:
    for key in runs[0].judge_levels:
        levels = {one.judge_levels.get(key) for one in runs}
        yield ChangeRow(len(levels) > 1, runs[0].group, runs[0].candidate)


def _share(rows: Sequence[ChangeRow], resamples: int) -> Figure:
    return with_intervals(rows, _changed, resamples)["changed"]


def _changed(rows: Sequence[ChangeRow]) -> dict[str, float]:
    return {"changed": sum(row.changed for row in rows) / len(rows) if rows else math.nan}
