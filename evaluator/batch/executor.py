"""The seam: who does the judging. This process here; `processes` and `on_ray` do the same elsewhere."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from evaluator.batch.items import Item
from evaluator.client import CAUSES
from evaluator.errors import UserError
from evaluator.grader import Grader
from evaluator.judging import Judge
from evaluator.models import Grade, Judgement, Rubric

_COLLECT_AFTER = (20_000, 20, 20)
"""Objects made and kept, and collections of the young, after which garbage is looked for; Python's are 700, 10, 10."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Answers to one question that are judged in one place, so that prefix caches serve."""

    rubric: Rubric
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Graded:
    """What came of one item: a grade and the judgement it was made from, or a failure, or both."""

    item: int
    rubric: str
    grade: Grade | None = None
    judgement: Judgement | None = None
    failure: str = ""
    """Why a call failed, a stable word; or what is wrong with the answer, in Chinese and English, a line each."""


Take = Callable[[], Awaitable[Chunk | None]]
"""The next chunk; None where there is none left."""
Give = Callable[[Sequence[Graded]], None]
"""Hands results in, in any order; the same item twice does no harm."""


class Executor(Protocol):
    """Judges chunks until there are none left.

    `work` returns when everything that it took has been given back; what it raises ends the run (nothing that was given
    is lost). It may judge an item more than once where a machine died under it.
    """

    chunk: int
    """Most items of a chunk that it wants."""
    lanes: int
    """How many chunks it works on at once."""

    async def work(self, take: Take, give: Give) -> None:
        """Take chunks, judge them, give the results."""
        ...

    def stop(self) -> None:
        """Begin no further item: what was taken and not begun need not be given back. Called in the loop of `work`."""
        ...


class InProcess:
    """Judges here, up to `lanes` answers at once; the client's limiter decides how many calls are really in flight.

    `wanted` says how many answers at once are worth having at a moment: one that is begun is finished, so those that
    would only stand in the limiter's queue are better not begun.
    """

    chunk = 1

    def __init__(
        self,
        judge: Judge,
        *,
        lanes: int,
        wanted: Callable[[], int] | None = None,
        max_answer_chars: int = 20_000,
        lang: str = "zh",
    ) -> None:
        self.lanes = lanes
        self._wanted = wanted
        self._shelf = Shelf()
        self._grader = Grader(judge, store=self._shelf, max_answer_chars=max_answer_chars, lang=lang)

    async def work(self, take: Take, give: Give) -> None:
        """Take chunks, judge them, give the results."""
        open_lanes, over = 0, False

        async def lane() -> None:
            nonlocal open_lanes, over
            while open_lanes <= self._worth_having() and not over:
                if (chunk := await take()) is None:
                    over = True
                else:
                    for item in chunk.items:
                        give([await self.graded(chunk.rubric, item)])
                    fill()
            open_lanes -= 1

        def fill() -> None:
            nonlocal open_lanes
            while open_lanes < self._worth_having() and not over:
                open_lanes += 1
                group.create_task(lane())

        with collecting_rarely():
            async with asyncio.TaskGroup() as group:
                fill()

    def _worth_having(self) -> int:
        return self.lanes if self._wanted is None else max(min(self._wanted(), self.lanes), 1)

    def stop(self) -> None:
        """Nothing to do: a lane takes one item, and takes no other once there are none."""

    async def graded(self, rubric: Rubric, item: Item) -> Graded:
        """One item judged; what is wrong with an answer is a failure of that answer alone."""
        try:
            grade = await self._grader.grade(rubric, item.text, names=item.names)
        except UserError as error:
            return Graded(item.id, rubric.id, failure=f"{_line(error, 'zh')}\n{_line(error, 'en')}")
        return Graded(item.id, rubric.id, grade, self._shelf.take(grade.trace.key), failed_call(grade))


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for garbage less often than usual: what hundreds of answers in flight hold is none, and looking takes time.

    Several at once are one: whoever found it usual puts it back.
    """
    usual = gc.get_threshold()
    if not 0 < usual[0] < _COLLECT_AFTER[0]:
        yield
        return
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class Shelf:
    """Where a grader leaves judgements for whoever keeps them: a store that holds each until it is taken."""

    def __init__(self) -> None:
        self._judgements: dict[str, Judgement] = {}

    def get_judgement(self, key: str) -> Judgement | None:
        """The judgement under that key, while it waits."""
        return self._judgements.get(key)

    def put_judgement(self, key: str, judgement: Judgement) -> None:
        """Leave a judgement."""
        self._judgements[key] = judgement

    def take(self, key: str) -> Judgement | None:
        """Take it away."""
        return self._judgements.pop(key, None)


def failed_call(grade: Grade) -> str:
    """The cause of the first call that failed under this grade; empty where none did."""
    failed = (point.cause for point in grade.key_points if point.verdict == "unscored" and point.cause in CAUSES)
    return next(failed, "")


def _line(error: UserError, lang: str) -> str:
    return " ".join(error.text(lang).split("\n"))
