"""Judging by several processes of this machine, for when one core is not enough to keep an endpoint busy.

Each process opens a judge of its own that asks for its share of what the endpoint allows. Results come back as they are
made, and only this process writes; one that dies is replaced, and what it had not given back is judged by the next.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Self

from evaluator.batch.executor import Chunk, Give, Take
from evaluator.batch.worker import (
    CHUNK,
    DEATHS,
    Handed,
    Orders,
    chunks_ahead,
    likeness,
    no_worker_lives,
    no_worker_starts,
    unsealed_results,
)
from evaluator.batch.worker_process import DROPPED, HEADER, ITEMS, ORDERS, READY, RESULTS, STOP, WRONG, frame
from evaluator.errors import UserError, Words
from evaluator.judging import Judge
from evaluator.settings import Settings

_BOOT = """
import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)
import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline())
from evaluator.batch.worker_process import main; main()
"""
"""What a worker runs; the first line that it reads is the search path. Nothing of the parent's main module runs."""
_PATIENCE = 5.0
"""Seconds that a worker is given to end by itself."""
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Processes:
    """`count` processes that judge. Usable in `async with`, which starts and ends them.

    `judge` is the one of this process: those of the workers must be like it. `numbers` is what the store knows of the
    endpoint. Raises UserError where a worker cannot open its judge, and, while working, where worker after worker dies.
    """

    chunk = CHUNK

    def __init__(
        self,
        settings: Settings,
        count: int,
        judge: Judge,
        *,
        numbers: Mapping[str, float] = _NOTHING,
        say: Callable[[Words], None] = lambda _: None,
    ) -> None:
        orders = Orders(settings, count, likeness(settings, judge), numbers).sealed()
        self._seats = [_Seat(orders) for _ in range(count)]
        self._say = say
        self._stopped = False
        self._deaths = 0
        self.lanes = count

    @property
    def pids(self) -> list[int]:
        """Of the workers, as they are at present."""
        return [seat.process.pid for seat in self._seats if seat.process is not None]

    async def __aenter__(self) -> Self:
        try:
            await self._begin()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def work(self, take: Take, give: Give) -> None:
        """Take chunks, have them judged, give the results."""
        async with asyncio.TaskGroup() as group:
            for seat in self._seats:
                group.create_task(self._serve(seat, take, give))

    def stop(self) -> None:
        """Have no further item begun."""
        self._stopped = True
        for seat in self._seats:
            seat.tell(STOP)

    async def _begin(self) -> None:
        for seat in self._seats:
            await seat.launch()
        for seat in self._seats:
            if not await seat.ready():
                raise UserError(no_worker_starts(await seat.ended()))
        self.lanes = sum(seat.ahead for seat in self._seats)

    async def _end(self) -> None:
        for seat in self._seats:
            seat.dismiss()
        for seat in self._seats:
            await seat.ended()

    async def _serve(self, seat: _Seat, take: Take, give: Give) -> None:
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear(seat, give))
            while chunk := await take():
                if not self._stopped:
                    seat.hand(chunk)
                await seat.until_fewer_than(seat.ahead)
            await seat.until_fewer_than(1)
            hearing.cancel()

    async def _hear(self, seat: _Seat, give: Give) -> None:
        while True:
            if heard := await seat.heard():
                kind, body = heard
                if kind == RESULTS:
                    self._deaths = 0
                    results = unsealed_results(body)
                    for handed in seat.in_hand:
                        give(handed.back(results))
                elif kind == DROPPED:
                    seat.forget(json.loads(body))
                seat.tidy()
                if not self._stopped:
                    seat.go_on()
            elif self._stopped:
                seat.in_hand.clear()
                seat.tidy()
                return
            else:
                await self._replace(seat, give)

    async def _replace(self, seat: _Seat, give: Give) -> None:
        """Another worker in the place of one that died, with what that one had in hand."""
        alive = False
        while not alive:
            how = await seat.ended()
            self._deaths += 1
            if self._deaths >= DEATHS:
                raise UserError(no_worker_lives(self._deaths, how))
            for handed in seat.in_hand:
                give(handed.died())
            seat.tidy()
            self._say(Words(f"一个工作进程没了（{how}），换一个接着评", f"a worker is gone ({how}); another goes on"))
            await seat.launch()
            alive = await seat.ready()
        if self._stopped:
            seat.in_hand.clear()
            seat.tidy()
        seat.go_on()


class _Seat:
    """A place for a worker: whoever sits there, and what is in their hands."""

    def __init__(self, orders: bytes) -> None:
        self._orders = orders
        self._changed = asyncio.Event()
        self.process: Process | None = None
        self.in_hand: list[Handed] = []
        self.ahead = 1
        """Chunks that a worker may have in hand."""
        self._at_work = False

    async def launch(self) -> None:
        """Start a process and tell it what it is to know; see `ready`."""
        self.process = await asyncio.create_subprocess_exec(sys.executable, "-c", _BOOT, stdin=PIPE, stdout=PIPE)
        self._write(json.dumps(sys.path).encode() + b"\n" + frame(ORDERS, self._orders))

    async def ready(self) -> bool:
        """Whether it has opened its judge; False where it died. Raises UserError where that cannot be."""
        heard = await self.heard()
        if heard is None:
            return False
        kind, body = heard
        if kind == WRONG:
            raise UserError(Words(*json.loads(body)))
        self.ahead = chunks_ahead(int(body), CHUNK) if kind == READY else 1
        self._at_work = True
        return True

    async def heard(self) -> tuple[bytes, bytes] | None:
        """The next message; None where the worker is gone."""
        out = self.process.stdout if self.process else None
        if out is None:
            return None
        try:
            kind, length = HEADER.unpack(await out.readexactly(HEADER.size))
            return kind, await out.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._at_work = False
            return None

    def tell(self, kind: bytes, body: bytes = b"") -> None:
        """Send a message; to a worker that is gone it does nothing."""
        self._write(frame(kind, body))

    def _write(self, data: bytes) -> None:
        if self.process and self.process.stdin and not self.process.stdin.is_closing():
            self.process.stdin.write(data)

    def hand(self, chunk: Chunk) -> None:
        """Give the worker a chunk."""
        self.in_hand.append(Handed(chunk))
        self.go_on()

    def go_on(self) -> None:
        """Send what is in hand and not yet sent: first, item by item and alone, a suspected chunk."""
        if not self._at_work:
            return
        suspected = [handed for handed in self.in_hand if handed.suspected][:1]
        for handed in suspected or self.in_hand:
            if handed.left and not handed.out:
                self.tell(ITEMS, handed.sealed())

    def forget(self, items: list[int]) -> None:
        """Wait no longer for these, nor for what was never sent."""
        for handed in self.in_hand:
            handed.left = {item: handed.left[item] for item in handed.out.difference(items)}

    def tidy(self) -> None:
        """Lay away what has come back whole."""
        self.in_hand = [handed for handed in self.in_hand if handed.left]
        self._changed.set()

    async def until_fewer_than(self, count: int) -> None:
        """Wait until fewer chunks are in hand."""
        while len(self.in_hand) >= count:
            self._changed.clear()
            await self._changed.wait()

    def dismiss(self) -> None:
        """Let the worker go."""
        if self.process and self.process.stdin:
            self.process.stdin.close()

    async def ended(self) -> str:
        """Wait until it is gone, or make it go; how it ended."""
        process = self.process
        if process is None:
            return ""
        self.dismiss()
        try:
            async with asyncio.timeout(_PATIENCE):
                code = await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            code = await process.wait()
        return f"signal {-code}" if code < 0 else f"exit {code}"
