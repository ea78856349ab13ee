"""For programs: an answer, or a written test, scored in one call. `evaluator.cli` does the same for people.

Settings come from where the command line takes them (environment, `.env`, `evaluator.toml`, the user's file); keyword
arguments named as the fields of `Settings` win over them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import Problem, UserError, Words
from evaluator.fits import load_fit
from evaluator.grader import Grader
from evaluator.judging import Judge, KeywordJudge, open_judge
from evaluator.models import Grade, Rubric
from evaluator.resources import folder
from evaluator.rubrics import files_in, find, load_files, preferred_files
from evaluator.settings import Settings
from evaluator.settings import load as load_settings
from evaluator.store import SqliteStore, Store

if TYPE_CHECKING:
    from evaluator.batch import RunInfo
    from evaluator.batch.progress import Progress
    from evaluator.submissions import ColumnMap

_LOG = logging.getLogger("evaluator")


def load_rubric(ref: str | Path, folders: Sequence[Path] = ()) -> Rubric:
    """The rubric that `ref` names: a file, an id, or part of an id that only one has.

    Ids are looked for in `folders`, then among the shipped rubrics; the first that has it counts. Raises RubricError
    with the place of everything that is wrong in the file, or with near names.
    """
    return find(str(ref), [*folders, folder("rubrics")])


def score(
    rubric: Rubric | str | Path,
    answer: str,
    *,
    store: Store | None = None,
    candidate: str = "",
    names: Sequence[str] = (),
    **settings: object,
) -> Grade:
    """The grade of one answer.

    `rubric` may be an id or a path. With a `store`, verdicts that it holds are used again and the grade is added to its
    history under `candidate`, unless the setting `history` is off. `names` are masked before anything leaves this
    machine. What stands in the way of judging becomes `unscored` key points, never an exception; wrong settings,
    rubrics and overlong answers raise UserError. Opens the judge for this one answer: for many, see `open_grader`.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(score_async(rubric, answer, store=store, candidate=candidate, names=names, **settings))
    raise UserError(
        Problem(
            Words("score() 不能在运行中的事件循环里调用", "score() cannot be called inside a running event loop"),
            hint=Words("改用 await score_async(…)", "use: await score_async(…)"),
        )
    )


async def score_async(
    rubric: Rubric | str | Path,
    answer: str,
    *,
    store: Store | None = None,
    candidate: str = "",
    names: Sequence[str] = (),
    **settings: object,
) -> Grade:
    """`score` for programs that have an event loop."""
    found = load_settings(settings)
    rubric = rubric if isinstance(rubric, Rubric) else find(str(rubric), found.rubric_folders)
    if rubric.kind.objective:
        grade = await _grader(KeywordJudge(), found, store).grade(rubric, answer)  # code scores it; no judge to open
    else:
        async with open_grader(found, store=store) as grader:
            grade = await grader.grade(rubric, answer, names=names)
    if store is not None and found.history:
        store.add_grade(grade, answer=answer, key=grade.trace.key, candidate=candidate, rubric=rubric)
    return grade


def score_batch(
    source: str | Path,
    outputs: Sequence[str | Path] = (),
    *,
    rubrics: Sequence[str | Path] = (),
    column_map: ColumnMap | None = None,
    sheet: str = "",
    retry_errors: bool = False,
    max_cost: float | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
    **settings: object,
) -> RunInfo:
    """Score every answer of a spreadsheet, a stream or a folder; what `evaluator batch` does.

    `outputs` end in .xlsx, .csv, .jsonl or .html. `rubrics` are files or folders, by default those of the settings and
    the shipped ones. The same source with the same first output is the same run: it goes on where it stopped. `tell`
    hears of the progress. Raises InputError for a source that cannot be read or matched, SettingsError, RubricError; an
    endpoint that is gone ends the run early: see `state` and `reason` of what is returned.
    """
    # Whoever scores one answer does not wait for all this.
    from evaluator.batch import session  # noqa: PLC0415
    from evaluator.batch.journalled import Journalled  # noqa: PLC0415
    from evaluator.submissions import open_submissions  # noqa: PLC0415
    from evaluator.workbook import write  # noqa: PLC0415

    found = load_settings(settings)
    files = [file for place in rubrics for file in files_in(place)] or preferred_files(found.rubric_folders)
    opened = open_submissions(
        Path(source), [one.rubric for one in load_files(files)], column_map=column_map, sheet=sheet
    )
    targets = [Path(output) for output in outputs]
    journal = session.journal_path(found, Path(source), targets[0] if targets else Path(source))
    with session.opened(journal) as kept, SqliteStore(found.store_path) as store:

        async def run() -> RunInfo:
            history = store if found.history else None
            async with session.open_batch(opened, kept, found, store=history, announce=_announce(found)) as batch:
                batch.retry_errors, batch.max_cost = retry_errors, max_cost
                await batch.run(tell)
                return batch.info

        info = asyncio.run(run())
        results = Journalled(kept, found.lang)
        for path in targets:
            write(results, path, lang=found.lang)
    if not found.history and info.state == "finished":
        session.forget(journal)
    return info


@asynccontextmanager
async def open_grader(settings: Settings | None = None, *, store: Store | None = None) -> AsyncIterator[Grader]:
    """A grader for many answers: the judge is opened once and closed with the block.

    Where answers go is said once, as a warning of the logger `evaluator`. Raises what `judging.open_judge` raises.
    """
    found = settings if settings is not None else load_settings()
    async with open_judge(found, _announce(found), memory=store) as judge:
        yield _grader(judge, found, store)


def _announce(settings: Settings) -> Callable[[Words], None]:
    return lambda words: _LOG.warning("%s", words.text(settings.lang))


def _grader(judge: Judge, settings: Settings, store: Store | None) -> Grader:
    fit = load_fit(settings.calibration_file) if settings.calibration_file else None
    return Grader(judge, store=store, max_answer_chars=settings.max_answer_chars, lang=settings.lang, fit=fit)
