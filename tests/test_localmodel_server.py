"""The child process: how it starts, is shared, fails and ends. Its library is the one in `fake_llama/`."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from evaluator.errors import ModelError
from evaluator.localmodel import LocalServer, announcing, path_of, running
from evaluator.localmodel.catalogue import find
from evaluator.localmodel.locking import FileLock
from evaluator.localmodel.machine import Plan

PLAN = Plan(threads=3, spinning_threads=1, context=8192, cache_mib=0)
FAKE = Path(__file__).parent / "fake_llama"
pytestmark = pytest.mark.anyio
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def fake_library(monkeypatch):
    monkeypatch.syspath_prepend(str(FAKE))
    monkeypatch.setenv("PYTHONPATH", str(FAKE))


def local(folder, **options):
    return LocalServer(folder / "m.gguf", name=options.pop("name", "m"), data_dir=folder, plan=PLAN, **options)


def get_models(server):
    return ask(server, "/models")


def ask(server, path, body=None):
    headers = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.base_url + path, data, headers)  # noqa: S310
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as response:
        return json.load(response)


def alive(pid):
    """Whether it runs: a dead child that nobody has waited for does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def gone(pid, within=5.0):
    deadline = time.monotonic() + within
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


async def test_it_serves_on_loopback_with_a_key_of_its_own_and_ends_with_the_block(tmp_path):
    async with local(tmp_path) as server:
        pid = server.pid
        seen = get_models(server)["seen"]
        assert server.base_url.startswith("http://127.0.0.1:")
        assert server.running
        key = server.api_key
    assert gone(pid)
    assert not server.running
    assert (seen["threads"], seen["context"], seen["offline"]) == (3, 8192, True)
    async with local(tmp_path) as again:
        assert again.api_key != key


async def test_waiting_threads_sleep_and_the_key_is_not_on_the_command_line(tmp_path):
    async with local(tmp_path) as server:
        seen = get_models(server)["seen"]
        assert seen["omp"] == "passive"
        assert server.api_key not in " ".join(seen["arguments"])


async def test_an_error_inside_the_block_ends_the_child_too(tmp_path):
    server = local(tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with server:
            pid = server.pid
            raise ZeroDivisionError
    assert gone(pid)


async def test_a_cancelled_start_leaves_no_child_and_no_lock(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_LLAMA", "stuck")
    server = local(tmp_path)
    task = asyncio.create_task(server.__aenter__())
    while server._child is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    child = server._child
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert child.poll() is not None
    assert FileLock(tmp_path / "run/local-model.lock").try_acquire()


async def test_a_crash_at_start_shows_the_end_of_the_log(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_LLAMA", "crash")
    with pytest.raises(ModelError) as caught:
        await local(tmp_path).__aenter__()
    assert "invalid magic characters" in caught.value.text("en")
    assert "exit code 1" in caught.value.text("en")
    assert "退出码 1" in caught.value.text("zh")


@pytest.mark.parametrize("fault", ["stuck", "deaf"])
async def test_a_child_that_is_not_ready_in_time_is_ended(tmp_path, monkeypatch, fault):
    monkeypatch.setenv("FAKE_LLAMA", fault)
    server = local(tmp_path, start_within=1.5)
    with pytest.raises(ModelError, match="没能启动"):
        await server.__aenter__()
    assert not server.running
    assert FileLock(tmp_path / "run/local-model.lock").try_acquire()


async def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r'pip install "answer-evaluator\[local\]"'):
        await local(tmp_path).__aenter__()


async def test_a_library_that_cannot_be_loaded_is_told_from_a_model_that_cannot(tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "xllamacpp.py").write_text("raise ImportError('wrong GLIBC')")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    with pytest.raises(ModelError, match=r"wrong GLIBC.*pip install"):
        await local(tmp_path).__aenter__()


async def test_a_second_process_waits_for_its_turn_and_says_so(tmp_path):
    said = []
    async with local(tmp_path) as first:
        waiting = asyncio.create_task(local(tmp_path, say=said.append).__aenter__())
        while not said:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not waiting.done()
        first_pid = first.pid
    second = await waiting
    try:
        assert second.pid != first_pid
        assert str(os.getpid()) in said[0].en
    finally:
        await second.__aexit__(None, None, None)


async def test_patience_ends_with_the_process_that_is_in_the_way(tmp_path):
    async with local(tmp_path):
        with pytest.raises(ModelError, match=f"进程 {os.getpid()} 占用"):
            await local(tmp_path, patience=0.0).__aenter__()


async def test_a_shared_server_is_used_by_others_and_outlives_them(tmp_path):
    async with local(tmp_path, share=True) as first:
        async with local(tmp_path) as second:
            assert second.reused
            assert (second.base_url, second.api_key) == (first.base_url, first.api_key)
        assert get_models(first)["data"] == [{"id": "m"}]
        assert (tmp_path / "run/local-model.json").stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    assert not (tmp_path / "run/local-model.json").exists()


@pytest.mark.parametrize(
    ("options", "expected"), [({"name": "other"}, "正在运行另一个模型 m"), ({"share": True}, "已在 http://127.0.0.1")]
)
async def test_a_shared_server_in_the_way_is_named(tmp_path, options, expected):
    async with local(tmp_path, share=True):
        with pytest.raises(ModelError, match=expected):
            await local(tmp_path, **options).__aenter__()


async def test_an_announcement_that_nobody_answers_is_not_believed(tmp_path):
    announcing.announce(announcing.Address("http://127.0.0.1:9/v1", "k", "m", 1), tmp_path)
    assert announcing.announced(tmp_path) is None
    async with local(tmp_path) as server:
        assert not server.reused


def test_an_announcement_of_another_host_is_never_asked(tmp_path):
    announcing.announce(announcing.Address("http://192.0.2.1:80/v1", "k", "m", 1), tmp_path)
    assert announcing.announced(tmp_path) is None


async def test_the_end_of_the_child_is_noticed(tmp_path):
    async with local(tmp_path) as server:
        server._child.kill()
        await asyncio.wait_for(server.ended(), 5)
        assert not server.running


PARENT = """
import asyncio, json, os, sys, threading, time
sys.path.insert(0, {root!r})
from pathlib import Path
from evaluator.localmodel import LocalServer
from evaluator.localmodel.machine import Plan

async def serve():
    folder = Path({folder!r})
    async with LocalServer(folder / "m.gguf", name="m", data_dir=folder, plan=Plan(1, 1, 512, 0)) as server:
        helper = os.fork() if "fork" in sys.argv else 0
        if "fork" in sys.argv and helper == 0:
            time.sleep(30)
            os._exit(0)
        print(json.dumps([server.pid, helper]), flush=True)
        await asyncio.sleep(60)

if "thread" in sys.argv:
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    thread.join()
else:
    asyncio.run(serve())
"""


def start_parent(tmp_path, *how):
    code = PARENT.format(root=str(Path(__file__).parents[1]), folder=str(tmp_path))
    parent = subprocess.Popen([sys.executable, "-c", code, *how], stdout=subprocess.PIPE)
    child, helper = json.loads(parent.stdout.readline())
    assert alive(child)
    return parent, child, helper


@POSIX
@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_the_child_ends_when_the_parent_is_killed(tmp_path, signal_name):
    parent, child, _ = start_parent(tmp_path)
    parent.send_signal(signal.Signals[signal_name])
    parent.communicate(timeout=10)
    assert gone(child)


@POSIX
@pytest.mark.parametrize("how", [("thread",), ("fork",), ("thread", "fork")])
def test_the_child_ends_also_when_only_the_pipe_or_only_the_parent_id_can_tell(tmp_path, how):
    parent, child, helper = start_parent(tmp_path, *how)
    parent.kill()
    parent.wait(10)
    try:
        assert gone(child)
    finally:
        parent.stdout.close()
        if helper:
            os.kill(helper, signal.SIGKILL)


@POSIX
def test_the_end_of_the_thread_that_started_it_does_not_end_the_child(tmp_path):
    server = local(tmp_path)
    thread = threading.Thread(target=lambda: asyncio.run(server.__aenter__()))
    thread.start()
    thread.join()
    try:
        time.sleep(0.3)
        assert server.running
    finally:
        server._stop()


def test_a_model_that_is_not_here_is_named_with_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"evaluator model pull qwen2\.5-coder-0\.5b"):
        running("qwen2.5-coder-0.5b", data_dir=tmp_path)


@pytest.mark.model
async def test_a_real_model_keeps_the_prefix_and_obeys_a_schema(monkeypatch):
    from evaluator.settings import load

    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(FAKE)])
    settings = load()
    path_of(find(settings.local_model, settings.data_dir), settings.data_dir)
    schema = {"type": "object", "properties": {"v": {"enum": ["hit", "missed"]}}, "required": ["v"]}
    shape = {"type": "json_schema", "json_schema": {"name": "v", "strict": True, "schema": schema}}
    prefix = "你是阅卷老师。题目：请说说你处理客户投诉的经历。" * 10

    async with running(settings.local_model, data_dir=settings.data_dir) as server:

        def judge(text):
            message = {"role": "user", "content": prefix + text}
            return ask(server, "/chat/completions", {"messages": [message], "max_tokens": 20, "response_format": shape})

        await asyncio.to_thread(judge, "回答：我先道歉。")
        second = await asyncio.to_thread(judge, "回答：不关我事。")
    assert second["usage"]["prompt_tokens_details"]["cached_tokens"] > 100
    assert json.loads(second["choices"][0]["message"]["content"])["v"] in {"hit", "missed"}
