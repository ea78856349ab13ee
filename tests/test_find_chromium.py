"""Where the browser of the tests comes from, with programs that only pretend."""

import os
import sys
import time
from pathlib import Path

import find_chromium
import pytest

WORKS, STUB = "exit 0", "echo 'run snap install chromium' >&2; exit 1"


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Puts a program on an otherwise empty machine; each notes how it was called."""

    def put(name, script):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/calls\n{script}\n')
        program.chmod(0o755)
        return str(program)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(sys, "executable", put("python", "exit 1"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(find_chromium, "ASKED", "")
    find_chromium.found.cache_clear()
    yield put
    find_chromium.found.cache_clear()


@pytest.fixture
def calls(tmp_path):
    return lambda: [line for line in (tmp_path / "calls").read_text().splitlines() if "--version" not in line]


def test_the_browser_that_is_there_is_taken(put):
    own = put("chromium", WORKS)
    assert find_chromium.provide() == own


def test_a_stub_that_only_names_a_snap_is_passed_over(put):
    put("chromium-browser", STUB)
    own = put("google-chrome", WORKS)
    assert find_chromium.provide() == own


def test_root_gets_one_from_apt_and_only_what_is_downloaded_is_installed(put, calls, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    chromium = put("unpacked", WORKS)
    put("apt-get", f'case "$*" in *--no-download*) PATH=/usr/bin:/bin; mv {chromium} {tmp_path}/chromium;; esac')
    assert find_chromium.provide() == str(tmp_path / "chromium")
    assert [call.split()[-1] for call in calls()] == ["update", "--download-only", "--no-download"]


def test_without_packages_playwright_is_asked_for_its_own(put, calls, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put("apt-get", "exit 100")
    assert find_chromium.provide() is None
    assert calls()[-1] == "python -m playwright install chromium"


def test_who_is_not_root_is_not_asked_to_install_packages(put, calls):
    put("apt-get", "exit 0")
    assert find_chromium.provide() is None
    assert calls() == ["python -m playwright install chromium"]


def test_a_download_that_does_not_end_is_ended_with_what_it_started(put, tmp_path, monkeypatch):
    monkeypatch.setattr(find_chromium, "DOWNLOADING", 0.5)
    script = f"PATH=/usr/bin:/bin; sleep 300 & echo $! > {tmp_path}/child; wait"
    monkeypatch.setattr(sys, "executable", put("python", script))
    assert find_chromium.provide() is None
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 20
    while _lives(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(process):
    try:
        os.kill(process, 0)
        # Whoever adopted it may not have buried it yet.
        return not Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].startswith(" Z")
    except OSError:
        return False


@pytest.mark.parametrize(("required", "code"), [(False, 0), (True, 1)])
def test_none_at_all_is_said_in_both_languages_and_fails_only_where_one_is_required(
    put, capsys, monkeypatch, required, code
):
    monkeypatch.setattr(find_chromium, "REQUIRED", required)
    assert find_chromium.main() == code
    told = capsys.readouterr().err
    assert "没有运行浏览器测试" in told
    assert "BROWSER TESTS LEFT OUT" in told


def test_a_browser_that_is_named_is_the_only_one(put, monkeypatch):
    put("chromium", WORKS)
    monkeypatch.setattr(find_chromium, "ASKED", put("other", STUB))
    assert find_chromium.provide() is None
