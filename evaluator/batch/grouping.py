"""Answers to one question that are looked at once: blank ones, the same ones, nearly the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from evaluator.batch.alike import Source, alike
from evaluator.batch.answers import Row
from evaluator.batch.results import AnswerResult, CandidateResult, RunInfo
from evaluator.models import Answer, Grade, Level, Rejected, Rubric
from evaluator.scoring import verdicts_of
from evaluator.text import normalise

Kind = Literal["blank", "same", "alike"]
_LEAST = 2
"""Characters in a row that count as the same where two texts are laid side by side."""


@dataclass(frozen=True, slots=True)
class Group:
    """Two answers or more, in the order of the source."""

    kind: Kind
    rows: tuple[Row, ...]
    similarity: float = 1.0
    """0..1; 1 where all texts are the same but for punctuation and the like."""
    shared: str = ""
    """The longest stretches that all have in common; of the same ones the whole text."""
    source: Source = ""
    """Where they have it from, if not from each other."""


def groups(rubric: Rubric, rows: Sequence[Row]) -> tuple[Group, ...]:
    """Every answer stands in one group at most: blank ones first, then the larger groups."""
    blank = tuple(row for row in rows if not row.text.strip())
    written = [row for row in rows if row.text.strip()]
    near = list(_near(rubric, written))
    taken = {row.subject for group in near for row in group.rows}
    same = _same([row for row in written if row.subject not in taken])
    found = sorted((*near, *same), key=lambda group: -len(group.rows))
    return (*((Group("blank", blank),) if len(blank) > 1 else ()), *found)


def group_of(found: Sequence[Group], key: int) -> Group | None:
    """The group that the answer of that candidate stands in."""
    return next((group for group in found if any(row.key == key for row in group.rows)), None)


def _near(rubric: Rubric, rows: Sequence[Row]) -> Iterator[Group]:
    by_candidate = {row.candidate: row for row in rows}
    for found in alike(_OneQuestion(rubric, rows)):
        members = tuple(by_candidate[candidate] for candidate in found.candidates)
        same = len({normalise(row.text).text for row in members}) == 1
        yield Group("same" if same else "alike", members, found.similarity, found.shared, found.source)


def _same(rows: Sequence[Row]) -> Iterator[Group]:
    """What is too short to be compared by parts, or of an objective question, can still be the same."""
    by_text: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_text[normalise(row.text).text or row.text.strip()].append(row)
    for members in by_text.values():
        if len(members) > 1:
            yield Group("same", tuple(members), shared=members[0].text.strip())


@dataclass(frozen=True, slots=True)
class _OneQuestion:
    """`Results` with the answers to one question and nothing else."""

    rubric: Rubric
    rows: Sequence[Row]

    @property
    def info(self) -> RunInfo:
        return RunInfo(id="", source="", state="")

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        return (self.rubric,)

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def candidates(self) -> Iterator[CandidateResult]:
        for place, row in enumerate(self.rows):
            answer = AnswerResult(Answer(rubric=self.rubric.id, text=row.text))
            yield CandidateResult(place, row.candidate, answers={self.rubric.id: answer})

    def rejected(self) -> Iterator[Rejected]:
        return iter(())


def pieces(base: str, text: str) -> tuple[tuple[str, bool], ...]:
    """`text` cut where it differs from `base`; True marks what `base` does not have there. Joined it is `text`."""
    found: list[tuple[str, bool]] = []
    at = 0
    for block in LCSseq.editops(base, text).as_matching_blocks():
        if block.size < _LEAST and block.size < len(text):
            continue
        if block.b > at:
            found.append((text[at : block.b], True))
        found.append((text[block.b : block.b + block.size], False))
        at = block.b + block.size
    if at < len(text):
        found.append((text[at:], True))
    return tuple((part, differs) for part, differs in found if part)


def to_follow(example: Grade, automatic: Grade, holding: Grade) -> Mapping[str, Level | None]:
    """What must be laid over a member's verdicts so that they say what `example` says, by key point and deduction.

    All three are what was made by one rubric: what holds of the example, what the judge said of the member and what
    holds of it. None lifts an override of the member's. What is unscored in the example stays as it is.
    """
    wanted = {verdict.key_point: verdict.level for verdict in verdicts_of(example)}
    judged = {verdict.key_point: verdict.level for verdict in verdicts_of(automatic)}
    now = {verdict.key_point: verdict.level for verdict in verdicts_of(holding)}
    return {
        key: None if judged.get(key) is level else level
        for key, level in wanted.items()
        if level is not Level.UNSCORED and now.get(key) is not level
    }
