"""The run: what waits in the journal goes to an executor, what comes back goes to the journal and the store.

One process, this one, writes. Results are written in batches, judgements before grades: whatever moment the process is
killed in, no grade is without its judgement, and what is lost are the calls in flight and one unwritten batch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from evaluator.batch.breaker import Breaker
from evaluator.batch.executor import Chunk, Executor, Graded
from evaluator.batch.items import Done, Item
from evaluator.batch.journal import Journal
from evaluator.batch.progress import Meter, Progress, State
from evaluator.batch.rescoring import rescore
from evaluator.grader import Grader
from evaluator.models import Rubric
from evaluator.rubrics import content_hash
from evaluator.store import Store

FLUSH_SECONDS = 0.1
"""Between two writings: what a kill loses at most, besides what is in flight."""
BACKLOG = 5_000
"""Results that may wait for a slow disk before no more answers are begun."""
_TICK = 0.5
_PAGE = 200
"""Answers that the store is asked about at once."""
GRACE = 10.0
"""Seconds that a call in flight has to come back once the endpoint is taken to be gone."""

_ENDINGS: Mapping[str, State] = {"": "finished", "interrupted": "interrupted"}

Tell = Callable[[Progress], None]


@dataclass(slots=True)
class Run:
    """One run of a journal. `free` grades what needs no call; `executor` judges the rest.

    `max_cost` is in the currency of the price table: no answer is begun once that much is spent. `items`, if not None,
    are the only ones that are judged (a limit or a sample). `prime` waits for the first answer to a question before the
    rest of them follows, so that the provider's cache holds what they have in common.
    """

    journal: Journal
    rubrics: Sequence[Rubric]
    executor: Executor
    free: Grader
    store: Store | None = None
    max_cost: float | None = None
    items: frozenset[int] | None = None
    retry_errors: bool = False
    prime: bool = False
    tell: Tell = lambda _: None
    clock: Callable[[], float] = time.monotonic
    _meter: Meter = field(init=False)
    _breaker: Breaker = field(init=False)
    _primer: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _first: int = field(default=0, init=False)
    """Item that the rest of its question waits for; 0 for none."""
    _buffer: list[Graded] = field(default_factory=list, init=False)
    _writing: asyncio.Future[None] | None = field(default=None, init=False)
    _reason: str = field(default="", init=False)
    _todo: asyncio.Queue[Chunk | None] = field(init=False)
    _tasks: tuple[asyncio.Task[None], ...] = field(default=(), init=False)
    _by_id: dict[str, Rubric] = field(init=False)
    _keys: dict[str, tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_id = {one.id: one for one in self.rubrics}
        self._keys = {one.id: (self.free.judged_by(one), content_hash(one)) for one in self.rubrics}
        self._breaker = Breaker()
        self._todo = asyncio.Queue(maxsize=max(2, self.executor.lanes))

    def stop(self, reason: str = "interrupted") -> None:
        """Begin nothing more; what is in flight is finished and kept."""
        if not self._reason:
            self._reason = reason
            self.executor.stop()
            for feeding in self._tasks[:1]:
                feeding.cancel()
            while not self._todo.full():  # whoever waits there must hear of it
                self._todo.put_nowait(None)
            if reason == "endpoint":
                asyncio.get_running_loop().call_later(GRACE, self._abandon)

    def _abandon(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def go(self) -> Progress:
        """Judge all that waits; returns how it ended. What is in flight when it is cancelled is lost, the rest kept."""
        self.journal.work_with(self.rubrics, {key: judged_by for key, (judged_by, _) in self._keys.items()})
        rescore(self.journal, self.rubrics)
        self._meter = Meter(self._waiting(), self.clock)
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._write()), group.create_task(self._report())]
                self._tasks = (
                    group.create_task(self._feed()),
                    group.create_task(self.executor.work(self._next, self._take)),
                )
                await asyncio.wait(self._tasks)
                for task in beside:
                    task.cancel()
        finally:
            if self._writing is not None:
                await asyncio.wait([self._writing])
            self._keep(self._taken())
        ended = self._meter.progress(*self._ending())
        self.tell(ended)
        return ended

    def _ending(self) -> tuple[State, str, str]:
        """State, reason and cause."""
        if self._reason != "endpoint":
            return _ENDINGS.get(self._reason, "stopped"), self._reason, ""
        victims = self._breaker.victims
        self.journal.forget_failures(victims)
        self._meter.done -= len(victims)
        self._meter.failed -= len(victims)
        return "stopped", self._reason, self._breaker.cause

    def _waiting(self) -> int:
        if self.items is not None:
            return len(self.items)
        return self.journal.waiting(retry_errors=self.retry_errors)

    # --- feeding ---

    async def _feed(self) -> None:
        """Put chunks of one question each into the queue; what needs no call is graded on the way."""
        async for rubric, items in self._paid():
            if len(self._buffer) > BACKLOG and self._writing is not None:
                await asyncio.wait([self._writing])
            await self._todo.put(Chunk(rubric, tuple(items)))
        if not self._reason:
            for _ in range(self.executor.lanes):
                await self._todo.put(None)

    async def _next(self) -> Chunk | None:
        """What an executor takes: nothing more once the run is stopped, whatever stands in the queue."""
        chunk = None if self._reason else await self._todo.get()
        return None if self._reason else chunk

    async def _paid(self) -> AsyncIterator[tuple[Rubric, list[Item]]]:
        """What an executor must judge, in chunks of one question; ends early when the run is stopped."""
        chunk: list[Item] = []
        asked = ""
        for item, known in self._open():
            if chunk and (chunk[0].rubric != item.rubric or len(chunk) >= self.executor.chunk):
                yield self._by_id[chunk[0].rubric], chunk
                chunk = []
            if self._reason:
                return
            if await self._graded_free(item, known=known):
                continue
            chunk.append(item)
            if self.prime and asked != item.rubric:
                asked, self._first = item.rubric, item.id
                self._primer.clear()
                yield self._by_id[item.rubric], chunk
                chunk = []
                await self._primer.wait()
        if chunk and not self._reason:
            yield self._by_id[chunk[0].rubric], chunk

    def _open(self) -> Iterator[tuple[Item, bool]]:
        """What is to be judged, and whether the store knows a judgement on it."""
        pending = self.journal.pending(retry_errors=self.retry_errors)
        wanted = (item for item in pending if self.items is None or item.id in self.items)
        while page := list(islice(wanted, _PAGE)):
            known = self._known(page)
            yield from ((item, item.id in known) for item in page)

    def _known(self, page: Sequence[Item]) -> frozenset[int]:
        if self.store is None:
            return frozenset()
        keys = {item.id: self.free.key(self._by_id[item.rubric], item.text) for item in page}
        kept = self.store.kept(keys.values())
        return frozenset(
            item for item, key in keys.items() if key in kept and self.store.get_judgement(key) is not None
        )

    async def _graded_free(self, item: Item, *, known: bool) -> bool:
        """Grade it here where no call is needed: blank, objective, or judged before."""
        rubric = self._by_id[item.rubric]
        if not (known or rubric.kind.objective or not item.text.strip()):
            return False
        self._take([Graded(item.id, rubric.id, await self.free.grade(rubric, item.text, names=item.names))])
        await asyncio.sleep(0)
        return True

    # --- what comes back ---

    def _take(self, results: Sequence[Graded]) -> None:
        self._buffer.extend(results)
        for one in results:
            self._count(one)
            if one.item == self._first:
                self._primer.set()

    def _count(self, one: Graded) -> None:
        meter = self._meter
        meter.done += 1
        meter.failed += one.failure != ""
        if one.grade is not None:
            meter.review += one.grade.needs_review and not one.failure
            meter.called += one.grade.trace.usage.calls > 0
            meter.usage += one.grade.trace.usage
        if self._breaker.trips(one):
            self.stop("endpoint")
        if self.max_cost is not None and (meter.usage.cost or 0.0) >= self.max_cost:
            self.stop("max_cost")

    def _taken(self) -> list[Graded]:
        batch, self._buffer = self._buffer, []
        return batch

    def _keep(self, batch: Sequence[Graded]) -> None:
        """Write it down, judgements first."""
        if not batch:
            return
        if self.store is not None:
            sound = {one.grade.trace.key: one.judgement for one in batch if one.grade and one.judgement}
            self.store.put_judgements(sound)
        self.journal.put([Done(one.item, one.grade, one.failure, *self._keys[one.rubric]) for one in batch])

    async def _write(self) -> None:
        """Keep what came back, beside the loop: a disk that takes its time holds no call up."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            if self._buffer:
                self._writing = asyncio.ensure_future(asyncio.to_thread(self._keep, self._taken()))
                await asyncio.shield(self._writing)

    async def _report(self) -> None:
        while True:
            self.tell(self._meter.progress())
            await asyncio.sleep(_TICK)
