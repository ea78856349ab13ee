"""`evaluator history`: look at kept grades, override verdicts, remove what should not stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluator.cli.terminal import colour, data, note, width
from evaluator.errors import InputError, Problem, RubricError, Words

if TYPE_CHECKING:
    from evaluator.cli.history_view import Entry
    from evaluator.models import Grade, Level, Rubric
    from evaluator.settings import Settings
    from evaluator.store import GradeRecord, Store

app = typer.Typer(
    no_args_is_help=True, help="评分记录：列表、查看、改判、删除 · kept grades: list, show, override, delete"
)

GradeId = Annotated[str, typer.Argument(metavar="ID", help="记录编号，见 list · id of a record, see list")]
KeyPointId = Annotated[
    str, typer.Argument(metavar="KEY_POINT", help="得分点或扣分项的 id · id of a key point or deduction")
]
StorePath = Annotated[Path | None, typer.Option("--store", help="记录库文件，默认取自设置 · database file")]
Lang = Annotated[str | None, typer.Option("--lang", help="zh | en：输出语言 · language of the output")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@app.command("list")
def list_(
    *,
    rubric: Annotated[str, typer.Option("--rubric", "-r", help="只看这份细则 · of this rubric id only")] = "",
    text: Annotated[str, typer.Option("--text", help="答案里有这些字 · words in the answer")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="最多几条，新的在前 · at most, newest first")] = 50,
    as_json: AsJson = False,
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """列出评分记录 · list kept grades."""
    settings = _settings(store, lang)
    with _opened(settings) as kept:
        entries = [_entry(kept, record, settings) for record in kept.list(rubric=rubric, text=text, limit=limit)]
    if as_json:
        _print_json([entry.as_data() for entry in entries])
    elif not entries:
        note(Words("没有符合条件的记录", "no grades found").text(settings.lang))
    else:
        from evaluator.cli.history_view import table
        from evaluator.cli.rubric_view import show as print_table

        print_table(table(entries, settings.lang))


@app.command()
def show(grade_id: GradeId, as_json: AsJson = False, store: StorePath = None, lang: Lang = None) -> None:
    """查看一条记录：答案、得分与改判 · show one record with its overrides."""
    settings = _settings(store, lang)
    with _opened(settings) as kept:
        record = _record(kept, grade_id)
        entry = _entry(kept, record, settings)
        rubric = _rubric_of(kept, record.grade, settings)
    if as_json:
        _print_json(entry.as_data())
        return
    from evaluator.cli.history_view import head_text, layers_text
    from evaluator.report import Item, as_text

    data(head_text(record) + "\n")
    item = Item(entry.grade, record.answer, rubric, said=entry.said, automatic=record.grade)
    data(as_text(entry.grade, record.answer, rubric, settings.lang, colour=colour(), width=width(), item=item))
    if entry.layers:
        data("\n" + layers_text(entry, settings.lang))
    _warn_if_not_scored(entry, settings.lang)


@app.command()
def delete(grade_id: GradeId, store: StorePath = None, lang: Lang = None) -> None:
    """删除一条记录，连同答案、依据和改判 · remove one record with answer, evidence and overrides."""
    settings = _settings(store, lang)
    with _opened(settings) as kept:
        if not kept.delete(grade_id):
            raise _no_record(grade_id)
    note(Words(f"已删除 {grade_id}", f"removed {grade_id}").text(settings.lang))


@app.command()
def purge(
    older_than_days: Annotated[
        float | None, typer.Option("--older-than-days", min=0, help="删除这么多天以前的 · remove what is older")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部删除，要加 --yes · remove all, needs --yes")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="确认全部删除 · yes, remove all")] = False,
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """清除旧记录或全部记录 · remove old records or all of them."""
    settings = _settings(store, lang)
    if everything == (older_than_days is not None):
        raise InputError(
            Words("--older-than-days N 和 --all 必须且只能写一个", "give either --older-than-days N or --all")
        )
    if everything and not yes:
        raise InputError(
            Words(
                "全部删除后无法恢复；确定要删，请加 --yes", "removing everything cannot be undone; add --yes to do it"
            )
        )
    with _opened(settings) as kept:
        count = kept.purge(older_than_days)
    note(Words(f"已删除 {count} 条记录", f"records removed: {count}").text(settings.lang))


@app.command()
def override(
    grade_id: GradeId,
    key_point: KeyPointId,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="hit 命中 | partial 部分 | missed 未命中")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="为什么改判 · why")],
    author: Annotated[str, typer.Option("--author", help="谁改的 · who")],
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """改判一个得分点；自动判定保留，可恢复 · override one verdict; the automatic one is kept."""
    settings = _settings(store, lang)
    chosen = _level(level)
    for option, value in (("--reason", reason), ("--author", author)):
        if not value.strip():
            raise InputError(Problem(Words("不能为空", "must not be empty"), field=option))
    with _opened(settings) as kept:
        record = _record(kept, grade_id)
        _check_key_point(record, key_point)
        before = _entry(kept, record, settings)
        kept.add_override(grade_id, key_point, chosen, author.strip(), reason.strip())
        _tell(before, _entry(kept, record, settings), settings.lang)


@app.command()
def restore(
    grade_id: GradeId,
    key_point: KeyPointId,
    *,
    reason: Annotated[str, typer.Option("--reason", help="为什么恢复 · why")] = "",
    author: Annotated[str, typer.Option("--author", help="谁恢复的 · who")] = "",
    store: StorePath = None,
    lang: Lang = None,
) -> None:
    """撤销改判，恢复自动判定 · lift an override."""
    settings = _settings(store, lang)
    with _opened(settings) as kept:
        record = _record(kept, grade_id)
        _check_key_point(record, key_point)
        before = _entry(kept, record, settings)
        if key_point not in before.standing:
            raise InputError(Words(f"{key_point} 没有改判，不用恢复", f"{key_point} has no override to lift"))
        who = author.strip() or Words("未署名", "unsigned").text(settings.lang)
        kept.restore(grade_id, key_point, who, reason.strip())
        _tell(before, _entry(kept, record, settings), settings.lang)


def _settings(store: Path | None, lang: str | None) -> Settings:
    from evaluator.settings import load

    return load({"store_path": store, "lang": lang})


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    from evaluator.store import SqliteStore

    with SqliteStore(settings.store_path) as kept:
        yield kept


def _record(kept: Store, grade_id: str) -> GradeRecord:
    record = kept.get(grade_id)
    if record is None:
        raise _no_record(grade_id)
    return record


def _no_record(grade_id: str) -> InputError:
    return InputError(
        Problem(
            Words(f"没有编号为 {grade_id} 的评分记录", f"there is no grade with the id {grade_id}"),
            hint=Words("用 evaluator history list 查看编号", "`evaluator history list` shows the ids"),
        )
    )


def _entry(kept: Store, record: GradeRecord, settings: Settings) -> Entry:
    from evaluator.cli.history_view import Entry
    from evaluator.scoring import decided, settled

    said = kept.said(record.id)
    if not (said.standing or said.final or said.confirmed):
        return Entry(record, said)
    rubric = _rubric_of(kept, record.grade, settings) if said.standing else None
    if rubric is not None:
        return Entry(record, said, decided(record.grade, rubric, said))
    stale = bool(said.standing)
    return Entry(record, said, settled(record.grade, said) if said.final or said.confirmed else None, stale)


def _rubric_of(kept: Store, grade: Grade, settings: Settings) -> Rubric | None:
    """The rubric that the grade was made by: as kept with it, or a file that has not changed since."""
    from evaluator.rubrics import content_hash, find

    rubric = kept.get_rubric(grade.trace.rubric_hash)
    if rubric is not None:
        return rubric
    try:
        rubric = find(grade.rubric, settings.rubric_folders)
    except RubricError:
        return None
    return rubric if content_hash(rubric) == grade.trace.rubric_hash else None


def _check_key_point(record: GradeRecord, key_point: str) -> None:
    from evaluator.cli.history_view import names_of

    names = names_of(record.grade)
    if key_point not in names:
        listed = "; ".join(f"{key} {name}" for key, name in names.items())
        raise InputError(
            Problem(
                Words(f"没有 id 为 {key_point} 的得分点", f"there is no key point with the id {key_point}"),
                hint=Words(f"可用的有：{listed}", f"there are: {listed}"),
            )
        )


def _level(word: str) -> Level:
    from evaluator.messages import LEVELS
    from evaluator.models import Level

    known = {
        name: level for level, words in LEVELS.items() if level is not Level.UNSCORED for name in (level, words.zh)
    }
    if word not in known:
        expected = "hit 命中, partial 部分, missed 未命中"
        raise InputError(Words(f"不认识 {word}，应为 {expected}", f"{word} is no level; expected {expected}"))
    return known[word]


def _tell(before: Entry, after: Entry, lang: str) -> None:
    from evaluator.report.labels import score_text

    kept = Words("已记录", "kept").text(lang)
    if score_text(before.grade) == score_text(after.grade):
        note(f"{kept} · {score_text(after.grade)}")
    else:
        note(f"{kept} · {score_text(before.grade)} → {score_text(after.grade)}")
    _warn_if_not_scored(after, lang)


def _warn_if_not_scored(entry: Entry, lang: str) -> None:
    if entry.stale:
        note(
            Words(
                "评分细则已改动或找不到，得分仍是自动判定的，改判没有算进去",
                "the rubric has changed or is gone: the score is the automatic one, without the overrides",
            ).text(lang)
        )


def _print_json(value: object) -> None:
    import json

    data(json.dumps(value, ensure_ascii=False, indent=2))
