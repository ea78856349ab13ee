"""A rubric as one reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import typer
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evaluator.errors import Words
from evaluator.models import KeyPoint, Provenance, QuestionKind, Rubric, SourceSpan

KINDS: dict[QuestionKind, Words] = {
    QuestionKind.SINGLE_CHOICE: Words("单选", "single choice"),
    QuestionKind.MULTIPLE_CHOICE: Words("多选", "multiple choice"),
    QuestionKind.TRUE_FALSE: Words("判断", "true or false"),
    QuestionKind.FILL_BLANK: Words("填空", "blanks"),
    QuestionKind.SHORT_ANSWER: Words("简答", "short answer"),
    QuestionKind.ESSAY: Words("论述", "essay"),
    QuestionKind.CASE: Words("案例", "case"),
    QuestionKind.BEHAVIOURAL: Words("行为", "behavioural"),
    QuestionKind.SITUATIONAL: Words("情景", "situational"),
    QuestionKind.OTHER: Words("其他", "other"),
}
STATUS = {"draft": Words("草稿", "draft"), "reviewed": Words("已核对", "reviewed")}
_SPLIT = {
    "paper": Words("分值由试卷给出", "points as the paper gives them"),
    "even_split": Words("分值平均分配", "points split evenly"),
}
_PARTS = {"analysis": Words("解析", "analysis"), "reference": Words("参考答案", "reference answer")}
_PLAIN_WIDTH = 160


def show(rendered: RenderableType) -> None:
    """Print to stdout; in a pipe wide enough that little is cut, and without the blanks that fill lines up."""
    terminal = Console(highlight=False)
    if terminal.is_terminal:
        terminal.print(rendered)
        return
    console = Console(highlight=False, width=_PLAIN_WIDTH)
    with console.capture() as capture:
        console.print(rendered)
    typer.echo("\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n"))


def table(rubrics: Iterable[Rubric], lang: str) -> Table:
    """One line a rubric."""
    names = ("id", "id"), ("题型", "kind"), ("满分", "points"), ("得分点", "key points"), ("状态", "status")
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for zh, en in names:
        found.add_column(Words(zh, en).text(lang), no_wrap=True)
    found.add_column(Words("题目", "question").text(lang), no_wrap=True, overflow="ellipsis", ratio=1)
    for rubric in rubrics:
        cells = (
            rubric.id,
            KINDS[rubric.kind].text(lang),
            f"{rubric.max_score:g}",
            str(len(rubric.key_points)),
            STATUS[rubric.status].text(lang),
            " ".join(rubric.question.split()),
        )
        found.add_row(*map(Text, cells))
    return found


def view(rubric: Rubric, lang: str) -> RenderableType:
    """Question, key points with what earns them, deductions, reference and provenance."""
    return Group(*_head(rubric, lang), *_points(rubric, lang), *_foot(rubric, lang))


def _head(rubric: Rubric, lang: str) -> Iterator[RenderableType]:
    facts = [
        KINDS[rubric.kind].text(lang),
        Words(f"满分 {rubric.max_score:g}", f"{rubric.max_score:g} points").text(lang),
        _SPLIT[rubric.points_from].text(lang),
        STATUS[rubric.status].text(lang),
    ]
    yield Text.assemble((rubric.id, "bold"), "  ", (" · ".join(facts), "dim"))
    yield _indented(Text(rubric.question))
    for option in rubric.options:
        right = option.label in rubric.correct
        yield _indented(Text(f"{'✓' if right else ' '} {option.label}. {option.text}", "green" if right else ""))
    if rubric.correct and not rubric.options:
        yield _indented(Text.assemble((Words("答案 ", "answer ").text(lang), "dim"), ", ".join(rubric.correct)))
    if rubric.tests:
        yield _indented(Text.assemble((Words("考察 ", "tests ").text(lang), "dim"), "、".join(rubric.tests)))


def _points(rubric: Rubric, lang: str) -> Iterator[RenderableType]:
    for number, point in enumerate(rubric.key_points, 1):
        yield Text()
        yield Text.assemble(
            (f"{number}. {point.name}", "bold"),
            (f"  {Words(f'{point.points:g} 分', f'{point.points:g} points').text(lang)}  {point.id}", "dim"),
        )
        yield _labelled(_point_rows(point, lang), lang)
    for group in rubric.any_of:
        members = ", ".join(group.of)
        yield Text()
        yield Text(Words(f"任选 {group.choose}：{members}", f"best {group.choose} of: {members}").text(lang))
    for deduction in rubric.deductions:
        yield Text()
        yield Text.assemble((f"− {deduction.name}", "bold"), (f"  −{deduction.points:g}  {deduction.id}", "dim"))
        yield _indented(Text(deduction.when))


def _point_rows(point: KeyPoint, lang: str) -> list[tuple[Words, str]]:
    return [
        (Words("命中", "hit"), point.hit),
        (Words("部分", "partial"), point.partial),
        (Words("接受", "accept"), "、".join(point.accept)),
        (Words("排除", "reject"), "、".join(point.reject)),
        (Words("追问", "follow-up"), point.follow_up),
        (Words("出处", "source"), _source(point.source, lang) if point.source else ""),
        (Words("模型补充", "by a model"), "、".join(point.from_model)),
    ]


def _labelled(rows: Sequence[tuple[Words, str]], lang: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in rows:
        if text:
            grid.add_row(label.text(lang), Text(text))
    return _indented(grid)


def _foot(rubric: Rubric, lang: str) -> Iterator[RenderableType]:
    rows = [
        (Words("参考答案", "reference"), rubric.reference),
        (Words("试卷", "paper"), _paper(rubric.provenance) if rubric.provenance else ""),
    ]
    if any(text for _, text in rows):
        yield Text()
        yield _labelled(rows, lang)


def _source(span: SourceSpan, lang: str) -> str:
    return f"{_PARTS[span.part].text(lang)} {span.start}–{span.end} “{span.words}”"


def _paper(provenance: Provenance) -> str:
    place = " · ".join(part for part in (provenance.section, provenance.number) if part)
    return f"{provenance.paper}{f' · {place}' if place else ''} · sha256 {provenance.sha256[:12]}…"


def _indented(rendered: RenderableType) -> Padding:
    return Padding(rendered, (0, 0, 0, 3))
