"""Where a run stands, from moment to moment: what a progress bar, a log line or a page shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from evaluator.models import Model, Usage

State = Literal["running", "finished", "interrupted", "stopped"]
_ENOUGH = 20
"""Texts that a model was asked about before a forecast is made from them."""
_WINDOW = 30.0
"""Seconds that the rate is taken over,"""
_FEW = 5
"""and texts: a judge that needs longer for so many is given longer."""


class Progress(Model):
    """One moment of a run. Counts are of distinct texts: identical answers to a question are one."""

    state: State = "running"
    reason: str = ""
    """Why a run that is not finished ended: `interrupted`, `endpoint`, `max_cost`, `limit`."""
    cause: str = ""
    """What was wrong with the endpoint, where that was the reason: a word that the client's `explain` knows."""
    done: int
    total: int
    failed: int
    review: int
    called: int
    """Texts that a model was asked about; the rest were blank, objective or known."""
    in_flight: int
    seconds: float
    rate: float
    """Texts a second, of late: over half a minute, or over the last five where they took longer."""
    eta: float | None
    """Seconds to go, where that can be said."""
    usage: Usage
    forecast: Usage | None = None
    """What the whole run will have used at the end, from what was seen; None before that is worth saying."""


@dataclass(slots=True)
class Meter:
    """Counts what comes in and says how it goes."""

    total: int
    clock: Callable[[], float]
    done: int = 0
    failed: int = 0
    review: int = 0
    called: int = 0
    in_flight: int = 0
    usage: Usage = field(default_factory=Usage)
    _began: float = field(init=False)
    _marks: deque[tuple[float, int]] = field(default_factory=deque, init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()
        self._marks.append((self._began, 0))

    def progress(self, state: State = "running", reason: str = "", cause: str = "") -> Progress:
        """This moment."""
        now = self.clock()
        rate, left = self._rate(now), self.total - self.done
        return Progress(
            state=state,
            reason=reason,
            cause=cause,
            done=self.done,
            total=self.total,
            failed=self.failed,
            review=self.review,
            called=self.called,
            in_flight=self.in_flight,
            seconds=now - self._began,
            rate=rate,
            eta=left / rate if rate and left else None if left else 0.0,
            usage=self.usage,
            forecast=self._forecast(),
        )

    def _rate(self, now: float) -> float:
        marks = self._marks
        if self.done > marks[-1][1]:
            marks.append((now, self.done))
        while len(marks) > 1 and now - marks[1][0] >= _WINDOW and self.done - marks[1][1] >= _FEW:
            marks.popleft()
        since, before = marks[0]
        return (self.done - before) / (now - since) if now > since else 0.0

    def _forecast(self) -> Usage | None:
        if self.called < _ENOUGH or not self.done:
            return None
        share, used = self.total / self.done, self.usage
        return Usage(
            calls=round(used.calls * share),
            prompt=round(used.prompt * share),
            cached=round(used.cached * share),
            completion=round(used.completion * share),
            cost=None if used.cost is None else used.cost * share,
        )
