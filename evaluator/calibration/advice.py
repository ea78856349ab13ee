"""What to change: where judge and people part ways, key point by key point, and the words that they part over."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import fmean

from evaluator import agreement
from evaluator.calibration.advice_model import (
    Advice,
    Code,
    Disagreement,
    PointAdvice,
    PointView,
    QuestionAdvice,
    Together,
)
from evaluator.calibration.cases import Case, share
from evaluator.calibration.figuring import defined, place
from evaluator.calibration.phrasing import telling
from evaluator.models import KeyPoint, Level, Rubric
from evaluator.rubrics import lint

FEWEST = 5
"""Answers from which a level that never varies is worth a word."""
ENOUGH = 10
"""Answers from which a relation, or its absence, is."""
PHI = 0.9
APART = 0.3
"""Gap between judge and people, a share of full marks, from which an answer counts as clearly misjudged."""
RATERS_APART = 0.3
_NO_RELATION = 0.1
_LEAN = 0.8
_FEWEST_DIFFERENCES = 3
_Z = 1.959963984540054
_TITLE = 60
_VALUE = {Level.MISSED: 0.0, Level.PARTIAL: 0.5, Level.HIT: 1.0}


def advice(cases: Sequence[Case], *, most: int = 20) -> Advice:
    """What these cases say of their rubrics; `most` bounds the list of single answers. Worst first everywhere.

    Only answers that the judge graded count; key points that either side left open do not.
    """
    graded = [one for one in cases if one.grade is not None]
    places = agreement.grouped([one.group for one in graded])
    questions = [[graded[at] for at in members] for members in places.values()]
    points = [_point(question, key_point) for question in questions for key_point in question[0].points]
    return Advice(
        disagreements=tuple(_disagreements(graded))[:most],
        key_points=tuple(sorted(points, key=urgency)),
        questions=tuple(sorted(map(_question, questions), key=lambda one: (-(one.mae or 0.0), one.rubric))),
        together=tuple(sorted((pair for one in questions for pair in _together(one)), key=_closest)),
    )


def urgency(one: PointAdvice) -> tuple[float, float, float, float, str, str]:
    """What key points are ordered by: the smaller, the sooner to be mended."""
    unrelated = 0.0 if one.with_score is None else one.with_score
    return (
        -one.at_least,
        -(one.differ or 0.0) * one.weight,
        -float(len(one.findings)),
        unrelated,
        one.rubric,
        one.key_point,
    )


def _closest(pair: Together) -> tuple[str, float, str, str, str]:
    return pair.rubric, -pair.phi, pair.first, pair.second, pair.of


# --- single answers -----------------------------------------------------------------------------------------------


def _disagreements(cases: Sequence[Case]) -> Iterator[Disagreement]:
    """The answers that the two see differently, the farthest apart first."""
    seen = [_disagreement(one, judge) for one in cases if (judge := one.judge_share) is not None]
    apart = [one for one in seen if one.gap or one.differing]
    yield from sorted(apart, key=lambda one: (-abs(one.gap), -_levels_apart(one), one.rubric, one.candidate))


def _levels_apart(one: Disagreement) -> int:
    pairs = [(view.judge, view.people) for view in one.differing]
    return sum(2 if Level.PARTIAL not in pair else 1 for pair in pairs)


def _disagreement(case: Case, judge: float) -> Disagreement:
    said = {point.id: point for point in case.grade.key_points} if case.grade else {}
    views = []
    for point in case.points:
        mine = said.get(point.id)
        views.append(
            PointView(
                id=point.id,
                name=point.name,
                people=case.human_levels.get(point.id),
                judge=mine.verdict if mine else None,
                reason=mine.reason if mine else "",
                evidence=tuple(one.text for one in mine.evidence) if mine else (),
                confidence=mine.confidence if mine else None,
            )
        )
    return Disagreement(
        rubric=case.group,
        title=title(case.rubric),
        candidate=case.candidate,
        place=case.place,
        answer=case.answer,
        people=case.human_share,
        raters=dict(case.by_rater),
        judge=judge,
        gap=judge - case.human_share,
        key_points=tuple(views),
    )


def title(rubric: Rubric) -> str:
    """The beginning of the question, in one line."""
    text = " ".join(rubric.question.split())
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


# --- key points ---------------------------------------------------------------------------------------------------


def _level(case: Case, key: str) -> Level | None:
    level = case.judge_levels.get(key, Level.UNSCORED)
    return None if level is Level.UNSCORED else level


def _point(cases: Sequence[Case], point: KeyPoint) -> PointAdvice:
    judged = [(one, level) for one in cases if (level := _level(one, point.id)) is not None]
    both = [(one, mine, said) for one, mine in judged if (said := one.human_levels.get(point.id)) in _VALUE and said]
    below = [one for one, mine, theirs in both if place(mine) < place(theirs)]
    above = [one for one, mine, theirs in both if place(mine) > place(theirs)]
    rubric, raters = cases[0].rubric, list(_rater_levels(cases, point.id))
    known = (rubric.question, point.name, *point.accept, *point.reject)
    found = PointAdvice(
        rubric=rubric.id,
        key_point=point.id,
        name=point.name,
        hit=point.hit,
        weight=point.points / rubric.max_score,
        n=len(both),
        differ=(len(below) + len(above)) / len(both) if both else None,
        at_least=at_least(len(below) + len(above), len(both)),
        kappa=_kappa([mine for _, mine, _ in both], [theirs for _, _, theirs in both]),
        too_strict=len(below),
        too_kind=len(above),
        judged=len(judged),
        judge_hits=_mean([_VALUE[mine] for _, mine in judged]),
        people_hits=_mean([_VALUE[theirs] for _, _, theirs in both]),
        with_score=_correlation([_VALUE[mine] for _, mine in judged], [one.human_share for one, _ in judged]),
        raters=len(raters),
        raters_differ=sum(one is not other for one, other in raters) / len(raters) if raters else None,
        accept=telling(_texts(below), [one.answer for one, _, said in both if said is Level.MISSED], known=known),
        reject=telling(_texts(above), [one.answer for one, _, said in both if said is Level.HIT], known=known),
    )
    return found.model_copy(update={"findings": tuple(_point_findings(found, rubric))})


def _texts(cases: Sequence[Case]) -> list[str]:
    return [one.answer for one in cases]


def _point_findings(one: PointAdvice, rubric: Rubric) -> Iterator[Code]:
    wrong = one.too_strict + one.too_kind
    unrelated = one.kappa if one.n else one.with_score
    if max(one.n, 0 if one.n else one.judged) >= ENOUGH and unrelated is not None and unrelated <= _NO_RELATION:
        yield "no_relation"
    if wrong >= _FEWEST_DIFFERENCES and one.too_strict >= _LEAN * wrong:
        yield "too_strict"
    if wrong >= _FEWEST_DIFFERENCES and one.too_kind >= _LEAN * wrong:
        yield "too_kind"
    yield from _never_varies(one)
    if one.raters >= FEWEST and (one.raters_differ or 0.0) >= RATERS_APART:
        yield "raters_disagree"
    at = next(at for at, point in enumerate(rubric.key_points) if point.id == one.key_point)
    if any(found.code == "vague" and found.place[:2] == ("key_points", at) for found in lint(rubric)):
        yield "vague"


def _never_varies(one: PointAdvice) -> Iterator[Code]:
    if one.judged >= FEWEST and one.judge_hits != one.people_hits:
        if one.judge_hits == 0:
            yield "nobody_judge"
        if one.judge_hits == 1:
            yield "everybody_judge"
    if one.n >= FEWEST and one.people_hits == 0:
        yield "nobody_people"
    if one.n >= FEWEST and one.people_hits == 1:
        yield "everybody_people"


def _rater_levels(cases: Sequence[Case], key: str) -> Iterator[tuple[Level, Level]]:
    for case in cases:
        said = [one.levels[key] for one in case.human if key in one.levels]
        yield from combinations(said, 2)


def at_least(wrong: int, n: int) -> float:
    """Lower end of the 95 % Wilson interval of wrong / n: few answers say little, so they do not lead the list.

    0 for no answers. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    if not n or not wrong:
        return 0.0
    share_wrong, square = wrong / n, _Z * _Z / n
    middle = share_wrong + square / 2
    return (middle - math.sqrt(square * (share_wrong * (1 - share_wrong) + square / 4))) / (1 + square)


def _kappa(mine: Sequence[Level], theirs: Sequence[Level]) -> float | None:
    return defined(agreement.cohen_kappa(mine, theirs, tuple(_VALUE)))


def _correlation(mine: Sequence[float], theirs: Sequence[float]) -> float | None:
    return defined(agreement.pearson(mine, theirs))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


# --- questions ----------------------------------------------------------------------------------------------------


def _question(cases: Sequence[Case]) -> QuestionAdvice:
    rubric = cases[0].rubric
    gaps = [(one, judge - one.human_share) for one in cases if (judge := one.judge_share) is not None]
    raters = [
        abs(share(one.score, rubric) - share(other.score, rubric))
        for case in cases
        for one, other in combinations(case.human, 2)
    ]
    texts = {
        side: [one.answer for one, gap in gaps if low <= gap < high]
        for side, low, high in (("below", -math.inf, -APART), ("near", -APART, APART), ("above", APART, math.inf))
    }
    known = (rubric.question, *(phrase for point in rubric.key_points for phrase in point.accept))
    rater_gap = _mean(raters)
    return QuestionAdvice(
        rubric=rubric.id,
        title=title(rubric),
        n=len(gaps),
        mae=_mean([abs(gap) for _, gap in gaps]),
        bias=_mean([gap for _, gap in gaps]),
        raters=len(raters),
        raters_gap=rater_gap,
        accept=telling(texts["below"], texts["near"] + texts["above"], known=known),
        reject=telling(texts["above"], texts["near"] + texts["below"], known=known),
        findings=("raters_disagree",) if len(raters) >= FEWEST and (rater_gap or 0.0) >= RATERS_APART / 2 else (),
    )


# --- pairs --------------------------------------------------------------------------------------------------------


def _together(cases: Sequence[Case]) -> Iterator[Together]:
    for one, other in combinations(cases[0].points, 2):
        people = [(case.human_levels.get(one.id), case.human_levels.get(other.id)) for case in cases]
        judge = [(_level(case, one.id), _level(case, other.id)) for case in cases]
        for pairs, of in ((people, "people"), (judge, "judge")):
            known = [(first is Level.HIT, second is Level.HIT) for first, second in pairs if first and second]
            phi = _correlation([float(first) for first, _ in known], [float(second) for _, second in known])
            if len(known) >= ENOUGH and phi is not None and phi >= PHI:
                yield Together(
                    rubric=cases[0].group,
                    first=one.id,
                    second=other.id,
                    of="people" if of == "people" else "judge",
                    n=len(known),
                    phi=min(phi, 1.0),
                )
