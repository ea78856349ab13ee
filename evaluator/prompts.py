"""Prompts: Jinja2 files in `prompts/`, rendered in a sandbox (a missing variable is an error), and JSON beside them.

A folder of the user's own can be laid over the shipped one: a file there replaces the shipped file of that name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import TypeAdapter, ValidationError

from evaluator.errors import Problem, PromptError, Words
from evaluator.resources import folder

_Shape = TypeVar("_Shape")
_MOST_KNOWN = 256


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox with a memory of what may be read.

    It decides by the kind of object and the name alone, and takes longer over that than over anything else in a prompt.
    """

    def __init__(self, loader: FileSystemLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
            keep_trailing_newline=False,
            auto_reload=False,  # a look at the disk for every prompt costs more than rendering it
        )
        self._known: dict[tuple[type, str], bool] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the sandbox gives it; at once where it is text or a number of a kind that was found safe before."""
        value = getattr(obj, attribute, None)
        if isinstance(value, (str, int)) and self._known.get((type(obj), attribute)):
            return value
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether a template may read it."""
        known = self._known.get((type(obj), attr))
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[type(obj), attr] = super().is_safe_attribute(obj, attr, value)
        return known


class Prompts:
    """The template set in force.

    Raises PromptError where the overlay folder does not exist, a file is missing, does not parse, names a variable that
    it is not given, or is not of the shape that was asked for.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        if overlay is not None and not overlay.is_dir():
            raise PromptError(
                Problem(Words("提示词文件夹不存在", "this prompt folder does not exist"), file=str(overlay))
            )
        self.folders = [*([overlay] if overlay else []), folder("prompts")]
        self._loader = FileSystemLoader(self.folders)
        self._environment = _Sandbox(self._loader)
        self._hashes: dict[tuple[str, ...], str] = {}

    def render(self, name: str, **values: object) -> str:
        """The text of template `name` (without `.j2`)."""
        try:
            return self._environment.get_template(f"{name}.j2").render(**values)
        except TemplateNotFound as error:
            message = Words(f"缺少提示词 {error.name}", f"prompt {error.name} is missing")
            raise PromptError(Problem(message, file=str(self.folders[0]))) from error
        except TemplateSyntaxError as error:
            message = Words(f"模板语法错误：{error.message}", f"template syntax: {error.message}")
            raise PromptError(Problem(message, file=error.filename or name, line=error.lineno)) from error
        except (TemplateError, UnicodeDecodeError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            message = Words(f"模板无法渲染：{error}", f"cannot render: {error}")
            hint = Words("对照自带的同名文件检查变量名", "compare the names with the shipped file")
            raise PromptError(Problem(message, file=f"{name}.j2", hint=hint)) from error

    def data(self, name: str, shape: type[_Shape]) -> _Shape:
        """What the JSON file `name` (without `.json`) holds, as `shape`: background answers, say."""
        path = next((path for one in self.folders if (path := one / f"{name}.json").is_file()), None)
        if path is None:
            message = Words(f"缺少提示词 {name}.json", f"prompt {name}.json is missing")
            raise PromptError(Problem(message, file=str(self.folders[0])))
        try:
            return TypeAdapter(shape).validate_json(path.read_bytes(), strict=True)
        except ValidationError as error:
            first, *more = [_wrong(path, details["loc"], details["msg"]) for details in error.errors()]
            raise PromptError(first, *more) from error

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names and sources of all files in force."""
        return self._digest(self.names)

    def hash_of(self, *parts: str) -> str:
        """The same over the files of these subfolders alone: what a trace records of those that an answer met.

        What is changed elsewhere makes no verdict another one.
        """
        if parts not in self._hashes:
            self._hashes[parts] = self._digest(name for name in self.names if name.split("/", 1)[0] in parts)
        return self._hashes[parts]

    def _digest(self, names: Iterable[str]) -> str:
        digest = hashlib.sha256()
        for name in names:
            try:
                source, _, _ = self._loader.get_source(self._environment, name)
            except UnicodeDecodeError as error:
                raise PromptError(
                    Problem(Words("提示词不是 UTF-8 文本", "this prompt is not UTF-8"), file=name)
                ) from error
            digest.update(f"{name}\0{source}\0".encode())
        return digest.hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """All files in force, with `.j2` or `.json`, in order."""
        return tuple(sorted(self._environment.list_templates(extensions=["j2", "json"])))


def _wrong(path: Path, place: tuple[str | int, ...], message: str) -> Problem:
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    hint = Words("对照自带的同名文件", "compare with the shipped file of that name")
    return Problem(Words(f"内容不对：{message}", message), file=str(path), field=field, hint=hint)
