"""What a run says of its questions and key points, counted answer by answer in memory that does not grow."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from evaluator.batch import AnswerResult
from evaluator.models import KeyPointGrade, Level, Rubric
from evaluator.workbook.standing import Standing, standing

BINS = 10
"""Bars of a distribution where a question has more possible scores than that."""


@dataclass(slots=True)
class KeyPointCounts:
    """Verdicts on one key point, over answers that say something."""

    levels: Counter[Level] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        """Answers, unscored ones among them."""
        return self.levels.total()

    def rate(self, level: Level) -> float | None:
        """Share of that level, 0..1; None where there is no answer."""
        return self.levels[level] / self.judged if self.judged else None

    @property
    def never_hit(self) -> bool:
        """At least two verdicts, and no hit or partial among them."""
        settled = self.judged - self.levels[Level.UNSCORED]
        return settled >= 2 and self.levels[Level.MISSED] == settled

    @property
    def always_hit(self) -> bool:
        """At least two verdicts, and nothing but hits."""
        settled = self.judged - self.levels[Level.UNSCORED]
        return settled >= 2 and self.levels[Level.HIT] == settled


@dataclass(slots=True)
class QuestionCounts:
    """One question: every measure of scores is over completely scored answers, blank ones as the 0 they earned."""

    rubric: Rubric
    standings: Counter[Standing] = field(default_factory=Counter)
    scores: Counter[float] = field(default_factory=Counter)
    review: int = 0
    seconds: float = 0.0
    timed: int = 0
    """Answers that a model was asked about in this run."""
    key_points: dict[str, KeyPointCounts] = field(default_factory=dict)
    hashes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.key_points = {point.id: KeyPointCounts() for point in self.rubric.key_points}

    def add(self, result: AnswerResult) -> None:
        """Count one answer."""
        how = standing(result)
        self.standings[how] += 1
        grade = result.grade
        if grade is None:
            return
        if grade.score is not None:
            self.scores[grade.score] += 1
        self.review += grade.needs_review
        self.hashes[grade.trace.rubric_hash] += 1
        if grade.trace.usage.calls:
            self.timed += 1
            self.seconds += grade.trace.usage.seconds
        if how is not Standing.BLANK:
            self._count(grade.key_points)

    def _count(self, graded: tuple[KeyPointGrade, ...]) -> None:
        for point in graded:
            if point.id in self.key_points:
                self.key_points[point.id].levels[point.verdict] += 1

    @property
    def answers(self) -> int:
        """Answers to this question, whatever became of them."""
        return self.standings.total()

    @property
    def scored(self) -> int:
        """Completely scored answers, blank ones among them."""
        return self.scores.total()

    @property
    def unscored(self) -> int:
        """Answers without a grade."""
        return self.standings[Standing.FAILED] + self.standings[Standing.PENDING]

    @property
    def mean(self) -> float | None:
        """In points; None where nothing is scored."""
        return math.fsum(score * n for score, n in self.scores.items()) / self.scored if self.scored else None

    @property
    def spread(self) -> float | None:
        """Standard deviation of the sample (n - 1), in points; None below two scores."""
        mean = self.mean
        if mean is None or self.scored < 2:
            return None
        return math.sqrt(math.fsum(n * (score - mean) ** 2 for score, n in self.scores.items()) / (self.scored - 1))

    @property
    def median(self) -> float | None:
        """The score in the middle, or half-way between the two there."""
        if not self.scored:
            return None
        low, high = (self._at((self.scored - 1) // 2), self._at(self.scored // 2))
        return (low + high) / 2

    def _at(self, place: int) -> float:
        seen = 0
        for score, n in sorted(self.scores.items()):
            seen += n
            if place < seen:
                return score
        raise IndexError(place)

    @property
    def lowest(self) -> float | None:
        """The least score given."""
        return min(self.scores, default=None)

    @property
    def highest(self) -> float | None:
        """The highest score given."""
        return max(self.scores, default=None)

    def share(self, count: int) -> float | None:
        """`count` of all answers, 0..1; None where there is none."""
        return count / self.answers if self.answers else None

    def bars(self) -> Iterator[tuple[float, float, int]]:
        """The distribution: (from, to, answers), least first; `to` equals `from` where a bar is one score."""
        steps = round(self.rubric.max_score / self.rubric.rounding)
        if steps <= BINS:
            values = sorted({*(step * self.rubric.rounding for step in range(steps + 1)), *self.scores})
            yield from ((value, value, self.scores[value]) for value in values)
            return
        width = _round_width(self.rubric.max_score / BINS)
        bins = math.ceil(self.rubric.max_score / width - 1e-9)
        places = Counter[int]()
        for score, n in self.scores.items():
            places[min(int(score / width + 1e-9), bins - 1)] += n
        top = self.rubric.max_score
        yield from ((place * width, min((place + 1) * width, top), places[place]) for place in range(bins))


def _round_width(least: float) -> float:
    """The least of 1, 2, 5, 10, … (or a tenth, a hundredth of them) that is not below `least`."""
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * step for step in (1, 2, 5, 10) if size * step >= least - 1e-9)
