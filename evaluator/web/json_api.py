"""For programs: the rubrics, and one answer scored."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evaluator.models import Rubric
from evaluator.web.desk import Busy, Desk
from evaluator.web.scoring import limit_rate
from evaluator.web.shelf import Shelf


def rubrics(request: Request) -> Response:
    """What can be scored."""
    shelf: Shelf = request.app.state.shelf
    return JSONResponse({"rubrics": [_about(one) for one in shelf.all().values()]})


def _about(rubric: Rubric) -> dict[str, Any]:
    return {
        "id": rubric.id,
        "question": rubric.question,
        "kind": rubric.kind.value,
        "paper": rubric.provenance.paper if rubric.provenance else "",
        "max_score": rubric.max_score,
        "status": rubric.status,
        "key_points": [{"id": one.id, "name": one.name, "points": one.points} for one in rubric.key_points],
    }


async def score(request: Request) -> Response:
    """`{"rubric": id, "answer": text}` → `evaluator/grade@1`; `Location` names the kept grade.

    Only as application/json, which no page of another site can send without being asked first.
    """
    rubric_id, answer = await _asked(request)
    limit_rate(request)
    shelf: Shelf = request.app.state.shelf
    desk: Desk = request.app.state.desk
    rubric = await asyncio.to_thread(shelf.get, rubric_id)
    if rubric is None:
        raise HTTPException(404, "no_rubric")
    try:
        job = desk.submit(rubric, answer)
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
    place = {"Location": f"/grades/{job.grade_id}"} if job.grade_id else {}
    return JSONResponse(job.grade.model_dump(mode="json", by_alias=True), headers=place)


async def _asked(request: Request) -> tuple[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "json")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "json") from error
    if not isinstance(body, dict) or body.keys() != {"rubric", "answer"}:
        raise HTTPException(422, "json")
    if not all(isinstance(value, str) for value in body.values()):
        raise HTTPException(422, "json")
    return body["rubric"], body["answer"]


ROUTES = (
    Route("/api/rubrics", rubrics),
    Route("/api/score", score, methods=["POST"]),
)
