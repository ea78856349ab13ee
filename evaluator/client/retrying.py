"""Trying again. The only place that waits: bounded in number and in time, and it listens to Retry-After."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from evaluator.client.faults import Failed, Fault

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often. `sleep` and `clock` are replaced in tests, which never wait."""

    attempts: int = 5
    limited_attempts: int = 0
    """429s that do not count as attempts: behind a limiter they say nothing of the request."""
    total_seconds: float = 600.0
    """No further attempt starts after this."""
    first_wait: float = 1.0
    longest_wait: float = 60.0
    """Also the cap on what a Retry-After may ask for."""
    sleep: Sleep = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    def wait(self, fault: Fault, attempt: int) -> float:
        """Seconds before the next attempt: as the server says, else exponential with full jitter."""
        if fault.retry_after is not None:
            # A little spread, so that many waiting callers do not all come back in the same moment.
            return min(fault.retry_after * random.uniform(1.0, 1.1), self.longest_wait)
        ceiling = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        return random.uniform(ceiling / 2, ceiling)


async def retrying(
    attempt: Callable[[], Awaitable[T]], patience: Patience, on_retry: Callable[[Fault, float], None]
) -> T:
    """The result of `attempt`; its `Failed` is repeated while the fault says so, then raised as the error in it.

    `on_retry` is told the fault and the seconds until the next attempt.
    """
    deadline = patience.clock() + patience.total_seconds
    try:
        return await attempt()
    except Failed as failed:
        first = failed
    return await _again(first, attempt, patience, on_retry, deadline)


async def _again(
    first: Failed,
    attempt: Callable[[], Awaitable[T]],
    patience: Patience,
    on_retry: Callable[[Fault, float], None],
    deadline: float,
) -> T:
    """What comes after a first attempt that failed: few calls get here, and the loop costs as much as a request."""
    from tenacity import AsyncRetrying, retry_if_exception  # noqa: PLC0415 - costs 70 ms, needed only here

    limited = 0
    failures = [first]

    async def attempted() -> T:
        if failures:
            raise failures.pop()
        return await attempt()

    def wait(state: RetryCallState) -> float:
        return patience.wait(_fault(state), state.attempt_number)

    def stop(state: RetryCallState) -> bool:
        nonlocal limited
        limited += _fault(state).cause == "rate_limited"
        counted = state.attempt_number - min(limited, patience.limited_attempts)
        return counted >= patience.attempts or patience.clock() + state.upcoming_sleep > deadline

    loop = AsyncRetrying(
        sleep=patience.sleep,
        wait=wait,
        stop=stop,
        retry=retry_if_exception(lambda error: isinstance(error, Failed) and error.fault.retry),
        before_sleep=lambda state: on_retry(_fault(state), state.upcoming_sleep),
        reraise=True,
    )
    try:
        return await loop(attempted)
    except Failed as failed:
        error = failed.fault.error
    # Raised out here, so that the SDK's exception, whose request carries the key, hangs on no traceback.
    raise error


def _fault(state: RetryCallState) -> Fault:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, Failed):  # pragma: no cover - tenacity only asks after a Failed
        raise TypeError(f"cannot wait for {error!r}")
    return error.fault
