"""`evaluator paper`: what a question paper is read as."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evaluator.cli.terminal import data, language, note
from evaluator.errors import Words

if TYPE_CHECKING:
    from evaluator.models import Paper, PaperWarning, Question, Rubric, SourceSpan
    from evaluator.papers import Mended

app = typer.Typer(
    no_args_is_help=True, help="试卷：读成大题、题目和解析 · question papers: read into sections and questions"
)

NO_QUESTIONS = 1
_SHOWN = 60


@app.callback()
def paper() -> None:
    """试卷 · question papers."""


@app.command()
def read(
    file: Annotated[
        Path, typer.Argument(help="试卷文件 .docx .pdf .txt .html .md，- 表示标准输入 · a paper, - for stdin")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh | en：输出语言 · language of the output")] = None,
) -> None:
    """读一份试卷，列出大题、题目和需要核对的地方 · read a paper and list its questions and what to check.

    退出码：0 读到题目，1 没有题目，2 文件有误 · exit codes: 0 questions found, 1 none found, 2 a file is wrong.
    """
    from evaluator.papers import mend, parse, read_document

    lang = lang or language()
    source = sys.stdin.buffer.read() if str(file) == "-" else file
    document = read_document(source, name="" if str(file) == "-" else str(file))
    mended = mend(document.text)
    found = parse(document, mended)
    data(json.dumps(as_data(found, mended), ensure_ascii=False, indent=2) if as_json else as_text(found, lang))
    for warning in found.warnings:
        note(_warning_line(warning, lang))
    if not found.questions:
        raise typer.Exit(NO_QUESTIONS)


def as_text(found: Paper, lang: str) -> str:
    """The paper for a person: sections, and a line a question."""
    lines = [found.title]
    for section in found.sections:
        declared = [
            f"{section.count} {Words('题', 'questions').text(lang)}" if section.count else "",
            f"{Words('每题', 'each').text(lang)} {section.points_each:g}" if section.points_each else "",
            f"{Words('共', 'total').text(lang)} {section.total:g} {Words('分', 'points').text(lang)}"
            if section.total
            else "",
        ]
        shown = ", ".join(part for part in declared if part)
        lines += ["", f"{section.title or Words('题目', 'Questions').text(lang)}{f'  ({shown})' if shown else ''}"]
        lines += [f"  {_question_line(question, lang)}" for question in section.questions]
    total = len(found.questions)
    lines += [
        "",
        Words(
            f"共 {len(found.sections)} 个大题，{total} 道题", f"{len(found.sections)} sections, {total} questions"
        ).text(lang),
    ]
    return "\n".join(lines)


def _question_line(question: Question, lang: str) -> str:
    stem = " ".join(question.stem.split())
    stem = stem if len(stem) <= _SHOWN else stem[: _SHOWN - 1] + "…"
    marks = [
        f"{Words('答案', 'answer').text(lang)} {'、'.join(question.correct)}" if question.correct else "",
        Words("参考答案", "reference").text(lang) if question.reference else "",
        Words("解析", "analysis").text(lang) if question.analysis else "",
        f"{question.points:g} {Words('分', 'points').text(lang)}" if question.points is not None else "",
    ]
    return f"{question.number}. [{question.kind.value}] {stem}  <{' · '.join(mark for mark in marks if mark)}>"


def _warning_line(warning: PaperWarning, lang: str) -> str:
    place = f" ({warning.place.start}–{warning.place.end})" if warning.place else ""
    return f"{warning.code.value}: {warning.words.text(lang)}{place}"


def as_data(found: Paper, mended: Mended) -> dict[str, Any]:
    """The paper as `evaluator/paper@1`; key points are those that a draft would have.

    `source` of a key point counts characters of that field of the question, `where` of a warning those of the source.
    """
    from evaluator.drafting import drafts

    rubrics = [draft.rubric for draft in drafts(found, slug="paper", mended=mended)]
    places = [index for index, section in enumerate(found.sections) for _ in section.questions]
    return {
        "schema": "evaluator/paper@1",
        "title": found.title,
        "sha256": found.sha256,
        "sections": [
            {
                "title": section.title,
                "kind": section.kind.value if section.kind else None,
                "points_each": section.points_each,
                "points_total": section.total,
                "n_declared": section.count,
            }
            for section in found.sections
        ],
        "questions": [
            _question_data(question, place, rubric)
            for question, place, rubric in zip(found.questions, places, rubrics, strict=True)
        ],
        "warnings": [
            {
                "code": warning.code.value,
                "message": warning.zh,
                "message_en": warning.en,
                "where": warning.place.model_dump() if warning.place else None,
                "question": warning.question or None,
            }
            for warning in found.warnings
        ],
    }


def _question_data(question: Question, section: int, rubric: Rubric | None) -> dict[str, Any]:
    return {
        "number": question.number,
        "section": section,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": {option.label: option.text for option in question.options},
        "correct": _correct(question),
        "reference_answer": question.reference,
        "analysis": question.analysis,
        "points": question.points,
        "material": question.material,
        "tests": list(rubric.tests) if rubric else [],
        "key_points": _key_points(question, rubric) if rubric and not question.kind.objective else [],
    }


def _key_points(question: Question, rubric: Rubric) -> list[dict[str, Any]]:
    """Points are null where the paper gives none: an even split is the rubric's, not the paper's."""
    found, behind = [], 0
    for point in rubric.key_points:
        if point.source is None:
            continue
        place = _source(question, point.source, behind)
        behind = place["end"]
        worth = point.points if rubric.points_from == "paper" else None
        found.append({"text": point.source.words, "points": worth, "source": place})
    return found


def _source(question: Question, source: SourceSpan, behind: int) -> dict[str, Any]:
    """Where the words stand in their field, behind the last key point if they stand there again; else all of it."""
    text = question.analysis if source.part == "analysis" else question.reference
    start = max(text.find(source.words, behind), 0) or text.find(source.words)
    start, end = (start, start + len(source.words)) if start >= 0 else (0, len(text))
    return {"field": "analysis" if source.part == "analysis" else "reference_answer", "start": start, "end": end}


def _correct(question: Question) -> list[str] | bool | None:
    if not question.correct:
        return None
    if question.correct in {("true",), ("false",)} and not question.options:
        return question.correct == ("true",)
    return list(question.correct)
