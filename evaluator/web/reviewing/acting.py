"""Forms of the review: who says so, of which question; then on to where it leads."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.web.deciding import AUTHOR, Refused, author_of
from evaluator.web.failing import reply
from evaluator.web.forms import read_form
from evaluator.web.questions import Question, question
from evaluator.web.showing import speech_of

_NUMBER = re.compile(r"\d{1,5}(\.\d{1,2})?")
_LONGEST_TEXT, _LONGEST_AUTHOR = 1_000, 80
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says, and who says it."""

    fields: Mapping[str, str]
    author: str
    say: Callable[..., str]
    """Texts in the language of whoever says it."""

    def text(self, name: str) -> str:
        """That field, without what surrounds it; empty where nothing is written."""
        return self.fields.get(name, "").replace("\r\n", "\n").strip()[:_LONGEST_TEXT]

    def number(self, name: str, most: float) -> float | None:
        """A number from 0 to `most`; None for anything else, an empty field too."""
        given = unicodedata.normalize("NFKC", self.fields.get(name, "")).strip()
        return float(given) if _NUMBER.fullmatch(given) and float(given) <= most else None


Act = Callable[[Question, Form], str]
"""Does it, in a thread; returns where to go."""
Handler = Callable[[Request], Awaitable[Response]]


async def form_of(request: Request, most_fields: int = 40) -> Form:
    """The form of this request."""
    fields = await read_form(request, most_fields=most_fields)
    author = (fields.get("author", "").strip() or author_of(request))[:_LONGEST_AUTHOR].strip()
    return Form(fields, author, speech_of(request).say)


def acting(act: Act, *, most_fields: int = 40) -> Handler:
    """The handler of a form about a question."""

    def done(request: Request, form: Form) -> str:
        with question(request) as found:
            return act(found, form)

    async def handler(request: Request) -> Response:
        form = await form_of(request, most_fields)
        if not form.author:
            return refused(request, Refused("name_missing"))
        try:
            target = await asyncio.to_thread(done, request, form)
        except Refused as error:
            return refused(request, error)
        return gone_on(target, form.author)

    return handler


def refused(request: Request, error: Refused) -> Response:
    """Why it was not done."""
    return reply(request, 422, speech_of(request).say(error.key, **error.values), error.key)


def gone_on(target: str, author: str) -> Response:
    """On to a page of ours; the browser keeps the name."""
    made = RedirectResponse(target, 303)
    # A cookie holds ASCII; the name of a person need not be.
    made.set_cookie(AUTHOR, author.encode().hex(), max_age=_YEAR, httponly=True, samesite="strict")
    return made
