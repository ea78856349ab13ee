"""The review of a run, question by question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from evaluator.batch.queueing import chosen
from evaluator.batch.second_marking import standing_of
from evaluator.models import Rubric
from evaluator.web.authors import author_of, gone_on
from evaluator.web.deciding import Refused, refused
from evaluator.web.questions import Question, review
from evaluator.web.reviewing.acting import form_of
from evaluator.web.showing import page


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands, in answers."""

    address: str
    number: int
    rubric: Rubric
    answers: int
    ungraded: int
    """Waiting for the judge, or failed."""
    open: int
    confirmed: int
    flagged: int
    marked: int
    """By a person beside the judge."""
    arbitrate: int


def view(request: Request) -> Response:
    """All questions."""
    with review(request) as found:
        asked = [found.question(one) for one in found.rubrics]
        return page(
            request,
            "reviewing/overview",
            review=found,
            standings=[_standing(one) for one in asked],
            named=all(one.named for one in asked),
            author=author_of(request),
            keys=(),
        )


def _standing(asked: Question) -> Standing:
    entries = asked.entries
    twice = [standing_of(row, asked.rubric, asked.terms.tolerance) for row in asked.rows]
    return Standing(
        address=asked.address,
        number=asked.number,
        rubric=asked.rubric,
        answers=len(asked.rows),
        ungraded=len(asked.rows) - len(entries),
        open=len(chosen(entries, "open")),
        confirmed=len(chosen(entries, "confirmed")),
        flagged=len(chosen(entries, "flagged")),
        marked=sum(one is not None for one in twice),
        arbitrate=sum(one is not None and one.to_arbitrate for one in twice),
    )


async def names(request: Request) -> Response:
    """People are named from now on, or no longer; who wanted it stands in the log."""
    form = await form_of(request)
    if not form.author:
        return refused(request, Refused("name_missing"))

    def done() -> str:
        with review(request) as found:
            if form.text("show") == "1":
                found.names.show(form.author, form.say("names_shown_note"))
            else:
                found.names.hide(form.author)
            return f"{found.address}/review"

    return gone_on(await asyncio.to_thread(done), form.author)
