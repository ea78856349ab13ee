"""Scored answers -> a calibration ready to be judged; of tables, after a person mended how columns are understood."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.errors import InputError, Problem, UserError
from evaluator.models import Rubric
from evaluator.submissions import Source
from evaluator.web.batches.choices import chosen_for, keep
from evaluator.web.batches.listing import papers
from evaluator.web.batches.mending import MOST_FIELDS, Shown, as_said, ready, shown, ticked
from evaluator.web.calibrating.kept import Asked, Calibrations
from evaluator.web.calibrating.reading import NOBODY_SCORED, Asking, asked_of, of_table, uploaded
from evaluator.web.forms import read_form
from evaluator.web.showing import page, speech_of
from evaluator.web.uploads import Upload, upload_of


async def columns(request: Request) -> Response:
    """How the columns are understood, and what people scored of them."""
    return await asyncio.to_thread(_page, request, upload_of(request))


async def mend(request: Request) -> Response:
    """What a person mended; or, where nothing is changed and nothing doubtful any more, on to what it would take."""
    said = await read_form(request, most_fields=MOST_FIELDS)
    upload = upload_of(request)
    if said.get("do") == "forget":
        await asyncio.to_thread(request.app.state.uploads.forget, upload.id)
        return RedirectResponse("/calibrations", 303)
    ticks = ticked(await request.form())
    return RedirectResponse(await asyncio.to_thread(_answered, request.app.state, upload, said, ticks), 303)


def go_on(state: State, upload: Upload, asking: Asking, rubrics: Sequence[Rubric]) -> str:
    """The address of the calibration that the file is now, or of its columns, where more is to be said first.

    What the file was taken in as before is removed. Raises what reading raises, and UserError where there is no judge.
    """
    source = uploaded(upload, asking, rubrics)
    if source is None:
        keep(upload, asking)
        return f"/calibrations/new/{upload.id}"
    if source.column_map.columns or source.column_map.questions:
        one = take_in(state, source, asking, upload.id)
        keep(upload, asking.model_copy(update={"taken": one}))
    else:
        one = take_in(state, source, asking)
        state.uploads.forget(upload.id)  # the answers are in the journal
    kept: Calibrations = state.calibrating.calibrations
    if asking.taken in kept:
        kept.remove(asking.taken)
    return f"/calibrations/{one}"


def take_in(state: State, source: Source, asking: Asking, upload: str = "") -> str:
    """The id of the new calibration. Raises UserError where there is no judge, and what reading raises."""
    if state.desk.trouble is not None:
        raise state.desk.trouble
    kept: Calibrations = state.calibrating.calibrations
    return kept.add(source, asked_of(source, asking.repeat, upload), state.desk.judge)


def _answered(state: State, upload: Upload, said: Mapping[str, str], ticks: Sequence[str]) -> str:
    before, rubrics = chosen_for(upload, Asking), tuple(state.shelf.all().values())
    now = as_said(before, upload, said, ticks, rubrics)
    if now != before:
        keep(upload, now)
    if said.get("do") == "take" and now == before:
        return go_on(state, upload, now, rubrics)
    return f"/calibrations/new/{upload.id}{'?changed=1' if said.get('do') == 'take' else ''}"


def _page(request: Request, upload: Upload) -> Response:
    state = request.app.state
    rubrics = state.shelf.all()
    asking = chosen_for(upload, Asking)
    seen = shown(upload, asking, rubrics.values())
    asked, trouble = _asked(seen, asking)
    lang = speech_of(request).lang
    return page(
        request,
        "calibrating/columns",
        422 if seen.found.trouble else 200,
        upload=upload,
        reading=asking,
        shown=seen,
        asked=asked,
        trouble=trouble.text(lang) if trouble else "",
        rubrics=rubrics,
        papers=papers(rubrics),
        changed="changed" in request.query_params,
        desk=state.desk,
        keys=(),
    )


def _asked(seen: Shown, asking: Asking) -> tuple[Asked | None, UserError | None]:
    """What would be judged; or what is wrong, as far as it is not said beside the columns."""
    try:
        source = of_table(seen.found, asking)
    except UserError as error:
        return None, error
    if source is None:
        return None, InputError(Problem(NOBODY_SCORED.message, hint=NOBODY_SCORED.hint)) if ready(seen.found) else None
    return asked_of(source, asking.repeat), None
