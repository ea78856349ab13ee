"""Find a Chromium for the browser tests, or provide one: `python tests/find_chromium.py`, which `make test` does first.

The system's; else, for root on Debian, apt's; else Playwright's own download. All bounded in time, and without any the
tests go on without a browser and say so. EVALUATOR_BROWSER names the program to take, or is `required`: then a missing
Chromium is a failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASKED = os.environ.get("EVALUATOR_BROWSER", "")  # read here: a test sees none of the user's variables
REQUIRED = bool(ASKED)
LEFT_OUT = "没有运行浏览器测试 / BROWSER TESTS LEFT OUT"
DOWNLOADING, INSTALLING = 180, 600
"""Seconds for what waits for a network, and for what must not be killed half-way."""


def runs(program: str) -> bool:
    """Whether this is a browser and not the stub that Ubuntu puts there for a snap."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@cache
def found() -> str | None:
    """The path of a Chromium that runs. Downloads nothing."""
    if ASKED not in {"", "required"}:
        return ASKED if runs(ASKED) else None
    return next((path for path in _candidates() if runs(path)), None)


def _candidates() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    with sync_playwright() as started:
        own = started.chromium.executable_path
    yield own


def provide() -> str | None:
    """Find one; else install one. Fails quietly: no network, no right to install, no package."""
    if (there := found()) or ASKED not in {"", "required"}:
        return there
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for way in (_by_apt, _by_playwright):
        if way(root=root):
            found.cache_clear()
            if there := found():
                return there
    return None


def _by_apt(*, root: bool) -> bool:
    if not (root and shutil.which("apt-get")):
        return False
    _say("用 apt 安装 Chromium / installing Chromium with apt")
    calm = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1"]
    # One Chinese font, so that what the page shows has the width that it has for its readers.
    install = [*calm, "install", "-y", "--no-install-recommends", "chromium", "fonts-wqy-zenhei"]
    return (
        _done([*calm, "update"], DOWNLOADING)
        and _done([*install, "--download-only"], DOWNLOADING)
        and _done([*install, "--no-download"], INSTALLING)
    )


def _by_playwright(*, root: bool) -> bool:
    _say("下载 Playwright 的 Chromium / downloading the Chromium of Playwright")
    own = [sys.executable, "-m", "playwright"]
    if not _done([*own, "install", "chromium"], DOWNLOADING):
        return False
    if root and shutil.which("apt-get"):
        _done([*own, "install-deps", "chromium"], INSTALLING)
    return True


def _done(command: list[str], seconds: float) -> bool:
    """Whether it went well in time; what it started ends with it. It is asked nothing and talks on our stderr."""
    calm = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        started = subprocess.Popen(
            command, env=calm, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
        )
    except OSError as error:
        _say(str(error))
        return False
    try:
        return started.wait(seconds) == 0
    except subprocess.TimeoutExpired as error:
        _say(str(error))
        return False
    finally:  # also when somebody presses Ctrl-C
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        started.wait()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    """0 with a Chromium and, unless one is required, without."""
    if there := provide():
        _say(f"浏览器测试用 / the browser for tests: {there}")
        return 0
    bar = "=" * 80
    _say(f"{bar}\n{LEFT_OUT}\n没有找到，也没能安装 Chromium / no Chromium was found and none could be installed\n{bar}")
    return 1 if REQUIRED else 0


if __name__ == "__main__":
    sys.exit(main())
