"""What was scored: list, search, delete, clear out."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evaluator.store import GradeRecord, Store
from evaluator.web import keys
from evaluator.web.candidates import ROUTES as CANDIDATES
from evaluator.web.failing import reply
from evaluator.web.forms import read_form
from evaluator.web.records import Shown, shown
from evaluator.web.shelf import Shelf
from evaluator.web.showing import page, speech_of

_PAGE, _MOST = 50, 500
_SCANNED = 2_000
"""Grades that are looked at for one page, where what people say of them decides whether they are shown."""
_LONGEST_SEARCH = 200
_LONGEST_AGO = 36_500
SHOWS = ("", "review", "unconfirmed", "confirmed", "flagged")


def history(request: Request) -> Response:
    """Newest first.

    `q` stands in the answer, `rubric` is an id, `candidate` exactly as it was typed, `show` one of SHOWS, `most` how
    many.
    """
    asked = {
        name: request.query_params.get(name, "")[:_LONGEST_SEARCH] for name in ("q", "rubric", "candidate", "show")
    }
    asked["show"] = asked["show"] if asked["show"] in SHOWS else ""
    most = _number(request.query_params.get("most", ""))
    entries = list(_found(request, asked, most + 1))
    further = min(most * 2, _MOST) if len(entries) > most and most < _MOST else 0
    deleted = request.query_params.get("deleted", "")
    return page(
        request,
        "history",
        entries=entries[:most],
        more=urlencode({name: text for name, text in asked.items() if text} | {"most": further}) if further else "",
        asked=asked,
        shows=SHOWS,
        questions={one.id: one.question for one in request.app.state.shelf.all().values()},
        deleted=int(deleted) if deleted.isascii() and deleted.isdigit() and len(deleted) < 7 else None,
        keys=keys.FORM[1:],
    )


def _found(request: Request, asked: dict[str, str], most: int) -> Iterator[Shown]:
    store: Store = request.app.state.store
    shelf: Shelf = request.app.state.shelf
    limit = _SCANNED if asked["show"] else most
    records: tuple[GradeRecord, ...] = store.list(
        rubric=asked["rubric"], text=asked["q"], candidate=asked["candidate"], limit=limit
    )
    count = 0
    for record in records:
        one = shown(store, shelf, record)
        if _fits(one, asked["show"]):
            yield one
            count += 1
        if count == most:
            return


def _fits(one: Shown, show: str) -> bool:
    confirmed = one.said.confirmed is not None
    fitting = {
        "review": one.holding.needs_review,
        "unconfirmed": not confirmed,
        "confirmed": confirmed,
        "flagged": one.said.flagged is not None,
    }
    return fitting.get(show, True)


async def delete(request: Request) -> Response:
    """Remove a grade with its answer and everything said of it."""
    await read_form(request)
    store: Store = request.app.state.store
    if not await asyncio.to_thread(store.delete, request.path_params["grade_id"]):
        raise HTTPException(404, "no_grade")
    return RedirectResponse("/grades?deleted=1", 303)


async def purge(request: Request) -> Response:
    """Remove what is older than so many days, or everything; a word that the page names must be typed."""
    fields = await read_form(request)
    say = speech_of(request).say
    if fields.get("sure", "").strip().lower() != say("purge_word").lower():
        return reply(request, 422, say("purge_unsure", word=say("purge_word")), "purge_unsure")
    everything, given = fields.get("what", "") == "everything", fields.get("days", "").strip()
    days = _days(given)
    if not everything and days is None:
        return reply(request, 422, say("purge_days_wrong", most=_LONGEST_AGO), "purge_days_wrong")
    store: Store = request.app.state.store
    count = await asyncio.to_thread(store.purge, None if everything else days)
    return RedirectResponse(f"/grades?deleted={count}", 303)


def _days(text: str) -> float | None:
    """Days as somebody types them; None for what are none."""
    try:
        days = float(text)
    except ValueError:
        return None
    return days if math.isfinite(days) and 0 < days <= _LONGEST_AGO else None


def _number(text: str) -> int:
    return min(max(int(text), 1), _MOST) if text.isascii() and text.isdigit() and len(text) < 5 else _PAGE


ROUTES = (
    Route("/grades", history),
    Route("/grades/purge", purge, methods=["POST"]),
    Route("/grades/{grade_id}/delete", delete, methods=["POST"]),
    *CANDIDATES,
)
