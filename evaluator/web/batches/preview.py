"""Before a run: how a file is understood, what a person mends of that, what the run would cost; then its start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.batch.journal import Journal
from evaluator.batch.session import describe, journal_path
from evaluator.errors import UserError
from evaluator.models import Rubric
from evaluator.web.batches.choices import Choices, chosen_for, keep
from evaluator.web.batches.estimating import Estimate, estimate
from evaluator.web.batches.listing import papers
from evaluator.web.batches.mending import MOST_FIELDS, as_said, ready, shown, ticked
from evaluator.web.batches.standing import Note, put_note
from evaluator.web.batches.understanding import Named, Understood, understand
from evaluator.web.desk import Desk
from evaluator.web.forms import read_form
from evaluator.web.showing import page, speech_of
from evaluator.web.uploads import Upload, upload_of
from evaluator.web.working import Works


async def preview(request: Request) -> Response:
    """How the file is understood, and the plan."""
    return await asyncio.to_thread(_page, request, upload_of(request))


async def answer(request: Request) -> Response:
    """What a person mended; or, where nothing is changed and nothing doubtful any more, the start."""
    said = await read_form(request, most_fields=MOST_FIELDS)
    upload = upload_of(request)
    if said.get("do") == "forget":
        await asyncio.to_thread(request.app.state.uploads.forget, upload.id)
        return RedirectResponse("/batches", 303)
    run = await asyncio.to_thread(_answered, request.app.state, upload, said, ticked(await request.form()))
    if run is None:
        changed = "?changed=1" if said.get("do") == "start" else ""
        return RedirectResponse(f"/batches/new/{upload.id}{changed}", 303)
    works: Works = request.app.state.works
    works.start(run, max_cost=chosen_for(upload, Choices).max_cost)
    return RedirectResponse(f"/batches/{run}", 303)


def _answered(state: State, upload: Upload, said: Mapping[str, str], picked: Sequence[str]) -> str | None:
    """Keep what was said; the id of the run where it can start as it was shown."""
    before, rubrics = chosen_for(upload, Choices), tuple(state.shelf.all().values())
    read = as_said(before, upload, said, picked, rubrics)
    now = read.model_copy(update={"blind": "blind" in said, "max_cost": _money(said.get("max_cost", ""))})
    if now != before:
        keep(upload, now)
    if said.get("do") != "start" or now != before:
        return None
    found = understand(upload, now, rubrics)
    if found.source is None or not ready(found):
        return None
    return taken_in(state, upload, found.source, now)


def taken_in(state: State, upload: Upload, source: Named, choices: Choices) -> str:
    """The id of the run, its journal ready to be judged. The same file is the same run: it goes on."""
    desk: Desk = state.desk
    if desk.trouble is not None:
        raise desk.trouble
    path = journal_path(desk.settings, Path(upload.name), upload.path)
    work = state.works.get(path.stem)
    if work is not None and not work.over:
        return path.stem
    if not path.exists():
        Journal(path).close()
    with state.runs.using(path.stem) as journal:
        journal.take_in(source)
        describe(source, journal, desk.settings, desk.judge)
        layout = source.column_map.layout
        put_note(journal, Note(blind=choices.blind, upload=upload.id, layout=layout, max_cost=choices.max_cost))
    return path.stem


def _page(request: Request, upload: Upload) -> Response:
    state = request.app.state
    rubrics: Mapping[str, Rubric] = state.shelf.all()
    choices = chosen_for(upload, Choices)
    seen = shown(upload, choices, rubrics.values())
    estimated, trouble = _estimated(seen.found, upload, state)
    lang = speech_of(request).lang
    return page(
        request,
        "batches/preview",
        422 if trouble else 200,
        upload=upload,
        choices=choices,
        shown=seen,
        trouble=trouble.text(lang) if trouble else "",
        estimated=estimated,
        ready=ready(seen.found) and trouble is None and state.desk.trouble is None,
        rubrics=rubrics,
        papers=papers(rubrics),
        changed="changed" in request.query_params,
        desk=state.desk,
        keys=(),
    )


def _estimated(found: Understood, upload: Upload, state: State) -> tuple[Estimate | None, UserError | None]:
    """What the run would be, as far as anything is understood; else what is wrong."""
    if found.source is None or found.trouble is not None:
        return None, found.trouble
    if not found.source.rubrics:
        return None, None
    try:
        return estimate(upload, found.source, state.desk, state.works), None
    except UserError as error:
        return None, error


def _money(said: str) -> float | None:
    try:
        money = float(said.strip())
    except ValueError:
        return None
    return money if 0 < money < 1e9 else None
