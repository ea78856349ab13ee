"""What a journal remembers of a provider's batch jobs: which there are, what was asked in them, what came back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from evaluator.client import ENDED
from evaluator.models import Model

WRITTEN = "written"
"""State of a job whose file lies here and of which the provider may not know yet."""


class Job(Model):
    """One file of requests, and what the provider makes of it."""

    id: str
    """Beginning of `content`."""
    content: str
    """SHA-256 of the file and the moment: what the provider's job is marked with."""
    file: str
    """Name of the file, beside the journal."""
    state: str = WRITTEN
    created: str
    requests: int
    batch: str = ""
    """The provider's id of the job; empty before it is sent."""
    input_file: str = ""
    completed: int = 0
    failed: int = 0
    settled: bool = False
    """Whether everything that came of it is in the journal."""
    reason: str = ""
    """Why it failed as a whole, in the provider's words."""

    @property
    def sent(self) -> bool:
        """Whether the provider is known to have it."""
        return self.batch != ""

    @property
    def ended(self) -> bool:
        """Whether the provider has done with it."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Came:
    """What came back for one request."""

    status: int
    body: str


class Jobs:
    """The jobs and requests of the journal at `path`, over a connection of its own. Usable in `with`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout = 10000")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # --- jobs ---

    def all(self) -> tuple[Job, ...]:
        """Every job, the oldest first."""
        rows = self._connection.execute("SELECT body FROM job ORDER BY created, rowid").fetchall()
        return tuple(Job.model_validate_json(body) for (body,) in rows)

    def open(self) -> tuple[Job, ...]:
        """Those whose answers are not all in yet."""
        return tuple(job for job in self.all() if not job.settled)

    def put(self, job: Job) -> Job:
        """Remember a job as it stands; given back."""
        with self._writing() as db:
            self._put(db, job)
        return job

    def begin(self, job: Job) -> None:
        """A file is complete: what was put down since the last one belongs to this job, in the same step."""
        with self._writing() as db:
            self._put(db, job)
            db.execute("UPDATE request SET job = ? WHERE job = ''", (job.id,))

    def drop(self, job: Job) -> None:
        """Forget a job that was never sent, and what is asked in it."""
        with self._writing() as db:
            db.execute("DELETE FROM request WHERE job = ? AND status IS NULL", (job.id,))
            db.execute("DELETE FROM job WHERE id = ?", (job.id,))

    # --- requests ---

    def came(self, request: str) -> Came | Literal["nothing"] | None:
        """What came back; `nothing` where it is on its way, None where it was never put down."""
        row = self._connection.execute(
            "SELECT status, body FROM request WHERE id = ?", (bytes.fromhex(request),)
        ).fetchone()
        if row is None:
            return None
        return "nothing" if row[0] is None else Came(*row)

    def put_down(self, requests: Iterable[str]) -> None:
        """Note that these are in the file that is being written."""
        with self._writing() as db:
            db.executemany(
                "INSERT OR IGNORE INTO request (id, job) VALUES (?, '')",
                [(bytes.fromhex(request),) for request in requests],
            )

    def abandon(self) -> None:
        """Forget what is in a file that was not completed."""
        with self._writing() as db:
            db.execute("DELETE FROM request WHERE job = ''")

    def forget_failures(self) -> None:
        """Let what failed be put down again."""
        with self._writing() as db:
            db.execute("DELETE FROM request WHERE status <> 200")

    def answer(self, job: Job, lines: Iterable[tuple[str, Came]]) -> None:
        """Take in lines of a job: whatever is none of its requests is passed over, an answer outlives an error."""
        with self._writing() as db:
            db.executemany(
                "UPDATE request SET status = ?, body = ? WHERE id = ? AND job = ? AND status IS NOT 200",
                [(one.status, one.body, bytes.fromhex(request), job.id) for request, one in lines],
            )

    def settle(self, job: Job) -> Job:
        """All lines are in. What has none was never answered; of a cancelled job it is as if it had not been asked."""
        settled = job.model_copy(update={"settled": True})
        with self._writing() as db:
            if job.state == "cancelled":
                db.execute("DELETE FROM request WHERE job = ? AND status IS NULL", (job.id,))
            db.execute("UPDATE request SET status = 0 WHERE job = ? AND status IS NULL", (job.id,))
            self._put(db, settled)
        return settled

    # --- values of the run, beside the journal's own ---

    def get(self, name: str) -> str:
        """A value of the run; empty where there is none."""
        row = self._connection.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def set(self, name: str, value: str) -> None:
        """Keep a value of the run."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, value))

    # --- inside ---

    @staticmethod
    def _put(db: sqlite3.Connection, job: Job) -> None:
        row = (job.id, job.state, job.created, job.model_dump_json())
        db.execute("INSERT OR REPLACE INTO job (id, state, created, body) VALUES (?, ?, ?, ?)", row)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
