"""What every test of the page in a browser stands on.

A test file of the page begins with `pytestmark = pytest.mark.browser` and takes these fixtures (from conftest.py):

    served      address of one `evaluator serve --judge keyword` for the whole file, with a data folder of its own
    chromium    one Chromium for the whole file; without any the test is left out, loudly
    page        a new window at `served`: zh-CN, DESKTOP, `page.goto("/")` works; fails the test where a script failed

Other windows: `with opened(chromium, served, viewport=PHONE, color_scheme="dark", locale="en-US") as page`.
Other servers: `with serving(tmp_path, "--judge", "keyword") as address`.
A file that takes `chromium` cannot call asyncio.run: Playwright keeps a loop in this thread until the file is done.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
QUESTION = "疏漏"
"""Finds one shipped question in the picker: csm-02-performance-drop, 8 points."""
ANSWER = (
    "复盘下来是我排班不合理，高峰时段没人顶上。\n后来我和组员逐个一对一面谈，大家的状态慢慢好起来了。\n"
    "<script>document.title = 'stolen'</script>"
)
"""4 of 8 by the keyword judge, with two marks in it, and markup that must stay text."""


@contextmanager
def serving(folder, *words):
    """The address of a real `evaluator serve` with these further words; ending it must be quiet and quick.

    `folder` (a path that exists) holds its data and its config.toml. Nothing of the user's settings reaches it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVALUATOR_")}
    surroundings = {
        **kept, "EVALUATOR_DATA_DIR": str(folder), "EVALUATOR_CONFIG": str(folder / "config.toml"), "PYTHONUTF8": "1"
    }  # fmt: skip
    command = [sys.executable, "-m", "evaluator", "serve", "--port", "0", "--no-open", *words]
    process = subprocess.Popen(command, env=surroundings, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())[0]
        urllib.request.urlopen(f"{address}/health", timeout=60).close()  # noqa: S310 - our own address
        yield address
    finally:
        process.terminate()
        told = process.communicate(timeout=30)[1]
    assert process.returncode == 0
    assert "Traceback" not in told


class opened:  # noqa: N801 - reads as a function
    """`with opened(chromium, served) as page`: a window of its own, by default zh-CN and DESKTOP.

    `more` goes to Playwright's `new_context` (viewport, color_scheme, locale, permissions, java_script_enabled, …).
    A script that fails or a policy that bites fails the test; a refused load (404, 422) does not.
    """

    def __init__(self, chromium, served, **more):
        options = {"locale": "zh-CN", "viewport": DESKTOP, "base_url": served} | more
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.wrong = []

    def __enter__(self):
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        return self.page

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            assert [text for text in self.wrong if "404" not in text and "422" not in text] == []


def score(page, answer=ANSWER, question=QUESTION):
    """Pick the question by a search word, paste, score; ends on the grade (`/grades/…`)."""
    page.goto("/")
    page.fill("#search", question)
    page.keyboard.press("Enter")
    page.fill("#answer", answer)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/grades/*")


def no_violations(page, where=""):
    """Axe finds nothing in the page as it stands (dialogs open, details unfolded), and nothing moves sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state()  # a click returns as soon as the next page begins
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], where or page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where or page.url
