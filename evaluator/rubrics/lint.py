"""What a valid rubric can still be wrong about: whether two people, or a person and a judge, would read it alike."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.errors import Words
from evaluator.models import KeyPoint, Place, Rubric
from evaluator.rubrics import wording
from evaluator.rubrics.finding import Finding, Severity
from evaluator.rubrics.phrases import phrase_findings
from evaluator.text import normalise, similarity

ALIKE = 0.75
"""Similarity of two `hit` sentences, 0..1, from which they count as the same requirement."""
SAME = 0.95
"""Similarity from which `partial` says no more than `hit`."""


def lint(rubric: Rubric) -> tuple[Finding, ...]:
    """All findings, in the order of the rubric's fields. Objective questions need no sentences, so none is missed."""
    found = [*_about_the_rubric(rubric), *phrase_findings(rubric), *_unread(rubric)]
    if not rubric.kind.objective:
        found += [*_sentences(rubric), *_overlaps(rubric), *_sources(rubric)]
    return tuple(sorted(found, key=lambda finding: _order(finding.place)))


def _order(place: Place) -> tuple[int, ...]:
    index = place[1] if len(place) > 1 and isinstance(place[1], int) else -1
    return list(Rubric.model_fields).index(str(place[0])), index


def _sentences(rubric: Rubric) -> Iterator[Finding]:
    partial_counts = 0 < rubric.partial_share < 1
    for index, point in enumerate(rubric.key_points):
        place: Place = ("key_points", index)
        yield from _absent(point, place, partial_counts=partial_counts)
        yield from _vague((*place, "hit"), point.hit, point.name)
        yield from _vague((*place, "partial"), point.partial, point.name)
        yield from _doubled((*place, "hit"), point.hit, point.partial)
        yield from _said_twice(point, place)
    for index, deduction in enumerate(rubric.deductions):
        yield from _vague(("deductions", index, "when"), deduction.when, deduction.name)


def _said_twice(point: KeyPoint, place: Place) -> Iterator[Finding]:
    if similarity(wording.core(point.hit), wording.core(point.name)) >= SAME:
        yield Finding(
            "hit-is-name",
            Severity.WARNING,
            (*place, "hit"),
            Words("hit 只是重复了名称", "`hit` only repeats the name"),
            Words("写出答案里要出现什么才算", "say what must stand in an answer"),
        )
    if similarity(point.hit, point.partial) >= SAME:
        yield Finding(
            "partial-is-hit",
            Severity.WARNING,
            (*place, "partial"),
            Words("partial 与 hit 写得几乎一样，分不出两档", "`partial` and `hit` say nearly the same"),
            Words("写出部分命中比命中少了什么", "say what is still missing when only half is earned"),
        )


def _absent(point: KeyPoint, place: Place, *, partial_counts: bool) -> Iterator[Finding]:
    if not point.hit.strip():
        yield Finding(
            "no-hit",
            Severity.ERROR,
            place,
            Words(
                f"得分点“{point.name}”没有 hit：谁也不知道怎样才算命中",
                f"{point.name!r} has no `hit`: nobody knows what earns it",
            ),
            Words("用一句话写出答案里必须有什么", "say in one sentence what the answer must contain"),
        )
    if not point.partial.strip() and partial_counts:
        yield Finding(
            "no-partial",
            Severity.WARNING,
            place,
            Words(f"得分点“{point.name}”没有 partial", f"{point.name!r} has no `partial`"),
            Words(
                "用一句话写出答到什么程度得部分分；不设部分分就写 partial_share: 0",
                "say what earns half, or set partial_share: 0",
            ),
        )
    if not point.follow_up.strip():
        yield Finding(
            "no-follow-up",
            Severity.INFO,
            place,
            Words(f"得分点“{point.name}”没有追问", f"{point.name!r} has no `follow_up`"),
            Words("写一句追问，未命中时报告会列出", "write a question to ask a candidate who missed it"),
        )


def _vague(place: Place, sentence: str, name: str) -> Iterator[Finding]:
    if words := wording.vague_words(sentence, name):
        said = ", ".join(dict.fromkeys(words))
        yield Finding(
            "vague",
            Severity.WARNING,
            place,
            Words(
                f"只有“{said.replace(', ', '、')}”，没有可核对的内容：两个人会判得不一样",
                f"only {said!r}, nothing to check: two readers will differ",
            ),
            Words(
                "写出答案里要出现的事实、做法、名词或例子", "name the fact, action, term or example that must be there"
            ),
        )


def _doubled(place: Place, hit: str, partial: str) -> Iterator[Finding]:
    if joined := wording.two_requirements(hit):
        settled = wording.tells_half(partial)
        yield Finding(
            "two-requirements",
            Severity.INFO if settled else Severity.WARNING,
            place,
            Words(f"“{joined}”连起了两个要求", f"{joined!r} joins two requirements"),
            Words(
                "拆成两个得分点，或在 partial 里写明只满足哪一个得部分分",
                "make two key points, or say in `partial` which of the two earns half",
            ),
        )


def _overlaps(rubric: Rubric) -> Iterator[Finding]:
    points = rubric.key_points
    for index, point in enumerate(points):
        for earlier in points[:index]:
            same_name = normalise(point.name).text == normalise(earlier.name).text
            if same_name or similarity(wording.core(point.hit), wording.core(earlier.hit)) >= ALIKE:
                yield Finding(
                    "overlap",
                    Severity.WARNING,
                    ("key_points", index),
                    Words(
                        f"得分点“{point.name}”与“{earlier.name}”几乎是同一个要求，一句话会得两次分",
                        f"{point.name!r} and {earlier.name!r} ask nearly the same: one sentence earns both",
                    ),
                    Words("合并，或写清两者的区别", "merge them, or write what tells them apart"),
                )


def _sources(rubric: Rubric) -> Iterator[Finding]:
    if rubric.provenance is None:
        return
    for index, point in enumerate(rubric.key_points):
        if point.source is None:
            yield Finding(
                "missing-source",
                Severity.WARNING,
                ("key_points", index),
                Words(
                    f"得分点“{point.name}”没有写出自解析的哪一处",
                    f"{point.name!r} does not say where in the paper it comes from",
                ),
                Words("加上 source：part、start、end、words", "add source: part, start, end, words"),
            )


def _unread(rubric: Rubric) -> Iterator[Finding]:
    """Key points with text that a model proposed and nobody has vouched for."""
    for index, point in enumerate(rubric.key_points):
        if point.from_model:
            said = ", ".join(point.from_model)
            yield Finding(
                "model-text",
                Severity.INFO if rubric.status == "draft" else Severity.WARNING,
                ("key_points", index, "from_model"),
                Words(
                    f"得分点“{point.name}”的 {said.replace(', ', '、')} 是模型写的，还没有人认可",
                    f"{said} of {point.name!r} came from a model, and no person has taken it over",
                ),
                Words("逐句读过、改好，再删去 from_model", "read it, mend it, then remove `from_model`"),
            )


def _about_the_rubric(rubric: Rubric) -> Iterator[Finding]:
    if rubric.provenance is None:
        yield Finding(
            "missing-provenance",
            Severity.WARNING,
            ("provenance",),
            Words("没有写明出自哪份试卷", "does not say which paper it comes from"),
            Words("加上 provenance：paper、sha256、number", "add provenance: paper, sha256, number"),
        )
    if rubric.points_from == "even_split" and len(rubric.key_points) > 1:
        yield Finding(
            "even-split",
            Severity.INFO,
            ("points_from",),
            Words("各得分点的分值是平均分配的，不是试卷给的", "points were split evenly, the paper does not give them"),
            Words("按轻重调整 points，再写 points_from: paper 或保持原样", "weigh the key points if some matter more"),
        )
    if not rubric.reference.strip() and not rubric.kind.objective:
        yield Finding(
            "reference-missing",
            Severity.INFO,
            ("reference",),
            Words("没有参考答案，看不出答案是否照抄", "no reference answer: copying cannot be noticed"),
            Words("加上 reference", "add `reference`"),
        )
    if rubric.status == "draft":
        yield Finding(
            "draft",
            Severity.INFO,
            ("status",),
            Words("还是草稿，成绩会提示复核", "still a draft: every grade asks for review"),
            Words("有人核对后写 status: reviewed", "write `status: reviewed` once a person has checked it"),
        )
