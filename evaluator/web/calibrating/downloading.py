"""The report to take along: as the command writes it, and as a page of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import PurePath
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from evaluator.web.calibrating.asked_for import known, underway
from evaluator.web.showing import speech_of

STYLE = "/calibrations/report.css"


async def report_json(request: Request) -> Response:
    """`evaluator/calibration@1`."""
    return await _sent(request, _as_json, ".json", "application/json")


async def report_html(request: Request) -> Response:
    """A page that needs nothing else."""
    return await _sent(request, _as_page, ".html", "text/html; charset=utf-8")


async def answers_jsonl(request: Request) -> Response:
    """The answers with both views, to be compared with those of another judge."""
    return await _sent(request, _as_lines, ".jsonl", "application/jsonl; charset=utf-8")


async def report(request: Request) -> Response:
    """The whole report in a tab of its own."""
    from evaluator.web.calibrating.overview import under_our_policy  # noqa: PLC0415 - statistics

    one, say = known(request), speech_of(request).say
    text = await asyncio.to_thread(_as_page, request, one)
    back = f'<p><a href="/calibrations/{quote(one)}">← {escape(say("cal_back"))}</a></p>'
    return HTMLResponse(under_our_policy(text, STYLE, back))


async def style(_: Request) -> Response:
    """The style sheet of the whole report."""
    from evaluator.web.calibrating.overview import report_style  # noqa: PLC0415 - statistics

    return Response(report_style(), media_type="text/css")


async def _sent(request: Request, made: Callable[[Request, str], str], suffix: str, kind: str) -> Response:
    one = known(request)
    text = await asyncio.to_thread(made, request, one)
    standing = await asyncio.to_thread(underway(request).calibrations.standing, one)
    name = quote(PurePath(standing.info.source.replace("\\", "/")).stem or one, safe="")
    said = f"attachment; filename=\"{'calibration' + suffix}\"; filename*=UTF-8''{name}{suffix}"
    return Response(text, media_type=kind, headers={"Content-Disposition": said})


def _as_json(request: Request, one: str) -> str:
    from evaluator.web.calibrating import reporting  # noqa: PLC0415

    made = reporting.known(underway(request).calibrations, one)
    if made is None:
        raise HTTPException(404, "gone")
    return made.model_dump_json(indent=2, by_alias=True) + "\n"


def _as_page(request: Request, one: str) -> str:
    from evaluator.web.calibrating import overview, reporting  # noqa: PLC0415

    calibrations, lang = underway(request).calibrations, speech_of(request).lang
    made = reporting.known(calibrations, one)
    if made is None:
        raise HTTPException(404, "gone")
    return overview.whole(made, reporting.cases_of(calibrations, one, lang), lang)


def _as_lines(request: Request, one: str) -> str:
    from evaluator.calibration.saved import as_lines  # noqa: PLC0415
    from evaluator.web.calibrating import reporting  # noqa: PLC0415

    calibrations = underway(request).calibrations
    return as_lines(reporting.cases_of(calibrations, one, request.app.state.settings.lang))
