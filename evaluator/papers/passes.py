"""Two passes over one paper made one: answers gathered at the end, or everything once more with the 解析."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from evaluator.papers.choices import split_options
from evaluator.papers.labels import Part
from evaluator.papers.raw import Assembled, RawQuestion, RawSection, Stretch

_ALIKE = 80
"""Similarity of two stems, 0 to 100, from which they are one question."""
_APART = re.compile(r"[\W_]+")
_BEGINS = 20
_COMPARED = 300
"""Characters of a stem that are compared."""


@dataclass(slots=True)
class Merged:
    """The first pass with what the second adds."""

    repeated: int = 0
    """Questions that both passes give."""
    rivals: list[tuple[RawQuestion, list[Stretch]]] = field(default_factory=list)
    """Second answers to questions that have one already."""


class Joining:
    """Puts the second pass into the first."""

    def __init__(self, text: str, first: Assembled, part: Part = Part.ANSWER) -> None:
        """`part` is what the second pass gives where it has no labels."""
        self._text = text
        self._first = first
        self._part = part
        self._known: dict[int, tuple[int, dict[int, list[RawQuestion]]]] = {}
        self._materials = {self._beginning(question) for question in first.questions if question.material}
        self._by_stem = {self._folded(question): question for question in reversed(first.questions)}

    def join(self, second: Assembled) -> Merged:
        """Change the first pass in place; what differs is returned."""
        merged = Merged()
        for section in second.sections:
            target = self._section(section)
            if target is None and section.heading.title and self._is_new(section):
                self._first.sections.append(section)
                continue
            for question in section.questions:
                self._question(question, target, merged)
        return merged

    def _is_new(self, section: RawSection) -> bool:
        known = {one.heading.kind for one in self._first.sections}
        return section.order > len(self._first.sections) or (section.heading.kind not in known | {None})

    def _section(self, section: RawSection) -> RawSection | None:
        if not section.order and not section.heading.title:
            return self._first.sections[0] if len(self._first.sections) == 1 else None
        by_title = [one for one in self._first.sections if one.heading.title == section.heading.title != ""]
        by_order = [one for one in self._first.sections if section.order and one.order == section.order]
        alike = [one for one in by_order if not {one.heading.kind, section.heading.kind} - {None, one.heading.kind}]
        return next(iter([*by_title, *alike]), None)

    def _question(self, question: RawQuestion, section: RawSection | None, merged: Merged) -> None:
        folded = self._folded(question)
        same = self._by_stem.get(folded) if folded else None
        if same is None and self._repeats(question):
            same = self._alike(question, section)
        if same is not None:
            merged.repeated += 1
            self._take_over(question, same, merged)
            return
        if question.material and not self._repeats(question) and not self._known_material(question):
            (section or self._first.sections[-1]).questions.append(question)
            return
        numbered = self._numbered(question, section)
        if self._repeats(question) and (numbered is None or numbered.answered):
            if section is not None:
                section.questions.append(question)
        elif numbered is not None:
            if not self._repeats(question):
                self._stem_is_answer(question)
            self._take_over(question, numbered, merged)

    def _known_material(self, question: RawQuestion) -> bool:
        """Whether the first pass gives the material, too; else these are the questions of a further case."""
        return self._beginning(question) in self._materials

    def _beginning(self, question: RawQuestion) -> str:
        return self._text[slice(*question.material[0])].strip()[:_BEGINS]

    def _repeats(self, question: RawQuestion) -> bool:
        """Whether `question` is a question with stem, not just the answer to one."""
        stem = self._stem(question)
        return bool(split_options(stem)[1]) or (question.answered and Part.ANSWER in question.parts and len(stem) > 8)

    def _alike(self, question: RawQuestion, section: RawSection | None) -> RawQuestion | None:
        numbered = self._numbered(question, section)
        if numbered is None:
            return None
        score = fuzz.ratio(self._folded(question), self._folded(numbered))
        return numbered if score >= _ALIKE else None

    def _numbered(self, question: RawQuestion, section: RawSection | None) -> RawQuestion | None:
        by_order = self._orders(section)
        same = by_order.get(question.order, [])
        exact = [one for one in same if one.number == question.number]
        if len(same) > 1 and (section is None or len(exact) > 1):
            if self._part is Part.ANALYSIS:
                # The 解析 of a section stand right behind its answers.
                return next((one for one in reversed(same) if Part.ANALYSIS not in one.parts), None)
            return next((one for one in same if not one.answered), None)
        return next(iter(exact or same), None)

    def _orders(self, section: RawSection | None) -> dict[int, list[RawQuestion]]:
        """The questions of `section`, or all, by their numbers."""
        pool = section.questions if section else self._first.questions
        key = id(section) if section else 0
        count, orders = self._known.get(key, (-1, {}))
        if count != len(pool):
            orders = {}
            for one in pool:
                orders.setdefault(one.order, []).append(one)
            self._known[key] = (len(pool), orders)
        return orders

    def _stem_is_answer(self, question: RawQuestion) -> None:
        stem = question.parts.pop(Part.STEM, [])
        question.parts[self._part] = [*stem, *question.parts.get(self._part, [])]

    @staticmethod
    def _take_over(question: RawQuestion, same: RawQuestion, merged: Merged) -> None:
        for part in (Part.ANSWER, Part.ANALYSIS):
            given = question.parts.get(part, [])
            if given and part not in same.parts:
                same.parts[part] = given
            elif given and part is Part.ANSWER:
                merged.rivals.append((same, given))

    def _stem(self, question: RawQuestion) -> str:
        return "\n".join(self._text[start:end] for start, end in question.parts.get(Part.STEM, []))

    def _folded(self, question: RawQuestion) -> str:
        # The text is simplified and half-width by now.
        return _APART.sub("", self._stem(question)[:_COMPARED]).lower()
