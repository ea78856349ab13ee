"""What can be done with a run: go on, try again what failed, pause, delete."""

from __future__ import annotations

import asyncio

from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.batch.jobs import Jobs
from evaluator.batch.session import forget
from evaluator.errors import InputError, Problem, Words
from evaluator.web.batches.listing import known
from evaluator.web.batches.standing import note_of
from evaluator.web.forms import read_form
from evaluator.web.scoring import limit_rate
from evaluator.web.working import Works

_OTHER_JUDGE = Problem(
    Words(
        "评分器、模型或提示词和这次运行开始时不同，继续会全部重评",
        "the judge, the model or the prompts are not those that the run began with: all would be judged anew",
    ),
    hint=Words(
        "照原来的设置启动网页再继续，或重新上传，开始一次新的",
        "start the page with the settings of then, or upload the file again for a new run",
    ),
)
_AT_PROVIDER = Problem(
    Words("服务商那里还有这次运行的批量作业", "a batch job of this run is still at the provider"),
    hint=Words(
        "先在终端取回或取消：evaluator batch collect 或 cancel",
        "fetch or cancel it in a terminal first: evaluator batch collect or cancel",
    ),
)
_AT_WORK = Problem(
    Words("这次运行还没有停下", "this run has not come to a stop"),
    hint=Words("先暂停，等在评的几份评完", "pause it and wait for the answers in flight"),
)


async def start(request: Request) -> Response:
    """Go on; with `retry` also with what failed."""
    fields = await read_form(request)
    run = await asyncio.to_thread(known, request)
    limit_rate(request)
    works: Works = request.app.state.works
    work = works.get(run)
    if work is None or work.over:
        max_cost = await asyncio.to_thread(may_start, request.app.state, run)
        works.start(run, retry_errors="retry" in fields, max_cost=max_cost)
    return RedirectResponse(f"/batches/{run}", 303)


async def pause(request: Request) -> Response:
    """Begin nothing more; what is in flight is finished."""
    await read_form(request)
    run = await asyncio.to_thread(known, request)
    request.app.state.works.pause(run)
    return RedirectResponse(f"/batches/{run}", 303)


async def delete(request: Request) -> Response:
    """Remove the run with its answers, and the file that they came in."""
    fields = await read_form(request)
    run = await asyncio.to_thread(known, request)
    works: Works = request.app.state.works
    work = works.get(run)
    if work is not None and not work.over:
        raise InputError(_AT_WORK)
    if "sure" not in fields:
        raise HTTPException(422, "fields")
    await asyncio.to_thread(_delete, request.app.state, run)
    works.forget(run)
    return RedirectResponse("/batches?deleted=1", 303)


def may_start(state: State, run: str) -> float | None:
    """The limit of cost that was set. Raises InputError where going on would cost what was paid before."""
    works: Works = state.works
    if state.desk.trouble is not None:
        raise state.desk.trouble
    with state.runs.using(run) as journal, Jobs(journal.path) as jobs:
        if jobs.open():
            raise InputError(_AT_PROVIDER)
        if not works.batch(journal).judges_as_before():
            raise InputError(_OTHER_JUDGE)
        return note_of(journal).max_cost


def _delete(state: State, run: str) -> None:
    with state.runs.using(run) as journal, Jobs(journal.path) as jobs:
        if jobs.open():
            raise InputError(_AT_PROVIDER)
        note = note_of(journal)
    forget(state.runs.path(run))
    state.uploads.forget(note.upload)
