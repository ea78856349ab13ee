"""Somebody between a call and the network who may know the response already, or may put the request down for later.

A judge never notices: it asks as always. What it gets is the response of a provider's batch job, or a live one, or the
call ends in `Deferred`, which is for the run to see: the answer waits.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol, TypeVar

from evaluator.client.endpoint import Endpoint, Rung
from evaluator.client.faults import Failed, Scene, of_status
from evaluator.client.ladder import LEARNT, Ability
from evaluator.client.reply import usage_of
from evaluator.models import Usage

T = TypeVar("T")

_FOR_THIS_REQUEST = frozenset({"content_filter", "context_length", "bad_request"})
"""What a provider holds against one request; anything else in a batch says nothing of it."""


class Deferred(Exception):
    """Not answered yet: the request was put down to be sent later. No JudgeError: nothing has failed."""


class Relay(Protocol):
    """Asked before the limiter and the network."""

    def ask(self, request: str, body: Mapping[str, Any], *, again: bool) -> object | None:
        """The response body; None to send the request now.

        `request` is its id (see `request_id`); `again` says that this call has had this answer and could not use it.
        Raises Deferred, or Failed where the request is known to fail.
        """
        ...


def request_id(body: Mapping[str, Any]) -> str:
    """What a request body is known by: SHA-256 of its content, 64 characters, whatever the order of its fields."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Relayed:
    """The way of one call to its endpoint, by the relay."""

    relay: Relay
    post: Callable[[dict[str, Any]], Awaitable[object]]
    usage: Usage = field(default_factory=Usage)
    """Of the responses that came from the relay."""
    _asked: set[str] = field(default_factory=set)
    _handed_out: bool = False

    async def attempt(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """The same attempt; where it failed on what the relay handed out, the next one need not wait."""
        try:
            return await attempt()
        except Failed as failed:
            fault = failed.fault
        raise Failed(replace(fault, retry_after=0.0) if self._handed_out else fault)

    async def __call__(self, body: dict[str, Any]) -> object:
        """The response body. Raises Failed and Deferred."""
        request = request_id(body)
        again = request in self._asked
        self._asked.add(request)
        response = self.relay.ask(request, body, again=again)
        self._handed_out = response is not None
        if response is None:
            return await self.post(body)
        if isinstance(response, dict):
            self.usage += usage_of(response)
        return response


def failure(status: int, body: object, endpoint: Endpoint) -> Failed:
    """An error line of a batch job, to be raised: not tried again, and nothing is learnt from it.

    A `status` 0 means that there was no response at all.
    """
    scene = Scene(endpoint.host, endpoint.api_key.get_secret_value())
    fault = of_status(status or 500, body, scene)
    if fault.cause not in _FOR_THIS_REQUEST:
        fault = scene.fault("batch_failed", fault.detail, raw=fault.error.raw)
    return Failed(replace(fault, retry=False, status=0))


async def each(calls: Iterable[Awaitable[T]]) -> list[T]:
    """The results, one after the other; where one is deferred the rest is asked all the same, so that it is put down.

    Raises Deferred at the end if any was.
    """
    results: list[T] = []
    deferred: Deferred | None = None
    for call in calls:
        try:
            results.append(await call)
        except Deferred as error:
            deferred = error
    if deferred is not None:
        raise deferred
    return results


async def together(calls: Iterable[Awaitable[T]]) -> list[T]:
    """The results, asked for at once; where one fails or is deferred, the others are waited for before it is raised."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    found: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        found.append(result)
    return found


def learnt_text(endpoint: Endpoint) -> str:
    """What this process has learnt about the endpoint, to be kept; empty where it has not spoken to it."""
    ability = LEARNT.get(endpoint.key)
    if ability is None:
        return ""
    kept = {**asdict(ability), "dropped": sorted(ability.dropped), "endpoint": endpoint.key}
    return json.dumps(kept, ensure_ascii=False)


def recall(text: str, endpoint: Endpoint) -> bool:
    """Know again what `learnt_text` kept, so that requests are made as they were; False where it is of another place.

    How replies are asked for counts as proven: what was put down under it is held to it.
    """
    kept = json.loads(text) if text else {}
    if kept.get("endpoint") != list(endpoint.key):
        return False
    LEARNT[endpoint.key] = Ability(
        Rung(kept["rung"]), True, kept["limit_name"], frozenset(kept["dropped"]), dict(kept["caps"])
    )
    return True
