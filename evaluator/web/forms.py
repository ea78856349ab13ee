"""What a form of ours says; a form that is not ours is refused."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from evaluator.web.access import Access

_KIND = "application/x-www-form-urlencoded"
_WITH_FILE = "multipart/form-data"
_MOST_FIELDS = 40


async def read_form(request: Request, *, may_be_stale: bool = False, most_fields: int = _MOST_FIELDS) -> dict[str, str]:
    """The fields of a form that this page handed out to this browser; a form with more of them is a 400.

    With `may_be_stale` a form with a wrong token is given back with `csrf` empty, so that what was typed can be shown
    again; else it is a 403. Raises HTTPException.
    """
    _must_be(request, _KIND)
    form = await request.form(max_files=0, max_fields=most_fields)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not _is_own(request, fields):
        if not may_be_stale:
            raise HTTPException(403, "csrf")
        fields["csrf"] = ""
    return fields


async def read_form_with_file(request: Request) -> tuple[dict[str, str], UploadFile | None]:
    """The fields of a form of ours, and the file that was chosen in its field `file`, if any.

    Raises HTTPException: 403 where it is no form of ours, 415 where it is no form that takes a file.
    """
    _must_be(request, _WITH_FILE)
    form = await request.form(max_files=1, max_fields=_MOST_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not _is_own(request, fields):
        raise HTTPException(403, "csrf")
    file = form.get("file")
    return fields, file if isinstance(file, UploadFile) and file.filename else None


def media_type(request: Request) -> str:
    """What the body is said to be, in lower case and without parameters; empty where nothing is said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _must_be(request: Request, kind: str) -> None:
    if media_type(request) != kind:
        raise HTTPException(415, "form")


def _is_own(request: Request, fields: dict[str, str]) -> bool:
    access: Access = request.app.state.access
    return access.is_own_form(request.state.visitor, fields.get("csrf", ""))
