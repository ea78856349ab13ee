"""The workbook: 汇总, 明细, 题目统计, 雷同, 未评 and 运行信息."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluator.batch import Results
from evaluator.batch.alike import Alike
from evaluator.messages import LEVELS
from evaluator.models import Level
from evaluator.workbook.cells import ROWS, clean, highlighted
from evaluator.workbook.details import Detail, Details, details
from evaluator.workbook.facts import facts
from evaluator.workbook.question_tables import key_point_columns, key_point_rows, question_columns, question_rows
from evaluator.workbook.sheets import Sheet, Styles, too_long
from evaluator.workbook.side_tables import alike_columns, alike_row, unscored_columns, unscored_rows
from evaluator.workbook.summary import Summary
from evaluator.workbook.survey import Survey, look_over
from evaluator.workbook.table import Column, Value
from evaluator.workbook.words import READING, say

STREAMED_FROM = 20_000
"""Rows of 明细 from which on rows are written out as they come; the file is then larger, memory flat."""
_BARS = {"hit_rate": "#63B98A", "partial_rate": "#E3B35B", "missed_rate": "#E08A84", "unscored_rate": "#B48AD6"}


def write_workbook(results: Results, path: Path, lang: str, alike: Sequence[Alike] | None) -> None:
    """Write the workbook to `path`.

    Raises InputError where a sheet would be longer than Excel allows, OSError where the file cannot be written.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - 20 ms that no other command shall pay
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    named = frozenset(candidate for group in alike or () for candidate in group.candidates)
    survey = look_over(results, named=named)
    if survey.detail_rows >= ROWS or survey.candidates >= ROWS:
        raise too_long(say("details" if survey.detail_rows >= ROWS else "summary", lang))
    # Rows on their way to the workbook are answers, too: they stay beside it and go when it is there.
    with tempfile.TemporaryDirectory(prefix=".evaluator-", dir=path.parent, ignore_cleanup_errors=True) as folder:
        book = Workbook(
            path,
            {
                "constant_memory": survey.detail_rows >= STREAMED_FROM,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": folder,
                "use_zip64": survey.detail_rows >= STREAMED_FROM,
            },
        )
        try:
            _Book(book, results, survey, lang).write(alike)
        finally:
            _close(book, FileCreateError)


def _close(book: Any, refused: type[Exception]) -> None:
    try:
        book.close()
    except refused as error:
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error


class _Book:
    """All sheets of one workbook."""

    def __init__(self, book: Any, results: Results, survey: Survey, lang: str) -> None:
        self._book = book
        self._results = results
        self._survey = survey
        self._lang = lang
        self._styles = Styles(book)

    def write(self, alike: Sequence[Alike] | None) -> None:
        self._properties()
        self._candidates()
        self._statistics()
        if alike is not None:
            self._alike(alike)
        if self._survey.unscored or self._survey.rejected:
            self._unscored()
        self._run(None if alike is None else len(alike))

    def _sheet(self, key: str) -> Sheet:
        return Sheet(self._book, self._styles, say(key, self._lang), self._lang)

    def _properties(self) -> None:
        info = self._results.info
        notice = say("notice", self._lang)
        properties: dict[str, object] = {
            "title": f"{say('title', self._lang)} {clean(info.source)}",
            "subject": notice,
            "comments": notice,
            "category": notice,
            "author": f"answer-evaluator {info.version}".strip(),
            "keywords": clean(info.model),
        }
        if info.started:
            properties["created"] = datetime.fromisoformat(info.finished or info.started)
        self._book.set_properties(properties)
        self._book.set_custom_property("run", clean(info.id)[:255])
        self._book.set_custom_property("ai_assisted", notice)

    # --- 汇总 and 明细 -----------------------------------------------------------------------------------------------

    def _candidates(self) -> None:
        """Both in one pass, each row written once."""
        summary = Summary(self._survey, self._results.columns, self._lang)
        table = Details(self._survey, self._lang)
        above, below = self._sheet("summary"), self._sheet("details")
        fixed = 2 if self._survey.has_names else 1
        for sheet, columns in ((above, summary.columns), (below, table.columns)):
            sheet.head(columns)
            sheet.freeze(fixed)
        for candidate in self._results.candidates():
            row = above.row(summary.columns, summary.row(candidate))
            above.limit_height(row, [(result.failure, "score") for result in candidate.answers.values()])
            for detail in details(candidate, self._survey.rubrics, self._lang):
                self._detail(below, table, detail)
        self._mark_reviews(above, summary.columns)
        self._choices(below, table.columns)
        for sheet, columns in ((above, summary.columns), (below, table.columns)):
            sheet.filter(0, len(columns))
            sheet.finish()

    def _detail(self, sheet: Sheet, table: Details, detail: Detail) -> None:
        row = sheet.next()
        text = detail.result.answer.text if detail.first else ""
        for place, (column, value) in enumerate(zip(table.columns, table.row(detail), strict=True)):
            if column.key == "verdict":
                level = Level.PARTIAL if detail.deduction and detail.level is Level.HIT else detail.level
                style = self._styles.levels[level]
                if detail.deduction and detail.level is Level.MISSED:
                    style = self._styles.of_kind["level"]
                sheet.text(row, place, str(value), style)
            elif column.key == "answer" and text:
                sheet.answer(row, place, _runs(detail))
            else:
                sheet.cell(row, place, column.kind, value)
        evidence = "\n".join(item.text for item in detail.evidence)
        sheet.limit_height(row, [(text, "answer"), (evidence, "long"), (detail.reason, "long")])

    def _mark_reviews(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        place = _place(columns, "review")
        if sheet.at > 1:
            rule = {"type": "cell", "criteria": ">", "value": 0, "format": self._styles.flagged}
            sheet.raw.conditional_format(1, place, sheet.at - 1, place, rule)

    def _choices(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        if sheet.at < 2:
            return
        words = [LEVELS[level].text(self._lang) for level in (Level.HIT, Level.PARTIAL, Level.MISSED)]
        place = _place(columns, "decision")
        listed = {
            "validate": "list",
            "source": words,
            "input_title": say("decision", self._lang),
            "input_message": " / ".join(words),
            "error_title": say("decision", self._lang),
            "error_message": " / ".join(words),
        }
        sheet.raw.data_validation(1, place, sheet.at - 1, place, listed)

    # --- 题目统计 ----------------------------------------------------------------------------------------------------

    def _statistics(self) -> None:
        sheet = self._sheet("statistics")
        questions = question_columns(self._lang)
        self._title(sheet, "by_question")
        sheet.head(questions)
        sheet.raw.freeze_panes(0, 2)
        self._table(sheet, questions, question_rows(self._survey, self._lang))
        sheet.next()
        points = key_point_columns(self._lang)
        self._title(sheet, "by_key_point")
        head = sheet.at
        sheet.head(points)
        self._table(sheet, points, key_point_rows(self._survey, self._lang))
        sheet.filter(head, len(points))
        sheet.finish()

    def _title(self, sheet: Sheet, key: str) -> None:
        sheet.text(sheet.next(), 0, say(key, self._lang), self._styles.title)

    def _table(self, sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> None:
        first = sheet.at
        for cells in rows:
            sheet.row(columns, cells)
        for place, column in enumerate(columns):
            if column.kind == "bar" and rows:
                bar = {"type": "data_bar", "bar_solid": True, "bar_color": _BARS.get(column.key, "#7FA6D6"),
                       "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}  # fmt: skip
                sheet.raw.conditional_format(first, place, sheet.at - 1, place, bar)

    # --- 雷同, 未评, 运行信息 ----------------------------------------------------------------------------------------

    def _alike(self, groups: Sequence[Alike]) -> None:
        sheet = self._sheet("alike")
        columns = alike_columns(self._lang)
        sheet.head(columns)
        sheet.freeze(1)
        for place, group in enumerate(groups, 1):
            row = sheet.row(columns, alike_row(place, group, self._survey, self._lang))
            sheet.limit_height(row, [(group.shared, "answer")])
        if not groups:
            sheet.text(sheet.next(), 0, say("none_alike", self._lang), self._styles.plain)
        sheet.filter(0, len(columns))
        sheet.finish()

    def _unscored(self) -> None:
        sheet = self._sheet("unscored")
        columns = unscored_columns(self._lang)
        sheet.head(columns)
        sheet.freeze(1)
        for cells in unscored_rows(self._results, self._survey, self._lang):
            sheet.row(columns, cells)
        sheet.filter(0, len(columns))
        sheet.finish()

    def _run(self, groups: int | None) -> None:
        sheet = self._sheet("run")
        columns = (Column("item", say("item", self._lang)), Column("value", say("value", self._lang), "answer"))
        sheet.text(sheet.next(), 0, say("notice", self._lang), self._styles.title)
        sheet.head(columns)
        for name, value in facts(self._results, self._survey, groups, self._lang):
            sheet.row(columns, [name, value])
        sheet.next()
        self._title(sheet, "how_to_read")
        for words in READING:
            sheet.row(columns, ["", words.text(self._lang)])
        sheet.finish()


def _runs(detail: Detail) -> Any:
    grade = detail.result.grade
    points = [item for point in grade.key_points for item in point.evidence] if grade else []
    taken = [item for one in grade.deductions for item in one.evidence] if grade else []
    return highlighted(detail.result.answer.text, points, taken)


def _place(columns: Sequence[Column], key: str) -> int:
    return next(place for place, column in enumerate(columns) if column.key == key)
