"""What error is left when people review the answers that the judge is least sure of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.calibration.model import ConfidenceFigures, CurvePoint, ReviewShare
from evaluator.errors import Words
from evaluator.report.calibration.drawing import Axis, Dot, Label, Line, Picture, Shape, grid, path
from evaluator.report.calibration.numerals import percent

_HEIGHT = 372.0
_QUARTERS = tuple((share / 4, f"{share * 25}") for share in range(5))


def risk_coverage(found: ConfidenceFigures, lang: str) -> Picture:
    """Mean absolute error of the rest up, share that people review across; the least share for the target is marked."""
    highest = max([found.review.target, *(one.risk for one in found.curve)]) * 1.15 or 1.0
    x, y = Axis(0, 1, 52, 344), Axis(0, highest, 330, 12)
    names = (
        Words("由人复核的比例（%，先看把握最低的）", "reviewed by people (%, least sure first)").text(lang),
        Words("其余的平均差（满分的 %）", "MAE of the rest (% of full marks)").text(lang),
    )
    shapes = (
        *grid(x, y, _QUARTERS, _ticks(highest), names),
        *_reference(found.curve, x, y, lang),
        path(_steps(found.curve, x, y)),
        Line(x.start, y.at(found.review.target), x.end, y.at(found.review.target), "target"),
        Label(
            x.end - 2,
            y.at(found.review.target) - 5,
            f"{Words('目标', 'target').text(lang)} {percent(found.review.target)}",
            "end",
            "tick strong halo",
        ),
        *_chosen(found.review, x, y),
    )
    return Picture(
        "risk-coverage",
        Words("请人复核多少才够", "How much review is enough?").text(lang),
        review_words(found).text(lang),
        Words(
            "从左往右：请人复核越多，剩下的误差应当越小。曲线若与“把握没用”的横线差不多，就不必按把握挑答案。",
            "From left to right: the more people review, the smaller the error of the rest should be. A curve along "
            "the flat line means that confidence is of no use in choosing.",
        ).text(lang),
        _HEIGHT,
        shapes,
    )


def review_words(found: ConfidenceFigures) -> Words:
    """What to review for the target, in words."""
    review, target = found.review, percent(found.review.target)
    if review.share is None:
        return Words("没有可用的把握，画不出来。", "There is no confidence to choose by.")
    if not review.share:
        return Words(
            f"不必复核，平均差已不超过满分的 {target}。", f"No review is needed for an MAE of {target} of full marks."
        )
    if review.risk is None:
        return Words(
            f"按把握挑不出能达到 {target} 的部分：要达到目标，得全部由人看。",
            f"No part that it is sure of keeps to {target}: for that, people must review everything.",
        )
    below = f"{review.threshold:.2f}" if review.threshold is not None else ""
    return Words(
        f"请人复核把握最低的 {percent(review.share)}" + (f"（把握低于 {below}）" if below else "") + "，"
        f"其余平均差 {percent(review.risk)}，达到目标 {target}。",
        f"If people review the least sure {percent(review.share)}"
        + (f" (confidence below {below})" if below else "")
        + f", the rest has an MAE of {percent(review.risk)} of full marks; the target is {target}.",
    )


def _steps(curve: Sequence[CurvePoint], x: Axis, y: Axis) -> list[tuple[float, float]]:
    return [(x.at(1 - one.coverage), y.at(one.risk)) for one in reversed(curve)]


def _reference(curve: Sequence[CurvePoint], x: Axis, y: Axis, lang: str) -> Iterator[Shape]:
    """What review at random would leave: the error of everything."""
    if curve:
        height = y.at(curve[-1].risk)
        yield Line(x.start, height, x.end, height, "identity")
        yield Label(
            x.end - 2, height - 5, Words("把握没用时", "if confidence said nothing").text(lang), "end", "hint halo"
        )


def _chosen(review: ReviewShare, x: Axis, y: Axis) -> Iterator[Shape]:
    if review.share is None or review.risk is None:
        return
    across = x.at(review.share)
    yield Line(across, y.start, across, y.at(review.risk), "target")
    yield Dot(across, y.at(review.risk), 5, "dot chosen", percent(review.share))
    yield Label(across + 7, y.start - 7, percent(review.share), "start", "tick strong halo")


def _ticks(highest: float) -> tuple[tuple[float, str], ...]:
    step = next((one for one in (0.01, 0.02, 0.05, 0.1, 0.2) if highest / one <= 6), 0.25)
    return tuple((place * step, f"{place * step * 100:g}") for place in range(int(highest / step) + 1))
