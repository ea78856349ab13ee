"""What the first page may import: it is there in about a second because libraries that it does not need come later.

What needs one of these imports it inside the function that does (`# noqa: PLC0415`).
"""

import subprocess
import sys

import pytest

FIRST_PAGE = """
import asyncio, sys
import evaluator.cli.main
from evaluator.settings import load
from evaluator.store import SqliteStore
from evaluator.web import create_app, serving

async def main(store):
    app, replies = create_app(load({"judge": "keyword"}), store), []
    async def receive(): return {"type": "http.request", "body": b""}
    async def send(message): replies.append(message)
    scope = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "root_path": "", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")], "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "extensions": {},
    }
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert replies[0]["status"] == 200, replies

load_settings = load({"judge": "keyword"})
with SqliteStore(load_settings.store_path) as store:
    asyncio.run(main(store))
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def imported():
    done = subprocess.run([sys.executable, "-c", FIRST_PAGE], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "heavy",
    [
        "openai", "tenacity", "httpx2", "json_repair",
        "evaluator.submissions", "evaluator.papers", "evaluator.workbook", "evaluator.agreement", "evaluator.web.routes",
        "rich", "xlsxwriter", "python_calamine", "mammoth", "pypdfium2", "opencc", "ray", "multipart", "webbrowser",
    ],
)  # fmt: skip
def test_the_first_page_does_not_wait_for(imported, heavy):
    assert "evaluator.web.scoring" in imported
    assert heavy not in imported
