"""Whether a key point that was worded vaguely on purpose is found by the advice: run by hand, no test.

    evaluator calibrate samples --split all --judge keyword -o cases.jsonl
    python tests/worsened_rubrics.py cases.jsonl

Takes every key point in turn whose question has enough answers, writes in its place a sentence that asks for nothing in
particular, without phrases, has the keyword judge (no model) judge the question's answers by it, and looks where the
key point stands in the advice on the whole set, before and after. That the lint calls the sentence vague is not counted
when places are found, so that only what judge and people did tells.
"""

# ruff: noqa: T201

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scored_cases import VAGUE, but

from evaluator.agreement import grouped
from evaluator.calibration.advice import advice, urgency
from evaluator.calibration.advice_model import PointAdvice
from evaluator.calibration.cases import Case
from evaluator.calibration.fitting_keywords import regraded
from evaluator.calibration.saved import load_cases
from evaluator.calibration.suggesting import reworded
from evaluator.judging.keyword import CUTS

FEWEST = 4
BLURRED = {"name": "综合表现", "hit": VAGUE, "partial": "", "accept": (), "reject": ()}


class Place(NamedTuple):
    """Where a key point stands in the advice, 1 first, and what was found of it."""

    rank: int
    findings: tuple[str, ...]


def worsened(cases: Sequence[Case], key: str) -> list[Case]:
    """Answers to one question as the keyword judge sees them where this key point asks for nothing in particular."""
    rubric = cases[0].rubric
    vague = rubric.key_point(key).model_copy(update=BLURRED)
    worse = reworded(rubric, vague)
    return asyncio.run(regraded([but(one, rubric=worse) for one in cases], CUTS))


def place(points: Sequence[PointAdvice], rubric: str, key: str) -> Place:
    """Where it stands in the list of key points."""
    told = [
        one.model_copy(update={"findings": tuple(code for code in one.findings if code != "vague")}) for one in points
    ]
    listed = enumerate(sorted(told, key=urgency), 1)
    at = next(at for at, one in listed if (one.rubric, one.key_point) == (rubric, key))
    return Place(at, next(one.findings for one in points if (one.rubric, one.key_point) == (rubric, key)))


def main(path: str) -> None:
    """Print how many are found and how far up the list they move."""
    cases = asyncio.run(regraded(load_cases(Path(path)), CUTS))
    before = advice(cases, most=0).key_points
    ranks: list[tuple[Place, Place]] = []
    for group, members in grouped([one.group for one in cases]).items():
        own = [cases[at] for at in members]
        others = [one for one in before if one.rubric != group]
        for point in own[0].points if len(own) >= FEWEST else ():
            after = [*others, *advice(worsened(own, point.id), most=0).key_points]
            ranks.append((place(before, group, point.id), place(after, group, point.id)))
            print(group, point.id, *ranks[-1], sep="\t")
    if not ranks:
        sys.exit(f"no question has {FEWEST} answers")
    first, second = [one.rank for one, _ in ranks], [one.rank for _, one in ranks]
    of = len(before)
    print(f"{len(ranks)} key points worsened one at a time, of {of} in the list")
    up = sum(later.rank < earlier.rank for earlier, later in ranks)
    print(f"median rank {median(first):g} -> {median(second):g}; up in {up}")
    for most in (1, 3, 10):
        print(f"among the first {most}: {sum(one <= most for one in first)} -> {sum(one <= most for one in second)}")
    for code in sorted({code for pair in ranks for one in pair for code in one.findings}):
        counts = [sum(code in pair[at].findings for pair in ranks) for at in (0, 1)]
        print(f"{code}: {counts[0]} -> {counts[1]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
