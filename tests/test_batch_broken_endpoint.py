"""An endpoint that misbehaves, or is gone: every row ends scored or honestly failed, and nothing waits for ever."""

import json
import sys

import pytest
from fast_endpoint import serving
from real_batch import text
from small_rubric import RUBRIC
from typer.testing import CliRunner

from evaluator.cli.main import app
from evaluator.rubrics import dump

BROKEN = 200


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """Runs the command on so many answers; gives the exit code, what was said, and grades by candidate."""
    (tmp_path / "rubric.yaml").write_text(dump(RUBRIC), encoding="utf-8")

    def run(server, count, *more):
        rows = ({"candidate": f"c{n}", "question": RUBRIC.id, "answer": text(n)} for n in range(count))
        source, output = tmp_path / "answers.jsonl", tmp_path / "results.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        words = ["batch", str(source), "-o", str(output), "-r", str(tmp_path / "rubric.yaml"), "--lang", "en"]
        words += ["--judge", "llm", "--base-url", server.base_url, "--model", "fast", "--progress", "none", *more]
        monkeypatch.setattr(sys, "argv", ["evaluator", *words])
        done = CliRunner().invoke(app, words)
        lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
        return done.exit_code, done.output, {row["candidate"]: row for row in lines}

    return run


def scored(rows):
    return sum(row["grade"] is not None and row["grade"]["score"] is not None for row in rows.values())


def test_of_an_endpoint_that_fails_in_every_way_each_row_is_scored_or_says_why_not(batch, monkeypatch):
    """429, 500, resets, broken JSON and hangs; with two attempts a row, some are bound to fail."""
    monkeypatch.setenv("EVALUATOR_TIMEOUT", "1.5")
    monkeypatch.setenv("EVALUATOR_MAX_ATTEMPTS", "2")
    with serving(latency=0.01, chaos=True) as server:
        code, said, rows = batch(server, BROKEN)
        seen = server.stats()
        assert len(rows) == BROKEN
        assert all(seen[kind] > 0 for kind in ("limited", "errors", "resets", "broken", "hangs")), seen
        failed = {name for name, row in rows.items() if row["failure"]}
        for name, row in rows.items():
            complete = row["grade"] is not None and row["grade"]["score"] is not None
            assert complete or name in failed or row["grade"]["review_reasons"], row
        assert code == (3 if failed else 0), said
        assert scored(rows) > BROKEN * 0.8
        server.become("well")
        code, said, rows = batch(server, BROKEN, "--retry-errors")
        assert (code, [row["failure"] for row in rows.values() if row["failure"]]) == (0, []), said
        assert server.stats()["requests"] - seen["requests"] >= len(failed)


def test_failed_rows_end_in_3_and_are_mended_by_retry_errors(batch, monkeypatch):
    monkeypatch.setenv("EVALUATOR_MAX_ATTEMPTS", "1")
    with serving(mood="overloaded", after=8) as server:
        code, said, rows = batch(server, 12, "-j", "1")
        assert (code, scored(rows)) == (3, 7), said
        assert "--retry-errors" in said
        server.become("well")
        before = server.stats()["requests"]
        assert batch(server, 12)[0] == 3
        assert server.stats()["requests"] == before
        code, said, rows = batch(server, 12, "--retry-errors")
        assert (code, scored(rows)) == (0, 12), said
        assert server.stats()["requests"] == before + 5


@pytest.mark.parametrize(
    ("mood", "said"), [("unauthorised", "the key is not accepted"), ("out_of_money", "out of credit")]
)
def test_an_endpoint_that_will_not_is_asked_a_few_times_and_no_more(batch, mood, said):
    with serving(latency=0.01, mood=mood, after=31) as server:
        code, told, rows = batch(server, 300, "-j", "8")
        seen = server.stats()
        assert (code, scored(rows)) == (4, seen["served"])
        assert seen["served"] == 30
        assert seen["requests"] <= 30 + 3 + 8
        assert said in told
        assert "Run the same command to go on" in told
        assert not [row for row in rows.values() if row["failure"]]
        server.become("well")
        code, told, rows = batch(server, 300, "-j", "8")
        assert (code, scored(rows)) == (0, 300), told
        assert server.stats()["requests"] == seen["requests"] + 270


@pytest.mark.parametrize("mood", ["refusing", "overloaded", "silent"])
def test_an_endpoint_that_dies_in_the_middle_stops_the_run_and_nothing_that_was_done_is_lost(batch, monkeypatch, mood):
    """With the usual retries; what would take minutes is shortened alike."""
    monkeypatch.setenv("EVALUATOR_TIMEOUT", "0.5")
    monkeypatch.setattr("evaluator.client.limiting._GONE_SECONDS", 0.4)
    monkeypatch.setattr("evaluator.batch.running.GRACE", 0.5)
    with serving(latency=0.02, mood=mood, after=101) as server:
        code, told, rows = batch(server, 400)
        done = scored(rows)
        assert code == 4, told
        assert 0 < done <= server.stats()["served"] <= 100
        assert "Run the same command to go on" in told
        assert not [row for row in rows.values() if row["failure"]]
        monkeypatch.setenv("EVALUATOR_TIMEOUT", "30")
        server.become("well")
        before = server.stats()["served"]
        code, told, rows = batch(server, 400)
        assert (code, scored(rows)) == (0, 400), told
        assert server.stats()["served"] - before == 400 - done


def test_an_endpoint_that_was_never_there_stops_the_run(batch, monkeypatch):
    monkeypatch.setattr("evaluator.client.limiting._GONE_SECONDS", 0.4)
    with serving(mood="refusing") as server:
        code, told, rows = batch(server, 60)
        assert (code, scored(rows), len(rows)) == (4, 0, 60), told
        assert "Run the same command to go on" in told
