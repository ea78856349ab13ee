"""CSV: 汇总 in one file, 明细 in another beside it; UTF-8 with a byte order mark, as Excel wants it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from evaluator.batch import Results
from evaluator.report.labels import number
from evaluator.workbook.cells import clean, guarded
from evaluator.workbook.details import Details, details
from evaluator.workbook.summary import Summary
from evaluator.workbook.survey import look_over
from evaluator.workbook.table import Value


def key_points_beside(path: Path) -> Path:
    """Where the key points go: `results.csv` has `results-key-points.csv` beside it."""
    return path.with_name(f"{path.stem}-key-points{path.suffix}")


def write_csv(results: Results, summary_path: Path, details_path: Path, lang: str) -> None:
    """Write both tables, a candidate in memory at a time. Raises OSError where a file cannot be written."""
    survey = look_over(results)
    summary = Summary(survey, results.columns, lang)
    table = Details(survey, lang)
    with (
        summary_path.open("w", encoding="utf-8-sig", newline="") as above,
        details_path.open("w", encoding="utf-8-sig", newline="") as below,
    ):
        people, points = csv.writer(above), csv.writer(below)
        people.writerow(guarded(clean(column.head)) for column in summary.columns)
        points.writerow(guarded(clean(column.head)) for column in table.columns)
        for candidate in results.candidates():
            people.writerow(_cells(summary.row(candidate)))
            points.writerows(_cells(table.row(detail)) for detail in details(candidate, survey.rubrics, lang))


def _cells(values: Iterable[Value]) -> Sequence[str]:
    """Numbers stay numbers, negative ones too; text never becomes a formula."""
    return [_cell(value) for value in values]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return guarded(clean(value)) if isinstance(value, str) else number(value)
