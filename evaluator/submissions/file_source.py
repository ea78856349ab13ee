"""Documents -> submissions, one file a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from evaluator.errors import InputError, Words
from evaluator.models import Answer, Rejected, Rubric, Submission
from evaluator.papers import read_document
from evaluator.submissions.answer_sheet import Part, Sheet, take_apart
from evaluator.submissions.column_map import ColumnMap, How, Layout, Match, QuestionName
from evaluator.submissions.handed_in import Documents, who
from evaluator.submissions.matching import Matcher
from evaluator.submissions.notes import LONG_ANSWER, Notes
from evaluator.submissions.refusing import refused, short

_LONG_PREAMBLE = 200
"""Characters above the first heading that may be an answer."""
_MANY_NAMES = 300


class FileSource:
    """A folder, a zip archive or a single document; reads one file at a time, at every pass anew."""

    columns: tuple[str, ...] = ()

    def __init__(
        self, path: Path, matcher: Matcher, given: ColumnMap | None, notes: Notes, *, archive: bool = False
    ) -> None:
        self.name = path.name
        self._documents = Documents(path, archive=archive)
        self._matcher = matcher
        self._notes = notes
        self._by_id = {rubric.id: rubric for rubric in matcher.rubrics}
        self._said = {one.printed: one for one in given.questions if not one.doubtful} if given else {}
        self._printed: dict[str, QuestionName] = {}
        self._why = ""
        self._count = 0
        found = {a.rubric for one in self if isinstance(one, Submission) for a in one.answers}
        self.rubrics: tuple[Rubric, ...] = tuple(rubric for rubric in matcher.rubrics if rubric.id in found)
        self.column_map = ColumnMap(layout=Layout.FILES, questions=tuple(self._printed.values()))

    @property
    def notes(self) -> tuple[Words, ...]:
        """What a person should know."""
        return self._notes.all()

    def refusal(self) -> InputError:
        """Why no question was found in any of the documents."""
        if not self._count:
            hint = Words("每人一个 .docx、.pdf、.txt 或 .md 文件", "one .docx, .pdf, .txt or .md file a candidate")
            return refused(self.name, "里面没有文件", "there are no files in it", hint=hint)
        return refused(
            self.name,
            f"没有一份文档里找到题目。{self._why}",
            f"no question was found in any document. {self._why}",
            hint=Words(
                "每份答卷的答案前要有题干、“第1题”或评分细则的 id；检查 --rubrics 是不是这份试卷的",
                "head each answer with the stem, `Q1` or the id of the rubric; check that --rubrics is of this paper",
            ),
        )

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """All documents in the order of their names; unmatched text of one is a row of its own."""
        self._notes.restart()
        for row, (name, content) in enumerate(self._documents, 1):
            self._count = row
            try:
                if isinstance(content, InputError):
                    raise content
                document = read_document(content, name=name)
            except InputError as fault:
                why = fault.problems[0]
                self._why = self._why or short(why.text("zh"))
                yield Rejected(place=name, zh=why.message.zh, en=why.message.en)
                continue
            if document.notes:
                self._notes.met("document", name)
            yield from self._submitted(take_apart(document.text, self._matcher, self._given), name, row)

    def _given(self, line: str) -> Match | None:
        found = self._said.get(line)
        if found is None or (found.rubric and found.rubric not in self._by_id):
            return None
        return Match(rubric="" if found.ignored else found.rubric, how=How.GIVEN)

    def _submitted(self, sheet: Sheet, name: str, row: int) -> Iterator[Submission | Rejected]:
        answers = sheet.answers(self._by_id)
        unknown = [part for part in sheet.parts if not part.match.rubric and part.match.how is not How.GIVEN]
        if any(part.match.how is How.GIVEN and not part.match.rubric for part in sheet.parts):
            self._notes.met("left_out", name)
        for part in sheet.parts:
            self._remember(part)
        if answers:
            candidate, person = self._who(sheet, name, row)
            made = tuple(Answer(rubric=rubric, text=text, place=name) for rubric, text in answers.items())
            if any(len(text) > LONG_ANSWER for text in answers.values()):
                self._notes.met("long", name)
            yield Submission(candidate=candidate, name=person, answers=made)
        elif not unknown:
            start = short(" ".join(sheet.before))
            yield Rejected(
                place=name, zh=f"没有找到题目，开头是“{start}”", en=f"no question found; it begins {start!r}"
            )
            return
        for part in unknown:
            heading, text = short(part.printed), short(part.text)
            yield Rejected(
                place=f"{name}:{part.first}",
                zh=f"“{heading}”对不上题目，下面的文字没有读：“{text}”",
                en=f"{heading!r} matches no question, the text below it was not read: {text!r}",
            )
        yield from self._unread(sheet.before, name, bool(answers))

    def _unread(self, before: list[str], name: str, answered: bool) -> Iterator[Rejected]:
        text = " ".join(line.strip() for line in before)
        if answered and len(text) > _LONG_PREAMBLE:
            zh = f"文首有 {len(text)} 个字没有归到任何题目：“{short(text)}”"
            yield Rejected(place=name, zh=zh, en=f"{len(text)} characters belong to no question: {short(text)!r}")
        elif text:
            self._notes.met("preamble", f"{name}：{short(text)}")

    def _who(self, sheet: Sheet, name: str, row: int) -> tuple[str, str]:
        candidate, person = who(name)
        person = person or sheet.name
        if sheet.candidate and candidate and sheet.candidate != candidate:
            self._notes.met("other_id", f"{name}：{sheet.candidate}")
        found = candidate or sheet.candidate or person or PurePosixPath(name).stem
        if first := self._notes.earlier((found, ""), row):
            self._notes.met("repeated", f"{found}（{name}，第 {first} 份 / file {first}）")
        return found, person

    def _remember(self, part: Part) -> None:
        """A heading for the map: the ways in which questions are printed, not the words of each candidate."""
        if part.match.rubric and part.match.how is not How.ONLY and len(self._printed) < _MANY_NAMES:
            printed = part.printed[:300]
            self._printed.setdefault(printed, QuestionName(printed=printed, **part.match.model_dump()))
