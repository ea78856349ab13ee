"""What stands before every route: host, token, size of the request, headers of the reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluator.web.access import Access, is_visitor, new_visitor

VISITOR = "evaluator_visitor"
PASS = "evaluator_pass"  # noqa: S105 - the name of a cookie
OPEN_PATHS = ("/health", "/static/", "/enter")
"""Served without the token: nothing of anybody stands there."""
UPLOAD_PATHS = frozenset({"/batches", "/rubrics/draft", "/calibrations", "/api/batches"})
"""Take a file, which may be larger than any form."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
Refuse = Callable[[Request, HTTPException], Awaitable[Response]]


class Guard:
    """ASGI middleware. `refuse` makes the reply of what is turned away, as a page or as JSON."""

    def __init__(self, app: ASGIApp, *, access: Access, refuse: Refuse, max_bytes: int, max_upload: int) -> None:
        self._app = app
        self._access = access
        self._refuse = refuse
        self._max_bytes = max_bytes
        self._max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookies = cookies_of(scope)
        visitor = cookies.get(VISITOR, "")
        fresh = not is_visitor(visitor)
        visitor = new_visitor() if fresh else visitor
        scope.setdefault("state", {})["visitor"] = visitor
        page = not scope["path"].startswith(("/static/", "/api/", "/health"))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                if fresh and page:
                    headers.append("Set-Cookie", f"{VISITOR}={visitor}; Path=/; HttpOnly; SameSite=Strict")
            await send(message)

        try:
            reply = self._turned_away(Request(scope), cookies)
        except HTTPException as error:
            reply = await self._refuse(Request(scope), error)
        if reply is not None:
            await reply(scope, receive, dressed)
            return
        await self._app(scope, _limited(receive, self._most(scope["path"])), dressed)

    def _most(self, path: str) -> int:
        return self._max_upload if path in UPLOAD_PATHS else self._max_bytes

    def _turned_away(self, request: Request, cookies: dict[str, str]) -> Response | None:
        """The reply to one who comes no further than here; raises where that is an error."""
        if len(hosts := request.headers.getlist("host")) != 1 or not self._access.knows_host(hosts[0]):
            raise HTTPException(400, "host")
        if request.method not in _SAFE and not _from_here(request.headers):
            raise HTTPException(403, "origin")
        length = request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise HTTPException(400, "length")
        if int(length) > self._most(request.url.path):
            raise HTTPException(413, "size")
        if self._access.token is None or request.url.path.startswith(OPEN_PATHS):
            return None
        return self._asked_for_token(request, cookies)

    def _asked_for_token(self, request: Request, cookies: dict[str, str]) -> Response | None:
        if self._access.admits(cookies.get(PASS, "")):
            return None
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = bearer.strip() if kind.lower() == "bearer" else request.query_params.get("token", "")
        if not given:
            raise HTTPException(401, "token")
        if not self._access.accepts(given):
            raise HTTPException(401, "wrong_token")
        if kind.lower() == "bearer":
            return None
        # Out of the address bar and the history of the browser as soon as it has been read.
        kept = [(key, value) for key, value in parse_qsl(request.url.query) if key != "token"]
        return let_in(self._access, request.url.path + (f"?{urlencode(kept)}" if kept else ""))


def let_in(access: Access, target: str) -> Response:
    """To a page of ours, with the cookie that stands for the token."""
    reply = RedirectResponse(local(target), status_code=303)
    reply.set_cookie(PASS, access.pass_, path="/", httponly=True, samesite="lax")
    return reply


def local(target: str) -> str:
    """The target where it is a path of this page, else the front page: nobody is sent away from here."""
    ok = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable() and target.isascii()
    return target if ok else "/"


def caller_of(request: Request) -> str:
    """Who asks, as far as the connection tells."""
    return request.client.host if request.client else "?"


def cookies_of(scope: Scope) -> dict[str, str]:
    """The cookies of a request; none where they cannot be read."""
    try:
        jar: SimpleCookie = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _from_here(headers: Headers) -> bool:
    """False where the browser says that another site sends this. Programs send neither header.

    `Origin: null` is what our own forms send, too, because no page of ours gives a referrer.
    """
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _limited(receive: Receive, max_bytes: int) -> Receive:
    """The same request, ended where it says less of its length than it has."""
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > max_bytes:
            raise HTTPException(413, "size")
        return message

    return limited
