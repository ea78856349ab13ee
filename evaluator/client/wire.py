"""Requests that are alike but for their body, over connections that are kept: what a batch consists of.

aiohttp does it in half the time that the SDK's own transport needs, which hands every request from one library to
another. Where a test replaces the network, the requests go through what it put there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    import aiohttp
    import httpx2

CONNECTIONS = 1_000
KEPT_SECONDS = 60.0
CONNECT_SECONDS = 30.0
_ITS_OWN = frozenset({"host", "connection", "content-length", "accept-encoding"})
"""Headers that belong to the connection and to what reads the response, not to the request."""


class Received(NamedTuple):
    """What came back: the body as bytes, decompressed."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire(Protocol):
    """Carries bodies to where the request goes that it was made for. No redirect is followed: nobody was told of it."""

    async def send(self, content: bytes) -> Received:
        """Raises what its library raises; the caller bounds the time."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class AiohttpWire:
    """Over the network. `proxies`: whether those of the environment are used."""

    def __init__(self, request: httpx2.Request, *, timeout: float, proxies: bool) -> None:
        import aiohttp  # noqa: PLC0415
        import httpx2  # noqa: PLC0415
        from yarl import URL  # noqa: PLC0415

        self._url = URL(str(request.url), encoded=True)
        self._proxy = _proxy_to(str(request.url)) if proxies else None
        # Not the session's: those it would send to the proxy too.
        self._headers = {name: value for name, value in request.headers.items() if name not in _ITS_OWN}
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS,
            keepalive_timeout=KEPT_SECONDS,
            ssl=httpx2.create_ssl_context(trust_env=proxies) if self._url.scheme == "https" else True,
        )
        self._session: aiohttp.ClientSession = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=min(timeout, CONNECT_SECONDS)),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def send(self, content: bytes) -> Received:
        """See Wire."""
        async with self._session.post(
            self._url, data=content, headers=self._headers, proxy=self._proxy, allow_redirects=False
        ) as response:
            return Received(response.status, response.headers, await response.read())

    async def close(self) -> None:
        """See Wire."""
        await self._session.close()


class HttpxWire:
    """Through a client that somebody else made, who also closes it."""

    def __init__(self, request: httpx2.Request, http: httpx2.AsyncClient) -> None:
        self._request = request
        self._http = http

    async def send(self, content: bytes) -> Received:
        """See Wire."""
        import httpx2  # noqa: PLC0415

        first = self._request
        request = httpx2.Request(
            first.method, first.url, headers=first.headers, content=content, extensions=first.extensions
        )
        response = await self._http.send(request, follow_redirects=False)
        return Received(response.status_code, response.headers, response.content)

    async def close(self) -> None:
        """See Wire."""


def _proxy_to(url: str) -> str | None:
    """The proxy that the environment or the system names for this address."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    named = getproxies()
    return named.get(parts.scheme) or named.get("all")
