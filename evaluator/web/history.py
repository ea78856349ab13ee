"""What was scored: list, search, delete."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evaluator.store import Store
from evaluator.web import keys
from evaluator.web.forms import read_form
from evaluator.web.records import shown
from evaluator.web.shelf import Shelf
from evaluator.web.showing import page

_PAGE, _MOST = 50, 500
_LONGEST_SEARCH = 200


def history(request: Request) -> Response:
    """Newest first; `q` stands in the answer, `rubric` is an id, `most` how many."""
    store: Store = request.app.state.store
    shelf: Shelf = request.app.state.shelf
    query, rubric = (request.query_params.get(name, "")[:_LONGEST_SEARCH] for name in ("q", "rubric"))
    most = _number(request.query_params.get("most", ""))
    records = store.list(rubric=rubric, text=query, limit=most + 1)
    return page(
        request,
        "history",
        entries=[shown(store, shelf, record) for record in records[:most]],
        more=min(most * 2, _MOST) if len(records) > most and most < _MOST else 0,
        query=query,
        rubric=rubric,
        questions={one.id: one.question for one in shelf.all().values()},
        deleted="deleted" in request.query_params,
        keys=keys.FORM[1:],
    )


async def delete(request: Request) -> Response:
    """Remove a grade with its answer and everything said of it."""
    await read_form(request)
    store: Store = request.app.state.store
    if not await asyncio.to_thread(store.delete, request.path_params["grade_id"]):
        raise HTTPException(404, "no_grade")
    return RedirectResponse("/grades?deleted=1", 303)


def _number(text: str) -> int:
    return min(max(int(text), 1), _MOST) if text.isascii() and text.isdigit() and len(text) < 5 else _PAGE


ROUTES = (
    Route("/grades", history),
    Route("/grades/{grade_id}/delete", delete, methods=["POST"]),
)
