"""Style and scripts, held in memory: no path of a request is ever looked up on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def _assets() -> Mapping[str, tuple[bytes, str, str]]:
    """Content, media type and tag by name."""
    found = {}
    for file in files("evaluator.web").joinpath("static").iterdir():
        if kind := _KINDS.get("." + file.name.rpartition(".")[2]):
            content = file.read_bytes()
            found[file.name] = content, kind, f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return found


def asset(request: Request) -> Response:
    """One file by its name."""
    known = _assets().get(request.path_params["name"])
    if known is None:
        raise HTTPException(404, "gone")
    content, kind, tag = known
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)
