"""The queue of a question, and one answer after another."""

from __future__ import annotations

from typing import get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.batch.queueing import Entry, Show, Spot, chosen, last_confirmed, spot
from evaluator.batch.second_marking import standing_of
from evaluator.store import deciding
from evaluator.web.authors import author_of
from evaluator.web.deciding import Refused
from evaluator.web.questions import Question, key_in, question
from evaluator.web.reviewing import keyboard
from evaluator.web.reviewing.acting import Form
from evaluator.web.showing import page
from evaluator.web.subjects import shown_of

SHOWS: tuple[Show, ...] = get_args(Show)
_LONGEST_SEARCH = 200
_FIRST, _MOST = 100, 3_200


def queue(request: Request) -> Response:
    """The answers to a question, least sure first; `show` is a filter, `q` stands in the answer or is its id."""
    show, query = show_of(request), request.query_params.get("q", "")[:_LONGEST_SEARCH].strip()
    most = _number(request.query_params.get("most", ""))
    with question(request) as asked:
        found = [one for one in chosen(asked.entries, show) if not query or _is_found(asked, one, query)]
        return page(
            request,
            "reviewing/queue",
            asked=asked,
            show=show,
            query=query,
            counts={name: len(chosen(asked.entries, name)) for name in SHOWS},
            shown=found[:most],
            more=min(most * 2, _MOST) if len(found) > most and most < _MOST else 0,
            beyond=len(found) - most,
            last=last_confirmed(asked.entries),
            keys=keyboard.QUEUE,
            done="done" in request.query_params and not chosen(asked.entries, "open"),
            rest=len(_rest(asked)),
            author=author_of(request),
        )


def answer(request: Request) -> Response:
    """One answer with what the judge and people say of it, and the way to the next."""
    show, key = show_of(request), key_in(str(request.path_params["key"]))
    with question(request) as asked:
        here = spot(asked.entries, show, key)
        made = shown_of(asked, key) if here is not None else None
        if here is None or made is None:
            raise HTTPException(404, "no_grade")
        return page(
            request,
            "reviewing/answer",
            asked=asked,
            show=show,
            spot=here,
            shown=made,
            author=author_of(request),
            back=asked.at(key, show=show),
            onward=_onward(asked, here, show),
            around=_around(asked, show),
            last=last_confirmed(asked.entries),
            twins=sum(row.item == here.entry.row.item for row in asked.rows) - 1,
            twice=standing_of(here.entry.row, asked.rubric, asked.terms.tolerance),
            keys=keyboard.REVIEW,
        )


def confirm_rest(asked: Question, form: Form) -> str:
    """Confirm what nothing speaks against, once all that had to be looked at was."""
    if chosen(asked.entries, "open"):
        raise Refused("rest_open")
    for one in _rest(asked):
        deciding.confirm(asked.review.journal.audit, one.row.subject, author=form.author, text=form.say("rest_reason"))
    return f"{asked.address}?show=confirmed"


def _rest(asked: Question) -> list[Entry]:
    return [one for one in asked.entries if not one.why and not one.row.said.confirmed and not one.row.said.flagged]


def show_of(request: Request) -> Show:
    """The filter that the address names."""
    given = request.query_params.get("show", "")
    return next((show for show in SHOWS if show == given), "open")


def _onward(asked: Question, here: Spot, show: Show) -> str:
    """Where confirming leads: to the next that waits, at the end to the queue."""
    if here.then is not None:
        return asked.at(here.then.row.key, show=show)
    return f"{asked.address}?show={show}&done=1"


def _around(asked: Question, show: Show) -> dict[str, str]:
    """Where the questions before and after begin; empty where there is none."""
    ids = list(asked.review.rubrics)
    place = ids.index(asked.rubric.id)
    near = {"before": ids[place - 1] if place else "", "after": ids[place + 1] if place + 1 < len(ids) else ""}
    return {
        where: f"{asked.review.question(one).address}/first?show={show}" if one else "" for where, one in near.items()
    }


def first(request: Request) -> Response:
    """Where the walk through a question begins; its queue where there is nothing to look at."""
    show = show_of(request)
    with question(request) as asked:
        found = chosen(asked.entries, show) or asked.entries
        return RedirectResponse(asked.at(found[0].row.key, show=show) if found else asked.address, 303)


def _is_found(asked: Question, one: Entry, query: str) -> bool:
    return query.lower() in asked.who(one.row).lower() or query.lower() in asked.text(one.row).lower()


def _number(text: str) -> int:
    return min(max(int(text), 1), _MOST) if text.isascii() and text.isdigit() and len(text) < 6 else _FIRST
