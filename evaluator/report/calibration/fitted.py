"""What a fit is, and what it did on questions that it was not fitted on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.calibration.comparing import Winner
from evaluator.calibration.fitting import unmappable
from evaluator.calibration.meanings import METHODS
from evaluator.errors import Words
from evaluator.models import Fit
from evaluator.report.calibration.differences import Difference, differences, of_fit
from evaluator.report.calibration.drawing import Axis, Dot, Line, Picture, grid, path
from evaluator.report.calibration.numerals import figure, percent

_SHOWN = ("qwk", "spearman", "within", "mae", "rmse", "bias", "exact", "adjacent")
_HEIGHT = 372.0
_QUARTERS = tuple((share / 4, f"{share * 25}") for share in range(5))
_OUTCOMES: dict[Winner | None, Words] = {
    "second": Words("变好", "better"),
    "first": Words("变差", "worse"),
    "turned": Words("变号", "other sign"),
    None: Words("说不准", "open"),
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """The section of the page. `tried` are ways and their errors on the training questions, the chosen one marked."""

    said: tuple[str, ...]
    tried: tuple[tuple[str, str, bool], ...]
    rows: tuple[Difference, ...]
    picture: Picture | None


def fitted(made: Fit, lang: str) -> Fitted:
    """In words, numbers and, where scores are mapped, a picture of the map."""
    tried = [
        (METHODS[one.method].text(lang), figure("rmse", math.sqrt(one.error)), one.method == made.method)
        for one in made.tried
    ]
    return Fitted(
        tuple(one.text(lang) for one in _said(made)),
        tuple(tried),
        tuple(differences(of_fit(made, _SHOWN), _OUTCOMES, lang)),
        _map(made, lang) if made.knots else None,
    )


def _said(made: Fit) -> Iterator[Words]:
    yield Words(
        f"选中：{METHODS[made.method].zh}。在 {made.train_questions} 道题的 {made.train_answers} 份答案上挑选和拟合，"
        f"下表的前后只算另外 {made.held_out_questions} 道题的 {made.held_out_answers} 份：它们没有参与拟合。",
        f"Chosen: {METHODS[made.method].en}. Chosen and fitted on {made.train_answers} answers to "
        f"{made.train_questions} questions; before and after are over {made.held_out_answers} answers to "
        f"{made.held_out_questions} others, which had no part in it.",
    )
    if made.partial_share is not None:
        value = percent(made.partial_share)
        yield Words(f"“部分”改值该得分点的 {value}。", f"A partial is worth {value} of its points instead.")
    if made.keyword_cuts is not None:
        low, high = (percent(one) for one in made.keyword_cuts)
        yield Words(
            f"关键词覆盖短语的 {low} 起算部分，{high} 起算命中。",
            f"Keywords that cover {low} of a phrase are a partial, {high} a hit.",
        )
    if unmappable(made):
        yield Words(
            "训练题上评分器的分数并不随人工分升高：映射只会把所有人拉成一个分，没有采用。",
            "The judge's scores do not rise with people's on the training questions: a map would give everybody the "
            "same, so none was taken.",
        )
    yield _worth(made)


def _worth(made: Fit) -> Words:
    if made.helps:
        return Words(
            "在没见过的题上平均差明显变小。再看加权一致和排序有没有变好：映射治的是松紧，治不了分不清。",
            "On unseen questions the mean error clearly fell. See whether qwk and ranking rose as well: a map mends "
            "leniency, not a judge that cannot tell answers apart.",
        )
    return Words(
        "在没见过的题上，平均差的变化区间含 0（或变大）：还不能说校准有用。",
        "On unseen questions the interval of the change in MAE has 0 in it, or it rose: that it helps cannot be said.",
    )


def _map(made: Fit, lang: str) -> Picture:
    x, y = Axis(0, 1, 46, 344), Axis(0, 1, 330, 12)
    names = (Words("评分器给的分（满分的 %）", "judge (% of full marks)"), Words("校准分（%）", "calibrated (%)"))
    knots = [(0.0, made.knots[0][1]), *made.knots, (1.0, made.knots[-1][1])]
    shapes = (
        *grid(x, y, _QUARTERS, _QUARTERS, (names[0].text(lang), names[1].text(lang))),
        Line(x.at(0), y.at(0), x.at(1), y.at(1), "identity"),
        path((x.at(one), y.at(other)) for one, other in knots),
        *(
            Dot(x.at(one), y.at(other), 3.2, "dot solid", f"{percent(one)} → {percent(other)}")
            for one, other in made.knots
        ),
    )
    ends = f"0% → {percent(knots[0][1])}", f"100% → {percent(knots[-1][1])}"
    return Picture(
        "map",
        Words("分数怎样映射", "How scores are mapped").text(lang),
        Words(f"{ends[0]}；{ends[1]}。", f"{ends[0]}; {ends[1]}.").text(lang),
        Words(
            "虚线是照旧。线在虚线下面是压低，上面是抬高；越平，评分器的分越不足信，只好往平均分靠。"
            "它只升不降，名次不会颠倒。",
            "The dashed line leaves scores alone: below it they are lowered, above it lifted. The flatter the line, "
            "the less the scores tell, so that all are drawn to the mean. It never falls: nobody is overtaken.",
        ).text(lang),
        _HEIGHT,
        shapes,
    )
