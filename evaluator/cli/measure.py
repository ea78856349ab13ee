"""`evaluator measure`: a judge over the samples, beside the baselines."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evaluator.cli.terminal import colour, data, note, write
from evaluator.errors import Words

if TYPE_CHECKING:
    from evaluator.calibration import Figures, Judged
    from evaluator.models import Rubric, Sample
    from evaluator.settings import Settings

_COLUMNS: tuple[tuple[str, Words, str], ...] = (
    ("answers", Words("答案", "answers"), "{:d}"),
    ("verdicts", Words("判定", "verdicts"), "{:d}"),
    ("coverage", Words("已判", "covered"), "{:.0%}"),
    ("accuracy", Words("一致率", "accuracy"), "{:.3f}"),
    ("kappa", Words("kappa", "kappa"), "{:.3f}"),
    ("qwk", Words("qwk", "qwk"), "{:.3f}"),
    ("hit_precision", Words("命中精确率", "hit prec."), "{:.2f}"),
    ("hit_recall", Words("命中召回率", "hit recall"), "{:.2f}"),
    ("mae", Words("分差", "MAE"), "{:.3f}"),
    ("bias", Words("偏差", "bias"), "{:+.3f}"),
    ("overpaid", Words("注入多得", "overpaid"), "{:d}"),
    ("injections", Words("注入", "injections"), "{:d}"),
    ("seconds", Words("秒/份", "s/answer"), "{:.1f}"),
    ("prompt_tokens", Words("提示词元", "prompt tok."), "{:.0f}"),
    ("completion_tokens", Words("输出词元", "output tok."), "{:.0f}"),
    ("cached", Words("缓存", "cached"), "{:.0%}"),
)


def measure(
    split: Annotated[Literal["dev", "test", "all"], typer.Option(help="dev | test | all")] = "test",
    judge: Annotated[str | None, typer.Option(help="auto | llm | local | keyword")] = None,
    ask: Annotated[str | None, typer.Option(help="auto | one_call | per_point")] = None,
    rubric: Annotated[str, typer.Option(help="只量这份细则 / this rubric only")] = "",
    every: Annotated[int, typer.Option(min=1, help="每几份取一份 / one answer in so many")] = 1,
    limit: Annotated[int, typer.Option(min=0, help="最多几份答案，0 为全部 / at most, 0 for all")] = 0,
    details: Annotated[Path | None, typer.Option(help="每份答案一行 JSONL / a line of JSON an answer")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 / JSON")] = False,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把答案发给模型服务 / agree to send answers out")] = False,
) -> None:
    """评分器与样本上的人工判定比一比。Compare a judge with the samples' own verdicts."""
    import asyncio

    from evaluator.rubrics import load_folder
    from evaluator.samples import load_all
    from evaluator.settings import load

    flags = {"judge": judge, "ask": ask, "lang": lang, "allow_remote": yes or None}
    settings = load({key: value for key, value in flags.items() if value is not None})
    rubrics = {one.id: one for one in load_folder()}
    samples = [sample for sample in load_all() if split in {sample.split, "all"} and rubric in {sample.rubric, ""}]
    judged = asyncio.run(_judged(settings, samples[::every][: limit or None], rubrics))
    rows = _rows(judged)
    if details is not None:
        write(details, "".join(_line(one) for one in judged))
    data(
        json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=2)
        if as_json
        else _table(rows, settings.lang)
    )


async def _judged(settings: Settings, samples: list[Sample], rubrics: dict[str, Rubric]) -> list[Judged]:
    from evaluator.calibration import judge_samples
    from evaluator.grader import Grader
    from evaluator.judging import open_judge

    judged = []
    async with open_judge(settings, lambda words: note(words.text(settings.lang))) as judge:
        async for one in judge_samples(samples, rubrics, Grader(judge, lang=settings.lang)):
            judged.append(one)
            note(f"{len(judged)}/{len(samples)} {one.sample.id} {one.grade.score} ({one.sample.human.score})")
    return judged


def _rows(judged: list[Judged]) -> list[Figures]:
    from evaluator.calibration import constant, figures
    from evaluator.models import Level

    name = judged[0].grade.judge if judged else "judge"
    model = next((one.grade.trace.model for one in judged if one.grade.trace.model), "")
    ask = next((str(one.grade.trace.parameters["ask"]) for one in judged if one.grade.trace.parameters), "")
    return [
        figures(" ".join(part for part in (name, model, ask) if part), judged),
        constant("all hit", judged, Level.HIT, 1.0),
        constant("all missed", judged, Level.MISSED, 0.0),
    ]


def _line(one: Judged) -> str:
    row = {
        "sample": one.sample.id,
        "type": one.sample.type,
        "split": one.sample.split,
        "human": one.sample.human.model_dump(),
    }
    return json.dumps({**row, "grade": one.grade.model_dump(mode="json", by_alias=True)}, ensure_ascii=False) + "\n"


def _plain(row: Figures) -> dict[str, object]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in row.model_dump().items()
    }


def _table(rows: list[Figures], lang: str) -> str:
    from rich.table import Table

    from evaluator.report.text import render

    table = Table(box=None)
    table.add_column("")
    for row in rows:
        table.add_column(row.judge, justify="right")
    for field, words, form in _COLUMNS:
        table.add_row(words.text(lang), *(form.format(getattr(row, field)) for row in rows))
    return render(table, colour=colour(), width=100)
