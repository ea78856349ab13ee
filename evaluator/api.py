"""For programs: an answer scored in one call. `evaluator.cli` does the same for people.

Settings come from where the command line takes them (environment, `.env`, `evaluator.toml`, the user's file); keyword
arguments named as the fields of `Settings` win over them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from evaluator import rubrics
from evaluator.errors import Problem, UserError, Words
from evaluator.grader import Grader
from evaluator.judging import Judge, KeywordJudge, open_judge
from evaluator.models import Grade, Rubric
from evaluator.resources import folder
from evaluator.settings import Settings
from evaluator.settings import load as load_settings
from evaluator.store import Store

_LOG = logging.getLogger("evaluator")


def load_rubric(ref: str | Path, folders: Sequence[Path] = ()) -> Rubric:
    """The rubric that `ref` names: a file, an id, or part of an id that only one has.

    Ids are looked for in `folders` and among the shipped rubrics. Raises RubricError with the place of everything that
    is wrong in the file, or with near names.
    """
    return rubrics.find(str(ref), [*folders, folder("rubrics")])


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
    rubric = rubric if isinstance(rubric, Rubric) else load_rubric(rubric, found.rubrics_dirs)
    if rubric.kind.objective:
        grade = await _grader(KeywordJudge(), found, store).grade(rubric, answer)  # code scores it; no judge to open
    else:
        async with open_grader(found, store=store) as grader:
            grade = await grader.grade(rubric, answer, names=names)
    if store is not None and found.history:
        store.add_grade(grade, answer=answer, key=grade.trace.key, candidate=candidate, rubric=rubric)
    return grade


@asynccontextmanager
async def open_grader(settings: Settings | None = None, *, store: Store | None = None) -> AsyncIterator[Grader]:
    """A grader for many answers: the judge is opened once and closed with the block.

    Where answers go is said once, as a warning of the logger `evaluator`. Raises what `judging.open_judge` raises.
    """
    found = settings if settings is not None else load_settings()
    async with open_judge(found, lambda words: _LOG.warning("%s", words.text(found.lang)), memory=store) as judge:
        yield _grader(judge, found, store)


def _grader(judge: Judge, settings: Settings, store: Store | None) -> Grader:
    return Grader(judge, store=store, max_answer_chars=settings.max_answer_chars, lang=settings.lang)
