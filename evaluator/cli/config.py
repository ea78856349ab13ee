"""`evaluator config`: what is set, and where it was set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from evaluator.cli.terminal import data
from evaluator.errors import Words

app = typer.Typer(no_args_is_help=True, help="查看设置及其来源 · show settings and where they come from")

_HEADINGS = (Words("设置", "setting"), Words("值", "value"), Words("来源", "origin"))


@app.command("show", help="列出全部设置；密钥只显示是否已设 · list every setting; keys are never shown")
def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="同时显示每个值的来源 · also where each value came from")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh 或 en · zh or en")] = None,
) -> None:
    from evaluator.settings import load

    settings = load({"lang": lang})
    values = settings.model_dump(mode="json")
    if as_json:
        shown: dict[str, object] = {"schema": "evaluator/settings@1", "settings": values}
        if origin:
            shown["origins"] = dict(settings.origins)
        data(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    rows = [(name, _plain(value), _origin(settings.origin(name), settings.lang)) for name, value in values.items()]
    _print_table(rows if origin else [row[:2] for row in rows], settings.lang)


@app.command("path", help="设置文件和数据放在哪里 · where settings files and data lie")
def path(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh 或 en · zh or en")] = None,
) -> None:
    from evaluator.settings import find_files, load

    settings = load({"lang": lang})
    files = find_files()
    places = {
        "user_file": files.user,
        "project_file": files.project,
        "dotenv": files.dotenv,
        "prices_file": settings.prices_file,
        "data_dir": settings.data_dir,
        "store": settings.store_path,
    }
    if as_json:
        shown = {name: str(place) if place else None for name, place in places.items()}
        data(json.dumps({"schema": "evaluator/paths@1", **shown}, ensure_ascii=False, indent=2))
        return
    titles = (
        Words("用户文件", "user file"),
        Words("项目文件", "project file"),
        Words(".env 文件", ".env file"),
        Words("价目表", "price table"),
        Words("数据目录", "data folder"),
        Words("数据库", "database"),
    )
    for title, place in zip(titles, places.values(), strict=True):
        data(f"{title.text(settings.lang)}: {_place(place, settings.lang)}")


def _place(place: Path | None, lang: str) -> str:
    if place is None:
        return Words("没有", "none").text(lang)
    return str(place) if place.exists() else f"{place} {Words('（尚不存在）', '(does not exist yet)').text(lang)}"


def _plain(value: object) -> str:
    """As one would write it; a dash where nothing is set."""
    if value is None or value in ("", []):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _origin(origin: str, lang: str) -> str:
    return Words("默认", "default").text(lang) if origin == "default" else origin


def _print_table(rows: Sequence[Sequence[str]], lang: str) -> None:
    """Columns side by side; nothing is folded, so that a pipe gets whole paths."""
    from rich.cells import cell_len, set_cell_size

    lines = [[heading.text(lang) for heading, _ in zip(_HEADINGS, rows[0], strict=False)], *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True)]
        data("  ".join(cells).rstrip())
