"""Rubrics, one answer scored, a kept grade."""

from __future__ import annotations

import asyncio

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Model
from evaluator.store import Store
from evaluator.web.api.shapes import RubricList, ScoreRequest, summary_of
from evaluator.web.desk import Busy, Desk
from evaluator.web.forms import media_type
from evaluator.web.records import shown
from evaluator.web.scoring import limit_rate
from evaluator.web.shelf import Shelf


def rubrics(request: Request) -> Response:
    """What can be scored."""
    shelf: Shelf = request.app.state.shelf
    return json_of(RubricList(rubrics=tuple(summary_of(one) for one in shelf.all().values())))


def rubric(request: Request) -> Response:
    """One rubric, whole."""
    shelf: Shelf = request.app.state.shelf
    found = shelf.get(request.path_params["rubric_id"])
    if found is None:
        raise HTTPException(404, "no_rubric")
    return json_of(found)


async def score(request: Request) -> Response:
    """Score one answer and wait for it; `Location` names the kept grade.

    Only as application/json, which no page of another site can send without being asked first.
    """
    asked = await _asked(request)
    limit_rate(request)
    shelf: Shelf = request.app.state.shelf
    desk: Desk = request.app.state.desk
    found = await asyncio.to_thread(shelf.get, asked.rubric)
    if found is None:
        raise HTTPException(404, "no_rubric")
    try:
        job = desk.submit(found, asked.answer, candidate=asked.candidate.strip(), save=asked.save)
    except Busy as error:
        raise HTTPException(503, "busy", {"Retry-After": "10"}) from error
    try:
        await desk.wait(job)
    except asyncio.CancelledError:
        desk.cancel(job)
        raise
    if job.error is not None:
        raise job.error
    if job.grade is None:
        raise HTTPException(503, "not_scored")
    place = {"Location": f"/api/grades/{job.grade_id}"} if job.grade_id else {}
    return json_of(job.grade, headers=place)


def grade(request: Request) -> Response:
    """A kept grade with what people decided laid over it."""
    store: Store = request.app.state.store
    record = store.get(request.path_params["grade_id"])
    if record is None:
        raise HTTPException(404, "no_grade")
    return json_of(shown(store, request.app.state.shelf, record).holding)


def json_of(model: Model, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    """The model as a reply."""
    return JSONResponse(model.model_dump(mode="json", by_alias=True), status, headers)


def must_be_json(request: Request) -> None:
    """A 415 for what a page of another site could send without being asked first."""
    if media_type(request) != "application/json":
        raise HTTPException(415, "json")


async def _asked(request: Request) -> ScoreRequest:
    must_be_json(request)
    try:
        return ScoreRequest.model_validate_json(await request.body(), strict=True)
    except ValidationError as error:
        wrong = error.errors()[0]
        if wrong["type"] == "json_invalid":
            raise HTTPException(400, "json") from error
        field = ".".join(str(step) for step in wrong["loc"])
        raise InputError(
            Problem(
                Words(f"这一项有误：{wrong['msg']}", wrong["msg"]),
                field=field,
                hint=Words("各项见 /api/openapi.json", "see /api/openapi.json"),
            )
        ) from error
