"""From marks to sections and questions: which marks count, given what went before.

The state is the section, the question and the part of it that is being read. A number counts as a question or stays
text (an item of an answer, a point of a case) by its style, by what number is due, and by whether an answer follows.
"""

from __future__ import annotations

import re

from evaluator.papers.headings import Heading, asks, declares, heads, read_heading
from evaluator.papers.keys import answers
from evaluator.papers.labels import MATERIAL_START, Part
from evaluator.papers.marks import Mark, Sign
from evaluator.papers.raw import Assembled, RawQuestion, RawSection, Stretch

_FEW = 2
_FIRST_ITEM = re.compile(r"[^\S\n]*1[.．、)）](?!\d)")
_INTERLUDE = 20
"""Characters between the heading of the answers and the first of them."""
_HEADING, _PART_HEADING = 40, 80
"""Characters of a heading."""
_SUBORDINATE = ("dot", "half", "bracket", "circle")
"""Styles that can number the questions under a question, from the higher to the lower."""


def assemble(text: str, marks: list[Mark], end: int) -> Assembled:
    """Read `marks` in order up to the end of the text or the place where the answers of the whole paper begin."""
    return _Assembler(text, marks, end).run()


class _Assembler:
    def __init__(self, text: str, marks: list[Mark], end: int) -> None:
        self._text, self._marks, self._end = text, marks, end
        self._sections: list[RawSection] = []
        self._question: RawQuestion | None = None
        self._part: Part | None = None
        self._from = 0
        self._style = ""
        self._last = 0
        self._listed = 0
        self._sub: tuple[str, int, RawQuestion] | None = None
        self._material: tuple[Stretch, ...] = ()
        self._numbered_material = False
        self._head = -1

    def run(self) -> Assembled:
        """Read all marks."""
        for index, mark in enumerate(self._marks):
            if mark.sign is Sign.SECTION:
                self._section(mark, index)
            elif mark.sign is Sign.NUMBER:
                self._number(mark)
            elif mark.sign is Sign.LABEL:
                self._label(mark, index)
            elif self._opens_answers(mark, index):
                self._close(mark.start)
                return Assembled(self._sections, max(self._head, 0), mark)
            else:
                self._label(Mark(mark.start, mark.end, Sign.LABEL, part=Part.ANSWER), index)
        self._close(self._end)
        return Assembled(self._sections, self._end if self._head < 0 else self._head)

    def _opens_answers(self, mark: Mark, index: int) -> bool:
        asked = [question for section in self._sections for question in section.questions]
        if mark.style or not asked:
            return bool(mark.style and asked)
        following = self._following(index)
        if following is None or len(asked) < _FEW or any(question.answered for question in asked[-_FEW:]):
            return False
        restarts = following.number == 1 and following.sign in {Sign.SECTION, Sign.NUMBER}
        between = self._text[mark.end : following.start].strip()
        return len(between) <= _INTERLUDE and (restarts or following.style == "range")

    def _following(self, index: int) -> Mark | None:
        return self._marks[index + 1] if index + 1 < len(self._marks) else None

    # Sections

    def _section(self, mark: Mark, index: int) -> None:
        line_end = self._line_end(mark, index)
        line = self._text[mark.end : line_end]
        if self._is_heading(mark, line, index):
            self._close(mark.start)
            self._open_section(RawSection(read_heading(line), mark.number, mark.start))
            self._question, self._style, self._last, self._material = None, "", 0, ()
            self._numbered_material = False
            self._part, self._from = Part.MATERIAL, line_end
        elif mark.style in {"cn", "bracket"}:
            self._number(mark)

    def _line_end(self, mark: Mark, index: int) -> int:
        newline = self._text.find("\n", mark.end)
        ends = [newline if newline >= 0 else self._end, self._end]
        ends += [following.start for following in self._marks[index + 1 : index + 2] if following.start >= mark.end]
        return min(ends)

    def _is_heading(self, mark: Mark, line: str, index: int) -> bool:
        in_answer = self._part in {Part.ANSWER, Part.ANALYSIS}
        if mark.style in {"part", "english"}:
            return len(line) <= _PART_HEADING
        if mark.style == "bare":
            return not in_answer or heads(line)
        due = mark.number == (self._sections[-1].order if self._sections else 0) + 1
        if mark.style == "bracket":
            return heads(line) and declares(line) and due
        return self._is_numbered_heading(line, index, due=due, in_answer=in_answer)

    def _is_numbered_heading(self, line: str, index: int, *, due: bool, in_answer: bool) -> bool:
        following = self._following(index)
        counts = following is not None and following.sign is Sign.NUMBER and following.number == 1
        if not line.strip() or (asks(line) and not heads(line)):
            return counts and not line.strip() and not in_answer
        if in_answer:
            return due and (heads(line) or (counts and following is not None and following.answered))
        return heads(line) or (counts and len(line.strip()) <= _HEADING)

    def _open_section(self, section: RawSection) -> None:
        self._sections.append(section)
        if self._head < 0:
            self._head = section.place

    # Questions

    def _number(self, mark: Mark) -> None:
        if mark.style == "range":
            self._open_range(mark)
        elif self._sub and mark.style == self._sub[0] and mark.number == self._sub[1] + 1 and mark.answered:
            self._open_sub(mark)
        elif self._is_question(mark):
            self._open_question(mark)
        elif self._begins_sub(mark):
            self._open_sub(mark)
        elif self._part in {Part.ANSWER, Part.ANALYSIS} and mark.style == self._style:
            self._listed = mark.number

    def _is_question(self, mark: Mark) -> bool:
        if mark.style in {"untold", "tag"}:
            return self._style in {"", mark.style}
        if not self._style:
            return self._may_open_style(mark)
        if mark.style != self._style:
            return False
        due = mark.number == self._last + 1
        if self._part in {Part.ANSWER, Part.ANALYSIS}:
            return self._leaves_answer(mark, due=due)
        return due or (not mark.inline and (mark.answered or (mark.number > self._last and self._asks(mark))))

    def _may_open_style(self, mark: Mark) -> bool:
        if self._question and self._part in {Part.ANSWER, Part.ANALYSIS}:
            return mark.answered
        return mark.number <= 1 or mark.answered or bool(self._sections) or self._asks(mark)

    def _leaves_answer(self, mark: Mark, *, due: bool) -> bool:
        continues = mark.number == self._listed + 1
        if due and not continues:
            return True
        if mark.inline or (continues and not mark.answered):
            return due and (mark.answered or self._asks(mark))
        return mark.answered or (mark.number > self._last and self._asks(mark))

    def _asks(self, mark: Mark) -> bool:
        newline = self._text.find("\n", mark.end)
        line = self._text[mark.end : newline if newline >= 0 else self._end][:300]
        return asks(line)

    def _open_question(self, mark: Mark) -> None:
        self._close(mark.start)
        if self._head < 0:
            self._head = mark.start
        if not self._sections:
            self._sections.append(RawSection(Heading(), 0, mark.start))
        self._turn_into_material()
        order = mark.number or self._last + 1
        self._question = RawQuestion(mark.printed or str(order), order, mark.tag, material=self._material)
        siblings = self._sections[-1].questions
        self._question.far = self._numbered_material and bool(siblings) and siblings[-1].material == self._material
        self._sections[-1].questions.append(self._question)
        if mark.given:
            self._question.parts[Part.ANSWER] = [mark.given]
        self._style, self._last, self._listed, self._sub = mark.style, order, 0, None
        self._part, self._from = Part.STEM, mark.end

    def _open_range(self, mark: Mark) -> None:
        self._close(mark.start)
        if not self._sections:
            self._sections.append(RawSection(Heading(), 0, mark.start))
        for number, stretch in answers(self._text, mark):
            given = RawQuestion(str(number), number, parts={Part.STEM: [stretch]})
            self._sections[-1].questions.append(given)
            self._last, self._from = number, stretch[1]
        self._question, self._part, self._style = None, None, "dot"

    def _turn_into_material(self) -> None:
        """A numbered 案例背景 without an answer is what the questions behind it are about."""
        previous, question = self._sections[-1].questions, self._question
        if question is None or question.answered or not previous or previous[-1] is not question:
            return
        stem = question.parts.get(Part.STEM, [(0, 0)])
        if MATERIAL_START.match(self._text, stem[0][0]) and not self._text[stem[0][0] : stem[-1][1]].rstrip().endswith(
            ("?", "？")
        ):
            previous.pop()
            self._material, self._numbered_material = tuple(stem), True

    # Questions under a question

    def _begins_sub(self, mark: Mark) -> bool:
        return (
            self._question is not None
            and self._part is Part.STEM
            and mark.number == 1
            and mark.answered
            and mark.style in _SUBORDINATE
            and mark.style != self._style
            and self._answered_after(mark)
        )

    def _answered_after(self, mark: Mark) -> bool:
        """Whether the second of the style has an answer of its own before the next question."""
        for other in self._marks[self._marks.index(mark) + 1 :]:
            if other.sign is Sign.SECTION and other.style == "cn":
                return False
            if other.sign is Sign.NUMBER and other.style == self._style and other.number == self._last + 1:
                return False
            if other.sign is Sign.NUMBER and other.style == mark.style and other.number == _FEW:
                return other.answered
        return False

    def _open_sub(self, mark: Mark) -> None:
        self._close(mark.start)
        above = self._sub[2] if self._sub else self._question
        if above is None:
            return
        siblings = self._sections[-1].questions
        if siblings and siblings[-1] is above:
            siblings.pop()
        material = (*above.material, *above.parts.get(Part.STEM, ()))
        self._question = RawQuestion(f"{above.number}({mark.number})", above.order, material=material)
        siblings.append(self._question)
        self._sub = (mark.style, mark.number, above)
        self._part, self._from, self._listed = Part.STEM, mark.end, 0

    # Parts

    def _label(self, mark: Mark, index: int) -> None:
        if mark.part is Part.MATERIAL:
            if self._begins_material(index):
                self._close(mark.start)
                self._question, self._part, self._from, self._material = None, Part.MATERIAL, mark.end, ()
                if self._head < 0:
                    self._head = mark.start
            return
        if self._question is None and not self._opens_untold(mark):
            return
        self._close(mark.start)
        self._part, self._from = mark.part, mark.end
        # A list that begins behind the label, in its line, has no mark for its first item.
        self._listed = int(_FIRST_ITEM.match(self._text, mark.end) is not None)

    def _begins_material(self, index: int) -> bool:
        following = self._following(index)
        if following is None or following.sign is not Sign.NUMBER:
            return False
        return self._part is not Part.STEM or self._style == following.style

    def _opens_untold(self, mark: Mark) -> bool:
        """A section whose text is one question without a number."""
        if not self._sections or mark.part is not Part.ANSWER:
            return False
        if not self._text[self._from : mark.start].strip():
            return False
        start, section = self._from, self._sections[-1]
        self._question = RawQuestion(str(len(section.questions) + 1), len(section.questions) + 1)
        section.questions.append(self._question)
        self._part, self._from, self._last = Part.STEM, start, self._question.order
        return True

    def _close(self, at: int) -> None:
        """End the part being read at `at`."""
        if self._part is None or not self._text[self._from : at].strip():
            return
        if self._question is not None:
            self._question.parts.setdefault(self._part, []).append((self._from, at))
        elif self._part is Part.MATERIAL and self._sections:
            self._material = (*self._material, (self._from, at))
        elif self._part is Part.MATERIAL:
            self._material = ((self._from, at),)
