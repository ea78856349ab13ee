"""`evaluator audit`: whether the logs of what people decided are as they were written, and a copy of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import data, note
from evaluator.errors import InputError, Problem, Words

if TYPE_CHECKING:
    from evaluator.settings import Settings
    from evaluator.store import Verified

app = typer.Typer(no_args_is_help=True, help="人工记录的审计日志：核对、导出 · audit log of what people decided")

HISTORY = "history"
StorePath = Annotated[Path | None, typer.Option("--store", help="记录库文件，默认取自设置 · database file")]
Lang = Annotated[str | None, typer.Option("--lang", help="zh | en：输出语言 · language of the output")]

_FAULTS = {
    "missing": Words("少了一条，或编号不连续", "a row is missing, or the numbers do not follow"),
    "chain": Words(
        "这一条或它前面的被改过，哈希对不上", "this row or one before it was changed: the hash does not fit"
    ),
    "body": Words("这一条说的内容被改过", "what this row says was changed"),
    "emptied": Words("内容被清空，却没有删除的记录", "its content was taken out, but no deletion is recorded"),
}


@app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", help="以前记下的哈希，可写多个；要能在日志里找到 · a hash kept from before"),
    ] = None,
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """核对历史和每一批的日志；有问题时退出码为 1 · check every log; exit code 1 where one is broken."""
    settings = _settings(store, lang)
    wanted, bad = {one.strip().lower() for one in head or ()}, False
    _check_heads(wanted)
    for name, path in _places(settings):
        from evaluator.store.logs import reading_log

        with reading_log(path) as log:
            if log is None:
                data(f"{name}: {Words('还没有日志', 'no log yet').text(settings.lang)}\n")
                continue
            found = log.verify()
            wanted -= {one for one in wanted if not log.verify(one).fault}
        bad = bad or found.broken is not None
        data(_line(name, found, settings.lang) + "\n")
    for one in sorted(wanted):
        text = Words(
            f"哪个日志里都没有 {one}：日志的末尾被截掉，或整个换过",
            f"{one} stands in no log: one was cut off, or replaced",
        )
        note(text.text(settings.lang))
    if bad or wanted:
        raise typer.Exit(1)


@app.command()
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到 .jsonl 或 .csv；默认把 JSON 行写到标准输出 · file")
    ] = None,
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """导出全部日志：何时、谁、做了什么、对哪一份 · all logs: when, who, what, about which answer."""
    settings = _settings(store, lang)
    from evaluator.cli.audit_export import as_csv, as_json_lines, rows

    kind = output.suffix.lower() if output else ".jsonl"
    if kind not in {".jsonl", ".csv"}:
        raise InputError(
            Problem(
                Words("只能写成 .jsonl 或 .csv", "can be written as .jsonl or .csv only"),
                str(output),
                field="--output",
            )
        )
    lines = (as_csv if kind == ".csv" else as_json_lines)(rows(_places(settings)))
    if output is None:
        for line in lines:
            data(line)
        return
    try:
        with output.open("w", encoding="utf-8-sig" if kind == ".csv" else "utf-8", newline="") as file:
            count = sum(1 for line in lines if file.write(line))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem(Words(f"写不了：{reason}", f"cannot be written: {reason}"), str(output))) from error
    count -= kind == ".csv"  # its head
    note(Words(f"已写入 {count} 条：{output}", f"{count} rows written: {output}").text(settings.lang))


def _settings(store: Path | None, lang: str | None) -> Settings:
    from evaluator.settings import load

    return load({"store_path": store, "lang": lang})


def _places(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The databases with a log: the history, then every batch, the newest first."""
    from evaluator.batch.session import runs

    if settings.store_path.expanduser().is_file():
        yield HISTORY, settings.store_path.expanduser()
    for path in runs(settings):
        yield path.stem, path


def _check_heads(heads: set[str]) -> None:
    for one in heads:
        if len(one) != 64 or set(one) - set("0123456789abcdef"):
            raise InputError(
                Problem(
                    Words(f"{one} 不是哈希，应为 64 位十六进制", f"{one} is no hash; expected 64 hexadecimal digits"),
                    field="--head",
                    hint=Words("用 verify 显示的那一串", "use what verify shows"),
                )
            )


def _line(name: str, found: Verified, lang: str) -> str:
    if found.broken is not None:
        fault = _FAULTS[found.fault]
        return Words(
            f"{name}：✗ 第 {found.broken} 条有问题：{fault.zh}",
            f"{name}: ✗ row {found.broken} is not as it was written: {fault.en}",
        ).text(lang)
    emptied = Words(f"，其中 {found.emptied} 条随删除清空", f", {found.emptied} emptied by deletion").text(lang)
    return Words(
        f"{name}：✓ {found.acts} 条{emptied if found.emptied else ''}\n  {found.head}",
        f"{name}: ✓ rows: {found.acts}{emptied if found.emptied else ''}\n  {found.head}",
    ).text(lang)
