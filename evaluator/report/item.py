"""What a report shows: a grade with the answer it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from evaluator.models import Grade, Level, Rubric


@dataclass(frozen=True, slots=True)
class Item:
    """One graded answer. `expected` are levels that a person gave, where known; `title` names it in a list."""

    grade: Grade
    answer: str
    rubric: Rubric | None = None
    title: str = ""
    expected: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the answer that belongs to the same key points; `points` are their numbers from 1."""

    text: str
    points: tuple[int, ...]


def segments(answer: str, grade: Grade) -> tuple[Segment, ...]:
    """The answer cut wherever a span of evidence begins or ends; spans may overlap. Joined, it is the answer again."""
    spans = [
        (evidence.start, evidence.end, number)
        for number, point in enumerate(grade.key_points, 1)
        for evidence in point.evidence
    ]
    edges = sorted({0, len(answer), *(edge for start, end, _ in spans for edge in (start, end))})
    return tuple(
        Segment(answer[left:right], tuple(sorted({n for start, end, n in spans if start <= left and right <= end})))
        for left, right in pairwise(edges)
    )
