"""Answers on their way to a grade: turns, progress, cancelling, the end."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from small_rubric import ANSWER, RUBRIC
from web_client import opened

from evaluator.errors import InvalidReply, PromptError, StoreError, Words
from evaluator.models import Level
from evaluator.settings import load
from evaluator.testing import MemoryStore, ScriptedJudge
from evaluator.web.desk import Busy, Desk


class SlowJudge(ScriptedJudge):
    """Judges when it is told to; `most` is how many answers it had at once."""

    def __init__(self):
        super().__init__({"comfort": Level.HIT})
        self.go = asyncio.Event()
        self.now = self.most = 0

    async def judge(self, task):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.go.wait()
        finally:
            self.now -= 1
        return await super().judge(task)


def desk_with(judge, tmp_path, *, judged_by="local", store=None, **more):
    @asynccontextmanager
    async def opening(tell):
        tell(Words("用本机模型", "using the local model"))
        yield judge

    settings = load({"judge": judged_by, "data_dir": tmp_path}, env={}, cwd=tmp_path)
    return Desk(settings, store if store is not None else MemoryStore(), opening=opening, **more)


async def ticks():
    for _ in range(20):
        await asyncio.sleep(0)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 20))


@pytest.mark.parametrize(("judged_by", "at_once"), [("local", 1), ("keyword", 4)])
def test_a_model_on_this_machine_gets_one_answer_after_the_other(tmp_path, judged_by, at_once):
    async def scene():
        judge = SlowJudge()
        desk = desk_with(judge, tmp_path, judged_by=judged_by)
        async with desk.open():
            jobs = [desk.submit(RUBRIC, f"{ANSWER}{number}") for number in range(6)]
            await ticks()
            assert [job.state for job in jobs].count("working") == at_once
            assert [desk.ahead(job) for job in jobs] == [0] * at_once + list(range(at_once, 6))
            judge.go.set()
            for job in jobs:
                await desk.wait(job)
        assert judge.most == at_once
        assert [job.state for job in jobs] == ["done"] * 6

    run(scene())


def test_what_is_cancelled_leaves_nothing_and_makes_room(tmp_path):
    async def scene():
        judge, store = SlowJudge(), MemoryStore()
        desk = desk_with(judge, tmp_path, store=store)
        async with desk.open():
            first, second, third = (desk.submit(RUBRIC, f"{ANSWER}{number}") for number in range(3))
            await ticks()
            desk.cancel(first)
            desk.cancel(second)
            await ticks()
            assert (first.state, second.state, third.state) == ("cancelled", "cancelled", "working")
            judge.go.set()
            await desk.wait(third)
        assert [record.id for record in store.list()] == [third.grade_id]

    run(scene())


@pytest.mark.parametrize("finishes", [True, False])
def test_at_the_end_what_is_being_judged_may_finish_and_the_rest_is_cancelled(tmp_path, finishes):
    async def scene():
        judge, store = SlowJudge(), MemoryStore()
        desk = desk_with(judge, tmp_path, store=store)
        async with desk.open(patience=10 if finishes else 0.01):
            working, waiting = desk.submit(RUBRIC, ANSWER), desk.submit(RUBRIC, f"{ANSWER}.")
            await ticks()
            if finishes:
                asyncio.get_running_loop().call_soon(judge.go.set)
        assert waiting.state == "cancelled"
        assert working.task.done()
        assert len(store.list()) == int(finishes)

    run(scene())


def test_more_than_the_page_takes_is_refused(tmp_path):
    async def scene():
        judge = SlowJudge()
        desk = desk_with(judge, tmp_path, max_waiting=2)
        async with desk.open(patience=0.01):
            for _ in range(2):
                desk.submit(RUBRIC, ANSWER)
            with pytest.raises(Busy):
                desk.submit(RUBRIC, ANSWER)

    run(scene())


def test_a_database_that_fails_is_told_and_ends_nothing(tmp_path):
    class FullStore(MemoryStore):
        def add_grade(self, *_, **__):
            raise StoreError(Words("磁盘已满", "disk full"))

    async def scene():
        desk = desk_with(ScriptedJudge({}), tmp_path, store=FullStore())
        async with desk.open():
            job = desk.submit(RUBRIC, ANSWER)
            await desk.wait(job)
            assert (job.state, str(job.error)) == ("failed", "磁盘已满")
            again = desk.submit(RUBRIC, ANSWER, save=False)
            await desk.wait(again)
            assert again.state == "done"

    run(scene())


def test_finished_jobs_are_forgotten_after_a_while(tmp_path):
    async def scene():
        now = [0.0]
        desk = desk_with(ScriptedJudge({}), tmp_path, clock=lambda: now[0])
        async with desk.open():
            job = desk.submit(RUBRIC, ANSWER, save=False)
            await desk.wait(job)
            assert desk.get(job.id) is job
            now[0] = 10_000.0
            await desk.wait(desk.submit(RUBRIC, ANSWER))
            assert desk.get(job.id) is None

    run(scene())


# --- as the page shows it ---


@pytest.fixture
def slow(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluator.web.scoring._SOON", 0.01)
    judge = SlowJudge()
    with opened(tmp_path, judge=judge, judged_by="local") as browser:
        yield browser
        browser.client.portal.call(judge.go.set)


def test_a_slow_judge_is_waited_for_on_a_page_of_its_own_that_can_cancel(slow):
    page = slow.score(ANSWER)
    assert page.url.path.startswith("/jobs/")
    assert "正在逐个得分点判断" in page.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.text
    second = slow.score(f"{ANSWER}。")
    assert "排队中，前面还有 1 份" in second.text
    state = slow.get(f"{second.url.path}/state").json()
    assert (state["state"], state["words"]) == ("waiting", "排队中，前面还有 1 份")
    cancelled = slow.post(f"{page.url.path}/cancel")
    assert "已取消" in cancelled.text
    assert ANSWER.splitlines()[0] in cancelled.text
    assert slow.get(f"{page.url.path}/state").json()["location"] == page.url.path
    assert slow.store.list() == ()


def test_a_job_that_is_done_leads_to_its_grade(slow):
    page = slow.score(ANSWER)
    judge_go = slow.client.app.state.desk._judge.go
    slow.client.portal.call(judge_go.set)
    for _ in range(200):
        state = slow.get(f"{page.url.path}/state").json()
        if "location" in state:
            break
    assert state["state"] == "done"
    assert "2 / 8" in slow.get(page.url.path).text
    assert re.fullmatch(r"/grades/\w+", state["location"])


def test_who_waits_while_the_page_ends_is_told_and_nothing_more_is_taken_in(slow):
    def ask():
        return slow.client.post("/api/score", json={"rubric": RUBRIC.id, "answer": ANSWER})

    desk = slow.client.app.state.desk
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(ask)
        for _ in range(10_000):
            if desk._jobs:
                break
            slow.get("/health")
        slow.client.portal.call(desk.finish, 0.01)
        assert (asked.result(20).status_code, asked.result().json()["error"]["code"]) == (503, "not_scored")
    assert ask().json()["error"]["code"] == "busy"


def test_a_judge_that_breaks_is_told_in_words(tmp_path):
    class Broken(ScriptedJudge):
        async def judge(self, task):
            raise PromptError(Words("提示词写错了", "broken prompt"))

    with opened(tmp_path, judge=Broken({})) as browser:
        reply = browser.score(ANSWER)
        assert reply.status_code == 422
        assert "提示词写错了" in reply.text
        assert ANSWER.splitlines()[0] in reply.text


def test_a_mistake_of_ours_in_a_judge_ends_that_answer_only(tmp_path):
    class Faulty(ScriptedJudge):
        async def judge(self, task):
            if "错" in task.answer:
                raise ZeroDivisionError("secret detail")
            return await super().judge(task)

    with opened(tmp_path, judge=Faulty({})) as browser:
        reply = browser.score("错")
        assert "没有评成" in reply.text
        assert "secret detail" not in reply.text
        assert browser.client.post("/api/score", json={"rubric": "complaint", "answer": "错"}).status_code == 503
        assert browser.score(ANSWER).url.path.startswith("/grades/")


def test_a_judge_without_a_verdict_makes_a_range_and_never_a_zero(tmp_path):
    class Silent(ScriptedJudge):
        async def judge(self, task):
            raise InvalidReply("nothing", raw="")

    with opened(tmp_path, judge=Silent({})) as browser:
        page = browser.score(ANSWER).text
        assert "0–8 / 8" in page
        assert "模型的输出不能用" in page


def test_settings_that_name_no_key_are_told_on_the_page_and_end_nothing(tmp_path):
    with opened(tmp_path, judged_by="llm", base_url="https://llm.example/v1", model="m") as browser:
        page = browser.get("/").text
        assert "没有用于 https://llm.example/v1 的密钥" in page
        assert "现在不能给主观题评分" in page
