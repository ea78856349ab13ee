"""Names of what rubrics hold, and a page that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse

from evaluator.errors import Words
from evaluator.models import QuestionKind, Rubric
from evaluator.web import showing
from evaluator.web.speech import Speech

NAMES: Mapping[str, Mapping[str, Words]] = {
    "status": {"draft": Words("草稿", "draft"), "reviewed": Words("已核对", "reviewed")},
    "origin": {
        "shipped": Words("自带", "shipped"),
        "edited": Words("改过的自带细则", "shipped, edited here"),
        "own": Words("自己的", "own"),
    },
    "part": {
        "analysis": Words("出自解析", "from the analysis"),
        "reference": Words("出自参考答案", "from the reference"),
    },
    "split": {
        "paper": Words("分值由试卷给出", "Points are the paper's"),
        "even_split": Words("试卷没有给分值，平均分配", "The paper gives no points: they were split evenly"),
    },
    "tone": {"bad": Words("要改", "to mend"), "warn": Words("留意", "look at"), "soft": Words("提示", "note")},
}


def page(request: Request, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """As `showing.page`, with the names of kinds, states and key points."""
    speech = showing.speech_of(request)

    def kind_name(kind: QuestionKind) -> str:
        from evaluator.workbook.words import KINDS  # noqa: PLC0415 - brings the readers of spreadsheets

        return speech.words(KINDS[kind])

    return showing.page(
        request,
        name,
        status,
        named=lambda table, key: speech.words(NAMES[table][key]),
        kind_name=kind_name,
        kind_of=lambda rubric: kind_name(rubric.kind),
        names_of=names_of,
        **values,
    )


def names_of(rubric: Rubric, ids: Iterable[str]) -> str:
    """The key points of these ids by name."""
    names = {point.id: point.name for point in rubric.key_points}
    return "、".join(names.get(one, one) for one in ids)


def told(old: Rubric, new: Rubric, speech: Speech) -> list[str]:
    """What changed, a line each, with key points by their names."""
    from evaluator.drafting import changes  # noqa: PLC0415 - half as long as all else that the first page needs

    names = [(f"~ {point.id} ", f"{point.name} · ") for point in new.key_points]
    lines = []
    for words in changes(old, new):
        line = speech.words(words)
        begin, named = next((pair for pair in names if line.startswith(pair[0])), ("", ""))
        lines.append(named + line.removeprefix(begin))
    return lines
