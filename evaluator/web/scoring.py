"""Paste and score: the form, the way to the grade."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from evaluator.models import Rubric
from evaluator.web import keys
from evaluator.web.desk import Busy, Desk, Job
from evaluator.web.forms import read_form
from evaluator.web.guard import caller_of
from evaluator.web.records import Shown
from evaluator.web.shelf import Shelf, paper_of
from evaluator.web.showing import page, speech_of

_SOON = 1.0
"""Seconds that a browser waits for the grade itself, before it is shown how the work goes."""
_LONGEST_NAME = 120


async def form(request: Request) -> Response:
    """The front page."""
    chosen = request.query_params.get("rubric", "")
    return await asyncio.to_thread(_form, request, {"rubric": chosen})


def _form(request: Request, fields: Mapping[str, str], status: int = 200, problem: str = "") -> Response:
    shelf: Shelf = request.app.state.shelf
    desk: Desk = request.app.state.desk
    rubrics = shelf.all()
    by_paper = groupby(rubrics.values(), key=paper_of)
    return page(
        request,
        "form",
        status,
        papers=[(paper, list(group)) for paper, group in by_paper],
        chosen=rubrics.get(fields.get("rubric", "")),
        fields=fields,
        problem=problem,
        desk=desk,
        broken=shelf.problems(),
        max_chars=request.app.state.settings.max_answer_chars,
        keys=keys.FORM,
    )


async def score(request: Request) -> Response:
    """An answer is handed in. A quick judge's grade is shown at once, for a slow one the way to it."""
    fields = await read_form(request, may_be_stale=True)
    say = speech_of(request).say
    if not fields["csrf"]:
        return await asyncio.to_thread(_form, request, fields, 403, say("error_stale"))
    rubric: Rubric | None = await asyncio.to_thread(request.app.state.shelf.get, fields.get("rubric", ""))
    # Browsers send line ends as CRLF, whatever was typed.
    answer = fields.get("answer", "").replace("\r\n", "\n")
    most = request.app.state.settings.max_answer_chars
    problem = ""
    if rubric is None:
        problem = say("choose_question")
    elif not answer.strip():
        problem = say("paste_answer")
    elif len(answer) > most:
        problem = say("too_long", count=len(answer), most=most)
    if rubric is None or problem:
        return await asyncio.to_thread(_form, request, fields, 422, problem)
    limit_rate(request)
    desk: Desk = request.app.state.desk
    try:
        candidate = fields.get("candidate", "").strip()[:_LONGEST_NAME]
        found = desk.submit(rubric, answer, candidate=candidate, save="save" in fields)
    except Busy as error:
        raise HTTPException(503, "busy", {"Retry-After": "10"}) from error
    await desk.wait(found, _SOON)
    return RedirectResponse(_place(found), 303)


def limit_rate(request: Request) -> None:
    """Raises 429 where this caller has handed in too much of late."""
    if wait := request.app.state.buckets.wait(caller_of(request)):
        raise HTTPException(429, "rate", {"Retry-After": str(int(wait) + 1)})


async def job(request: Request) -> Response:
    """How the work goes; the grade itself where it is not saved."""
    found = _job(request)
    if found.state == "done" and found.grade_id:
        return RedirectResponse(_place(found), 303)
    desk: Desk = request.app.state.desk
    if found.grade is not None:
        shown = Shown(found.answer, found.grade, found.grade, found.rubric)
        return page(request, "grade", shown=shown, keys=keys.READING, author="")
    lang = speech_of(request).lang
    return page(
        request,
        "job",
        422 if found.state == "failed" else 200,
        job=found,
        desk=desk,
        ahead=desk.ahead(found),
        error=found.error.text(lang) if found.error else "",
        keys=(),
    )


async def state(request: Request) -> Response:
    """The same for a script: in words, and where to go when it is over."""
    found = _job(request)
    desk: Desk = request.app.state.desk
    speech = speech_of(request)
    ahead = desk.ahead(found)
    words = speech.say("job_ahead", count=ahead) if ahead else speech.say(f"job_{found.state}")
    said = speech.words(desk.said) if desk.said and found.state == "working" else ""
    reply: dict[str, object] = {"state": found.state, "words": words, "said": said}
    reply["seconds"] = round(desk.seconds(found))
    return JSONResponse(reply | ({"location": _place(found)} if found.over else {}))


async def cancel(request: Request) -> Response:
    """Stop; the answer is put back into the form."""
    await read_form(request)
    found = _job(request)
    request.app.state.desk.cancel(found)
    return RedirectResponse(_place(found), 303)


def _job(request: Request) -> Job:
    found: Job | None = request.app.state.desk.get(request.path_params["job_id"])
    if found is None:
        raise HTTPException(404, "no_job")
    return found


def _place(found: Job) -> str:
    return f"/grades/{found.grade_id}" if found.grade_id else f"/jobs/{found.id}"


ROUTES = (
    Route("/", form),
    Route("/score", score, methods=["POST"]),
    Route("/jobs/{job_id}", job),
    Route("/jobs/{job_id}/state", state),
    Route("/jobs/{job_id}/cancel", cancel, methods=["POST"]),
)
