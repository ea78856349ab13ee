"""Column maps as YAML files that a person edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from evaluator.errors import InputError, Problem, Words
from evaluator.submissions.column_map import ColumnMap, Layout, Role

MAX_BYTES = 2_000_000
_HEAD = """\
列映射：表格里每一列是什么。改好后用 --map 文件 传入；下次同样格式的表可以直接用。
Column map: what each column is. Edit it and give it with --map FILE; it serves the next table of the same form, too.

role     candidate 考号等编号 / id · name 姓名 · phone 电话 · email 邮箱 · time 时间 · meta 原样保留 / kept
         question 一题的答案 / answers to the question `rubric` · ignored 不读 / not read
         question_key, answer  长表：题目、答案 / long tables · rater 这一行由谁评分 / who scored the row
         human_score 人工分 · human_level 得分点判定 / level of `key_point`; rater 评分人
rubric   评分细则的 id / id of the rubric; 空的要填 / fill in where it is empty
nearest  相近的评分细则，供参考 / rubrics that are near, for your information
"""


def save(column_map: ColumnMap, path: Path) -> None:
    """Write the map; raises InputError where the file cannot be written."""
    text = StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_tree(column_map), text)
    try:
        path.write_text(text.getvalue(), encoding="utf-8")
    except OSError as fault:
        raise InputError(
            Problem(Words(f"写不了：{fault.strerror}", f"cannot be written: {fault.strerror}"), file=str(path))
        ) from fault


def load(path: Path) -> ColumnMap:
    """Read a map; raises InputError with file and line of everything that is wrong."""
    tree = _parsed(_text(path), str(path))
    if not isinstance(tree, CommentedMap):
        raise InputError(
            Problem(
                Words("列映射应是一组“字段: 值”", "a column map is a group of `field: value`"),
                file=str(path),
                line=1,
                hint=Words("用 --dry-run 写出一份再改", "write one with --dry-run and edit it"),
            )
        )
    try:
        return ColumnMap.model_validate(_plain(tree))
    except ValidationError as fault:
        raise InputError(*(_problem(error, tree, str(path)) for error in fault.errors())) from fault


def _tree(column_map: ColumnMap) -> CommentedMap:
    tree = CommentedMap(column_map.model_dump(mode="json", exclude={"columns", "questions"}, exclude_defaults=True))
    tree.yaml_set_start_comment(_HEAD)
    if "sheet" in tree:
        tree["sheet"] = DoubleQuotedScalarString(column_map.sheet)
    for name, entries in (("columns", column_map.columns), ("questions", column_map.questions)):
        if entries:
            tree[name] = CommentedSeq(_entry(entry.model_dump(mode="json"), entry.doubtful) for entry in entries)
    return tree


def _entry(fields: Mapping[str, Any], doubtful: bool) -> CommentedMap:
    order = ("column", "printed", "header", "role", "rubric", "key_point", "rater", "ignored")
    entry = CommentedMap()
    for name in order:
        value = fields.get(name)
        if value or (name == "rubric" and doubtful) or (name == "header" and value is not None):
            entry[name] = DoubleQuotedScalarString(str(value)) if name in {"printed", "header", "rater"} else value
    if doubtful:
        entry.yaml_add_eol_comment("请填写 / fill in", "rubric" if not fields["rubric"] else "role")
    if fields["how"]:
        entry["matched"] = fields["how"] if fields["similarity"] is None else f"{fields['how']} {fields['similarity']}"
    if fields["candidates"]:
        entry["nearest"] = CommentedMap((one["rubric"], one["similarity"]) for one in fields["candidates"])
    return entry


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InputError(Problem(Words("太大，不像列映射", "too large for a column map"), file=str(path)))
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(Problem(Words("没有这个文件", "no such file"), file=str(path))) from None
    except UnicodeDecodeError:
        hint = Words("用编辑器另存为 UTF-8", "save it as UTF-8")
        raise InputError(Problem(Words("不是 UTF-8 编码", "not UTF-8"), file=str(path), hint=hint)) from None
    except OSError as fault:
        raise InputError(
            Problem(Words(f"读不了：{fault.strerror}", f"cannot be read: {fault.strerror}"), file=str(path))
        ) from None


def _parsed(text: str, file: str) -> Any:
    try:
        return YAML().load(text)
    except (YAMLError, RecursionError, ValueError) as fault:
        mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
        said = (fault.problem or fault.context or "") if isinstance(fault, MarkedYAMLError) else str(fault)[:80]
        raise InputError(
            Problem(
                Words(f"YAML 写法有误（{said}）", f"YAML syntax: {said}"),
                file=file,
                line=mark.line + 1 if mark else 0,
                column=mark.column + 1 if mark else 0,
                hint=Words(
                    "检查缩进和引号；文字里有“: ”时加引号", "check indents and quotes; quote a text that holds `: `"
                ),
            )
        ) from fault


def _plain(tree: CommentedMap) -> dict[str, Any]:
    """The fields of the model."""
    found = dict(tree)
    for name in ("columns", "questions"):
        if isinstance(found.get(name), list):
            found[name] = [_fields(entry) if isinstance(entry, dict) else entry for entry in found[name]]
    return {name: "" if value is None and name == "sheet" else value for name, value in found.items()}


def _fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    texts = {"column", "header", "printed", "rubric", "key_point", "rater"}
    found = {
        name: ("" if value is None else str(value) if isinstance(value, int | float) else value)
        if name in texts
        else value
        for name, value in entry.items()
    }
    how, _, similarity = str(found.pop("matched", "") or "").partition(" ")
    nearest = found.pop("nearest", None) or {}
    found["how"] = how or None
    found["similarity"] = int(similarity) if similarity.isdigit() else None
    if isinstance(nearest, dict):
        found["candidates"] = [{"rubric": rubric, "similarity": share} for rubric, share in nearest.items()]
    return found


def _problem(error: Any, tree: CommentedMap, file: str) -> Problem:
    line, column = _where(tree, error["loc"])
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    return Problem(_said(error), file=file, line=line, column=column, field=field, hint=_hint(error))


def _where(tree: Any, place: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column, from 1, of the deepest part of `place` that is in the file."""
    found = (1, 1)
    for part in _aliases(place):
        if isinstance(tree, CommentedMap) and part in tree:
            line, column = tree.lc.value(part)
        elif isinstance(tree, CommentedSeq) and isinstance(part, int) and part < len(tree):
            line, column = tree.lc.item(part)
        else:
            break
        found, tree = (line + 1, column + 1), tree[part]
    return found


def _aliases(place: tuple[str | int, ...]) -> Iterator[str | int]:
    written = {"how": "matched", "similarity": "matched", "candidates": "nearest"}
    for part in place:
        yield written.get(part, part) if isinstance(part, str) else part


def _said(error: Any) -> Words:
    kind = error["type"]
    if kind == "missing":
        return Words("缺少这一项", "this field is missing")
    if kind == "extra_forbidden":
        return Words("没有这个字段", "there is no such field")
    value = str(error.get("input"))[:40]
    return Words(f"{value!r} 不能用在这里", f"{value!r} cannot stand here: {error['msg']}")


def _hint(error: Any) -> Words | None:
    last = error["loc"][-1] if error["loc"] else ""
    if last == "role":
        listed = ", ".join(Role)
        return Words(f"可写：{listed}", f"write one of {listed}")
    if last == "layout":
        listed = ", ".join(Layout)
        return Words(f"可写：{listed}", f"write one of {listed}")
    return None
