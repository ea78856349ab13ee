"""Rubrics: what the answers to one question are scored by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from evaluator.errors import Words
from evaluator.models.base import Model, Place, Points, Share, Slug, Text


class QuestionKind(StrEnum):
    """题型."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    FILL_BLANK = "fill_blank"
    SHORT_ANSWER = "short_answer"
    ESSAY = "essay"
    CASE = "case"
    BEHAVIOURAL = "behavioural"
    SITUATIONAL = "situational"
    OTHER = "other"

    @property
    def objective(self) -> bool:
        """True where code scores the answer and no model is asked."""
        return self in _OBJECTIVE


_OBJECTIVE = frozenset(
    {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE, QuestionKind.FILL_BLANK}
)


class ChoiceRule(StrEnum):
    """How a multiple choice that is not fully right is scored. A wrong option always earns nothing."""

    EXACT = "exact"
    """全对得分: all right options and no other, or nothing."""
    SUBSET_HALF = "subset_half"
    """少选得部分分: some of the right options and no wrong one earn the `partial` share."""
    PER_OPTION = "per_option"
    """每项计分: each right option is a key point of its own."""


class SourceSpan(Model):
    """Where in the paper a key point comes from."""

    part: Literal["analysis", "reference"]
    """`analysis` is the 解析, `reference` the 参考答案."""
    start: Annotated[int, Field(ge=0)]
    """First character, counted in the decoded paper file."""
    end: Annotated[int, Field(gt=0)]
    words: Text
    """The term that names the key point, as printed (repaired where the file is damaged)."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end ({self.end}) must lie behind start ({self.start})")
        return self


class KeyPoint(Model):
    """得分点: one checkable requirement."""

    id: Slug
    """Stable: verdicts, overrides and calibration refer to it."""
    name: Text
    """A few words for lists and tables."""
    points: Points
    hit: str = ""
    """One sentence: what an answer must contain to earn all of it."""
    partial: str = ""
    """One sentence: what earns the partial share."""
    accept: tuple[Text, ...] = ()
    """Phrases that show the point, for the keyword judge, fill-in blanks and few-shot hints."""
    reject: tuple[Text, ...] = ()
    """Phrases that look like the point and are not."""
    follow_up: str = ""
    """追问: what to ask a candidate who missed it."""
    source: SourceSpan | None = None
    from_model: tuple[Literal["hit", "partial", "accept", "reject", "follow_up"], ...] = ()
    """Which of these texts a model proposed. A person who has read and mended them takes the mark away."""


class Deduction(Model):
    """扣分项: points taken off where the answer does something; judged like a key point."""

    id: Slug
    name: Text
    points: Points
    """How much is taken off, as a positive number; the total never falls below 0."""
    when: Text
    """One sentence: what an answer must contain for the deduction to apply."""
    accept: tuple[Text, ...] = ()


class AnyOf(Model):
    """任选: only the best `choose` of the key points in `of` count."""

    choose: Annotated[int, Field(ge=1)]
    of: Annotated[tuple[Slug, ...], Field(min_length=2)]


class Option(Model):
    """One option of a choice question."""

    label: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    text: Text


class Provenance(Model):
    """Where a rubric comes from."""

    paper: Text
    """Title of the paper."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of the paper's file, byte for byte."""
    section: str = ""
    number: str = ""
    """Question number as printed."""


class Rubric(Model):
    """评分细则: what the answers to one question are scored by."""

    id: Slug
    question: Text
    kind: QuestionKind
    tests: tuple[Text, ...] = ()
    """What 此题考察 names."""
    max_score: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
    points_from: Literal["paper", "even_split"] = "even_split"
    """Whether the paper gives points per key point, or they were split evenly."""
    key_points: Annotated[tuple[KeyPoint, ...], Field(min_length=1)]
    any_of: tuple[AnyOf, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    partial_share: Share = 0.5
    """Share of a key point's points that `partial` earns."""
    rounding: Annotated[float, Field(gt=0, le=10)] = 0.5
    """Step that the total is rounded to, half up."""
    options: tuple[Option, ...] = ()
    correct: tuple[str, ...] = ()
    """Labels of the right options; for true_false `true` or `false`."""
    choice_rule: ChoiceRule = ChoiceRule.EXACT
    reference: str = ""
    """参考答案 in the rubric owner's words."""
    provenance: Provenance | None = None
    status: Literal["draft", "reviewed"] = "draft"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found = list(self._inconsistencies())
        if found:
            # The loader turns the places into lines and columns of the file.
            text = "; ".join(words.en for _, words in found)
            raise PydanticCustomError("inconsistent_rubric", "{text}", {"text": text, "found": found})
        return self

    def _inconsistencies(self) -> Iterator[tuple[Place, Words]]:
        """What no single field can tell."""
        yield from self._repeated_ids()
        yield from self._broken_groups()
        total = self.attainable_points()
        if total != Decimal(str(self.max_score)):
            yield (
                ("max_score",),
                Words(
                    f"得分点合计 {total} 分，满分写的是 {self.max_score:g} 分",
                    f"key points add up to {total}, max_score is {self.max_score:g}",
                ),
            )
        if self.kind is QuestionKind.FILL_BLANK:
            yield from self._blank_problems()
        elif self.kind is QuestionKind.TRUE_FALSE:
            if self.correct not in (("true",), ("false",)):
                yield (
                    ("correct",),
                    Words('判断题要写 correct: ["true"] 或 ["false"]', 'correct must be ["true"] or ["false"]'),
                )
        elif self.kind.objective:
            yield from self._choice_problems()

    def _repeated_ids(self) -> Iterator[tuple[Place, Words]]:
        places = [(("key_points", index, "id"), item.id) for index, item in enumerate(self.key_points)]
        places += [(("deductions", index, "id"), item.id) for index, item in enumerate(self.deductions)]
        seen: set[str] = set()
        for place, item_id in places:
            if item_id in seen:
                yield place, Words(f"id {item_id!r} 重复", f"id {item_id!r} is used twice")
            seen.add(item_id)

    def _broken_groups(self) -> Iterator[tuple[Place, Words]]:
        ids = {key_point.id for key_point in self.key_points}
        taken = Counter(member for group in self.any_of for member in group.of)
        for index, group in enumerate(self.any_of):
            for member in group.of:
                if member not in ids:
                    yield (
                        ("any_of", index, "of"),
                        Words(f"没有 id 为 {member!r} 的得分点", f"no key point has the id {member!r}"),
                    )
                elif taken[member] > 1:
                    yield (
                        ("any_of", index, "of"),
                        Words(f"{member!r} 出现不止一次", f"{member!r} stands there more than once"),
                    )
            if group.choose >= len(group.of):
                yield (
                    ("any_of", index, "choose"),
                    Words(f"choose 必须小于所列得分点数 {len(group.of)}", f"choose must be below {len(group.of)}"),
                )

    def attainable_points(self) -> Decimal:
        """The most that an answer can earn: all key points, of every any_of group only the best `choose`."""
        points = {key_point.id: Decimal(str(key_point.points)) for key_point in self.key_points}
        grouped = {member for group in self.any_of for member in group.of}
        total = sum((value for key, value in points.items() if key not in grouped), Decimal(0))
        for group in self.any_of:
            best = sorted((points.get(member, Decimal(0)) for member in group.of), reverse=True)
            total += sum(best[: group.choose], Decimal(0))
        return total

    def _blank_problems(self) -> Iterator[tuple[Place, Words]]:
        for index, key_point in enumerate(self.key_points):
            if not key_point.accept:
                yield (
                    ("key_points", index),
                    Words("填空要在 accept 里列出可接受的答案", "a blank lists its answers in `accept`"),
                )

    def _choice_problems(self) -> Iterator[tuple[Place, Words]]:
        labels = [option.label for option in self.options]
        if len(labels) < 2 or len(set(labels)) != len(labels):
            yield (
                ("options",),
                Words("选择题至少两个选项，标号不能重复", "at least two options, each with a label of its own"),
            )
        if not self.correct or not set(self.correct) <= set(labels):
            yield ("correct",), Words("correct 必须是选项的标号", "correct must name labels of the options")
        if self.kind is QuestionKind.SINGLE_CHOICE and len(self.correct) != 1:
            yield ("correct",), Words("单选题只有一个正确选项", "single_choice has exactly one right option")
        ids = tuple(key_point.id for key_point in self.key_points)
        if self.choice_rule is ChoiceRule.PER_OPTION and ids != self.correct:
            yield (
                ("key_points",),
                Words(
                    "per_option 要为每个正确选项写一个得分点，id 用其标号",
                    "per_option needs one key point a right option, its label as id",
                ),
            )
        elif self.choice_rule is not ChoiceRule.PER_OPTION and len(ids) != 1:
            yield (
                ("key_points",),
                Words(f"{self.choice_rule} 只有一个得分点", f"{self.choice_rule} has exactly one key point"),
            )

    def key_point(self, key_point_id: str) -> KeyPoint:
        """The key point of that id; KeyError if there is none."""
        for key_point in self.key_points:
            if key_point.id == key_point_id:
                return key_point
        raise KeyError(key_point_id)
