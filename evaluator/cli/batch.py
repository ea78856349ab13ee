"""`evaluator batch`: a written test in, results out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evaluator.cli import batch_jobs
from evaluator.cli.terminal import note
from evaluator.errors import InputError, Problem, RubricError, Words

if TYPE_CHECKING:
    from evaluator.models import Rubric
    from evaluator.settings import Settings
    from evaluator.submissions import Source


class RunByDefault(typer.core.TyperGroup):
    """`evaluator batch FILE …` is `evaluator batch run FILE …`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the command's name in where a file stands."""
        if args and args[0] not in {*self.commands, "--help", "-h"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=RunByDefault,
    help="给整批答卷评分：表格进，表格出。Score a written test: a spreadsheet in, a spreadsheet out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("run")
def run(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="xlsx、csv、jsonl、文件夹、zip… / answers")],
    output: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="写到哪里，可重复 / .xlsx .csv .jsonl .html, repeatable")
    ] = None,
    rubrics: Annotated[
        list[Path] | None, typer.Option("--rubrics", "-r", help="细则文件或文件夹，可重复 / rubric files or folders")
    ] = None,
    column_map: Annotated[Path | None, typer.Option("--map", help="列对应文件 / how columns are understood")] = None,
    sheet: Annotated[str, typer.Option(help="工作表 / sheet")] = "",
    encoding: Annotated[str, typer.Option(help="文本编码，默认自动 / encoding of text")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看怎么理解、要花多少，并写出列对应文件 / show, write the map, stop")
    ] = False,
    judge: Annotated[str | None, typer.Option(help="auto | llm | local | keyword")] = None,
    ask: Annotated[str | None, typer.Option(help="auto | one_call | per_point")] = None,
    provider: Annotated[str | None, typer.Option(help="openai, deepseek, qwen, …")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI 兼容地址 / OpenAI-compatible address")] = None,
    model: Annotated[str | None, typer.Option(help="模型名 / model name")] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", "-j", help="同时评多少份，默认自动 / at once")
    ] = None,
    rpm: Annotated[float | None, typer.Option(help="每分钟最多几次请求 / requests a minute")] = None,
    tpm: Annotated[float | None, typer.Option(help="每分钟最多多少词元 / tokens a minute")] = None,
    engine: Annotated[
        Literal["here", "processes", "ray"], typer.Option(help="在哪里评，见 docs/scale.md / where it is judged")
    ] = "here",
    workers: Annotated[int | None, typer.Option(min=1, help="几个工作进程，默认按核数 / default: cores")] = None,
    ray_address: Annotated[
        str, typer.Option(envvar="RAY_ADDRESS", help="Ray 集群的地址，没有就在本机起一个 / of a Ray cluster")
    ] = "",
    via: Annotated[
        Literal["live", "batch-api"] | None,
        typer.Option(
            help="实时调用，或用服务商的批量接口（慢、便宜），见 docs/batch-api.md / live, or the provider's batch API"
        ),
    ] = None,
    wait: Annotated[
        bool,
        typer.Option("--wait/--no-wait", help="等批量作业做完，或提交了就走 / wait for batch jobs, or send and go"),
    ] = True,
    fallback: Annotated[
        bool, typer.Option("--fallback/--no-fallback", help="批量没有答复的改为实时调用 / ask live what is left")
    ] = True,
    poll: Annotated[
        float | None, typer.Option(min=0.01, help="几秒看一次批量作业，默认自动 / seconds between looks at jobs")
    ] = None,
    max_cost: Annotated[float | None, typer.Option(min=0, help="花到这么多就停 / stop at this cost")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="这次只评前几份 / only the first n texts")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="这次只评抽到的几份 / only n, by chance")] = None,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="失败的再试 / try failed ones again")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="不接着上次，从头来 / forget the earlier run")] = False,
    blind: Annotated[bool, typer.Option("--blind", help="结果里用代号，不写姓名 / ids instead of people")] = False,
    progress: Annotated[
        Literal["auto", "bar", "plain", "json", "none"], typer.Option(help="进度怎么显示 / how progress is shown")
    ] = "auto",
    calibration: Annotated[
        Path | None, typer.Option(help="校准文件，另给校准分 / calibration file, for a calibrated score besides")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把答案发给模型服务 / agree to send answers out")] = False,
) -> None:
    """给一个文件里的全部答案评分。Score every answer of a file.

    再次运行同一条命令就是接着做：评过的不再评，改了细则的只重评受影响的题。
    Running the same command again goes on: nothing is judged twice, a changed rubric re-judges what it touches.
    退出码：0 完成，2 文件或设置有误，3 有失败的，4 模型服务不可用，130 被中断。
    Exit codes: 0 done, 2 file or settings, 3 some failed, 4 endpoint gone, 130 interrupted.
    """
    from evaluator.settings import load
    from evaluator.submissions import ColumnMap, open_submissions

    flags = {
        "judge": judge, "ask": ask, "provider": provider, "base_url": base_url, "model": model, "lang": lang,
        "concurrency": concurrency, "requests_per_minute": rpm, "tokens_per_minute": tpm, "allow_remote": yes or None,
        "calibration_file": calibration,
    }  # fmt: skip
    flags = {key: value for key, value in flags.items() if value is not None}
    settings = load(flags)
    given = ColumnMap.load(column_map) if column_map else None
    opened = open_submissions(
        source, load_rubrics(rubrics, settings), column_map=given, sheet=sheet, encoding=encoding, strict=not dry_run
    )
    outputs = output or [source.with_name(f"{source.stem}-results.xlsx")]
    if dry_run:
        raise typer.Exit(_dry(opened, source, outputs[0], settings))
    _check_outputs(outputs, source)
    from evaluator.cli.batch_run import Options, score_all

    options = Options(
        max_cost=max_cost,
        most=limit or sample,
        sample=sample is not None and limit is None,
        retry_errors=retry_errors,
        fresh=fresh,
        blind=blind,
        rubrics=tuple(rubrics or ()),
        progress=progress,
        engine=engine,
        workers=workers,
        ray_address=ray_address,
        via=via,
        wait=wait,
        fallback=fallback,
        poll=poll,
        flags=flags,
    )
    raise typer.Exit(score_all(opened, source, outputs, settings, options))


def load_rubrics(paths: list[Path] | None, settings: Settings) -> tuple[Rubric, ...]:
    """The rubrics of files and folders, each id once; without any, those of the settings and the shipped ones."""
    from evaluator.rubrics import files_in, load, load_files, preferred_files

    found: dict[str, Rubric] = {}
    if not paths:
        found = {one.rubric.id: one.rubric for one in load_files(preferred_files(settings.rubric_folders))}
    for path in paths or ():
        if path.is_file():
            loaded = [load(path)]
        elif path.is_dir():
            loaded = [source.rubric for source in load_files(files_in(path))]
        else:
            raise RubricError(Problem(Words("没有这个细则文件或文件夹", "no such rubric file or folder"), str(path)))
        found.update({one.id: one for one in loaded})
    if not found:
        raise RubricError(Problem(Words("这里没有评分细则", "no rubrics here"), str(paths[0] if paths else "")))
    return tuple(found.values())


def _check_outputs(outputs: list[Path], source: Path) -> None:
    """Find out before hours of work what would spoil them at the end."""
    from evaluator.workbook import check

    for path in outputs:
        if path.resolve() == source.resolve():
            raise InputError(
                Problem(
                    Words("输出不能是输入那个文件", "the output cannot be the input itself"),
                    str(path),
                    hint=Words("换个文件名", "choose another name"),
                )
            )
        check(path)


def _dry(opened: Source, source: Path, output: Path, settings: Settings) -> int:
    """Show how the source is understood and what it would take; write the map. Returns the exit code."""
    from evaluator.cli.batch_view import understood

    lang = settings.lang
    typer.echo(understood(opened, lang))
    path = source.with_name(f"{source.stem}.map.yaml")
    if path.exists():
        note(Words(f"{path} 已存在，没有覆盖", f"{path} is there already and was left alone").text(lang))
    else:
        opened.column_map.save(path)
        note(Words(f"列对应写在 {path}：改好后用 --map 指定", f"the map is in {path}: edit it, then --map").text(lang))
    if opened.column_map.doubtful or not opened.rubrics:
        return 2
    from evaluator.cli.batch_run import show_plan

    show_plan(opened, source, output, settings)
    return 0


@app.command("list")
def list_runs(lang: Annotated[str | None, typer.Option(help="zh | en")] = None) -> None:
    """本机的运行，最近的在前。The runs on this machine, the newest first."""
    from evaluator.batch.journal import Journal
    from evaluator.batch.journalled import Journalled
    from evaluator.batch.session import runs
    from evaluator.settings import load

    settings = load({"lang": lang} if lang else {})
    for path in runs(settings):
        with Journal(path) as journal:
            info = Journalled(journal).info
        said = Words(
            f"{info.scored}/{info.answers} 份，失败 {info.failed}，待评 {info.pending}",
            f"{info.scored}/{info.answers} answers, {info.failed} failed, {info.pending} to do",
        )
        typer.echo(f"{path.stem}  {info.source}  {info.started[:16]}  {info.state}  {said.text(settings.lang)}")


@app.command("delete")
def delete(
    run: Annotated[str, typer.Argument(metavar="RUN", help="编号或开头 / id or how it begins")],
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """删掉一次运行的记录，连同其中的答案。Delete a run's journal with the answers in it."""
    from evaluator.batch.jobs import Jobs
    from evaluator.batch.session import find_run, forget, opened
    from evaluator.settings import load

    settings = load({"lang": lang} if lang else {})
    path = find_run(run, settings)
    with opened(path), Jobs(path) as jobs:
        if jobs.open():
            raise InputError(_paid_for(path.stem))
    forget(path)
    note(Words(f"已删除 {path.stem}", f"deleted {path.stem}").text(settings.lang))


def _paid_for(run: str) -> Problem:
    return Problem(
        Words("服务商那里还有这次运行的批量作业", "a batch job of this run is still at the provider"),
        run,
        hint=Words(
            f"先取回：evaluator batch collect {run}，或取消：evaluator batch cancel {run}",
            f"fetch it first: evaluator batch collect {run}, or cancel it: evaluator batch cancel {run}",
        ),
    )


batch_jobs.add_to(app)
