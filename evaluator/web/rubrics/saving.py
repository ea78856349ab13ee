"""An edit is kept, and applied where that was wished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.journal import Journal
from evaluator.batch.rescoring import apply
from evaluator.errors import StoreError, UserError
from evaluator.fits import load_fit
from evaluator.grader import with_fit
from evaluator.models import Rubric
from evaluator.rubrics import content_hash, judging_hash
from evaluator.settings import Settings
from evaluator.store import Store
from evaluator.web.authors import author_in, gone_on
from evaluator.web.forms import read_form
from evaluator.web.rubrics import previewing
from evaluator.web.rubrics.affected import Answer, Group, affected, scored_by
from evaluator.web.rubrics.carrying import carry
from evaluator.web.rubrics.editing import read_text
from evaluator.web.rubrics.reading import edition
from evaluator.web.runs import NoRun
from evaluator.web.shelf import Changed, Edition, Shelf

_LOG = logging.getLogger("evaluator.web")
_MOST_FIELDS = 1_000
"""One for every run that can be applied to."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for on the page that shows who changes."""

    text: str
    version: str
    back: bool
    """To the shipped version."""
    author: str
    rescore: bool
    """The grades of the history, without a call."""
    again: bool
    """Judge again what needs it."""
    runs: frozenset[str]


@dataclass
class _Done:
    rescored: int = 0
    runs: int = 0
    waiting: int = 0
    """Answers of runs that wait for the next start."""


async def save(request: Request) -> Response:
    """Keep the rubric, then apply it to what was ticked."""
    fields = await read_form(request, most_fields=_MOST_FIELDS)
    wish = _Wish(
        text=fields.get("text", "").replace("\r\n", "\n"),
        version=fields.get("version", ""),
        back="back" in fields,
        author=author_in(fields),
        rescore="rescore" in fields,
        again="again" in fields,
        runs=frozenset(name.partition(":")[2] for name in fields if name.startswith("run:")),
    )
    found = await asyncio.to_thread(edition, request)
    new = await asyncio.to_thread(_new, request, found, wish)
    if not wish.author:
        return await asyncio.to_thread(previewing.unnamed, request, found, new, wish.text, back=wish.back)
    try:
        groups = await asyncio.to_thread(_keep, request, found, new, wish)
    except Changed as changed:
        return await asyncio.to_thread(previewing.conflict, request, changed.now, new, wish.text)
    done = await asyncio.to_thread(_apply, request, new, wish, groups)
    again = [one.record for one in _history(groups).again if one.record is not None] if wish.again else []
    if again:
        request.app.state.rejudging.start(request.app.state.desk, request.app.state.store, new, again)
    return _there(new.id, wish, done)


def _new(request: Request, found: Edition, wish: _Wish) -> Rubric:
    if not wish.back:
        return read_text(wish.text, found.rubric.id)
    shelf: Shelf = request.app.state.shelf
    shipped = shelf.shipped(found.rubric.id)
    if shipped is None:
        raise HTTPException(404, "no_rubric")
    return shipped.rubric


def _keep(request: Request, found: Edition, new: Rubric, wish: _Wish) -> tuple[Group, ...]:
    """Write the file; returns whom it changes, as they stood before."""
    state = request.app.state
    groups = affected(new, state)
    if wish.back:
        state.shelf.put_back(new.id, wish.version)
    else:
        state.shelf.put(new.id, wish.text, wish.version)
    note(state.store, found.rubric, new, wish.author)
    return groups


def note(store: Store, old: Rubric | None, new: Rubric, author: str) -> None:
    """In the audit log; the file is written by now, so a log that fails is told and does not undo it."""
    hashes = {"old": content_hash(old) if old is not None else "", "new": content_hash(new)}
    try:
        store.audit.add("rubric", new.id, author, hashes)
    except StoreError as error:
        _LOG.warning("%s", error)


def _apply(request: Request, new: Rubric, wish: _Wish, groups: Sequence[Group]) -> _Done:
    state = request.app.state
    done = _Done()
    for group in groups:
        if not group.run and wish.rescore:
            for answer in sorted((*group.changed, *group.inside), key=lambda one: one.record.id if one.record else ""):
                _rescore(state.settings, state.store, new, answer)
            done.rescored += len(group.changed)
        elif group.run in wish.runs and group.trouble is None:
            try:
                with state.runs.using(group.run) as journal:
                    done.waiting += _into(journal, new)
            except (NoRun, UserError, StoreError) as error:
                _LOG.warning("%s: %s", group.run, error)
                continue
            done.runs += 1
    return done


def _rescore(settings: Settings, store: Store, new: Rubric, answer: Answer) -> None:
    """A grade of its own, made from the same verdicts; the one that was given stays in the history."""
    record = answer.record
    if record is None:
        return
    grade = scored_by(record.grade, new)
    notes = (*grade.trace.notes, f"scored anew from {record.id}: edited rubric")
    grade = grade.model_copy(update={"trace": grade.trace.model_copy(update={"notes": notes})})
    fit = load_fit(settings.calibration_file) if settings.calibration_file else None
    grade = with_fit(grade, new, fit) if fit is not None else grade
    made = store.add_grade(grade, answer=record.answer, key=record.key, candidate=record.candidate, rubric=new)
    carry(store, record.id, made, new)


def _into(journal: Journal, new: Rubric) -> int:
    """Score a run by the rubric from now on; returns how many answers wait to be judged again because of it."""
    old = next(one for one in journal.rubrics() if one.id == new.id)
    if judging_hash(old) == judging_hash(new):
        apply(journal, [new], {})
        return 0
    now = tuple(new if one.id == new.id else one for one in journal.rubrics())
    # Nothing was judged under an empty key, so all of them wait until the run is started again.
    journal.work_with(now, journal.judged_by() | {new.id: ""})
    return journal.waiting()


def _history(groups: Sequence[Group]) -> Group:
    return next((group for group in groups if not group.run), Group(""))


def _there(rubric_id: str, wish: _Wish, done: _Done) -> Response:
    said = {
        "saved": "shipped" if wish.back else "1",
        "rescored": done.rescored,
        "runs": done.runs,
        "waiting": done.waiting,
    }
    told = urlencode({name: value for name, value in said.items() if value})
    return gone_on(f"/rubrics/{rubric_id}?{told}", wish.author)
