"""From stretches of the text to the questions of a paper: stem, options, kind, right answer, points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.models import Option, Question, QuestionKind, Section, Span
from evaluator.papers import choices
from evaluator.papers.headings import Heading, instructs, kind_named, points_said, stem_points
from evaluator.papers.labels import LABEL, TAGS, Part
from evaluator.papers.raw import RawQuestion, RawSection, Stretch
from evaluator.papers.repair import Mended
from evaluator.papers.titles import untitled

_K = QuestionKind
_CHOICES = frozenset({_K.SINGLE_CHOICE, _K.MULTIPLE_CHOICE})
_TAG = re.compile(rf"^\s*[【\[(（]({TAGS})[】\])）]\s*[:：]?\s*")
_KIND_SAID = re.compile(r"题型[】\]]?[:：]?\s*([^\s\d，。：:【\[]{2,8})")
_CUT_LABEL = re.compile(r"(?:^|\n)\s*[【\[]?(?:参考答?|答案|参考|解|答|标准答?|正确答?)[】\]]?\s*$")
"""A label that the end of the text cut off, or that stands alone."""
_EXPERIENCE = re.compile(
    r"(?:分享|描述|讲述|回忆|举例|谈谈|介绍|说说|讲).{0,20}(?:一次|一件|经历|例子)|一个.{0,12}(?:例子|经历)|分享.{0,30}案例"
    r"|你曾|您曾|曾经|的经历|Tell me about a time|Describe a (?:time|situation)|Give (?:me )?an example of",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"怎么办[?？]|(?:你|您)(?:会|将|该|应该|打算)(?:从|如何|怎么|怎样)|How would you"
    r"|假设|假如|如果|倘若|若|某.{1,12}(?:客户|公司|团队|员工)"
    r"|(?:你|您)(?:会|将|该|应)?(?:如何|怎么|怎样)(?:处理|应对|解决|办|回应)|What would you do",
    re.IGNORECASE,
)
_TERM = re.compile(r"\s*[^：:\n。？?]{1,20}(?P<colon>[：:])(?=\s*\S{4})")
_SENTENCE = re.compile(r"[^。！？!?；\n]*(?:[。！？!?；]+[”\"』」)）]*|\n+|$)")
_REFERS = re.compile(r"上述|以上|前述|上面|案例|材料|背景|该|此|本案|文中")
_ASKING = re.compile(r"[\s【\[]*(?:问题|请回答|思考题|任务|要求|作答要求)[】\]]?[:：]?\s*$")
_PREFIX = re.compile(r"\s*(?:参考答案|答案|答|解)\s*[:：]\s*")
_NOTHING = re.compile(r"[(（]?(?:略|暂无(?:解析|答案|详解)?|无解析|无答案)[)）]?[。.]?")
"""Said in the place of an answer or an analysis."""
_MOSTLY = 0.8
_LONGEST_STEM = 400
_SHORTEST_ANSWER, _SHORTEST_ANSWER_BELOW = 40, 15
"""Characters of an answer without a label in the line of its question, and on lines of its own."""
_SHORTEST_EXPLANATION = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One text of a question with the place that it comes from."""

    text: str = ""
    span: Span | None = None


class Builder:
    """Builds sections; `unlabelled` says that answers without any label are to be told from stems."""

    def __init__(self, mended: Mended, *, unlabelled: bool) -> None:
        self._mended = mended
        self.unlabelled = unlabelled

    def mostly_told_apart(self, raws: Sequence[RawQuestion]) -> bool:
        """Whether most questions are asked and then answered without any label."""
        stems = [raw.parts.get(Part.STEM, []) for raw in raws]
        told = [stem for stem in stems if stem and self._told_apart(stem)[1]]
        return len(told) > 1 and len(told) >= _MOSTLY * len(stems)

    def section(self, raw: RawSection) -> Section:
        """The section with its questions."""
        alone = len(raw.questions) == 1
        questions = tuple(self._question(question, raw.heading, alone=alone) for question in raw.questions)
        kinds = {question.kind for question in questions}
        heading = raw.heading
        kind = heading.kind or (next(iter(kinds)) if len(kinds) == 1 and heading.title else None)
        return Section(
            title=heading.title,
            kind=kind,
            count=heading.count,
            points_each=heading.each,
            total=heading.total,
            questions=questions,
        )

    def field(self, stretches: Sequence[Stretch]) -> Field:
        """The text of `stretches`, trimmed, and the span of the source from the first to the last."""
        pieces = [(self._trimmed(start, end)) for start, end in stretches]
        pieces = [(start, end) for start, end in pieces if end > start]
        if not pieces:
            return Field()
        text = "\n".join(tidy(self._mended.text[start:end]) for start, end in pieces)
        if _NOTHING.fullmatch(text):
            return Field()
        return Field(text, self._mended.span(pieces[0][0], max(end for _, end in pieces)))

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        text = self._mended.text
        while start < end and (text[start].isspace() or text[start] in "*_#|"):
            start += 1
        while start < end and (text[end - 1].isspace() or text[end - 1] in "*_#|【["):
            end -= 1
        return start, end

    def _question(self, raw: RawQuestion, heading: Heading, *, alone: bool) -> Question:
        stem = raw.parts.get(Part.STEM, [])
        answer = raw.parts.get(Part.ANSWER, [])
        if not raw.answered and stem and "名词解释" in heading.title:
            stem, answer = self._defined(stem)
        elif self.unlabelled and not raw.answered and stem:
            stem, answer = self._told_apart(stem)
        stem_field, reference = self.field(stem), self.field(self._without_prefix(answer))
        analysis = self.field(raw.parts.get(Part.ANALYSIS, []))
        text = _CUT_LABEL.sub("", stem_field.text).strip()
        tag = _TAG.match(text)
        aside = self.field(raw.parts.get(Part.ASIDE, [])).text
        printed = tag[1] if tag else raw.tag or "".join(_KIND_SAID.findall(aside))
        named = kind_named(printed)
        text, points = stem_points(text[tag.end() :] if tag else text)
        points = points if points is not None else points_said(aside)
        choice = heading.choice or "选择" in printed
        text, options, correct, kind = _objective(text, reference.text, named or heading.kind, choice=choice)
        shown = not raw.far or _REFERS.search(text)
        text = choices.without_placeholder(text, kind) if kind else text
        explained = analysis.text or _explanation(kind, options, correct, reference.text)
        material = self._material(raw) if shown else ""
        kind = kind or (_K.CASE if material else _by_wording(text))
        return Question(
            number=raw.number,
            stem=text,
            kind=kind,
            options=options,
            correct=correct,
            reference="" if kind.objective and kind is not _K.FILL_BLANK and correct else reference.text,
            analysis=explained,
            points=points if points is not None else _points_each(heading, text, alone=alone),
            material=material,
            stem_span=stem_field.span,
            reference_span=reference.span,
            analysis_span=analysis.span or (reference.span if explained else None),
        )

    def _material(self, raw: RawQuestion) -> str:
        text = stem_points(_ASKING.sub("", self.field(raw.material).text))[0]
        return "" if instructs(text) else text

    def _without_prefix(self, answer: list[Stretch]) -> list[Stretch]:
        """An answer from a key may begin with 答: behind its number."""
        if not answer or not (match := _PREFIX.match(self._mended.text, *answer[0])):
            return answer
        return [(match.end(), answer[0][1]), *answer[1:]]

    def _defined(self, stem: list[Stretch]) -> tuple[list[Stretch], list[Stretch]]:
        """杀青：用高温…: a term and what it means, under 名词解释."""
        start, end = stem[0][0], stem[-1][1]
        term = _TERM.match(self._mended.text, start, end)
        return ([(start, term.start("colon"))], [(term.end(), end)]) if term else (stem, [])

    def _told_apart(self, stem: list[Stretch]) -> tuple[list[Stretch], list[Stretch]]:
        """Stem and answer that stand in one piece: the stem ends with the first run of sentences that ask."""
        start, end = stem[0][0], stem[-1][1]
        text = self._mended.text[start:end]
        asked = 0
        for match in _SENTENCE.finditer(text):
            sentence = match.group().strip()
            if not sentence:
                continue
            if match.end() > _LONGEST_STEM:
                break
            if re.search(r"[?？][”\"』」)）]*$", sentence):
                asked = match.end()
            elif asked:
                break
        shortest = _SHORTEST_ANSWER if "\n" not in text[asked - 1 : asked + 2] else _SHORTEST_ANSWER_BELOW
        if not asked or len(text) - asked < shortest or len(stem) > 1 or choices.split_options(text)[1]:
            return stem, []
        return [(start, start + asked)], [(start + asked, end)]


def tidy(text: str) -> str:
    """Text without emphasis marks, with single line breaks and blanks."""
    text = re.sub(r"\*\*|__(?!_)(?<!___)", "", text) if "**" in text else text
    text = untitled(re.sub(r"[^\S\n]*\n\s*", "\n", text))
    return re.sub(r"[^\S\n]{3,}", "  ", text).strip()


def _objective(
    stem: str, answer: str, kind: QuestionKind | None, *, choice: bool
) -> tuple[str, tuple[Option, ...], tuple[str, ...], QuestionKind | None]:
    """Stem, options, right answer and kind as far as code can tell them."""
    lettered = kind in {_K.CASE, _K.OTHER, _K.SITUATIONAL} and bool(choices.right_labels(answer) or not answer)
    if lettered and choices.split_options(stem)[1]:
        kind = None
    may_choose = choice or kind in {None, _K.TRUE_FALSE} or kind in _CHOICES
    declared = choice or kind in _CHOICES
    body, options = choices.split_options(stem, choice=declared) if may_choose else (stem, ())
    if kind in {None, _K.TRUE_FALSE} and (stands := choices.judging(options)):
        label = next(iter(choices.right_labels(answer)), "")
        return body, (), stands.get(label) or choices.judged(answer), _K.TRUE_FALSE
    if options and kind is not _K.TRUE_FALSE:
        correct = choices.right_labels(answer)
        emptied, printed = choices.from_bracket(body, _K.SINGLE_CHOICE)
        if not correct or printed == correct:
            # Where the two differ the bracket stays, and the warnings tell.
            body, correct = emptied, correct or printed
        correct = tuple(label for label in correct if any(label == option.label for option in options))
        return body, options, correct, _choice_kind(kind, correct)
    return _unoptioned(stem, answer, kind, choice=declared)


def _unoptioned(
    stem: str, answer: str, kind: QuestionKind | None, *, choice: bool
) -> tuple[str, tuple[Option, ...], tuple[str, ...], QuestionKind | None]:
    """The same for a question without options: a judgement, blanks, or a choice whose options are lost."""
    if kind is _K.TRUE_FALSE or (kind is None and _plain_judgement(stem, answer)):
        emptied, printed = choices.from_bracket(stem, _K.TRUE_FALSE)
        correct = choices.judged(answer) or printed
        return emptied if printed == correct else stem, (), correct, _K.TRUE_FALSE
    if kind is _K.FILL_BLANK and not answer and not choices.blanks(stem, declared=True):
        body, correct = choices.filled_in(stem)
        return body, (), correct, _K.FILL_BLANK
    if kind is _K.FILL_BLANK or (kind is None and choices.blanks(stem) and len(answer) <= 80):
        blanks = choices.blanks(stem, declared=kind is not None)
        return stem, (), choices.fillings(answer, blanks), _K.FILL_BLANK
    if choice:
        correct = choices.right_labels(answer)
        return stem, (), correct, _choice_kind(kind, correct)
    return stem, (), (), kind


def _explanation(kind: QuestionKind | None, options: tuple[Option, ...], correct: tuple[str, ...], answer: str) -> str:
    """What stands behind the letters or the mark of an answer, if it is more than the option once again."""
    if kind is _K.TRUE_FALSE:
        return choices.beyond_judgement(answer) if correct else ""
    said = choices.beyond_labels(answer) if options and correct else ""
    bare = said.rstrip("。.；;")
    again = any(
        bare in option.text or (option.text in said and len(bare) < len(option.text) + _SHORTEST_EXPLANATION)
        for option in options
    )
    return "" if again or len(said) < _SHORTEST_EXPLANATION else said


def _choice_kind(kind: QuestionKind | None, correct: tuple[str, ...]) -> QuestionKind:
    if kind in _CHOICES:
        # A section of 单选题 with an answer of several letters is a mistake of the paper, which the warnings tell.
        return kind
    return _K.MULTIPLE_CHOICE if len(correct) > 1 else _K.SINGLE_CHOICE


def _plain_judgement(stem: str, answer: str) -> bool:
    if answer:
        return len(answer.strip()) <= 4 and bool(choices.judged(answer))
    return bool(choices.from_bracket(stem, _K.TRUE_FALSE)[1])


def _by_wording(stem: str) -> QuestionKind:
    if _EXPERIENCE.search(stem):
        return _K.BEHAVIOURAL
    if re.match(r"\s*(?:论述|试论)", stem):
        return _K.ESSAY
    if _SUPPOSED.search(stem):
        return _K.SITUATIONAL
    return _K.SHORT_ANSWER


def _points_each(heading: Heading, stem: str, *, alone: bool) -> float | None:
    if heading.each is not None and heading.per_blank:
        return heading.each * max(choices.blanks(stem, declared=True), 1)
    if heading.each is not None:
        return heading.each
    count = heading.count or (1 if alone else 0)
    return heading.total / count if heading.total and count else None


def labelled(text: str) -> bool:
    """Whether `text` holds a label of an answer at all."""
    return any(not match["weak"] and not match["named"] for match in LABEL.finditer(text))
