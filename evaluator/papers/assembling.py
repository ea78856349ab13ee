"""From marks to sections and questions: which marks count, given what went before.

The state is the section, the question and the part of it that is being read. A number counts as a question or stays
text (an item of an answer, a point of a case) by its style, by what number is due, and by whether an answer follows.
"""

from __future__ import annotations

import dataclasses
import itertools
import re

from evaluator.models import QuestionKind
from evaluator.papers.headings import Heading, asks, instructs, read_heading
from evaluator.papers.keys import answers, run_of_signs
from evaluator.papers.labels import KEY_STARTS, MATERIAL_START, Part
from evaluator.papers.marks import Mark, Sign
from evaluator.papers.raw import Assembled, RawQuestion, RawSection, Stretch
from evaluator.papers.sectioning import Sectioning
from evaluator.papers.state import SAID

_FEW = 2
_FIRST_ITEM = re.compile(r"[^\S\n]*1[.．、)）](?!\d)")
_SHORTEST_TASK = 10
_NUMBERED_KINDS = frozenset(
    {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE, QuestionKind.FILL_BLANK}
)
"""Kinds whose sections have numbered questions."""
_CASE = 30
"""Characters of the shortest text that questions are about."""
_INTERLUDE = 20
"""Characters between the heading of the answers and the first of them."""
_LEVELS = ("part", "cn", "bracket")
"""Styles of headings from the highest to the lowest."""
_SUBORDINATE = ("dot", "half", "bracket", "circle")
"""Styles that can number the questions under a question, from the higher to the lower."""


def assemble(text: str, marks: list[Mark], end: int, *, key: bool = False) -> Assembled:
    """Read `marks` in order up to the end of the text or the place where the answers of the whole paper begin.

    `key` says that these are the answers, which may go on with any number.
    """
    assembled = _Assembler(text, marks, end, key=key).run()
    for question in assembled.questions:
        question.settle_outline()
    return assembled


class _Assembler(Sectioning):
    def run(self) -> Assembled:
        """Read all marks."""
        for index, mark in enumerate(self._marks):
            if mark.sign is Sign.SECTION:
                self._section(mark, index)
            elif mark.sign is Sign.NUMBER:
                self._number(mark, index)
            elif mark.sign is Sign.LABEL:
                self._label(mark, index)
            elif self._dealt_out(mark):
                continue
            elif self._opens_answers(mark, index):
                self._settle(mark.start)
                self._close(mark.start)
                return Assembled(self._sections, max(self._head, 0), mark)
            else:
                self._label(Mark(mark.start, mark.end, Sign.LABEL, part=mark.part), index)
        self._settle(self._end)
        self._close(self._end)
        return Assembled(self._sections, self._end if self._head < 0 else self._head)

    def _unanswered(self) -> list[RawQuestion]:
        """The questions without an answer since the last that has one, backwards."""
        asked = (question for section in reversed(self._sections) for question in reversed(section.questions))
        return list(itertools.takewhile(lambda question: not question.answered, asked))

    def _dealt_out(self, mark: Mark) -> bool:
        """答案：BCADA: a sign for each question that still has no answer."""
        waiting = self._unanswered()[::-1]
        signs = run_of_signs(self._text, mark.end, len(waiting)) if len(waiting) >= _FEW else []
        if not signs:
            return False
        self._close(mark.start)
        for question, stretch in zip(waiting, signs, strict=True):
            question.parts[Part.ANSWER] = [stretch]
        self._part, self._from = Part.ASIDE, signs[-1][1]
        return True

    def _opens_answers(self, mark: Mark, index: int) -> bool:
        if mark.style:
            return any(section.questions for section in self._sections)
        open_ones = self._unanswered()
        if len(open_ones) < _FEW:
            return False
        due = {1, open_ones[-1].order}
        if (found := KEY_STARTS.match(self._text, mark.end)) and int(found["key"]) in due:
            return True
        following = self._following(index)
        if following is None or following.number not in due:
            return False
        between = self._text[mark.end : following.start].strip()
        return len(between) <= _INTERLUDE and following.sign in {Sign.SECTION, Sign.NUMBER}

    # Sections

    def _section(self, mark: Mark, index: int) -> None:
        line_end = self._line_end(mark, index)
        line = self._text[mark.end : line_end]
        if self._is_heading(mark, line, index):
            self._settle(mark.start)
            self._close(mark.start)
            self._open_section(RawSection(read_heading(line), mark.number, mark.start), mark)
            self._question, self._style, self._last, self._material = None, "", 0, ()
            self._numbered_material = False
            self._part, self._from = Part.MATERIAL, line_end
        elif self._begins_case(mark, index):
            self._close(mark.start)
            self._orders["case"] = mark.number
            self._question, self._material, self._until = None, (), 0
            self._part, self._from = Part.MATERIAL, mark.end
        elif mark.style in {"cn", "bracket"}:
            self._itemised = mark.number
            self._number(mark, index)

    def _open_section(self, section: RawSection, mark: Mark) -> None:
        self._sections.append(section)
        self._orders[mark.style] = mark.number
        # The headings below it count anew.
        for style in _LEVELS[_LEVELS.index(mark.style) + 1 :] if mark.style in _LEVELS else ():
            self._orders.pop(style, None)
        if self._head < 0:
            self._head = section.place

    def _begins_case(self, mark: Mark, index: int) -> bool:
        """（一）above the text that the next questions are about; the first stands right below a heading."""
        following = self._following(index)
        if mark.style != "bracket" or self._key or following is None or following.sign is not Sign.NUMBER:
            return False
        first = self._part is Part.MATERIAL and mark.number == 1 and not self._text[self._from : mark.start].strip()
        later = mark.number > 1 and self._orders.get("case") == mark.number - 1
        text = self._text[mark.end : following.start]
        return (first or later) and len(text.strip()) > _CASE and following.number in {1, self._last + 1}

    # Questions

    def _number(self, mark: Mark, index: int) -> None:
        if mark.style in {"range", "grid"}:
            self._open_range(mark)
        elif mark.style == "further":
            self._further(mark, index)
        elif mark.style == "untold" and self._style == "coded" and self._question:
            self._close(mark.start)
            self._part, self._from = Part.STEM, mark.end
        elif answered := self._named_by_answer(mark, index):
            self._close(mark.start)
            self._question, self._part, self._from = answered, Part.ASIDE, mark.end
        elif self._sub and mark.style == self._sub[0] and mark.number == self._sub[1] + 1 and mark.answered:
            self._open_sub(mark)
        elif self._is_question(mark):
            self._open_question(mark)
        elif self._begins_sub(mark, index):
            self._open_sub(mark)
        elif self._part in SAID and mark.style == self._style:
            self._listed = mark.number

    def _is_question(self, mark: Mark) -> bool:
        if mark.style in {"untold", "tag", "heading", "coded", "dashed"}:
            return self._style in {"", mark.style} and (mark.style != "dashed" or mark.answered or self._asks(mark))
        if not self._style:
            return self._may_open_style(mark)
        if mark.style != self._style or (self._headed and not mark.headed):
            return False
        due = mark.number == self._last + 1 or (self._part is Part.MATERIAL and mark.number == 1)
        if self._part in SAID:
            return self._headed or self._leaves_answer(mark, due=due)
        if self._key:
            return due or (not mark.inline and mark.number > self._last)
        return due or (not mark.inline and (mark.answered or (mark.number > self._last and self._asks(mark))))

    def _may_open_style(self, mark: Mark) -> bool:
        if mark.sign is Sign.SECTION and not (mark.answered or self._key or self._tells(mark)):
            return False
        if mark.style == "lone" and not (mark.answered and self._asks(mark)):
            return False
        if mark.style in {"blank", "lone"} and (mark.number > 1 or mark.followed != _FEW):
            return False
        if self._key:
            return True
        if self._question and self._part in SAID:
            return mark.answered
        return mark.number <= 1 or mark.answered or bool(self._sections) or self._asks(mark)

    def _leaves_answer(self, mark: Mark, *, due: bool) -> bool:
        continues = mark.number == self._listed + 1
        if due and not continues:
            return True
        promised = self._question is not None and self._part is not Part.ANSWER and not self._question.has_answer
        # The answer ahead may be that of this question.
        if mark.inline or (continues and (promised or not mark.answered)):
            return due and (mark.answered or self._asks(mark))
        return mark.answered or (mark.number > self._last and self._asks(mark))

    def _open_question(self, mark: Mark) -> None:
        before = self._aside_before(mark)
        self._close(before[0][0] if before else mark.start)
        if self._head < 0:
            self._head = mark.start
        if not self._sections:
            self._sections.append(RawSection(self._heading_above(mark.start), 0, mark.start))
        self._turn_into_material()
        order = mark.number or self._last + 1
        if self._until and order > self._until:
            self._material, self._until = (), 0
        self._question = RawQuestion(mark.printed or str(order), order, mark.tag, material=self._material)
        siblings = self._sections[-1].questions
        self._question.far = self._numbered_material and bool(siblings) and siblings[-1].material == self._material
        self._sections[-1].questions.append(self._question)
        if mark.given:
            self._question.parts[Part.ANSWER] = [mark.given]
        if before:
            self._question.parts[Part.ASIDE] = before
        self._headed = mark.headed
        self._style, self._last, self._listed, self._sub = mark.style, order, 0, None
        self._itemised = 0
        self._part, self._from = Part.STEM, mark.end

    def _further(self, mark: Mark, index: int) -> None:
        """追问 with an answer of its own is a question; else it belongs to the stem or the answer that it stands in."""
        following = self._following(index)
        if self._part in SAID and following is not None and following.part in SAID and following.sign is Sign.LABEL:
            style, number = self._style, self._last + 1
            self._open_question(dataclasses.replace(mark, number=number, printed=str(number)))
            self._style = style

    def _aside_before(self, mark: Mark) -> list[Stretch]:
        """[题型] 多选题 above [题干] …: an aside belongs to the question below it where the first one stands so."""
        if mark.style != "untold":
            return []
        if self._question is None and not any(section.questions for section in self._sections):
            self._aside_first = self._part is Part.ASIDE
        return [(self._from, mark.start)] if self._aside_first and self._part is Part.ASIDE else []

    def _named_by_answer(self, mark: Mark, index: int) -> RawQuestion | None:
        """The open question that 3.【答案】B below the questions answers: a number right before a label."""
        following = self._following(index)
        if self._key or following is None or following.sign is not Sign.LABEL or mark.style != self._style:
            return None
        if following.part not in SAID or self._text[mark.end : following.start].strip():
            return None
        return next((one for one in self._unanswered() if one.order == mark.number), None)

    def _open_range(self, mark: Mark) -> None:
        self._close(mark.start)
        if not self._sections:
            self._sections.append(RawSection(Heading(), 0, mark.start))
        for number, stretch in answers(self._text, mark.start, mark.end):
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

    def _begins_sub(self, mark: Mark, index: int) -> bool:
        return (
            self._question is not None
            and self._part is Part.STEM
            and mark.number == 1
            and mark.answered
            and mark.style in _SUBORDINATE
            and mark.style != self._style
            and self._answered_after(mark, index)
        )

    def _answered_after(self, mark: Mark, index: int) -> bool:
        """Whether the second of the style has an answer of its own before the next question."""
        for other in itertools.islice(self._marks, index + 1, None):
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
        if mark.style == "furniture":
            self._close(mark.start)
            self._from = mark.end
            return
        if mark.part is Part.MATERIAL:
            self._material_label(mark, index)
            return
        if self._question is None and (mark.part is Part.ASIDE or self._explains_marking(mark, index)):
            self._part, self._from = Part.ASIDE, mark.start
            return
        if self._question is None and not self._opens_untold(mark):
            return
        self._close(mark.start)
        # The builder reads the words of an aside, 分值 and 题型, with it.
        self._part, self._from = mark.part, mark.start if mark.part is Part.ASIDE else mark.end
        # A list that begins behind the label, in its line, has no mark for its first item.
        self._listed = int(_FIRST_ITEM.match(self._text, mark.end) is not None)

    def _explains_marking(self, mark: Mark, index: int) -> bool:
        """评分标准 between a heading of the key and its first number: how the section is marked."""
        following = self._following(index)
        return self._key and mark.part is Part.ANALYSIS and following is not None and following.sign is Sign.NUMBER

    def _material_label(self, mark: Mark, index: int) -> None:
        if self._begins_material(mark, index):
            self._close(mark.start)
            again = mark.style == "introduction" and self._part is Part.MATERIAL
            self._material = self._material if again else ()
            self._question, self._part, self._from, self._until = None, Part.MATERIAL, mark.end, mark.until
            if self._head < 0:
                self._head = mark.start
        elif self._is_numbered_case(mark, index):
            self._open_question(dataclasses.replace(mark, style="case"))

    def _begins_material(self, mark: Mark, index: int) -> bool:
        following = self._following(index)
        if following is None or following.sign is not Sign.NUMBER:
            return False
        if mark.style == "introduction" and not self._text[self._from : mark.start].strip():
            return self._part is not Part.STEM
        return self._part is not Part.STEM or self._style == following.style

    def _is_numbered_case(self, mark: Mark, index: int) -> bool:
        """案例一 … 参考答案: a case that is one question itself."""
        following = self._following(index)
        if not mark.number or self._style not in {"", "case"} or following is None:
            return False
        return following.sign is Sign.LABEL and following.part in {Part.ANSWER, Part.OUTLINE, Part.ANALYSIS}

    def _opens_untold(self, mark: Mark) -> bool:
        """A section whose text is one question without a number."""
        if not self._sections or mark.part not in {Part.ANSWER, Part.OUTLINE}:
            return False
        keyed = self._key and self._part is Part.MATERIAL and not self._sections[-1].questions
        if not self._text[self._from : mark.start].strip() and not keyed:
            return False
        self._untold()
        return True

    def _untold(self) -> None:
        start, section = self._from, self._sections[-1]
        self._question = RawQuestion(str(len(section.questions) + 1), len(section.questions) + 1)
        section.questions.append(self._question)
        self._part, self._from, self._last = Part.STEM, start, self._question.order

    def _settle(self, at: int) -> None:
        """A section that ends at `at` and has no question is one itself, if it asks something or gives an answer."""
        if self._part is not Part.MATERIAL or not self._sections or self._sections[-1].questions:
            return
        text, kind = self._text[self._from : at].strip(), self._sections[-1].heading.kind
        if kind is None or kind in _NUMBERED_KINDS or len(text) < _SHORTEST_TASK or instructs(text):
            return
        if self._key or asks(text) or kind in {QuestionKind.ESSAY, QuestionKind.CASE}:
            self._untold()

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
