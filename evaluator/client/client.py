"""The one door to any model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from evaluator.client.endpoint import Endpoint
from evaluator.client.exchange import Exchange
from evaluator.client.faults import Failed, Fault
from evaluator.client.ladder import LEARNT, Capabilities, Message, Schema, SchemaNote, Wish, bare_note
from evaluator.client.limiting import Limiter, Outcome
from evaluator.client.line import Line
from evaluator.client.prices import Prices
from evaluator.client.relay import Relay, Relayed
from evaluator.client.reply import Reply
from evaluator.client.retrying import Patience, retrying
from evaluator.client.tokens import estimated_tokens
from evaluator.models import Usage

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

Starting = Callable[[], Awaitable[Endpoint]]
_LIMITED_ATTEMPTS = 50
_OUTCOMES: Mapping[str, Outcome] = {
    "rate_limited": "limited",
    "server_error": "troubled",
    "timeout": "troubled",
    "connection": "troubled",
}


class Client:
    """Asks one model; one client an endpoint, for as many calls at once as one likes.

    An async context manager, bound to the event loop of its first call. `timeout` is the seconds for one request,
    `max_attempts` the requests for one reply. `capabilities` remembers what endpoints can do (by default for the whole
    process), `schema_note` renders the text that tells a schema where the endpoint cannot be given one; `limiter` holds
    every request back until the endpoint can take it, `relay` is asked before that; `starting` is awaited before the
    first request and gives the endpoint as it then is. `transport` or `http_client` replace the network; an
    `http_client` is left open for its owner to close.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: float = 120.0,
        max_attempts: int = 5,
        patience: Patience | None = None,
        capabilities: Capabilities | None = None,
        schema_note: SchemaNote | None = None,
        prices: Prices | None = None,
        limiter: Limiter | None = None,
        relay: Relay | None = None,
        starting: Starting | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.timeout = timeout
        self.total = Usage()
        """What all calls have used, those without a usable reply included."""
        budget = Patience(total_seconds=timeout * max_attempts)
        limited = _LIMITED_ATTEMPTS if limiter else 0
        self._patience = replace(patience or budget, attempts=max_attempts, limited_attempts=limited)
        self._learnt = LEARNT if capabilities is None else capabilities
        self._note = schema_note or bare_note
        self._prices = prices or Prices()
        self._limiter = limiter
        self._relay = relay
        self._starting = starting
        self._turn = asyncio.Lock()
        self._line_to = partial(Line, timeout=timeout, transport=transport, http_client=http_client)
        self._line = self._line_to(endpoint)
        self._trouble: Fault | None = None
        """The latest, for those who are not even sent while the endpoint is gone."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the next call would open new ones."""
        await self._line.close()

    async def chat(
        self,
        messages: list[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int,
        temperature: float | None = 0.0,
        top_logprobs: int = 0,
        seed: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Reply:
        """One reply to the messages (`role` and `content` each).

        With a `schema` the reply's `data` is JSON, asked for in the firmest way that the endpoint honours; a reply that
        is cut off gets more room. Without one a cut-off text is returned as it is, with finish_reason `length`.
        `extra` goes into the body as it is. Raises EndpointUnavailable, EndpointRejected, Refused or InvalidReply; and
        Deferred, where the relay puts the request off.
        """
        if self._starting is not None:
            await self._start()
        wish = Wish(messages, schema, max_tokens, temperature, top_logprobs, seed, extra or {})
        relayed = None if self._relay is None else Relayed(self._relay, self._post)
        exchange = Exchange(wish, self.endpoint, self._learnt, self._note, self._line.scene, relayed or self._post)
        started = self._patience.clock()

        def on_retry(fault: Fault, seconds: float) -> None:
            exchange.notes.append(f"retry:{fault.cause}:{seconds:.1f}s")

        try:
            attempt = exchange.attempt if relayed is None else partial(relayed.attempt, exchange.attempt)
            reply = await retrying(attempt, self._patience, on_retry)
        finally:
            seconds = max(self._patience.clock() - started, 0.0)
            batched = None if relayed is None else relayed.usage
            cost = self._prices.cost(exchange.usage, self.endpoint.model, self.endpoint.host, batched=batched)
            usage = exchange.usage.model_copy(update={"seconds": seconds, "cost": cost})
            self.total += usage
        return replace(reply, usage=usage)

    async def _start(self) -> None:
        """Have the endpoint started, once, by whoever comes first."""
        async with self._turn:
            if self._starting is not None:
                self.endpoint = await self._starting()
                self._line = self._line_to(self.endpoint)
                self._starting = None

    async def _post(self, body: dict[str, Any]) -> object:
        """The response body, when the limiter lets the request through. Raises Failed."""
        if self._limiter is None:
            return await self._line.ask(body)
        reserved = _about(body)
        await self._limiter.acquire(reserved)
        outcome: Outcome = "other"
        retry_after, more = None, 0
        try:
            self._give_up_if_gone(self._limiter)
            response = await self._line.ask(body)
            outcome, more = "served", _used(response, reserved) - reserved
        except Failed as failed:
            outcome, retry_after = _OUTCOMES.get(failed.fault.cause, "other"), failed.fault.retry_after
            self._trouble = failed.fault if outcome == "troubled" else self._trouble
            raise
        finally:
            self._limiter.release(outcome, retry_after=retry_after, tokens=more)
        return response

    def _give_up_if_gone(self, limiter: Limiter) -> None:
        """Send nothing to an endpoint that is gone: it fails as the latest request did, for good. Raises Failed."""
        if self._trouble is not None and limiter.gone:
            raise Failed(replace(self._trouble, retry=False))

    def connected(self) -> AsyncOpenAI:
        """The SDK's client, for this room alone."""
        return self._line.connected()


def _about(body: Mapping[str, Any]) -> int:
    """Tokens that a request will use, about: what it says, and half of what it allows the reply."""
    said = sum(estimated_tokens(str(message.get("content") or "")) for message in body["messages"])
    allowed = body.get("max_tokens") or body.get("max_completion_tokens") or 0
    return said + min(int(allowed), 1_000) // 2


def _used(response: object, otherwise: int) -> int:
    usage = response.get("usage") if isinstance(response, Mapping) else None
    total = usage.get("total_tokens") if isinstance(usage, Mapping) else None
    return total if isinstance(total, int) else otherwise
