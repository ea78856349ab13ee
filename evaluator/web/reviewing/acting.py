"""Forms of the review: who says so, of which question; then on to where it leads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from evaluator.web.authors import author_in, author_of, gone_on
from evaluator.web.deciding import Refused, number_in, refused, text_in
from evaluator.web.forms import read_form
from evaluator.web.questions import Question, question
from evaluator.web.showing import speech_of


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says, and who says it."""

    fields: Mapping[str, str]
    author: str
    say: Callable[..., str]
    """Texts in the language of whoever says it."""

    def text(self, name: str) -> str:
        """That field, without what surrounds it; empty where nothing is written."""
        return text_in(self.fields, name)

    def number(self, name: str, most: float) -> float | None:
        """A number from 0 to `most`; None for anything else, an empty field too."""
        return number_in(self.fields, name, most)


Act = Callable[[Question, Form], str]
"""Does it, in a thread; returns where to go."""
Handler = Callable[[Request], Awaitable[Response]]


async def form_of(request: Request, most_fields: int = 40) -> Form:
    """The form of this request."""
    fields = await read_form(request, most_fields=most_fields)
    return Form(fields, author_in(fields) or author_of(request), speech_of(request).say)


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
