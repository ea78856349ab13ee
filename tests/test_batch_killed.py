"""Killed, interrupted, ended: a batch loses nothing that was done and pays for nothing twice. Real processes."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys

import pytest
from fast_endpoint import serving
from real_batch import RealBatch, kill, text, wait_until
from small_rubric import RUBRIC

from evaluator.batch.executor import InProcess
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.running import Run
from evaluator.grader import Grader
from evaluator.models import Answer, Level, Submission
from evaluator.store import SqliteStore
from evaluator.testing import ScriptedJudge
from evaluator.workbook import write

LANES = 8


def answered(batch):
    """Candidates in the results with a score, each as often as they are there."""
    return sorted(row["candidate"] for row in batch.rows() if row["grade"]["score"] is not None)


def everybody(batch):
    return sorted(f"c{n}" for n in range(len(batch.texts)))


def test_what_was_done_before_each_kill_is_never_asked_again_and_every_row_is_there_once(tmp_path):
    with serving(latency=0.05) as server:
        batch = RealBatch(tmp_path, [text(n) for n in range(300)], server.base_url)
        due = 0  # calls repeated when all that was lost so far has been asked again
        for _ in range(4):
            goal = server.stats().get("requests", 0) + random.randint(20, 60)
            child = batch.start("-j", str(LANES))
            wait_until(lambda goal=goal: server.stats().get("requests", 0) >= goal, child)
            kill(child)
            seen = server.stats()
            assert seen["repeated"] <= due
            lost = seen["distinct"] - batch.done()
            # In flight, and what came back since the last writing, a tenth of a second or the time of a slow disk before.
            assert 0 < lost <= LANES + 100
            due = seen["repeated"] + lost
        code, said = batch.finish("-j", str(LANES))
        assert code == 0, said
        seen = server.stats()
        assert (seen["distinct"], seen["repeated"]) == (300, due)
        assert answered(batch) == everybody(batch)
        requests = seen["requests"]
        assert batch.finish()[0] == 0
        assert server.stats()["requests"] == requests
        assert answered(batch) == everybody(batch)


def test_killed_while_it_reads_and_while_it_writes_it_starts_again_and_the_old_results_stay_whole(tmp_path):
    texts = ["", "先真诚道歉，再退款或换货，最后回访客户。", *["不知道"] * 6_000]
    batch = RealBatch(tmp_path, texts)
    child = batch.start()
    wait_until(lambda: batch.read("SELECT count(*) FROM candidate") > 1_000, child)
    kill(child)
    assert batch.read("SELECT count(*) FROM candidate") < len(texts)
    assert not batch.output.exists()

    batch.output.write_text('{"old": true}\n', encoding="utf-8")
    child = batch.start()
    partial = batch.output.with_name(".results.partial.jsonl")
    wait_until(lambda: partial.exists() and partial.stat().st_size > 0, child, 0.0005)
    kill(child)
    assert batch.rows() == [{"old": True}]

    assert batch.finish()[0] == 0
    assert answered(batch) == everybody(batch)
    assert not partial.exists()


def test_what_a_killed_reading_left_behind_goes_when_the_source_no_longer_has_it(tmp_path):
    def rows(*who, then=None):
        for one in who:
            yield Submission(candidate=one, answers=(Answer(rubric=RUBRIC.id, text=f"答案 {one}"),))
        if then:
            raise then

    with Journal(tmp_path / "run.sqlite3") as journal:
        with pytest.raises(KeyboardInterrupt):
            journal.take_in(rows(*(f"old{n}" for n in range(1_200)), then=KeyboardInterrupt()))
        assert journal.candidates() == 1_000
        intake = journal.take_in(rows("a", "b", "old7"))
        assert (intake.candidates, intake.items, intake.replaced) == (3, 3, 0)
        assert [one.candidate for one in Journalled(journal).candidates()] == ["a", "b", "old7"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_asked_to_end_it_finishes_what_is_in_flight_and_writes_what_there_is(tmp_path, number):
    with serving(latency=0.5) as server:
        batch = RealBatch(tmp_path, [text(n) for n in range(60)], server.base_url)
        child = batch.start("-j", str(LANES))
        wait_until(lambda: server.stats().get("requests", 0) >= 2 * LANES, child)
        child.send_signal(number)
        said, _ = child.communicate(timeout=60)
        seen = server.stats()
        assert child.returncode == 130, said
        assert "Run the same command to go on" in said
        assert 2 * LANES <= seen["requests"] <= 4 * LANES
        assert batch.done() == seen["requests"] == sum(row["grade"] is not None for row in batch.rows())
        if number == signal.SIGINT:
            assert batch.finish("-j", str(LANES))[0] == 0
            assert answered(batch) == everybody(batch)
            assert server.stats()["repeated"] == 0


def test_asked_twice_it_ends_at_once_and_keeps_what_came_back(tmp_path):
    with serving(latency=0.2, mood="silent", after=20) as server:
        batch = RealBatch(tmp_path, [text(n) for n in range(60)], server.base_url)
        child = batch.start("-j", str(LANES))
        wait_until(lambda: server.stats().get("requests", 0) >= 19 + LANES, child)
        wait_until(lambda: batch.done() == 19, child)
        child.send_signal(signal.SIGINT)
        assert any("again to end at once" in line for line in child.stdout)
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=30)  # what is in flight would take two minutes to fail
        assert child.returncode == 130
        assert "what was done is kept" in said
        assert "Traceback" not in said
        assert batch.done() == 19


# --- killed at every single statement --------------------------------------------------------------------------------

_CHILD = """
import os, signal, sqlite3, sys
from pathlib import Path
from test_batch_killed import small_session

folder, counted = Path(sys.argv[1]), []
last = int(sys.argv[2])

class Mortal(sqlite3.Connection):
    '''Dies before the statement of that number.'''
    def execute(self, *arguments):
        self.count()
        return super().execute(*arguments)
    def executemany(self, *arguments):
        self.count()
        return super().executemany(*arguments)
    def commit(self):
        self.count()
        super().commit()
    @staticmethod
    def count():
        counted.append(1)
        if len(counted) == last:
            os.kill(os.getpid(), signal.SIGKILL)

connect = sqlite3.connect
sqlite3.connect = lambda *arguments, **how: connect(*arguments, factory=Mortal, **how)
at = 0
while True:  # every child begins with everything imported
    at += 1
    one = folder / str(at)
    one.mkdir()
    if (child := os.fork()) == 0:
        last = at
        small_session(one)
        os._exit(0)
    died = os.waitpid(child, 0)[1] == signal.SIGKILL
    if not died:
        print(at)
        break
"""


def small_session(folder):
    """Take in three rows, judge them and write the results; each call leaves a mark."""

    def script(task):
        with (folder / "calls").open("a", encoding="utf-8") as file:
            file.write(f"{task.answer}\n")
        return {"comfort": Level.HIT}

    judge = ScriptedJudge(script)
    rows = [Submission(candidate=f"c{n}", answers=(Answer(rubric=RUBRIC.id, text=f"答案 {n}"),)) for n in range(3)]
    with Journal(folder / "run.sqlite3") as journal, SqliteStore(folder / "store.sqlite3") as store:
        journal.take_in(rows)
        asyncio.run(Run(journal, [RUBRIC], InProcess(judge, lanes=1), Grader(judge, store=store), store=store).go())
        write(Journalled(journal), folder / "results.jsonl")


def calls(folder):
    path = folder / "calls"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_before_any_statement_to_any_of_its_files_the_next_run_completes_it(tmp_path):
    """The making of the files and their tables is among them."""
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path), "0"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    statements = int(child.stdout)
    assert statements > 60
    for number in range(1, statements + 1):
        folder = tmp_path / str(number)
        before = calls(folder)
        small_session(folder)
        again = calls(folder)[len(before) :]
        assert set(before) | set(again) == {"答案 0", "答案 1", "答案 2"}, number
        assert len(again) == len(set(again)), number
        rows = [json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]
        assert [(row["candidate"], row["grade"]["score"]) for row in rows] == [("c0", 2), ("c1", 2), ("c2", 2)], number
