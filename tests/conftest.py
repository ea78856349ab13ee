"""What holds for every test: nothing of the user's is read or written, and nothing leaves this machine."""

from __future__ import annotations

import functools
import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import typer.testing
from browser import opened, serving
from find_chromium import LEFT_OUT, REQUIRED, found
from hypothesis import settings

from evaluator.calibration import figuring
from evaluator.rubrics import loading
from evaluator.settings import OWNERS

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

typer.testing._get_command = functools.cache(typer.testing._get_command)
"""The commands are made once, not for every call of `CliRunner`: a tenth of a second, half a thousand times."""
loading._parsed = functools.lru_cache(256)(loading._parsed)
"""The shipped rubrics are parsed once, not by every command: half a second."""
figuring._ROW_BUDGET = 0
"""Intervals come from as many resamples as those of very many answers: 200."""

PROVIDER_VARIABLES = {name for owner in OWNERS.values() for name in (*owner.key_env, owner.base_url_env) if name}


@pytest.fixture(autouse=True)
def own_folders(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Settings as on a new machine, and folders that are this test's alone; a model test keeps the user's models."""
    models = request.node.get_closest_marker("model") is not None
    kept = {"EVALUATOR_DATA_DIR"} if models else set()
    for name in list(os.environ):
        if (name.startswith("EVALUATOR_") or name in PROVIDER_VARIABLES) and name not in kept:
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("EVALUATOR_CONFIG", str(folder / "config.toml"))
    monkeypatch.setenv("EVALUATOR_PRICES_FILE", str(folder / "prices.toml"))
    if models:
        monkeypatch.setenv("EVALUATOR_STORE_PATH", str(folder / "evaluator.sqlite3"))
    else:
        monkeypatch.setenv("EVALUATOR_DATA_DIR", str(folder))
    return folder


_reached: list[str] = []
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_SENDINGS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in {"", "localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to look up or to reach any other machine; an audit hook sees what C code does, too."""
    if event in _LOOKUPS:
        host = arguments[0]
    elif event in _SENDINGS and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_here(host):
        _reached.append(f"{event} {host!s}")
        raise ConnectionRefusedError(f"a test may not reach {host!s}")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def nothing_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that tried to reach another machine fails, whatever the code made of the refusal."""
    _reached.clear()
    yield
    if _reached and request.node.get_closest_marker("reaches_out") is None:
        pytest.fail(f"reached for other machines: {', '.join(_reached)}")


def _without_browser(reason: str) -> NoReturn:
    (pytest.fail if REQUIRED else pytest.skip)(f"{LEFT_OUT}: {reason}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """One Chromium for a file of tests; see browser.py. Not for the session: it keeps a loop in this thread."""
    try:
        import axe_playwright_python  # noqa: F401
        from playwright import sync_api
    except ImportError:
        _without_browser("pip install playwright axe-playwright-python")
    program = found()
    if program is None:
        _without_browser("没有 Chromium，见 / no Chromium, see tests/find_chromium.py")
    with sync_api.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except sync_api.Error as error:
            _without_browser(f"{program}: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, chromium: object) -> Iterator[str]:
    """Address of a page for a file of tests, with the keyword judge and a data folder of its own."""
    with serving(tmp_path_factory.mktemp("served"), "--judge", "keyword") as address:
        yield address


@pytest.fixture
def page(chromium: object, served: str) -> Iterator[object]:
    """A new window at `served`; a script that fails fails the test."""
    with opened(chromium, served) as page:
        yield page


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the page was not looked at in a browser: a quiet `s` is overlooked."""
    reports = [*terminalreporter.stats.get("skipped", []), *terminalreporter.stats.get("error", [])]
    told = [str(report.longrepr) for report in reports if LEFT_OUT in str(report.longrepr)]
    if told:
        terminalreporter.section(f"{LEFT_OUT} ({len(told)})", red=True, bold=True)
        for reason in sorted({text[text.rindex(LEFT_OUT) :].split("\n")[0].rstrip("')") for text in told}):
            terminalreporter.write_line(reason, red=True)
