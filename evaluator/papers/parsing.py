"""A document -> a paper: mend the text, mark it, assemble the questions, join a second pass, check what came out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from evaluator.models import Paper, PaperWarning, Question, Section, Span, WarningCode
from evaluator.papers.assembling import assemble
from evaluator.papers.building import Builder, labelled
from evaluator.papers.checking import check, no_questions
from evaluator.papers.choices import blanks, has_bracket, right_labels
from evaluator.papers.headings import asks, full_marks
from evaluator.papers.labels import Part
from evaluator.papers.marks import Sign, find
from evaluator.papers.passes import Joining, Merged
from evaluator.papers.raw import Assembled, RawQuestion
from evaluator.papers.reading import Document, read_document
from evaluator.papers.repair import Mended, mend
from evaluator.text import normalise

_TITLE_WORDS = re.compile(
    r"题|卷|面试|考试|考核|测试|测验|问答|答案|exam|test|quiz|paper|interview|questions", re.IGNORECASE
)
_NO_TITLE = re.compile(r"\.(?:docx?|pdf|txt)$|\s+(?:姓\s*名|学\s*号|工\s*号|班\s*级|Name|Date|Class)\s*[:：].*$")
"""What stands behind a title in its line."""
_TITLE_LONGEST = 80
_TITLE_LINES = 20
_CREDIBLE = 0.34
"""Share of numbered paragraphs that must look like questions where nothing else in a document speaks for a paper."""
_MOST_PASSES = 20
_UNTITLED = "未命名试卷"


def parse(document: Document, mended: Mended | None = None) -> Paper:
    """Read the questions of `document`; `mended` is its text as `mend` gives it, where a caller has it already.

    Never fails: a document without questions gives a paper without any and the warning `no_questions`. Texts are
    repaired and simplified; spans count characters of `document.text`.
    """
    mended = mended or mend(document.text)
    marks = find(mended.text)
    first = assemble(mended.text, marks, len(mended.text))
    joined, second = _second_pass(mended, first)
    head = mended.text[: first.head]
    told = labelled(mended.text) or first.answers_at is not None
    builder = Builder(mended, unlabelled=first.answers_at is None and (told or "答案" in head))
    if not told and not builder.unlabelled:
        builder.unlabelled = builder.mostly_told_apart(first.questions)
    sections = tuple(builder.section(section) for section in first.sections if section.questions)
    warnings = [*document.notes, *mended.warnings]
    if not _credible(sections, told=told):
        return Paper(title=_title(head), sha256=document.sha256, warnings=(*warnings, no_questions()))
    if second is not None and joined is not None:
        warnings += _pass_warnings(builder, mended, first, joined)
    warnings += check(sections, full=full_marks(head))
    warnings += _cut_second(builder, second, warnings)
    return Paper(title=_title(head), sha256=document.sha256, sections=sections, warnings=tuple(warnings))


def _second_pass(mended: Mended, first: Assembled) -> tuple[Merged | None, Assembled | None]:
    """Read what stands behind the mark of the answers, put it into the first pass, and say what differs.

    Where every section has its own answers at its end, that is as many passes.
    """
    merged, last, mark = Merged(), None, first.answers_at
    for _ in range(_MOST_PASSES):
        if mark is None:
            break
        found = find(mended.text, mark.end, dense=True)
        marks = [one for one in found if not (one.sign is Sign.ANSWERS and one.style in {"sure", "grid"})]
        last = assemble(mended.text, marks, len(mended.text), key=True)
        # A scheme of marks is the answer where there is no other.
        part = mark.part if any(question.answered for question in first.questions) else Part.ANSWER
        more = Joining(mended.text, first, part if not mark.style else mark.part).join(last)
        merged = Merged(merged.repeated + more.repeated, [*merged.rivals, *more.rivals])
        mark = last.answers_at
    return (merged, last) if last else (None, None)


def _credible(sections: Sequence[Section], *, told: bool) -> bool:
    """Whether what was found are questions and not the numbered paragraphs of some other text."""
    questions = [question for section in sections for question in section.questions]
    if not questions:
        return False
    if any(question.correct or (told and (question.reference or question.analysis)) for question in questions):
        return True
    return sum(map(_seems_question, questions)) >= max(1, _CREDIBLE * len(questions))


def _seems_question(question: Question) -> bool:
    return (
        bool(question.options)
        or asks(question.stem.partition("\n")[0])
        or has_bracket(question.stem)
        or blanks(question.stem) > 0
    )


def _title(head: str) -> str:
    lines = [line.strip(" \t　#*_-=·•") for line in head.splitlines()]
    lines = [_NO_TITLE.sub("", line) for line in lines]
    lines = [line for line in lines if 0 < len(line) <= _TITLE_LONGEST][:_TITLE_LINES]
    named = [line for line in lines if _TITLE_WORDS.search(line) and not re.search(r"[。；;，,]|\.\s", line)]
    return next(iter([*named, *lines]), _UNTITLED)


def _pass_warnings(builder: Builder, mended: Mended, first: Assembled, joined: Merged) -> list[PaperWarning]:
    mark = first.answers_at
    warnings = []
    if joined.repeated and mark is not None:
        warnings.append(
            PaperWarning(
                code=WarningCode.DUPLICATE_PASS,
                zh=f"从这里起试卷重复了 {joined.repeated} 道题，已与前文合并",
                en=f"from here on the paper gives {joined.repeated} questions once more; they were merged",
                place=mended.span(mark.start, mark.end),
            )
        )
    for question, rival in joined.rivals:
        conflict = _conflict(builder, question, builder.field(rival).text, builder.field(rival).span)
        warnings += [conflict] if conflict else []
    return warnings


def _conflict(builder: Builder, question: RawQuestion, rival: str, place: Span | None) -> PaperWarning | None:
    kept = builder.field(question.parts.get(Part.ANSWER, [])).text
    labels = right_labels(kept), right_labels(rival)
    # A second answer that the end of the text cuts off says the same as far as it goes.
    same = labels[0] == labels[1] if all(labels) else normalise(kept).text.startswith(normalise(rival).text)
    if same:
        return None
    shown = [text if len(text) <= 30 else text[:29] + "…" for text in (" ".join(kept.split()), " ".join(rival.split()))]
    stem = " ".join(builder.field(question.parts.get(Part.STEM, [])).text.split())[:16]
    return PaperWarning(
        code=WarningCode.ANSWER_CONFLICT,
        zh=f"第 {question.number} 题（{stem}…）前后两个答案不同，用前一个：“{shown[0]}”，后一个：“{shown[1]}”",
        en=f"question {question.number} ({stem}…) has two answers; the first is used: “{shown[0]}”, not “{shown[1]}”",
        place=place,
        question=question.number,
    )


def _cut_second(builder: Builder, second: Assembled | None, so_far: list[PaperWarning]) -> list[PaperWarning]:
    """The second pass stops inside a sentence although its other answers end with one."""
    if second is None or any(one.code is WarningCode.TRUNCATED for one in so_far):
        return []
    texts = [builder.field(question.parts.get(Part.ANSWER, [])) for question in second.questions]
    texts = [text for text in texts if len(text.text) > 12]
    if len(texts) < 3 or re.search(r"[。！？.!?；;)）”]\s*$", texts[-1].text) or texts[-1].span is None:
        return []
    number = second.questions[-1].number
    return [
        PaperWarning(
            code=WarningCode.TRUNCATED,
            zh=f"重复部分在第 {number} 题处中断，后面的内容缺失",
            en=f"the second pass stops inside question {number}; the rest is missing",
            place=Span(start=texts[-1].span.end, end=texts[-1].span.end),
            question=number,
        )
    ]


def read_paper(source: Path | bytes, *, name: str = "") -> Paper:
    """Read a paper from a file or from its bytes.

    Raises InputError where the file cannot be read; whatever its text is, there is a `Paper`.
    """
    return parse(read_document(source, name=name))
