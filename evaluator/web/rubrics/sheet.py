"""A rubric as a form shows it: every text by the path of its field, and the way back to a rubric."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from evaluator.errors import Problem
from evaluator.models import KeyPoint, Rubric
from evaluator.rubrics import check
from evaluator.rubrics.tree import resolve

HEAD = ("question", "reference", "max_score", "partial_share", "status")
POINT = ("id", "name", "points", "hit", "partial", "accept", "reject", "follow_up")
DEDUCTION = ("id", "name", "points", "when", "accept")
_LISTS = frozenset({"accept", "reject"})
_NUMBERS = frozenset({"max_score", "partial_share", "points"})
_MOST = 60
"""Key points, and deductions, that a form can have."""
MOST_FIELDS = _MOST * (len(POINT) + len(DEDUCTION) + 1) + 20
_ITEM = re.compile(r"(key_points|deductions)\[(\d{1,3})\]\.(\w+)")
Texts = dict[str, str]


@dataclass
class Sheet:
    """What stands in the fields of the form; phrases one a line."""

    head: Texts
    key_points: list[Texts]
    deductions: list[Texts] = field(default_factory=list)

    @property
    def places(self) -> Iterator[str]:
        """Every path beside which something can be said."""
        yield from ("", *HEAD, "key_points", "any_of")
        for name, items, fields in (("key_points", self.key_points, POINT), ("deductions", self.deductions, DEDUCTION)):
            for index in range(len(items)):
                yield f"{name}[{index}]"
                yield from (f"{name}[{index}].{one}" for one in fields if one != "id")

    def data(self, base: Rubric) -> dict[str, Any]:
        """The fields as a file names and nests them; what the form does not show is taken from `base`."""
        data = base.model_dump(mode="json", exclude_defaults=True)
        data.update({name: _value(name, self.head.get(name, "")) for name in HEAD})
        known = {point.id: point for point in base.key_points}
        data["key_points"] = [_key_point(texts, known.get(texts["id"])) for texts in self.key_points]
        data["deductions"] = [
            {name: _value(name, texts.get(name, "")) for name in DEDUCTION} for texts in self.deductions
        ]
        data["any_of"] = [group for group in self._groups(base) if len(group["of"]) > 1]
        return data

    def rubric(self, base: Rubric) -> tuple[Rubric | None, tuple[Problem, ...]]:
        """The rubric that the form says, or everything that is wrong with it, by field."""
        return check(self.data(base))

    def sum(self, base: Rubric) -> Decimal:
        """The most that an answer can earn by the points that can be read."""
        points = []
        for texts in self.key_points:
            value = _value("points", texts.get("points", ""))
            worth = float(value) if isinstance(value, int | float) and 0 <= value < 1e6 else 0.0
            points.append(KeyPoint.model_construct(id=texts["id"], points=worth))
        ids = {point.id for point in points}
        groups = tuple(one for one in base.any_of if ids.issuperset(one.of))
        return Rubric.model_construct(key_points=tuple(points), any_of=groups).attainable_points()

    def change(self, todo: str) -> str:
        """Add, remove or move: `add:key_points`, `remove:deductions:0`, `up:key_points:2`, `down:key_points:2`.

        Returns the path of what to look at then; empty where that is none of these.
        """
        verb, _, rest = todo.partition(":")
        name, _, number = rest.partition(":")
        items = {"key_points": self.key_points, "deductions": self.deductions}.get(name)
        if items is None or not ((number.isascii() and number.isdigit()) or verb == "add"):
            return ""
        if verb == "add" and len(items) < _MOST:
            items.append(self._new(name))
            return f"{name}[{len(items) - 1}]"
        place = int(number or 0)
        if place >= len(items):
            return ""
        if verb == "remove":
            del items[place]
            return f"{name}[{min(place, len(items) - 1)}]" if items else ""
        target = place + {"up": -1, "down": 1}.get(verb, 0)
        if 0 <= target < len(items):
            items.insert(target, items.pop(place))
            return f"{name}[{target}]"
        return f"{name}[{place}]"

    def _new(self, name: str) -> Texts:
        taken = {texts["id"] for texts in (*self.key_points, *self.deductions)}
        start = "kp" if name == "key_points" else "minus"
        found = next(one for one in (f"{start}{number}" for number in count(1)) if one not in taken)
        return dict.fromkeys(POINT if name == "key_points" else DEDUCTION, "") | {"id": found}

    def _groups(self, base: Rubric) -> Iterator[dict[str, Any]]:
        """The any_of groups with what is left of their members."""
        left = {texts["id"] for texts in self.key_points}
        for group in base.any_of:
            yield {"choose": group.choose, "of": [member for member in group.of if member in left]}


def of_rubric(rubric: Rubric) -> Sheet:
    """The form filled in."""
    return Sheet(
        {name: _text(getattr(rubric, name)) for name in HEAD},
        [{name: _text(getattr(point, name)) for name in POINT} for point in rubric.key_points],
        [{name: _text(getattr(item, name)) for name in DEDUCTION} for item in rubric.deductions],
    )


def of_form(fields: Mapping[str, str]) -> Sheet:
    """The form as it was sent; what it lacks is empty."""
    items: dict[str, dict[int, Texts]] = {"key_points": {}, "deductions": {}}
    for name, text in fields.items():
        if found := _ITEM.fullmatch(name):
            items[found[1]].setdefault(int(found[2]), {})[found[3]] = _lines(text)
    return Sheet(
        {name: _lines(fields.get(name, "")) for name in HEAD},
        [_filled(texts, POINT) for _, texts in sorted(items["key_points"].items())[:_MOST]],
        [_filled(texts, DEDUCTION) for _, texts in sorted(items["deductions"].items())[:_MOST]],
    )


def _filled(texts: Texts, names: tuple[str, ...]) -> Texts:
    return dict.fromkeys(names, "") | {name: text for name, text in texts.items() if name in {*names, "vouched"}}


def _key_point(texts: Texts, before: KeyPoint | None) -> dict[str, Any]:
    made: dict[str, Any] = {name: _value(name, texts.get(name, "")) for name in POINT}
    if before is None:
        return made
    if before.source is not None:
        made["source"] = before.source.model_dump(mode="json")
    if before.from_model and not texts.get("vouched"):
        # What a person wrote anew is no longer the model's.
        left = [name for name in before.from_model if _text(getattr(before, name)) == texts.get(name, "")]
        made |= {"from_model": left} if left else {}
    return made


def _value(name: str, text: str) -> Any:
    if name in _LISTS:
        return [line.strip() for line in text.split("\n") if line.strip()]
    if name in _NUMBERS:
        return resolve(unicodedata.normalize("NFKC", text).strip())
    return text


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "\n".join(value)
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)


def _lines(text: str) -> str:
    """Browsers send line ends as CRLF, whatever was typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
