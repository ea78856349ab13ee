"""What a batch costs: the whole path beside a bare loop of calls, in one run, on a server in a process of its own.

    python tests/bench_batch.py [throughput] [latency] [capped] [chaos] [gone] [kills] [memory] [resume]

All of them without a word. Prints medians of interleaved rounds and their ratios; see docs/performance.md.
"""

# ruff: noqa: T201

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fast_endpoint import serving
from real_batch import RealBatch, kill, text, wait_until

from evaluator.batch.journal import Journal
from evaluator.batch.session import open_batch
from evaluator.models import Answer, Submission
from evaluator.rubrics import load_folder
from evaluator.settings import load
from evaluator.store import SqliteStore
from evaluator.submissions import ColumnMap

RUBRICS = [one for one in load_folder() if one.id.startswith("csm-")]
TEXT = (
    "去年有一位大客户的设备连着三天宕机，直接把电话打到了总经理那里。我当天亲自上门道歉，告诉他这件事由我负责到底。"
    "我把技术、法务、销售拉到一个群里，技术查日志，法务核定赔偿标准，销售准备替代方案，每天下午五点向客户通报进展。"
    "三天以后客户接受了赔偿，撤回投诉，第二个季度还续签了合同。"
)


class Made:
    """A source of so many answers, different from each other, spread over questions."""

    name, columns, notes = "bench", (), ()
    column_map = ColumnMap(layout="records")

    def __init__(self, count: int, salt: str = "", questions: int = 4) -> None:
        self.count, self.salt, self.rubrics = count, salt, tuple(RUBRICS[:questions])

    def __iter__(self):
        for number in range(self.count // len(self.rubrics)):
            answers = tuple(Answer(rubric=one.id, text=f"{self.salt}{number}：{TEXT}") for one in self.rubrics)
            yield Submission(candidate=f"c{number}", answers=answers)


def settings(base_url: str, **values):
    return load({"base_url": base_url, "model": "fast", "judge": "llm", "timeout": 30.0, **values})


async def pipeline(base_url: str, count: int, *, salt: str, questions: int = 4, folder=None, **values):
    """(seconds, CPU seconds, progress, limiter) of a run from a filled journal to the last commit."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(folder or made)
        with Journal(folder / "run.sqlite3") as journal, SqliteStore(folder / "store.sqlite3") as store:
            source = Made(count, salt, questions)
            async with open_batch(source, journal, settings(base_url, **values), store=store) as batch:
                await asyncio.sleep(0)
                began, cpu = time.perf_counter(), time.process_time()
                ended = await batch.run()
                return time.perf_counter() - began, time.process_time() - cpu, ended, batch.limiter


async def bodies(base_url: str, count: int) -> list[dict]:
    """The very requests that the pipeline sends."""
    from evaluator.client.faults import Failed, Scene
    from evaluator.client.line import Line

    sent: list[dict] = []

    async def keep(self, body):
        sent.append(body)
        raise Failed(Scene("x").fault("bad_request"))

    original, Line.ask = Line.ask, keep
    try:
        await pipeline(base_url, count, salt="b", concurrency=1)
    finally:
        Line.ask = original
    return sent


async def bare(base_url: str, made: list[dict], *, lanes: int, fast: bool) -> tuple[float, float]:
    """(seconds, CPU seconds) of a loop that only calls: `.create` on the SDK as it comes, or `post` on aiohttp."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    http = DefaultAioHttpClient(limits=httpx2.Limits(max_connections=1000, keepalive_expiry=60)) if fast else None
    async with AsyncOpenAI(base_url=base_url, api_key="x", max_retries=0, http_client=http) as client:
        todo = iter(made)

        async def lane() -> None:
            for body in todo:
                if fast:
                    await client.post("/chat/completions", cast_to=object, body=body)
                else:
                    await client.chat.completions.create(**body)

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(lane() for _ in range(lanes)))
        return time.perf_counter() - began, time.process_time() - cpu


async def throughput(rounds: int = 3, count: int = 2_400, lanes: int = 256) -> None:
    with serving() as server:
        made = await bodies(server.base_url, 400) * (count // 400)
        rows: dict[str, list[tuple[float, float]]] = {"pipeline": [], "create": [], "post": []}
        await bare(server.base_url, made[:200], lanes=lanes, fast=True)
        for number in range(rounds):
            seconds, cpu, ended, _ = await pipeline(server.base_url, count, salt=f"r{number}", concurrency=lanes)
            assert ended.failed == 0
            assert ended.done == count
            rows["pipeline"].append((seconds, cpu))
            rows["create"].append(await bare(server.base_url, made, lanes=lanes, fast=False))
            rows["post"].append(await bare(server.base_url, made, lanes=lanes, fast=True))
    rates = {name: statistics.median(count / seconds for seconds, _ in found) for name, found in rows.items()}
    cpus = {name: statistics.median(cpu / count * 1000 for _, cpu in found) for name, found in rows.items()}
    for name in rows:
        print(f"{name:10s} {rates[name]:8.0f} answers/s  {cpus[name]:.2f} CPU ms")
    print(
        f"pipeline ÷ create {rates['pipeline'] / rates['create']:.2f}   ÷ post {rates['pipeline'] / rates['post']:.2f}"
    )


async def latency(lanes: int = 64, seconds: float = 2.0, waves: int = 10) -> None:
    import openai  # noqa: F401 - a second, which every process pays once

    with serving(latency=seconds) as server:
        took, *_ = await pipeline(server.base_url, lanes * waves, salt="w", concurrency=lanes)
    print(f"latency-bound: {waves * seconds / took:.3f} of ideal ({took:.1f} s for {waves} waves of {lanes})")


async def capped(cap: float = 100, seconds: float = 0.5, count: int = 2_400) -> None:
    with serving(latency=seconds, cap=cap) as server:
        took, _, ended, limiter = await pipeline(server.base_url, count, salt="c")
        stats = server.stats()
    print(
        f"capped at {cap:.0f}/s: {count / took / cap:.2f} of the cap, {ended.failed} lost, "
        f"{stats.get('limited', 0) / count:.3f} 429s an answer, limit settled at {limiter.limit:.0f}"
    )


async def chaos(count: int = 1_000) -> None:
    with serving(latency=0.05, chaos=True, hang=60) as server:
        took, _, ended, _ = await pipeline(server.base_url, count, salt="x", timeout=3.0)
        stats = server.stats()
    print(f"chaos: {ended.done} done, {ended.failed} failed, {took:.0f} s; the server: {json.dumps(stats)}")


async def resume(count: int = 4_000) -> None:
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        first, *_ = await pipeline(server.base_url, count, salt="s", folder=folder, concurrency=256)
        before = server.stats()["requests"]
        began = time.perf_counter()
        await pipeline(server.base_url, count, salt="s", folder=folder, concurrency=256)
        took = time.perf_counter() - began
        print(
            f"second run: {count / took:.0f} answers/s, {server.stats()['requests'] - before} calls (first: {first:.1f} s)"
        )


async def gone(count: int = 600) -> None:
    """How long it takes to notice that an endpoint is gone; a time-out of 30 s where the default is 120."""
    for mood, after in (("refusing", 0), ("refusing", 100), ("overloaded", 0), ("silent", 0), ("unauthorised", 0)):
        with serving(latency=0.1, mood=mood, after=after) as server:
            took, _, ended, _ = await pipeline(server.base_url, count, salt="g")
            print(
                f"{mood:12s} from request {after:3d} on: stopped after {took:5.1f} s ({ended.cause}), {ended.done} kept"
            )


async def kills(times: int = 20, count: int = 2_000, lanes: int = 16) -> None:
    """kill -9 at random moments; what was lost each time, in calls to be repeated."""
    with tempfile.TemporaryDirectory() as folder, serving(latency=0.05) as server:
        batch = RealBatch(Path(folder), [text(number) for number in range(count)], server.base_url)
        lost: list[int] = []
        for number in range(times):
            goal = int(count * (number + random.random()) / (times + 1)) + sum(lost)
            child = batch.start("-j", str(lanes))
            wait_until(lambda goal=goal: server.stats().get("requests", 0) > goal, child)
            kill(child)
            lost.append(server.stats()["distinct"] - batch.done())
        code, said = batch.finish("-j", str(lanes))
        assert code == 0, said
        seen, rows = server.stats(), [row["candidate"] for row in batch.rows() if row["grade"]["score"] is not None]
    print(
        f"killed {times} times, {lanes} calls in flight: {len(rows)} rows, {len(set(rows))} of them different, of {count}; "
        f"{seen['repeated']} calls repeated, {sum(lost)} lost, a kill {sorted(lost)}"
    )


_PEAK = """
import resource, sys
from evaluator.cli.main import app
try:
    app(sys.argv[1:])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def _peak(folder: Path, count: int, *, distinct: bool) -> tuple[float, float]:
    """(peak MB, seconds) of a batch by the keyword judge, from .jsonl to .jsonl, in a process of its own."""
    batch = RealBatch(folder, [])
    said = ["", "不知道", "先真诚道歉，再退款或换货，最后回访客户。", "让客户自己修。"]
    with batch.source.open("w", encoding="utf-8") as file:
        for number in range(count):
            answer = text(number) if distinct else said[number % len(said)]
            file.write(f'{{"candidate": "c{number}", "question": "complaint", "answer": "{answer}"}}\n')
    began = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", _PEAK, *batch.command()[3:]],
        env=batch.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    assert child.returncode == 0, child.stderr
    with batch.output.open("rb") as file:
        assert sum(1 for _ in file) == count
    return int(child.stderr.split()[-1]) / 1024, took


async def memory() -> None:
    """Peak memory; the most rows with BENCH_ROWS, a million without."""
    most = int(os.environ.get("BENCH_ROWS", "1000000"))
    first: dict[bool, float] = {}
    for count, distinct in ((1_000, False), (100_000, False), (most, False), (1_000, True), (100_000, True)):
        with tempfile.TemporaryDirectory() as folder:
            peak, took = _peak(Path(folder), count, distinct=distinct)
        first.setdefault(distinct, peak)
        kind = "different answers" if distinct else "rows, four different answers"
        print(
            f"{count:9,} {kind}: peak {peak:6.1f} MB ({peak - first[distinct]:+.1f}), {count / took:.0f} a second",
            flush=True,
        )


ALL = {
    name: globals()[name] for name in ("throughput", "latency", "capped", "chaos", "gone", "kills", "resume", "memory")
}

if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        asyncio.run(ALL[name]())
