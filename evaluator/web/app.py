"""The page as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from evaluator.errors import StoreError, UserError
from evaluator.resources import folder
from evaluator.settings import Settings
from evaluator.store import Store
from evaluator.web import failing
from evaluator.web.access import Access
from evaluator.web.bucket import Buckets
from evaluator.web.desk import Desk, Opening
from evaluator.web.guard import Guard
from evaluator.web.rest import FIRST
from evaluator.web.rubrics.rejudging import Rejudging
from evaluator.web.runs import NoRun, Runs
from evaluator.web.shelf import Shelf
from evaluator.web.uploads import Uploads
from evaluator.web.working import Works

_PATIENCE = 5.0
"""Seconds that the answers of a batch that are being judged have when the page ends."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask of the page."""

    max_bytes: int = 1_000_000
    """Of one request without a file."""
    max_upload: int = 40_000_000
    """Of one request with a file, in bytes."""
    scores_at_once: int = 60
    scores_per_second: float = 2.0
    max_waiting: int = 100
    """Answers that wait for the judge, of all callers."""


def create_app(
    settings: Settings,
    store: Store,
    *,
    access: Access | None = None,
    limits: Limits | None = None,
    rubric_folders: Sequence[Path] | None = None,
    opening: Opening | None = None,
) -> Starlette:
    """The page over this store.

    The judge is opened when the application starts and closed when it ends; where it cannot be opened the page says
    why. `rubric_folders` are by default those of the settings and the shipped one. `opening` opens another judge than
    the settings'. The store is not closed.
    """
    limits = limits or Limits()
    access = access or Access()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        desk = Desk(settings, store, opening=opening, max_waiting=limits.max_waiting)
        app.state.desk = desk
        async with desk.open():
            app.state.works = works = Works(desk, app.state.runs, store if settings.history else None)
            try:
                yield
            finally:
                app.state.rejudging.stop()
                await works.finish(_PATIENCE)

    app = Starlette(
        routes=FIRST,
        middleware=[
            Middleware(
                Guard,
                access=access,
                refuse=failing.on_http,
                max_bytes=limits.max_bytes,
                max_upload=limits.max_upload,
            )
        ],
        exception_handlers={
            HTTPException: failing.on_http,
            UserError: failing.on_user,
            StoreError: failing.on_store,
            NoRun: failing.on_no_run,
            Exception: failing.on_other,
        },
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.store = store
    app.state.access = access
    folders = rubric_folders or (*settings.rubrics_dirs, folder("rubrics"))
    app.state.shelf = Shelf(folders, settings.data_dir, own=settings.own_rubrics)
    app.state.uploads = Uploads(settings.data_dir / "uploads")
    app.state.runs = Runs(settings)
    app.state.rejudging = Rejudging()
    app.state.max_upload = limits.max_upload
    app.state.buckets = Buckets(limits.scores_at_once, limits.scores_per_second)
    return app
