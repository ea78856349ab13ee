"""Endpoints whose module is imported when it is first asked for: readers of spreadsheets are slow to load."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


def later(module: str, name: str) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint `name` of `evaluator.web.{module}`."""

    async def endpoint(request: Request) -> Response:
        found = await asyncio.to_thread(import_module, f"evaluator.web.{module}")
        answer: Any = getattr(found, name)
        reply: Response = await answer(request)
        return reply

    endpoint.__name__ = name
    return endpoint
