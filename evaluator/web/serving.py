"""The page on a socket, until it is told to end."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from evaluator.injection import find
from evaluator.web.desk import Desk
from evaluator.web.rest import complete

GRACE = 5
"""Seconds that what is being judged has to finish, and then every open connection."""
_FIRST_PAGE = 1.0
"""Seconds in which the first page has been sent; an answer is pasted later."""


class _Server(uvicorn.Server):
    """Ends the work before the connections: whoever waits for a grade is answered, not cut off."""

    def __init__(self, app: Starlette, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app
        self._getting_ready: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._getting_ready = asyncio.create_task(_get_ready(self._app))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        desk: Desk = self._app.state.desk
        await desk.finish(GRACE)
        await super().shutdown(sockets)


def run(app: Starlette, listening: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises OSError where the socket does not serve."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        lifespan="on",
        ws="none",
        proxy_headers=False,
    )
    with suppress(KeyboardInterrupt):  # the way to end it; all has been put in order by then
        _Server(app, config).run(sockets=[listening])


async def _get_ready(app: Starlette) -> None:
    """Import the other pages and compile what answers are searched by, so that nobody need wait for that."""
    await asyncio.sleep(_FIRST_PAGE)
    await asyncio.to_thread(complete, app)
    await asyncio.to_thread(find, "")
