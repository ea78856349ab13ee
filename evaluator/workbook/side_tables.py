"""雷同 and 未评 as tables: groups of alike answers, and what has no grade; the same in the workbook and on the page."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.batch import Results
from evaluator.batch.alike import Alike
from evaluator.workbook.standing import Standing, standing
from evaluator.workbook.survey import Survey
from evaluator.workbook.table import Column, Value
from evaluator.workbook.words import say


def alike_columns(lang: str) -> tuple[Column, ...]:
    """Columns of the table of alike answers."""
    return (
        Column("group", say("group", lang), "number"),
        Column("number", say("number", lang), "number"),
        Column("rubric", say("rubric", lang), "id"),
        Column("people", say("people", lang), "number"),
        Column("candidates", say("candidates", lang), "long"),
        Column("similarity", say("similarity", lang), "share"),
        Column("source", say("source", lang)),
        Column("shared", say("shared", lang), "answer"),
    )


def alike_row(place: int, group: Alike, survey: Survey, lang: str) -> list[Value]:
    """One group of alike answers."""
    number = next((place for place, rubric in enumerate(survey.rubrics, 1) if rubric.id == group.rubric), 0)
    source = {"reference": "from_reference", "question": "from_question"}.get(group.source, "from_each_other")
    people = "\n".join(f"{one} {survey.names.get(one, '')}".strip() for one in group.candidates)
    return [
        float(place), float(number), group.rubric, float(len(group.candidates)), people, group.similarity,
        say(source, lang), group.shared,
    ]  # fmt: skip


def unscored_columns(lang: str) -> tuple[Column, ...]:
    """Columns of the table of rows and answers without a grade."""
    keys = ("place", "candidate", "name", "rubric", "reason")
    return tuple(Column(key, say(key, lang), "long" if key == "reason" else "text") for key in keys)


def unscored_rows(results: Results, survey: Survey, lang: str) -> Iterator[list[Value]]:
    """First the rows that could not be read, then the answers without a grade, in the order of the source."""
    for rejected in results.rejected():
        yield [rejected.place, "", "", "", rejected.words.text(lang)]
    if not survey.unscored:
        return
    for candidate in results.candidates():
        for rubric in survey.rubrics:
            result = candidate.answers.get(rubric.id)
            if result is not None and result.grade is None:
                waiting = standing(result) is Standing.PENDING
                reason = say("not_yet", lang) if waiting else result.failure
                yield [result.answer.place, candidate.candidate, candidate.name, rubric.id, reason]
