"""One run: how it goes, what failed, what its questions look like, what can be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evaluator.batch.blinding import Blinded, blinding_secret
from evaluator.batch.jobs import Jobs
from evaluator.batch.journalled import Journalled
from evaluator.errors import UserError
from evaluator.models import Rejected, Rubric
from evaluator.report.labels import duration, pace
from evaluator.submissions import Layout
from evaluator.web.batches.failures import MOST, Failure, failures
from evaluator.web.batches.listing import known
from evaluator.web.batches.standing import Standing, standing
from evaluator.web.showing import page, speech_of
from evaluator.web.speech import Speech
from evaluator.web.working import Works
from evaluator.workbook.statistics import QuestionCounts
from evaluator.workbook.survey import look_over

_AT_ONCE = 5_000
"""Answers whose statistics are made without being asked for."""
_REVIEW = "/batches/{run}/review"


@dataclass(frozen=True, slots=True)
class Inside:
    """What a journal holds besides where it stands."""

    rubrics: dict[str, Rubric]
    failed: Sequence[Failure]
    rejected: Sequence[Rejected]
    rejected_count: int
    questions: Sequence[QuestionCounts]
    as_before: bool
    """Whether the open judge is the one that judged so far."""
    at_provider: bool
    """Whether a batch job of it is at a provider."""


async def view(request: Request) -> Response:
    """The run."""
    return await asyncio.to_thread(_page, request, await asyncio.to_thread(known, request))


async def state(request: Request) -> Response:
    """Where it stands, for a script."""
    run = await asyncio.to_thread(known, request)
    now = await asyncio.to_thread(standing, request.app.state, run)
    speech = speech_of(request)
    moment = now.progress
    return JSONResponse(
        {
            "state": now.state,
            "live": now.live,
            "words": speech.say(now.text),
            "told": told(now, speech),
            "said": _doing(now, request, speech),
            "answers": now.info.answers,
            "done": now.done,
            "failed": now.info.failed,
            "review": now.info.review,
            "rate": round(moment.rate, 2) if moment else None,
            "eta": round(moment.eta) if moment and moment.eta is not None else None,
            "cost": moment.usage.cost if moment else now.info.usage.cost,
            "currency": now.info.currency,
            "error": speech.words(now.error) if now.error else "",
        }
    )


def told(now: Standing, speech: Speech) -> str:
    """How far it is, in one line."""
    parts = [speech.say("told_done", done=now.done, all=now.info.answers)]
    if now.info.failed:
        parts.append(speech.say("told_failed", count=now.info.failed))
    if now.info.review:
        parts.append(speech.say("told_review", count=now.info.review))
    if (moment := now.progress) is not None and now.state == "running":
        if moment.rate:
            parts.append(speech.words(pace(moment.rate)))
        if moment.eta:
            parts.append(speech.say("told_eta", time=duration(moment.eta)))
        if moment.usage.cost:
            whole = moment.forecast.cost if moment.forecast else None
            money = f"{moment.usage.cost:.2f} {now.info.currency}"
            parts.append(
                speech.say("told_cost", money=money)
                if whole is None
                else speech.say("told_cost_of", money=money, whole=f"{whole:.2f}")
            )
    return speech.say("told_comma").join(parts)


def _doing(now: Standing, request: Request, speech: Speech) -> str:
    """What the judge told last, while it works: that the model is starting, say."""
    desk = request.app.state.desk
    return speech.words(desk.said) if desk.said and now.state in {"running", "pausing"} else ""


def _page(request: Request, run: str) -> Response:
    state = request.app.state
    now = standing(state, run)
    speech = speech_of(request)
    inside = _inside(request, now, speech.lang) if now.state != "unreadable" else None
    return page(
        request,
        "batches/run",
        now=now,
        inside=inside,
        told=told(now, speech),
        doing=_doing(now, request, speech),
        has_review=any(isinstance(one, Route) and one.path == _REVIEW for one in request.app.routes),
        resumable=inside is not None and resumable(now, inside, state.desk.trouble),
        again=now.note.upload if state.uploads.get(now.note.upload) else "",
        most_failures=MOST,
        desk=state.desk,
        keys=(),
    )


def resumable(now: Standing, inside: Inside, trouble: UserError | None) -> bool:
    """Whether the page can go on with it, or try again what failed."""
    return not now.live and inside.as_before and not inside.at_provider and trouble is None


def _inside(request: Request, now: Standing, lang: str) -> Inside:
    state = request.app.state
    works: Works = state.works
    with state.runs.looking(now.run) as journal, Jobs(journal.path) as jobs:
        results = Journalled(journal, lang)
        rejected = list(results.rejected())
        blinded = Blinded(results, blinding_secret(state.settings.data_dir))
        return Inside(
            rubrics={one.id: one for one in results.rubrics},
            failed=_listed(failures(journal, lang), now, blinded) if now.info.failed else (),
            rejected=() if now.hides and now.note.layout is Layout.FILES else list(islice(rejected, MOST)),
            rejected_count=len(rejected),
            questions=_questions(request, now, results),
            as_before=bool(results.rubrics) and works.batch(journal).judges_as_before(),
            at_provider=bool(jobs.open()),
        )


def _questions(request: Request, now: Standing, results: Journalled) -> Sequence[QuestionCounts]:
    """What each question looks like, once something is scored; of a large run where it is asked for."""
    asked = "questions" in request.query_params
    if now.live or not now.done or (now.info.answers > _AT_ONCE and not asked):
        return ()
    return [one for one in look_over(results).questions.values() if one.answers]


def _listed(found: Sequence[Failure], now: Standing, blinded: Blinded) -> list[Failure]:
    """As they may be shown: of a blind run without names, also not those that files have."""
    if not now.hides:
        return list(found)
    by_file = now.note.layout is Layout.FILES
    return [
        Failure(blinded.id_of(one.candidate), "" if by_file else one.place, one.rubric, one.reason) for one in found
    ]
