"""What holds for every test: nothing of the user's is read or written, and nothing leaves this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from evaluator.settings import OWNERS

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the page was not looked at in a browser: a quiet `s` is overlooked."""
    left_out = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    for reason in sorted(left_out):
        if "BROWSER TESTS LEFT OUT" in reason:
            terminalreporter.write_line(reason, red=True, bold=True)
