"""`evaluator calibrate --compare A B`: two results on the same answers, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.calibration.comparing import Comparison, Winner, compare, winner
from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.saved import load_cases
from evaluator.cli.calibrate_view import DASH, number
from evaluator.cli.terminal import MAX_WIDTH, colour
from evaluator.errors import Words
from evaluator.messages import SYMBOLS
from evaluator.report.text import plain, render

if TYPE_CHECKING:
    from rich.table import Table

    from evaluator.calibration.comparing import Changed, Moved, Side

_SHOWN = 5
_WINNERS: dict[Winner, Words] = {
    "first": Words("* A 较好", "* A is better"),
    "second": Words("* B 较好", "* B is better"),
    "turned": Words("* 变号", "* other sign"),
}


def compared(first: Path, second: Path, lang: str) -> Comparison:
    """The second against the first. Raises what `load_cases` and `compare` raise."""
    a, b = load_cases(first, lang), load_cases(second, lang)
    return compare(a, b, names=(first.stem, second.stem))


def screen(made: Comparison, lang: str) -> str:
    """Figures of both, what their difference is worth, and who changed most."""
    parts = [*(line.text(lang) for line in _head(made)), _table(made, lang)]
    parts += [line.text(lang) for line in (*_verdicts(made), *_answers(made))]
    raised, lowered = Words("升分最多", "raised most"), Words("降分最多", "lowered most")
    for words, moved in ((raised, made.raised), (lowered, made.lowered)):
        if moved:
            parts += [f"{words.text(lang)}:", *(_moved(one) for one in moved[:_SHOWN])]
    parts += [f"! {one.words.text(lang)}" for one in made.notes]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def _head(made: Comparison) -> Iterator[Words]:
    yield Words(f"A {_side(made.first)}", f"A {_side(made.first)}")
    yield Words(f"B {_side(made.second)}", f"B {_side(made.second)}")
    yield Words(
        f"两边都评出的 {made.answers} 份答案，{made.questions} 道题；差 = B − A，区间不含 0 的标 *",
        f"{made.answers} answers scored by both, {made.questions} questions; difference = B - A, * where 0 is left out",
    )


def _side(side: Side) -> str:
    who = " ".join(part for part in (side.judge, side.model, side.prompt_hash[:8]) if part)
    return f"{plain(side.name)}: {who} ({side.scored}/{side.answers})"


def _table(made: Comparison, lang: str) -> str:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for head in ("A", "B", Words("差", "difference").text(lang)):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(Words("95 % 区间", "95 % interval").text(lang), no_wrap=True)
    table.add_column("", no_wrap=True)
    _rows(table, made.scores, lang)
    if made.key_points is not None:
        table.add_row("")
        _rows(table, made.key_points, lang)
    return render(table, colour=colour(), width=MAX_WIDTH)


def _rows(table: Table, figures: Mapping[str, Changed], lang: str) -> None:
    for name, one in figures.items():
        between = "" if one.low is None or one.high is None else f"{_signed(one.low)} … {_signed(one.high)}"
        words = _verdict(name, one)
        table.add_row(
            MEANINGS[name].name.text(lang),
            number(name, one.first),
            number(name, one.second),
            _signed(one.difference),
            between,
            words.text(lang) if words else "",
        )


def _verdict(name: str, one: Changed) -> Words | None:
    """Which of the two is better, where the interval says so."""
    found = winner(name, one)
    return None if found is None else _WINNERS[found]


def _signed(value: float | None) -> str:
    return DASH if value is None else f"{value:+.3f}"


def _verdicts(made: Comparison) -> Iterator[Words]:
    found = made.verdicts
    if found is None:
        return
    p = DASH if found.by_answer is None else f"{found.by_answer:.3f}"
    yield Words(
        f"判定 {found.n} 条：只有 A 对 {found.only_first}，只有 B 对 {found.only_second}，"
        f"McNemar p = {found.mcnemar:.3f}，按答案整份互换 p = {p}",
        f"{found.n} verdicts: only A right {found.only_first}, only B right {found.only_second}, "
        f"McNemar p = {found.mcnemar:.3f}, exchanging whole answers p = {p}",
    )


def _answers(made: Comparison) -> Iterator[Words]:
    yield Words(
        f"分数没变 {made.unchanged} 份；B 更接近人 {made.closer} 份，更远 {made.farther} 份",
        f"same score: {made.unchanged}; B nearer to people: {made.closer}, farther: {made.farther}",
    )


def _moved(one: Moved) -> str:
    levels = ", ".join(f"{plain(p.name)} {SYMBOLS[p.first]}→{SYMBOLS[p.second]}" for p in one.key_points[:4])
    where = plain(f"{one.rubric} {one.candidate}")
    return f"  {where[:40]}  {one.first:.0%} → {one.second:.0%} ({one.people:.0%})  {levels}"[:MAX_WIDTH]
