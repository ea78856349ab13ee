"""All routes but those of the first page, imported when one of them is first asked for, or the page is at leisure."""

from __future__ import annotations

import asyncio
from threading import Lock

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from evaluator.web import scoring
from evaluator.web.assets import asset

_LOCK = Lock()


class Rest(BaseRoute):
    """Stands for every other route, until it is asked and puts them in its place."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Anything that nobody before it answers."""
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Import the routes in a thread, so that whoever is being answered goes on being answered."""
        app: Starlette = scope["app"]
        await asyncio.to_thread(complete, app)
        await app.router(scope, receive, send)


FIRST: tuple[BaseRoute, ...] = (Route("/", scoring.form), Route("/static/{name}", asset), Rest())


def complete(app: Starlette) -> None:
    """Give the page the rest of its routes, and what they work with. Again, it does nothing."""
    with _LOCK:
        if not any(isinstance(route, Rest) for route in app.router.routes):
            return
        from evaluator.web.calibrating import Calibrations, Underway  # noqa: PLC0415 - the reason for this file
        from evaluator.web.routes import ROUTES  # noqa: PLC0415

        app.state.calibrating = Underway(Calibrations(app.state.settings))
        app.router.routes = list(ROUTES)
