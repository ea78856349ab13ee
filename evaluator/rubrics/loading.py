"""Rubric files: YAML 1.2 -> `Rubric`, with the line and column of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from evaluator.errors import Problem, RubricError, Words
from evaluator.models import Rubric
from evaluator.rubrics import explaining, tree

MAX_BYTES = 512_000
MAX_DEPTH = 24
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """A rubric and the file that it was read from; `root` knows the line and column of every field."""

    rubric: Rubric
    file: str
    root: tree.Node


def load(path: Path | str) -> Rubric:
    """The rubric in a file.

    Raises RubricError with every problem found, in file order.
    """
    return read(path).rubric


def read(path: Path | str) -> Source:
    """As `load`, with the places of the fields."""
    return _parsed(_decode(_read(Path(path)), str(path)), str(path))


def parse(text: str, file: str = "") -> Rubric:
    """The rubric in a YAML text; `file` is the name that problems are reported under."""
    return _parsed(text, file).rubric


def check(data: Mapping[str, object]) -> tuple[Rubric | None, tuple[Problem, ...]]:
    """The rubric that these fields make up, named and nested as in a file, or everything that is wrong with them."""
    rubric, problems = explaining.validate(tree.node(data), "")
    return rubric, tuple(problems)


def _parsed(text: str, file: str) -> Source:
    root, problems = _Composer(file).compose(text)
    if isinstance(root, tree.Fields):
        rubric, more = explaining.validate(root, file)
        known = {(problem.line, problem.column) for problem in problems}
        problems += [problem for problem in more if (problem.line, problem.column) not in known]
        if rubric and not problems:
            return Source(rubric, file, root)
    elif not problems:
        problems = [_no_mapping(root, file)]
    raise RubricError(*_in_file_order(problems))


def _in_file_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise RubricError(Problem(Words("没有这个文件", "no such file"), str(path))) from None
    except OSError as error:
        raise RubricError(
            Problem(Words(f"读不了：{error.strerror}", f"cannot be read: {error.strerror}"), str(path))
        ) from None
    if len(content) > MAX_BYTES:
        message = Words(f"超过 {MAX_BYTES // 1000} KB，不像评分细则", f"larger than {MAX_BYTES // 1000} kB: no rubric")
        raise RubricError(Problem(message, str(path)))
    return content


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    seems = _other_encoding(content)
    message = Words(
        f"不是 UTF-8 编码{f'，像是 {seems}' if seems else ''}", f"not UTF-8{f', seems {seems}' if seems else ''}"
    )
    hint = Words("用编辑器另存为 UTF-8", "save it as UTF-8")
    raise RubricError(Problem(message, file, line, column, hint=hint))


def _other_encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"


def _no_mapping(root: tree.Node | None, file: str) -> Problem:
    hint = Words("以“id: …”“question: …”开头，每行一个字段", "start with `id: …`, `question: …`, one field a line")
    if root is None or (isinstance(root, tree.Scalar) and root.value is None):
        return Problem(Words("文件是空的", "the file is empty"), file, hint=hint)
    message = Words("评分细则应是一组“字段: 值”", "a rubric is a group of `field: value`")
    if isinstance(root, tree.Scalar) and "：" in root.written:
        hint = Words("字段名后面用半角冒号加空格，不用“：”", "write `: ` behind a field name, not the full-width colon")
    return Problem(message, file, root.at.line, root.at.column, hint=hint)


class _Composer:
    """Events of the YAML parser -> tree; goes on behind a problem wherever it can."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []

    def compose(self, text: str) -> tuple[tree.Node | None, list[Problem]]:
        root: tree.Node | None = None
        try:
            events = iter(YAML(typ="safe", pure=True).parse(text))
            for event in events:
                if _is(event, "DocumentStart"):
                    if root is not None:
                        self._note(event, Words("一个文件只写一份评分细则", "one rubric a file"), _ONE_DOCUMENT)
                        break
                    root = self._node(next(events), events, 0)
        except ReaderError as error:
            self._unprintable(error, text)
            return None, self._problems
        except (YAMLError, _TooDeep) as error:
            self._syntax(error)
            return None, self._problems
        return root, self._problems

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> tree.Node:
        at = tree.At(event.start_mark.line + 1, event.start_mark.column + 1)
        if depth > MAX_DEPTH:
            raise _TooDeep(at)
        if _is(event, "Alias"):
            self._note(event, Words("不支持别名（*）", "aliases (*) are not supported"), _NO_ALIAS)
            return tree.Scalar(at, None, "", plain=True)
        self._refuse_extras(event)
        if _is(event, "Scalar"):
            return self._scalar(event, at)
        if _is(event, "SequenceStart"):
            items = tree.Items(at)
            while not _is(event := next(events), "SequenceEnd"):
                items.items.append(self._node(event, events, depth + 1))
            return items
        return self._fields(at, events, depth)

    def _fields(self, at: tree.At, events: Iterator[Any], depth: int) -> tree.Fields:
        found = tree.Fields(at)
        while not _is(event := next(events), "MappingEnd"):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if isinstance(value, tree.Scalar) and value.plain and not value.written:
                value = replace(value, at=key.at)  # nothing stands there; the parser says where the next thing does
            if not isinstance(key, tree.Scalar):
                self._note(event, Words("字段名只能是一个词", "a field name is one word"))
            elif key.written in found.fields:
                first = found.keys[key.written]
                self._note(
                    event,
                    Words(
                        f"字段 {key.written} 写了两次，第一次在第 {first.line} 行",
                        f"{key.written} is written twice, first in line {first.line}",
                    ),
                    Words("删去其中一个", "remove one of them"),
                )
            else:
                found.fields[key.written] = value
                found.keys[key.written] = key.at
        return found

    def _scalar(self, event: Any, at: tree.At) -> tree.Scalar:
        plain = event.style in (None, "")
        text = event.value
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._note(event, Words("含有半个字符（\\uD800–\\uDFFF）", "holds half a character (\\uD800–\\uDFFF)"))
            text = "?"
        return tree.Scalar(at, tree.resolve(text) if plain else text, text, plain)

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._note(event, Words("不支持锚点（&）", "anchors (&) are not supported"), _NO_ALIAS)
        if getattr(event, "ctag", None) is not None:
            self._note(event, Words("不支持标签（!）", "tags (!) are not supported"), _QUOTE_MARK)

    def _note(self, event: Any, message: Words, hint: Words | None = None) -> None:
        mark = event.start_mark
        self._problems.append(Problem(message, self._file, mark.line + 1, mark.column + 1, hint=hint))

    def _unprintable(self, error: ReaderError, text: str) -> None:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        code = f"U+{ord(error.character) if isinstance(error.character, str) else error.character:04X}"
        message = Words(f"含有不可见的控制字符 {code}", f"holds the control character {code}")
        hint = Words("删去这个字符", "remove it")
        self._problems.append(Problem(message, self._file, line, column, hint=hint))

    def _syntax(self, error: YAMLError | _TooDeep) -> None:
        if isinstance(error, _TooDeep):
            message = Words(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH} levels")
            self._problems.append(Problem(message, self._file, *error.at))
            return
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = (error.problem or error.context or "") if isinstance(error, MarkedYAMLError) else str(error)
        hint = next((words for part, words in _SYNTAX_HINTS.items() if part in said), None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = Words(f"YAML 写法有误（{said}）", f"YAML syntax: {said}")
        self._problems.append(Problem(message, self._file, line, column, hint=hint))


class _TooDeep(Exception):
    def __init__(self, at: tree.At) -> None:
        super().__init__()
        self.at = at


def _is(event: Any, name: str) -> bool:
    return type(event).__name__ == f"{name}Event"


_ONE_DOCUMENT = Words("删去 --- 之后的部分，或分成两个文件", "remove what follows ---, or make two files")
_NO_ALIAS = Words(
    "把内容直接写出来；文字以 & 或 * 开头时加引号", "write the content out; quote a text that starts with & or *"
)
_QUOTE_MARK = Words("删去标签；文字以 ! 开头时加引号", "remove the tag; quote a text that starts with !")
_QUOTE = Words(
    "文字里有“: ”“ #”，或以 @ ` % [ { \" ' 等符号开头时，整段加引号",
    "put a text in quotes that holds `: ` or ` #`, or starts with one of @ ` % [ { \" '",
)
_INDENT = Words("检查这一行与上一行的缩进是否对齐", "check that this line is indented like its neighbours")
_BRACKETS = Words("括号 [ ] 或 { } 没有成对，或漏了逗号", "a bracket is not closed, or a comma is missing")
_SYNTAX_HINTS = {
    "'\\t'": Words("缩进用空格，不用制表符", "indent with spaces, not tabs"),
    "mapping values are not allowed": _QUOTE,
    "that cannot start any token": _QUOTE,
    "quoted scalar": Words("引号没有成对", "a quotation mark is not closed"),
    "unexpected end of stream": Words("引号或括号没有成对", "a quotation mark or bracket is not closed"),
    "could not find expected ':'": Words(
        "字段名后面要写半角冒号加空格", "write an ASCII colon and a space behind the field name"
    ),
    "block end": _INDENT,
    "block mapping": _INDENT,
    "block collection": _INDENT,
    "found '<stream end>'": _BRACKETS,
    "expected ','": _BRACKETS,
    "flow": _BRACKETS,
}
