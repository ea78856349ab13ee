"""Answers of the history judged again after their rubric was reworded, behind the page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from evaluator.errors import EvaluatorError
from evaluator.models import Rubric
from evaluator.store import GradeRecord, Store
from evaluator.web.desk import Busy, Desk
from evaluator.web.rubrics.carrying import carry

_LOG = logging.getLogger("evaluator.web")
_LANES = 4
"""Answers handed in at once; how many are judged at once the desk decides."""
_AGAIN = 1.0
"""Seconds until a full desk is asked once more."""


@dataclass(eq=False)
class Work:
    """How far it is."""

    total: int
    done: int = 0
    failed: int = 0
    over: bool = False
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Rejudging:
    """One piece of work a rubric; a later edit takes the place of an earlier one. Everything runs in one event loop."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}

    def of(self, rubric_id: str) -> Work | None:
        """The last work on that rubric, or None."""
        return self._works.get(rubric_id)

    def start(self, desk: Desk, store: Store, rubric: Rubric, records: Sequence[GradeRecord]) -> Work:
        """Judge these by this rubric; what people said of them goes along."""
        before = self._works.get(rubric.id)
        if before is not None and before.task is not None:
            before.task.cancel()
        work = self._works[rubric.id] = Work(len(records))
        work.task = asyncio.create_task(self._go(work, desk, store, rubric, records))
        return work

    def stop(self) -> None:
        """Begin no further answer."""
        for work in self._works.values():
            if work.task is not None:
                work.task.cancel()

    async def _go(self, work: Work, desk: Desk, store: Store, rubric: Rubric, records: Sequence[GradeRecord]) -> None:
        waiting = iter(records)

        async def lane() -> None:
            for record in waiting:
                done = await self._again(desk, store, rubric, record)
                work.done += done  # not before: other lanes count while this one waits

        try:
            await asyncio.gather(*(lane() for _ in range(_LANES)))
        except EvaluatorError as error:
            _LOG.warning("%s", error)
        except Exception:  # noqa: BLE001 - it never ends the page; it is logged
            _LOG.exception("answers were not all judged again")
        finally:
            work.failed, work.over = work.total - work.done, True

    async def _again(self, desk: Desk, store: Store, rubric: Rubric, record: GradeRecord) -> bool:
        while True:
            if await asyncio.to_thread(store.get, record.id) is None:  # what was deleted meanwhile stays deleted
                return False
            try:
                job = desk.submit(rubric, record.answer, candidate=record.candidate)
                break
            except Busy:
                await asyncio.sleep(_AGAIN)
        await desk.wait(job)
        if job.state != "done" or not job.grade_id:
            return False
        await asyncio.to_thread(carry, store, record.id, job.grade_id, rubric)
        return True
