"""What changed between two rubrics, or two folders of them: key points that came, went, changed; points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.errors import Words
from evaluator.models import KeyPoint, Rubric
from evaluator.text import normalise, similarity

ALIKE = 0.6
"""Similarity of two names, 0..1, from which a key point counts as the same one under another id."""
_NAMES = {
    "question": Words("题干", "question"),
    "kind": Words("题型", "kind"),
    "tests": Words("考察", "tests"),
    "max_score": Words("满分", "maximum"),
    "points_from": Words("分值来源", "points from"),
    "any_of": Words("任选", "any of"),
    "deductions": Words("扣分项", "deductions"),
    "partial_share": Words("部分命中得几成", "partial share"),
    "rounding": Words("取整", "rounding"),
    "options": Words("选项", "options"),
    "correct": Words("正确选项", "correct"),
    "choice_rule": Words("少选怎么算", "choice rule"),
    "reference": Words("参考答案", "reference answer"),
    "status": Words("状态", "status"),
    "name": Words("名称", "name"),
    "points": Words("分值", "points"),
    "hit": Words("命中", "hit"),
    "partial": Words("部分", "partial"),
    "accept": Words("accept", "accept"),
    "reject": Words("reject", "reject"),
    "follow_up": Words("追问", "follow-up"),
    "source": Words("出处", "source"),
    "from_model": Words("模型写的", "by a model"),
}
_APART = frozenset({"id", "key_points", "provenance"})
_SHORT = 30


def changes(old: Rubric, new: Rubric) -> tuple[Words, ...]:
    """A line a change: fields of the rubric, then key points; empty where both say the same.

    Key points are matched by what names them (the words of the paper, or the name), then by id: a number moves when one
    is put in front of it.
    """
    return (*_fields(old, new, ""), *_key_points(old, new))


def _key_points(old: Rubric, new: Rubric) -> Iterator[Words]:
    pairs = matched(old.key_points, new.key_points)
    gone = {before.id for before, _ in pairs}
    came = {after.id for _, after in pairs}
    for point in old.key_points:
        if point.id not in gone:
            yield Words(f"- 去掉得分点 {_told(point).zh}", f"- key point gone: {_told(point).en}")
    for point in new.key_points:
        if point.id not in came:
            yield Words(f"+ 新增得分点 {_told(point).zh}", f"+ new key point: {_told(point).en}")
    for before, after in pairs:
        yield from _fields(before, after, f"{after.id} ")


def matched(old: Sequence[KeyPoint], new: Sequence[KeyPoint]) -> tuple[tuple[KeyPoint, KeyPoint], ...]:
    """Pairs of the same key point, in the order of `new`; every key point is in one pair at most."""
    left = list(old)
    found: dict[str, KeyPoint] = {}
    for same in (_same_words, _same_id_and_alike, _alike):
        for point in new:
            if point.id in found:
                continue
            if (before := next((one for one in left if same(one, point)), None)) is not None:
                found[point.id] = before
                left.remove(before)
    return tuple((found[point.id], point) for point in new if point.id in found)


def _same_words(one: KeyPoint, other: KeyPoint) -> bool:
    return _key(one) == _key(other)


def _same_id_and_alike(one: KeyPoint, other: KeyPoint) -> bool:
    return one.id == other.id and similarity(_key(one), _key(other)) >= ALIKE / 2


def _alike(one: KeyPoint, other: KeyPoint) -> bool:
    return similarity(_key(one), _key(other)) >= ALIKE


def _key(point: KeyPoint) -> str:
    return normalise(point.source.words if point.source else point.name).text


def _fields(old: Rubric | KeyPoint, new: Rubric | KeyPoint, prefix: str) -> Iterator[Words]:
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field == "source":
            before, after = (value and (value.part, value.words) for value in (before, after))
        if field in _APART or before == after:
            continue
        zh, en = _NAMES[field]
        change = f"{_shown(before)} → {_shown(after)}"
        yield Words(f"~ {prefix}{zh}：{change}", f"~ {prefix}{en}: {change}")


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        value = "、".join(value)
    elif isinstance(value, tuple):
        return f"{len(value)}"
    text = " ".join(str("" if value is None else value).split())
    return "∅" if not text else text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _told(point: KeyPoint) -> Words:
    return Words(f"{point.id} {point.name}（{point.points:g} 分）", f"{point.id} {point.name} ({point.points:g})")
