"""Answers that people scored, with what a judge made of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from evaluator.batch import Results
from evaluator.models import Grade, HumanScore, KeyPoint, Level, Model, Rubric, Text

LEAST_STEP = 0.1
_HIGHEST = 1.0


class Case(Model):
    """One answer: what people gave it, and the grade or the reason why there is none."""

    rubric: Rubric
    candidate: Text
    name: str = ""
    """The person's name: masked before any network call, kept in no file."""
    answer: str
    place: str = ""
    human: tuple[HumanScore, ...]
    """At least one; each rater's score is in points of the rubric's `max_score`."""
    grade: Grade | None = None
    steers: bool = False
    """Known to hold instructions to the examiner: the source says `injection` in its column `type`, as samples do."""
    failure: str = ""
    """Why there is no grade, for a person; empty where there is one or the answer was not judged yet."""

    @property
    def group(self) -> str:
        """The question: id of the rubric."""
        return self.rubric.id

    @cached_property
    def human_share(self) -> float:
        """Mean over the raters, as a share of full marks, 0..1."""
        return share(math.fsum(one.score for one in self.human) / len(self.human), self.rubric)

    @property
    def judge_share(self) -> float | None:
        """The judge's score as a share of full marks; None where it is not complete."""
        if self.grade is None or self.grade.score is None:
            return None
        return share(self.grade.score, self.rubric)

    @cached_property
    def by_rater(self) -> Mapping[str, float]:
        """Each rater's score as a share of full marks."""
        return {one.rater: share(one.score, self.rubric) for one in self.human}

    @cached_property
    def human_levels(self) -> Mapping[str, Level]:
        """The level of each key point that people gave one of: what most raters say, `partial` where they tie."""
        said = {
            point.id: [one.levels[point.id] for one in self.human if point.id in one.levels] for point in self.points
        }
        return {key: consensus(levels) for key, levels in said.items() if levels}

    @property
    def points(self) -> tuple[KeyPoint, ...]:
        """The key points of the rubric."""
        return self.rubric.key_points

    @cached_property
    def judge_levels(self) -> Mapping[str, Level]:
        """The judge's level of each key point, `unscored` among them; empty without a grade."""
        return {} if self.grade is None else {point.id: point.verdict for point in self.grade.key_points}

    @property
    def step(self) -> float:
        """What counts as one step between scores, a share: the rubric's rounding, at least a tenth of full marks."""
        return min(max(LEAST_STEP, self.rubric.rounding / self.rubric.max_score), _HIGHEST)


def cases(results: Results) -> tuple[Case, ...]:
    """The answers of a run that people scored, in the order of the source; those without a human score are left out."""
    rubrics = {one.id: one for one in results.rubrics}
    return tuple(
        Case(
            rubric=rubrics[key],
            candidate=candidate.candidate,
            name=candidate.name,
            answer=found.answer.text,
            place=found.answer.place,
            human=found.answer.human,
            grade=found.grade,
            failure=found.failure,
            steers=candidate.columns.get("type") == "injection",
        )
        for candidate in results.candidates()
        for key, found in candidate.answers.items()
        if found.answer.human and key in rubrics
    )


def share(score: float, rubric: Rubric) -> float:
    """Points as a share of full marks, kept within 0..1."""
    return min(max(score / rubric.max_score, 0.0), 1.0)


def consensus(levels: Iterable[Level]) -> Level:
    """What most say; where the most frequent tie, `partial`, which stands between the others."""
    counted = Counter(levels).most_common()
    if len(counted) > 1 and counted[0][1] == counted[1][1]:
        return Level.PARTIAL
    return counted[0][0]
