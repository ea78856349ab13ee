"""When to stop knocking: an endpoint that is gone fails every answer alike, and none of them is to blame."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluator.batch.executor import Graded

_FOR_GOOD = frozenset({"auth", "forbidden", "quota", "model_not_found", "not_found", "not_an_api", "redirected", "tls"})
"""Causes that no patience mends."""
_GONE = frozenset({"connection", "timeout", "server_error", "rate_limited", "conflict"})
AFTER = 3
"""Failures in a row for good."""
AFTER_MANY = 10
"""Failures in a row of a kind that may pass; each has used up its retries."""


@dataclass(slots=True)
class Breaker:
    """Trips when answers fail in a row and it is the endpoint's doing. `victims` are the items that failed by then."""

    victims: list[int] = field(default_factory=list)
    cause: str = ""
    """What the latest of them failed for."""
    _for_good: int = 0

    def trips(self, one: Graded) -> bool:
        """Take in one result; True from the moment when nothing more should be sent."""
        if one.failure not in _FOR_GOOD | _GONE:
            if one.grade is not None and one.grade.trace.usage.calls:
                self.victims.clear()
                self._for_good = 0
            return False
        self.victims.append(one.item)
        self.cause = one.failure
        self._for_good += one.failure in _FOR_GOOD
        return self._for_good >= AFTER or len(self.victims) >= AFTER_MANY
