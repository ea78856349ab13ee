"""What people can say something of: a grade of the history or an answer of a batch, each with its audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.batch.answers import Found
from evaluator.store import AuditLog, Store
from evaluator.web.questions import Question, key_in, question
from evaluator.web.records import Shown, shown, shown_answer


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
    """What the address of the request names, for as long as something is said of it; names are not hidden in it.

    Raises HTTPException (404) or NoRun where there is none, Ungraded where it waits or failed, InputError where another
    process works on the batch.
    """
    if "grade_id" in request.path_params:
        yield _of_history(request)
        return
    with question(request) as asked:
        key = key_in(str(request.path_params["key"]))
        found = asked.review.answers.get(key, asked.rubric.id)
        yield Subject(_graded(asked, found), asked.review.journal.audit)


def looked_at(request: Request) -> Shown:
    """The same to be shown: an answer of a batch without names while its review hides them. Raises as `subject`."""
    if "grade_id" in request.path_params:
        return _of_history(request).shown
    with question(request) as asked:
        key = key_in(str(request.path_params["key"]))
        return _graded(asked, asked.found(key))


def shown_of(asked: Question, key: int) -> Shown | None:
    """An answer to a question as it may be shown; None where there is none, or no grade of it."""
    found = asked.found(key)
    return _shown(asked, found) if found is not None else None


def _shown(asked: Question, found: Found) -> Shown | None:
    return shown_answer(asked.review.run, found, asked.review.journal.audit.of(found.subject))


def _graded(asked: Question, found: Found | None) -> Shown:
    if found is None:
        raise HTTPException(404, "no_grade")
    made = _shown(asked, found)
    if made is None:
        raise Ungraded(asked.review.run, found)
    return made


def _of_history(request: Request) -> Subject:
    store: Store = request.app.state.store
    record = store.get(request.path_params["grade_id"])
    if record is None:
        raise HTTPException(404, "no_grade")
    return Subject(shown(store, request.app.state.shelf, record), store.audit)
