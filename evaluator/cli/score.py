"""`evaluator score`: one answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evaluator.cli.terminal import colour, data, note, width, write
from evaluator.errors import InputError, Problem, Words

if TYPE_CHECKING:
    from evaluator.models import Grade, Rubric
    from evaluator.settings import Settings

Format = Literal["text", "json", "md", "html"]


def score(
    rubric: Annotated[str, typer.Option("--rubric", "-r", help="细则的 id 或文件 / id or file of the rubric")],
    answer: Annotated[str, typer.Option("--answer", "-a", help="答案文件，- 为标准输入 / file, - for stdin")] = "-",
    form: Annotated[Format, typer.Option("--format", "-f", help="输出形式 / output form")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / write to a file")] = None,
    judge: Annotated[str | None, typer.Option(help="auto | llm | local | keyword")] = None,
    ask: Annotated[str | None, typer.Option(help="auto | one_call | per_point")] = None,
    provider: Annotated[str | None, typer.Option(help="openai, deepseek, qwen, …")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI 兼容地址 / OpenAI-compatible address")] = None,
    model: Annotated[str | None, typer.Option(help="模型名 / model name")] = None,
    samples: Annotated[int | None, typer.Option(help="同一答案问几次，取多数 / ask n times, majority")] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="校准文件，另给校准分 / calibration file, for a calibrated score besides")
    ] = None,
    name: Annotated[list[str] | None, typer.Option(help="要遮住的姓名 / names to mask")] = None,
    candidate: Annotated[str, typer.Option(help="考生标识，只存本机 / candidate id, kept locally")] = "",
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把答案发给模型服务 / agree to send the answer out")] = False,
    save: Annotated[bool, typer.Option("--save/--no-save", help="记入本机历史 / keep in the local history")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="需要复核时退出码 1 / exit 1 if review is needed")] = False,
) -> None:
    """给一份答案评分。Score one answer."""
    import asyncio

    from evaluator.rubrics import find
    from evaluator.settings import load

    flags = {
        "judge": judge, "ask": ask, "provider": provider, "base_url": base_url, "model": model, "samples": samples,
        "lang": lang, "calibration_file": calibration, "allow_remote": yes or None,
    }  # fmt: skip
    settings = load({key: value for key, value in flags.items() if value is not None})
    if not save:
        settings = settings.model_copy(update={"history": False})
    found = find(rubric, settings.rubric_folders)
    text = read_answer(answer)
    grade = asyncio.run(_grade(settings, found, text, tuple(name or ()), candidate))
    show(render(grade, text, found, form, settings.lang), output)
    raise typer.Exit(exit_code(grade, strict=strict))


def read_answer(source: str) -> str:
    """The text of a file or of standard input; UTF-8, with or without BOM, or GB18030.

    Raises InputError where there is nothing to read.
    """
    if source == "-":
        if sys.stdin.isatty():
            note("请粘贴答案，结束按 Ctrl-D / paste the answer, end with Ctrl-D")
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(source).read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(Problem(Words(f"读不了：{reason}", f"cannot read: {reason}"), file=source)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = Words("既不是 UTF-8 也不是 GB18030 文本", "neither UTF-8 nor GB18030 text")
    raise InputError(Problem(message, file=source, hint=Words("另存为 UTF-8 文本", "save it as UTF-8 text")))


async def _grade(settings: Settings, rubric: Rubric, answer: str, names: tuple[str, ...], candidate: str) -> Grade:
    from evaluator.fits import load_fit
    from evaluator.grader import Grader
    from evaluator.judging import KeywordJudge, open_judge
    from evaluator.store import SqliteStore

    fit = load_fit(settings.calibration_file) if settings.calibration_file else None
    with SqliteStore(settings.store_path) as store:
        kept = store if settings.history else None
        if rubric.kind.objective:
            grade = await Grader(KeywordJudge(), store=kept, lang=settings.lang).grade(rubric, answer)
        else:
            async with open_judge(settings, lambda words: note(words.text(settings.lang)), memory=store) as judge:
                grader = Grader(
                    judge, store=kept, max_answer_chars=settings.max_answer_chars, lang=settings.lang, fit=fit
                )
                grade = await grader.grade(rubric, answer, names=names)
        if settings.history:
            store.add_grade(grade, answer=answer, key=grade.trace.key, candidate=candidate, rubric=rubric)
    return grade


def render(grade: Grade, answer: str, rubric: Rubric, form: Format, lang: str) -> str:
    """The grade in one of the output forms."""
    from evaluator.report import as_html, as_markdown, as_text

    if form == "json":
        return grade.model_dump_json(indent=2, by_alias=True)
    if form == "md":
        return as_markdown(grade, answer, rubric, lang)
    if form == "html":
        return as_html(grade, answer, rubric, lang)
    return as_text(grade, answer, rubric, lang, colour=colour(), width=width())


def show(text: str, output: Path | None) -> None:
    """To the file, or to stdout."""
    if output is None:
        data(text)
    else:
        write(output, text)
        note(str(output))


def exit_code(grade: Grade, *, strict: bool) -> int:
    """4 where the endpoint gave nothing at all, 1 where a person must look (`--strict`), else 0."""
    from evaluator.client import CAUSES

    if all(point.verdict == "unscored" and point.cause in CAUSES for point in grade.key_points):
        return 4
    return 1 if strict and grade.needs_review else 0
