"""What a batch says at the terminal: how the source is understood, the plan, the progress, the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evaluator.cli.terminal import note, width
from evaluator.errors import Words
from evaluator.report.labels import duration, pace

if TYPE_CHECKING:
    from evaluator.batch.items import Intake
    from evaluator.batch.planning import Plan
    from evaluator.batch.progress import Progress
    from evaluator.submissions import ColumnMap, Source

How = Literal["auto", "bar", "plain", "json", "none"]
PLAIN_EVERY = 10.0
"""Seconds between two lines in a log."""
_ROLES: dict[str, Words] = {
    "candidate": Words("考生", "candidate"),
    "name": Words("姓名", "name"),
    "phone": Words("电话", "phone"),
    "email": Words("邮箱", "e-mail"),
    "time": Words("时间", "time"),
    "meta": Words("保留", "kept"),
    "ignored": Words("未识别，保留", "not known, kept"),
    "question": Words("题目", "question"),
    "question_key": Words("题号列", "which question"),
    "answer": Words("答案列", "answers"),
    "human_score": Words("人工分", "human score"),
    "human_level": Words("人工判定", "human verdict"),
    "rater": Words("评分人", "rater"),
}


def understood(source: Source, lang: str) -> str:
    """How the columns were understood, a line each; doubtful ones with the nearest rubrics."""
    column_map = source.column_map
    lines = [f"{source.name}  {_layout(column_map)}"]
    for column in column_map.columns:
        near = "  ".join(f"{one.rubric} {one.similarity}" for one in column.candidates)
        target = " / ".join(part for part in (column.rubric, column.key_point, column.rater) if part)
        how = f" ({column.how.value}{f' {column.similarity}' if column.similarity else ''})" if column.how else ""
        doubt = f"  ？{near}" if column.doubtful else ""
        arrow = f" → {target}{how}" if target else ""
        lines.append(f"  {column.column:>3} {_short(column.header)}  [{_ROLES[column.role].text(lang)}]{arrow}{doubt}")
    lines += [f"      {_short(question.printed)} → {question.rubric or '？'}" for question in column_map.questions]
    lines += [words.text(lang) for words in source.notes]
    return "\n".join(lines)


def _layout(column_map: ColumnMap) -> str:
    place = f"{column_map.sheet} " if column_map.sheet else ""
    return f"{place}[{column_map.layout.value}]" + (f" ↓{column_map.header_row}" if column_map.header_row else "")


def _short(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def intake_words(intake: Intake) -> Words:
    """What was read."""
    zh = f"读到 {intake.candidates} 位考生，{intake.answers} 份答案，其中空白 {intake.blank} 份"
    en = f"read {intake.candidates} candidates, {intake.answers} answers, {intake.blank} of them blank"
    if intake.alike:
        zh, en = f"{zh}，与别人一字不差、合并评的 {intake.alike} 份", f"{en}, {intake.alike} the same as another"
    if intake.replaced:
        zh += f"；同一人同一题交了两次的 {intake.replaced} 份，取后一份"
        en += f"; {intake.replaced} replaced by a later answer of the same person"
    if intake.rejected:
        zh += f"；{intake.rejected} 行读不出答案，列在结果里"
        en += f"; {intake.rejected} rows could not be read and are listed in the results"
    return Words(zh, en)


def plan_words(plan: Plan) -> Words:
    """What is going to happen, cost and take."""
    zh, en = f"{plan.questions} 道题，{plan.waiting} 份待评", f"{plan.questions} questions, {plan.waiting} texts to do"
    if not plan.waiting:
        return Words(f"{plan.questions} 道题，都已评过", f"{plan.questions} questions, all done before")
    if plan.free:
        zh, en = f"{zh}，其中 {plan.free} 份不用问模型", f"{en}, {plan.free} of them without a model"
    if plan.asked:
        tokens = plan.prompt_tokens + plan.completion_tokens
        zh += f"；问模型 {plan.asked} 份，约 {plan.calls} 次调用，{_thousands(tokens)} 词元"
        en += f"; {plan.asked} go to the model: about {plan.calls} calls, {_thousands(tokens)} tokens"
        if plan.cost is not None:
            zh, en = f"{zh}，至多 {plan.cost:.2f} {plan.currency}", f"{en}, at most {plan.cost:.2f} {plan.currency}"
        else:
            zh, en = f"{zh}，价格未知", f"{en}, price not known"
        if plan.seconds is not None:
            zh, en = f"{zh}，约 {duration(plan.seconds)}", f"{en}, about {duration(plan.seconds)}"
    return Words(zh, en)


def _thousands(count: int) -> str:
    return f"{count / 1000:.0f}k" if count >= 10_000 else str(count)


_REASONS: dict[str, Words] = {
    "interrupted": Words("被中断", "interrupted"),
    "endpoint": Words("模型服务不可用，已停下", "stopped: the endpoint cannot be used"),
    "cancelled": Words("批量作业已取消", "the batch job was cancelled"),
    "max_cost": Words("到了费用上限，已停下", "the cost limit is reached; stopped"),
}


def ended_words(ended: Progress, run: str, outputs: Sequence[Path]) -> Words:
    """How it ended, where the results are, and how to go on."""
    zh = f"评完 {ended.done} 份，失败 {ended.failed}，需复核 {ended.review}，用时 {duration(ended.seconds)}"
    en = f"{ended.done} texts done, {ended.failed} failed, {ended.review} for review, {duration(ended.seconds)}"
    if ended.reason == "batch":
        zh = (
            f"批量作业已交给服务商。{zh}。取结果：evaluator batch collect {run}（看进度：evaluator batch status {run}）"
        )
        en = f"batch jobs are with the provider. {en}. Fetch: evaluator batch collect {run} (look: batch status {run})"
    elif ended.state != "finished":
        why = why_words(ended)
        zh, en = f"{why.zh}。{zh}。再运行同一条命令就会接着做", f"{why.en}. {en}. Run the same command to go on"
    elif ended.failed:
        zh, en = f"{zh}。失败的可用 --retry-errors 再试", f"{en}. Try the failed ones again with --retry-errors"
    listed = ", ".join(str(path) for path in outputs)
    return Words(f"{zh}\n结果：{listed}（运行 {run}）", f"{en}\nresults: {listed} (run {run})")


def why_words(ended: Progress) -> Words:
    """Why a run that is not finished ended."""
    from evaluator.client import explain

    why = _REASONS.get(ended.reason, Words(ended.reason, ended.reason))
    if not ended.cause:
        return why
    return Words(f"{why.zh}（{explain(ended.cause, 'zh')}）", f"{why.en} ({explain(ended.cause, 'en')})")


@contextmanager
def watching(how: How, lang: str) -> Iterator[Callable[[Progress], None]]:
    """Something that is told of the progress and shows it: a bar on a terminal, lines in a log, JSON, or nothing."""
    if how == "auto":
        how = "bar" if sys.stderr.isatty() else "plain"
    if how == "bar":
        with _bar(lang) as tell:
            yield tell
    elif how == "json":
        yield _tell_json
    elif how == "plain":
        yield _plain(lang)
    else:
        yield lambda _: None


def _tell_json(progress: Progress) -> None:
    note(json.dumps({"schema": "evaluator/progress@1", **progress.model_dump(mode="json")}, ensure_ascii=False))


def _plain(lang: str) -> Callable[[Progress], None]:
    last = [float("-inf")]

    def tell(progress: Progress) -> None:
        if progress.state != "running" or not progress.total or time.monotonic() - last[0] < PLAIN_EVERY:
            return
        last[0] = time.monotonic()
        note(line(progress, lang))

    return tell


def line(progress: Progress, lang: str) -> str:
    """One moment in one line."""
    parts = [Words(f"{progress.done}/{progress.total} 份", f"{progress.done}/{progress.total}")]
    if progress.failed:
        parts.append(Words(f"失败 {progress.failed}", f"{progress.failed} failed"))
    if progress.review:
        parts.append(Words(f"需复核 {progress.review}", f"{progress.review} for review"))
    if progress.rate:
        parts.append(pace(progress.rate))
    if progress.usage.cost:
        parts.append(_money(progress))
    if progress.eta:
        parts.append(Words(f"还要 {duration(progress.eta)}", f"{duration(progress.eta)} to go"))
    return Words("，".join(part.zh for part in parts), ", ".join(part.en for part in parts)).text(lang)


def _money(progress: Progress) -> Words:
    spent, whole = progress.usage.cost or 0.0, progress.forecast.cost if progress.forecast else None
    if whole is None:
        return Words(f"已花 {spent:.2f}", f"{spent:.2f} spent")
    return Words(f"已花 {spent:.2f}，全部约 {whole:.2f}", f"{spent:.2f} spent of about {whole:.2f}")


@contextmanager
def _bar(lang: str) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, width=max(width(), 80))
    with Bar(BarColumn(bar_width=24), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(progress: Progress) -> None:
            total = max(progress.total, 1)
            bar.update(task, completed=min(progress.done, total), total=total, description=line(progress, lang))

        yield tell
