"""From cases to a calibration report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from evaluator import agreement
from evaluator.calibration import baselines
from evaluator.calibration.cases import Case
from evaluator.calibration.confidence import confidence_figures
from evaluator.calibration.figuring import RESAMPLES, key_point_figures, score_figures
from evaluator.calibration.model import Beside, Calibration, Made, Note, Part
from evaluator.calibration.noise import noise
from evaluator.calibration.pairing import (
    Levels,
    judge_levels,
    judge_scores,
    level_rows,
    of_rater,
    rater_pairs,
    score_row,
)
from evaluator.calibration.steering import steering
from evaluator.errors import Words
from evaluator.models import Level, Usage
from evaluator.rubrics import content_hash

TARGET_MAE = 0.1
_TITLE = 60
_FEW = 30
_BASELINE_PART = 4
"""Baselines need no fine intervals: a part of the resamples will do."""


def calibration(
    cases: Sequence[Case],
    *,
    keyword: Sequence[Case] = (),
    repeats: Sequence[Sequence[Case]] = (),
    source: str = "",
    target_mae: float = TARGET_MAE,
    resamples: int = RESAMPLES,
    notes: Iterable[Words] = (),
    made: Made | None = None,
) -> Calibration:
    """The report on one judge.

    `keyword` are the same answers in the same order graded by the keyword judge (`baselines.keyword_cases`), empty to
    leave that baseline out; `repeats` the same answers judged by the judge once more each; `resamples` 0 gives no
    intervals. The same cases give the same report, `made` apart. Raises ValueError without cases.
    """
    if not cases:
        raise ValueError("no answer that people scored")
    scored = [one for one in cases if one.judge_share is not None]
    also = [other for one, other in zip(cases, keyword, strict=True) if one.judge_share is not None] if keyword else []
    graded = [one.grade for one in cases if one.grade is not None]
    of = next((one for one in graded if one.trace.model), graded[0] if graded else None)
    verdicts = [level for one in cases for level in _judged(one)]
    raters = list(dict.fromkeys(score.rater for one in cases for score in one.human))
    return Calibration(
        source=source,
        judge=of.judge if of else "",
        model=of.trace.model if of else "",
        host=of.trace.host if of else "",
        prompt_hash=of.trace.prompt_hash if of else "",
        parameters=of.trace.parameters if of else {},
        rubrics={one.group: content_hash(one.rubric) for one in {case.group: case for case in cases}.values()},
        answers=len(cases),
        scored=len(scored),
        incomplete=sum(one.grade is not None and one.judge_share is None and not one.failure for one in cases),
        failed=sum(one.failure != "" and one.judge_share is None for one in cases),
        pending=sum(one.grade is None and not one.failure for one in cases),
        verdicts=len(verdicts),
        unscored_verdicts=verdicts.count(Level.UNSCORED),
        questions=len({one.group for one in cases}),
        raters=tuple(raters),
        scores=score_figures(judge_scores(scored), resamples=resamples),
        key_points=key_point_figures(judge_levels(scored), resamples=resamples),
        bands=_by(cases, [agreement.band(one.human_share) for one in cases], agreement.BANDS),
        by_question=_by(cases, [one.group for one in cases], list(dict.fromkeys(one.group for one in cases))),
        by_rater=tuple(_of_rater(cases, one) for one in raters) if len(raters) > 1 else (),
        ceiling=_ceiling(scored, resamples),
        baselines=tuple(_baselines(scored, also, resamples // _BASELINE_PART)),
        noise=noise([cases, *repeats], resamples=resamples) if repeats else None,
        confidence=confidence_figures(scored, target_mae, resamples=resamples),
        steering=steering(cases),
        notes=tuple(Note(zh=one.zh, en=one.en) for one in (*notes, *_doubts(cases, scored))),
        made=made or spent([cases]),
    )


def _judged(case: Case) -> list[Level]:
    """The judge's levels, `unscored` among them, of the key points that people gave a level of."""
    if case.grade is None and not case.failure:
        return []
    return [case.judge_levels.get(key, Level.UNSCORED) for key in case.human_levels]


def _by(cases: Sequence[Case], keys: Sequence[str], names: Sequence[str]) -> tuple[Part, ...]:
    members = agreement.grouped(keys)
    parts = (([cases[place] for place in members.get(name, ())], name) for name in names)
    return tuple(_part(name, part) for part, name in parts)


def _of_rater(cases: Sequence[Case], rater: str) -> Part:
    return _part(rater, [one for one in cases if rater in one.by_rater], *of_rater(rater))


def _part(
    name: str,
    cases: Sequence[Case],
    people: Callable[[Case], float | None] = lambda one: one.human_share,
    levels: Callable[[Case], Levels] = lambda one: one.human_levels,
) -> Part:
    scored = [one for one in cases if one.judge_share is not None]
    rows = judge_scores(scored, people)
    n = len(rows)
    return Part(
        name=name,
        title=_title(cases[0]) if cases and name == cases[0].group else "",
        answers=len(cases),
        scored=n,
        people=sum(row.second for row in rows) / n if n else None,
        judge=sum(row.first for row in rows) / n if n else None,
        scores=score_figures(rows, resamples=0),
        key_points=key_point_figures(judge_levels(scored, levels), resamples=0),
    )


def _title(case: Case) -> str:
    text = " ".join(case.rubric.question.split())
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def _ceiling(scored: Sequence[Case], resamples: int) -> Beside | None:
    scores, levels = rater_pairs(scored)
    if not scores:
        return None
    return Beside(
        name="ceiling",
        scores=score_figures(scores, resamples=resamples),
        key_points=key_point_figures(levels, resamples=resamples),
    )


def _baselines(cases: Sequence[Case], keyword: Sequence[Case], resamples: int) -> Iterator[Beside]:
    """On the answers that the judge's own figures are over."""
    if not cases:
        return
    yield _baseline("constant", cases, baselines.constant(cases), resamples)
    yield _baseline("all_hit", cases, baselines.all_hit(cases), resamples)
    yield _baseline("all_missed", cases, baselines.all_missed(cases), resamples)
    yield _baseline("length", cases, baselines.length(cases), resamples)
    if keyword:
        yield Beside(
            name="keyword",
            scores=score_figures(judge_scores(keyword), resamples=resamples),
            key_points=key_point_figures(judge_levels(keyword), resamples=resamples),
        )


def _baseline(name: baselines.Name, cases: Sequence[Case], said: Sequence[baselines.Said], resamples: int) -> Beside:
    pairs = list(zip(cases, said, strict=True))
    scores = [score_row(case, one.share, case.human_share) for case, one in pairs]
    levels = [
        row
        for case, one in pairs
        if one.level is not None
        for row in level_rows(case, dict.fromkeys(case.human_levels, one.level), case.human_levels)
    ]
    return Beside(
        name=name,
        scores=score_figures(scores, resamples=resamples),
        key_points=key_point_figures(levels, resamples=resamples),
    )


def _doubts(cases: Sequence[Case], scored: Sequence[Case]) -> Iterator[Words]:
    """What makes the figures less than they look."""
    if out := sum(not 0 <= score.score <= one.rubric.max_score for one in cases for score in one.human):
        yield Words(
            f"{out} 个人工分高于满分，按满分算：请核对细则的满分",
            f"{out} human scores are above full marks and count as full marks: check max_score of the rubrics",
        )
    if len({one.group for one in cases}) == 1:
        yield Words(
            "只有一道题：区间只对这道题成立，换一道题说不准",
            "one question only: intervals hold for it alone and say nothing of other questions",
        )
    if 0 < len(scored) < _FEW:
        yield Words(
            f"只有 {len(scored)} 份答案：区间很宽，先别下结论",
            f"{len(scored)} answers only: intervals are wide, conclude little",
        )


def spent(runs: Sequence[Sequence[Case]], *, created: str = "", version: str = "") -> Made:
    """What these runs took, with when and by what they were made."""
    usages = [one.grade.trace.usage for run in runs for one in run if one.grade is not None]
    called = sum(one.calls > 0 for one in usages)
    return Made(created=created, version=version, usage=sum(usages, Usage()), called=called)
