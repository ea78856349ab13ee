"""While the local judge works, nothing is looked up and nothing is reached but this machine."""

import asyncio
import ipaddress
import sys
from pathlib import Path

import pytest
from small_rubric import ANSWER, RUBRIC

from evaluator.grader import Grader
from evaluator.judging import Profile, open_judge
from evaluator.localmodel import installed
from evaluator.settings import Settings
from evaluator.store import SqliteStore

TALKING = Path(__file__).parent / "talking_llama"
MODELS = """
[[model]]
name = "tiny"
title = "Tiny"
licence = "none"
file = "tiny.gguf"
bytes = 4
sha256 = "{sha}"
"""

_seen: list[tuple[str, object]] = []
_watching = False
_NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}


def _record(event, arguments):
    if _watching and event in _NETWORK:
        _seen.append(
            (event, arguments[1] if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} else arguments[0])
        )


sys.addaudithook(_record)  # what C code does is seen, too; there is no way to take a hook away again


@pytest.fixture
def watched():
    global _watching  # noqa: PLW0603 - the hook outlives the test
    _seen.clear()
    _watching = True
    yield _seen
    _watching = False


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A model of four bytes in a data directory of its own, and a library that serves it."""
    monkeypatch.syspath_prepend(str(TALKING))
    monkeypatch.setenv("PYTHONPATH", str(TALKING))
    for proxy in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(proxy, "http://proxy.example:3128")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.gguf").write_bytes(b"GGUF")
    (tmp_path / "models.toml").write_text(MODELS.format(sha="0" * 64), "utf-8")
    assert installed("tiny", tmp_path)
    return tmp_path


def host(address):
    return address[0] if isinstance(address, tuple) else address


@pytest.mark.parametrize(
    ("ask", "profile"),
    [("per_point", None), ("per_point", Profile(cut_partial=-2.0, cut_hit=-1.0)), ("one_call", None)],
    ids=["letters", "yes or no", "one call"],
)
def test_the_local_judge_reaches_nothing_but_loopback(tiny, watched, monkeypatch, ask, profile):
    monkeypatch.setattr("evaluator.judging.opening.profile_for", lambda _: profile)
    said = []

    async def go():
        settings = Settings(judge="local", local_model="tiny", data_dir=tiny, ask=ask)
        store = SqliteStore(settings.store_path)
        try:
            async with open_judge(settings, said.append, memory=store) as judge:
                grader = Grader(judge, store=store)
                return [await grader.grade(RUBRIC, answer) for answer in (ANSWER, "我会道歉。", ANSWER, "")]
        finally:
            store.close()

    grades = asyncio.run(go())
    assert [grade.complete for grade in grades] == [True] * 4
    assert [point.verdict.value for point in grades[0].key_points] == ["hit"] * 3
    assert [grade.trace.cached for grade in grades] == [False, False, True, False]
    assert {grade.trace.host for grade in grades[:3]} == {"local"}
    connected = [host(address) for event, address in watched if event == "socket.connect"]
    assert connected
    for event, address in watched:
        assert ipaddress.ip_address(host(address)).is_loopback, (event, address)
    assert "答案不离开这台机器" in said[0].zh
    assert "answers do not leave it" in said[0].en


def test_the_keyword_judge_opens_no_connection_at_all(watched):
    async def go():
        async with open_judge(Settings(judge="keyword")) as judge:
            return await Grader(judge).grade(RUBRIC, ANSWER)

    loop_free = asyncio.new_event_loop()
    watched.clear()
    grade = loop_free.run_until_complete(go())
    loop_free.close()
    assert grade.complete
    assert watched == []
