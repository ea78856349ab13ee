"""How much may be asked of an endpoint at once: found by trying, and bounded by what it allows a minute.

The number of requests in flight grows while all is well and is cut when the endpoint says 429 (additive increase,
multiplicative decrease after a slow start, as in TCP; Chiu and Jain 1989). Rates a minute are kept by the generic cell
rate algorithm: every request reserves its place in time, so nobody wakes in vain.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["served", "limited", "troubled", "other"]
"""`limited`: 429. `troubled`: 5xx, a time-out, a broken connection. `other`: says nothing about load."""

START = 20
MOST = 256
_FIRST_CUT = 0.5
_CUT = 0.8
_GROWTH = 1.05
_AT_ONCE = 2.0
"""Seconds after the end of an episode in which the next one means that the limit is still far too high."""
_HOLD, _NEAR = 10.0, 0.9
"""How long, in times of the Retry-After, the limit stays below that share of where it was cut: probing costs."""
_SATURATED = 0.8
"""A round in which less of the limit was used says nothing about whether more would be well."""
_COOL_DOWN = 1.0
"""Seconds after a cut in which further 429s belong to the same episode."""
_GONE_AFTER, _GONE_AFTER_FEW, _GONE_SECONDS = 10, 3, 30.0
"""Troubled requests in a row, and the time without a sign of life, after which an endpoint is taken to be gone."""
_MARGIN = 0.97
"""Share of a known limit that is used: clocks and counting differ."""


@dataclass(slots=True)
class Rate:
    """At most `a_minute` units a minute, a second's worth of them at once."""

    a_minute: float
    clock: Callable[[], float] = time.monotonic
    _due: float = float("-inf")

    def reserve(self, units: float) -> float:
        """Take `units`; the seconds to wait before they may be used."""
        now = self.clock()
        self._due = max(self._due, now - 1.0) + self._seconds(units)
        return max(self._due - now - self._seconds(units), 0.0)

    def correct(self, units: float) -> None:
        """Take so many more, or give back where negative: what was reserved was an estimate."""
        self._due += self._seconds(units)

    def _seconds(self, units: float) -> float:
        return units * 60.0 / (self.a_minute * _MARGIN)


@dataclass(slots=True)
class Limiter:
    """The gate in front of one endpoint and model. Bound to one event loop.

    `acquire` before a request, `release` with its outcome after it. `limit` moves between 1 and `most`, from `start`:
    doubled after every clean round (as many answers as the limit, most of it in use) until the first 429, 5 % more
    after it; halved by the first 429 and by one that comes right after an episode, times 0.8 by each later episode. It
    then stays below 0.9 of where it was cut for a while. A Retry-After holds everybody back; what is refused of the
    requests sent before it belongs to one episode. Trouble of the server stops growth for a round and cuts nothing.
    """

    start: float = START
    most: int = MOST
    requests_a_minute: float | None = None
    tokens_a_minute: float | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    limit: float = field(init=False)
    in_flight: int = field(default=0, init=False)
    limited: int = field(default=0, init=False)
    """429s seen."""
    _rates: dict[str, Rate] = field(init=False)
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque, init=False)
    _starting: bool = field(default=True, init=False)
    _clean: bool = field(default=True, init=False)
    _peak: int = field(default=0, init=False)
    _round: int = field(default=0, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _cut_until: float = field(default=0.0, init=False)
    _ceiling: float = field(default=0.0, init=False)
    """Where the limit was cut last."""
    _held_until: float = field(default=0.0, init=False)
    _troubles: int = field(default=0, init=False)
    """In a row."""
    _alive: float = field(default=0.0, init=False)
    """When the endpoint last gave a sign of life, or was first asked for one."""

    def __post_init__(self) -> None:
        self.limit = float(min(max(self.start, 1), self.most))
        wanted = {"requests": self.requests_a_minute, "tokens": self.tokens_a_minute}
        self._rates = {name: Rate(value, self.clock) for name, value in wanted.items() if value}

    async def acquire(self, tokens: int = 0) -> None:
        """Wait until a request of about that many tokens may be sent."""
        units = {"requests": 1, "tokens": tokens}
        wait = max((rate.reserve(units[name]) for name, rate in self._rates.items()), default=0.0)
        if wait > 0:
            await self.sleep(wait)
        while True:
            if (pause := self._paused_until - self.clock()) > 0:
                await self.sleep(pause)
            elif self.in_flight < int(self.limit):
                break
            else:
                await self._turn()
        if not self.in_flight and not self._troubles:
            self._alive = self.clock()
        self.in_flight += 1
        self._peak = max(self._peak, self.in_flight)

    def release(self, outcome: Outcome, *, retry_after: float | None = None, tokens: int = 0) -> None:
        """Tell how a request ended; `tokens` are those above (or, negative, below) what was reserved."""
        self.in_flight -= 1
        if tokens and "tokens" in self._rates:
            self._rates["tokens"].correct(tokens)
        if outcome == "limited":
            self._cut(retry_after)
        elif outcome == "troubled":
            self._clean = False
            self._troubles += 1
        if outcome in {"served", "limited"}:
            self._troubles, self._alive = 0, self.clock()
        if outcome != "limited":
            self._count()
        self._wake()

    @property
    def worth_beginning(self) -> int:
        """Answers worth working on at once: more than may be asked about, as some of them are not asking just now."""
        return int(self.limit * 1.25) + 4

    @property
    def gone(self) -> bool:
        """Whether nothing but trouble has come back for so long that the endpoint is taken to be gone.

        Requests of every caller count: one alone would use up its retries before it could tell. Where few are in
        flight, as many as that suffice: ten time-outs would be an age.
        """
        enough = min(_GONE_AFTER, max(int(self.limit), _GONE_AFTER_FEW))
        return self._troubles >= enough and self.clock() - self._alive >= _GONE_SECONDS

    def _cut(self, retry_after: float | None) -> None:
        self.limited += 1
        now = self.clock()
        if retry_after:
            self._paused_until = max(self._paused_until, now + retry_after)
        if now >= self._cut_until:
            far_above = self._starting or now < self._cut_until + _AT_ONCE
            self._ceiling, self._starting = self.limit, False
            self.limit = max(self.limit * (_FIRST_CUT if far_above else _CUT), 1.0)
            self._cut_until = now + _COOL_DOWN
        # What was sent before the pause belongs to the episode, what is refused after it does not.
        self._cut_until = max(self._cut_until, self._paused_until)
        self._held_until = max(self._held_until, now + _HOLD * max(retry_after or 0.0, _COOL_DOWN))
        self._begin_round()

    def _count(self) -> None:
        self._round += 1
        if self._round < int(self.limit):
            return
        if self._clean and self._peak >= _SATURATED * int(self.limit):
            grown = self.limit * 2 if self._starting else max(self.limit * _GROWTH, self.limit + 1)
            if self.clock() < self._held_until:
                grown = max(min(grown, self._ceiling * _NEAR), self.limit)
            self.limit = min(grown, float(self.most))
        self._begin_round()

    def _begin_round(self) -> None:
        self._round, self._peak, self._clean = 0, self.in_flight, True

    async def _turn(self) -> None:
        """Wait in the queue for a place; a caller that gives up passes its turn on."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._wake()
            raise

    def _wake(self) -> None:
        free = int(self.limit) - self.in_flight
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
