"""What could be fitted to people's scores without asking anew: the value of a partial, a map of scores, keyword cuts.

Questions are parted once: fitted, and chosen by folds, on the training questions; reported on the others. What is kept
is what was reported: it is not fitted again on everything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import NamedTuple

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.comparing import Both, changed
from evaluator.calibration.figuring import RESAMPLES, ScoreRow, score_values
from evaluator.calibration.fitting_keywords import fitted_cuts, regraded
from evaluator.errors import InputError, Problem, Words
from evaluator.grader import fitted_share
from evaluator.models import Binding, Fit, FitFigure, Flag, Grade, Level, Tried
from evaluator.models.calibration_file import Method
from evaluator.rubrics import judging_hash

LEAST_QUESTIONS, LEAST_ANSWERS = 8, 40
"""Half of them are held out: of fewer, neither half would say anything."""
LEAST_ISOTONIC = 50
"""Training answers: with fewer, a map of steps learns them by heart."""
FOLDS = 5
GAIN = 0.01
"""How much smaller, as a share, the error on folds must be for what a simpler way goes without."""
_LEAST_RISE = 0.05
"""Of a map over its whole length, a share of full marks."""
METHODS: tuple[Method, ...] = ("none", "partial", "linear", "partial_linear", "isotonic", "partial_isotonic")


class Pieces(NamedTuple):
    """What turns verdicts into a share: the value of a partial, None for the rubric's; the knots of a map, or none."""

    partial: float | None
    knots: tuple[tuple[float, float], ...]


async def fit(
    cases: Sequence[Case],
    *,
    source: str = "",
    salt: str = "",
    resamples: int = RESAMPLES,
    created: str = "",
    version: str = "",
) -> Fit:
    """A calibration file from answers that people scored and one judge graded.

    Blank answers, answers to objective questions and those not scored in full are left out. Another `salt` parts the
    questions otherwise. Raises InputError where there are too few, or grades of more than one judge.
    """
    usable = [one for one in cases if usable_case(one)]
    _check(usable)
    halves = agreement.split_by_group([one.group for one in usable], salt=salt)
    binding = _binding(usable, [usable[at] for at in halves.train])
    before = [usable[at] for at in halves.held_out]
    cuts = fitted_cuts([usable[at] for at in halves.train], folds=FOLDS) if binding.judge == "keyword" else None
    if cuts is not None:
        usable = await regraded(usable, cuts)
        binding = binding.model_copy(update=_of_judge(_graded(usable[0])))
    train, held_out = [usable[at] for at in halves.train], [usable[at] for at in halves.held_out]
    tried = _tried(train)
    method = _chosen(tried)
    found = pieces_of(train, method)
    made = Fit(
        binding=binding,
        method=method,
        partial_share=found.partial,
        knots=found.knots,
        keyword_cuts=cuts,
        tried=tried,
        train_answers=len(train),
        train_questions=len({one.group for one in train}),
        held_out_answers=len(held_out),
        held_out_questions=len({one.group for one in held_out}),
        figures={},
        source=source,
        created=created,
        version=version,
    )
    return made.model_copy(update={"figures": _figures(before, held_out, made, resamples)})


def unmappable(made: Fit) -> bool:
    """Whether no map was taken because scores did not rise with people's on the training questions."""
    return not made.knots and all(one.method != "linear" for one in made.tried)


def usable_case(case: Case) -> bool:
    """Whether an answer says anything of a fit: scored in full by a judge, not blank, not to an objective question."""
    grade = case.grade
    return (
        grade is not None
        and case.judge_share is not None
        and Flag.EMPTY not in grade.flags
        and not case.rubric.kind.objective
    )


def _graded(case: Case) -> Grade:
    if case.grade is None:
        raise ValueError(f"no grade of {case.candidate}")
    return case.grade


def _check(cases: Sequence[Case]) -> None:
    questions = len({one.group for one in cases})
    if questions < LEAST_QUESTIONS or len(cases) < LEAST_ANSWERS:
        raise InputError(
            Problem(
                Words(
                    f"只有 {questions} 道题、{len(cases)} 份可用的答案，不拟合："
                    f"至少要 {LEAST_QUESTIONS} 道题、{LEAST_ANSWERS} 份答案",
                    f"{questions} questions with {len(cases)} answers are too few to fit: "
                    f"at least {LEAST_QUESTIONS} and {LEAST_ANSWERS}",
                ),
                field="--fit",
                hint=Words(
                    "拟合要留一半题目不看，用来报告效果；题目太少时，拟合学到的只是这几道题",
                    "half of the questions are held out to report on; of few questions a fit learns those alone",
                ),
            )
        )


def _of_judge(grade: Grade) -> dict[str, object]:
    trace = grade.trace
    return {
        "judge": grade.judge,
        "judge_key": "" if grade.judge == "keyword" else trace.judge_key,  # its key tells the language of its reasons
        "model": trace.model,
        "prompt_hash": trace.prompt_hash,
        "parameters": trace.parameters,
    }


def _binding(cases: Sequence[Case], train: Sequence[Case]) -> Binding:
    said = [_of_judge(_graded(one)) for one in cases]
    if other := next((one for one, its in zip(cases, said, strict=True) if its != said[0]), None):
        raise InputError(
            Problem(
                Words(
                    "这些评分不是同一个评分器给的，不能一起拟合",
                    "these grades are not of one judge and cannot be fitted together",
                ),
                other.group,
                field=other.candidate,
                hint=Words("用 --fresh 重新评一遍", "judge all of it anew with --fresh"),
            )
        )
    hashes = {one.group: judging_hash(one.rubric) for one in {case.group: case for case in train}.values()}
    return Binding.model_validate(said[0] | {"rubrics": hashes})


# --- choosing and fitting, on the training questions only ---------------------------------------------------------


def _tried(train: Sequence[Case]) -> tuple[Tried, ...]:
    """Every way that the answers allow, with its error on the questions of folds that it was not fitted on."""
    folds = agreement.folds_by_group([one.group for one in train], FOLDS, salt="fit")
    found = []
    for method in _possible(train):
        errors = [
            error
            for fold in folds
            for error in _errors(
                [train[at] for at in fold.held_out], pieces_of([train[at] for at in fold.train], method)
            )
        ]
        found.append(Tried(method=method, error=fmean(errors)))
    return tuple(found)


def _possible(train: Sequence[Case]) -> Iterator[Method]:
    partials = any(point.verdict is Level.PARTIAL for one in train for point in _graded(one).key_points)
    for method in METHODS:
        steps, valued = method.endswith("isotonic"), method.startswith("partial")
        if (steps and len(train) < LEAST_ISOTONIC) or (valued and not partials) or _flat(pieces_of(train, method)):
            continue
        # Steps would rise by chance alone where the scores as a whole do not rise with people's.
        if not steps or not _flat(pieces_of(train, "partial_linear" if valued else "linear")):
            yield method


def _flat(pieces: Pieces) -> bool:
    """Everybody would get the same: a small error, and nothing told apart."""
    return bool(pieces.knots) and pieces.knots[-1][1] - pieces.knots[0][1] < _LEAST_RISE


def _chosen(tried: Sequence[Tried]) -> Method:
    """The first that no later one beats by more than `GAIN`: simpler ways stand first."""
    best = tried[0]
    for one in tried[1:]:
        if one.error < best.error * (1 - GAIN):
            best = one
    return best.method


def pieces_of(train: Sequence[Case], method: Method) -> Pieces:
    """Fitted on these answers that way, whether it is any good or not. Raises ValueError without answers."""
    partial = _partial(train) if method.startswith("partial") else None
    if method in {"none", "partial"}:
        return Pieces(partial, ())
    x, y = _shares(train, Pieces(partial, ())), [one.human_share for one in train]
    if method.endswith("isotonic"):
        return Pieces(partial, agreement.isotonic(x, y).knots)
    return Pieces(partial, _line(agreement.linear(x, y, 0.0, 1.0)))


def _partial(train: Sequence[Case]) -> float | None:
    hit, partial = ([_worth(one, level) for one in train] for level in (Level.HIT, Level.PARTIAL))
    value = agreement.partial_value(hit, partial, [one.human_share for one in train])
    return None if math.isnan(value) else round(value, 2)


def _worth(case: Case, level: Level) -> float:
    points = (point.points for point in _graded(case).key_points if point.verdict is level and point.counted)
    return math.fsum(points) / case.rubric.max_score


def _line(line: agreement.LinearMap) -> tuple[tuple[float, float], ...]:
    """The line within 0..1 as knots: its ends, and where it meets the limits."""
    bends = {(limit - line.intercept) / line.slope for limit in (0.0, 1.0)} if line.slope else set()
    places = sorted({0.0, 1.0, *(one for one in bends if 0 < one < 1)})
    return tuple((one, min(1.0, max(0.0, line(one)))) for one in places)


def _shares(cases: Sequence[Case], pieces: Pieces) -> list[float]:
    return [fitted_share(_graded(one), one.rubric, pieces.partial, pieces.knots) for one in cases]


def _errors(cases: Sequence[Case], pieces: Pieces) -> list[float]:
    return [(one - case.human_share) ** 2 for one, case in zip(_shares(cases, pieces), cases, strict=True)]


# --- reporting, on the held-out questions only --------------------------------------------------------------------


def _figures(before: Sequence[Case], after: Sequence[Case], made: Fit, resamples: int) -> dict[str, FitFigure]:
    rows = [
        Both(
            _row(one, one.judge_share or 0.0),
            _row(one, fitted_share(_graded(other), other.rubric, made.partial_share, made.knots)),
        )
        for one, other in zip(before, after, strict=True)
    ]
    return {
        name: FitFigure(before=one.first, after=one.second, difference=one.difference, low=one.low, high=one.high)
        for name, one in changed(rows, score_values, resamples).items()
    }


def _row(case: Case, share: float) -> ScoreRow:
    return ScoreRow(share, case.human_share, case.step, case.group, case.candidate)
