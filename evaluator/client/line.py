"""The line to one endpoint: connections, the SDK that speaks on them, and how a request for a reply goes over it.

The SDK makes up the first request. Those after it are the same but for the body, and to make each up anew (address,
headers, options) would take as much time as everything else in a call: they go over the same connections as they are.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from evaluator.client.endpoint import Endpoint
from evaluator.client.faults import Failed, Scene, fault_of, of_status

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

CONNECTIONS = 1_000
CONNECT_SECONDS = 30.0
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
        self._http: httpx2.AsyncClient | None = None
        self._sdk: AsyncOpenAI | None = None
        self._first: httpx2.Request | None = None
        """What the SDK made of the first request, to make the others of."""
        self._open = AsyncExitStack()

    async def close(self) -> None:
        """Close the connections; the next request would open new ones."""
        self._sdk = self._http = self._first = None
        await self._open.aclose()

    async def ask(self, body: dict[str, Any]) -> object:
        """The body of the response: JSON, or the text where it calls itself something else. Raises Failed.

        Outside the handler: the exceptions of SDK and transport carry the key.
        """
        try:
            sdk = self.connected()  # what it takes to import is no request's time
            async with asyncio.timeout(self._timeout):
                response = await self._sent(sdk, to_json(body))
            if response.is_success:
                return _content(response)
        except Exception as error:
            fault = fault_of(error, self.scene)
            if fault is None:
                raise
        else:
            fault = of_status(response.status_code, _said(response), self.scene, response.headers)
        raise Failed(fault)

    async def _sent(self, sdk: AsyncOpenAI, content: bytes) -> httpx2.Response:
        import httpx2  # noqa: PLC0415

        if self._http is None or self._first is None:
            path = "/chat/completions"
            response = await sdk.post(path, cast_to=httpx2.Response, content=content, options=OPTIONS)
            self._first = response.request
            del self._first.headers["content-length"]
            return response
        first = self._first
        request = httpx2.Request(
            first.method, first.url, headers=first.headers, content=content, extensions=first.extensions
        )
        return await self._http.send(request, follow_redirects=False)

    def connected(self) -> AsyncOpenAI:
        """The SDK's client, for this room alone, built at the first call: `import openai` costs a second."""
        if self._sdk is None:
            from openai import AsyncOpenAI  # noqa: PLC0415

            self._http = self._given or self._own_http_client()
            self._sdk = AsyncOpenAI(
                api_key=self._endpoint.api_key.get_secret_value(),
                admin_api_key="",
                base_url=self._endpoint.base_url,
                max_retries=0,
                timeout=self._timeout,
                http_client=self._http,
            )
            self._forget_ambient(self._sdk)
        return self._sdk

    def _own_http_client(self) -> httpx2.AsyncClient:
        import httpx2  # noqa: PLC0415
        from openai import DefaultAioHttpClient  # noqa: PLC0415

        timeout = httpx2.Timeout(self._timeout, connect=min(self._timeout, CONNECT_SECONDS))
        # What is on this machine is never reached through a proxy.
        trust_env = not self._endpoint.on_this_machine
        if self._transport is not None:
            client = httpx2.AsyncClient(transport=self._transport, timeout=timeout)
        else:
            # The limit must be a number: None means 100 to aiohttp.
            limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=60)
            client = DefaultAioHttpClient(limits=limits, timeout=timeout, trust_env=trust_env)
        self._open.push_async_callback(client.aclose)
        return client

    def _forget_ambient(self, sdk: AsyncOpenAI) -> None:
        """Take off what the SDK read from OPENAI_* variables: that is no other provider's business."""
        if self._endpoint.provider != "openai":
            sdk.organization = sdk.project = None
            sdk._custom_headers = {}  # noqa: SLF001 - there is no public way


def _content(response: httpx2.Response) -> object:
    """What the SDK would make of it."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    return response.json() if kind.endswith("json") else response.text


def _said(response: httpx2.Response) -> object:
    try:
        return json.loads(response.text)
    except ValueError:
        return response.text
