"""Several processes judge as one does: nothing lost, nothing twice, no process left behind, no key shown."""

import asyncio
import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from counting_server import serving
from pydantic import SecretStr
from small_rubric import RUBRIC
from worker_run import in_process, people, run, settings_for, text, timeless, until

from evaluator.batch import processes
from evaluator.batch.engines import check_engine, plainly
from evaluator.batch.executor import Chunk, Graded
from evaluator.batch.items import Item
from evaluator.batch.processes import Processes
from evaluator.batch.worker import SUSPECTED, Handed, Orders, opened, sealed_results, unsealed_chunk, unsealed_results
from evaluator.errors import SettingsError, UserError
from evaluator.judging import open_judge
from evaluator.rubrics import dump

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def server():
    with serving(latency=0.02) as running:
        yield running


def by(count, **more):
    return lambda settings, judge: Processes(settings, count, judge, **more)


def grades(candidates):
    return [timeless(one.answers[RUBRIC.id].grade) for one in candidates]


def failures(candidates):
    return Counter(one.answers[RUBRIC.id].failure for one in candidates)


def test_two_processes_give_the_grades_of_one_and_ask_about_each_answer_once(server, tmp_path):
    settings = settings_for(tmp_path, server.base_url)
    rows, before = people(600), server.counts()
    ended, split, store = run(tmp_path / "two", settings, by(2), rows)
    after = server.counts()
    assert (ended.state, ended.done, ended.called, ended.failed) == ("finished", 600, 600, 0)
    assert (after["calls"] - before["calls"], after["distinct"] - before["distinct"]) == (600, 600)
    _, alone, same_store = run(tmp_path / "one", settings, in_process, rows)
    assert grades(split) == grades(alone)
    assert len({json.dumps(one["key_points"]) for one in grades(alone)}) > 20
    for key in {one["trace"]["key"] for one in grades(alone)}:
        kept, same = store.get_judgement(key), same_store.get_judgement(key)
        assert kept.model_copy(update={"usage": same.usage}) == same


def test_a_worker_that_is_killed_is_replaced_and_every_row_is_there_once(server, tmp_path):
    killed, said = [], []

    async def kill_one(going, hired):
        await until(lambda: going._meter.done > 60)
        killed.append(hired.pids[0])
        os.kill(hired.pids[0], signal.SIGKILL)
        await until(lambda: said)

    before = server.counts()
    settings = settings_for(tmp_path, server.base_url, concurrency=64)
    hiring = by(2, say=lambda words: said.append(words.en))
    ended, candidates, _ = run(tmp_path, settings, hiring, people(900)[600:], during=kill_one)
    assert (ended.state, ended.done, ended.failed) == ("finished", 300, 0)
    assert len(candidates) == 300
    assert all(one.answers[RUBRIC.id].grade.complete for one in candidates)
    assert (len(killed), said) == (1, ["a worker is gone (signal 9); another goes on"])
    repeated = server.counts()["calls"] - before["calls"] - 300
    assert 0 <= repeated <= 32 + 50  # what was in flight there, and what it had not sent on


def dying(monkeypatch, when):
    """Workers that die at once where the condition on an item's text holds."""
    boot = processes._BOOT.replace(
        "from evaluator.batch.worker_process",
        "import os; from evaluator.batch import executor as e\n"
        "true = e.InProcess.graded\n"
        "async def graded(self, rubric, item):\n"
        f"    if {when}:\n"
        "        os._exit(9)\n"
        "    return await true(self, rubric, item)\n"
        "e.InProcess.graded = graded\n"
        "from evaluator.batch.worker_process",
    )
    monkeypatch.setattr(processes, "_BOOT", boot)


@pytest.mark.parametrize("deadly", [(7,), (3, 4)])
def test_answers_that_kill_their_worker_fail_in_the_end_and_those_in_flight_beside_them_do_not(
    server, tmp_path, monkeypatch, deadly
):
    dying(monkeypatch, f"any(f'第 {{n}} 位' in item.text for n in {deadly})")
    settings = settings_for(tmp_path, server.base_url, concurrency=7)
    ended, candidates, _ = run(tmp_path, settings, by(1), people(7))
    assert (ended.state, ended.done, ended.failed) == ("finished", 7, len(deadly))
    said = {number: one.answers[RUBRIC.id].failure for number, one in enumerate(candidates, start=1)}
    assert tuple(number for number, failure in said.items() if failure) == deadly
    assert all("the last with nothing else in hand" in said[number] for number in deadly)


def test_workers_that_die_one_after_the_other_end_the_run_and_blame_no_answer(tmp_path, monkeypatch):
    dying(monkeypatch, "True")
    monkeypatch.setattr(processes, "DEATHS", 2)
    with pytest.raises(UserError) as caught, plainly():
        run(tmp_path, settings_for(tmp_path), by(1), people(3))
    assert "2 workers died in a row" in caught.value.text("en")
    assert "exit 9" in caught.value.text("en")
    monkeypatch.undo()
    ended, candidates, _ = run(tmp_path, settings_for(tmp_path), by(1))
    assert (ended.done, failures(candidates)) == (3, {"": 3})


def test_a_worker_that_cannot_start_is_told_of_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_BOOT", "raise SystemExit(7)")
    with pytest.raises(UserError) as caught:
        run(tmp_path, settings_for(tmp_path), by(1), people(1))
    assert "could not be started (exit 7)" in caught.value.text("en")


def test_a_worker_whose_judge_is_another_one_is_refused(tmp_path):
    async def open_other():
        settings = settings_for(tmp_path)
        async with opened(Orders(settings, 1, likeness="another")):
            pass

    with pytest.raises(SettingsError, match="prompts_dir"):
        asyncio.run(open_other())


def test_what_keeps_a_worker_from_opening_its_judge_is_said_in_words(server, tmp_path):
    settings = settings_for(tmp_path, server.base_url)

    async def hire():
        async with open_judge(settings) as judge:
            far = settings.model_copy(update={"base_url": "https://llm.example/v1", "api_key": SecretStr(KEY)})
            async with Processes(far, 1, judge):
                pass

    with pytest.raises(UserError, match="还没有同意把答案发送到") as caught:
        asyncio.run(hire())
    assert "llm.example was not agreed to" in caught.value.text("en")


def test_a_stop_lets_what_is_in_flight_end_and_the_next_run_goes_on(server, tmp_path):
    async def stop_soon(going, hired):
        await until(lambda: going._meter.done > 20)
        going.stop()

    before = server.counts()
    settings = settings_for(tmp_path, server.base_url, concurrency=8)
    ended, _, _ = run(tmp_path, settings, by(2), people(1_100)[900:], during=stop_soon)
    assert (ended.state, ended.failed) == ("interrupted", 0)
    asked = server.counts()["calls"] - before["calls"]
    assert asked == ended.done < 200
    again, candidates, _ = run(tmp_path, settings, by(1))
    assert (again.state, again.done) == ("finished", 200 - ended.done)
    assert server.counts()["calls"] - before["calls"] == 200
    assert len(grades(candidates)) == 200


def test_a_stop_before_the_answer_that_the_others_wait_for_ends_the_run(tmp_path):
    class Deaf:
        chunk = lanes = 1

        async def work(self, take, give):
            while await take():
                pass

        def stop(self):
            pass

    @contextlib.asynccontextmanager
    async def deaf(settings, judge):
        yield Deaf()

    async def stop_soon(going, hired):
        await asyncio.sleep(0.05)
        going.stop()

    ended, _, _ = run(tmp_path, settings_for(tmp_path), deaf, people(5), during=stop_soon, prime=True)
    assert (ended.state, ended.done) == ("interrupted", 0)


def test_each_worker_asks_for_its_share_of_what_the_endpoint_allows(server, tmp_path):
    settings = settings_for(tmp_path, server.base_url, concurrency=10, requests_per_minute=600, tokens_per_minute=8_000)

    async def open_one():
        async with opened(Orders.unsealed(Orders(settings, 4).sealed())) as bench:
            gate = bench._grader._judge._inner._client._limiter
            return bench.lanes, gate.limit, gate.requests_a_minute, gate.tokens_a_minute

    assert asyncio.run(open_one()) == (2, 2.0, 150, 2_000)


def test_what_the_endpoint_bore_before_is_where_a_worker_begins(server, tmp_path):
    from evaluator.batch.session import limit_key

    settings = settings_for(tmp_path, server.base_url)

    async def open_one():
        async with opened(Orders(settings, 2, numbers={limit_key(settings): 90.0})) as bench:
            return bench._grader._judge._inner._client._limiter.limit

    assert asyncio.run(open_one()) == 45


def test_keys_reach_a_worker_and_neither_its_command_line_nor_its_environment(server, tmp_path):
    settings = settings_for(tmp_path, server.base_url, api_key=KEY)
    orders = Orders.unsealed(Orders(settings, 1).sealed())
    assert orders.settings.api_key.get_secret_value() == KEY
    assert orders.settings == settings.model_copy(update={"origins": {}})
    assert KEY not in repr(orders)

    def shown(pid):
        return [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]

    async def look():
        async with open_judge(settings) as judge, Processes(settings, 1, judge) as hired:
            (pid,) = hired.pids
            return await asyncio.to_thread(shown, pid)

    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc")
    assert not [name for name in asyncio.run(look()) if KEY.encode() in name]


def test_a_chunk_and_its_results_survive_the_journey():
    items = (Item(1, RUBRIC.id, "先道歉 \ud7ff 😀\r\n\t\x07", ("张三",)), Item(2, RUBRIC.id, ""))
    handed = Handed(Chunk(RUBRIC, items))
    assert unsealed_chunk(handed.sealed()) == Chunk(RUBRIC, items)
    results = [Graded(1, RUBRIC.id, failure="一\none"), Graded(7, RUBRIC.id)]
    assert unsealed_results(sealed_results(results)) == results
    assert handed.back(results) == results[:1]
    assert handed.back(results) == []
    assert unsealed_chunk(handed.sealed()).items == items[1:]


def test_only_an_item_that_was_alone_with_its_worker_is_blamed_for_its_death():
    handed = Handed(Chunk(RUBRIC, tuple(Item(number, RUBRIC.id, "先道歉") for number in (1, 2, 3))))
    assert handed.died() == []
    assert not handed.deaths  # it had nothing of this
    for _ in range(SUSPECTED):
        assert len(unsealed_chunk(handed.sealed()).items) == 3
        assert handed.died() == []
    assert [item.id for item in unsealed_chunk(handed.sealed()).items] == [1]
    handed.back([Graded(1, RUBRIC.id)])
    assert handed.died() == []  # between two items
    assert [item.id for item in unsealed_chunk(handed.sealed()).items] == [2]
    assert [one.item for one in handed.died()] == [2]
    assert list(handed.left) == [3]


def test_a_stop_while_answers_are_judged_one_by_one_blames_none_and_the_next_run_goes_on(server, tmp_path, monkeypatch):
    told = []

    async def stop_soon(going, hired):
        await until(lambda: len(told) == SUSPECTED and going._meter.done)
        going.stop()

    dying(monkeypatch, "'第 40 位' in item.text")
    settings = settings_for(tmp_path, server.base_url, concurrency=50)
    hiring = by(1, say=lambda words: told.append(words.en))
    ended, _, _ = run(tmp_path, settings, hiring, people(50), during=stop_soon)
    assert (ended.state, ended.failed) == ("interrupted", 0)
    assert 0 < ended.done < 40
    monkeypatch.undo()
    again, _, _ = run(tmp_path, settings, by(1))
    assert (again.state, ended.done + again.done, again.failed) == ("finished", 50, 0)


@pytest.mark.parametrize(
    ("engine", "workers", "judge", "said"),
    [
        ("here", 2, "keyword", "--workers"),
        ("processes", 2, "local", "once at a time"),
        ("ray", None, "local", "once at a time"),
    ],
)
def test_an_engine_that_gains_nothing_is_refused(tmp_path, engine, workers, judge, said):
    with pytest.raises(SettingsError) as caught:
        check_engine(engine, workers, settings_for(tmp_path, judge=judge))
    assert said in caught.value.text("en")


@pytest.mark.parametrize(("engine", "judge"), [("here", "local"), ("processes", "keyword"), ("processes", "llm")])
def test_any_other_engine_is_allowed(tmp_path, engine, judge):
    check_engine(engine, None, settings_for(tmp_path, judge=judge))


@pytest.mark.parametrize("address", ["10.1.2.3:6379", "ray://head.example:10001", "auto"])
def test_answers_go_to_the_machines_of_a_cluster_only_when_that_was_agreed_to(tmp_path, address):
    settings = settings_for(tmp_path)
    with pytest.raises(SettingsError) as caught:
        check_engine("ray", None, settings, address=address)
    assert f"the Ray cluster at {address} was not agreed to" in caught.value.text("en")
    host = re.search(r'consent_host = \["(.*?)"\]', caught.value.text("en"))[1]
    check_engine("ray", None, settings.model_copy(update={"consent_host": (host,)}), address=address)
    check_engine("ray", None, settings.model_copy(update={"allow_remote": True}), address=address)
    check_engine("processes", None, settings, address=address)


@pytest.mark.parametrize("address", ["", "local", "127.0.0.1:6379"])
def test_ray_on_this_machine_needs_no_consent(tmp_path, address):
    check_engine("ray", None, settings_for(tmp_path), address=address)


# --- the command, killed and interrupted ---


@pytest.fixture
def command(server, tmp_path, own_folders):
    """`evaluator batch` on 300 answers by two processes, as a process of its own."""
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text(dump(RUBRIC), encoding="utf-8")
    lines = [{"candidate": f"k{n}", "answers": {RUBRIC.id: f"{tmp_path.name}：{text(n)}"}} for n in range(300)]
    sheet = tmp_path / "answers.jsonl"
    sheet.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    words = [sys.executable, "-m", "evaluator", "batch", sheet, "-r", rubric, "-o", tmp_path / "out.csv"]
    words += ["--engine", "processes", "--workers", "2", "--base-url", server.base_url, "--model", "m", "-j", "8"]
    words += ["--progress", "plain", "--lang", "en"]

    def start():
        return subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, text=True, start_new_session=True)

    start.rows = lambda: list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig", newline="")))
    return start


def group(leader):
    """Processes of that session that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, session = re.sub(r"^.*\) ", "", stat.read_text()).split()[:4]
            if int(session) == leader and state != "Z":
                found.append(int(stat.parent.name))
    return found


def wait_for(condition, process, seconds=60):
    """Wait for that, and not in vain for a process that is over."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None or process.returncode == -signal.SIGKILL, process.communicate()[1]
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_the_death_of_the_parent_ends_every_worker_and_the_next_run_asks_only_what_is_missing(server, command):
    before = server.counts()["calls"]
    first = command()
    wait_for(lambda: server.counts()["calls"] > before + 60, first)
    workers = [pid for pid in group(first.pid) if pid != first.pid]
    assert len(workers) >= 2
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    wait_for(lambda: not group(first.pid), first)
    second = command()
    _, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert [next(iter(row.values())) for row in command.rows()] == [f"k{n}" for n in range(300)]
    repeated = server.counts()["calls"] - before - 300
    assert 0 <= repeated <= 8 + 2 * 50  # in flight, and unwritten


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_is_answered_by_the_parent_alone_and_loses_nothing(server, command):
    before = server.counts()["calls"]
    first = command()
    wait_for(lambda: server.counts()["calls"] > before + 60, first)
    os.killpg(first.pid, signal.SIGINT)  # as a terminal sends it: to every process of the group
    _, said = first.communicate(timeout=60)
    assert first.returncode == 130, said
    assert "Traceback" not in said
    assert not group(first.pid)
    asked = server.counts()["calls"] - before
    assert asked < 300
    second = command()
    _, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert server.counts()["calls"] - before == 300
    assert len(command.rows()) == 300
