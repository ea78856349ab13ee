"""`evaluator batch status | collect | cancel`, and how a run comes by its post office."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evaluator.cli.terminal import data, note
from evaluator.errors import EndpointRejected, InputError, Problem, SettingsError, Words

if TYPE_CHECKING:
    from evaluator.batch.jobs import Jobs
    from evaluator.batch.journal import Journal
    from evaluator.batch.planning import Plan
    from evaluator.batch.post_office import PostOffice
    from evaluator.batch.progress import Progress
    from evaluator.batch.session import Batch
    from evaluator.batch.via_batch_api import ViaBatchApi
    from evaluator.cli.batch_run import Options
    from evaluator.client import Batches
    from evaluator.settings import Settings
    from evaluator.store import SqliteStore

Say = Callable[[Words], None]
_HOW = "batch_how"
"""Value of the journal with what a later command must know of the one that sent the job."""
_RUN = Annotated[str, typer.Argument(metavar="RUN", help="编号、编号的开头，或记录文件 / id, how it begins, or path")]
_LANG = Annotated[str | None, typer.Option(help="zh | en")]


def add_to(app: typer.Typer) -> None:
    """Put the commands beside `run`."""
    app.command("status")(status)
    app.command("collect")(collect)
    app.command("cancel")(cancel)


def status(run: _RUN, lang: _LANG = None) -> None:
    """批量作业到哪一步了。How the batch jobs of a run stand."""
    from evaluator.batch.sending import job_words

    async def asked(jobs: Jobs, batches: Batches, settings: Settings) -> None:
        for job in jobs.all():
            now = job
            if job.sent and not job.settled:
                state = await batches.state(job.batch)
                now = job.model_copy(
                    update={"state": state.status or job.state, "completed": state.completed, "failed": state.failed}
                )
            data(job_words(now).text(settings.lang))

    _with_jobs(run, lang, asked)


def cancel(run: _RUN, lang: _LANG = None) -> None:
    """取消还没做完的批量作业。Cancel batch jobs.

    已经做完的部分仍可用 batch collect 取回。What is done already can still be collected.
    """
    from evaluator.batch.sending import job_words

    async def asked(jobs: Jobs, batches: Batches, settings: Settings) -> None:
        open_jobs = jobs.open()
        for job in open_jobs:
            found = job.batch or getattr(await batches.find(job.content, job.file), "id", "")
            if not found:
                jobs.drop(job)
                continue
            try:
                state = await batches.cancel(found)
            except EndpointRejected:
                state = await batches.state(found)  # it has ended meanwhile
            now = jobs.put(job.model_copy(update={"batch": found, "state": state.status or job.state}))
            note(job_words(now).text(settings.lang))
        path = jobs.path.stem
        words = Words(
            f"做完的部分：evaluator batch collect {path}", f"what is done already: evaluator batch collect {path}"
        )
        note((words if open_jobs else Words("没有进行中的批量作业", "no batch job is on its way")).text(settings.lang))

    _with_jobs(run, lang, asked)


def collect(
    run: _RUN,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="等到作业结束 / wait for the jobs to end")] = False,
    poll: Annotated[float | None, typer.Option(min=0.01, help="几秒看一次，默认自动 / seconds between looks")] = None,
    fallback: Annotated[
        bool | None, typer.Option("--fallback/--no-fallback", help="没有答复的改为实时调用 / ask live what is left")
    ] = None,
    lang: _LANG = None,
) -> None:
    """取回批量作业的结果，评分并写出。Fetch what the batch jobs answered, score it and write the results.

    退出码同 batch run；作业还没结束也是 0。Exit codes as of batch run; 0 also while jobs are on their way.
    """
    from dataclasses import replace

    from evaluator.batch.session import find_run, opened
    from evaluator.cli.batch_run import finished, running
    from evaluator.settings import load
    from evaluator.store import SqliteStore

    with opened(find_run(run, load())) as journal:
        how = _how(journal.get(_HOW))
        settings, options = _as_then(how, lang)
        options = replace(options, wait=wait, poll=poll, fallback=options.fallback if fallback is None else fallback)
        outputs = [Path(one) for one in how["outputs"]]
        with SqliteStore(settings.store_path) as store:

            async def collected() -> Progress:
                with post_office(journal, settings, options) as office:
                    async with _reopened(journal, settings, store, office) as batch:
                        return await running(batch, office, settings, options)

            ended = asyncio.run(collected())
        code = finished(journal, outputs, settings, options, ended)
    raise typer.Exit(code)


# --- for `batch run` ---


@contextmanager
def post_office(journal: Journal, settings: Settings, options: Options) -> Iterator[PostOffice | None]:
    """The post office of a run, where it goes by the batch API or once did; None where it does not.

    Raises InputError where a job is on its way and the run is to go live, SettingsError where there is no batch API.
    """
    from evaluator.batch.jobs import Jobs
    from evaluator.batch.post_office import office_for

    with Jobs(journal.path) as jobs:
        on_their_way = jobs.open()
        if on_their_way and options.via == "live":
            raise InputError(_on_its_way(journal.path.stem))
        if options.via != "batch-api" and not jobs.all():
            yield None
            return
        yield office_for(jobs, settings, fallback=options.fallback)


def by_batch_api(office: PostOffice | None, options: Options) -> bool:
    """Whether the run goes by the batch API: because that is wanted, or because a job is on its way."""
    return office is not None and (options.via == "batch-api" or bool(office.jobs.open()))


@asynccontextmanager
async def carried(
    batch: Batch, office: PostOffice | None, options: Options, say: Say
) -> AsyncIterator[Batch | ViaBatchApi]:
    """What runs the batch: itself, or rounds by the batch API."""
    if office is None or not by_batch_api(office, options):
        yield batch
        return
    from evaluator.batch.sending import Sending
    from evaluator.batch.via_batch_api import ViaBatchApi
    from evaluator.client import Batches, Client

    async with Client(office.target, timeout=batch.settings.timeout) as client:
        yield ViaBatchApi(
            batch,
            office,
            Sending(office, Batches(client), poll=options.poll, say=say),
            one_call=batch.settings.ask != "per_point",
            wait=options.wait,
            fallback=options.fallback,
            say=say,
        )


def remember(journal: Journal, outputs: Sequence[Path], options: Options) -> None:
    """Keep what `collect` must know of this run."""
    how = {
        "flags": dict(options.flags),
        "outputs": [str(path.resolve()) for path in outputs],
        "blind": options.blind,
        "fallback": options.fallback,
    }
    journal.set(**{_HOW: json.dumps(how, ensure_ascii=False)})


def check_plan(planned: Plan, options: Options) -> None:
    """Refuse what cannot be stopped half way: a job is paid for as a whole."""
    if options.engine != "here":
        raise SettingsError(
            Problem(
                Words("批量接口不用多个进程", "the batch API has no use for other engines"),
                field="engine",
                hint=Words("去掉 --engine", "leave --engine out"),
            )
        )
    if options.max_cost is not None and planned.cost is not None and planned.cost > options.max_cost:
        raise InputError(
            Problem(
                Words(
                    f"这一批至多要 {planned.cost:.2f}，超过 --max-cost；批量作业发出后不能中途停",
                    f"this may cost {planned.cost:.2f}, above --max-cost; a job cannot be stopped at a sum",
                ),
                hint=Words("用 --limit 分批", "go in parts, with --limit"),
            )
        )


def check_fresh(path: Path) -> None:
    """Refuse to forget a run whose jobs are on their way: they are paid for."""
    from evaluator.batch.jobs import Jobs
    from evaluator.batch.session import opened

    if not path.exists():
        return
    with opened(path), Jobs(path) as jobs:
        if any(job.sent for job in jobs.open()):
            raise InputError(_on_its_way(path.stem))


# --- inside ---


def _on_its_way(run: str) -> Problem:
    return Problem(
        Words(
            "这次运行还有批量作业在路上，现在另评就要付两次",
            "a batch job of this run is on its way: judging now would be paid twice",
        ),
        hint=Words(
            f"evaluator batch collect {run}，或 evaluator batch cancel {run}",
            f"evaluator batch collect {run}, or evaluator batch cancel {run}",
        ),
    )


def _how(kept: str) -> dict[str, Any]:
    if not kept:
        raise InputError(
            Problem(
                Words("这次运行没有用过批量接口", "this run never used the batch API"),
                hint=Words("evaluator batch run … --via batch-api", "evaluator batch run … --via batch-api"),
            )
        )
    found: dict[str, Any] = json.loads(kept)
    return found


def _as_then(how: dict[str, Any], lang: str | None) -> tuple[Settings, Options]:
    """The settings and options of the command that sent the jobs."""
    from evaluator.cli.batch_run import Options
    from evaluator.settings import load

    settings = load({**how["flags"], **({"lang": lang} if lang else {})})
    options = Options(blind=how["blind"], fallback=how["fallback"], flags=how["flags"], via="batch-api")
    return settings, options


@asynccontextmanager
async def _reopened(
    journal: Journal, settings: Settings, store: SqliteStore, office: PostOffice | None
) -> AsyncIterator[Batch]:
    """The batch of a journal, without its source. Raises SettingsError where it would now be judged differently."""
    from evaluator.batch.session import reopen_batch

    def say(words: Words) -> None:
        note(words.text(settings.lang))

    kept = store if settings.history else None
    relay = office.relaying if office else None
    async with reopen_batch(journal, settings, store=kept, announce=say, relay=relay) as batch:
        if not batch.judges_as_before():
            raise SettingsError(
                Problem(
                    Words(
                        "设置或提示词与提交时不同，取回的结果对不上",
                        "settings or prompts are not as they were when the job was sent",
                    ),
                    hint=Words(
                        "改回去；或重新运行 evaluator batch run，按现在的设置重评",
                        "change them back; or run evaluator batch run again, which judges anew as things are now",
                    ),
                )
            )
        yield batch


def _with_jobs(run: str, lang: str | None, do: Callable[[Jobs, Batches, Settings], Any]) -> None:
    """Let `do` speak to the provider of a run's jobs; another process may be running it."""
    from evaluator.batch.jobs import Jobs
    from evaluator.batch.post_office import office_for
    from evaluator.batch.session import find_run
    from evaluator.client import Batches, Client
    from evaluator.settings import load

    async def asked() -> None:
        with Jobs(find_run(run, load())) as jobs:
            settings, _ = _as_then(_how(jobs.get(_HOW)), lang)
            target = office_for(jobs, settings).target
            async with Client(target, timeout=settings.timeout) as client:
                await do(jobs, Batches(client), settings)

    asyncio.run(asked())
