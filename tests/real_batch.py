"""`evaluator batch` as a process of its own, to be killed, interrupted and started again, and what is left of it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from small_rubric import RUBRIC

from evaluator.rubrics import dump

PATIENCE = 60.0
"""Seconds to wait for something that must come; nothing waits as long unless it is broken."""
_DONE = (
    "SELECT count(*) FROM item JOIN rubric ON rubric.id = item.rubric "
    "WHERE item.judged_by IS rubric.judged_by AND item.failure = ''"
)


def text(number: int) -> str:
    """An answer like no other."""
    return f"第 {number} 次：先耐心倾听，真诚道歉；当天给出退款或换货的办法；三天之内回访客户。"


class RealBatch:
    """A folder with answers to one question, and the command that scores them."""

    def __init__(self, folder: Path, texts: list[str], base_url: str = "", **environment: str) -> None:
        self.folder, self.texts = folder, texts
        self.source, self.output = folder / "answers.jsonl", folder / "results.jsonl"
        (folder / "rubric.yaml").write_text(dump(RUBRIC), encoding="utf-8")
        self.write(texts)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVALUATOR_")}
        own = {"EVALUATOR_DATA_DIR": str(folder / "data"), "EVALUATOR_CONFIG": str(folder / "config.toml")}
        self.environment = {**kept, **own, "PYTHONUNBUFFERED": "1", **environment}
        judge = ["--judge", "llm", "--base-url", base_url, "--model", "fast"] if base_url else ["--judge", "keyword"]
        self._judge = judge

    def write(self, texts: list[str]) -> None:
        """Let these be the answers."""
        rows = ({"candidate": f"c{n}", "question": RUBRIC.id, "answer": one} for n, one in enumerate(texts))
        self.source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

    def command(self, *more: str) -> list[str]:
        """What scores them."""
        command = [sys.executable, "-m", "evaluator", "batch", str(self.source), "-o", str(self.output)]
        return [
            *command,
            "-r",
            str(self.folder / "rubric.yaml"),
            "--lang",
            "en",
            "--progress",
            "none",
            *self._judge,
            *more,
        ]

    def start(self, *more: str) -> subprocess.Popen[str]:
        """Begin, or go on."""
        command = self.command(*more)
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def finish(self, *more: str) -> tuple[int, str]:
        """Run to the end: the exit code and what was said."""
        child = self.start(*more)
        said, _ = child.communicate(timeout=PATIENCE * 5)
        return child.returncode, said

    def read(self, query: str) -> int:
        """A number from the journal as it is on disk at this moment; 0 while there is none."""
        for path in (self.folder / "data" / "runs").glob("*.sqlite3"):
            try:
                with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
                    return int(db.execute(query).fetchone()[0])
            except sqlite3.OperationalError:  # its tables are being made
                return 0
        return 0

    def done(self) -> int:
        """Texts that something became of."""
        return self.read(_DONE)

    def rows(self) -> list[dict]:
        """The results, all of them or none: half a line would not be JSON."""
        return [json.loads(line) for line in self.output.read_text(encoding="utf-8").splitlines()]


def wait_until(condition, child: subprocess.Popen[str], pause: float = 0.003) -> None:
    """Wait for it, while the process runs."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert child.poll() is None, f"ended before its time: {child.communicate()[0]}"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause)


def kill(child: subprocess.Popen[str]) -> None:
    """kill -9."""
    child.kill()
    child.communicate()
