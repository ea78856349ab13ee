"""What the value of a partial, a map of scores and keyword cuts changed on answers that did not choose them.

    evaluator calibrate INPUT --judge ... -o cases.jsonl
    python tests/calibration_experiments.py cases.jsonl [more.jsonl ...]

Run by hand, no test. Questions are dealt to five folds. What is tried is chosen and fitted on four of them and applied to
the fifth, in turn, so that every answer is held out once and none helps to choose for itself. Prints a Markdown table: a
line a change with the figures before and after on held-out answers, and the paired bootstrap interval (95 %) of the
difference, questions and answers within them drawn anew; ▲ better, ▼ worse where it leaves 0 out. No model is asked.
"""

# ruff: noqa: T201

from __future__ import annotations

import asyncio
import math
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from evaluator import agreement
from evaluator.calibration.cases import Case
from evaluator.calibration.comparing import Both, Changed, changed, winner
from evaluator.calibration.figuring import ScoreRow, score_values
from evaluator.calibration.fitting import FOLDS, LEAST_ANSWERS, LEAST_QUESTIONS, Pieces, pieces_of, usable_case
from evaluator.calibration.fitting_keywords import fitted_cuts, regraded
from evaluator.calibration.saved import load_cases
from evaluator.grader import fitted_share
from evaluator.models import Level

_ESTIMATE = re.compile(r"(\d+)%[^\d%]+(\d+)%[^\d%]+(\d+)%\D*$")
"""What `evaluator.judging.reasons` writes of the probabilities of hit, partial and missed."""
PARTIALS = (0.3, 0.4, 0.5, 0.6, 0.7)
RESAMPLES = 500
FIGURES = ("mae", "rmse", "qwk", "within")
HEAD = "| set, judge, answers / questions | change | chosen on the folds | MAE | RMSE | qwk | within question |"


class Way(NamedTuple):
    """What was chosen on training answers, in words, and what it makes of others: a share of full marks each."""

    chosen: str
    share: Callable[[Sequence[Case]], list[float]]


def partial(train: Sequence[Case]) -> Way:
    """The value of a partial among `PARTIALS` with the least squared error."""
    best = min(PARTIALS, key=lambda value: (_error(train, Pieces(value, ())), abs(value - 0.5)))
    return Way(f"{best:g}", lambda cases: _shares(cases, Pieces(best, ())))


def line(train: Sequence[Case]) -> Way:
    """A straight line that never falls."""
    made = pieces_of(train, "linear")
    return Way(_ends(made), lambda cases: _shares(cases, made))


def steps(train: Sequence[Case]) -> Way:
    """An isotonic map."""
    made = pieces_of(train, "isotonic")
    return Way(_ends(made), lambda cases: _shares(cases, made))


def cuts(train: Sequence[Case]) -> Way:
    """The cover of a phrase from which the keyword judge says partial, and hit."""
    made = fitted_cuts(train, folds=FOLDS)
    if made is None:
        return Way("as they are", lambda cases: [one.judge_share or 0.0 for one in cases])
    return Way(
        f"{made[0]:g}/{made[1]:g}", lambda cases: [one.judge_share or 0.0 for one in asyncio.run(regraded(cases, made))]
    )


def expected(_: Sequence[Case]) -> Way:
    """The points that the model's own probabilities promise, in place of those of the level that it was given."""
    return Way("nothing", lambda cases: [_promised(one) for one in cases])


def estimated(case: Case) -> bool:
    """Whether the reasons tell probabilities of all levels, as those of a model asked one question a key point do."""
    return case.grade is not None and any(_ESTIMATE.search(one.reason) for one in case.grade.key_points)


def _promised(case: Case) -> float:
    if case.grade is None or not estimated(case):
        return case.judge_share or 0.0
    values = {Level.HIT: 1.0, Level.PARTIAL: 0.5}
    earned = 0.0
    for one in case.grade.key_points:
        found = _ESTIMATE.search(one.reason)
        value = (int(found[1]) + int(found[2]) / 2) / 100 if found else values.get(one.verdict, 0.0)
        earned += value * one.points
    return earned / math.fsum(one.points for one in case.grade.key_points)


def _ends(made: Pieces) -> str:
    """What the lowest and the highest score become."""
    return f"0 → {made.knots[0][1]:.1f}, 1 → {made.knots[-1][1]:.1f}"


def _shares(cases: Sequence[Case], made: Pieces) -> list[float]:
    return [fitted_share(one.grade, one.rubric, made.partial, made.knots) for one in cases if one.grade]


def _error(cases: Sequence[Case], made: Pieces) -> float:
    pairs = zip(_shares(cases, made), cases, strict=True)
    return math.fsum((share - one.human_share) ** 2 for share, one in pairs)


def tried(cases: Sequence[Case], way: Callable[[Sequence[Case]], Way]) -> tuple[list[str], dict[str, Changed]]:
    """What each fold chose, and the figures over all answers, each while held out."""
    chosen: list[str] = []
    rows: list[Both[ScoreRow]] = []
    for fold in agreement.folds_by_group([one.group for one in cases], FOLDS, salt="experiment"):
        found, held_out = way([cases[at] for at in fold.train]), [cases[at] for at in fold.held_out]
        chosen.append(found.chosen)
        rows += [
            Both(_row(one, one.judge_share or 0.0), _row(one, share))
            for one, share in zip(held_out, found.share(held_out), strict=True)
        ]
    return chosen, changed(rows, score_values, RESAMPLES)


def _row(case: Case, share: float) -> ScoreRow:
    return ScoreRow(share, case.human_share, case.step, case.group, case.candidate)


def _cell(name: str, one: Changed) -> str:
    if one.first is None or one.second is None:
        return "—"
    if one.low == one.high == 0:
        return f"{one.first:.3f} =".replace("-", "−").replace("0.", ".")
    mark = {"second": " ▲", "first": " ▼"}.get(winner(name, one) or "", "")
    between = "" if one.low is None or one.high is None else f" ({one.low:+.3f} … {one.high:+.3f})"
    return f"{one.first:.3f} → {one.second:.3f}{mark}{between}".replace("-", "−").replace("0.", ".")


def lines(path: Path) -> list[str]:
    """The rows of the table for one file."""
    cases = [one for one in load_cases(path) if usable_case(one)]
    judge = next((one.grade.trace.model or one.grade.judge for one in cases if one.grade), "nobody")
    name = f"{path.stem}, {judge}, {len(cases)} / {len({one.group for one in cases})}"
    if len(cases) < LEAST_ANSWERS or len({one.group for one in cases}) < LEAST_QUESTIONS:
        return [f"| {name} | too few to hold any out |" + " — |" * 5]
    keyword = cases[0].grade is not None and cases[0].grade.judge == "keyword"
    ways = [("partial", partial), ("straight line", line), ("isotonic", steps), *([("cuts", cuts)] if keyword else [])]
    if any(map(estimated, cases)):
        ways.append(("expected points", expected))
    found = []
    for label, way in ways:
        chosen, figures = tried(cases, way)
        shown = "; ".join(dict.fromkeys(chosen))
        found.append(
            f"| {name} | {label} | {shown} | " + " | ".join(_cell(one, figures[one]) for one in FIGURES) + " |"
        )
    return found


def main(paths: Sequence[str]) -> None:
    """Print one table for all files."""
    print(HEAD)
    print("|" + "---|" * HEAD.count(" |"))
    for path in paths:
        print("\n".join(lines(Path(path))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
