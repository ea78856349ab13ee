"""A run by the provider's batch API: put down, sent, waited for, collected; what is left over is judged live.

The judge stays as it is, only the post office changes (`post_office`). A run goes in rounds: a pass over what waits
grades everything that a job has answered and puts down the rest; files are made of it and sent; when the jobs have
ended the next pass follows. A pass that puts down few requests is the last: these, and those that a job failed at, go
live.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from evaluator.batch.executor import Chunk, Give, InProcess, Take
from evaluator.batch.post_office import PostOffice
from evaluator.batch.progress import Progress, State
from evaluator.batch.running import Tell
from evaluator.batch.sending import Sending
from evaluator.batch.session import Batch
from evaluator.client import Deferred, learnt_text, recall
from evaluator.errors import Words
from evaluator.judging import Judge
from evaluator.models import Usage

NEXT_ROUND = 50
"""So many requests that come up while answers are collected are worth another job; fewer go live."""
WAITING = "batch"
"""Reason of a run that ended because a job is still on its way."""
CANCELLED = "cancelled"
"""Reason of a run whose job somebody cancelled: what was done is kept, nothing further is asked."""
_LANES = 8
_LEARNT = "batch_learnt"
_ITEMS = "batch_items"
_FAILED = "SELECT id FROM item WHERE failure <> ''"


class Collecting(InProcess):
    """Judges with what the post office knows; an answer that has to wait is not given back, and so goes on waiting.

    Until the endpoint has served one answer live, answers go live one by one: how replies are asked for is found out by
    asking, and a file must hold what the endpoint takes. With `seen`, rubric ids, so does the first answer to every
    question that is not among them (a judge that asks one thing after another finds its bearings by it).
    """

    def __init__(self, judge: Judge, office: PostOffice, *, seen: set[str] | None, max_chars: int, lang: str) -> None:
        super().__init__(judge, lanes=_LANES if seen is None else 1, max_answer_chars=max_chars, lang=lang)
        self._office = office
        self._known = recall(office.jobs.get(_LEARNT), office.target)
        self._seen = seen

    async def work(self, take: Take, give: Give) -> None:
        """Take chunks, judge them, give the results that are there."""
        while not self._known:
            if (chunk := await take()) is None:
                break
            await self._live(chunk, give)

        async def lane() -> None:
            while chunk := await take():
                if self._seen is not None and chunk.rubric.id not in self._seen:
                    await self._live(chunk, give)
                else:
                    await self._from_office(chunk, give)

        self._office.collecting = True
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.lanes):
                    group.create_task(lane())
        finally:
            self._office.collecting = False

    async def _live(self, chunk: Chunk, give: Give) -> None:
        collecting, self._office.collecting = self._office.collecting, False
        if self._seen is not None:
            self._seen.add(chunk.rubric.id)
        try:
            for item in chunk.items:
                done = await self.graded(chunk.rubric, item)
                give([done])
                if not done.failure and not self._known and (text := learnt_text(self._office.target)):
                    self._office.jobs.set(_LEARNT, text)
                    self._known = recall(text, self._office.target)
        finally:
            self._office.collecting = collecting

    async def _from_office(self, chunk: Chunk, give: Give) -> None:
        for item in chunk.items:
            with suppress(Deferred):
                give([await self.graded(chunk.rubric, item)])
            await asyncio.sleep(0)  # nothing here waits for a network: others have their turn, writing, Ctrl-C


@dataclass(slots=True)
class ViaBatchApi:
    """Runs a batch in rounds. `batch` is open with `office` as its relay; `sending` knows the provider.

    `wait` stays until the jobs have ended; without it the run ends with the reason `batch` once they are sent, or
    looked at. `fallback` lets what no job answered go live.
    """

    batch: Batch
    office: PostOffice
    sending: Sending
    one_call: bool = True
    wait: bool = True
    fallback: bool = True
    next_round: int = NEXT_ROUND
    say: Callable[[Words], None] = lambda _: None
    _seen: set[str] = field(default_factory=set, init=False)
    _passes: list[Progress] = field(default_factory=list, init=False)
    _stopped: bool = field(default=False, init=False)
    _began: float = field(default_factory=time.monotonic, init=False)

    def stop(self) -> None:
        """Begin nothing more. Jobs that are sent go on at the provider."""
        self._stopped = True
        self.sending.stop()
        self.batch.stop()

    async def run(self, tell: Tell = lambda _: None) -> Progress:
        """Judge what waits, as far as it goes now. Raises JudgeError where the provider cannot be reached."""
        first = not self.office.jobs.open()
        most, self.batch.max_cost = self.batch.max_cost, None  # what a job answered is paid for
        self._prepare(anew=first)
        while True:
            self._note("running", WAITING if self.office.jobs.open() else "")
            if self.office.jobs.open() and not await self.sending.attended(wait=self.wait):
                if self.sending.settled and not self._stopped:
                    await self._pass(tell)  # what has come by now
                    self.office.begin()
                return self._ended("interrupted" if self._stopped else WAITING, tell)
            if self._stopped:
                return self._ended("interrupted", tell)
            ended = await self._pass(tell)
            if ended.state != "finished" or self.sending.cancelled:
                self.office.begin()
                return self._ended(ended.reason or CANCELLED, tell)
            if not self.office.asked or (self.fallback and not first and self.office.asked < self.next_round):
                break
            first = False
            self.office.seal()
        if self.office.asked or self.office.left:
            return await self._leave_over(most, tell)
        return self._ended("", tell)

    # --- inside ---

    def _prepare(self, *, anew: bool) -> None:
        """Keep to the same choice of answers for as long as jobs are on their way; let failures wait again."""
        batch, jobs, journal = self.batch, self.office.jobs, self.batch.journal
        if batch.retry_errors:
            journal.forget_failures([int(str(item)) for (item,) in journal.query(_FAILED)])
            jobs.forget_failures()
            batch.retry_errors = False
        if anew:
            items = None if batch.most is None else sorted(journal.chosen(batch.most, by_chance=batch.sample))
            jobs.set(_ITEMS, json.dumps(items))
        kept = json.loads(jobs.get(_ITEMS) or "null")
        batch.items = None if kept is None else frozenset(kept)

    async def _pass(self, tell: Tell) -> Progress:
        """Grade what is known, put down the rest."""
        self.office.begin()
        settings = self.batch.settings
        self.batch.executor = Collecting(
            self.batch.judge,
            self.office,
            seen=None if self.one_call else self._seen,
            max_chars=settings.max_answer_chars,
            lang=settings.lang,
        )
        ended = await self.batch.run(lambda one: tell(one) if one.state == "running" else None)
        self._passes.append(ended)
        return ended

    async def _leave_over(self, most: float | None, tell: Tell) -> Progress:
        """Judge live what no job answered."""
        left = self.office.asked + self.office.left
        self.office.begin()
        self.say(
            Words(
                f"{left} 次请求批量作业没有答复，改为实时调用",
                f"{left} requests were not answered by a batch job and go live",
            )
        )
        spent = sum(one.usage.cost or 0.0 for one in self._passes)
        self.batch.max_cost = None if most is None else max(most - spent, 0.0)
        self.batch.executor = None
        ended = await self.batch.run(lambda one: tell(one) if one.state == "running" else None)
        self._passes.append(ended)
        return self._ended(ended.reason, tell)

    def _ended(self, reason: str, tell: Tell) -> Progress:
        """All passes as one run; how it ended goes into the journal too."""
        ended = _together(self._passes, reason, time.monotonic() - self._began)
        self._note(ended.state, reason)
        tell(ended)
        return ended

    def _note(self, state: State, reason: str) -> None:
        info = self.batch.info.model_copy(update={"state": state, "reason": reason})
        self.batch.journal.set(info=info.model_dump_json())


def _together(passes: Sequence[Progress], reason: str, seconds: float) -> Progress:
    """Several passes over the same answers: an answer is done in one of them."""
    state: State = "finished" if not reason else "interrupted" if reason == "interrupted" else "stopped"
    done = sum(one.done for one in passes)
    return Progress(
        state=state,
        reason=reason,
        done=done,
        total=max((one.total for one in passes), default=0),
        failed=sum(one.failed for one in passes),
        review=sum(one.review for one in passes),
        called=sum(one.called for one in passes),
        in_flight=0,
        seconds=seconds,
        rate=0.0,
        eta=None,
        usage=sum((one.usage for one in passes), Usage()),
    )
