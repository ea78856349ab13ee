"""A YAML document as values that know their line and column."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Plain = str | int | float | bool | None

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}


class At(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value; `plain` where it was written without quotes, so that `value` follows from how it looks."""

    at: At
    value: Plain
    written: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    at: At
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; `keys` says where each key stands."""

    at: At
    fields: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, At] = field(default_factory=dict)


Node = Scalar | Items | Fields


def resolve(written: str) -> Plain:
    """What a plain scalar means in the core schema of YAML 1.2, in decimal: `NO`, `12:30` and dates are text."""
    if written in _WORDS:
        return _WORDS[written]
    if _INT.fullmatch(written) and len(written) <= 18:
        return int(written)
    if _FLOAT.fullmatch(written):
        return float(written)
    if match := _INFINITE.fullmatch(written):
        return -math.inf if match[1] == "-" else math.inf
    return written


def node(value: object) -> Node:
    """The other way round, for what stands in no file; raises TypeError for what no rubric holds."""
    nowhere = At(0, 0)
    if isinstance(value, Mapping):
        return Fields(nowhere, {str(key): node(one) for key, one in value.items()})
    if isinstance(value, list | tuple):
        return Items(nowhere, [node(one) for one in value])
    if value is None or isinstance(value, str | int | float):
        return Scalar(nowhere, value, "" if value is None else str(value), plain=False)
    raise TypeError(f"no rubric holds a {type(value).__name__}")


def data(node: Node) -> object:
    """The document as dicts, lists and plain values."""
    if isinstance(node, Fields):
        return {key: data(value) for key, value in node.fields.items()}
    if isinstance(node, Items):
        return [data(item) for item in node.items]
    return node.value


def find(root: Node, place: Sequence[str | int]) -> Node | None:
    """The node at `place`; None if there is none."""
    node: Node | None = root
    for step in place:
        node = _child(node, step)
    return node


def locate(root: Node, place: Sequence[str | int]) -> At:
    """Where `place` stands; where it is missing, its nearest parent. A field stands where its value does."""
    node = root
    for step in place:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return node.at


def locate_key(root: Node, place: Sequence[str | int]) -> At:
    """Where the key of the last step stands; where there is none, as `locate`."""
    parent = find(root, place[:-1])
    if isinstance(parent, Fields) and place and place[-1] in parent.keys:
        return parent.keys[str(place[-1])]
    return locate(root, place)


def without(node: Node, places: frozenset[tuple[str | int, ...]]) -> Node:
    """The tree without the fields at `places`."""
    if isinstance(node, Scalar) or not places:
        return node
    if isinstance(node, Items):
        return Items(node.at, [without(item, _below(places, index)) for index, item in enumerate(node.items)])
    kept = {key: without(value, _below(places, key)) for key, value in node.fields.items() if (key,) not in places}
    return Fields(node.at, kept, node.keys)


def _below(places: frozenset[tuple[str | int, ...]], step: str | int) -> frozenset[tuple[str | int, ...]]:
    return frozenset(place[1:] for place in places if len(place) > 1 and place[0] == step)


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, Fields) and isinstance(step, str):
        return node.fields.get(step)
    if isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None
