"""Everything that is kept of one candidate: seen, taken away as JSON, deleted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import quote

from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evaluator.batch.dossier import count, dossier, forget_in, forget_in_history, ids
from evaluator.batch.journal import Journal
from evaluator.errors import InputError, Problem, StoreError, Words
from evaluator.store import Store
from evaluator.web.calibrating.kept import asked_in
from evaluator.web.failing import reply
from evaluator.web.forms import read_form
from evaluator.web.runs import NoRun
from evaluator.web.showing import page, speech_of

_LONGEST = 200


class _Journals(Protocol):
    """Batches, or calibrations."""

    def ids(self) -> tuple[str, ...]: ...

    def using(self, run: str, /) -> AbstractContextManager[Journal]: ...


@dataclass(frozen=True, slots=True)
class KeptIn:
    """How many answers of theirs stand in a batch or a calibration; `error` where it could not be looked at."""

    kind: Literal["batches", "calibrations"]
    id: str
    answers: int
    error: str = ""

    @property
    def address(self) -> str:
        """Path of its page."""
        return f"/{self.kind}/{quote(self.id)}"


def candidate(request: Request) -> Response:
    """Where something is kept of the candidate of that name or id."""
    named = _named(request)
    state = request.app.state
    store: Store = state.store
    lang = speech_of(request).lang
    found = [
        *_places("batches", state.runs, named, lang),
        *_places("calibrations", state.calibrating.calibrations, named, lang),
    ]
    return page(
        request,
        "candidate",
        named=named,
        grades=len(store.list(candidate=named, limit=None)) if named else 0,
        places=found,
        deleted="deleted" in request.query_params,
        keys=(),
    )


def export(request: Request) -> Response:
    """All of it as a file. Raises InputError where another process works on a batch or a calibration."""
    state = request.app.state
    kept = state.calibrating.calibrations
    with (
        closing(_each(state.runs, state.runs.ids())) as batches,
        closing(_each(kept, kept.ids())) as calibrations,
    ):
        found = dossier(_named(request), state.store, batches, calibrations)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="candidate.json"'}
    return Response(text, media_type="application/json", headers=headers)


async def delete(request: Request) -> Response:
    """Delete all of it, in the history, every batch and every calibration; the name must be typed once more."""
    fields = await read_form(request)
    named = fields.get("name", "")[:_LONGEST]
    if not named or fields.get("sure", "") != named:
        return reply(request, 422, speech_of(request).say("candidate_unsure"), "candidate_unsure")
    await asyncio.to_thread(_delete, named, request.app.state)
    return RedirectResponse("/candidates?deleted=1", 303)


def _delete(named: str, state: State) -> None:
    """What came in with a batch or a calibration goes with it: its report, and every file handed in that names them."""
    # Both bring the readers of spreadsheets.
    from evaluator.submissions.mentioning import mentions  # noqa: PLC0415
    from evaluator.web.batches.standing import note_of  # noqa: PLC0415

    kept = state.calibrating.calibrations
    every = [name for one in kept.ids() for name in kept.names(one)]
    _nobody_works_on(named, state)
    with closing(_each(state.runs, state.runs.ids())) as batches:
        for _, journal in batches:
            if forget_in(named, journal, state.store):
                state.uploads.forget(note_of(journal).upload)
    with closing(_each(kept, every)) as calibrations:
        for name, journal in calibrations:
            if forget_in(named, journal, state.store):
                kept.path(name, "report.json").unlink(missing_ok=True)
                if asked := asked_in(journal):
                    state.uploads.forget(asked.upload)
    forget_in_history(named, state.store)
    for upload in state.uploads.all():
        if mentions(upload.path, named):
            state.uploads.forget(upload.id)


def _nobody_works_on(named: str, state: State) -> None:
    """Before anything is deleted: InputError where their answers are being judged, or somebody else has a journal.

    What is in flight would be kept after all.
    """
    kept = state.calibrating.calibrations
    works = {run for run in state.runs.ids() if (work := state.works.get(run)) is not None and not work.over}
    going = {one for one in kept.ids() if (known := state.calibrating.get(one)) is not None and known.live}
    for places, live in ((state.runs, works), (kept, going)):
        with closing(_each(places, places.ids())) as journals:
            for run, journal in journals:
                if run in live and ids(named, journal):
                    raise InputError(_at_work(run))


def _at_work(run: str) -> Problem:
    return Problem(
        Words(f"{run} 正在评这位考生的答案，没有删除", f"{run} is judging answers of theirs: nothing was deleted"),
        hint=Words("先暂停，或等它评完，再删除", "pause it or wait until it is finished, then delete"),
    )


def _each(places: _Journals, names: Iterable[str]) -> Generator[tuple[str, Journal], None, None]:
    """Each journal as long as it is looked at; one that was deleted meanwhile is left out."""
    for name in names:
        try:
            with places.using(name) as journal:
                yield name, journal
        except NoRun:
            continue


def _places(kind: Literal["batches", "calibrations"], places: _Journals, named: str, lang: str) -> Iterator[KeptIn]:
    for name in places.ids() if named else ():
        try:
            with places.using(name) as journal:
                answers = count(named, journal)
        except NoRun:
            continue
        except (InputError, StoreError) as error:
            yield KeptIn(kind, name, 0, error.text(lang))
            continue
        if answers:
            yield KeptIn(kind, name, answers)


def _named(request: Request) -> str:
    return request.query_params.get("name", "")[:_LONGEST]


ROUTES = (
    Route("/candidates", candidate),
    Route("/candidates/export", export),
    Route("/candidates/delete", delete, methods=["POST"]),
)
