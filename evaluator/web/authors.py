"""Who decides: the name that a person gives, kept in the browser so that it is asked for once."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from evaluator.web.guard import cookies_of

AUTHOR = "evaluator_author"
_LONGEST = 80
_YEAR = 365 * 24 * 3600


def author_of(request: Request) -> str:
    """The name that was last given in this browser; empty where there was none."""
    try:
        return bytes.fromhex(cookies_of(request.scope).get(AUTHOR, "")).decode()[:_LONGEST].strip()
    except ValueError:
        return ""


def author_in(fields: Mapping[str, str]) -> str:
    """The name in a form; empty where none is given."""
    return fields.get("author", "").strip()[:_LONGEST].strip()


def gone_on(target: str, author: str) -> Response:
    """On to a page of ours; the browser keeps the name."""
    made = RedirectResponse(target, 303)
    # A cookie holds ASCII; the name of a person need not be.
    made.set_cookie(AUTHOR, author.encode().hex(), max_age=_YEAR, httponly=True, samesite="strict")
    return made
