"""What a person should look at before a paper is used: warnings with their places, from the paper as it was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from evaluator.models import PaperWarning, Question, QuestionKind, Section, Span, WarningCode
from evaluator.papers.choices import from_bracket
from evaluator.papers.numerals import value

_USUAL_TOTALS = frozenset({100, 110, 120, 130, 150, 160, 180, 200, 250, 300, 400, 500, 1000})
"""Totals above 100 that papers have on purpose."""
_ENDS = re.compile(r"[。！？.!?；;)）\]】”\"'’》…—]\s*$")
_MOSTLY = 0.5
_WHOLE = 8
"""Characters up to which an answer without a full stop is a phrase, not a sentence that was cut off."""


def check(sections: Sequence[Section], *, full: float | None) -> Iterator[PaperWarning]:
    """Warnings of the whole paper; `full` is 满分 where the paper says it."""
    titles = {
        (question.stem_span.start, question.number): section.title
        for section in sections
        for question in section.questions
        if question.stem_span and len(sections) > 1
    }
    for warning in _found(sections, full):
        title = titles.get((warning.place.start, warning.question)) if warning.place else None
        named = {"zh": f"{title}：{warning.zh}", "en": f"{title}: {warning.en}"} if title else {}
        yield warning.model_copy(update=named)


def _found(sections: Sequence[Section], full: float | None) -> Iterator[PaperWarning]:
    questions = [question for section in sections for question in section.questions]
    if not questions:
        yield no_questions()
        return
    cut = _cut_off(questions)
    if cut:
        yield _warning(
            WarningCode.TRUNCATED,
            f"第 {questions[-1].number} 题在文本末尾被截断：{cut[0]}",
            f"question {questions[-1].number} is cut off where the text ends: {cut[1]}",
            questions[-1],
        )
    yield from _points(sections, full, truncated=bool(cut))
    yield from _missing(sections)
    yield from _numbering(sections, truncated=bool(cut))
    yield from _answers_out_of_place(questions)


def no_questions() -> PaperWarning:
    """The one warning of a document that is no paper."""
    return PaperWarning(
        code=WarningCode.NO_QUESTIONS,
        zh="没有读到题目：文中没有题号加题干，也没有答案或选项。请确认这是试卷",
        en="no question was found: no numbered stems, answers or options; check that this is a question paper",
    )


def _warning(
    code: WarningCode, zh: str, en: str, question: Question | None = None, place: Span | None = None
) -> PaperWarning:
    place = place or (question.stem_span if question else None)
    return PaperWarning(code=code, zh=zh, en=en, place=place, question=question.number if question else "")


def _has_answer(question: Question) -> bool:
    return bool(question.correct or question.reference)


def _cut_off(questions: Sequence[Question]) -> tuple[str, str] | None:
    """Why the last question seems to be cut off; None where it does not."""
    last, others = questions[-1], questions[:-1]
    answered = sum(map(_has_answer, others))
    if not _has_answer(last) and not last.analysis and others and answered > _MOSTLY * len(others):
        return "没有答案，其余题目都有", "it has no answer, and the others have one"
    if last.kind.objective:
        return None
    text = last.analysis or last.reference
    ended = [bool(_ENDS.search(one.analysis or one.reference)) for one in others if one.analysis or one.reference]
    if len(text) > _WHOLE and not _ENDS.search(text) and len(ended) > 1 and sum(ended) > 0.8 * len(ended):
        return "最后一句没有写完", "its last sentence has no end"
    return None


def _points(sections: Sequence[Section], full: float | None, *, truncated: bool) -> Iterator[PaperWarning]:
    for section in sections:
        yield from _section_points(section)
    totals = [_total(section) for section in sections]
    known = [total for total in totals if total is not None]
    if len(known) < len(totals) or not known:
        return
    total = sum(known)
    if full is not None and total != full and not (truncated and total < full):
        yield _warning(
            WarningCode.POINTS_MISMATCH,
            f"各大题合计 {total:g} 分，试卷写的满分是 {full:g} 分",
            f"the sections add up to {total:g}, the paper says {full:g}",
        )
    elif full is None and total > 100 and total not in _USUAL_TOTALS:
        yield _warning(
            WarningCode.POINTS_MISMATCH,
            f"各大题合计 {total:g} 分（{'+'.join(f'{one:g}' for one in known)}），不是常见的满分；请核对",
            f"the sections add up to {total:g}, which is no usual total: check them",
        )


def _section_points(section: Section) -> Iterator[PaperWarning]:
    first = section.questions[0] if section.questions else None
    if section.count and section.points_each and section.total is not None:
        product = section.count * section.points_each
        if product != section.total and "空" not in section.title:
            yield _warning(
                WarningCode.POINTS_MISMATCH,
                f"{section.title}：{section.count} 题 × {section.points_each:g} 分是 {product:g} 分，"
                f"写的是 {section.total:g} 分",
                f"{section.title}: {section.count} × {section.points_each:g} is {product:g}, it says {section.total:g}",
                place=first.stem_span if first else None,
            )
    printed = [question.points for question in section.questions]
    given = [points for points in printed if points is not None]
    complete = len(given) == len(printed) > 0 and section.count in {None, len(printed)}
    if (
        complete
        and section.total is not None
        and section.points_each is None
        and abs(sum(given) - section.total) > 0.01
    ):
        yield _warning(
            WarningCode.POINTS_MISMATCH,
            f"{section.title}：各题合计 {sum(given):g} 分，写的是 {section.total:g} 分",
            f"{section.title}: its questions add up to {sum(given):g}, it says {section.total:g}",
            place=first.stem_span if first else None,
        )


def _total(section: Section) -> float | None:
    if section.total is not None:
        return section.total
    if section.points_each is not None:
        return section.points_each * (section.count or len(section.questions))
    points = [question.points for question in section.questions if question.points is not None]
    return sum(points) if points and len(points) == len(section.questions) else None


def _missing(sections: Sequence[Section]) -> Iterator[PaperWarning]:
    questions = [question for section in sections for question in section.questions]
    for question in questions:
        if not _has_answer(question):
            yield _warning(
                WarningCode.MISSING_ANSWER,
                f"第 {question.number} 题没有答案",
                f"question {question.number} has no answer",
                question,
            )
    if not any(question.analysis for question in questions):
        return
    for section in sections:
        without = [question for question in section.questions if not question.analysis]
        if without and len(without) == len(section.questions) > 1:
            name = section.title or "本卷"
            yield _warning(
                WarningCode.MISSING_ANALYSIS,
                f"{name}：{len(without)} 道题都没有解析",
                f"{section.title or 'the paper'}: none of its {len(without)} questions has an analysis",
                place=without[0].stem_span,
            )
            continue
        for question in without:
            yield _warning(
                WarningCode.MISSING_ANALYSIS,
                f"第 {question.number} 题没有解析",
                f"question {question.number} has no analysis",
                question,
            )


def _numbering(sections: Sequence[Section], *, truncated: bool) -> Iterator[PaperWarning]:
    for index, section in enumerate(sections):
        numbers = [(value(question.number), question) for question in section.questions]
        for (before, _), (after, question) in pairwise(numbers):
            if before and after and after not in {before, before + 1} and after % 1000 != 1:
                yield _warning(
                    WarningCode.NUMBERING_GAP,
                    f"题号从 {before} 跳到 {after}",
                    f"numbers go from {before} to {after}",
                    question,
                )
        found, last = len(section.questions), index == len(sections) - 1
        shared = section.count == 1 and len({question.material for question in section.questions} - {""}) == 1
        if section.count and section.count != found and not shared and not (last and truncated):
            place = section.questions[-1].stem_span if section.questions else None
            yield _warning(
                WarningCode.NUMBERING_GAP,
                f"{section.title}：写明共 {section.count} 题，读到 {found} 题",
                f"{section.title}: it declares {section.count} questions, {found} were found",
                place=place,
            )


def _judgement(question: Question) -> bool:
    return question.kind is QuestionKind.TRUE_FALSE


def _answers_out_of_place(questions: Sequence[Question]) -> Iterator[PaperWarning]:
    for question in questions:
        printed = from_bracket(question.stem, question.kind)[1] if question.options or _judgement(question) else ()
        if printed and question.correct and printed != question.correct:
            yield _warning(
                WarningCode.ANSWER_CONFLICT,
                f"第 {question.number} 题括号里是 {'、'.join(printed)}，答案是 {'、'.join(question.correct)}，用后者",
                f"question {question.number} has {', '.join(printed)} in its stem; its other answer is used",
                question,
            )
        if question.kind is QuestionKind.SINGLE_CHOICE and len(question.correct) > 1:
            yield _warning(
                WarningCode.ANSWER_CONFLICT,
                f"第 {question.number} 题是单选题，答案却是 {'、'.join(question.correct)}",
                f"question {question.number} is single choice, its answer is {', '.join(question.correct)}",
                question,
            )
