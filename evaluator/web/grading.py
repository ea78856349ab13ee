"""One kept grade, of the history or of a batch: read it, take it along. What is said of it goes through `deciding`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from evaluator.report import Item, as_chat, as_markdown
from evaluator.web import keys
from evaluator.web.authors import author_of
from evaluator.web.deciding import PLACES
from evaluator.web.deciding import ROUTES as ACTS
from evaluator.web.guard import local
from evaluator.web.showing import page, speech_of
from evaluator.web.subjects import Ungraded, looked_at

_Form = Callable[[Item, str], str]


def grade(request: Request) -> Response:
    """The grade with its answer; `next` of the query names a page of ours to go on to after each act."""
    back = request.query_params.get("next", "")
    try:
        found = looked_at(request)
    except Ungraded as error:
        return page(request, "ungraded", run=error.run, found=error.found, keys=())
    return page(
        request, "grade", shown=found, keys=keys.RESULT, author=author_of(request), back=local(back) if back else ""
    )


def _as_text(item: Item, lang: str) -> str:
    from evaluator.report import as_text  # noqa: PLC0415 - brings rich

    return as_text(item.grade, item.answer, item.rubric, lang, width=80, item=item)


def _as_markdown(item: Item, lang: str) -> str:
    return as_markdown(item.grade, item.answer, item.rubric, lang, item=item)


def _copied(form: _Form) -> Callable[[Request], Response]:
    def handler(request: Request) -> Response:
        try:
            shown = looked_at(request)
        except Ungraded as error:
            return page(request, "ungraded", 404, run=error.run, found=error.found, keys=())
        item = Item(shown.holding, shown.answer, shown.rubric, said=shown.said, automatic=shown.automatic)
        return PlainTextResponse(form(item, speech_of(request).locale))

    return handler


_FORMS: Mapping[str, _Form] = {"text": _as_text, "markdown": _as_markdown, "chat": as_chat}
ROUTES = (
    *(Route(place, grade) for place in PLACES),
    *(Route(f"{place}/{name}", _copied(form)) for place in PLACES for name, form in _FORMS.items()),
    *ACTS,
)
