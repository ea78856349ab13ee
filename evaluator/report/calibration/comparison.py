"""Two results on the same answers as one self-contained HTML page, of the same make as that of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.calibration.comparing import Comparison, Moved, PointMoved, Side, Verdicts, Winner, winner
from evaluator.errors import Words
from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import Level
from evaluator.report.calibration.differences import Difference, differences
from evaluator.report.calibration.figures import STRIP_HEIGHT, STRIP_WIDTH
from evaluator.report.calibration.moving import moves
from evaluator.report.calibration.numerals import DASH, percent
from evaluator.report.calibration.rendering import rendered
from evaluator.report.calibration.words import say
from evaluator.report.labels import JUDGES

_OUTCOMES: dict[Winner | None, Words] = {
    "second": Words("B 较好", "B is better"),
    "first": Words("A 较好", "A is better"),
    "turned": Words("变号", "other sign"),
    None: Words("说不准", "open"),
}
_BETTER = {
    "first": Words("A 更接近人", "A is nearer to people"),
    "second": Words("B 更接近人", "B is nearer to people"),
}
_CHANCE, _LEAST_P = 0.05, 0.001


@dataclass(frozen=True, slots=True)
class Judged:
    """One of the two: its letter, what it is called, and what it is."""

    letter: str
    name: str
    judge: str
    prompt: str
    scored: str


@dataclass(frozen=True, slots=True)
class PointView:
    """One verdict that changed: what people, the first and the second say, and why."""

    name: str
    people: str
    first: tuple[str, str, str]
    """Level for the look, level for a person, reason."""
    second: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that changed, with both views."""

    title: str
    where: str
    answer: str
    people: str
    first: str
    second: str
    gap: str
    look: str
    outcome: str
    views: tuple[PointView, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One table of differences."""

    key: str
    caption: str
    rows: tuple[Difference, ...]


def comparison_as_html(made: Comparison, lang: str = "zh") -> str:
    """The comparison as a page. The same input gives the same page."""
    moved = (*made.raised, *made.lowered)
    return rendered(
        "comparison",
        lang,
        made=made,
        sides=(_side("A", made.first, lang), _side("B", made.second, lang)),
        headline=_headline(made),
        reasons=tuple(_reasons(made)),
        look=_look(made),
        blocks=tuple(_blocks(made, lang)),
        strip={"width": STRIP_WIDTH, "height": STRIP_HEIGHT},
        picture=moves(moved, lang) if moved else None,
        moved=tuple(_change(one, lang) for one in moved),
    )


def _side(letter: str, side: Side, lang: str) -> Judged:
    kind = JUDGES[side.judge].text(lang) if side.judge in JUDGES else side.judge
    judge = f"{kind} · {side.model}" if side.model else kind
    return Judged(letter, side.name, judge, side.prompt_hash[:12], f"{side.scored} / {side.answers}")


def _ahead(made: Comparison) -> tuple[Winner | None, Winner | None]:
    """Who is clearly nearer (mean error), and who clearly tells answers apart better (qwk)."""
    return winner("mae", made.scores["mae"]), winner("qwk", made.scores["qwk"])


def _headline(made: Comparison) -> Words:
    nearer, sorts = _ahead(made)
    if made.scores["mae"].same and made.scores["qwk"].same:
        return Words("两次一样接近人", "Both are equally near to people")
    if nearer is None and sorts is None:
        return Words("分不出谁更接近人", "Which is nearer to people cannot be told")
    if nearer is not None and sorts is not None and nearer != sorts:
        return Words(
            f"各有长短：{_letter(nearer)} 的误差小，{_letter(sorts)} 分高低更像人",
            f"A trade: errors of {_letter(nearer)} are smaller, {_letter(sorts)} tells answers apart more as people do",
        )
    found = _BETTER[nearer or sorts or "first"]
    if nearer is not None and sorts is not None:
        return found
    part = Words("误差", "in error") if nearer else Words("分高低", "in telling answers apart")
    return Words(f"{found.zh}（只在{part.zh}上分得清）", f"{found.en} (clear only {part.en})")


def _look(made: Comparison) -> str:
    """The colour of the verdict, as the page of one judge has them."""
    found = set(_ahead(made)) - {None}
    return "unknown" if not found else "rough" if len(found) > 1 else "first_pass"


def _letter(of: Winner) -> str:
    return "A" if of == "first" else "B"


def _reasons(made: Comparison) -> Iterator[Words]:
    mae = made.scores["mae"]
    if mae.first is not None and mae.second is not None:
        yield Words(
            f"两边都评出 {made.answers} 份：A 平均与人相差满分的 {percent(mae.first)}，B {percent(mae.second)}。"
            f"分数没变 {made.unchanged} 份；变了的里面 B 更接近人 {made.closer} 份，更远 {made.farther} 份。",
            f"On {made.answers} answers that both scored, A is off by {percent(mae.first)} of full marks on average, "
            f"B by {percent(mae.second)}. Same score: {made.unchanged}; of the others B is nearer to people on "
            f"{made.closer}, farther on {made.farther}.",
        )
    if made.verdicts is not None:
        yield _verdicts(made.verdicts)
    yield from (one.words for one in made.notes)


def _verdicts(found: Verdicts) -> Words:
    if found.only_first == found.only_second:
        which = Words("一样多", "equally many")
    elif found.by_answer is None or found.by_answer > _CHANCE:
        which = Words("相差可能只是碰巧", "the gap may be chance")
    else:
        which = Words("相差不像是碰巧", "the gap is hardly chance")
    p, mcnemar = _p(found.by_answer), _p(found.mcnemar)
    return Words(
        f"{found.n} 条判定里，只有 A 与人相同的 {found.only_first} 条，只有 B 的 {found.only_second} 条：{which.zh}"
        f"（整份答案互换 p {p}；McNemar p {mcnemar}，它把同一份答案的得分点当作独立，偏乐观）。",
        f"Of {found.n} verdicts only A is with people in {found.only_first}, only B in {found.only_second}: {which.en} "
        f"(exchanging whole answers p {p}; McNemar p {mcnemar}, which takes key points of one answer for "
        "independent and so is too sure).",
    )


def _p(value: float | None) -> str:
    if value is None:
        return DASH
    return "< 0.001" if value < _LEAST_P else f"= {value:.3f}"


def _blocks(made: Comparison, lang: str) -> Iterator[Block]:
    yield Block("scores", say("scores", lang), tuple(differences(made.scores, _OUTCOMES, lang)))
    if made.key_points is not None:
        yield Block("key-points", say("key_points", lang), tuple(differences(made.key_points, _OUTCOMES, lang)))


def _change(one: Moved, lang: str) -> Change:
    outcome = {True: "closer_now", False: "farther_now", None: "as_far"}[one.closer]
    look = {True: "hit", False: "missed", None: "soft"}[one.closer]
    return Change(
        one.title,
        " · ".join(part for part in (one.rubric, one.candidate, one.place) if part),
        one.answer,
        percent(one.people),
        percent(one.first),
        percent(one.second),
        percent(one.change, sign=True),
        look,
        say(outcome, lang),
        tuple(_view(point, lang) for point in one.key_points),
    )


def _view(one: PointMoved, lang: str) -> PointView:
    def level(of: Level) -> str:
        return f"{SYMBOLS[of]} {LEVELS[of].text(lang)}"

    return PointView(
        one.name,
        DASH if one.people is None else level(one.people),
        (one.first.value, level(one.first), one.first_reason),
        (one.second.value, level(one.second), one.second_reason),
    )
