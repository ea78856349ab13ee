"""Calibrations being judged behind the page: turn after turn through the page's works, then the report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from evaluator.errors import StoreError, UserError, Words
from evaluator.web.calibrating.kept import FOLDER, Calibrations, other_judge
from evaluator.web.runs import NoRun
from evaluator.web.working import OURS, Work, Works

_LOG = logging.getLogger("evaluator.web")
_KEPT = 100
_GONE = Words("已经删除", "it was removed")


@dataclass(eq=False)
class Going:
    """One calibration under way. Only the event loop changes it."""

    work: Work | None = None
    """The turn that is being judged."""
    pausing: bool = False
    counting: bool = False
    """Whether the answers are judged and the report is being worked out."""
    counted: bool = False
    """Whether that was tried: what went wrong then would go wrong again."""
    error: Words | None = None
    live: bool = True
    """Whether something still happens."""
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Underway:
    """What is under way, by id of the calibration. All methods are called in the event loop."""

    def __init__(self, calibrations: Calibrations) -> None:
        self.calibrations = calibrations
        self._going: dict[str, Going] = {}

    def get(self, one: str) -> Going | None:
        """The latest since the page began as it is now, or None; what happens later changes nothing in it.

        To be asked before the journals are read: what ends in between is still live, and over at the next look. The
        other way round it would look paused, and a page that is not live never looks again.
        """
        return copy(going) if (going := self._going.get(one)) else None

    async def start(self, one: str, works: Works, *, retry_errors: bool = False) -> None:
        """Judge what waits, then work out the report; harmless where that is under way.

        Raises NoRun where there is no such calibration, InputError where another process works on it or the judge
        is another one by now, UserError where there is none.
        """
        if not await asyncio.to_thread(self._same_judge, one, works):
            raise other_judge()
        if (known := self._going.get(one)) and known.live:
            return
        self._begin(one, lambda going: self._judge(one, going, works, retry_errors=retry_errors))

    async def count(self, one: str, seconds: float) -> None:
        """Work out the report of what is judged, and wait so long for it; harmless where that is under way."""
        if not ((known := self._going.get(one)) and known.live):
            self._begin(one, lambda going: self._count(one, going))
        task = self._going[one].task
        if task is not None:
            await asyncio.wait([task], timeout=seconds)

    def pause(self, one: str, works: Works) -> None:
        """Begin nothing more of it; what is in flight is finished and kept."""
        if (going := self._going.get(one)) and going.live:
            going.pausing = True
            if going.work is not None:
                works.pause(going.work.run)

    def forget(self, one: str) -> None:
        """Let go of one that is over."""
        if (going := self._going.get(one)) and not going.live:
            del self._going[one]

    # --- inside ---

    def _same_judge(self, one: str, works: Works) -> bool:
        with self.calibrations.using(one) as journal:
            return works.batch(journal).judges_as_before()

    def _begin(self, one: str, what: Callable[[Going], Coroutine[None, None, None]]) -> None:
        going = Going()
        going.task = asyncio.create_task(self._guarded(going, what(going)))
        self._going.pop(one, None)
        self._going[one] = going
        over = [name for name, known in self._going.items() if not known.live]
        for name in over[: max(len(self._going) - _KEPT, 0)]:
            del self._going[name]

    async def _guarded(self, going: Going, todo: Coroutine[None, None, None]) -> None:
        try:
            await todo
        except (UserError, StoreError) as error:
            going.error = Words(error.text("zh"), error.text("en"))
        except NoRun:
            going.error = _GONE
        except Exception:  # noqa: BLE001 - one calibration never ends the page; it is logged
            _LOG.exception("a calibration ended")
            going.error = OURS
        finally:
            going.counting = going.live = False

    async def _judge(self, one: str, going: Going, works: Works, *, retry_errors: bool) -> None:
        for turn, name in enumerate(self.calibrations.names(one)):
            if going.pausing:
                return
            journal = self.calibrations.using(name)
            # Turns after the first ask anew: what is known from elsewhere says nothing of the judge's own noise.
            store: Literal["as ever"] | None = None if turn else "as ever"
            going.work = works.start(f"{FOLDER}/{name}", journal=journal, store=store, retry_errors=retry_errors)
            await works.over(going.work)
            if going.work.state != "finished":
                going.error = going.work.error
                return
        await self._count(one, going)

    async def _count(self, one: str, going: Going) -> None:
        from evaluator.web.calibrating import reporting  # noqa: PLC0415 - statistics, which the front page never needs

        going.counting = going.counted = True
        await asyncio.to_thread(reporting.work_out, self.calibrations, one)
