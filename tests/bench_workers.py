"""A batch by one process, by two, and by Ray with an actor killed in the middle, in figures: `make bench-ray`.

The endpoint is a process of its own on loopback that answers after 200 ms. `up` is the time until the workers are
ready, `run` from then to the last row, `ms` the CPU time an answer takes in the process that writes, `calls` what the
endpoint was asked in all. Journal and store are written as in a real run.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from pathlib import Path

from counting_server import serving
from worker_run import in_process, people, run, settings_for, until

from evaluator.batch.on_ray import OnRay
from evaluator.batch.processes import Processes
from evaluator.store import SqliteStore


def here(settings, judge):
    return in_process(settings, judge, lanes=settings.concurrency)


def processes(settings, judge):
    return Processes(settings, 2, judge)


def ray(settings, judge):
    return OnRay(settings, 2, judge)


async def pids_of(hired):
    found = hired.pids() if callable(hired.pids) else hired.pids
    return await found if asyncio.iscoroutine(found) else found


def measured(name, hiring, answers, *, kill):
    marks = {}

    async def during(going, hired):
        marks["up"], marks["cpu"] = time.perf_counter(), time.process_time()
        await until(lambda: going._meter.done > answers // 2)
        if kill:
            os.kill((await pids_of(hired))[0], signal.SIGKILL)
        await until(lambda: going._meter.done >= answers)
        marks["ended"] = time.process_time()

    with serving(latency=0.2) as server, tempfile.TemporaryDirectory() as folder:
        settings = settings_for(folder, server.base_url, concurrency=256)
        began = time.perf_counter()
        with SqliteStore(settings.store_path) as store:
            ended, candidates, _ = run(folder, settings, hiring, people(answers), during=during, store=store)
        calls = server.counts()["calls"]
    rows = sum(one.answers["complaint"].grade is not None for one in candidates)
    print(  # noqa: T201
        f"{name:<28} {marks['up'] - began:5.1f} s up {ended.seconds:6.1f} s run {answers / ended.seconds:5.0f} /s"
        f" {(marks.get('ended', time.process_time()) - marks['cpu']) / answers * 1_000:5.2f} ms"
        f" {rows} rows {calls} calls {ended.failed} failed",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=4_000)
    parser.add_argument("--engines", nargs="*", default=["here", "processes", "ray"])
    given = parser.parse_args()
    hiring = {"here": here, "processes": processes, "ray": ray}
    for name in given.engines:
        measured(name, hiring[name], given.answers, kill=False)
        if name != "here":
            measured(f"{name}, one worker killed", hiring[name], given.answers, kill=True)


if __name__ == "__main__":
    print(f"cores {len(os.sched_getaffinity(0))}, load {os.getloadavg()[0]:.1f}, {Path(__file__).name}")  # noqa: T201
    main()
