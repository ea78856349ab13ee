"""Records of JSON lines -> submissions: a record an answer, or a record a candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluator.errors import Words
from evaluator.models import Answer, HumanScore, Rejected, Rubric, Submission
from evaluator.submissions import headers, people, record_lines
from evaluator.submissions.classifying import Raw, classify
from evaluator.submissions.column_map import Column, ColumnMap, How, Layout, Role
from evaluator.submissions.matching import Matcher
from evaluator.submissions.notes import LONG_ANSWER, Notes
from evaluator.submissions.record_lines import Lines, text_in
from evaluator.submissions.score_headers import key_point_named
from evaluator.submissions.understanding import overridden, question_names


class RecordSource:
    """A file of JSON lines; streams them."""

    def __init__(self, path: Path, encoding: str, matcher: Matcher, given: ColumnMap | None, notes: Notes) -> None:
        self.name = path.name
        self._lines = Lines(path, encoding)
        self._notes = notes
        said = {one.printed for one in given.questions if not one.doubtful} if given else set()
        self._known = lambda printed: printed in said or bool(matcher.match(printed).rubric)
        contents = self._lines.contents(self._known, self.name)
        keys = [key for key in contents.keys if key.strip() and key not in record_lines.NESTED]
        columns = classify([Raw(key) for key in keys], matcher, long=bool(contents.questions), given=given)
        columns = tuple(_certain(column, matcher) for column in columns)
        if given:
            columns = overridden(columns, given, matcher, self.name)
        questions = question_names([name for name in contents.questions if name.strip()], matcher, given)
        self.column_map = ColumnMap(layout=Layout.RECORDS, columns=columns, questions=questions)
        self._by_id = {rubric.id: rubric for rubric in matcher.rubrics}
        self.rubrics: tuple[Rubric, ...] = tuple(self._by_id[one] for one in self.column_map.rubric_ids())
        self._questions = {one.printed: one for one in questions}
        self._candidates, self._names = _keys(columns, Role.CANDIDATE), _keys(columns, Role.NAME)
        self._answer = _keys(columns, Role.ANSWER)
        self._raters = _keys(columns, Role.RATER)
        self._totals = [column.header for column in columns if column.role is Role.HUMAN_SCORE and not column.rubric]
        self._said_by_people = {*self._totals, "score", "human_score", *record_lines.HUMAN, *record_lines.LEVELS}
        self._wide = [(column.header, column.rubric) for column in columns if column.role is Role.QUESTION]
        self._given = {one.id: people.layout(columns, one.id) for one in self.rubrics}
        self._others = _others(columns, long=bool(contents.questions))
        self.columns = tuple(dict.fromkeys((*self._others, *contents.columns)))

    @property
    def notes(self) -> tuple[Words, ...]:
        """What a person should know."""
        return self._notes.all()

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """All lines that are not empty."""
        self._notes.restart()
        for number, record in self._lines:
            place = f"{self.name}:{number}"
            found = record if isinstance(record, Words) else self._read(record, place, number)
            if isinstance(found, Words):
                yield Rejected(place=place, zh=found.zh, en=found.en)
            elif found is not None:
                yield found

    def _read(self, record: dict[str, Any], place: str, number: int) -> Submission | Words | None:
        nested = not record.keys().isdisjoint(record_lines.ANSWERS)
        answers = [*(self._nested(record, place) if nested else ()), *self._beside(record, place)]
        if question := record_lines.question_of(record, self._known):
            answers.append(self._one(question, record, place))
        if wrong := next((one for one in answers if isinstance(one, Words)), None):
            return wrong
        if not answers:
            return Words("没有题目和答案", "neither a question nor an answer")
        found = tuple(one for one in answers if isinstance(one, Answer))
        if not found:
            self._notes.met("left_out", place)
            return None
        candidate, name = self._who(record, place, number)
        self._note_repeated(candidate, found, number)
        return Submission(candidate=candidate, name=name, columns=self._columns(record), answers=found)

    def _nested(self, record: Mapping[str, Any], place: str) -> Iterator[Answer | Words | None]:
        """Answers of `{answers: {question: text or {answer, human_score, …}}}`."""
        for key in record.keys() & record_lines.ANSWERS:
            if not isinstance(record[key], dict):
                yield Words(f"{key} 应是 {{题目: 答案}}", f"{key} must be {{question: answer}}")
                continue
            for question, value in record[key].items():
                fields = value if isinstance(value, dict) else {"answer": value}
                yield self._one(question, fields, place)

    def _one(self, question: str, fields: Mapping[str, Any], place: str) -> Answer | Words | None:
        """One answer; None where a person left the question out."""
        found = self._questions.get(question.strip())
        if found is not None and found.ignored:
            return None
        if found is None or not found.rubric:
            return Words(f"“{question[:40]}”对不上题目", f"{question[:40]!r} matches no question")
        key = next((key for key in fields if key in self._answer or headers.is_answer(key)), None)
        if key is None:
            return Words(f"“{question[:40]}”没有答案一项", f"{question[:40]!r} has no field for the answer")
        rubric = self._by_id[found.rubric]
        human = () if fields.keys().isdisjoint(self._said_by_people) else self._human(fields, rubric, place)
        return self._answered(rubric.id, text_in(fields[key]), place, human)

    def _beside(self, record: Mapping[str, Any], place: str) -> Iterator[Answer]:
        """Answers under keys that name the question themselves."""
        for key, rubric in self._wide:
            if key in record and rubric:
                given = people.by(self._rater(record), self._given[rubric])
                cells = {one: text_in(record[one]) for one in record} if given else {}
                human = people.scores(given, self._by_id[rubric], cells, self._notes, place)
                yield self._answered(rubric, text_in(record[key]), place, human)

    def _answered(self, rubric: str, text: str, place: str, human: tuple[HumanScore, ...]) -> Answer:
        if len(text) > LONG_ANSWER:
            self._notes.met("long", place)
        return Answer(rubric=rubric, text=text, place=place, human=human)

    def _human(self, fields: Mapping[str, Any], rubric: Rubric, place: str) -> tuple[HumanScore, ...]:
        entries: list[Mapping[str, Any]] = [fields]
        for key in fields.keys() & record_lines.HUMAN:
            nested = fields[key] if isinstance(fields[key], list) else [fields[key]]
            entries += [one if isinstance(one, dict) else {"score": one} for one in nested]
        found = (self._rated(entry, rubric, place) for entry in entries)
        return tuple(one for one in found if one is not None)

    def _rated(self, entry: Mapping[str, Any], rubric: Rubric, place: str) -> HumanScore | None:
        totals = [key for key in (*self._totals, "score", "human_score") if key in entry]
        levels = {
            key_point_named(name, rubric) or name: text_in(value)
            for key in entry.keys() & record_lines.LEVELS
            if isinstance(entry[key], dict)
            for name, value in entry[key].items()
        }
        known = {name: text for name, text in levels.items() if key_point_named(name, rubric)}
        for name in levels.keys() - known.keys():
            self._notes.met("level", f"{place} {name[:20]}")
        total = text_in(entry[totals[0]]) if totals else ""
        if not total and not known:
            return None
        rater = self._rater(entry) or people.DEFAULT_RATERS[0]
        return people.read(rater, total, known, rubric=rubric, notes=self._notes, place=place)

    def _rater(self, entry: Mapping[str, Any]) -> str:
        raters = (text_in(entry[key]) for key in entry if key in self._raters or headers.is_rater(key))
        return next(raters, "")

    def _who(self, record: Mapping[str, Any], place: str, number: int) -> tuple[str, str]:
        name = _first(record, self._names)
        if candidate := _first(record, self._candidates):
            return candidate, name
        self._notes.met("name_as_id" if name else "no_id", place)
        return name or f"row-{number}", name

    def _note_repeated(self, candidate: str, answers: Sequence[Answer], number: int) -> None:
        if candidate == f"row-{number}":
            return
        for answer in answers:
            if first := self._notes.earlier((candidate, answer.rubric, *(one.rater for one in answer.human)), number):
                self._notes.met("repeated", f"{candidate}（{self.name}:{first}, {self.name}:{number}）")
                return

    def _columns(self, record: Mapping[str, Any]) -> dict[str, str]:
        found = {key: text_in(record[key]) for key in self._others if key in record}
        for key in record.keys() & record_lines.COLUMNS:
            if isinstance(record[key], dict):
                found |= {name: text_in(value) for name, value in record[key].items()}
        return found


def _certain(column: Column, matcher: Matcher) -> Column:
    """A key that names its question, also where other lines have a key for the question and one for the answer."""
    match = matcher.certain(column.header) if column.role is Role.IGNORED else None
    if match is None or (match.how is How.NUMBER and matcher.restarting):
        return column
    return column.model_copy(update={"role": Role.QUESTION, "rubric": match.rubric, "how": match.how})


def _first(record: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((text for key in keys if key in record and (text := text_in(record[key]))), "")


def _keys(columns: Sequence[Column], role: Role) -> list[str]:
    """Keys of a role, the surest first: lines of one file may name the candidate differently."""
    own = [column for column in columns if column.role is role]
    more = [column for column in columns if column.role is Role.META and headers.role(column.header) is role]
    if any(column.how is How.GIVEN for column in own):
        more = []
    return [column.header for column in (*own, *sorted(more, key=lambda column: headers.rank(column.header)))]


def _others(columns: Sequence[Column], *, long: bool) -> list[str]:
    """Keys that are kept as they are."""
    used = {Role.CANDIDATE, Role.NAME, Role.QUESTION_KEY, Role.ANSWER, Role.RATER, Role.HUMAN_LEVEL}
    kept = [column for column in columns if column.role not in used]
    return [
        column.header
        for column in kept
        if not (column.role is Role.QUESTION and column.rubric)
        and not (column.role is Role.HUMAN_SCORE and (column.rubric or (long and column.rater)))
    ]
