"""What a form of ours says; a form that is not ours is refused."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.web.access import Access

_KIND = "application/x-www-form-urlencoded"
_MOST_FIELDS = 40


async def read_form(request: Request, *, may_be_stale: bool = False) -> dict[str, str]:
    """The fields of a form that this page handed out to this browser.

    With `may_be_stale` a form with a wrong token is given back with `csrf` empty, so that what was typed can be shown
    again; else it is a 403. Raises HTTPException.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
        raise HTTPException(415, "form")
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    access: Access = request.app.state.access
    if not access.is_own_form(request.state.visitor, fields.get("csrf", "")):
        if not may_be_stale:
            raise HTTPException(403, "csrf")
        fields["csrf"] = ""
    return fields
