"""A file or a folder -> a source of submissions. What a file is, its bytes say, not its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluator.errors import InputError, Words
from evaluator.models import Rubric
from evaluator.papers import webpage
from evaluator.papers.encoding import decode
from evaluator.submissions import headers, workbook
from evaluator.submissions.cells import Table
from evaluator.submissions.column_map import ColumnMap, Layout, Role
from evaluator.submissions.delimited import Delimited, empty
from evaluator.submissions.file_source import FileSource
from evaluator.submissions.matching import Matcher
from evaluator.submissions.notes import Notes
from evaluator.submissions.records import RecordSource
from evaluator.submissions.refusing import doubtful, nothing_matched, refused, short
from evaluator.submissions.sniffing import Kind, kind_of
from evaluator.submissions.source import Source
from evaluator.submissions.table_source import TableSource
from evaluator.submissions.understanding import understand
from evaluator.submissions.webtable import tables

_READ_THROUGH = 16_000_000
"""Files up to this size are read once when they are opened, so that all notes are known beforehand."""
_DOCUMENTS = frozenset({".txt", ".md", ".markdown"})
_NO_RUBRICS = Words("用 --rubrics 指定这份试卷的评分细则", "name the rubrics of this paper with --rubrics")
_LARGEST_PAGE = 100_000_000


def open_submissions(
    path: Path | str,
    rubrics: Sequence[Rubric],
    *,
    column_map: ColumnMap | None = None,
    sheet: str = "",
    encoding: str = "",
    strict: bool = True,
) -> Source:
    """What the file or folder at `path` holds of answers to the questions of `rubrics`.

    `column_map` says what columns are; those it does not name are understood as ever. Raises InputError where the file
    is missing, empty, encrypted, damaged or of an unknown kind, where no question is matched, and, while `strict`,
    where a match is doubtful: the error lists each with the nearest rubrics. Nothing is ever guessed.
    """
    path = Path(path)
    notes = Notes()
    if not rubrics:
        raise refused(path.name, "没有评分细则可对", "there are no rubrics to match", hint=_NO_RUBRICS)
    source = _opened(path, Matcher(rubrics), notes, column_map, sheet=sheet, encoding=encoding)
    understood = source.column_map
    if strict and understood.doubtful:
        raise doubtful(path.name, understood, rubrics)
    if strict and not source.rubrics:
        if isinstance(source, FileSource):
            raise source.refusal()
        raise nothing_matched(path.name, _printed(understood), rubrics)
    _note_columns(understood, notes)
    if not isinstance(source, FileSource) and path.stat().st_size <= _READ_THROUGH:
        for _ in source:
            pass
    return source


def _opened(
    path: Path, matcher: Matcher, notes: Notes, given: ColumnMap | None, *, sheet: str, encoding: str
) -> Source:
    kind, found = kind_of(path, encoding)
    if kind is Kind.RECORDS:
        return RecordSource(path, found, matcher, given, notes)
    if kind in {Kind.FOLDER, Kind.ARCHIVE, Kind.DOCUMENT}:
        return FileSource(path, matcher, given, notes, archive=kind is Kind.ARCHIVE)
    choices = tables_in(path, kind, found)
    if kind is Kind.PAGE and not choices:
        return FileSource(path, matcher, given, notes)
    if kind is Kind.TEXT and may_be_document(path) and not _is_table(understand(choices[0], matcher, given)):
        return FileSource(path, matcher, given, notes)
    return _from_tables(path, _chosen(choices, sheet, path.name), matcher, notes, given)


def tables_in(path: Path, kind: Kind, encoding: str) -> Sequence[Table]:
    """The tables of a workbook, a page or a text; none where it is of another kind. Raises InputError as they do."""
    if kind is Kind.WORKBOOK:
        return workbook.sheets(path, path.name)
    if kind is Kind.PAGE:
        return tables(_page(path, encoding))
    return [Delimited(path, encoding)] if kind is Kind.TEXT else []


def may_be_document(path: Path) -> bool:
    """Whether a text is by its name rather something to read than a table."""
    return path.suffix.lower() in _DOCUMENTS


def _is_table(found: ColumnMap | None) -> bool:
    """Whether a text that may be a document is a table: it says who answered, or which question."""
    telling = {Role.CANDIDATE, Role.NAME, Role.QUESTION_KEY}
    return found is not None and len(found.columns) > 1 and any(column.role in telling for column in found.columns)


def _chosen(choices: Sequence[Table], sheet: str, name: str) -> Sequence[Table]:
    """The sheets to look at: all, or the one asked for."""
    if not choices:
        raise empty(name)
    if not sheet:
        return choices
    found = [table for table in choices if table.sheet == sheet]
    if found:
        return found
    listed = [table.sheet for table in choices if table.sheet]
    raise refused(
        name,
        f"没有叫“{sheet}”的工作表" if listed else "这个文件没有工作表",
        f"there is no sheet {sheet!r}",
        hint=Words(f"有：{'、'.join(listed)}", f"there are: {', '.join(listed)}") if listed else None,
    )


def _from_tables(
    path: Path, choices: Sequence[Table], matcher: Matcher, notes: Notes, given: ColumnMap | None
) -> TableSource:
    if given and given.sheet and any(table.sheet == given.sheet for table in choices):
        choices = [table for table in choices if table.sheet == given.sheet]
    understood = [(table, found) for table in choices if (found := understand(table, matcher, given))]
    if not understood:
        raise _no_header(path.name, choices, matcher)
    table, column_map = max(understood, key=lambda one: _fit(one[1]))
    others = [other.sheet for other, found in understood if other is not table and _fit(found)[0]]
    if others:
        notes.add(
            f"只读了工作表“{table.sheet}”；也有题目的还有：{'、'.join(others)}，用 --sheet 选择",
            f"only sheet {table.sheet!r} was read; others with questions: {', '.join(others)}, choose with --sheet",
        )
    return TableSource(path.name, table, column_map, rubrics=matcher.rubrics, notes=notes)


def _fit(column_map: ColumnMap) -> tuple[int, int]:
    return len(set(column_map.rubric_ids())), -len(column_map.doubtful)


def _no_header(name: str, choices: Sequence[Table], matcher: Matcher) -> InputError:
    first = [next((row.cells for row in table.rows() if any(row.cells)), []) for table in choices]
    if not any(first):
        return empty(name)
    return nothing_matched(name, [cell for cells in first for cell in cells], matcher.rubrics)


def _printed(column_map: ColumnMap) -> list[str]:
    if column_map.layout is Layout.WIDE:
        return [column.header for column in column_map.columns]
    return [one.printed for one in column_map.questions] or [column.header for column in column_map.columns]


def _page(path: Path, encoding: str) -> str:
    content = path.read_bytes() if path.stat().st_size <= _LARGEST_PAGE else b""
    if not content:
        raise refused(path.name, "网页表格太大", "the page is too large", hint=Words("另存为 .csv", "save it as .csv"))
    found = decode(content, declared=webpage.declared_encoding(content))
    return found.text if found else content.decode(encoding, errors="replace")


def _note_columns(column_map: ColumnMap, notes: Notes) -> None:
    ignored = [short(column.header or column.column) for column in column_map.with_role(Role.IGNORED)]
    if ignored:
        notes.add(f"未识别的列，不参与评分：{'、'.join(ignored)}", f"columns that are not scored: {', '.join(ignored)}")
    postcodes = [column.header for column in column_map.columns if headers.is_postcode(column.header)]
    if postcodes:
        notes.add(
            f"有邮编列（{'、'.join(postcodes)}）：邮编可能间接反映出身，勿用于筛选，建议删去",
            f"there are post codes ({', '.join(postcodes)}): they can stand for origin; do not select by them, better "
            "remove them",
        )
    totals = [column.header for column in column_map.with_role(Role.HUMAN_SCORE) if not column.rubric]
    if totals and column_map.layout is Layout.WIDE:
        notes.add(
            f"没有指明题目的分数列按原样保留，不作人工分：{'、'.join(totals)}",
            f"scores of no single question are kept as they are, not as human scores: {', '.join(totals)}",
        )
