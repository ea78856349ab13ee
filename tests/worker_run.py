"""Answers to one question, a journal, and a run of them by whatever executor; for the tests of workers."""

import asyncio
from pathlib import Path

from small_rubric import RUBRIC

from evaluator.batch.executor import InProcess
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.running import Run
from evaluator.batch.session import limiter_for
from evaluator.grader import Grader
from evaluator.judging import open_judge
from evaluator.models import Answer, Submission
from evaluator.settings import load
from evaluator.testing import MemoryStore


def text(n):
    return f"第 {n} 位客户：先耐心倾听，真诚道歉。\n当天给出退款或换货的办法。\n三天之内回访客户。"


def people(count):
    return [
        Submission(candidate=f"c{n}", answers=(Answer(rubric=RUBRIC.id, text=text(n)),)) for n in range(1, count + 1)
    ]


def settings_for(folder, base_url="", **more):
    given = {"base_url": base_url, "model": "m"} if base_url else {"judge": "keyword"}
    return load({**given, "data_dir": str(folder), **more}, env={}, cwd=Path(folder))


def in_process(settings, judge, lanes=64):
    """An executor as context manager, as those that hire workers are."""

    class Here(InProcess):
        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            pass

    return Here(judge, lanes=lanes)


def run(folder, settings, executor, rows=None, *, during=None, store=None, **how):
    """(how it ended, the candidates, the store); `during(run, executor)` goes on beside it."""
    store = store or MemoryStore()

    async def go(journal):
        async with (
            open_judge(settings, limiter=lambda target: limiter_for(settings, target)) as judge,
            executor(settings, judge) as hired,
        ):
            run = Run(journal, (RUBRIC,), hired, Grader(judge, store=store), store=store, **how)
            beside = asyncio.create_task(during(run, hired)) if during else None
            try:
                return await run.go()
            finally:
                if beside:
                    beside.cancel()

    with Journal(Path(folder) / "run.sqlite3") as journal:
        if rows is not None:
            journal.take_in(rows)
        ended = asyncio.run(go(journal))
        return ended, list(Journalled(journal, "en").candidates()), store


def timeless(grade):
    """All of a grade that is the same however and whenever it was made."""
    data = grade.model_dump(mode="json")
    data["trace"].pop("created")
    data["trace"]["usage"].pop("seconds")
    return data


async def until(done):
    """Wait for something that another process does."""
    while not done():  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(0.01)
