"""Rubrics and files for the tests of submissions: spreadsheets as people and form services write them."""

import json
from pathlib import Path

import xlsxwriter

from evaluator.models import KeyPoint, Option, Provenance, QuestionKind, Rubric

PAPER = "客服考试"


def short_answer(number: int, slug: str, question: str, names: tuple[str, ...]) -> Rubric:
    return Rubric(
        id=f"kf-{number:02}-{slug}",
        question=question,
        kind=QuestionKind.SHORT_ANSWER,
        max_score=2 * len(names),
        key_points=tuple(KeyPoint(id=f"point-{index}", name=name, points=2) for index, name in enumerate(names, 1)),
        provenance=Provenance(paper=PAPER, sha256="0" * 64, number=str(number)),
    )


COMPLAINT = short_answer(1, "complaint", "客户投诉商品损坏，你会怎样处理？", ("安抚情绪", "给出方案"))
TEAM = short_answer(2, "team", "请说明你怎样带好一个新组建的客服团队。", ("明确分工", "定期辅导"))
CHOICE = Rubric(
    id="kf-03-choice",
    question="下列哪些做法有助于首次解决率？",
    kind=QuestionKind.MULTIPLE_CHOICE,
    max_score=4,
    key_points=(KeyPoint(id="answer", name="选对", points=4),),
    options=tuple(Option(label=label, text=f"做法{label}") for label in "ABCD"),
    correct=("A", "B"),
    provenance=Provenance(paper=PAPER, sha256="0" * 64, number="3"),
)
RUBRICS = (COMPLAINT, TEAM, CHOICE)


def xlsx(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    """A workbook; numbers stay numbers, texts stay texts."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def jsonl(path: Path, *records: object) -> Path:
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    return text(path, "\n".join(lines))
