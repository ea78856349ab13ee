"""Files of requests on their way: sent once, watched, and what comes back taken into the journal.

A job is remembered before its file is sent and again when the provider has named it. A process that dies in between
leaves a file that the provider may have or not: the next one looks before it sends, so that nothing is paid for twice.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from evaluator.batch.jobs import WRITTEN, Came, Job
from evaluator.batch.post_office import FLUSH, PostOffice, responses
from evaluator.client import Batches, BatchState
from evaluator.errors import EndpointRejected, EndpointUnavailable, Words

SOON, LATE = 15.0, 600.0
"""Seconds between two looks, at first and at most."""
_SLOWER = 1.5
_CROWDED = re.compile(r"enqueued|token_?limit|queue|排队|队列", re.IGNORECASE)
"""A job that failed for this would have been taken at another time, or in parts."""
_OUTAGES = 20
"""Looks in a row that may fail before the run gives up waiting."""

STATES: dict[str, Words] = {
    "written": Words("还没有发出", "not sent yet"),
    "validating": Words("校验中", "being validated"),
    "in_progress": Words("处理中", "in progress"),
    "finalizing": Words("整理结果中", "being finalised"),
    "completed": Words("已完成", "completed"),
    "failed": Words("整个失败", "failed as a whole"),
    "expired": Words("超过时限", "expired"),
    "cancelling": Words("取消中", "being cancelled"),
    "cancelled": Words("已取消", "cancelled"),
}


class Sending:
    """Carries the jobs of one post office to the provider and back. `poll` fixes the seconds between two looks."""

    def __init__(
        self,
        office: PostOffice,
        batches: Batches,
        *,
        poll: float | None = None,
        say: Callable[[Words], None] = lambda _: None,
    ) -> None:
        self.settled = 0
        """Jobs whose answers this process has taken in."""
        self.cancelled = False
        """Whether one of them was cancelled."""
        self._office = office
        self._jobs = office.jobs
        self._batches = batches
        self._poll = poll
        self._say = say
        self._stopped = asyncio.Event()
        self._inherited = {job.id for job in self._jobs.open() if not job.sent}
        """Jobs that the provider may have without our knowing."""

    def stop(self) -> None:
        """Wait no longer."""
        self._stopped.set()

    async def attended(self, *, wait: bool) -> bool:
        """Send what is to be sent, take in what has come; whether all jobs have ended.

        With `wait` only a stop ends it before that. Raises JudgeError where the provider cannot be reached.
        """
        delay, outages = self._poll or SOON, 0
        while True:
            try:
                for job in self._jobs.open():
                    await (self._look(job) if job.sent else self._send(job))
                outages = 0
            except EndpointUnavailable:
                outages += 1
                if not wait or outages >= _OUTAGES:
                    raise
            if not self._jobs.open():
                return True
            if not wait or await self._pause(delay):
                return False
            delay = self._poll or min(delay * _SLOWER, LATE)

    async def _pause(self, seconds: float) -> bool:
        """Wait; whether it was stopped meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        return self._stopped.is_set()

    async def _send(self, job: Job) -> None:
        path = self._office.path(job)
        if job.id in self._inherited and (found := await self._batches.find(job.content, job.file)) is not None:
            self._known(job, found)
            self._say(Words(f"批量作业 {found.id} 早已提交，接着等", f"batch job {found.id} was sent before; going on"))
            return
        if not path.exists():
            self._jobs.drop(job)
            return
        size = path.stat().st_size / 1_000_000
        self._say(
            Words(
                f"上传 {job.requests} 条请求（{size:.1f} MB）到批量接口",
                f"uploading {job.requests} requests ({size:.1f} MB) to the batch API",
            )
        )
        file = await self._batches.upload(path)
        self._inherited.add(job.id)  # if this fails it may have been made all the same
        made = await self._batches.create(file, job.content, job.file)
        self._known(job, made)
        self._say(Words(f"批量作业 {made.id} 已提交", f"batch job {made.id} is made"))

    def _known(self, job: Job, state: BatchState) -> Job:
        """Remember how a job stands."""
        return self._jobs.put(
            job.model_copy(
                update={
                    "batch": state.id or job.batch,
                    "state": state.status or job.state,
                    "input_file": state.input_file or job.input_file,
                    "completed": state.completed,
                    "failed": state.failed,
                    "reason": state.reason,
                }
            )
        )

    async def _look(self, job: Job) -> None:
        state = await self._batches.state(job.batch)
        now = self._known(job, state)
        if (now.state, now.completed, now.failed) != (job.state, job.completed, job.failed) or state.ended:
            self._say(job_words(now))
        if state.ended and state.status == "failed" and not state.completed and _CROWDED.search(state.reason):
            self._make_way(now)
        elif state.ended:
            await self._take_in(now, state)

    def _make_way(self, job: Job) -> None:
        """The provider's queue has no room: send the job again when another has ended, or in parts if it is alone."""
        if any(one.sent and one.id != job.id for one in self._jobs.open()):
            self._jobs.put(job.model_copy(update={"batch": "", "state": WRITTEN}))
            return
        if job.requests > 1:
            self._jobs.drop(job)
            self._office.halve(job)
        else:
            self._jobs.settle(job)
        self._office.path(job).unlink(missing_ok=True)

    async def _take_in(self, job: Job, state: BatchState) -> None:
        for file in (state.output_file, state.error_file):
            if file:
                await self._fetch(job, file)
        self._jobs.settle(job)
        self.settled += 1
        self.cancelled |= job.state == "cancelled"
        self._office.path(job).unlink(missing_ok=True)

    async def _fetch(self, job: Job, file: str) -> None:
        path = self._jobs.path.with_suffix(".responses.partial")
        try:
            await self._batches.download(file, path)
            for page in _pages(path):
                self._jobs.answer(job, page)
        except EndpointRejected as error:
            if error.cause != "not_found":
                raise
            self._say(Words(f"结果文件 {file} 已不在服务商处", f"the provider no longer has the file {file}"))
        finally:
            path.unlink(missing_ok=True)


def _pages(path: Path) -> Iterator[list[tuple[str, Came]]]:
    lines: Iterable[tuple[str, Came]] = responses(path)
    rows = iter(lines)
    while page := list(islice(rows, FLUSH)):
        yield page


def job_words(job: Job) -> Words:
    """Where a job stands, in a line."""
    state = STATES.get(job.state, Words(job.state, job.state))
    name = job.batch or job.file
    zh, en = f"批量作业 {name}：{state.zh}", f"batch job {name}: {state.en}"
    if job.sent:
        zh, en = f"{zh}，{job.completed}/{job.requests} 条", f"{en}, {job.completed}/{job.requests} requests"
    if job.failed:
        zh, en = f"{zh}，失败 {job.failed}", f"{en}, {job.failed} failed"
    return Words(f"{zh}（{job.reason}）", f"{en} ({job.reason})") if job.reason else Words(zh, en)
