"""Answers on their way to a grade: one after another to a model on this machine, several at once to an endpoint."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from evaluator.batch.session import limiter_for
from evaluator.client import Endpoint, Limiter, endpoint
from evaluator.errors import EvaluatorError, StoreError, UserError, Words
from evaluator.fits import load_fit
from evaluator.grader import Grader
from evaluator.judging import Judge, KeywordJudge, chosen_kind, open_judge
from evaluator.models import Grade, Rubric
from evaluator.settings import Settings, is_loopback
from evaluator.store import Store

State = Literal["waiting", "working", "done", "failed", "cancelled"]
Opening = Callable[[Callable[[Words], None]], AbstractAsyncContextManager[Judge]]
"""Opens the judge; told whom to tell where answers go."""
_LOG = logging.getLogger("evaluator.web")
_AT_ONCE = {"keyword": 4, "local": 1, "llm": 8}
_KEPT_JOBS = 200
_KEPT_SECONDS = 1800.0
"""How long a finished job can be looked at: of an answer that is not saved it is all there is."""


class Busy(Exception):
    """More answers are waiting than the page takes."""


@dataclass(eq=False)
class Job:
    """One answer on its way."""

    id: str
    rubric: Rubric
    answer: str
    candidate: str
    save: bool
    started: float
    state: State = "waiting"
    finished: float | None = None
    grade: Grade | None = None
    grade_id: str = ""
    """In the history; empty where the answer is not saved."""
    error: UserError | StoreError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {"done", "failed", "cancelled"}


class Desk:
    """Opens the judge once, and grades what is handed in. Everything runs in one event loop.

    `trouble` says why no judge could be opened; objective questions are scored all the same.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        opening: Opening | None = None,
        max_waiting: int = 100,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.kind, at_once, self.trouble = _chosen(settings)
        self.said: Words | None = None
        """What the judge told last: where answers go, that the model is starting."""
        self.first_said: Words | None = None
        self._store = store
        self._opening = opening or (lambda tell: open_judge(settings, tell, memory=store, limiter=self._limited))
        self._max_waiting = max_waiting
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self.turns = asyncio.Semaphore(at_once)
        """Whoever asks the judge takes one, in the order of asking, where no limiter keeps that order."""
        self.limiter: Limiter | None = None
        """The gate in front of the endpoint that is asked; None where it is none."""
        self._judge: Judge | None = None
        self._closed = False

    @asynccontextmanager
    async def open(self, patience: float = 10.0) -> AsyncIterator[None]:
        """Take in answers as long as the block lasts; at its end what is being judged has `patience` seconds."""
        try:
            async with self._opening(self._tell) as judge:
                self._judge = judge
                try:
                    yield
                finally:
                    await self.finish(patience)
        except UserError as error:
            if self._judge is not None:
                raise
            self.trouble = error
            _LOG.warning("%s", error.text(self.settings.lang))
            yield
            await self.finish(patience)

    @property
    def judge(self) -> Judge:
        """The judge that is open; the one of keywords where there is none, for what needs no model."""
        return self._judge or KeywordJudge(self.settings.lang)

    def submit(self, rubric: Rubric, answer: str, *, candidate: str = "", save: bool = True) -> Job:
        """Hand in an answer. Raises Busy; and UserError where there is no judge."""
        if self.trouble is not None and not rubric.kind.objective:
            raise self.trouble
        self._forget()
        if self._closed or len(self._waiting()) >= self._max_waiting:
            raise Busy
        save = save and self.settings.history
        job = Job(secrets.token_urlsafe(12), rubric, answer, candidate, save, self._clock())
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._run(job))
        return job

    def get(self, job_id: str) -> Job | None:
        """The job of that id, or None."""
        return self._jobs.get(job_id)

    def ahead(self, job: Job) -> int:
        """How many come before it."""
        working = sum(one.state == "working" for one in self._jobs.values())
        waiting = self._waiting()
        return working + waiting.index(job) if job in waiting else 0

    def seconds(self, job: Job) -> float:
        """Since it was handed in, until it was finished."""
        return (job.finished or self._clock()) - job.started

    async def wait(self, job: Job, seconds: float | None = None) -> None:
        """Until it is over, or for so long."""
        if job.task is not None:
            await asyncio.wait([job.task], timeout=seconds)

    def cancel(self, job: Job) -> None:
        """Stop working on it; nothing of it is kept."""
        if not job.over:
            job.state, job.finished = "cancelled", self._clock()
            if job.task is not None:
                job.task.cancel()

    async def finish(self, patience: float) -> None:
        """Take in nothing more; what waits is cancelled, what is being judged has so many seconds."""
        self._closed = True
        for job in self._waiting():
            self.cancel(job)
        await let_finish((job.task for job in self._jobs.values()), patience)

    def _limited(self, target: Endpoint) -> Limiter:
        """A gate for each endpoint; the first is the one that every answer goes to."""
        made = limiter_for(self.settings, target, self._store)
        self.limiter = self.limiter or made
        return made

    def _tell(self, words: Words) -> None:
        self.first_said = self.first_said or words
        self.said = words

    def _waiting(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.state == "waiting"]

    async def _run(self, job: Job) -> None:
        try:
            async with self.turns:
                job.state = "working"
                names = (job.candidate,) if job.candidate else ()
                grade = await self._grader(job).grade(job.rubric, job.answer, names=names)
                if job.save:
                    job.grade_id = await asyncio.to_thread(self._add, job, grade)
                job.grade, job.state = grade, "done"
        except (UserError, StoreError) as error:
            job.error, job.state = error, "failed"
        except EvaluatorError as error:
            job.error, job.state = UserError(Words(str(error), str(error))), "failed"
        except Exception:  # noqa: BLE001 - one answer never ends the page; it is logged
            _LOG.exception("an answer could not be graded")
            job.state = "failed"
        finally:
            job.finished = self._clock()

    def _grader(self, job: Job) -> Grader:
        settings = self.settings
        fit = load_fit(settings.calibration_file) if settings.calibration_file else None
        store = self._store if job.save else None
        return Grader(self.judge, store=store, max_answer_chars=settings.max_answer_chars, lang=settings.lang, fit=fit)

    def _add(self, job: Job, grade: Grade) -> str:
        return self._store.add_grade(
            grade, answer=job.answer, key=grade.trace.key, candidate=job.candidate, rubric=job.rubric
        )

    def _forget(self) -> None:
        """Drop what was finished long ago, and the oldest beyond a number."""
        over = [job for job in self._jobs.values() if job.over]
        late = self._clock() - _KEPT_SECONDS
        for place, job in enumerate(reversed(over)):
            if place >= _KEPT_JOBS or (job.finished or 0) < late:
                del self._jobs[job.id]


async def let_finish(tasks: Iterable[asyncio.Task[None] | None], patience: float) -> None:
    """Wait so many seconds for these, and cancel what is not done by then."""
    left = [task for task in tasks if task is not None and not task.done()]
    if not left:
        return
    _, late = await asyncio.wait(left, timeout=patience)
    for task in late:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*late, return_exceptions=True)


def _chosen(settings: Settings) -> tuple[str, int, UserError | None]:
    """Which judge, how many answers it gets at once, and what is wrong where that cannot be told."""
    try:
        kind = chosen_kind(settings)
        target = endpoint(settings) if kind == "llm" else None
    except UserError as error:
        return "llm", _AT_ONCE["llm"], error
    on_this_machine = target is not None and is_loopback(target.base_url)
    return kind, 1 if on_this_machine else _AT_ONCE[kind], None
