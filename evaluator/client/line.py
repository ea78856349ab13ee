"""The line to one endpoint: the SDK that speaks on it, and how a request for a reply goes over it.

The SDK makes up one request. All others are the same but for the body, and to make each up anew (address, headers,
options) would take as much time as everything else in a call: a wire carries them as they are.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from evaluator.client.endpoint import Endpoint
from evaluator.client.faults import Failed, Scene, fault_of, of_status
from evaluator.client.wire import CONNECTIONS, KEPT_SECONDS, AiohttpWire, HttpxWire, Received, Wire

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

OPTIONS: RequestOptions = {"follow_redirects": False}
"""No answer follows a redirect to a host that nobody was told of."""


class Line:
    """To one endpoint. `timeout` is the seconds for one request; `transport` or `http_client` replace the network."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: float,
        transport: httpx2.AsyncBaseTransport | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.scene = Scene(endpoint.host, endpoint.api_key.get_secret_value())
        self._endpoint = endpoint
        self._timeout = timeout
        self._transport = transport
        self._given = http_client
        self._sdk: AsyncOpenAI | None = None
        self._wire: Wire | None = None
        self._turn = asyncio.Lock()
        self._open = AsyncExitStack()

    async def close(self) -> None:
        """Close the connections; the next request would open new ones."""
        self._sdk = self._wire = None
        await self._open.aclose()

    async def ask(self, body: dict[str, Any]) -> object:
        """The body of the response: JSON, or the text where it calls itself something else. Raises Failed.

        Outside the handler: the exceptions of SDK and transport carry the key.
        """
        try:
            wire = self._wire or await self._laid()  # what it takes to import is no request's time
            async with asyncio.timeout(self._timeout):
                received = await wire.send(to_json(body))
            if 200 <= received.status < 300:
                return _content(received)
        except Exception as error:
            fault = fault_of(error, self.scene)
            if fault is None:
                raise
        else:
            fault = of_status(received.status, _said(received), self.scene, received.headers)
        raise Failed(fault)

    async def _laid(self) -> Wire:
        """The wire, laid by whoever comes first."""
        async with self._turn:
            if self._wire is None:
                request = await self._made_up()
                if self._replaced:
                    self._wire = HttpxWire(request, self._http_client())
                else:
                    proxies = not self._endpoint.on_this_machine
                    self._wire = AiohttpWire(request, timeout=self._timeout, proxies=proxies)
                self._open.push_async_callback(self._wire.close)
            return self._wire

    async def _made_up(self) -> httpx2.Request:
        """A request for a reply, as the SDK makes it up; it is sent nowhere."""
        import httpx2  # noqa: PLC0415

        made: list[httpx2.Request] = []

        def keep(request: httpx2.Request) -> httpx2.Response:
            made.append(request)
            return httpx2.Response(200, json={})

        async with httpx2.AsyncClient(transport=httpx2.MockTransport(keep)) as nowhere:
            sdk = self._sdk_over(nowhere)
            await sdk.post("/chat/completions", cast_to=httpx2.Response, content=b"{}", options=OPTIONS)
        del made[0].headers["content-length"]
        return made[0]

    def connected(self) -> AsyncOpenAI:
        """The SDK's client, for this room alone, built at the first call: `import openai` costs a second."""
        if self._sdk is None:
            self._sdk = self._sdk_over(self._http_client())
        return self._sdk

    def _sdk_over(self, http: httpx2.AsyncClient) -> AsyncOpenAI:
        from openai import AsyncOpenAI  # noqa: PLC0415

        sdk = AsyncOpenAI(
            api_key=self._endpoint.api_key.get_secret_value(),
            admin_api_key="",
            base_url=self._endpoint.base_url,
            max_retries=0,
            timeout=self._timeout,
            http_client=http,
        )
        # Take off what the SDK read from OPENAI_* variables: that is no other provider's business.
        if self._endpoint.provider != "openai":
            sdk.organization = sdk.project = None
            sdk._custom_headers = {}  # noqa: SLF001 - there is no public way
        return sdk

    @property
    def _replaced(self) -> bool:
        return self._given is not None or self._transport is not None

    def _http_client(self) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415
        from openai import DefaultAioHttpClient  # noqa: PLC0415

        if self._given is not None:
            return self._given
        if self._transport is not None:
            client = httpx2.AsyncClient(transport=self._transport, timeout=self._timeout)
        else:
            # The limit must be a number: None means 100 to aiohttp. What is on this machine needs no proxy.
            limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT_SECONDS)
            trust_env = not self._endpoint.on_this_machine
            client = DefaultAioHttpClient(limits=limits, timeout=self._timeout, trust_env=trust_env)
        self._open.push_async_callback(client.aclose)
        return client


def _content(received: Received) -> object:
    """What the SDK would make of it."""
    kind = received.headers.get("content-type", "").partition(";")[0]
    return json.loads(received.content) if kind.endswith("json") else _text(received.content)


def _said(received: Received) -> object:
    text = _text(received.content)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(content: bytes) -> str:
    """Whatever charset it claims: an endpoint that speaks JSON speaks UTF-8."""
    return content.decode("utf-8", errors="replace")
