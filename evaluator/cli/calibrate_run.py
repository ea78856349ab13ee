"""Running a calibration from the terminal: the judge over the answers, again where asked, and the report."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evaluator.batch.journalled import Journalled
from evaluator.batch.session import forget, open_batch, opened
from evaluator.calibration.assembling import TARGET_MAE, calibration, spent
from evaluator.calibration.baselines import keyword_cases
from evaluator.calibration.cases import Case, cases
from evaluator.calibration.model import Calibration
from evaluator.calibration.noise import always_the_same
from evaluator.cli.batch_view import intake_words, plan_words, watching, why_words
from evaluator.cli.interrupting import interruptible
from evaluator.cli.terminal import note
from evaluator.client import endpoint
from evaluator.errors import InputError, Problem, Words
from evaluator.judging import chosen_kind
from evaluator.store import SqliteStore
from evaluator.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluator.batch.journal import Journal
    from evaluator.batch.progress import Progress
    from evaluator.settings import Settings
    from evaluator.store import Store
    from evaluator.submissions import Source

CALIBRATIONS = "calibrations"
FAILED_ROWS, NO_ENDPOINT, INTERRUPTED = 3, 4, 130
_CHOSEN = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Options:
    """How a calibration is to be run."""

    repeat: int = 1
    target_mae: float = TARGET_MAE
    retry_errors: bool = False
    fresh: bool = False
    progress: Literal["auto", "bar", "plain", "json", "none"] = "auto"


def calibrated(
    source: Source, path: Path, settings: Settings, options: Options
) -> tuple[Calibration, tuple[Case, ...], int]:
    """The report, the cases that it is of, and the exit code.

    Raises InputError where nothing was judged before it ended.
    """
    runs: list[tuple[Case, ...]] = []
    code = 0
    for turn in range(options.repeat):
        if turn:
            _say_again(runs[0], turn, options.repeat, settings.lang)
        ended, found = _judged(source, path, settings, options, turn)
        runs.append(found)
        code = _exit_code(ended)
        if code in {INTERRUPTED, NO_ENDPOINT}:
            break
    if all(one.grade is None for one in runs[0]):
        raise InputError(_nothing_judged(source.name))
    return _report(runs, source, settings, options), runs[0], code


def journal_path(settings: Settings, source: Path, turn: int) -> Path:
    """Where a run lies: the same input under the same judge is the same run, whatever is written of it.

    Turn 0 shares verdicts with everything else that was ever judged; the others ask anew, once each.
    """
    target = endpoint(settings) if chosen_kind(settings) == "llm" else None
    second = endpoint(settings, second=True)
    said = [
        str(source.resolve()), chosen_kind(settings), settings.ask, settings.lang, settings.local_model,
        *(part for one in (target, second) if one for part in (one.host, one.model)), turn,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(said).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem = _CHOSEN.sub("-", source.stem).strip("-.")[:40] or "run"
    return settings.data_dir / CALIBRATIONS / f"{stem}-{digest}.sqlite3"


def _judged(
    source: Source, path: Path, settings: Settings, options: Options, turn: int
) -> tuple[Progress, tuple[Case, ...]]:
    """Judge what waits; what people scored, with what came of it. Turns after the first look nothing up."""
    journal = journal_path(settings, path, turn)
    if options.fresh:
        forget(journal)
    with opened(journal) as kept, SqliteStore(settings.store_path) as store:
        known = store if settings.history and not turn else None
        ended = asyncio.run(_run(source, kept, known, settings, options, quiet=turn > 0))
        found = cases(Journalled(kept, settings.lang))
    if not settings.history and ended.state == "finished":
        forget(journal)
    return ended, found


async def _run(
    source: Source, journal: Journal, store: Store | None, settings: Settings, options: Options, *, quiet: bool
) -> Progress:
    lang = settings.lang

    def say(words: Words) -> None:
        if not quiet:
            note(words.text(lang))

    async with open_batch(source, journal, settings, store=store, announce=say) as batch:
        batch.retry_errors = options.retry_errors
        say(intake_words(batch.intake))
        for words in source.notes:
            say(words)
        say(plan_words(batch.plan()))
        with watching(options.progress, lang) as tell, interruptible(batch, lang):
            ended = await batch.run(tell)
    if left := _left_words(ended):
        note(left.text(lang))
    return ended


def _left_words(ended: Progress) -> Words | None:
    """Why answers are without a grade, and how to go on; nothing to who interrupted it, and knows."""
    if ended.state == "stopped":
        why, left = why_words(ended), ended.total - ended.done + ended.failed
        return Words(
            f"{why.zh}。还有 {left} 份没有评出，不在报告里；再运行同一条命令就会接着做",
            f"{why.en}. {left} answers are without a grade and not in the report; run the same command to go on",
        )
    if ended.failed:
        return Words(
            f"{ended.failed} 份没有评成；可用 --retry-errors 再试",
            f"{ended.failed} answers could not be judged; try them again with --retry-errors",
        )
    return None


def _report(runs: Sequence[tuple[Case, ...]], source: Source, settings: Settings, options: Options) -> Calibration:
    first, *repeats = runs
    return calibration(
        first,
        keyword=() if chosen_kind(settings) == "keyword" else asyncio.run(keyword_cases(first)),
        repeats=repeats,
        source=source.name,
        target_mae=options.target_mae,
        notes=source.notes,
        made=spent(runs, created=datetime.now(UTC).isoformat(timespec="seconds"), version=__version__),
    )


def _say_again(first: Sequence[Case], turn: int, turns: int, lang: str) -> None:
    note(Words(f"第 {turn + 1} 遍，共 {turns} 遍", f"turn {turn + 1} of {turns}").text(lang))
    grades = [one.grade for one in first if one.grade is not None]
    if turn == 1 and grades and all(map(always_the_same, grades)):
        note(
            Words(
                "这个评分器每次结果都一样（按规则，或本机模型温度为 0）：波动会是 0",
                "this judge says the same every time (rules, or a model here at temperature 0): its noise will be 0",
            ).text(lang)
        )


def _nothing_judged(name: str) -> Problem:
    return Problem(
        Words("一份也没有评成，出不了报告", "nothing was judged, so there is nothing to report"),
        name,
        hint=Words("看上面的原因；再运行同一条命令就会接着做", "see the causes above; the same command goes on"),
    )


def _exit_code(ended: Progress) -> int:
    codes = {"interrupted": INTERRUPTED, "endpoint": NO_ENDPOINT}
    return codes.get(ended.reason, FAILED_ROWS if ended.failed else 0)
