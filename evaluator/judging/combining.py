"""Judges made of judges: a majority of several, a strong one where a cheap one is unsure, windows of a long answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from evaluator.clauses import windows
from evaluator.client import each
from evaluator.judging.protocol import Judge, Task
from evaluator.models import Judgement, Level, Usage, Verdict

_ORDER = {Level.MISSED: 0, Level.PARTIAL: 1, Level.HIT: 2}


class VotingJudge:
    """Asks `n` differently seeded judges; the majority wins and its share is the confidence.

    A tie goes to the lower of the tied levels. `unscored` votes count for nothing; only if all are, so is the verdict.
    """

    def __init__(self, make: Callable[[int], Judge], n: int) -> None:
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        self._judges = [make(index) for index in range(n)]
        self.name = self._judges[0].name

    @property
    def key(self) -> str:
        """The keys of all voters."""
        return "vote(" + ",".join(judge.key for judge in self._judges) + ")"

    async def judge(self, task: Task) -> Judgement:
        """One after the other, so that the second is served from the first one's prefix cache."""
        ballots = await each(judge.judge(task) for judge in self._judges)
        verdicts = [
            _majority([ballot.verdicts[index] for ballot in ballots]) for index in range(len(task.requirements))
        ]
        return _combined(ballots, verdicts, f"majority of {len(ballots)}")


def _majority(votes: Sequence[Verdict]) -> Verdict:
    cast = [vote for vote in votes if vote.level is not Level.UNSCORED]
    if not cast:
        return votes[0]
    counts = Counter(vote.level for vote in cast)
    winner = min(counts, key=lambda level: (-counts[level], _ORDER[level]))
    chosen = next(vote for vote in cast if vote.level is winner)
    return chosen.model_copy(update={"confidence": counts[winner] / len(votes)})


class CascadeJudge:
    """Asks `first`; what it leaves unscored or is less sure of than `below` goes to `second`.

    A verdict without a confidence counts as sure: it cannot be compared.
    """

    def __init__(self, first: Judge, second: Judge, *, below: float = 0.7) -> None:
        self._first, self._second, self._below = first, second, below
        self.name = first.name

    @property
    def key(self) -> str:
        """Both keys and the bound."""
        return f"cascade({self._first.key},{self._second.key},{self._below})"

    async def judge(self, task: Task) -> Judgement:
        """The second judge sees only the requirements that the first is unsure of."""
        first = await self._first.judge(task)
        doubtful = [verdict.key_point for verdict in first.verdicts if self._doubtful(verdict)]
        if not doubtful:
            return first
        second = await self._second.judge(task.narrowed(doubtful))
        better = {v.key_point: v for v in second.verdicts if v.level is not Level.UNSCORED}
        verdicts = [better.get(verdict.key_point, verdict) for verdict in first.verdicts]
        model = f"{second.model} ({second.host})" if second.model else second.judge
        return _combined([first, second], verdicts, f"{len(doubtful)} verdicts asked again of {model}")

    def _doubtful(self, verdict: Verdict) -> bool:
        unsure = verdict.confidence is not None and verdict.confidence < self._below
        return unsure or verdict.level is Level.UNSCORED


class WindowedJudge:
    """Judges an answer that is longer than `max_chars` in overlapping windows; the best level found anywhere counts.

    Evidence is merged from all windows with that level. An unscored window leaves a requirement unscored unless
    another window found a hit: what was not read cannot be called missed.
    """

    def __init__(self, inner: Judge, *, max_chars: int) -> None:
        self._inner, self._max_chars = inner, max_chars
        self.name = inner.name

    @property
    def key(self) -> str:
        """The inner key and the size of a window."""
        return f"windows({self._inner.key},{self._max_chars})"

    async def judge(self, task: Task) -> Judgement:
        """One pass a window; a short answer is passed on as it is."""
        parts = windows(task.clauses, self._max_chars)
        if len(parts) <= 1:
            return await self._inner.judge(task)
        found = await each(self._inner.judge(replace(task, clauses=part)) for part in parts)
        verdicts = [_best([part.verdicts[index] for part in found]) for index in range(len(task.requirements))]
        return _combined(found, verdicts, f"judged in {len(parts)} windows")


def _best(verdicts: Sequence[Verdict]) -> Verdict:
    hits = [verdict for verdict in verdicts if verdict.level is Level.HIT]
    lost = [verdict for verdict in verdicts if verdict.level is Level.UNSCORED]
    if lost and not hits:
        return lost[0]
    best = max((v for v in verdicts if v.level is not Level.UNSCORED), key=lambda v: _ORDER[v.level])
    spans = {(e.start, e.end): e for v in verdicts if v.level is best.level for e in v.evidence}
    return best.model_copy(update={"evidence": tuple(spans[place] for place in sorted(spans))})


def _combined(parts: Sequence[Judgement], verdicts: Sequence[Verdict], note: str) -> Judgement:
    """The first part's trace, everybody's usage and notes."""
    notes = dict.fromkeys(text for part in parts for text in part.notes)
    return parts[0].model_copy(
        update={
            "verdicts": tuple(verdicts),
            "off_topic": all(part.off_topic for part in parts),
            "usage": sum((part.usage for part in parts), Usage()),
            "notes": (note, *notes),
        }
    )
