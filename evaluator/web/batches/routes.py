"""Which address of batches is answered by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def _of(module: str, name: str) -> Callable[[Request], Awaitable[Response]]:
    """Imported when it is first asked for: readers of spreadsheets are slow to load, and the first page needs none."""

    async def endpoint(request: Request) -> Response:
        found = await asyncio.to_thread(import_module, f"evaluator.web.batches.{module}")
        answer: Any = getattr(found, name)
        reply: Response = await answer(request)
        return reply

    endpoint.__name__ = name
    return endpoint


ROUTES = (
    Route("/batches", _of("listing", "batches")),
    Route("/batches", _of("listing", "upload"), methods=["POST"]),
    Route("/batches/new/{upload}", _of("preview", "preview")),
    Route("/batches/new/{upload}", _of("preview", "answer"), methods=["POST"]),
    Route("/batches/{run}", _of("one_run", "view")),
    Route("/batches/{run}/state", _of("one_run", "state")),
    Route("/batches/{run}/download/{kind}", _of("downloading", "download")),
    Route("/batches/{run}/start", _of("acting", "start"), methods=["POST"]),
    Route("/batches/{run}/pause", _of("acting", "pause"), methods=["POST"]),
    Route("/batches/{run}/delete", _of("acting", "delete"), methods=["POST"]),
)
