"""A calibration on one screen: 40 lines of 100 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Calibration, Figure
from evaluator.calibration.remarks import cost_words, steering_words
from evaluator.cli.terminal import MAX_WIDTH, colour
from evaluator.errors import Words
from evaluator.report.text import render

if TYPE_CHECKING:
    from rich.table import Table

    from evaluator.calibration.model import KeyPointFigures, Part, ReviewShare, ScoreFigures

DASH = "—"
WORST = 3
_SCORES = ("qwk", "spearman", "pearson", "within", "mae", "rmse", "bias", "exact", "adjacent")
_KEY_POINTS = ("accuracy", "kappa", "kp_qwk", "hit_precision", "hit_recall", "hit_f1")
_SHARES = frozenset({"exact", "adjacent", "accuracy", "hit_precision", "hit_recall", "coverage"})
_MOST_NOTES = 3
_MORE = Words(
    "每个数字的意思：--explain；全部内容：-o 报告.json", "what they mean: --explain; all of it: -o report.json"
)
_PART_COLUMNS: tuple[tuple[Words, int, int | None], ...] = (
    (Words("分段", "part"), 8, 26),
    (Words("份数", "n"), 5, None),
    (Words("人", "people"), 6, None),
    (Words("评分器", "judge"), 6, None),
    (Words("平均差", "MAE"), 6, None),
    (Words("偏差", "bias"), 6, None),
    (Words("题目", "question"), 8, 28),
)


def screen(made: Calibration, lang: str) -> str:
    """Everything that matters at a glance."""
    parts = [
        *(line.text(lang) for line in _head(made)),
        _table(made, lang),
        *(line.text(lang) for line in _confidence(made)),
        *(line.text(lang) for line in _noise(made)),
        *(line.text(lang) for line in steering_words(made)),
        _parts(made, lang),
        *(f"! {one.words.text(lang)}" for one in made.notes[:_MOST_NOTES]),
        _MORE.text(lang),
    ]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def explained(lang: str) -> str:
    """What every figure means, a line each."""
    return "\n".join(f"{one.name.text(lang)}：{one.meaning.text(lang)}" for one in MEANINGS.values()) + "\n"


def number(name: str, value: float | None) -> str:
    """A figure as it is shown: shares in percent, what lies around 0 with its sign."""
    if value is None:
        return DASH
    if name in _SHARES:
        return f"{value:.0%}"
    rounded = round(value, 3) + 0.0  # never -0.000
    return f"{rounded:+.3f}" if name == "bias" else f"{rounded:.3f}"


def _head(made: Calibration) -> Iterator[Words]:
    who = " ".join(part for part in (made.judge, made.model, str(made.parameters.get("ask", ""))) if part)
    yield Words(f"校准 {made.source}：{who}", f"calibration {made.source}: {who}")
    yield from cost_words(made)
    raters = len(made.raters)
    full = f"{made.scored} ({_percent(made.coverage)})"
    zh = f"人评过 {made.answers} 份，{made.questions} 道题，{raters} 位评分人；完整评出 {full}"
    en = f"{made.answers} answers, {made.questions} questions, {raters} raters; judged in full: {full}"
    for count, words in (
        (made.incomplete, Words("不完整", "incomplete")),
        (made.failed, Words("失败", "failed")),
        (made.pending, Words("未评", "to do")),
        (made.unscored_verdicts, Words("得分点未判", "verdicts unscored")),
    ):
        if count:
            zh, en = f"{zh}，{words.zh} {count}", f"{en}, {words.en} {count}"
    yield Words(zh, en)


def _table(made: Calibration, lang: str) -> str:
    from rich.table import Table

    beside = [*((made.ceiling,) if made.ceiling else ()), *made.baselines]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column(Words("评分器", "judge").text(lang), justify="right", no_wrap=True)
    table.add_column(Words("95 % 区间", "95 % interval").text(lang), no_wrap=True)
    for one in beside:
        table.add_column(MEANINGS[one.name].name.text(lang), justify="right", no_wrap=True)
    _rows(table, _SCORES, _of(made.scores), [_of(one.scores) for one in beside], lang)
    if made.key_points is not None:
        table.add_row("")
        _rows(table, _KEY_POINTS, _of(made.key_points), [_of(one.key_points) for one in beside], lang)
    return render(table, colour=colour(), width=MAX_WIDTH)


def _of(figures: ScoreFigures | KeyPointFigures | None) -> dict[str, Figure]:
    return figures.figures() if figures is not None else {}


def _rows(
    table: Table, names: tuple[str, ...], own: dict[str, Figure], beside: list[dict[str, Figure]], lang: str
) -> None:
    for name in names:
        figure = own[name]
        others = [number(name, one[name].value) if name in one else DASH for one in beside]
        table.add_row(MEANINGS[name].name.text(lang), number(name, figure.value), _between(name, figure), *others)


def _between(name: str, figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{number(name, figure.low)} … {number(name, figure.high)}"


def _confidence(made: Calibration) -> Iterator[Words]:
    found = made.confidence
    if found is None:
        return
    ece, auroc = number("ece", found.ece.value), number("auroc", found.auroc.value)
    yield Words(
        f"把握：{found.n} 项，ECE {ece}，AUROC {auroc}（0.5 为瞎猜）",
        f"confidence: {found.n} items, ECE {ece}, AUROC {auroc} (0.5 is a guess)",
    )
    if found.review.share is not None:
        yield _review(found.review, found.review.share)


def _review(review: ReviewShare, share: float) -> Words:
    rest, target = number("mae", review.risk), f"{review.target:g}"
    if share == 0:
        return Words(
            f"复核：不复核平均差就是 {rest}，已达到目标 {target}",
            f"review: without any the MAE is {rest}, within the target {target}",
        )
    if share == 1:
        return Words(
            f"复核：只看把握达不到目标 {target}，要全部由人看",
            f"review: confidence cannot reach the target {target}; people must see them all",
        )
    line = "" if review.threshold is None else f" (< {review.threshold:.2f})"
    return Words(
        f"复核：把握最低的 {_percent(share)}{line} 由人看，其余平均差 {rest}，目标 {target}",
        f"review: people see the least sure {_percent(share)}{line}; the MAE of the rest is {rest}, target {target}",
    )


def _noise(made: Calibration) -> Iterator[Words]:
    found = made.noise
    if found is None:
        return
    answers, verdicts = _percent(found.changed_answers.value), _percent(found.changed_verdicts.value)
    mae = number("mae", found.scores.mae.value)
    yield Words(
        f"波动：评 {found.runs} 遍，{answers} 的答案变分，{verdicts} 的判定变了，两遍之间平均差 {mae}",
        f"noise: {found.runs} runs; {answers} of scores and {verdicts} of verdicts changed; MAE between runs {mae}",
    )


def _parts(made: Calibration, lang: str) -> str:
    """Bands of marks, raters, and the questions with the largest errors."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for words, least, most in _PART_COLUMNS:
        table.add_column(
            words.text(lang),
            justify="left" if most else "right",
            min_width=least,
            max_width=most,
            no_wrap=True,
        )
    for part in made.bands:
        _part_row(table, part, MEANINGS[part.name].name.text(lang))
    for part in made.by_rater[:WORST]:
        _part_row(table, part, part.name)
    worst = sorted((one for one in made.by_question if one.scores.mae.value is not None), key=_error, reverse=True)
    for part in worst[:WORST] if len(worst) > 1 else ():
        _part_row(table, part, part.name)
    return render(table, colour=colour(), width=MAX_WIDTH)


def _error(part: Part) -> float:
    return part.scores.mae.value or 0.0


def _part_row(table: Table, part: Part, name: str) -> None:
    table.add_row(
        name,
        str(part.scored),
        number("people", part.people),
        number("judge", part.judge),
        number("mae", part.scores.mae.value),
        number("bias", part.scores.bias.value),
        part.title,
    )


def _percent(value: float | None) -> str:
    return DASH if value is None else f"{value:.0%}"
