"""One calibration: what was understood and what it would take, how the work goes, and the report in short."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from evaluator.batch.planning import Plan
from evaluator.client import endpoint
from evaluator.errors import InputError, Problem, UserError, Words
from evaluator.report.labels import duration
from evaluator.settings import is_loopback
from evaluator.web.calibrating.asked_for import known, underway, wanted
from evaluator.web.calibrating.going import Going
from evaluator.web.calibrating.kept import Calibrations, Standing, other_judge
from evaluator.web.desk import Desk
from evaluator.web.forms import read_form
from evaluator.web.showing import page, speech_of
from evaluator.web.speech import Speech
from evaluator.web.working import Works

if TYPE_CHECKING:
    from evaluator.web.calibrating.differing import Answer

_SOON = 1.5
"""Seconds that a browser waits for a report that is quickly worked out."""
_LISTED, _MOST = 10, 500
_FIRST = 3
_STAGES = {
    "prepared": "cal_prepared",
    "waiting": "cal_waiting",
    "judging": "cal_judging",
    "pausing": "cal_pausing",
    "counting": "cal_counting",
    "paused": "cal_paused",
    "failed": "cal_failed",
    "judged": "cal_judged",
}
_NO_CONSENT = Problem(
    Words("没有同意把答案发出去，没有开始", "nothing was started: you did not agree to send the answers out"),
    hint=Words("返回上一页，勾选同意再开始", "go back, tick the box, and start again"),
)
_LIVE = Problem(
    Words("正在评分，不能删除", "it is being judged and cannot be removed"), hint=Words("先暂停", "pause it")
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is left to do, all turns together."""

    texts: int
    asked: int
    calls: int
    tokens: int
    seconds: float | None
    cost: float | None
    currency: str
    remote: str
    """The host that answers go to; empty where they stay on this machine."""


async def view(request: Request) -> Response:
    """The report where there is one, else how far it is."""
    one, under = known(request), underway(request)
    going = under.get(one)
    standing = await asyncio.to_thread(under.calibrations.standing, one)
    if _to_be_reported(standing, going, so_far=wanted(request).so_far):
        if (reply := await asyncio.to_thread(_report, request, standing)) is not None:
            return reply
        await under.count(one, _SOON)
        going = under.get(one)
        if (reply := await asyncio.to_thread(_report, request, standing)) is not None:
            return reply
    return await asyncio.to_thread(_progress, request, standing, going)


async def state(request: Request) -> Response:
    """How far it is, for a script: in words, in numbers, and where to go when it is over."""
    one, under, speech = known(request), underway(request), speech_of(request)
    going = under.get(one)
    standing = await asyncio.to_thread(under.calibrations.standing, one)
    stage = stage_of(standing, going)
    reply: dict[str, object] = {"stage": stage, "words": speech.say(_STAGES[stage]), "said": _told(going, speech)}
    reply |= {"done": standing.texts - standing.waiting, "total": standing.texts}
    over = not (going and going.live)
    return JSONResponse(reply | ({"location": standing.address} if over else {}))


async def start(request: Request) -> Response:
    """Begin, go on after a pause, or try failed answers again."""
    fields = await read_form(request)
    one, under = known(request), underway(request)
    desk: Desk = request.app.state.desk
    if desk.trouble is not None:
        raise desk.trouble
    if remote_host(desk) and "consent" not in fields:
        raise InputError(_NO_CONSENT)
    await under.start(one, request.app.state.works, retry_errors="retry" in fields)
    await asyncio.to_thread(_let_go, request, one)
    return _back(one)


async def pause(request: Request) -> Response:
    """Begin nothing more; what is in flight is finished."""
    await read_form(request)
    one = known(request)
    underway(request).pause(one, request.app.state.works)
    return _back(one)


async def delete(request: Request) -> Response:
    """Remove it with its answers."""
    await read_form(request)
    one, under = known(request), underway(request)
    if (going := under.get(one)) and going.live:
        raise InputError(_LIVE)
    await asyncio.to_thread(_let_go, request, one)
    await asyncio.to_thread(under.calibrations.remove, one)
    under.forget(one)
    return RedirectResponse("/calibrations?deleted=1", 303)


def stage_of(standing: Standing, going: Going | None) -> str:
    """Where it stands, as a word that `_STAGES` knows."""
    if going is not None and going.live:
        if going.counting:
            return "counting"
        if going.pausing:
            return "pausing"
        return "waiting" if going.work is None or going.work.state == "waiting" else "judging"
    if going is not None and going.error is not None:
        return "failed"
    if not standing.begun:
        return "prepared"
    return "judged" if standing.over else "paused"


def remote_host(desk: Desk) -> str:
    """The host that answers go to; empty where they stay on this machine."""
    target = endpoint(desk.settings) if desk.kind == "llm" and desk.trouble is None else None
    return target.host if target is not None and not is_loopback(target.base_url) else ""


# --- inside ---


def _back(one: str) -> Response:
    return RedirectResponse(f"/calibrations/{quote(one)}", 303)


def _let_go(request: Request, one: str) -> None:
    """Remove the file: its columns are not mended any more, its answers are in the journal."""
    if asked := underway(request).calibrations.asked(one):
        request.app.state.uploads.forget(asked.upload)


def _to_be_reported(standing: Standing, going: Going | None, *, so_far: bool) -> bool:
    """Whether a report is what is wanted: of one begun in a terminal also as far as it has come."""
    if not standing.begun or (going is not None and (going.live or (going.counted and going.error is not None))):
        return False
    return standing.over or so_far or standing.asked is None


def _told(going: Going | None, speech: Speech) -> str:
    """How long it may take, as far as that is known."""
    progress = going.work.progress if going and going.live and going.work else None
    if progress is None or not progress.eta:
        return ""
    return speech.say("cal_eta", time=duration(progress.eta))


def _progress(request: Request, standing: Standing, going: Going | None) -> Response:
    from evaluator.web.calibrating import differing, reporting  # noqa: PLC0415 - statistics

    app, speech = request.app.state, speech_of(request)
    stage = stage_of(standing, going)
    every: tuple[Answer, ...] = ()
    if stage in {"prepared", "failed"}:
        every = differing.answers(reporting.cases_of(underway(request).calibrations, standing.id, speech.lang))
    estimate, trouble = _estimated(app.works, app.desk, app.calibrating.calibrations, standing, stage)
    return page(
        request,
        "calibrating/one",
        standing=standing,
        stage=stage,
        said=speech.say(_STAGES[stage]),
        told=_told(going, speech),
        error=going.error if going and not going.live else None,
        mendable=stage == "prepared" and standing.asked and app.uploads.get(standing.asked.upload),
        first=every[:_FIRST] if stage == "prepared" else (),
        ungraded=differing.ungraded(every)[:_LISTED],
        estimate=estimate,
        trouble=trouble.text(speech.lang) if trouble else "",
        desk=app.desk,
        keys=(),
    )


def _estimated(
    works: Works, desk: Desk, calibrations: Calibrations, standing: Standing, stage: str
) -> tuple[Estimate | None, UserError | None]:
    """What going on would take; or why that is not possible."""
    if stage not in {"prepared", "paused", "failed"} or standing.asked is None:
        return None, None
    if desk.trouble is not None:
        return None, desk.trouble
    plans = []
    for turn, name in enumerate(calibrations.names(standing.id)):
        with calibrations.using(name) as journal:
            batch = works.batch(journal, store=None if turn else "as ever")
            if not batch.judges_as_before():
                return None, other_judge()
            plans.append(batch.plan())
    return _summed(plans, remote_host(desk)), None


def _summed(plans: Sequence[Plan], remote: str) -> Estimate:
    seconds = [one.seconds for one in plans if one.seconds is not None]
    costs = [one.cost for one in plans if one.cost is not None]
    return Estimate(
        texts=sum(one.waiting for one in plans),
        asked=sum(one.asked for one in plans),
        calls=sum(one.calls for one in plans),
        tokens=sum(one.prompt_tokens + one.completion_tokens for one in plans),
        seconds=sum(seconds) if seconds else None,
        cost=sum(costs) if len(costs) == len(plans) else None,
        currency=plans[0].currency,
        remote=remote,
    )


def _report(request: Request, standing: Standing) -> Response | None:
    """The report in short; None where it has to be worked out first."""
    from evaluator.web.calibrating import differing, overview, reporting  # noqa: PLC0415 - statistics

    calibrations, lang = underway(request).calibrations, speech_of(request).lang
    made = reporting.known(calibrations, standing.id)
    if made is None:
        return None
    cases = reporting.cases_of(calibrations, standing.id, lang)
    every = differing.answers(cases)
    asked = wanted(request)
    worst = differing.worst(every, asked)
    said = request.query_params.get("most", "")
    most = min(max(int(said), 1), _MOST) if said.isascii() and said.isdigit() and len(said) < 5 else _LISTED
    return page(
        request,
        "calibrating/report",
        standing=standing,
        shown=overview.overview(made, cases, lang),
        every=every,
        wanted=asked,
        remote=remote_host(request.app.state.desk),
        worst=worst[:most],
        apart=len(worst),
        more=min(most * 2, _MOST) if len(worst) > most and most < _MOST else 0,
        ungraded=differing.ungraded(every)[:_LISTED],
        questions=differing.questions(every),
        key_points=differing.key_points(every, asked.question) if asked.question else {},
        keys=(),
    )
