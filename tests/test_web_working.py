"""Batches behind the page: one judge for all, pause and resume, what is pasted goes first, the end."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from small_rubric import RUBRIC

from evaluator.batch.journal import Journal
from evaluator.batch.session import describe, opened
from evaluator.errors import InputError, PromptError, Words
from evaluator.models import Answer, Level, Submission
from evaluator.settings import load
from evaluator.submissions import open_submissions
from evaluator.testing import MemoryStore, ScriptedJudge
from evaluator.web.desk import Desk
from evaluator.web.runs import Runs
from evaluator.web.working import Works, why


class StepJudge(ScriptedJudge):
    """Judges as many answers as it was let; `seen` are those that it began."""

    def __init__(self, fails=None):
        super().__init__({"comfort": Level.HIT})
        self.let = asyncio.Semaphore(0)
        self.seen = []
        self.fails = fails

    async def judge(self, task):
        self.seen.append(task.answer)
        await self.let.acquire()
        if self.fails:
            raise self.fails
        return await super().judge(task)

    def allow(self, count):
        for _ in range(count):
            self.let.release()


@asynccontextmanager
async def house(tmp_path, judge, *, answers=5, judged_by="local", runs=("run",)):
    """Works over runs of so many different answers each, and the desk that they share the judge with."""

    @asynccontextmanager
    async def opening(_):
        yield judge

    settings = load({"judge": judged_by, "data_dir": tmp_path}, env={}, cwd=tmp_path)
    for run in runs:
        source = tmp_path / f"{run}.csv"
        lines = [f"{number},{run} 的第 {number} 份答案，先耐心倾听，再真诚道歉" for number in range(answers)]
        source.write_text("\n".join(["考号,complaint", *lines]), encoding="utf-8")
        found = open_submissions(source, [RUBRIC])
        with Journal(tmp_path / "runs" / f"{run}.sqlite3") as journal:
            journal.take_in(found)
            describe(found, journal, settings, judge)
    desk = Desk(settings, MemoryStore(), opening=opening)
    async with desk.open():
        works = Works(desk, Runs(settings), MemoryStore())
        yield works, desk
        judge.allow(1_000)
        await works.finish(5)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 30))


async def until(true):
    for _ in range(2_000):
        if true():
            return
        await asyncio.sleep(0.002)
    raise AssertionError(true)


def counted(tmp_path, name="run"):
    with Journal(tmp_path / "runs" / f"{name}.sqlite3") as journal:
        return journal.counts()


def test_a_batch_runs_to_its_end_and_lets_go_of_the_journal(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge) as (works, _):
            work = works.start("run")
            assert work.state == "waiting"
            assert works.start("run") is work
            judge.allow(5)
            await works.over(work, 20)
            assert (work.state, work.progress.done, work.error) == ("finished", 5, None)
            with opened(tmp_path / "runs" / "run.sqlite3") as journal:  # nobody else has it any more
                assert journal.counts().scored == 5

    run(scene())


def test_a_pause_keeps_what_is_in_flight_and_a_second_start_goes_on(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge) as (works, _):
            work = works.start("run")
            judge.allow(2)
            await until(lambda: len(judge.seen) == 3)
            works.pause("run")
            assert (work.state, work.pausing) == ("running", True)
            judge.allow(1)
            await works.over(work, 20)
            assert (work.state, work.pausing) == ("paused", False)
            assert counted(tmp_path).scored == 3
            again = works.start("run")
            judge.allow(2)
            await works.over(again, 20)
            assert (again.state, again.progress.done) == ("finished", 2)
            assert len(set(judge.seen)) == len(judge.seen) == 5

    run(scene())


def test_one_batch_after_the_other_and_one_that_waits_can_be_paused(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge, runs=("first", "second"), answers=2) as (works, _):
            first, second = works.start("first"), works.start("second")
            await until(lambda: judge.seen)
            assert (first.state, second.state) == ("running", "waiting")
            works.pause("second")
            await works.over(second, 5)
            assert second.state == "paused"
            second = works.start("second")
            judge.allow(4)
            await works.over(second, 20)
            assert (first.state, second.state) == ("finished", "finished")

    run(scene())


def test_what_is_pasted_is_judged_between_two_answers_of_a_batch(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge) as (works, desk):
            works.start("run")
            await until(lambda: len(judge.seen) == 1)
            job = desk.submit(RUBRIC, "贴进来的答案", save=False)
            await asyncio.sleep(0)
            assert len(judge.seen) == 1  # never two at once at a model on this machine
            judge.allow(2)
            await desk.wait(job, 10)
            assert job.state == "done"
            assert judge.seen[1] == "贴进来的答案"

    run(scene())


def test_the_end_of_the_page_pauses_and_what_hangs_is_let_go(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge) as (works, _):
            work = works.start("run")
            judge.allow(2)
            await until(lambda: len(judge.seen) == 3)
            await works.finish(0.05)
            assert work.state == "paused"
            assert counted(tmp_path).scored == 2

    run(scene())


def test_an_error_of_a_run_is_told_in_both_languages(tmp_path):
    async def scene():
        judge = StepJudge(fails=PromptError(Words("提示词坏了", "the prompt is broken")))
        async with house(tmp_path, judge) as (works, _):
            judge.allow(10)
            work = works.start("run")
            await works.over(work, 20)
            assert work.state == "finished"  # of one answer alone: a failed row, not the end of the run
            assert counted(tmp_path).failed == 5
            judge.fails = RuntimeError("ours")
            again = works.start("run", retry_errors=True)
            judge.allow(10)
            await works.over(again, 20)
            assert again.state == "failed"
            assert again.error.zh.startswith("程序出错")
            assert again.error.en.startswith("stopped by a mistake")

    run(scene())


def test_a_run_of_another_process_is_refused_and_an_unknown_one_is_unknown(tmp_path):
    async def scene():
        async with house(tmp_path, StepJudge()) as (works, _):
            with opened(tmp_path / "runs" / "run.sqlite3"), pytest.raises(InputError, match="进程"):
                works.start("run")
            with pytest.raises(KeyError):
                works.start("none")
            assert works.get("none") is None
            works.pause("none")

    run(scene())


def test_a_journal_of_ones_own_is_judged_too(tmp_path):
    async def scene():
        judge = StepJudge()
        async with house(tmp_path, judge) as (works, _):
            path = tmp_path / "calibrations" / "one.sqlite3"
            with opened(path) as journal:
                journal.take_in([Submission(candidate="1", answers=(Answer(rubric=RUBRIC.id, text="真诚道歉"),))])
                journal.work_with([RUBRIC], {RUBRIC.id: ""})
            judge.allow(1)
            work = works.start("calibration/one", journal=opened(path), store=None)
            await works.over(work, 20)
            assert work.state == "finished"
            works.forget("calibration/one")
            assert works.get("calibration/one") is None
            with opened(path) as journal:
                assert journal.counts().scored == 1

    run(scene())


def test_why_a_run_stopped():
    assert why("max_cost") == Words("到了费用上限，已停下", "stopped: the cost limit is reached")
    assert why("endpoint", "unavailable").zh.startswith("模型服务不可用，已停下（")
