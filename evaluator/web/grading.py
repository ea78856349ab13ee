"""One kept grade: read it, decide otherwise, take it along."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from evaluator.models import Level, Override
from evaluator.store import Store
from evaluator.web import keys
from evaluator.web.forms import read_form
from evaluator.web.guard import cookies_of
from evaluator.web.records import Shown, shown
from evaluator.web.showing import page, speech_of

AUTHOR = "evaluator_author"
_LEVELS = {level.value: level for level in (Level.HIT, Level.PARTIAL, Level.MISSED)}
_LONGEST_REASON, _LONGEST_AUTHOR = 1_000, 80
_YEAR = 365 * 24 * 3600


def grade(request: Request) -> Response:
    """The grade with its answer."""
    return page(request, "grade", shown=_shown(request), keys=keys.RESULT, author=_author(request))


def as_plain_text(request: Request) -> Response:
    """The grade as text, to copy."""
    from evaluator.report import as_text  # noqa: PLC0415 - brings rich

    found = _shown(request)
    return PlainTextResponse(as_text(found.holding, found.answer, found.rubric, speech_of(request).lang, width=80))


def as_markdown_text(request: Request) -> Response:
    """The grade as Markdown, to copy."""
    from evaluator.report import as_markdown  # noqa: PLC0415

    found = _shown(request)
    return PlainTextResponse(as_markdown(found.holding, found.answer, found.rubric, speech_of(request).lang))


async def override(request: Request) -> Response:
    """A person's word on one key point; a reason and a name are asked for."""
    fields = await read_form(request)
    found = await asyncio.to_thread(_shown, request)
    key_point, level = fields.get("key_point", ""), _LEVELS.get(fields.get("level", ""))
    reason = fields.get("reason", "").strip()[:_LONGEST_REASON]
    author = fields.get("author", "").strip()[:_LONGEST_AUTHOR]
    if key_point not in found.names or level is None:
        raise HTTPException(422, "no_key_point")
    if not reason or not author:
        raise HTTPException(422, "fields")
    store: Store = request.app.state.store
    await asyncio.to_thread(store.add_override, found.subject, key_point, level, author, reason)
    reply = _back(found, key_point)
    # A cookie holds ASCII; the name of a person need not be.
    reply.set_cookie(AUTHOR, author.encode().hex(), max_age=_YEAR, httponly=True, samesite="strict")
    return reply


async def restore(request: Request) -> Response:
    """The automatic verdict holds again."""
    fields = await read_form(request)
    found = await asyncio.to_thread(_shown, request)
    key_point = fields.get("key_point", "")
    standing: Override | None = found.standing.get(key_point)
    if standing is None:
        raise HTTPException(422, "no_key_point")
    author = _author(request) or standing.author
    store: Store = request.app.state.store
    await asyncio.to_thread(store.restore, found.subject, key_point, author)
    return _back(found, key_point)


def _back(found: Shown, key_point: str) -> Response:
    return RedirectResponse(f"{found.address}#p-{key_point}", 303)


def _shown(request: Request) -> Shown:
    store: Store = request.app.state.store
    record = store.get(request.path_params["grade_id"])
    if record is None:
        raise HTTPException(404, "no_grade")
    return shown(store, request.app.state.shelf, record)


def _author(request: Request) -> str:
    try:
        return bytes.fromhex(cookies_of(request.scope).get(AUTHOR, "")).decode()[:_LONGEST_AUTHOR]
    except ValueError:
        return ""


ROUTES = (
    Route("/grades/{grade_id}", grade),
    Route("/grades/{grade_id}/text", as_plain_text),
    Route("/grades/{grade_id}/markdown", as_markdown_text),
    Route("/grades/{grade_id}/override", override, methods=["POST"]),
    Route("/grades/{grade_id}/restore", restore, methods=["POST"]),
)
