"""Batches for programs: hand in a file, watch, pause, go on, fetch the results."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Rubric
from evaluator.web.api.scoring import json_of, must_be_json
from evaluator.web.api.shapes import BatchList, BatchState
from evaluator.web.batches.acting import may_start
from evaluator.web.batches.choices import Choices, keep
from evaluator.web.batches.downloading import sent
from evaluator.web.batches.listing import known
from evaluator.web.batches.mending import ready
from evaluator.web.batches.preview import taken_in
from evaluator.web.batches.standing import standing
from evaluator.web.batches.understanding import KINDS, Understood, understand
from evaluator.web.forms import media_type
from evaluator.web.scoring import limit_rate
from evaluator.web.showing import speech_of
from evaluator.web.uploads import Upload, Uploads
from evaluator.web.working import Works

START_QUERY: Mapping[str, Words] = MappingProxyType(
    {
        "name": Words("文件名，按它的后缀读，必填", "name of the file, read by its suffix; required"),
        "rubrics": Words("只用这些细则，编号以逗号分隔", "only these rubrics, ids with commas between"),
        "sheet": Words("工作表", "worksheet"),
    }
)
RESULTS_QUERY: Mapping[str, Words] = MappingProxyType(
    {"names": Words("匿名评完的一批，也给出考生编号和姓名", "with ids and names, of a blind batch that is finished")}
)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")
"""What a page of another site can send without being asked first."""


def runs(request: Request) -> Response:
    """All batches of this machine."""
    return json_of(BatchList(batches=request.app.state.runs.ids()))


async def start(request: Request) -> Response:
    """Take in the file that is the body and start; what is doubtful in it must be mended in the page first."""
    if media_type(request) in _FORMS:
        raise HTTPException(415, "file")
    limit_rate(request)
    upload = await _kept(request)
    query = request.query_params
    chosen = tuple(one for one in query.get("rubrics", "").split(",") if one)
    choices = Choices(rubrics=chosen, blind=False, sheet=query.get("sheet", ""))
    run = await asyncio.to_thread(_taken_in, request.app.state, upload, choices)
    works: Works = request.app.state.works
    works.start(run)
    return _state(request, run, 201)


async def state(request: Request) -> Response:
    """Where it stands."""
    return _state(request, await asyncio.to_thread(known, request))


async def pause(request: Request) -> Response:
    """Begin nothing more."""
    must_be_json(request)
    run = await asyncio.to_thread(known, request)
    request.app.state.works.pause(run)
    return _state(request, run)


async def resume(request: Request) -> Response:
    """Go on, with what failed."""
    must_be_json(request)
    limit_rate(request)
    run = await asyncio.to_thread(known, request)
    works: Works = request.app.state.works
    work = works.get(run)
    if work is None or work.over:
        works.start(run, retry_errors=True, max_cost=await asyncio.to_thread(may_start, request.app.state, run))
    return _state(request, run)


async def results(request: Request) -> Response:
    """All that there is so far."""
    return await sent(request, "jsonl")


async def _kept(request: Request) -> Upload:
    uploads: Uploads = request.app.state.uploads
    with tempfile.TemporaryFile() as body:
        async for piece in request.stream():
            await run_in_threadpool(body.write, piece)
        body.seek(0)
        return await uploads.keep(UploadFile(body, filename=request.query_params.get("name", "")), KINDS)


def _taken_in(app: State, upload: Upload, choices: Choices) -> str:
    """The id of the run; nothing is kept of a file that cannot be run."""
    rubrics: tuple[Rubric, ...] = tuple(app.shelf.all().values())
    if unknown := set(choices.rubrics) - {one.id for one in rubrics}:
        app.uploads.forget(upload.id)
        raise HTTPException(404, "no_rubric", {"X-Rubrics": quote(",".join(sorted(unknown))[:200], safe=",")})
    found = understand(upload, choices, rubrics)
    if found.trouble is not None:
        app.uploads.forget(upload.id)
        raise found.trouble
    keep(upload, choices)
    if found.source is None or not ready(found):
        raise InputError(_doubtful(upload, found))
    run: str = taken_in(app, upload, found.source, choices)
    return run


def _doubtful(upload: Upload, found: Understood) -> Problem:
    columns = ", ".join(str(one) for one in found.doubtful) or "?"
    return Problem(
        Words(f"这个文件有没看懂的列：{columns}", f"some columns are not understood: {columns}"),
        upload.name,
        hint=Words(
            f"在网页里说明一次再开始：/batches/new/{upload.id}",
            f"say what they are in the page: /batches/new/{upload.id}",
        ),
    )


def _state(request: Request, run: str, status: int = 200) -> Response:
    now = standing(request.app.state, run)
    lang = speech_of(request).lang
    moment = now.progress
    return json_of(
        BatchState(
            id=run,
            state=now.state,
            info=now.info,
            rate=moment.rate if moment else None,
            eta=moment.eta if moment else None,
            error=now.error.text(lang) if now.error else "",
        ),
        status,
        {"Location": f"/api/batches/{quote(run)}"} if status == 201 else None,
    )
