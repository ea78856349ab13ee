"""What people can say something of: a grade of the history or an answer of a batch, each with its audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.batch.answers import Answers, Found
from evaluator.store import AuditLog, Store
from evaluator.web.records import Shown, shown, shown_answer
from evaluator.web.runs import Runs
from evaluator.web.showing import speech_of

_LONGEST_KEY = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """A grade as it stands, and where what is said of it goes."""

    shown: Shown
    log: AuditLog


class Ungraded(Exception):
    """An answer of a batch that there is nothing to say of yet."""

    def __init__(self, run: str, found: Found) -> None:
        super().__init__(found.subject)
        self.run = run
        self.found = found


@contextmanager
def subject(request: Request) -> Iterator[Subject]:
    """What the address of the request names, for as long as it is used.

    Raises HTTPException (404) where there is none, Ungraded where it waits or failed, InputError where another process
    works on the batch.
    """
    if "grade_id" in request.path_params:
        yield _of_history(request)
        return
    run = str(request.path_params["run"])
    runs: Runs = request.app.state.runs
    with ExitStack() as stack:
        try:
            journal = stack.enter_context(runs.using(run))
        except KeyError as error:
            raise HTTPException(404, "gone") from error
        found = Answers(journal, speech_of(request).lang).get(_key(request), str(request.path_params["rubric"]))
        if found is None:
            raise HTTPException(404, "no_grade")
        made = shown_answer(run, found, journal.audit.of(found.subject))
        if made is None:
            raise Ungraded(run, found)
        yield Subject(made, journal.audit)


def _of_history(request: Request) -> Subject:
    store: Store = request.app.state.store
    record = store.get(request.path_params["grade_id"])
    if record is None:
        raise HTTPException(404, "no_grade")
    return Subject(shown(store, request.app.state.shelf, record), store.audit)


def _key(request: Request) -> int:
    text = str(request.path_params["key"])
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY):
        raise HTTPException(404, "no_grade")
    return int(text)
