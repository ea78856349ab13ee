"""双评: a judge's score beside those of people, what follows from the two, and how far they agree."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluator.batch.answers import Row
from evaluator.models import Act, Mark, Rubric
from evaluator.scoring import exact, rounded

TOLERANCE = 0.1
"""Share of full marks that two scores may lie apart."""
AGAIN = 0.05
"""Share of what a person has marked that the same person is given once more (自评)."""
SELF_CHECK = "自评"
"""The reason of a mark that was given to the same answer once more."""
_SOON = 3
"""Answers that are marked in between before one comes again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer that was marked twice or more."""

    row: Row
    automatic: float | None
    """一评; None where the judge could not score all of it."""
    marks: tuple[Mark, ...]
    """二评, the last of each person."""
    within: bool
    proposed: float | None
    """The mean in the rubric's steps; None beyond the tolerance."""

    @property
    def settled(self) -> bool:
        """Whether somebody has said what counts."""
        return self.row.said.final is not None

    @property
    def to_arbitrate(self) -> bool:
        """仲裁: the scores lie too far apart, and nobody has said what counts."""
        return not self.within and not self.settled


def default_tolerance(rubric: Rubric) -> float:
    """A tenth of full marks, in points."""
    return float(exact(rubric.max_score) * Fraction(str(TOLERANCE)))


def standing_of(row: Row, rubric: Rubric, tolerance: float) -> Standing | None:
    """What follows from the marks of an answer; None where nobody has marked it, or where it waits for the judge.

    Scores exactly `tolerance` points apart are within it. What the judge could not score is never within.
    """
    marks = row.said.second
    if not marks or row.grade is None:
        return None
    automatic = row.grade.score
    if automatic is None:
        return Standing(row, None, marks, within=False, proposed=None)
    scores = [automatic, *(mark.score for mark in marks)]
    within = exact(max(scores)) - exact(min(scores)) <= exact(tolerance)
    return Standing(row, automatic, marks, within, mean_in_steps(scores, rubric) if within else None)


def mean_in_steps(scores: Sequence[float], rubric: Rubric) -> float:
    """The mean, at the nearest multiple of the rubric's step or at full marks; the upper one of two."""
    return rounded(sum(map(exact, scores), Fraction(0)) / len(scores), rubric.max_score, rubric.rounding)


# --- who marks what --------------------------------------------------------------------------------------------------


def next_to_mark(
    rows: Iterable[Row], author: str, marks: Mapping[str, Sequence[Act]], *, again: float = AGAIN
) -> tuple[Row, bool] | None:
    """What that person marks next, and whether it is once more; None where nothing is left.

    `marks` are the second marks by subject, oldest first. Answers come in an order that tells nothing of them, so that
    the first ones are a fair sample of all; blank ones need no mark, and what waits for the judge has its turn later.
    Of what the person has marked a share comes once more, not at once.
    """
    written = sorted(to_mark(rows), key=lambda row: chance("mark", row.subject))
    mine = {row.subject: row for row in written if author in _markers(marks.get(row.subject, ()))}
    checked = {subject for subject in mine if any(_is_check(act, author) for act in marks[subject])}
    if math.floor(round(len(mine) * again, 9)) > len(checked):
        latest = sorted(mine, key=lambda subject: marks[subject][-1].sequence, reverse=True)[:_SOON]
        waiting = [subject for subject in mine if subject not in checked and subject not in latest]
        if waiting:
            return mine[min(waiting, key=lambda subject: chance(author, subject))], True
    fresh = next((row for row in written if not _markers(marks.get(row.subject, ()))), None)
    return (fresh, False) if fresh is not None else None


def to_mark(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Those that a second mark makes sense of."""
    return tuple(row for row in rows if row.text.strip() and row.grade is not None)


def _markers(acts: Sequence[Act]) -> set[str]:
    """Whose mark stands, not taken back."""
    last = {act.author: act.body.get("score") for act in acts if act.body is not None}
    return {author for author, score in last.items() if score is not None}


def _is_check(act: Act, author: str) -> bool:
    return act.author == author and act.body is not None and act.body.get("reason") == SELF_CHECK


def chance(seed: str, subject: str) -> bytes:
    """A place in an order that says nothing of the answer: another one a seed, the same in every process."""
    return hashlib.blake2b(f"{seed}:{subject}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


# --- how far they agree ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far two series of scores of one question lie apart."""

    items: int
    qwk: float
    """nan where it is undefined: no items, or no variance."""
    error: float
    """Mean absolute difference in points; nan without items."""


def with_judge(rows: Iterable[Row], rubric: Rubric) -> Agreed:
    """The judge against people's marks; one a person and answer."""
    pairs = [
        (row.grade.score, mark.score)
        for row in rows
        if row.grade is not None and row.grade.score is not None
        for mark in row.said.second
    ]
    return _agreed(pairs, rubric)


def with_oneself(marks: Mapping[str, Sequence[Act]], rubric: Rubric) -> Agreed:
    """People against themselves: what they gave once more against what they gave before."""
    pairs: list[tuple[float, float]] = []
    for acts in marks.values():
        last: dict[str, float] = {}
        for act in acts:
            score = act.body.get("score") if act.body else None
            if not isinstance(score, int | float):
                continue
            if _is_check(act, act.author) and act.author in last:
                pairs.append((last[act.author], float(score)))
            last[act.author] = float(score)
    return _agreed(pairs, rubric)


def _agreed(pairs: Sequence[tuple[float, float]], rubric: Rubric) -> Agreed:
    from evaluator.agreement import mean_absolute_error, score_qwk  # noqa: PLC0415 - the first page needs no statistics

    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    most = rubric.max_score
    # A mark of an older version of the rubric may lie beyond what can be had now.
    one, other = [min(score, most) for score in one], [min(score, most) for score in other]
    return Agreed(len(pairs), score_qwk(one, other, rubric.rounding, most), mean_absolute_error(one, other))
