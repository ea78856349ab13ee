"""How often somebody may ask: a bucket that fills again with time."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

_MOST_CALLERS = 1_000


class Buckets:
    """One bucket a caller: `size` at once, then `per_second`."""

    def __init__(self, size: int, per_second: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._per_second = per_second
        self._clock = clock
        self._lock = Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def wait(self, caller: str) -> float:
        """0 where the caller may go on (one is taken out), else the seconds until then."""
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(caller, (float(self._size), now))
            level = min(self._size, level + (now - since) * self._per_second)
            allowed = level >= 1
            self._levels[caller] = (level - 1 if allowed else level, now)
            while len(self._levels) > _MOST_CALLERS:  # the one that has not asked for longest
                del self._levels[next(iter(self._levels))]
        return 0.0 if allowed else (1 - level) / self._per_second
