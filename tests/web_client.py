"""The page over a store of its own, talked to without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from small_rubric import RUBRIC
from starlette.testclient import TestClient

from evaluator.judging import Judge, KeywordJudge
from evaluator.rubrics import write
from evaluator.settings import load
from evaluator.store import SqliteStore
from evaluator.web import Access, Limits, create_app

ORIGIN = "http://127.0.0.1:8765"


@dataclass
class Browser:
    """A client that keeps cookies and the token of the forms."""

    client: TestClient
    store: SqliteStore

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def token(self) -> str:
        return re.search(r'name="csrf" value="(\w+)"', self.get("/").text)[1]

    def post(self, path: str, *, follow: bool = True, **fields: str) -> Any:
        return self.client.post(path, data={"csrf": self.token(), **fields}, follow_redirects=follow)

    def score(self, answer: str, rubric: str = RUBRIC.id, **fields: str) -> Any:
        return self.post("/score", rubric=rubric, answer=answer, **{"save": "on", **fields})

    def scored(self, answer: str, **fields: str) -> str:
        """The id of the kept grade."""
        reply = self.score(answer, **fields)
        assert reply.status_code == 200, reply.text
        return reply.url.path.removeprefix("/grades/")


@contextmanager
def opened(
    folder,
    *,
    judge: Judge | None = None,
    access: Access | None = None,
    limits: Limits | None = None,
    rubrics=(RUBRIC,),
    origin: str = ORIGIN,
    judged_by: str = "keyword",
    **settings: object,
) -> Iterator[Browser]:
    """The page with these rubrics; `judge` in place of the keyword judge."""
    shelf = folder / "rubrics"
    shelf.mkdir(exist_ok=True)
    for rubric in rubrics:
        write(rubric, shelf / f"{rubric.id}.yaml")
    found = load({"judge": judged_by, "data_dir": folder, **settings}, env={}, cwd=folder)

    @asynccontextmanager
    async def opening(_):
        yield judge or KeywordJudge()

    with SqliteStore(found.store_path) as store:
        app = create_app(
            found, store, access=access, limits=limits, rubric_folders=[shelf],
            opening=opening if judge is not None else None,
        )  # fmt: skip
        with TestClient(app, base_url=origin, raise_server_exceptions=False) as client:
            yield Browser(client, store)
