"""A table -> what its columns are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from evaluator.errors import InputError, Problem, Words
from evaluator.submissions import headers, score_headers
from evaluator.submissions.cells import Row, Table
from evaluator.submissions.classifying import classify, known, raws
from evaluator.submissions.column_map import Column, ColumnMap, How, Layout, QuestionName, Role
from evaluator.submissions.matching import Matcher
from evaluator.submissions.refusing import refused, short

HEADER_WITHIN = 10
"""Rows in which the header row is looked for."""
_SAMPLE = 200
MAX_NAMES = 2000
"""More names of questions than this are none."""


def understand(table: Table, matcher: Matcher, given: ColumnMap | None = None) -> ColumnMap | None:
    """What the table holds, with the doubtful in it; None where no header row was found.

    What `given` says of a column holds; columns that it does not name are understood as ever. Raises InputError where
    it names what is not there.
    """
    rows = [row for row in islice(table.rows(), HEADER_WITHIN + _SAMPLE) if row.broken is None]
    at = _header(rows, matcher, given)
    if at is None:
        return None
    cells, below = rows[at].cells, [row.cells for row in rows[at + 1 :]]
    lower = _without_repeats(cells, below[0]) if below else []
    depth = 2 if _sub_header(lower) else 1
    if depth == 2:
        cells, below = _joined(cells, lower), below[1:]
    if table.delimited:  # more cells than headers are a broken row, no column
        below = [row[: len(cells)] for row in below]
    long = given.layout is Layout.LONG if given else _is_long(cells, matcher)
    columns = classify(raws(cells, below), matcher, long=long, given=given)
    if long:
        columns = _one_key(columns, below, matcher)
    if given:
        columns = overridden(columns, given, matcher, table.place)
    found = ColumnMap(
        layout=Layout.LONG if long else Layout.WIDE,
        sheet=table.sheet,
        header_row=rows[at].number,
        header_rows=depth,
        columns=columns,
    )
    return found.model_copy(update={"questions": named_in(table, found, matcher, given)}) if long else found


def header_cells(table: Table, column_map: ColumnMap) -> list[str]:
    """The header row of a table as it is printed."""
    return next((row.cells for row in table.rows() if row.number == column_map.header_row), [])


def overridden(columns: Sequence[Column], given: ColumnMap, matcher: Matcher, place: str) -> tuple[Column, ...]:
    """Columns as a person said that they are, found again by their header, or by their letter where headers repeat."""
    found = list(columns)  # what is still doubtful in the map is understood as ever
    problems: list[Problem] = []
    ids = {rubric.id for rubric in matcher.rubrics}
    for said in given.columns:
        if said.doubtful:
            continue
        if said.rubric and said.rubric not in ids and said.role is not Role.IGNORED:
            problems.append(_unknown_rubric(said.rubric, said.header, place, matcher))
            continue
        same = [index for index, column in enumerate(found) if _same(column.header, said.header)]
        same = same if len(same) == 1 else [index for index in same if found[index].column == said.column]
        if len(same) == 1:
            update = {"role": said.role, "rubric": said.rubric, "key_point": said.key_point, "rater": said.rater}
            how = {"how": How.GIVEN if said.rubric else None, "similarity": None, "candidates": said.candidates}
            found[same[0]] = found[same[0]].model_copy(update={**update, **how})
        elif said.role not in {Role.IGNORED, Role.META}:
            problems.append(_missing_column(said, place))
    if problems:
        raise InputError(*problems)
    return tuple(found)


def named_in(
    table: Table, column_map: ColumnMap, matcher: Matcher, given: ColumnMap | None
) -> tuple[QuestionName, ...]:
    """The questions that the rows of a long table name, in their order; reads the whole table once."""
    key = column_map.with_role(Role.QUESTION_KEY)
    if len(key) != 1:
        return ()
    index, first = key[0].index, column_map.header_row + column_map.header_rows
    names: dict[str, None] = {}
    for row in table.rows():
        if row.number >= first and row.broken is None and index < len(row.cells) and (name := row.cells[index]):
            names[name] = None
            if len(names) > MAX_NAMES:
                raise _too_many(table.place, key[0].header)
    names.pop(key[0].header, None)
    return question_names(names, matcher, given)


def question_names(
    printed: Sequence[str] | dict[str, None], matcher: Matcher, given: ColumnMap | None
) -> tuple[QuestionName, ...]:
    """What each printed name of a question means."""
    said = {one.printed: one for one in given.questions} if given else {}
    found: list[QuestionName] = []
    for name in printed:
        if (one := said.get(name.strip())) and not one.doubtful:
            if one.rubric and one.rubric not in {rubric.id for rubric in matcher.rubrics}:
                raise InputError(_unknown_rubric(one.rubric, name, "", matcher))
            found.append(one.model_copy(update={"how": How.GIVEN if one.rubric else None, "similarity": None}))
        else:
            found.append(QuestionName(printed=name, **matcher.match(name).model_dump()))
    return tuple(_all_numbers(found, matcher))


def _all_numbers(found: list[QuestionName], matcher: Matcher) -> list[QuestionName]:
    numbered = {one.rubric for one in found if one.how is How.NUMBER}
    if not matcher.restarting or len(numbered) == len(matcher.rubrics):
        return found
    return [
        one.model_copy(
            update={"rubric": "", "how": None, "candidates": matcher.numbered(headers.read(one.printed).number)}
        )
        if one.how is How.NUMBER
        else one
        for one in found
    ]


def _header(rows: Sequence[Row], matcher: Matcher, given: ColumnMap | None) -> int | None:
    """Place of the header row among `rows`."""
    head = [index for index, row in enumerate(rows[:HEADER_WITHIN]) if row.number <= HEADER_WITHIN or index < 3]
    wanted = {_plain(column.header) for column in given.columns if column.header} if given else set()
    best = max(head, key=lambda at: len(wanted & set(map(_plain, rows[at].cells))), default=None)
    if best is not None and wanted & set(map(_plain, rows[best].cells)):
        return best
    if given and given.header_row:
        return None
    for index in head:
        if sum(known(cell, matcher) for cell in rows[index].cells) >= 2:
            return index
    return next(
        (index for index in head if any(matcher.match(cell).rubric for cell in rows[index].cells if cell)), None
    )


def _sub_header(cells: Sequence[str]) -> bool:
    """Whether a row below the header only says 答案, 得分 and the like."""
    texts = [cell for cell in cells if cell]
    said = [score_headers.score(cell) for cell in texts]
    words = [
        headers.is_answer(cell) or (score is not None and not score.ref)
        for cell, score in zip(texts, said, strict=True)
    ]
    return len(texts) >= 2 and all(words) and any(said) and any(map(headers.is_answer, texts))


def _without_repeats(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """A row without what a cell merged over both rows repeats."""
    upper = [*above, *[""] * len(below)]
    return ["" if cell == upper[index] else cell for index, cell in enumerate(below)]


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Headers of two rows as one: 第1题 over 答案 and 得分 gives 第1题 and 第1题 得分."""
    found: list[str] = []
    left = ""
    for index in range(max(len(above), len(below))):
        upper = above[index] if index < len(above) else ""
        lower = below[index] if index < len(below) else ""
        left = upper or (left if lower else "")
        found.append(left if not lower or headers.is_answer(lower) else f"{left} {lower}".strip())
    return found


def _is_long(cells: Sequence[str], matcher: Matcher) -> bool:
    keys = [cell for cell in cells if headers.question_key_rank(cell) is not None]
    answers = [cell for cell in cells if headers.is_answer(cell)]
    return bool(keys and answers) and not any(matcher.match(cell).rubric for cell in cells if cell)


def _one_key(columns: tuple[Column, ...], below: Sequence[Sequence[str]], matcher: Matcher) -> tuple[Column, ...]:
    """Of several columns that may say which question it is, the one that says it best; of answers there is one."""
    keys = [column for column in columns if column.role is Role.QUESTION_KEY]

    def matched(column: Column) -> tuple[int, int]:
        values = {row[column.index] for row in below if column.index < len(row) and row[column.index]}
        rank = headers.question_key_rank(column.header) or 0
        return sum(bool(matcher.match(value).rubric) for value in values), -rank

    best = max(keys, key=matched, default=None)  # none where only a person can say which it is
    several = sum(column.role is Role.ANSWER for column in columns) > 1
    found = []
    for column in columns:
        if column.role is Role.QUESTION_KEY and column is not best:
            found.append(column.model_copy(update={"role": Role.META}))
        elif column.role is Role.ANSWER and several:
            found.append(column.model_copy(update={"role": Role.QUESTION}))
        else:
            found.append(column)
    return tuple(found)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _same(a: str, b: str) -> bool:
    return _plain(a) == _plain(b)


def _unknown_rubric(rubric: str, header: str, place: str, matcher: Matcher) -> Problem:
    known_ids = ", ".join(one.id for one in matcher.rubrics[:12])
    return Problem(
        Words(
            f"列映射里“{short(header)}”写的评分细则 {rubric} 不在这次给出的评分细则里",
            f"the map gives {short(header)!r} the rubric {rubric}, which is not among the rubrics given",
        ),
        file=place,
        hint=Words(f"这次有：{known_ids}", f"given are: {known_ids}"),
    )


def _missing_column(said: Column, place: str) -> Problem:
    return Problem(
        Words(
            f"列映射里的列“{short(said.header)}”在表里找不到，或不止一列",
            f"the map's column {short(said.header)!r} is not in the table, or more than once",
        ),
        file=place,
        field=said.column,
        hint=Words("用 --dry-run 重写列映射", "write the map anew with --dry-run"),
    )


def _too_many(place: str, header: str) -> InputError:
    return refused(
        place,
        f"列“{short(header)}”里有超过 {MAX_NAMES} 种题目，像不是题目列",
        f"column {short(header)!r} names more than {MAX_NAMES:,} questions: it seems to hold something else",
    )
