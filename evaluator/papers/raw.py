"""Questions as stretches of the mended text, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluator.papers.headings import Heading
from evaluator.papers.keys import Stretch
from evaluator.papers.labels import Part
from evaluator.papers.marks import Mark

__all__ = ["Assembled", "RawQuestion", "RawSection", "Stretch"]


@dataclass(slots=True)
class RawQuestion:
    """A question as stretches of the text."""

    number: str
    order: int
    tag: str = ""
    """题型 printed before the number."""
    parts: dict[Part, list[Stretch]] = field(default_factory=dict)
    material: tuple[Stretch, ...] = ()
    far: bool = False
    """A question stands between it and its material, and the material may not be meant for it."""

    @property
    def answered(self) -> bool:
        """Whether it has a part for its answer or analysis."""
        return any(part in self.parts for part in (Part.ANSWER, Part.OUTLINE, Part.ANALYSIS))

    @property
    def has_answer(self) -> bool:
        """Whether it has an answer already, as against what explains it."""
        return Part.ANSWER in self.parts

    def settle_outline(self) -> None:
        """An outline is the answer where there is no other, else it explains it."""
        outline = self.parts.pop(Part.OUTLINE, [])
        part = Part.ANALYSIS if Part.ANSWER in self.parts else Part.ANSWER
        if outline:
            self.parts[part] = sorted([*self.parts.get(part, []), *outline])


@dataclass(slots=True)
class RawSection:
    """A section with its heading; `order` is the number printed, 0 where there is none."""

    heading: Heading
    order: int = 0
    place: int = 0
    questions: list[RawQuestion] = field(default_factory=list)


@dataclass(slots=True)
class Assembled:
    """One pass over a paper."""

    sections: list[RawSection]
    head: int
    """Where the first mark that counts stands: what lies before is the title."""
    answers_at: Mark | None = None
    """The mark behind which the answers of the whole paper stand, if they do."""

    @property
    def questions(self) -> list[RawQuestion]:
        """All questions in order."""
        return [question for section in self.sections for question in section.questions]
