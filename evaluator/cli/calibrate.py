"""`evaluator calibrate`: how far a judge can be trusted, on answers that people scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evaluator.cli.terminal import data, note
from evaluator.errors import InputError, Problem, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluator.calibration.advice_model import Advice
    from evaluator.calibration.cases import Case
    from evaluator.calibration.gate import Demand
    from evaluator.calibration.model import Calibration
    from evaluator.models import Fit, Rubric
    from evaluator.settings import Settings
    from evaluator.submissions import Source

GATE_FAILED = 1
SAMPLES = "samples"


def calibrate(
    source: Annotated[
        str,
        typer.Argument(metavar="[INPUT]", help="有人工分的 xlsx、csv、jsonl…，或 samples / scored answers, or samples"),
    ] = "",
    output: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="报告写到哪里，可重复 / .json .html .jsonl, repeatable")
    ] = None,
    rubrics: Annotated[
        list[Path] | None, typer.Option("--rubrics", "-r", help="细则文件或文件夹，可重复 / rubric files or folders")
    ] = None,
    drafts: Annotated[
        Path | None, typer.Option(help="把起草的细则存到这个文件夹，改好后用 --rubrics / keep drafted rubrics there")
    ] = None,
    column_map: Annotated[Path | None, typer.Option("--map", help="列对应文件 / how columns are understood")] = None,
    sheet: Annotated[str, typer.Option(help="工作表 / sheet")] = "",
    split: Annotated[
        Literal["dev", "test", "all"], typer.Option(help="随附样本的哪一部分 / which of the shipped samples")
    ] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="只用前几份答案 / only the first n answers")] = None,
    judge: Annotated[str | None, typer.Option(help="auto | llm | local | keyword")] = None,
    ask: Annotated[str | None, typer.Option(help="auto | one_call | per_point")] = None,
    provider: Annotated[str | None, typer.Option(help="openai, deepseek, qwen, …")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI 兼容地址 / OpenAI-compatible address")] = None,
    model: Annotated[str | None, typer.Option(help="模型名 / model name")] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", "-j", help="同时评多少份，默认自动 / at once")
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=1, max=20, help="每份共评几次，量评分器自身的波动 / judge each n times for its noise")
    ] = 1,
    target_mae: Annotated[
        float, typer.Option(min=0, max=1, help="复核后要达到的平均差，满分为 1 / error to reach by review")
    ] = 0.1,
    fail_under: Annotated[
        str, typer.Option(metavar="NAME=N,…", help="达不到就以 1 退出，如 qwk=0.7,bias=0.05 / exit 1 below")
    ] = "",
    advice: Annotated[bool, typer.Option("--advice", help="细则该改什么 / what to change in the rubrics")] = False,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="请模型改写最差的得分点，并试用 / reword the worst key points, and try it"),
    ] = False,
    fit: Annotated[
        Path | None, typer.Option(help="拟合分数，存成校准文件 / fit scores, keep a calibration file")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A B", help="比较两次的 .jsonl，不再评分 / compare two results (.jsonl), judge nothing"),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="每个数字附一句解释 / a sentence on every figure")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 / JSON")] = False,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="失败的再试 / try failed ones again")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="不接着上次，从头来 / forget the earlier run")] = False,
    progress: Annotated[
        Literal["auto", "bar", "plain", "json", "none"], typer.Option(help="进度怎么显示 / how progress is shown")
    ] = "auto",
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把答案发给模型服务 / agree to send answers out")] = False,
) -> None:
    """拿人评过的答案检验评分器：可信到什么程度。Hold a judge against answers that people scored.

    再次运行同一条命令就是接着做；评完的直接出报告。
    Running the same command again goes on; a finished one reports at once.
    退出码：0 完成，1 没达到 --fail-under，2 文件或设置有误，3 有失败的，4 模型服务不可用，130 被中断。
    Exit codes: 0 done, 1 --fail-under not met, 2 file or settings, 3 some failed, 4 endpoint gone, 130 interrupted.
    """
    from evaluator.calibration.gate import demands
    from evaluator.settings import load

    flags = {
        "judge": judge, "ask": ask, "provider": provider, "base_url": base_url, "model": model, "lang": lang,
        "concurrency": concurrency, "allow_remote": yes or None,
    }  # fmt: skip
    settings = load({key: value for key, value in flags.items() if value is not None})
    if compare is not None:
        _compare(compare, output, settings.lang, as_json=as_json)
        return
    wanted = demands(fail_under)
    if not source:
        raise InputError(_no_input())
    for path in output or ():
        _check_output(path, source)
    opened, path = _opened(source, rubrics, drafts, column_map, sheet, split, limit, settings)
    from evaluator.cli.calibrate_run import Options, calibrated

    options = Options(repeat=repeat, target_mae=target_mae, retry_errors=retry_errors, fresh=fresh, progress=progress)
    made, cases, code = calibrated(opened, path, settings, options)
    told = _advice(cases) if advice else None
    _show(made, told, settings.lang, as_json=as_json, explain=explain)
    found = _fit(cases, fit, opened.name, settings.lang, as_json=as_json) if fit is not None else None
    if suggest:
        from evaluator.cli.calibrate_suggest import suggested

        (note if as_json else data)(suggested(cases, settings))
    for file in output or ():
        _write(file, made, cases, settings.lang, told, found)
    failed = _gate(made, wanted, settings.lang)
    raise typer.Exit(GATE_FAILED if failed and code in {0, 3} else code)


def _opened(
    source: str,
    rubrics: list[Path] | None,
    drafts: Path | None,
    column_map: Path | None,
    sheet: str,
    split: Literal["dev", "test", "all"],
    limit: int | None,
    settings: Settings,
) -> tuple[Source, Path]:
    """The scored answers of the input, and the path that the run goes by."""
    from evaluator.calibration.gold import GoldSource, is_gold
    from evaluator.calibration.sources import SampleSource, Scored, with_rubrics
    from evaluator.cli.batch import load_rubrics

    path = Path(source)
    opened: Source
    if source == SAMPLES:
        from evaluator.samples import load_all

        opened, path = SampleSource(load_all(), load_rubrics(rubrics, settings), split=split), Path(f"samples-{split}")
    elif is_gold(path):
        gold = GoldSource(path, limit=limit)
        if drafts is not None:
            _keep(gold.rubrics, drafts, settings.lang)
        opened = with_rubrics(gold, load_rubrics(rubrics, settings)) if rubrics else gold
    else:
        from evaluator.submissions import ColumnMap, open_submissions

        given = ColumnMap.load(column_map) if column_map else None
        opened = open_submissions(path, load_rubrics(rubrics, settings), column_map=given, sheet=sheet)
    scored = Scored(opened, limit=limit)
    if not scored.rubrics:
        raise InputError(_nobody_scored(source))
    return scored, path


def _keep(rubrics: Sequence[Rubric], drafts: Path, lang: str) -> None:
    """Write the drafts; what a person may have mended is left alone."""
    from evaluator.rubrics import write

    try:
        drafts.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem(Words(f"建不了这个文件夹：{reason}", f"cannot make this folder: {reason}"), str(drafts))
        ) from error
    new = [one for one in rubrics if not (drafts / f"{one.id}.yaml").exists()]
    for one in new:
        write(one, drafts / f"{one.id}.yaml")
    note(Words(f"起草的细则：{drafts}，新写 {len(new)} 份", f"drafted rubrics: {drafts}, {len(new)} new").text(lang))


def _nobody_scored(source: str) -> Problem:
    return Problem(
        Words(
            "里面没有人工分，无从比较（客观题由程序判分，不算）",
            "there are no human scores to compare with (objective questions, which code scores, do not count)",
        ),
        source,
        hint=Words(
            "加一列人工分，如“第1题 人工分”，或每个得分点一列；见 docs/submissions.md",
            "add a column of human scores a question, or one a key point; see docs/submissions.md",
        ),
    )


def _check_output(path: Path, source: str) -> None:
    """Find out before hours of work what would spoil them at the end."""
    if path.resolve() == Path(source).resolve():
        raise InputError(Problem(Words("输出不能是输入那个文件", "the output cannot be the input itself"), str(path)))
    kind = path.suffix.lower()
    if kind not in {".json", ".html", ".jsonl"}:
        raise InputError(
            Problem(
                Words(
                    "报告写成 .json 或 .html，答案与判定写成 .jsonl",
                    "a report is written as .json or .html, its cases as .jsonl",
                ),
                str(path),
                field="output",
            )
        )


def _advice(cases: Sequence[Case]) -> Advice:
    from evaluator.calibration.advice import advice

    return advice(cases)


def _fit(cases: Sequence[Case], path: Path, source: str, lang: str, *, as_json: bool) -> Fit:
    """Fit, keep the file, say what it is worth."""
    from evaluator.cli.calibrate_fit import fit_text, fitted

    found = fitted(cases, path, source, lang)
    (note if as_json else data)(fit_text(found, lang))
    return found


def _show(made: Calibration, told: Advice | None, lang: str, *, as_json: bool, explain: bool) -> None:
    """The report; and, where it was asked for, what to change."""
    if as_json and told is not None:
        data(f'{{"calibration": {as_text(made)}, "advice": {told.model_dump_json(indent=2, by_alias=True)}}}')
        return
    if as_json:
        data(as_text(made))
        return
    from evaluator.cli.calibrate_view import explained, screen

    data(screen(made, lang))
    if explain:
        data(explained(lang))
    if told is not None:
        from evaluator.cli.calibrate_advice import advice_text

        data(advice_text(told, lang))


def _compare(files: tuple[Path, Path], output: list[Path] | None, lang: str, *, as_json: bool) -> None:
    from evaluator.cli.calibrate_compare import compared, screen
    from evaluator.cli.terminal import write

    for path in output or ():
        if path.suffix.lower() not in {".json", ".html"}:
            said = Words("比较写成 .json 或 .html", "a comparison is written as .json or .html")
            raise InputError(Problem(said, str(path), field="output"))
    made = compared(*files, lang)
    text = made.model_dump_json(indent=2, by_alias=True) + "\n"
    data(text if as_json else screen(made, lang))
    for path in output or ():
        if path.suffix.lower() == ".html":
            from evaluator.report.calibration import comparison_as_html

            write(path, comparison_as_html(made, lang))
        else:
            write(path, text)
        _written(path, lang)


def _no_input() -> Problem:
    return Problem(
        Words("没有说用哪些答案", "no answers were named"),
        field="INPUT",
        hint=Words("写一个有人工分的文件，或 samples", "name a file with human scores, or `samples`"),
    )


def as_text(made: Calibration) -> str:
    """The report as JSON, a field a line."""
    return made.model_dump_json(indent=2, by_alias=True) + "\n"


def _write(
    path: Path, made: Calibration, cases: Sequence[Case], lang: str, told: Advice | None, found: Fit | None
) -> None:
    from evaluator.cli.terminal import write

    if path.suffix.lower() == ".json":
        write(path, as_text(made))
    elif path.suffix.lower() == ".jsonl":
        from evaluator.calibration.saved import as_lines

        write(path, as_lines(cases))
    else:
        from evaluator.report.calibration import as_html

        write(path, as_html(made, cases, lang, advice=told, fit=found))
    _written(path, lang)


def _written(path: Path, lang: str) -> None:
    note(Words(f"报告：{path}", f"report: {path}").text(lang))


def _gate(made: Calibration, wanted: Sequence[Demand], lang: str) -> bool:
    """Say what is not met; whether anything is."""
    from evaluator.calibration.gate import unmet

    missed = unmet(made, wanted)
    for one in missed:
        note(one.words.text(lang))
    if wanted and not missed:
        note(Words("达到全部要求", "all demands are met").text(lang))
    return bool(missed)
