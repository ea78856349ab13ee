"""What a report shows: a grade with the answer it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from evaluator.models import Grade, Level, Note, Rubric, Said


@dataclass(frozen=True, slots=True)
class Item:
    """One graded answer.

    `expected` are levels that a person gave, where known; `title` names it in a list; `said` is what people say of it,
    with `grade` as it stands after that, and `automatic` the grade before.
    """

    grade: Grade
    answer: str
    rubric: Rubric | None = None
    title: str = ""
    expected: Mapping[str, Level] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    automatic: Grade | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the answer that belongs to the same key points and notes; `points` are their numbers from 1."""

    text: str
    points: tuple[int, ...]
    notes: tuple[int, ...] = ()
    """Ids of the notes on a span that it lies in."""
    ending: tuple[int, ...] = ()
    """Those whose span ends here."""


def segments(answer: str, grade: Grade, notes: Sequence[Note] = ()) -> tuple[Segment, ...]:
    """The answer cut wherever evidence or the span of a note begins or ends; spans may overlap.

    Joined, the segments are the answer again.
    """
    spans = [
        (evidence.start, evidence.end, number)
        for number, point in enumerate(grade.key_points, 1)
        for evidence in point.evidence
    ]
    noted = [
        (note.start, min(note.end, len(answer)), note.id)
        for note in notes
        if note.start is not None and note.end is not None and note.start < min(note.end, len(answer))
    ]
    edges = sorted({0, len(answer), *(edge for start, end, _ in (*spans, *noted) for edge in (start, end))})
    return tuple(
        Segment(
            answer[left:right],
            tuple(sorted({n for start, end, n in spans if start <= left and right <= end})),
            tuple(n for start, end, n in noted if start <= left and right <= end),
            tuple(n for _, end, n in noted if end == right),
        )
        for left, right in pairwise(edges)
    )
