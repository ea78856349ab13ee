"""A file that was handed in -> what it holds, as its owner calls it, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from evaluator.errors import InputError, Problem, UserError, Words
from evaluator.models import Rejected, Rubric, Submission
from evaluator.submissions import Column, ColumnMap, Layout, QuestionName, Source, open_submissions
from evaluator.submissions.cells import Table
from evaluator.submissions.delimited import Delimited
from evaluator.submissions.sniffing import Kind, kind_of
from evaluator.submissions.workbook import sheets
from evaluator.web.batches.choices import Reading
from evaluator.web.uploads import Upload

KINDS = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt", ".jsonl", ".zip", ".docx", ".pdf", ".md", ".html", ".htm")
ENCODINGS = ("utf-8", "gb18030", "big5")
_ROWS = 3
_OTHER_HINT = Words(
    "看看选的细则是不是这份试卷的；表头写题干、细则编号或“第1题”",
    "see whether the chosen rubrics are of this paper; head the columns with stems, rubric ids or Q1",
)


class Named:
    """A source under the name that its owner gave it."""

    def __init__(self, source: Source, kept: str, name: str) -> None:
        self._source = source
        self._kept = kept
        self.name = name

    @property
    def column_map(self) -> ColumnMap:
        """How the source was understood."""
        return self._source.column_map

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """Those that the source has answers for."""
        return self._source.rubrics

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the other columns."""
        return self._source.columns

    @property
    def notes(self) -> tuple[Words, ...]:
        """What a person should know; what speaks of options of the command line speaks of the page instead."""
        return tuple(_said_here(self._renamed(one.zh), self._renamed(one.en)) for one in self._source.notes)

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """All rows, anew at every call."""
        for row in self._source:
            if isinstance(row, Rejected):
                yield row.model_copy(update={"place": self._renamed(row.place)})
            elif any(self._kept in answer.place for answer in row.answers):
                answers = tuple(one.model_copy(update={"place": self._renamed(one.place)}) for one in row.answers)
                yield row.model_copy(update={"answers": answers})
            else:
                yield row

    def _renamed(self, text: str) -> str:
        return text.replace(self._kept, self.name)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file was understood as. One of `source` and `trouble` is None."""

    source: Named | None
    trouble: UserError | None
    column_map: ColumnMap | None
    """With what a person said of it and could not be used yet, because something is missing."""
    sheets: tuple[str, ...] = ()

    @property
    def doubtful(self) -> tuple[Column | QuestionName, ...]:
        """What a person has to decide before the run."""
        return self.column_map.doubtful if self.column_map else ()


def understand(upload: Upload, choices: Reading, rubrics: Sequence[Rubric]) -> Understood:
    """Read the file by what was chosen."""
    names = _sheets(upload)
    chosen = choices.among(rubrics)
    given = _usable(choices.mended, chosen)
    try:
        source = open_submissions(
            upload.path,
            chosen,
            column_map=given,
            sheet=choices.sheet if choices.sheet in names else "",
            encoding=choices.encoding,
            strict=False,
        )
    except UserError as error:
        return Understood(None, told(error, upload), None, names)
    found = _with_unfinished(source.column_map, given)
    return Understood(Named(source, upload.path.name, upload.name), None, found, names)


def told(error: UserError, upload: Upload) -> UserError:
    """The error with the name that the file has for its owner, and what to do in the page."""
    return InputError(*(_told(one, upload) for one in error.problems))


def first_rows(upload: Upload, column_map: ColumnMap, encoding: str) -> list[list[str]]:
    """The first rows of a table below its header, as they are printed; none of what is no table."""
    if column_map.layout not in {Layout.WIDE, Layout.LONG}:
        return []
    kind, found = kind_of(upload.path, encoding)
    table: Table | None = None
    if kind is Kind.WORKBOOK:
        table = next((one for one in sheets(upload.path, upload.name) if one.sheet == column_map.sheet), None)
    elif kind is Kind.TEXT:
        table = Delimited(upload.path, found)
    if table is None:
        return []
    first = column_map.header_row + column_map.header_rows
    below = (row.cells for row in table.rows() if row.number >= first and row.broken is None and any(row.cells))
    return list(islice(below, _ROWS))


def first_answers(source: Source) -> list[Submission]:
    """The first few that were handed in."""
    return list(islice((one for one in source if isinstance(one, Submission)), _ROWS))


def _sheets(upload: Upload) -> tuple[str, ...]:
    try:
        if kind_of(upload.path)[0] is not Kind.WORKBOOK:
            return ()
        return tuple(one.sheet for one in sheets(upload.path, upload.name))
    except UserError:
        return ()


def _usable(mended: ColumnMap | None, rubrics: Sequence[Rubric]) -> ColumnMap | None:
    """What was said, without what names rubrics that are not among the chosen ones."""
    if mended is None:
        return None
    ids = {one.id for one in rubrics} | {""}
    columns = tuple(one for one in mended.columns if one.rubric in ids)
    questions = tuple(one for one in mended.questions if one.rubric in ids)
    return mended.model_copy(update={"columns": columns, "questions": questions}) if columns or questions else None


def _with_unfinished(found: ColumnMap, given: ColumnMap | None) -> ColumnMap:
    """Lay over what was understood what a person began to say: a question, and not yet which."""
    begun = {(one.column, one.header): one for one in given.columns if one.doubtful} if given else {}
    columns = tuple(begun.get((one.column, one.header), one) for one in found.columns)
    return found.model_copy(update={"columns": columns})


def _told(problem: Problem, upload: Upload) -> Problem:
    kept = upload.path.name
    message = Words(*(text.replace(kept, upload.name) for text in problem.message))
    hint = problem.hint
    if hint is not None and "--" in hint.en:
        hint = _OTHER_HINT
    file = upload.name if problem.file in {kept, str(upload.path)} else problem.file.replace(kept, upload.name)
    return replace(problem, message=message, hint=hint, file=file)


def _said_here(zh: str, en: str) -> Words:
    return Words(zh.replace("用 --sheet 选择", "在下面选择"), en.replace("choose with --sheet", "choose below"))
