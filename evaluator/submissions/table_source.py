"""Tables -> submissions: wide ones a row a candidate, long ones a row an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.errors import Words
from evaluator.models import Answer, HumanScore, Rejected, Rubric, Submission
from evaluator.submissions import people
from evaluator.submissions.cells import EXPONENT, Row, Table
from evaluator.submissions.column_map import Column, ColumnMap, Layout, Role, letter
from evaluator.submissions.notes import LONG_ANSWER, Notes
from evaluator.submissions.understanding import header_cells


class TableSource:
    """A table as it was understood; streams its rows."""

    def __init__(
        self, name: str, table: Table, column_map: ColumnMap, *, rubrics: Sequence[Rubric], notes: Notes
    ) -> None:
        self.name = name
        self.column_map = column_map
        self._table = table
        self._notes = notes
        self._header = header_cells(table, column_map)
        ids = list(column_map.rubric_ids())
        self._by_id = {rubric.id: rubric for rubric in rubrics}
        self.rubrics = tuple(self._by_id[one] for one in ids)
        self._candidate = _index(column_map, Role.CANDIDATE)
        self._named = _index(column_map, Role.NAME)
        self._others = _others(column_map)
        self.columns = tuple(name for name, _ in self._others)
        self._answers = [
            (column.index, f"{table.place}!{column.column}", column.rubric)
            for column in column_map.with_role(Role.QUESTION)
            if column.rubric
        ]
        self._given = {one: people.layout(_scored(column_map, one), one) for one in ids}
        self._width = max((column.index for column in column_map.columns), default=-1) + 1
        self._questions = {one.printed: one for one in column_map.questions}
        self._key = _index(column_map, Role.QUESTION_KEY)
        self._answer = _index(column_map, Role.ANSWER)
        self._rater = _index(column_map, Role.RATER)

    @property
    def notes(self) -> tuple[Words, ...]:
        """What a person should know."""
        return self._notes.all()

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """All rows below the header."""
        self._notes.restart()
        read = self._long if self.column_map.layout is Layout.LONG else self._wide
        first = self.column_map.header_row + self.column_map.header_rows
        for row in self._table.rows():
            if row.number < first:
                continue
            if row.broken is not None:
                yield self._rejected(row, row.broken)
            elif any(row.cells) and not self._is_header(row):
                wrong = self._stray(row)
                found = self._rejected(row, wrong) if wrong else read(row)
                if found is not None:
                    yield found

    def _wide(self, row: Row) -> Submission | None:
        cells = row.cells
        cells += [""] * (self._width - len(cells))
        self._note_faults(row)
        if next(filter(None, cells)) in _SUMMARIES and not any(cells[index] for index, _, _ in self._answers):
            self._notes.met("summary", f"{self._table.place}!{row.number}")
            return None
        candidate, name = self._who(row)
        answers = []
        by_letter: dict[str, str] | None = None
        rater = self._rated_by(cells)
        for index, above, rubric in self._answers:
            place = f"{above}{row.number}"
            given = people.by(rater, self._given[rubric])
            if given and by_letter is None:
                by_letter = {letter(at): cell for at, cell in enumerate(cells)}
            human = people.scores(given, self._by_id[rubric], by_letter or {}, self._notes, place) if given else ()
            answers.append(self._answered(rubric, cells[index], place, human))
        self._note_repeated((candidate, rater), row)
        return Submission(
            candidate=candidate,
            name=name,
            columns={name: cells[at] for name, at in self._others},
            answers=tuple(answers),
        )

    def _long(self, row: Row) -> Submission | Rejected | None:
        cells = row.cells
        cells += [""] * (self._width - len(cells))
        self._note_faults(row)
        question = self._questions.get(cells[self._key]) if self._key >= 0 else None
        if question is not None and question.ignored:
            self._notes.met("left_out", f"{self._table.place}!{row.number}")
            return None
        if question is None or not question.rubric:
            return self._rejected(row, _no_question(cells[self._key] if self._key >= 0 else ""))
        if self._candidate >= 0 and not cells[self._candidate] and not (self._named >= 0 and cells[self._named]):
            return self._rejected(row, _NOBODY)
        candidate, name = self._who(row)
        place = f"{self._table.place}!{letter(self._answer)}{row.number}"
        rater = self._rated_by(cells)
        given = people.by(rater, self._given[question.rubric])
        by_letter = {letter(at): cell for at, cell in enumerate(cells)} if given else {}
        human = people.scores(given, self._by_id[question.rubric], by_letter, self._notes, place) if given else ()
        answer = self._answered(question.rubric, cells[self._answer], place, human)
        self._note_repeated((candidate, question.rubric, rater), row)
        columns = {name: cells[at] for name, at in self._others}
        return Submission(candidate=candidate, name=name, columns=columns, answers=(answer,))

    def _answered(self, rubric: str, text: str, place: str, human: tuple[HumanScore, ...]) -> Answer:
        if len(text) > LONG_ANSWER:
            self._notes.met("long", place)
        return Answer(rubric=rubric, text=text, place=place, human=human)

    def _who(self, row: Row) -> tuple[str, str]:
        cells = row.cells
        name = cells[self._named] if self._named >= 0 else ""
        candidate = cells[self._candidate] if self._candidate >= 0 else ""
        place = f"{self._table.place}!{row.number}"
        if candidate:
            if self._candidate in row.rounded or EXPONENT.fullmatch(candidate):
                self._notes.met("rounded", f"{place} {candidate}")
            return candidate, name
        self._notes.met("name_as_id" if name else "no_id", place)
        return name or f"row-{row.number}", name

    def _rated_by(self, cells: Sequence[str]) -> str:
        return cells[self._rater] if self._rater >= 0 else ""

    def _note_repeated(self, key: tuple[str, ...], row: Row) -> None:
        if self._candidate < 0 and self._named < 0:
            return
        if first := self._notes.earlier(key, row.number):
            kind = "repeated" if self._candidate >= 0 and row.cells[self._candidate] else "same_name"
            self._notes.met(kind, f"{key[0]}（{self._table.place}!{first}, {self._table.place}!{row.number}）")

    def _note_faults(self, row: Row) -> None:
        for index in row.faults:
            self._notes.met("fault", f"{self._table.place}!{letter(index)}{row.number}")

    def _is_header(self, row: Row) -> bool:
        same = row.cells[: len(self._header)] == self._header[: len(row.cells)]
        if same and sum(map(bool, row.cells)) >= 2:
            self._notes.met("header_again", f"{self._table.place}!{row.number}")
            return True
        return False

    def _stray(self, row: Row) -> Words | None:
        """Why a row with cells behind the last column cannot be read; a note where it can."""
        if len(row.cells) <= self._width or not any(row.cells[self._width :]):
            return None
        if self._table.delimited:
            return Words(
                f"这一行有 {len(row.cells)} 格，表头只有 {self._width} 列，可能有分隔符没有加引号",
                f"the row has {len(row.cells)} cells, the header {self._width}: a delimiter may not be quoted",
            )
        self._notes.met("stray", f"{self._table.place}!{row.number}")
        return None

    def _rejected(self, row: Row, why: Words) -> Rejected:
        return Rejected(place=f"{self._table.place}!{row.number}", zh=why.zh, en=why.en)


_SUMMARIES = frozenset(
    {"合计", "总计", "平均", "平均分", "均分", "最高分", "最低分", "满分", "合計", "總計", "Total", "Average", "Mean"}
)
"""What rows begin with that sum up the others."""
_NOBODY = Words("没有写是谁的答案", "it does not say whose answer it is")


def _no_question(printed: str) -> Words:
    if not printed:
        return Words("没有写是哪一题的答案", "it does not say which question is answered")
    return Words(f"“{printed[:40]}”对不上题目", f"{printed[:40]!r} matches no question")


def _index(column_map: ColumnMap, role: Role) -> int:
    found = column_map.with_role(role)
    return found[0].index if found else -1


def _scored(column_map: ColumnMap, rubric: str) -> list[Column]:
    """Columns of scores of `rubric`; in long tables those that name none are of the row's question."""
    found = [*column_map.with_role(Role.HUMAN_SCORE), *column_map.with_role(Role.HUMAN_LEVEL)]
    if column_map.layout is not Layout.LONG:
        return found
    return [
        column.model_copy(update={"rubric": rubric}) if not column.rubric and column.rater else column
        for column in found
    ]


def _others(column_map: ColumnMap) -> list[tuple[str, int]]:
    """Names and places of the columns that are kept as they are."""
    used = {Role.QUESTION_KEY, Role.ANSWER, Role.HUMAN_LEVEL}
    if column_map.layout is Layout.LONG:
        used.add(Role.RATER)
    found: dict[str, int] = {}
    named = set()
    for column in column_map.columns:
        first = column.role not in named
        if column.role in {Role.CANDIDATE, Role.NAME} and first:
            named.add(column.role)
            continue
        long_score = column_map.layout is Layout.LONG and column.rater
        scored = column.role is Role.HUMAN_SCORE and (column.rubric or long_score)
        if column.role in used or scored or (column.role is Role.QUESTION and column.rubric):
            continue
        name = column.header or column.column
        found[name if name not in found else f"{name} ({column.column})"] = column.index
    return list(found.items())
