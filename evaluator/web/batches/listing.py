"""All runs of this machine, and the form that a new one begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Rubric
from evaluator.web.batches.choices import Choices, keep
from evaluator.web.batches.standing import Standing, standing
from evaluator.web.batches.understanding import KINDS
from evaluator.web.forms import read_form_with_file
from evaluator.web.runs import NoRun
from evaluator.web.scoring import limit_rate
from evaluator.web.shelf import Shelf, paper_of
from evaluator.web.showing import page, speech_of
from evaluator.web.uploads import Uploads

_SHOWN = 100
"""Runs that are listed, the newest."""
_PAPER = "paper:"
_NO_FILE = Problem(
    Words("还没有选文件", "no file was chosen"),
    hint=Words("选一个表格，一行一位考生，或一行一份答案", "choose a table with a row a candidate, or a row an answer"),
)


async def batches(request: Request) -> Response:
    """The runs, the newest first, and the form."""
    return await asyncio.to_thread(_page, request)


async def upload(request: Request) -> Response:
    """A file is handed in; what it holds is shown next."""
    fields, file = await read_form_with_file(request)
    limit_rate(request)
    uploads: Uploads = request.app.state.uploads
    lang = speech_of(request).lang
    if file is None:
        return await asyncio.to_thread(_page, request, 422, _NO_FILE.text(lang))
    try:
        kept = await uploads.keep(file, KINDS)
    except InputError as error:
        return await asyncio.to_thread(_page, request, 422, error.text(lang))
    rubrics = await asyncio.to_thread(request.app.state.shelf.all)
    chosen = _of_paper(fields.get("rubrics", ""), rubrics)
    await asyncio.to_thread(keep, kept, Choices(rubrics=chosen, blind="blind" in fields))
    return RedirectResponse(f"/batches/new/{kept.id}", 303)


def papers(rubrics: Mapping[str, Rubric]) -> Sequence[tuple[str, Sequence[Rubric]]]:
    """Name of each paper with its rubrics, in their order; those of none have the name ''."""
    ordered = sorted(rubrics.values(), key=paper_of)
    found = {paper: tuple(group) for paper, group in groupby(ordered, key=paper_of)}
    return [(paper, found[paper]) for paper in dict.fromkeys(map(paper_of, rubrics.values()))]


def known(request: Request) -> str:
    """The id of the run that is asked for; 404 where there is none."""
    run: str = request.path_params["run"]
    if run not in request.app.state.runs:
        raise HTTPException(404, "no_run")
    return run


def _page(request: Request, status: int = 200, problem: str = "") -> Response:
    state = request.app.state
    shelf: Shelf = state.shelf
    ids = state.runs.ids()
    return page(
        request,
        "batches/list",
        status,
        runs=list(_standings(state, ids[:_SHOWN])),
        more=max(len(ids) - _SHOWN, 0),
        papers=papers(shelf.all()),
        kinds=",".join(KINDS),
        max_upload=state.max_upload,
        problem=problem,
        deleted="deleted" in request.query_params,
        desk=state.desk,
        keys=(),
    )


def _standings(state: State, ids: Sequence[str]) -> Iterator[Standing]:
    for run in ids:
        try:
            now = standing(state, run)
        except NoRun:  # deleted since it was listed
            continue
        yield now


def _of_paper(said: str, rubrics: Mapping[str, Rubric]) -> tuple[str, ...]:
    if not said.startswith(_PAPER):
        return ()
    return tuple(one.id for one in rubrics.values() if paper_of(one) == said.removeprefix(_PAPER))
