"""`evaluator demo`: real answers scored on this machine, with no key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import colour, data, note, width, write
from evaluator.errors import ModelError, Words

if TYPE_CHECKING:
    from evaluator.models import Rubric, Sample
    from evaluator.report import Item
    from evaluator.settings import Settings

SHOWN = (
    "csm-02-full",
    "csm-02-partial",
    "csm-02-keyword-stuffing",
    "ess-08-spoken",
    "ess-10-injection",
    "csm-07-contradiction",
)
"""Samples of the test split, which chose no prompt and no threshold; others fill in where one is missing."""
_AT_LEAST = 6


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML 报告 / HTML report")] = Path("demo-report.html"),
    answers: Annotated[int, typer.Option(min=1, max=100, help="几份答案 / how many answers")] = _AT_LEAST,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """用自带样本试一遍：没有密钥也能跑。Score the shipped samples; no key needed."""
    import asyncio

    from evaluator.settings import load

    settings = load({"lang": lang} if lang else {})
    settings = _with_model(settings)
    rubrics, samples = _chosen(answers)
    judged = asyncio.run(_judged(settings, samples, rubrics))
    _report(judged, settings.lang, output)


def _with_model(settings: Settings) -> Settings:
    """Settings with a judge that is there: pulls the local model unless another judge was asked for.

    Where no mirror answers, the keyword judge steps in and says so.
    """
    from evaluator.judging import chosen_kind

    if settings.judge not in {"auto", "local"} or chosen_kind(settings) != "keyword":
        return settings
    from evaluator.cli.model import fetch

    try:
        fetch(settings)
    except ModelError as error:
        note(error.text(settings.lang))
        note(
            Words("本机模型没有取到，改用关键词评分器。", "no local model; using the keyword judge.").text(
                settings.lang
            )
        )
        return settings.model_copy(update={"judge": "keyword"})
    return settings


def _chosen(count: int) -> tuple[dict[str, Rubric], list[Sample]]:
    from evaluator.rubrics import load_folder
    from evaluator.samples import load_all

    rubrics = {rubric.id: rubric for rubric in load_folder()}
    known = {sample.id: sample for sample in load_all() if sample.split == "test" and sample.answer.strip()}
    named = [known[name] for name in SHOWN if name in known]
    others = [sample for sample in known.values() if sample not in named]
    chosen = (named + others)[:count]
    order = list(rubrics)
    return rubrics, sorted(chosen, key=lambda sample: order.index(sample.rubric))


async def _judged(settings: Settings, samples: list[Sample], rubrics: dict[str, Rubric]) -> list[Item]:
    from contextlib import AsyncExitStack

    from evaluator.grader import Grader
    from evaluator.judging import open_judge
    from evaluator.report import Item, as_text
    from evaluator.store import SqliteStore

    judged: list[Item] = []
    async with AsyncExitStack() as stack:
        store = stack.enter_context(SqliteStore(settings.store_path))  # remembers what the judge learns of each rubric
        opened = open_judge(settings, lambda words: note(words.text(settings.lang)), memory=store)
        grader = Grader(await stack.enter_async_context(opened), lang=settings.lang)
        for one in samples:  # those of one question together, for the prefix cache
            rubric = rubrics[one.rubric]
            grade = await grader.grade(rubric, one.answer)
            item = Item(grade, one.answer, rubric, title=one.id, expected=one.human.levels)
            judged.append(item)
            data(as_text(grade, one.answer, rubric, settings.lang, colour=colour(), width=width(), item=item))
    return judged


def _report(judged: list[Item], lang: str, output: Path) -> None:
    from evaluator.report import page
    from evaluator.report.labels import judge_name, label

    pairs = [
        (point.verdict, one.expected[point.id])
        for one in judged
        for point in one.grade.key_points
        if point.id in one.expected
    ]
    same = sum(mine is theirs for mine, theirs in pairs)
    called = [usage.seconds for one in judged if (usage := one.grade.trace.usage).calls]
    summary = [
        (label("judge", lang), judge_name(judged[0].grade, lang)),
        (label("matches", lang), f"{same} / {len(pairs)}"),
        (label("time", lang), f"{sum(called) / max(len(called), 1):.1f} s / {label('answer', lang)}"),
    ]
    write(output, page(judged, lang, summary=summary))
    data("\n".join(f"{name}  {value}" for name, value in summary))
    note(Words(f"HTML 报告：{output}", f"HTML report: {output}").text(lang))
