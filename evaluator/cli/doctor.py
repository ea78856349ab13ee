"""`evaluator doctor`: what is here, what is missing, what to do. Sends no answer anywhere."""

from __future__ import annotations

import json
import platform
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import data
from evaluator.errors import EvaluatorError, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.settings import Settings

_PACKAGES = ("openai", "jinja2", "pydantic", "tenacity", "typer", "ruamel.yaml", "rapidfuzz", "opencc-py", "xllamacpp")
_OPTIONAL = frozenset({"xllamacpp"})


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 / JSON")] = False,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """检查安装、设置、本机模型和数据库。Check installation, settings, local model and store."""
    import sqlite3

    from evaluator.settings import load

    settings = load({"lang": lang} if lang else {})
    checks: dict[str, Callable[[Settings], str]] = {
        "python": lambda _: platform.python_version(),
        "packages": _packages,
        "rubrics": _rubrics,
        "prompts": _prompts,
        "samples": _samples,
        "store": _store,
        "local_model": _local_model,
        "endpoint": _endpoint,
        "judge": _judge,
    }
    found: dict[str, tuple[bool, str]] = {}
    for name, check in checks.items():
        try:
            found[name] = (True, check(settings))
        except (EvaluatorError, OSError, sqlite3.Error) as error:
            found[name] = (False, error.text(settings.lang) if hasattr(error, "text") else str(error))
    data(_as_json(found) if as_json else _as_lines(found))
    if not all(good for good, _ in found.values()):
        raise typer.Exit(1)


def _packages(settings: Settings) -> str:
    from importlib import metadata

    versions = []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError as error:
            if name not in _OPTIONAL:
                raise EvaluatorError(Words(f"缺少 {name}", f"{name} is missing").text(settings.lang)) from error
            hint = Words('未装；本机模型要 pip install "answer-evaluator[local]"', "not installed (extra: local)")
            versions.append(f"{name}: {hint.text(settings.lang)}")
    return ", ".join(versions)


def _rubrics(_: Settings) -> str:
    from evaluator.resources import folder
    from evaluator.rubrics import load_folder

    return f"{len(load_folder())} ({folder('rubrics')})"


def _prompts(settings: Settings) -> str:
    from evaluator.prompts import Prompts

    prompts = Prompts(settings.prompts_dir)
    return f"{prompts.hash[:12]} ({', '.join(str(folder) for folder in prompts.folders)})"


def _samples(_: Settings) -> str:
    from evaluator.samples import load_all

    return str(len(load_all()))


def _store(settings: Settings) -> str:
    import sqlite3

    from evaluator.store import SqliteStore

    with SqliteStore(settings.store_path) as store:
        store.list(limit=1)
    return f"{settings.store_path} (SQLite {sqlite3.sqlite_version})"


def _local_model(settings: Settings) -> str:
    from evaluator.localmodel import installed

    if path := installed(settings.local_model, settings.data_dir):
        return str(path)
    return Words("没有；取一个：evaluator model pull", "none; get one: evaluator model pull").text(settings.lang)


def _endpoint(settings: Settings) -> str:
    from evaluator.client import endpoint
    from evaluator.settings import host_of

    found = endpoint(settings)
    if found is None:
        return Words("没有配置", "not configured").text(settings.lang)
    return f"{host_of(found.base_url)} · {found.model} ({settings.origin('base_url')})"


def _judge(settings: Settings) -> str:
    from evaluator.judging import chosen_kind

    return chosen_kind(settings)


def _as_lines(found: dict[str, tuple[bool, str]]) -> str:
    encoding = (sys.stdout.encoding or "utf-8").lower()
    good_mark, bad_mark = ("✓", "✗") if encoding.startswith("utf") else ("ok", "!!")
    return "\n".join(f"{good_mark if good else bad_mark} {name}: {text}" for name, (good, text) in found.items())


def _as_json(found: dict[str, tuple[bool, str]]) -> str:
    rows = {name: {"ok": good, "text": text} for name, (good, text) in found.items()}
    return json.dumps(rows, ensure_ascii=False, indent=2)
