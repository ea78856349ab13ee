"""What went wrong, as a page in words or as JSON; never a traceback."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from evaluator.errors import StoreError, UserError, Words
from evaluator.web.guard import HEADERS
from evaluator.web.showing import page, speech_of

_LOG = logging.getLogger("evaluator.web")
_KNOWN = frozenset({
    "host", "origin", "csrf", "size", "length", "form", "token", "wrong_token", "rate", "busy", "json", "file",
    "fields", "no_rubric", "no_run", "no_upload", "no_grade", "no_job", "no_key_point", "not_scored",
})  # fmt: skip
"""Details with a text of their own: `error_<detail>` in the catalogs."""
_BY_STATUS = {400: "bad", 404: "gone", 405: "method", 500: "ours", 503: "store"}


async def on_http(request: Request, error: Exception) -> Response:
    """A refusal that a route or the guard raised."""
    if not isinstance(error, HTTPException):
        return await on_other(request, error)
    key = error.detail if error.detail in _KNOWN else _BY_STATUS.get(error.status_code, "bad")
    return reply(request, error.status_code, speech_of(request).say(f"error_{key}"), key, error.headers)


async def on_user(request: Request, error: Exception) -> Response:
    """Something that a person can mend: settings, a rubric, an answer."""
    text = error.text(speech_of(request).lang) if isinstance(error, UserError) else str(error)
    return reply(request, 422, text, "user")


async def on_no_run(request: Request, error: Exception) -> Response:
    """A run, or a calibration, that is not there; somebody may have deleted it a moment ago."""
    del error
    return reply(request, 404, speech_of(request).say("error_no_run"), "no_run")


async def on_store(request: Request, error: Exception) -> Response:
    """The database does not serve."""
    words = error.words if isinstance(error, StoreError) else Words(str(error), str(error))
    return reply(request, 503, speech_of(request).words(words), "store")


async def on_other(request: Request, error: Exception) -> Response:
    """A mistake of ours. What it was stands in the log."""
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    made = reply(request, 500, speech_of(request).say("error_ours"), "ours")
    made.headers.update(HEADERS)  # this reply does not pass the guard
    return made


def reply(request: Request, status: int, text: str, key: str, headers: object = None) -> Response:
    """The page or the JSON of an error."""
    extra = dict(headers) if isinstance(headers, dict) else None
    if request.url.path.startswith("/api/"):
        made: Response = JSONResponse({"error": {"code": key, "message": text}}, status)
    elif request.url.path.startswith(("/static/", "/health")):
        made = PlainTextResponse(text, status)
    else:
        made = page(request, "error", status, code=status, text=text, ask_token=status == 401)
    made.headers.update(extra or {})
    return made
