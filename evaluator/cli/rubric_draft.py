"""`evaluator rubric draft` and `evaluator rubric diff`: rubrics from a paper, and what changed between two of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import language
from evaluator.errors import Problem, RubricError, UserError, Words

if TYPE_CHECKING:
    from evaluator.drafting import Draft, Enriched, Outcome
    from evaluator.models import Rubric
    from evaluator.models.paper import Paper
    from evaluator.papers import Mended
    from evaluator.settings import Settings

DIFFERENT = 1
NO_QUESTIONS = 1
FILE_ERROR = 2
INTERRUPTED = 130

Lang = Annotated[str | None, typer.Option("--lang", help="zh | en：输出语言 · language of the output")]


def draft(
    file: Annotated[Path, typer.Argument(help="试卷：txt、docx、pdf、html、md，- 为标准输入 · a paper, - for stdin")],
    folder: Annotated[Path, typer.Option("--output", "-o", help="写到哪个文件夹 · folder to write to")],
    slug: Annotated[
        str, typer.Option("--slug", help="id 的开头，默认用文件夹名 · how ids begin, default: the folder")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="连有人改过的文件也覆盖 · replace edited files too")] = False,
    enrich: Annotated[
        bool, typer.Option("--enrich", help="用模型补充句子和短语 · let a model add sentences and phrases")
    ] = False,
    judge: Annotated[str | None, typer.Option(help="auto | llm | local：--enrich 用哪个模型 · which model")] = None,
    provider: Annotated[str | None, typer.Option(help="openai, deepseek, qwen, …")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI 兼容地址 · OpenAI-compatible address")] = None,
    model: Annotated[str | None, typer.Option(help="模型名 · model name")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把试卷发给模型服务 · agree to send the paper out")] = False,
    lang: Lang = None,
) -> None:
    """由试卷起草评分细则 · draft rubrics from a paper.

    有人改过的文件不会被覆盖，只列出差别。草稿要有人看过才能写 status: reviewed。
    --enrich 让模型补充 hit、partial、accept、reject、follow_up，对得上试卷的才采用，并记在 from_model 里。
    退出码：0 有题目，1 没有题目，2 文件有误或没有模型可用，130 中断（已写好的文件保留）。
    Edited files stay as they are; what the draft would change is listed · --enrich takes texts of a model that hold
    against the paper, marked from_model · exit codes: 0 questions found, 1 none, 2 a file is wrong or there is no
    model, 130 interrupted (what is written stays).
    """
    from evaluator.drafting import drafts, shelve
    from evaluator.drafting import slug as as_slug

    lang = lang or language()
    try:
        paper, mended = _read(file)
        made = drafts(paper, slug=as_slug(slug or folder.resolve().name), mended=mended)
        if enrich:
            flags = {"judge": judge, "provider": provider, "base_url": base_url, "model": model, "lang": lang}
            outcomes = _enriched(made, folder, _settings(flags, yes=yes), lang, force=force)
        else:
            outcomes = shelve(made, folder, force=force)
            for outcome in outcomes:
                _print(outcome, None, lang)
    except UserError as error:
        typer.echo(error.text(lang), err=True)
        raise typer.Exit(FILE_ERROR) from None
    for warning in paper.warnings:
        where = f"{warning.question}: " if warning.question else ""
        typer.echo(f"{warning.code.value}: {where}{warning.words.text(lang)}", err=True)
    typer.echo(_summary(outcomes, folder, lang), err=True)
    if not outcomes:
        raise typer.Exit(NO_QUESTIONS)


def _settings(flags: dict[str, str | None], *, yes: bool) -> Settings:
    from evaluator.settings import load

    given: dict[str, str | bool] = {name: value for name, value in flags.items() if value is not None}
    return load({**given, "allow_remote": True} if yes else given)


def _enriched(
    drafts: Sequence[Draft], folder: Path, settings: Settings, lang: str, *, force: bool
) -> Sequence[Outcome]:
    """With a model; a line a question as it comes."""
    import asyncio

    from evaluator.cli.rubric_enrich import run

    def tell(outcome: Outcome, made: Enriched | None) -> None:
        _print(outcome, made, lang)

    try:
        found = asyncio.run(run(drafts, folder, settings, tell, force=force))
    except KeyboardInterrupt:
        stopped = Words(
            "已中断：写好的文件保留，再运行一次会接着做", "interrupted: what is written stays, run again to go on"
        )
        typer.echo(stopped.text(lang), err=True)
        raise typer.Exit(INTERRUPTED) from None
    for outcome in found.gone:
        _print(outcome, None, lang)
    typer.echo(found.summary.text(lang), err=True)
    return found.all


def _print(outcome: Outcome, made: Enriched | None, lang: str) -> None:
    for line in _told(outcome, lang):
        typer.echo(line)
    if made is not None:
        from evaluator.cli.rubric_enrich import told

        for words in told(made):
            typer.echo(f"  {words.text(lang)}")


def diff(
    old: Annotated[Path, typer.Argument(help="原来的文件或文件夹 · a file or folder as it was")],
    new: Annotated[Path, typer.Argument(help="现在的文件或文件夹 · as it is now")],
    lang: Lang = None,
) -> None:
    """两份评分细则差在哪里 · what changed between two rubrics.

    得分点增加、去掉、改动了哪些，分值怎样变。文件夹按 id 对应。退出码：0 相同，1 有差别，2 文件有误。
    Key points that came, went or changed; points. Folders are matched by id · exit codes: 0 same, 1 different, 2 a file
    is wrong.
    """
    lang = lang or language()
    try:
        before, after = _rubrics(old), _rubrics(new)
    except UserError as error:
        typer.echo(error.text(lang), err=True)
        raise typer.Exit(FILE_ERROR) from None
    lines = list(_differences(before, after, lang))
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo(Words("没有差别", "no difference").text(lang), err=True)
    raise typer.Exit(DIFFERENT if lines else 0)


def _rubrics(path: Path) -> dict[str, Rubric]:
    """By id; a single file under an empty one, so that two files are compared whatever their ids."""
    from evaluator.rubrics import files_in, load, load_files

    if path.is_file():
        return {"": load(path)}
    found = {source.rubric.id: source.rubric for source in load_files(files_in(path))}
    if not found:
        raise RubricError(Problem(Words("文件夹里没有评分细则", "no rubrics in this folder"), str(path)))
    return found


def _differences(before: dict[str, Rubric], after: dict[str, Rubric], lang: str) -> Iterator[str]:
    from evaluator.drafting import changes

    if len(before) == 1 and "" in before and "" not in after:
        before = {rubric.id: rubric for rubric in before.values()}
        after = {key: rubric for key, rubric in after.items() if key in before}
    for key in before.keys() - after.keys():
        yield f"- {before[key].id}"
    for key, rubric in after.items():
        if key not in before:
            yield f"+ {rubric.id}"
        elif told := changes(before[key], rubric):
            yield rubric.id
            yield from (f"  {words.text(lang)}" for words in told)


def _read(file: Path) -> tuple[Paper, Mended]:
    """The paper, and the repaired text that it was parsed from."""
    from evaluator.papers import mend, parse, read_document

    document = read_document(sys.stdin.buffer.read(), name="stdin") if str(file) == "-" else read_document(file)
    mended = mend(document.text)
    return parse(document, mended), mended


_ACTIONS = {
    "written": Words("新建", "new"),
    "replaced": Words("更新", "updated"),
    "unchanged": Words("未变", "unchanged"),
    "kept": Words("有人改过，保留", "edited by a person, kept"),
    "skipped": Words("没有起草", "not drafted"),
    "gone": Words("试卷里没有了，文件仍在", "no longer in the paper, file kept"),
}


def _told(outcome: Outcome, lang: str) -> Iterator[str]:
    """A line for the file, then what needs a look and what changed."""
    draft, rubric = outcome.draft, outcome.draft.rubric if outcome.draft else None
    subject = str(outcome.path) if outcome.path else f"{draft.question.number} {_short(draft)}" if draft else ""
    facts = f" {_size(rubric).text(lang)}" if rubric is not None else ""
    yield f"{_ACTIONS[outcome.action].text(lang)} {subject}{facts}"
    looks = draft.looks if draft else ()
    yield from (f"  ! {words.text(lang)}" for words in looks)
    yield from (f"  {words.text(lang)}" for words in outcome.changes)


def _size(rubric: Rubric) -> Words:
    count, total = len(rubric.key_points), f"{rubric.max_score:g}"
    return Words(f"{count} 个得分点，{total} 分", f"{count} key point{'s' * (count != 1)}, {total} points")


def _short(draft: Draft) -> str:
    stem = " ".join(draft.question.stem.split())
    return stem if len(stem) <= 30 else f"{stem[:30]}…"


def _summary(outcomes: Sequence[Outcome], folder: Path, lang: str) -> str:
    counts = Counter(outcome.action.value for outcome in outcomes)
    if not counts:
        return Words("试卷里没有题目，没有起草", "no questions in the paper, nothing drafted").text(lang)
    listed = ", ".join(f"{words.text(lang)} {counts[action]}" for action, words in _ACTIONS.items() if counts[action])
    hint = Words(
        f"都是草稿：逐个核对（evaluator rubric lint {folder}），改好后写 status: reviewed",
        f"All are drafts: look them over (evaluator rubric lint {folder}), then write status: reviewed",
    )
    return f"{listed}\n{hint.text(lang)}"
