"""Long work behind the page: journals that are judged while people look at other things.

A batch: its source is taken into its journal (`Journal.take_in`, then `session.describe`) in a thread; then

    work = works.start(run)                     # again, to go on after a pause or to try failed answers again
    work.state, work.progress, work.error       # for the page to show
    works.pause(run)

A calibration is a journal of its own, elsewhere, and several turns of it are several works, one after the other:

    work = works.start("calibration/…", journal=opened(path), store=None if turn else store)
    await works.over(work)                      # then `cases(Journalled(journal))`, in a thread

Both ask the judge that the desk has open: the model on this machine is never opened twice. Answers that people paste
go first there: between any two answers of a batch whoever waits at the desk has a turn.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Final, Literal

from evaluator.batch.engines import plainly
from evaluator.batch.journal import Journal
from evaluator.batch.progress import Progress
from evaluator.batch.session import Batch
from evaluator.client import explain
from evaluator.errors import StoreError, UserError, Words
from evaluator.judging import Judge, Task
from evaluator.models import Judgement
from evaluator.store import Store
from evaluator.web.desk import Desk, let_finish
from evaluator.web.runs import Runs

State = Literal["waiting", "running", "paused", "finished", "stopped", "failed"]
LIVE: Final[frozenset[State]] = frozenset({"waiting", "running"})
"""States of a work that goes on by itself."""
_LOG = logging.getLogger("evaluator.web")
_AT_ONCE: Final = {"llm": 4}
"""Works that are judged at the same time, by kind of judge; 1 where everything is done on this machine."""
_KEPT = 100
_REASONS: Final = {
    "endpoint": Words("模型服务不可用，已停下", "stopped: the endpoint cannot be used"),
    "max_cost": Words("到了费用上限，已停下", "stopped: the cost limit is reached"),
    "batch": Words(
        "批量作业在服务商那里，用 evaluator batch collect 取回", "with the provider; use evaluator batch collect"
    ),
    "cancelled": Words("服务商那里的批量作业已取消", "the batch job at the provider was cancelled"),
}
OURS = Words("程序出错，已停下；详情见终端", "stopped by a mistake of the program; the terminal has the details")
"""Why work stopped that should not have."""


@dataclass(eq=False)
class Work:
    """One journal being judged. Only the event loop changes it; any thread may read it."""

    run: str
    batch: Batch
    state: State = "waiting"
    pausing: bool = False
    """True from the wish to pause until what was in flight is done."""
    progress: Progress | None = None
    """The latest; of this work alone, not of what was done before it."""
    error: Words | None = None
    """Why it stopped or failed; None where it did not."""
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen until it is started again."""
        return self.state not in LIVE


class Works:
    """What is being judged behind the page, by run. All methods are called in the event loop."""

    def __init__(self, desk: Desk, runs: Runs, store: Store | None) -> None:
        """`store` keeps what is judged for other runs; None where nothing is to be kept."""
        self._desk = desk
        self._runs = runs
        self._store = store
        self._works: dict[str, Work] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE.get(desk.kind, 1))

    def get(self, run: str) -> Work | None:
        """The latest work on that run since the page began, or None."""
        return self._works.get(run)

    def start(
        self,
        run: str,
        *,
        journal: AbstractContextManager[Journal] | None = None,
        store: Store | Literal["as ever"] | None = "as ever",
        retry_errors: bool = False,
        max_cost: float | None = None,
    ) -> Work:
        """Judge what waits in a journal that has been taken in; a work that is not over is given back as it is.

        `journal` is by default the one of that run; it is closed when the work is over. Raises NoRun where there is
        no such run, InputError where another process works on it, UserError where there is no judge, StoreError where
        the journal cannot be read.
        """
        known = self._works.get(run)
        if known is not None and not known.over:
            return known
        if self._desk.trouble is not None:
            raise self._desk.trouble
        with ExitStack() as stack:
            kept = stack.enter_context(journal if journal is not None else self._runs.using(run))
            batch = self.batch(kept, store=store)
            batch.retry_errors, batch.max_cost = retry_errors, max_cost
            work = Work(run, batch)
            work.task = asyncio.create_task(self._do(work, stack.pop_all()))
        self._works.pop(run, None)
        self._works[run] = work
        self._forget()
        return work

    def batch(self, journal: Journal, *, store: Store | Literal["as ever"] | None = "as ever") -> Batch:
        """The batch of a journal, judged by the desk's judge: to be planned, say."""
        desk = self._desk
        return Batch(
            journal,
            journal.rubrics(),
            desk.settings,
            desk.judge if desk.limiter else InTurn(desk.judge, desk.turns),
            self._store if store == "as ever" else store,
            journal.intake(),
            limiter=desk.limiter,
        )

    def pause(self, run: str) -> None:
        """Begin nothing more of it; what is in flight is finished and kept. Harmless where nothing runs."""
        work = self._works.get(run)
        if work is None or work.over:
            return
        work.pausing = True
        if work.state == "waiting":
            if work.task is not None:
                work.task.cancel()
        else:
            work.batch.stop()

    async def over(self, work: Work, seconds: float | None = None) -> None:
        """Wait until it is over, or for so long."""
        if work.task is not None:
            await asyncio.wait([work.task], timeout=seconds)

    def forget(self, run: str) -> None:
        """Let go of a work that is over."""
        if (work := self._works.get(run)) is not None and work.over:
            del self._works[run]

    async def finish(self, patience: float) -> None:
        """Pause everything; what is in flight has so many seconds. Whatever was judged is kept."""
        for run in tuple(self._works):
            self.pause(run)
        await let_finish((work.task for work in self._works.values()), patience)

    # --- inside ---

    async def _do(self, work: Work, stack: ExitStack) -> None:
        try:
            async with self._turns:
                work.state = "running"
                with plainly():
                    self._ended(work, await work.batch.run(lambda moment: _tell(work, moment)))
        except asyncio.CancelledError:
            work.state = "paused"
        except (UserError, StoreError) as error:
            work.state, work.error = "failed", Words(error.text("zh"), error.text("en"))
        except Exception:  # noqa: BLE001 - one work never ends the page; it is logged
            _LOG.exception("a batch ended")
            work.state, work.error = "failed", OURS
        finally:
            work.pausing = False
            stack.close()

    @staticmethod
    def _ended(work: Work, ended: Progress) -> None:
        work.progress = ended
        if ended.state == "finished":
            work.state = "finished"
        elif ended.state == "interrupted":
            work.state = "paused"
        else:
            work.state, work.error = "stopped", why(ended.reason, ended.cause)

    def _forget(self) -> None:
        over = [run for run, work in self._works.items() if work.over]
        for run in over[: max(len(self._works) - _KEPT, 0)]:
            del self._works[run]


def why(reason: str, cause: str = "") -> Words:
    """Why a run stopped, in words; `cause` is a word of the client's."""
    said = _REASONS.get(reason, Words(reason, reason))
    if not cause:
        return said
    return Words(f"{said.zh}（{explain(cause, 'zh')}）", f"{said.en} ({explain(cause, 'en')})")


class InTurn:
    """A judge as a batch asks it where there is but one: each answer waits behind whoever waits already."""

    def __init__(self, judge: Judge, turns: asyncio.Semaphore) -> None:
        self.name = judge.name
        self._judge = judge
        self._turns = turns

    @property
    def key(self) -> str:
        """As of the judge itself."""
        return self._judge.key

    async def judge(self, task: Task) -> Judgement:
        """Verdicts on one answer, when it is its turn."""
        async with self._turns:
            await asyncio.sleep(0)  # a judge that never waits must not keep the page from everybody else
            return await self._judge.judge(task)


def _tell(work: Work, moment: Progress) -> None:
    work.progress = moment
