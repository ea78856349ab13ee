"""Two calibrations on the same answers, as `evaluator calibrate --compare` holds them against each other."""

from __future__ import annotations

import asyncio
from html import escape
from pathlib import PurePath
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from evaluator.calibration.comparing import compare
from evaluator.errors import UserError
from evaluator.report.calibration import comparison_as_html
from evaluator.web.calibrating.asked_for import underway
from evaluator.web.calibrating.downloading import STYLE
from evaluator.web.calibrating.handing_in import listed
from evaluator.web.calibrating.kept import Calibrations, Standing
from evaluator.web.calibrating.overview import under_our_policy
from evaluator.web.calibrating.reporting import cases_of
from evaluator.web.scoring import limit_rate
from evaluator.web.showing import local_time, speech_of


async def comparison(request: Request) -> Response:
    """The second of the two against the first; the list with the reason where they cannot be compared."""
    calibrations = underway(request).calibrations
    first, second = (request.query_params.get(name, "") for name in ("a", "b"))
    if first not in calibrations or second not in calibrations:
        raise HTTPException(404, "gone")
    limit_rate(request)
    try:
        made = await asyncio.to_thread(_compared, calibrations, (first, second), speech_of(request).lang)
    except UserError as error:
        return await asyncio.to_thread(listed, request, {}, error.text(speech_of(request).lang))
    if "save" in request.query_params:
        name = quote(f"{first}-{second}.html", safe="")
        said = {"Content-Disposition": f"attachment; filename=\"comparison.html\"; filename*=UTF-8''{name}"}
        return HTMLResponse(made, headers=said)
    return HTMLResponse(under_our_policy(made, STYLE, _ways(request, first, second)))


def _compared(calibrations: Calibrations, both: tuple[str, str], lang: str) -> str:
    a, b = (calibrations.standing(one) for one in both)
    names = (_name(a), _name(b))
    if names[0] == names[1]:
        names = (f"{names[0]} · {_when(a)}", f"{names[1]} · {_when(b)}")
    made = compare(*(cases_of(calibrations, one, lang) for one in both), names=names)
    return comparison_as_html(made, lang)


def _name(one: Standing) -> str:
    return f"{PurePath(one.info.source).stem} · {one.info.model or one.info.judge}"


def _when(one: Standing) -> str:
    return local_time(one.info.finished or one.info.started)


def _ways(request: Request, first: str, second: str) -> str:
    """Back, and the same page to be taken along. HTML."""
    say = speech_of(request).say
    save = f"?{urlencode({'a': first, 'b': second, 'save': '1'})}"
    return (
        f'<p><a href="/calibrations">← {escape(say("cal_back"))}</a> · '
        f'<a href="/calibrations/compare{escape(save)}" download>{escape(say("cal_as_html"))}</a></p>'
    )
