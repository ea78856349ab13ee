"""Running a batch from the terminal: the plan, the progress, Ctrl-C, the files at the end."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evaluator.batch.alike import alike
from evaluator.batch.blinding import Blinded, blinding_secret
from evaluator.batch.engines import Engine, check_engine, engaged, plainly
from evaluator.batch.journalled import Journalled
from evaluator.batch.session import Batch, forget, journal_path, open_batch, opened
from evaluator.cli.batch_jobs import by_batch_api, carried, check_fresh, check_plan, post_office, remember
from evaluator.cli.batch_view import ended_words, intake_words, plan_words, watching
from evaluator.cli.interrupting import interruptible
from evaluator.cli.terminal import note
from evaluator.errors import Words
from evaluator.store import SqliteStore
from evaluator.workbook import write

if TYPE_CHECKING:
    from evaluator.batch.journal import Journal
    from evaluator.batch.post_office import PostOffice
    from evaluator.batch.progress import Progress
    from evaluator.batch.results import Results
    from evaluator.settings import Settings
    from evaluator.submissions import Source

FAILED_ROWS, NO_ENDPOINT, INTERRUPTED = 3, 4, 130


@dataclass(frozen=True, slots=True)
class Options:
    """How a batch is to be run."""

    max_cost: float | None = None
    most: int | None = None
    sample: bool = False
    retry_errors: bool = False
    fresh: bool = False
    blind: bool = False
    rubrics: tuple[Path, ...] = ()
    """Where the rubrics came from, for a later rescore."""
    progress: Literal["auto", "bar", "plain", "json", "none"] = "auto"
    engine: Engine = "here"
    workers: int | None = None
    ray_address: str = ""
    via: Literal["live", "batch-api"] | None = None
    """None goes on as the run was begun."""
    wait: bool = True
    """For the jobs of the batch API to end."""
    fallback: bool = True
    """Ask live what no job answered."""
    poll: float | None = None
    """Seconds between two looks at a job; None begins soon and grows slower."""
    flags: Mapping[str, object] = field(default_factory=dict)
    """What the command line said of the settings, for a later `batch collect`."""


def score_all(source: Source, path: Path, outputs: Sequence[Path], settings: Settings, options: Options) -> int:
    """Run it and write the results; returns the exit code."""
    check_engine(options.engine, options.workers, settings, address=options.ray_address)
    journal = journal_path(settings, path, outputs[0])
    if options.fresh:
        check_fresh(journal)
        forget(journal)
    with opened(journal) as kept, SqliteStore(settings.store_path) as store:
        kept.set(rubric_paths=json.dumps([str(one.resolve()) for one in options.rubrics]))
        ended = asyncio.run(_run(source, kept, store, settings, options, outputs))
        code = finished(kept, outputs, settings, options, ended)
    if not settings.history and ended.state == "finished":
        forget(journal)
    return code


def finished(journal: Journal, outputs: Sequence[Path], settings: Settings, options: Options, ended: Progress) -> int:
    """Write the results and say how it ended; returns the exit code."""
    _write(journal, outputs, settings, options)
    if ended.state == "finished":  # with what failed in an earlier run: the results hold it too
        ended = ended.model_copy(update={"failed": journal.counts().failed})
    note(ended_words(ended, journal.path.stem, outputs).text(settings.lang))
    return _exit_code(ended)


def show_plan(source: Source, path: Path, output: Path, settings: Settings) -> None:
    """What a run would do, cost and take; nothing is judged."""

    async def plan() -> None:
        with opened(journal_path(settings, path, output)) as journal, SqliteStore(settings.store_path) as store:
            async with open_batch(source, journal, settings, store=store) as batch:
                note(plan_words(batch.plan()).text(settings.lang))

    asyncio.run(plan())


async def _run(
    source: Source,
    journal: Journal,
    store: SqliteStore,
    settings: Settings,
    options: Options,
    outputs: Sequence[Path],
) -> Progress:
    lang = settings.lang
    kept = store if settings.history else None

    def say(words: Words) -> None:
        note(words.text(lang))

    with post_office(journal, settings, options) as office:
        relay = office.relaying if office else None
        async with open_batch(source, journal, settings, store=kept, announce=say, relay=relay) as batch:
            batch.max_cost, batch.most, batch.sample = options.max_cost, options.most, options.sample
            batch.retry_errors, batch.relayed = options.retry_errors, by_batch_api(office, options)
            say(intake_words(batch.intake))
            for words in source.notes:
                say(words)
            planned = batch.plan()
            say(plan_words(planned))
            if batch.relayed:
                check_plan(planned, options)
                remember(journal, outputs, options)
            idle = batch.relayed or planned.waiting <= planned.free  # nobody is hired for nothing
            engine = "here" if idle else options.engine
            with plainly():
                async with engaged(batch, engine, options.workers, address=options.ray_address, say=say):
                    return await running(batch, office, settings, options)


async def running(batch: Batch, office: PostOffice | None, settings: Settings, options: Options) -> Progress:
    """Run an open batch, with its progress shown and Ctrl-C heeded."""

    def say(words: Words) -> None:
        note(words.text(settings.lang))

    batch.relayed = by_batch_api(office, options)
    async with carried(batch, office, options, say) as runner:
        with watching(options.progress, settings.lang) as tell, interruptible(runner, settings.lang):
            return await runner.run(tell)


def _write(journal: Journal, outputs: Sequence[Path], settings: Settings, options: Options) -> None:
    results: Results = Journalled(journal, settings.lang)
    if options.blind:
        results = blinded = Blinded(results, blinding_secret(settings.data_dir))
        _write_roster(outputs[0].with_name(f"{outputs[0].stem}-roster.csv"), blinded, settings.lang)
    groups = alike(results) if any(path.suffix.lower() in {".xlsx", ".html"} for path in outputs) else None
    for path in outputs:
        write(results, path, lang=settings.lang, alike=groups)


def _write_roster(path: Path, results: Blinded, lang: str) -> None:
    """Who is who, for its owner alone."""
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    partial.touch(mode=0o600)
    partial.chmod(0o600)
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Words("代号 考生 姓名", "id candidate name").text(lang).split())
        rows.writerows([_plain_cell(cell) for cell in row] for row in results.roster())
    partial.replace(path)
    note(Words(f"代号对应的人：{path}", f"who is who: {path}").text(lang))


def _plain_cell(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _exit_code(ended: Progress) -> int:
    codes = {"interrupted": INTERRUPTED, "endpoint": NO_ENDPOINT}
    return codes.get(ended.reason, FAILED_ROWS if ended.failed else 0)
