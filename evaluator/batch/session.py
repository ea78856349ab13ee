"""A run from end to end: a source and its rubrics, a journal under lock, a judge, a plan, the run, the results."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evaluator.batch.executor import Executor, InProcess
from evaluator.batch.items import Intake
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.planning import SECONDS_A_CALL, SECONDS_A_LOCAL_ANSWER, Plan, plan, priced
from evaluator.batch.progress import Progress
from evaluator.batch.results import RunInfo
from evaluator.batch.running import Run, Tell
from evaluator.client import Endpoint, Limiter, Prices, endpoint, estimated_tokens
from evaluator.errors import InputError, Problem, Words
from evaluator.fits import load_fit
from evaluator.grader import Grader
from evaluator.judging import Judge, Relaying, chosen_kind, open_judge
from evaluator.judging.protocol import Memory
from evaluator.localmodel.locking import FileLock
from evaluator.models import Rubric
from evaluator.prompts import Prompts
from evaluator.settings import Settings, is_loopback
from evaluator.store import Store
from evaluator.version import __version__

if TYPE_CHECKING:
    from evaluator.submissions import Source  # the readers take a third of a second that the page does not have

RUNS = "runs"
START, START_HERE, MOST = 20, 4, 256
"""Answers at once: what is begun with, the same for an endpoint on this machine, and the most that is tried."""
_CACHED_FROM = 1_024
"""Tokens of a common beginning from which providers keep it."""
_CHOSEN = re.compile(r"[^\w.-]+")


def journal_path(settings: Settings, source: Path, output: Path) -> Path:
    """Where the journal of this work lies: the same input and output are the same run."""
    said = f"{source.resolve()}\0{output.resolve()}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem = _CHOSEN.sub("-", source.stem).strip("-.")[:40] or "run"
    return settings.data_dir / RUNS / f"{stem}-{digest}.sqlite3"


def runs(settings: Settings, folder: str = RUNS) -> tuple[Path, ...]:
    """The journals in that folder of this machine, the newest first."""
    return tuple(sorted((settings.data_dir / folder).glob("*.sqlite3"), key=_written, reverse=True))


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # deleted since it was listed
        return 0.0


def find_run(name: str, settings: Settings) -> Path:
    """The journal of that id, or of the only one that begins so; also a path. Raises InputError with what there is."""
    if name.endswith(".sqlite3") and Path(name).is_file():
        return Path(name)
    every = runs(settings)
    found = [path for path in every if path.stem == name] or [path for path in every if path.stem.startswith(name)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(path.stem for path in (found or every)[:8])
    raise InputError(
        Problem(
            Words(f"不止一次运行以 {name} 开头", f"more than one run begins with {name}")
            if found
            else Words(f"没有编号为 {name} 的运行", f"there is no run {name}"),
            hint=Words(f"有：{listed}", f"there are: {listed}") if listed else None,
        )
    )


def forget(path: Path) -> None:
    """Remove a run's journal with the files beside it. Raises InputError where another process runs it."""
    with _alone(path):
        for beside in sorted(path.parent.glob(f"{path.stem}.*"), key=lambda found: found.suffix == ".lock"):
            beside.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, *, create: bool = True) -> Iterator[Journal]:
    """The journal at `path`, which nobody else has at this moment. Raises InputError where another process runs it."""
    with _alone(path), Journal(path, create=create) as journal:
        yield journal


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = FileLock(path.with_suffix(".lock"))
    if not lock.try_acquire():
        raise InputError(
            Problem(
                Words(
                    f"这次评分正由另一个进程运行（进程 {lock.holder()}）",
                    f"this run is being worked on by another process ({lock.holder()})",
                ),
                hint=Words("等它结束，或先停掉它", "wait for it, or stop it first"),
            )
        )
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class Batch:
    """Everything a run needs, ready to be planned and started; see `open_batch`."""

    journal: Journal
    rubrics: tuple[Rubric, ...]
    settings: Settings
    judge: Judge
    store: Store | None
    intake: Intake
    executor: Executor | None = None
    """None judges in this process."""
    limiter: Limiter | None = None
    retry_errors: bool = False
    most: int | None = None
    """Judge at most so many texts in this run."""
    sample: bool = False
    """Let chance choose them: always the same ones of the same texts."""
    max_cost: float | None = None
    items: frozenset[int] | None = None
    """Judge only these, whatever `most` says."""
    relayed: bool = False
    """Answers come from a provider's batch job: nothing is primed, and how long it takes is no measure."""
    _run: Run | None = field(default=None, init=False)

    def plan(self) -> Plan:
        """What the run is going to do, cost and take; the journal is ready to be run after it."""
        grader, kind = self._free(), chosen_kind(self.settings)
        self.journal.work_with(self.rubrics, {one.id: grader.judged_by(one) for one in self.rubrics})
        made = plan(
            self.journal,
            self.rubrics,
            grader,
            ask=_ask(self.settings),
            prompts=Prompts(self.settings.prompts_dir),
            store=self.store,
            seconds_an_answer=self._seconds_an_answer(),
            retry_errors=self.retry_errors,
            most=self.most,
        )
        if self.relayed:
            made = made.model_copy(update={"seconds": None})
        target = endpoint(self.settings) if kind == "llm" else None
        if target is None:
            return made
        prices = Prices.load(self.settings.prices_file)
        return priced(made, prices, target.model, target.host, batched=self.relayed)

    async def run(self, tell: Tell = lambda _: None) -> Progress:
        """Judge what waits. Everything that was done before is kept, whatever happens."""
        self._note(state="running", started=_now())
        self._run = Run(
            self.journal,
            self.rubrics,
            self.executor or self._in_process(),
            self._free(),
            store=self.store,
            max_cost=self.max_cost,
            items=self._items(),
            retry_errors=self.retry_errors,
            prime=self._primes(),
            tell=tell,
        )
        ended = await self._run.go()
        self._note(
            state=ended.state,
            reason=ended.reason,
            finished=_now(),
            calls=self.info.calls + ended.called,
            usage=self.info.usage + ended.usage,
        )
        self._remember(ended)
        return ended

    def stop(self) -> None:
        """Begin nothing more; `run` returns when what is in flight is done."""
        if self._run is not None:
            self._run.stop()

    def results(self, lang: str = "zh") -> Journalled:
        """The run as it stands, to be written down."""
        return Journalled(self.journal, lang)

    @property
    def info(self) -> RunInfo:
        """The run as a whole."""
        return Journalled(self.journal).info

    def judges_as_before(self) -> bool:
        """Whether answers would be judged now as they were when the journal was last run."""
        kept = {str(key): str(by) for key, by in self.journal.query("SELECT id, judged_by FROM rubric")}
        grader = self._free()
        return kept == {one.id: grader.judged_by(one) for one in self.rubrics}

    # --- inside ---

    def _free(self) -> Grader:
        return Grader(
            self.judge,
            store=self.store,
            max_answer_chars=self.settings.max_answer_chars,
            lang=self.settings.lang,
        )

    def _in_process(self) -> InProcess:
        gate = self.limiter
        return InProcess(
            self.judge,
            lanes=gate.most if gate else 1,
            wanted=(lambda: gate.worth_beginning) if gate else None,
            max_answer_chars=self.settings.max_answer_chars,
            lang=self.settings.lang,
        )

    def _items(self) -> frozenset[int] | None:
        if self.most is None or self.items is not None:
            return self.items
        return self.journal.chosen(self.most, retry_errors=self.retry_errors, by_chance=self.sample)

    def _primes(self) -> bool:
        """Whether what answers to a question have in common is long enough for a provider's cache."""
        if self.relayed or chosen_kind(self.settings) != "llm" or _ask(self.settings) != "one_call":
            return False
        return any(estimated_tokens(one.model_dump_json()) >= _CACHED_FROM for one in self.rubrics)

    def _note(self, **values: object) -> None:
        self.journal.set(info=self.info.model_copy(update=values).model_dump_json())

    def _remember(self, ended: Progress) -> None:
        """Keep what this endpoint turned out to bear and to take, for the next run's start and forecast."""
        if self.store is None or self.relayed or ended.called < START:
            return
        self.store.put_number(f"seconds/{self.judge.key}", ended.seconds / ended.called)
        if self.limiter is not None and self.limiter.limited:
            self.store.put_number(limit_key(self.settings), self.limiter.limit)

    def _seconds_an_answer(self) -> float:
        known = self.store.get_number(f"seconds/{self.judge.key}") if self.store is not None else None
        if known is not None:
            return known
        if chosen_kind(self.settings) == "local":
            return SECONDS_A_LOCAL_ANSWER
        return SECONDS_A_CALL / (self.limiter.limit if self.limiter else 1)


def describe(source: Source, journal: Journal, settings: Settings, judge: Judge) -> None:
    """Note in a journal what the run is: where it comes from, who judges it, by which rubrics."""
    target = endpoint(settings) if chosen_kind(settings) == "llm" else None
    info = Journalled(journal).info.model_copy(
        update={
            "id": journal.path.stem,
            "source": source.name,
            "judge": judge.name,
            "model": target.model if target else settings.local_model if judge.name == "llm" else "",
            "host": target.host if target else "local",
            "prompt_hash": _prompt_hash(settings),
            "version": __version__,
            "currency": Prices.load(settings.prices_file).currency,
        }
    )
    fit = load_fit(settings.calibration_file) if settings.calibration_file else None
    grader = Grader(judge, lang=settings.lang)
    journal.work_with(source.rubrics, {one.id: grader.judged_by(one) for one in source.rubrics})
    journal.set(
        info=info.model_dump_json(),
        fit=fit.model_dump_json() if fit else "",
        columns=json.dumps(source.columns, ensure_ascii=False) if source.columns else "",
    )


@asynccontextmanager
async def open_batch(
    source: Source,
    journal: Journal,
    settings: Settings,
    *,
    store: Store | None = None,
    announce: Callable[[Words], None] = lambda _: None,
    relay: Relaying | None = None,
) -> AsyncIterator[Batch]:
    """Take the source into the journal and open the judge; how to run is set on what is given.

    Raises what `open_judge` raises, and what reading the source raises.
    """
    if settings.calibration_file:
        load_fit(settings.calibration_file)  # what is wrong with it is said before anything is read
    intake = journal.take_in(source)
    rubrics = tuple(source.rubrics)
    made: list[Limiter] = []

    def limiting(target: Endpoint) -> Limiter:
        made.append(limiter_for(settings, target, store))
        return made[-1]

    async with open_judge(settings, announce, memory=store, limiter=limiting, relay=relay) as judge:
        describe(source, journal, settings, judge)
        yield Batch(journal, rubrics, settings, judge, store, intake, limiter=made[0] if made else None)


@asynccontextmanager
async def reopen_batch(
    journal: Journal,
    settings: Settings,
    *,
    store: Store | None = None,
    announce: Callable[[Words], None] = lambda _: None,
    relay: Relaying | None = None,
) -> AsyncIterator[Batch]:
    """The batch of a journal whose source is not at hand. Raises what `open_judge` raises."""
    made: list[Limiter] = []

    def limiting(target: Endpoint) -> Limiter:
        made.append(limiter_for(settings, target, store))
        return made[-1]

    async with open_judge(settings, announce, memory=store, limiter=limiting, relay=relay) as judge:
        gate = made[0] if made else None
        yield Batch(journal, journal.rubrics(), settings, judge, store, journal.intake(), limiter=gate)


def limiter_for(settings: Settings, target: Endpoint, memory: Memory | None = None, *, share: int = 1) -> Limiter:
    """The gate in front of an endpoint, from the settings and from what was found out before.

    `share` is how many processes have a gate of their own to the same endpoint.
    """
    known = memory.get_number(limit_key(settings)) if memory is not None else None
    start = settings.concurrency or known or (START_HERE if is_loopback(target.base_url) else START)
    most = settings.concurrency or MOST
    requests, tokens = settings.requests_per_minute, settings.tokens_per_minute
    return Limiter(
        start=max(start / share, 1),
        most=max(most // share, 1),
        requests_a_minute=requests / share if requests else None,
        tokens_a_minute=tokens / share if tokens else None,
    )


def _ask(settings: Settings) -> Literal["one_call", "per_point"] | None:
    kind = chosen_kind(settings)
    if kind == "keyword":
        return None
    if settings.ask != "auto":
        return settings.ask
    return "per_point" if kind == "local" else "one_call"


def _prompt_hash(settings: Settings) -> str:
    ask = _ask(settings)
    return Prompts(settings.prompts_dir).hash_of(ask, "client") if ask else ""


def limit_key(settings: Settings) -> str:
    """What the number of calls that the endpoint turned out to bear at once is kept under."""
    target = endpoint(settings)
    return f"limit/{target.host}/{target.model}" if target else "limit/local"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
