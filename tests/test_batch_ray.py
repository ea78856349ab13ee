"""Actors of Ray judge as one process does, on this machine alone where no cluster is named."""

import asyncio
import importlib.util
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from counting_server import serving
from pydantic import SecretStr
from small_rubric import RUBRIC
from worker_run import in_process, people, run, settings_for, timeless, until

from evaluator.batch import on_ray
from evaluator.batch.engines import plainly
from evaluator.batch.executor import Chunk, Graded
from evaluator.batch.items import Item
from evaluator.batch.on_ray import Desk, OnRay, imported
from evaluator.batch.worker import Orders, sealed_results, unsealed_chunk
from evaluator.errors import SettingsError, UserError
from evaluator.judging import KeywordJudge, open_judge

KEY = "sk-very-secret-0123456789"


def test_without_ray_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(on_ray.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError) as caught:
        imported(alone=True)
    assert 'pip install "answer-evaluator[ray]"' in caught.value.text("en")
    assert 'pip install "answer-evaluator[ray]"' in caught.value.text("zh")


def test_a_desk_says_in_words_what_keeps_it_from_opening(tmp_path):
    orders = Orders(settings_for(tmp_path), 1, likeness="another").sealed()
    zh, en = asyncio.run(Desk().open(orders))
    assert "prompts_dir" in zh
    assert "another version" in en


class Actor:
    """As Ray shows an actor: what it works on is lost when it dies of a text that is deadly. One chunk in a moment."""

    def __init__(self, deadly, beside):
        self.dead, self.deadly, self.beside = asyncio.Event(), deadly, beside
        self.open = self.judge = self

    def options(self, **_):
        return self

    def remote(self, told):
        return self._opened() if b"settings" in told else self._judged(unsealed_chunk(told).items)

    async def _opened(self):
        return 300

    async def _judged(self, items):
        self.beside.append([item.id for item in items])
        for item in items:
            await asyncio.sleep(0)
            if self.dead.is_set() or item.text in self.deadly:
                self.dead.set()
                raise Lost
            yield self._sent(item)

    async def _sent(self, item):
        return sealed_results([Graded(item.id, RUBRIC.id)])


class Lost(Exception):
    """As Ray says that an actor died."""


def test_of_chunks_at_one_actor_only_items_that_were_alone_with_it_are_blamed(tmp_path):
    asked, given = [], []
    chunks = [Chunk(RUBRIC, tuple(Item(10 * n + m, RUBRIC.id, f"{n}{m}") for m in range(5))) for n in range(1, 6)]

    async def take():
        return chunks.pop(0) if chunks else None

    async def go():
        hired = OnRay(settings_for(tmp_path), 1, KeywordJudge())
        hired._ray = SimpleNamespace(exceptions=SimpleNamespace(RayError=Lost), kill=lambda actor: None)
        hired._seats = [on_ray._Seat(SimpleNamespace(remote=lambda: Actor({"13", "32"}, asked)), b"settings")]
        await hired.work(take, given.extend)

    asyncio.run(go())
    assert sorted(one.item for one in given) == [10 * n + m for n in range(1, 6) for m in range(5)]
    assert {one.item for one in given if one.failure} == {13, 32}
    assert {len(items) for items in asked} >= {1, 5}


# --- with Ray ---


@pytest.fixture(scope="module")
def server():
    with serving(latency=0.02) as running:
        yield running


@pytest.fixture(scope="module")
def ray():
    """Ray on this machine, once for all the tests, started as the engine starts it."""
    if importlib.util.find_spec("ray") is None:  # not imported here: it looks at its environment when it is
        pytest.skip("needs the extra `ray`")
    library = imported(alone=True)
    on_ray._start(library, "", 2)
    yield library
    library.shutdown()


def by(count, **more):
    return lambda settings, judge: OnRay(settings, count, judge, **more)


def of_ray(test):
    return pytest.mark.filterwarnings("ignore")(test)


@of_ray
def test_an_actor_that_is_killed_is_replaced_and_every_row_is_there_once(ray, server, tmp_path):
    said = []

    async def kill_one(going, hired):
        await until(lambda: going._meter.done > 60)
        os.kill((await hired.pids())[0], signal.SIGKILL)
        await until(lambda: said)

    before = server.counts()
    settings = settings_for(tmp_path, server.base_url, concurrency=32)
    rows = people(300)
    hiring = by(2, say=lambda words: said.append(words.en))
    ended, split, _ = run(tmp_path / "ray", settings, hiring, rows, during=kill_one)
    assert (ended.state, ended.done, ended.failed, len(split)) == ("finished", 300, 0, 300)
    assert said
    assert "a worker is gone" in said[0]
    repeated = server.counts()["calls"] - before["calls"] - 300
    assert 0 <= repeated <= 100
    _, alone, _ = run(tmp_path / "here", settings, in_process, rows)
    assert [timeless(one.answers[RUBRIC.id].grade) for one in split] == [
        timeless(one.answers[RUBRIC.id].grade) for one in alone
    ]


@of_ray
def test_a_stop_lets_what_is_in_flight_end_and_the_next_run_goes_on(ray, server, tmp_path):
    async def stop_soon(going, hired):
        await until(lambda: going._meter.done > 5)
        going.stop()

    before = server.counts()
    settings = settings_for(tmp_path, server.base_url, concurrency=4)
    ended, _, _ = run(tmp_path, settings, by(2), people(700)[300:], during=stop_soon)
    assert (ended.state, ended.failed) == ("interrupted", 0)
    assert server.counts()["calls"] - before["calls"] == ended.done < 400
    again, candidates, _ = run(tmp_path, settings_for(tmp_path, server.base_url, concurrency=64), by(1))
    assert (again.state, again.done) == ("finished", 400 - ended.done)
    assert server.counts()["calls"] - before["calls"] == 400
    assert all(one.answers[RUBRIC.id].grade for one in candidates)


@of_ray
def test_actors_that_die_one_after_the_other_end_the_run_and_blame_no_answer(ray, tmp_path, monkeypatch):
    class Dying(Desk):
        async def judge(self, sealed):
            os._exit(9)
            yield b""

    monkeypatch.setattr(on_ray, "Desk", Dying)
    monkeypatch.setattr(on_ray, "DEATHS", 2)
    with pytest.raises(UserError) as caught, plainly():
        run(tmp_path, settings_for(tmp_path), by(1), people(3))
    assert "2 workers died in a row" in caught.value.text("en")
    monkeypatch.undo()
    ended, _, _ = run(tmp_path, settings_for(tmp_path), by(1))
    assert (ended.done, ended.failed) == (3, 0)


@of_ray
def test_an_answer_that_kills_its_actor_fails_in_the_end_and_those_beside_it_do_not(ray, server, tmp_path, monkeypatch):
    class Dying(Desk):
        async def _one(self, rubric, item):
            if "第 2 位" in item.text:
                os._exit(9)
            return await super()._one(rubric, item)

    monkeypatch.setattr(on_ray, "Desk", Dying)
    settings = settings_for(tmp_path, server.base_url, concurrency=7)
    ended, candidates, _ = run(tmp_path, settings, by(1), people(5))
    assert (ended.state, ended.done, ended.failed) == ("finished", 5, 1)
    assert "the last with nothing else in hand" in candidates[1].answers[RUBRIC.id].failure


@of_ray
def test_what_keeps_an_actor_from_opening_its_judge_is_said_in_words(ray, server, tmp_path):
    settings = settings_for(tmp_path, server.base_url)

    async def hire():
        async with open_judge(settings) as judge:
            far = settings.model_copy(update={"base_url": "https://llm.example/v1", "api_key": SecretStr(KEY)})
            async with OnRay(far, 1, judge):
                pass

    with pytest.raises(UserError, match="还没有同意把答案发送到"):
        asyncio.run(hire())


@of_ray
def test_keys_reach_an_actor_and_neither_its_command_line_nor_its_environment_nor_rays_files(ray, server, tmp_path):
    settings = settings_for(tmp_path, server.base_url, api_key=KEY)

    def shown(pid):
        logs = [path for path in Path(ray._private.worker._global_node.get_logs_dir_path()).iterdir() if path.is_file()]
        return [path.read_bytes() for path in (Path(f"/proc/{pid}/cmdline"), Path(f"/proc/{pid}/environ"), *logs)]

    async def look():
        async with open_judge(settings) as judge, OnRay(settings, 1, judge) as hired:
            (pid,) = await hired.pids()
            return await asyncio.to_thread(shown, pid)

    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc")
    found = asyncio.run(look())
    assert len(found) > 4
    assert not [text for text in found if KEY.encode() in text]


@of_ray
def test_ray_on_this_machine_listens_to_this_machine_alone_and_reports_to_nobody(ray):
    (node,) = ray.nodes()
    assert node["NodeManagerAddress"] == "127.0.0.1"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
