"""Everything that is kept of one candidate: seen, taken away as JSON, deleted."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evaluator.batch.dossier import Journals, count, dossier, forget
from evaluator.errors import InputError, StoreError
from evaluator.store import Store
from evaluator.web.failing import reply
from evaluator.web.forms import read_form
from evaluator.web.runs import Runs
from evaluator.web.showing import page, speech_of

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class InRun:
    """How many answers of theirs stand in a batch; `error` where it could not be looked at."""

    run: str
    answers: int
    error: str = ""


def candidate(request: Request) -> Response:
    """Where something is kept of the candidate of that name or id."""
    named = request.query_params.get("name", "")[:_LONGEST]
    store: Store = request.app.state.store
    return page(
        request,
        "candidate",
        named=named,
        grades=len(store.list(candidate=named, limit=None)) if named else 0,
        runs=[one for one in _runs(request, named) if one.answers or one.error] if named else [],
        deleted="deleted" in request.query_params,
        keys=(),
    )


def export(request: Request) -> Response:
    """All of it as a file. Raises InputError where another process works on one of the batches."""
    named = request.query_params.get("name", "")[:_LONGEST]
    try:
        found = dossier(named, request.app.state.store, _journals(request))
    except KeyError as error:  # a batch was deleted meanwhile
        raise HTTPException(503, "store") from error
    text = json.dumps(found, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="candidate.json"'}
    return Response(text, media_type="application/json", headers=headers)


async def delete(request: Request) -> Response:
    """Delete all of it, in the history and in every batch; the name must be typed once more."""
    fields = await read_form(request)
    named = fields.get("name", "")[:_LONGEST]
    if not named or fields.get("sure", "") != named:
        return reply(request, 422, speech_of(request).say("candidate_unsure"), "candidate_unsure")
    try:
        await asyncio.to_thread(forget, named, request.app.state.store, _journals(request))
    except KeyError as error:  # a batch was deleted meanwhile
        raise HTTPException(503, "store") from error
    return RedirectResponse("/candidates?deleted=1", 303)


def _journals(request: Request) -> Journals:
    runs: Runs = request.app.state.runs
    return ((run, runs.using(run)) for run in runs.ids())


def _runs(request: Request, named: str) -> list[InRun]:
    runs: Runs = request.app.state.runs
    found = []
    for run in runs.ids():
        with ExitStack() as stack:
            try:
                journal = stack.enter_context(runs.using(run))
                found.append(InRun(run, count(named, journal)))
            except (InputError, StoreError) as error:
                found.append(InRun(run, 0, error.text(speech_of(request).lang)))
            except KeyError:
                continue  # deleted meanwhile
    return found


ROUTES = (
    Route("/candidates", candidate),
    Route("/candidates/export", export),
    Route("/candidates/delete", delete, methods=["POST"]),
)
