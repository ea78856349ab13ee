"""`evaluator rubric`: check rubric files, look at them, list them, print their schema, draft and compare them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from evaluator.cli import rubric_draft
from evaluator.cli.terminal import language
from evaluator.errors import UserError, Words

if TYPE_CHECKING:
    from evaluator.rubrics import Finding, Source

app = typer.Typer(
    no_args_is_help=True,
    help="评分细则：起草、检查、查看、列表、比较、JSON schema · rubric files: draft, lint, show, list, diff, schema",
)

Lang = Annotated[str | None, typer.Option("--lang", help="zh | en：输出语言 · language of the output")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Folders = Annotated[
    list[Path] | None,
    typer.Option("--folder", help="到这些文件夹里找，默认自己的和自带的 · where to look, default: own and shipped"),
]
T = TypeVar("T")

FINDINGS = 1
FILE_ERROR = 2


@app.command()
def lint(
    paths: Annotated[list[Path] | None, typer.Argument(help="文件或文件夹，默认检查自带的 · files or folders")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="提示也算问题 · notices count too")] = False,
) -> None:
    """检查评分细则 · check rubrics.

    退出码：0 没有问题，1 有警告或错误，2 文件有误 · exit codes: 0 clean, 1 warnings or errors, 2 a file is wrong.
    """
    from evaluator.resources import folder
    from evaluator.rubrics import Severity, files_in, load_files
    from evaluator.rubrics import lint as find_faults

    lang = lang or language()

    def found() -> list[tuple[Source, Finding]]:
        files = dict.fromkeys(file for path in paths or [_near(folder("rubrics"))] for file in files_in(path))
        return [(source, finding) for source in load_files(files) for finding in find_faults(source.rubric)]

    findings = _or_exit(found, lang)
    if as_json:
        _print_json([_as_data(source, finding) for source, finding in findings])
    else:
        for source, finding in findings:
            typer.echo(
                f"{finding.problem(source).text(lang)} [{_SEVERITIES[finding.severity].text(lang)}: {finding.code}]"
            )
    counts = {severity: sum(finding.severity is severity for _, finding in findings) for severity in Severity}
    summary = ", ".join(f"{_SEVERITIES[key].text(lang)} {count}" for key, count in counts.items())
    typer.echo(summary if findings else Words("没有发现问题", "nothing found").text(lang), err=True)
    worse = len(findings) if strict else len(findings) - counts[Severity.INFO]
    raise typer.Exit(FINDINGS if worse else 0)


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="id、id 的一部分或文件 · id, part of an id, or file")],
    folders: Folders = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """查看一份评分细则 · show a rubric."""
    from evaluator.rubrics import find
    from evaluator.settings import load

    lang = lang or language()
    rubric = _or_exit(lambda: find(ref, folders or load().rubric_folders), lang)
    if as_json:
        _print_json(rubric.model_dump(mode="json"))
        return
    from evaluator.cli import rubric_view

    rubric_view.show(rubric_view.view(rubric, lang))


@app.command("list")
def list_(folders: Folders = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """列出评分细则 · list the rubrics."""
    from evaluator.rubrics import load_files, preferred_files
    from evaluator.settings import load

    lang = lang or language()
    sources = _or_exit(lambda: load_files(preferred_files(folders or load().rubric_folders)), lang)
    rubrics = [source.rubric for source in sources]
    if as_json:
        fields = {"id", "kind", "max_score", "question", "status"}
        _print_json([rubric.model_dump(mode="json", include=fields) for rubric in rubrics])
        return
    from evaluator.cli import rubric_view

    rubric_view.show(rubric_view.table(rubrics, lang))


@app.command()
def schema(
    write: Annotated[bool, typer.Option("--write", help="写入 rubrics/rubric.schema.json · write the file")] = False,
    lang: Lang = None,
) -> None:
    """输出评分细则的 JSON schema · print the JSON schema of rubric files."""
    from evaluator.rubrics import schema_path, schema_text, write_schema

    if not write:
        typer.echo(schema_text(), nl=False)
        return
    lang = lang or language()
    _or_exit(write_schema, lang)
    typer.echo(f"{Words('已写入', 'written:').text(lang)} {schema_path()}", err=True)


app.command("draft")(rubric_draft.draft)
app.command("diff")(rubric_draft.diff)

_SEVERITIES = {
    "error": Words("错误", "error"),
    "warning": Words("警告", "warning"),
    "info": Words("提示", "info"),
}


def _near(path: Path) -> Path:
    """As a person here would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _or_exit(action: Callable[[], T], lang: str) -> T:
    """What `action` gives; a user's error goes to stderr, and the command ends."""
    try:
        return action()
    except UserError as error:
        typer.echo(error.text(lang), err=True)
        raise typer.Exit(FILE_ERROR) from None


def _as_data(source: Source, finding: Finding) -> dict[str, Any]:
    problem = finding.problem(source)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "rubric": source.rubric.id,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "field": problem.field,
        "message": finding.message._asdict(),
        "hint": finding.hint._asdict(),
    }


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
