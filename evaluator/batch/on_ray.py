"""Judging by actors of Ray: the same work as `processes`, on as many machines as a cluster has.

Where no cluster is named, Ray is started on this machine, reachable from nowhere else, for as long as the run lasts.
Ray promises a chunk at least once; the journal, which only this process writes, makes it once.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import MappingProxyType, TracebackType
from typing import Any, Self

from evaluator.batch.executor import Give, Graded, InProcess, Take, collecting_rarely
from evaluator.batch.items import Item
from evaluator.batch.worker import (
    CHUNK,
    DEATHS,
    Handed,
    Orders,
    chunks_ahead,
    likeness,
    no_worker_lives,
    opened,
    sealed_results,
    unsealed_chunk,
    unsealed_results,
)
from evaluator.errors import Problem, SettingsError, UserError, Words
from evaluator.judging import Judge
from evaluator.models import Rubric
from evaluator.settings import Settings

_GATHER = 0.1
"""Seconds that results are waited for before they travel together: each journey costs Ray about a millisecond."""
_OBJECTS = 100 * 2**20
"""Bytes of an embedded Ray's object store; nothing of ours is large."""
_ALONE = MappingProxyType({"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"})
"""What keeps an embedded Ray to itself: it reports to nobody, and listens on loopback, not on the network, where
whoever reaches it could run what they like. Ray looks at these when it is imported."""
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Desk:
    """The far end: what an actor does. Its orders come as a call, so that no table of the cluster keeps a key."""

    def __init__(self) -> None:
        self._open = AsyncExitStack()
        self._bench: InProcess | None = None
        self._room = asyncio.Semaphore(1)
        self._stopped = False

    async def open(self, orders: bytes) -> int | tuple[str, str]:
        """Open the judge: the number of lanes, or what is wrong, in two languages."""
        try:
            self._bench = await self._open.enter_async_context(opened(Orders.unsealed(orders)))
            self._open.enter_context(collecting_rarely())
        except UserError as error:
            return error.text("zh"), error.text("en")
        self._room = asyncio.Semaphore(self._bench.lanes)
        return self._bench.lanes

    async def judge(self, sealed: bytes) -> AsyncIterator[bytes]:
        """Judge a chunk, giving results as they come; items that a stop was faster than are left out."""
        chunk = unsealed_chunk(sealed)
        working = {asyncio.create_task(self._one(chunk.rubric, item)) for item in chunk.items}
        while working:
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(_GATHER)
            done = {task for task in working if task.done()}
            working -= done
            if results := [one for task in done if (one := task.result())]:
                yield sealed_results(results)

    async def _one(self, rubric: Rubric, item: Item) -> Graded | None:
        async with self._room:
            if self._stopped or self._bench is None:
                return None
            return await self._bench.graded(rubric, item)

    async def stop(self) -> None:
        """Begin no further item."""
        self._stopped = True

    async def pid(self) -> int:
        """Of the process that it runs in."""
        return os.getpid()


class OnRay:
    """`count` actors that judge; None takes one for each core of the cluster. Usable in `async with`.

    `address` is a cluster's, as in RAY_ADDRESS; empty starts Ray on this machine. `judge` and `numbers` as for
    `Processes`. Raises SettingsError where Ray is not installed or the cluster does not answer, UserError where an
    actor cannot open its judge, and, while working, where actor after actor dies.
    """

    chunk = CHUNK

    def __init__(
        self,
        settings: Settings,
        count: int | None,
        judge: Judge,
        *,
        address: str = "",
        numbers: Mapping[str, float] = _NOTHING,
        say: Callable[[Words], None] = lambda _: None,
    ) -> None:
        self._settings, self._count, self._address = settings, count, address
        self._judge, self._numbers, self._say = judge, numbers, say
        self._ray: Any = None
        self._ours = False
        self._seats: list[_Seat] = []
        self._over = asyncio.Event()
        self._stopped = False
        self._deaths = 0
        self.lanes = 1

    async def __aenter__(self) -> Self:
        self._ray = imported(alone=not self._address)
        try:
            self._begin()
            await asyncio.wait([seat.opening for seat in self._seats], return_when=asyncio.FIRST_COMPLETED)
            first = next(seat for seat in self._seats if seat.opening.done())
            with suppress(self._ray.exceptions.RayError):  # it died: seen to when it is to work
                first.opening.result()
            self.lanes = len(self._seats) * first.ahead
        except BaseException:
            self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    async def pids(self) -> list[int]:
        """Of the actors that are there, each on its machine."""
        return [await seat.actor.pid.remote() for seat in self._seats if seat.opening.done()]

    async def work(self, take: Take, give: Give) -> None:
        """Take chunks, have them judged, give the results."""
        async with asyncio.TaskGroup() as group:
            for seat in self._seats:
                group.create_task(self._serve(seat, take, give))

    def stop(self) -> None:
        """Have no further item begun."""
        self._stopped = True
        for seat in self._seats:
            seat.actor.stop.remote()

    def _begin(self) -> None:
        ray, count = self._ray, self._count
        if not ray.is_initialized():
            _start(ray, self._address, count)
            self._ours = True
        count = count or int(ray.cluster_resources().get("CPU", 1))
        count = max(min(count, self._settings.concurrency or count), 1)
        orders = Orders(self._settings, count, likeness(self._settings, self._judge), self._numbers).sealed()
        # As many as there are cores, on as many machines as possible; a dead one is replaced by us, so not by Ray.
        made = ray.remote(Desk).options(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")
        self._seats = [_Seat(made, orders) for _ in range(count)]

    def _end(self) -> None:
        for seat in self._seats:
            seat.opening.cancel()
            self._kill(seat.actor)
        self._seats = []
        if self._ours:
            self._ray.shutdown()

    async def _serve(self, seat: _Seat, take: Take, give: Give) -> None:
        """Keep an actor busy; one that the cluster had no room for until the work was done is not waited for."""
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait([seat.opening, over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if not seat.opening.done():
            return
        seat.room = _Room(seat.ahead)
        async with asyncio.TaskGroup() as group:
            for _ in range(seat.ahead):
                group.create_task(self._lane(seat, take, give))

    async def _lane(self, seat: _Seat, take: Take, give: Give) -> None:
        while chunk := await take():
            if not self._stopped:
                await self._judged(seat, Handed(chunk), give)
        self._over.set()

    async def _judged(self, seat: _Seat, handed: Handed, give: Give) -> None:
        while handed.left:
            async with seat.room.taken(alone=handed.suspected):
                actor = seat.actor
                try:
                    await seat.ready()
                    async for found in actor.judge.options(num_returns="streaming").remote(handed.sealed()):
                        give(handed.back(unsealed_results(await found)))
                        self._deaths = 0
                except self._ray.exceptions.RayError as error:
                    if not self._stopped:
                        give(handed.died())
                        self._replace(seat, actor, type(error).__name__)
            if self._stopped:
                return

    def _replace(self, seat: _Seat, dead: Any, how: str) -> None:
        """Another actor in the place of one that died, unless another chunk of its has seen to that."""
        if seat.actor is not dead:
            return
        self._deaths += 1
        if self._deaths >= DEATHS:
            raise UserError(no_worker_lives(self._deaths, how))
        self._say(Words(f"一个工作进程没了（{how}），换一个接着评", f"a worker is gone ({how}); another goes on"))
        self._kill(dead)
        seat.hire()

    def _kill(self, actor: Any) -> None:
        with suppress(Exception):  # it is dead already, or the cluster is
            self._ray.kill(actor)


class _Seat:
    """A place for an actor: whoever sits there, and whether they are ready."""

    def __init__(self, made: Any, orders: bytes) -> None:
        self._made, self._orders = made, orders
        self.ahead = 1
        """Chunks that an actor works on at once."""
        self.room = _Room(self.ahead)
        self.hire()

    def hire(self) -> None:
        """Have an actor made; `opening` ends when it is ready."""
        self.actor = self._made.remote()
        self.opening = asyncio.create_task(self._open())

    async def _open(self) -> None:
        said = await self.actor.open.remote(self._orders)
        if not isinstance(said, int):
            raise UserError(Words(*said))
        self.ahead = chunks_ahead(said, CHUNK)

    async def ready(self) -> None:
        """Wait until the actor is. Raises what became of it."""
        await asyncio.shield(self.opening)


class _Room:
    """Room at an actor for so many chunks beside each other, or for one alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = asyncio.Semaphore(most)
        self._door = asyncio.Lock()

    @asynccontextmanager
    async def taken(self, *, alone: bool) -> AsyncIterator[None]:
        """Wait for a place, or for all of them, and hold it."""
        async with AsyncExitStack() as held:
            async with self._door:  # while one waits for every place nobody takes any
                for _ in range(self._most if alone else 1):
                    await held.enter_async_context(self._places)
            yield


def imported(*, alone: bool) -> Any:
    """The module `ray`; `alone` for one that stays on this machine. Raises SettingsError where it is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise SettingsError(
            Problem(
                Words("没有安装 Ray", "Ray is not installed"),
                field="--engine",
                hint=Words(
                    '安装：pip install "answer-evaluator[ray]"；一台机器用 --engine processes 就够',
                    'install it: pip install "answer-evaluator[ray]"; on one machine --engine processes will do',
                ),
            )
        )
    if alone:
        for name, value in _ALONE.items():
            os.environ.setdefault(name, value)
    return importlib.import_module("ray")


def _start(ray: Any, address: str, count: int | None) -> None:
    """Join the cluster, or start Ray here; quietly either way."""
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    if not address:
        ray.init(
            address="local",
            num_cpus=count,
            include_dashboard=False,
            object_store_memory=_OBJECTS,
            **quiet,
        )
        return
    try:
        ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise SettingsError(
            Problem(
                Words(f"连不上 Ray 集群 {address}：{error}", f"cannot join the Ray cluster at {address}: {error}"),
                field="RAY_ADDRESS",
                hint=Words("核对地址；不设它就在本机起一个", "check the address; without it, Ray is started here"),
            )
        ) from None
