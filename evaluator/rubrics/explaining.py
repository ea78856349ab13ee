"""What the model refuses, in words for the person who wrote the file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from rapidfuzz import fuzz, process, utils

from evaluator.errors import Problem, Words
from evaluator.models import Place, QuestionKind, Rubric
from evaluator.rubrics import tree

_NEAR = 70.0
_SHOWN = 40


def path(place: Place) -> str:
    """`key_points[2].points`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def near(name: str, known: list[str]) -> list[str]:
    """Known names that `name` may stand for, the nearest first, at most three."""
    found = process.extract(name, known, scorer=_nearness, score_cutoff=_NEAR, limit=3)
    return [match for match, _, _ in found]


def _nearness(first: str, second: str, **_: object) -> float:
    """0..100; a short name is near only where it is nearly equal, a longer one also where it is a part."""
    a, b = utils.default_process(first), utils.default_process(second)
    return fuzz.ratio(a, b) if min(len(a), len(b)) < 4 else fuzz.WRatio(a, b)


def shortened(text: str) -> str:
    """At most so many characters as a line of a message can hold."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def validate(root: tree.Node, file: str) -> tuple[Rubric | None, list[Problem]]:
    """The rubric that the document holds, or everything that is wrong with it."""
    try:
        return Rubric.model_validate_json(_json(root), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [problem for detail in details for problem in _problems(detail, root, file)]
    unknown = frozenset(detail["loc"] for detail in details if detail["type"] == "extra_forbidden")
    if len(unknown) == len(details):
        # Unknown fields hide what only the whole rubric can tell.
        problems += validate(tree.without(root, unknown), file)[1]
    return None, problems


def _json(root: tree.Node) -> str:
    """JSON, in which pydantic's strict mode takes lists for tuples and text for enums, but no text for a number."""
    return json.dumps(tree.data(root), ensure_ascii=True)


def _problems(detail: Mapping[str, Any], root: tree.Node, file: str) -> Iterator[Problem]:
    kind, place = detail["type"], tuple(detail["loc"])
    if kind == "inconsistent_rubric":
        found = detail["ctx"]["found"]
        countable = all(inner[0] != "any_of" and inner[-1] != "id" for inner, _ in found)
        for inner, words in found:
            if inner == ("max_score",) and not countable:
                continue  # the sum follows from what is wrong there
            at = tree.locate(root, inner)
            yield Problem(words, file, at.line, at.column, path(inner), _INCONSISTENT_HINTS.get(inner[0]))
        return
    node = tree.find(root, place)
    if kind == "too_short" and isinstance(node, tree.Items) and len(node.items) >= detail["ctx"]["min_length"]:
        return  # items that are wrong, each with a problem of its own, are not counted there
    at = tree.locate_key(root, place) if kind in {"extra_forbidden", "too_short"} else tree.locate(root, place)
    message, hint = _explain(kind, place, detail, node)
    yield Problem(message, file, at.line, at.column, path(place), hint)


_INCONSISTENT_HINTS: dict[str | int, Words] = {
    "max_score": Words(
        "改 max_score 或各得分点的 points，使两者相等", "change max_score or the points until they agree"
    ),
}

Explained = tuple[Words, Words | None]


def _explain(kind: str, place: Place, detail: Mapping[str, Any], node: tree.Node | None) -> Explained:
    if kind == "missing":
        return Words("缺少必填字段", "required field is missing"), Words(f"加上 {place[-1]}: …", f"add {place[-1]}: …")
    if kind == "extra_forbidden":
        return _unknown_field(place)
    if kind in {"enum", "literal_error"}:
        return _one_of(place, detail)
    if isinstance(node, tree.Scalar) and node.value is None:
        return _EMPTY
    return _wrong_value(kind, place, detail, node)


def _wrong_value(kind: str, place: Place, detail: Mapping[str, Any], node: tree.Node | None) -> Explained:
    if kind == "string_type":
        return _no_text(node)
    if kind.startswith(("float_", "int_")) and isinstance(node, tree.Scalar):
        return _no_number(kind, node)
    if kind in _BOUNDS:
        return _BOUNDS[kind](detail["ctx"]), None
    if kind == "value_error" and place[-1:] == ("source",):
        return Words("end 必须大于 start", "end must lie behind start"), None
    return _FIXED.get(kind, (Words(f"不符合要求：{detail['msg']}", str(detail["msg"])), None))


_EMPTY: Explained = (
    Words("没有写内容", "nothing is written here"),
    Words("写上内容，或删去这个字段", "write something, or remove the field"),
)
_FIXED: dict[str, Explained] = {
    "string_too_short": (Words("不能为空", "must not be empty"), None),
    "string_pattern_mismatch": (
        Words("写法不合规定", "not of the required form"),
        Words(
            "id 只用字母、数字、- 和 _，以字母或数字开头；选项标号用一个大写字母；sha256 用 64 位小写十六进制",
            "an id is letters, digits, - and _, not first - or _; a label is one capital; a sha256 is 64 hex digits",
        ),
    ),
    "tuple_type": (
        Words("这里要写一个列表", "a list is expected"),
        Words("每项一行，以“- ”开头，或写成 [甲, 乙]", "one item a line, each after `- `, or [a, b]"),
    ),
    "too_short": (Words("列表里的项太少", "the list has too few items"), None),
    "finite_number": (Words("必须是有限的数", "must be a finite number"), None),
    "model_type": (
        Words("这里要写一组字段", "a group of fields is expected"),
        Words("写成“字段: 值”，每项一行", "write `field: value`, a line each"),
    ),
}
_BOUNDS: dict[str, Callable[[Mapping[str, Any]], Words]] = {
    "greater_than": lambda ctx: Words(f"必须大于 {ctx['gt']:g}", f"must be above {ctx['gt']:g}"),
    "greater_than_equal": lambda ctx: Words(f"不能小于 {ctx['ge']:g}", f"must be at least {ctx['ge']:g}"),
    "less_than_equal": lambda ctx: Words(f"不能大于 {ctx['le']:g}", f"must be at most {ctx['le']:g}"),
    "string_too_long": lambda ctx: Words(f"最多 {ctx['max_length']} 个字符", f"at most {ctx['max_length']} characters"),
}


def _unknown_field(place: Place) -> Explained:
    known = list(_model_at(place[:-1]).model_fields)
    close = near(str(place[-1]), known)
    hint = (
        Words(f"是不是 {'、'.join(close)}？", f"did you mean {', '.join(close)}?")
        if close
        else Words(f"可用的字段：{'、'.join(known)}", f"known fields: {', '.join(known)}")
    )
    return Words(f"没有名为 {place[-1]} 的字段", f"there is no field called {place[-1]}"), hint


def _model_at(place: Place) -> type[BaseModel]:
    model: type[BaseModel] = Rubric
    for step in place:
        if isinstance(step, str):
            model = next(_models_in(model.model_fields[step].annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _one_of(place: Place, detail: Mapping[str, Any]) -> Explained:
    last = max(index for index, step in enumerate(place) if isinstance(step, str))
    field = _model_at(place[:last]).model_fields[str(place[last])].annotation
    if last < len(place) - 1:  # an item of a list
        field = get_args(field)[0]
    allowed = [str(value) for value in (field if isinstance(field, type) else get_args(field))]
    close = near(str(detail["input"]), allowed)
    hint = Words(f"是不是 {close[0]}？", f"did you mean {close[0]}?") if close else None
    if not close and field is QuestionKind:
        hint = Words("问答题用 short_answer，行为题用 behavioural", "for a free text use short_answer")
    listed = "、".join(allowed)
    return Words(f"只能是 {listed}", f"must be one of {', '.join(allowed)}"), hint


def _no_text(node: tree.Node | None) -> Explained:
    if not isinstance(node, tree.Scalar):
        return (
            Words("这里要写文字，却是列表或一组字段", "text is expected, not a list or a group of fields"),
            Words("文字里有冒号加空格时，整段加引号", "put a text that holds `: ` in quotes"),
        )
    shown = shortened(node.written)
    read_as = Words("真假值", "a truth value") if isinstance(node.value, bool) else Words("数", "a number")
    return (
        Words(
            f"这里要写文字，{shown} 会被读作{read_as.zh}",
            f"text is expected, {shown} is read as {read_as.en}",
        ),
        Words(f'加引号："{shown}"', f'put it in quotes: "{shown}"'),
    )


def _no_number(kind: str, node: tree.Scalar) -> Explained:
    shown = shortened(node.written)
    whole = kind.startswith("int_")
    message = Words(
        f"这里要写{'整数' if whole else '数'}，不是 {shown!r}",
        f"{'a whole number' if whole else 'a number'} is expected, not {shown!r}",
    )
    if not node.plain and isinstance(value := tree.resolve(node.written), int | float) and math.isfinite(value):
        return message, Words("去掉引号", "remove the quotes")
    return message, None
