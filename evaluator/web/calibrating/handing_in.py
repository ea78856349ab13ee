"""All calibrations of this machine, and the form that a new one begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, Literal, cast

from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.errors import InputError, Problem, UserError, Words
from evaluator.web.batches.listing import papers
from evaluator.web.calibrating.kept import Calibrations
from evaluator.web.forms import read_form_with_file
from evaluator.web.scoring import limit_rate
from evaluator.web.showing import page, speech_of
from evaluator.web.uploads import Upload, Uploads

KINDS: Final = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".jsonl", ".html", ".htm")
SPLITS: Final = ("test", "dev", "all")
MOST_TURNS: Final = 5
SAMPLES: Final = "samples"
_SHOWN = 100
_NO_FILE = Problem(
    Words("请先选一个文件，或选随附样本", "choose a file first, or the samples"),
    hint=Words("有人工分的表格，或公开集的 .jsonl", "a table with human scores, or a public set as .jsonl"),
)
_OFF = Problem(
    Words(
        "历史已在设置里关闭：校准要把答案和判定存到看完报告为止",
        "the history is switched off in the settings: a calibration keeps answers and verdicts as long as it is read",
    ),
    hint=Words("在终端用 evaluator calibrate，评完即删", "use `evaluator calibrate`, which removes them at its end"),
)


async def calibrations(request: Request) -> Response:
    """What was done, the newest first, and the form."""
    return await asyncio.to_thread(listed, request, {})


async def hand_in(request: Request) -> Response:
    """Scored answers; what they were understood as is shown next."""
    fields, file = await read_form_with_file(request)
    limit_rate(request)
    uploads: Uploads = request.app.state.uploads
    upload = uploads.get(fields.get("upload", ""))
    try:
        if not request.app.state.settings.history:
            raise InputError(_OFF)
        if file is not None:
            upload = await uploads.keep(file, KINDS)
        address = await asyncio.to_thread(_taken_in, request.app.state, fields, upload)
    except UserError as error:
        return await asyncio.to_thread(listed, request, fields, error.text(speech_of(request).lang), upload)
    return RedirectResponse(address, 303)


def _taken_in(state: State, fields: Mapping[str, str], upload: Upload | None) -> str:
    """Where to go on: the new calibration, ready to be judged, or the columns, where a person must say more first."""
    from evaluator.web.calibrating import reading, taking_in  # noqa: PLC0415 - readers, not needed by the front page

    rubrics = state.shelf.all()
    chosen = dict(papers(rubrics)).get(fields.get("paper", "").removeprefix("paper:")) if fields.get("paper") else None
    asking = reading.Asking(
        rubrics=tuple(one.id for one in chosen or ()),
        limit=_number(fields.get("limit", ""), 1, 1_000_000),
        repeat=_number(fields.get("repeat", ""), 1, MOST_TURNS) or 1,
    )
    if fields.get("from") == SAMPLES:
        split = fields.get("split", "test")
        part = cast("Literal['dev', 'test', 'all']", split if split in SPLITS else "test")
        source = reading.samples(asking.among(rubrics.values()), part, asking.limit)
        return f"/calibrations/{taking_in.take_in(state, source, asking)}"
    if upload is None:
        raise InputError(_NO_FILE)
    return taking_in.go_on(state, upload, asking, tuple(rubrics.values()))


def listed(request: Request, fields: Mapping[str, str], problem: str = "", upload: Upload | None = None) -> Response:
    """The page of all calibrations, with the form as it was filled in and what is wrong with that."""
    state = request.app.state
    kept: Calibrations = state.calibrating.calibrations
    live = {one for one in kept.ids() if (going := state.calibrating.get(one)) and going.live}
    done = kept.listed(_SHOWN)
    return page(
        request,
        "calibrating/list",
        422 if problem else 200,
        done=done,
        comparable=[one for one in done if one.begun],
        compared=[request.query_params.get(name, "") for name in ("a", "b")],
        more=max(len(kept.ids()) - _SHOWN, 0),
        live=live,
        papers=[paper for paper, _ in papers(state.shelf.all()) if paper],
        kinds=",".join(KINDS),
        splits=SPLITS,
        most_turns=MOST_TURNS,
        fields=fields,
        problem=problem,
        upload=upload,
        deleted="deleted" in request.query_params,
        desk=state.desk,
        keys=(),
    )


def _number(text: str, least: int, most: int) -> int | None:
    """The number that was typed, within these; None where it is none."""
    text = text.strip()
    return min(max(int(text), least), most) if text.isascii() and text.isdigit() and len(text) < 9 else None
