"""Which address is answered by whom."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from evaluator.web import api, batches, calibrating, grading, history, reviewing, rubrics, scoring
from evaluator.web.access import Access
from evaluator.web.assets import asset
from evaluator.web.forms import read_form
from evaluator.web.guard import let_in, local
from evaluator.web.showing import LANG, THEME, THEMES
from evaluator.web.speech import LOCALES

_YEAR = 365 * 24 * 3600


def health(_: Request) -> Response:
    """Says that the page is there."""
    return JSONResponse({"status": "ok"})


async def preferences(request: Request) -> Response:
    """Language and theme, kept in the browser."""
    fields = await read_form(request)
    reply = RedirectResponse(local(fields.get("back", "/")), 303)
    for name, cookie, known in (("lang", LANG, tuple(LOCALES)), ("theme", THEME, THEMES)):
        if fields.get(name) in known:
            reply.set_cookie(cookie, fields[name], max_age=_YEAR, httponly=True, samesite="lax")
    return reply


async def enter(request: Request) -> Response:
    """The token typed into the page."""
    fields = await read_form(request)
    access: Access = request.app.state.access
    if access.token is not None and not access.accepts(fields.get("token", "")):
        raise HTTPException(401, "wrong_token")
    return let_in(access, "/")


ROUTES = [
    *scoring.ROUTES,
    *history.ROUTES,
    *grading.ROUTES,
    *batches.ROUTES,
    *reviewing.ROUTES,
    *rubrics.ROUTES,
    *calibrating.ROUTES,
    *api.ROUTES,
    Route("/preferences", preferences, methods=["POST"]),
    Route("/enter", enter, methods=["POST"]),
    Route("/health", health),
    Route("/static/{name}", asset),
]
