"""Headers of a table, or keys of records -> columns with their roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluator.submissions import headers, score_headers
from evaluator.submissions.column_map import Column, ColumnMap, How, Match, Near, Role, letter
from evaluator.submissions.matching import Matcher

LONG_TEXT = 20
"""Characters from which a cell is taken to be an answer in words."""
_LONG_HEADER = 12
_MARK = re.compile(
    r"[?？]|\d\s*[题題]|[题題]\s*\d|(?:单选|多选|选择|判断|填空|简答|问答|论述|案例|情景|單選|多選|選擇|判斷|簡答|問答)\D{0,3}\d"
)
"""What says that answers stand below a header however short it is."""
_ASKS = re.compile(
    r"[_＿]{2,}|请|如何|怎[么样]|为什么|什么|说说|谈谈|\b(?:why|how|what|describe|explain)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A header with what stands below it, as far as was looked."""

    header: str
    column: str = ""
    longest: int = 0
    """Length of the median text below it, of those that are not empty."""


def looks_like_a_question(raw: Raw) -> bool:
    """Whether answers may stand below a header that nothing is known of."""
    header = headers.read(raw.header)
    if header.number or raw.longest >= LONG_TEXT or (header.key and _MARK.search(raw.header)):
        return True
    return len(header.key) >= _LONG_HEADER or (len(header.key) >= 4 and bool(_ASKS.search(header.rest)))


def known(printed: str, matcher: Matcher) -> bool:
    """Whether a cell may stand in a header row."""
    if not printed.strip():
        return False
    said = headers.question_key_rank(printed) is not None or headers.is_answer(printed) or headers.is_total(printed)
    if said or headers.role(printed) or matcher.match(printed).rubric:
        return True
    return looks_like_a_question(Raw(printed)) or score_headers.score(printed) is not None


def classify(
    raws: Sequence[Raw], matcher: Matcher, *, long: bool, given: ColumnMap | None = None
) -> tuple[Column, ...]:
    """A column for every header; `long` where the rows, not the columns, say which question is answered.

    Of `given` only which columns are questions is used here: scores that name a question by its number go with them.
    """
    questions = {} if long else _questions(raws, matcher) | _given(raws, given)
    owner = _Owners(questions, matcher)
    columns = [questions.get(index) or _other(raw, owner, long=long) for index, raw in enumerate(raws)]
    if not long:
        columns = _single_answer(columns, matcher)
    columns = _scores_beside(columns, matcher)
    return tuple(_conflicts(_one_of_each(columns)))


def _questions(raws: Sequence[Raw], matcher: Matcher) -> dict[int, Column]:
    """By place, the columns whose headers name a question by id, number or stem."""
    found = {
        index: Column(column=raw.column, header=raw.header, role=Role.QUESTION, **match.model_dump())
        for index, raw in enumerate(raws)
        if (match := matcher.certain(raw.header))
    }
    numbered = {column.rubric for column in found.values() if column.how is How.NUMBER}
    if not matcher.restarting or len(numbered) == len(matcher.rubrics):
        return found
    # Where sections count anew, numbers count only if all of them are there.
    return {index: _doubt(column, matcher) if column.how is How.NUMBER else column for index, column in found.items()}


def _given(raws: Sequence[Raw], given: ColumnMap | None) -> dict[int, Column]:
    said = {column.header: column for column in given.columns if column.rubric} if given else {}
    return {
        index: said[raw.header].model_copy(update={"column": raw.column})
        for index, raw in enumerate(raws)
        if raw.header in said and said[raw.header].role is Role.QUESTION
    }


def _doubt(column: Column, matcher: Matcher) -> Column:
    near = matcher.numbered(headers.read(column.header).number)
    return column.model_copy(update={"rubric": "", "how": None, "candidates": near})


class _Owners:
    """Which question a part of a header names: `第1题` in `第1题 得分`."""

    def __init__(self, questions: Mapping[int, Column], matcher: Matcher) -> None:
        self.matcher = matcher
        numbers = [(headers.read(column.header).number, column.rubric) for column in questions.values()]
        counted = Counter(number for number, _ in numbers)
        self._numbers = {number: rubric for number, rubric in numbers if number and counted[number] == 1}

    def certain(self, part: str) -> Match | None:
        """The question of that id, stem or number; numbers as the sheet itself counts come first."""
        header = headers.read(part)
        if header.number and not header.key and header.number in self._numbers:
            rubric = self._numbers[header.number]
            return Match(rubric=rubric, how=How.BESIDE) if rubric else None
        found = self.matcher.certain(part)
        return None if found and found.how is How.NUMBER and self.matcher.restarting else found

    def scored(self, printed: str) -> tuple[Match | None, str] | None:
        """Question, if any is named, and rater of a column of scores; None for all others."""
        said = score_headers.score(printed)
        if said is None:
            return None
        if not said.ref:
            return None, said.rater
        match = self.certain(said.ref)
        if match is None and not headers.read(said.ref).number:
            match = self.matcher.match(said.ref)
        return (match, said.rater) if match and match.rubric else None


def _other(raw: Raw, owners: _Owners, *, long: bool) -> Column:
    """A column whose header is no certain question."""

    def column(role: Role, match: Match | None = None, **more: str) -> Column:
        return Column(
            column=raw.column, header=raw.header, role=role, **{**(match.model_dump() if match else {}), **more}
        )

    if long and (role := _long_role(raw.header)):
        return column(role)
    if point := score_headers.point(raw.header, owners.matcher, owners.certain):
        return column(Role.HUMAN_LEVEL, point.match, key_point=point.key_point, rater=point.rater)
    if headers.is_total(raw.header):
        return column(Role.HUMAN_SCORE)
    if scored := owners.scored(raw.header):
        return column(Role.HUMAN_SCORE, scored[0], rater=scored[1])
    if headers.is_rater(raw.header):
        return column(Role.RATER)
    role = headers.role(raw.header) or (Role.IGNORED if long else None)
    return column(role) if role else column(*_unknown(raw, owners.matcher))


def _unknown(raw: Raw, matcher: Matcher) -> tuple[Role, Match | None]:
    """What a header is that only resembles a question, or that nothing is known of."""
    match = matcher.match(raw.header)
    if match.rubric or looks_like_a_question(raw):
        return Role.QUESTION, match
    return (Role.ANSWER if headers.is_answer(raw.header) else Role.IGNORED), None


def _long_role(printed: str) -> Role | None:
    if headers.question_key_rank(printed) is not None:
        return Role.QUESTION_KEY
    return Role.ANSWER if headers.is_answer(printed) else None


def _single_answer(columns: list[Column], matcher: Matcher) -> list[Column]:
    """A column 答案 needs no name where there is one question."""
    answers = [column for column in columns if column.role is Role.ANSWER]
    others = [column for column in columns if column.role is Role.QUESTION]
    if len(answers) == len(matcher.rubrics) == 1 and not others:
        update = {"role": Role.QUESTION, "rubric": matcher.rubrics[0].id, "how": How.ONLY}
    else:
        update = {"role": Role.QUESTION}
    return [column.model_copy(update=update) if column.role is Role.ANSWER else column for column in columns]


def _scores_beside(columns: list[Column], matcher: Matcher) -> list[Column]:
    """Scores that name no question belong to the one at their left, where that is plain; else they are totals."""
    bare = Counter(column.header for column in columns if _bare(column))
    found: list[Column] = []
    left = ""
    for column in columns:
        if column.role is Role.QUESTION:
            left = column.rubric
        elif column.role is not Role.HUMAN_SCORE and column.role is not Role.HUMAN_LEVEL:
            left = ""
        owner = matcher.rubrics[0].id if len(matcher.rubrics) == 1 else left if bare[column.header] > 1 else ""
        if _bare(column) and owner:
            found.append(column.model_copy(update={"rubric": owner, "how": How.BESIDE}))
        else:
            found.append(column)
    return found


def _bare(column: Column) -> bool:
    return column.role is Role.HUMAN_SCORE and not column.rubric and not headers.is_total(column.header)


def _one_of_each(columns: list[Column]) -> list[Column]:
    """Of several ids or names the surest counts; the others stay beside the results."""
    best = {
        role: min(
            (column for column in columns if column.role is role),
            key=lambda column: headers.rank(column.header),
            default=None,
        )
        for role in (Role.CANDIDATE, Role.NAME)
    }
    return [
        column if best.get(column.role, column) is column else column.model_copy(update={"role": Role.META})
        for column in columns
    ]


def _conflicts(columns: list[Column]) -> list[Column]:
    """Two columns cannot be one question: both are doubtful then, unless a person said so."""
    owners = Counter(column.rubric for column in columns if column.role is Role.QUESTION and column.rubric)
    return [
        column.model_copy(
            update={
                "rubric": "",
                "how": None,
                "similarity": None,
                "candidates": (Near(rubric=column.rubric, similarity=column.similarity or 100),),
            }
        )
        if column.role is Role.QUESTION and owners[column.rubric] > 1
        else column
        for column in columns
    ]


def raws(cells: Sequence[str], below: Sequence[Sequence[str]]) -> list[Raw]:
    """Headers with what stands below them in the rows `below`; without columns that have neither."""
    width = max(len(cells), *(len(row) for row in below), 0) if below else len(cells)
    found: list[Raw] = []
    for index in range(width):
        header = cells[index].strip() if index < len(cells) else ""
        texts = sorted(len(row[index]) for row in below if index < len(row) and row[index])
        if header or texts:
            median = texts[len(texts) // 2] if texts else 0
            found.append(Raw(header, letter(index), median))
    return found
