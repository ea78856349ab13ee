"""One scored answer of a calibration, read in full with both views."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.web.calibrating.asked_for import known, underway, wanted
from evaluator.web.showing import page, speech_of


async def answer(request: Request) -> Response:
    """The answer of that number, with those before and after it in the list that one comes from."""
    return await asyncio.to_thread(_page, request, known(request))


def _page(request: Request, one: str) -> Response:
    from evaluator.web.calibrating import differing, reporting  # noqa: PLC0415 - statistics

    calibrations = underway(request).calibrations
    every = differing.answers(reporting.cases_of(calibrations, one, speech_of(request).lang))
    number = request.path_params["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 9 and 0 < int(number) <= len(every)):
        raise HTTPException(404, "gone")
    shown, asked = every[int(number) - 1], wanted(request)
    order = [found.number for found in differing.worst(every, asked)]
    place = order.index(shown.number) if shown.number in order else None
    return page(
        request,
        "calibrating/answer",
        standing=calibrations.standing(one),
        one=shown,
        query=asked.query,
        place=place,
        apart=len(order),
        before=order[place - 1] if place else None,
        after=order[place + 1] if place is not None and place + 1 < len(order) else None,
        keys=(),
    )
