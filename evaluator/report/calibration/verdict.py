"""How far to trust the judge, in plain words, from its figures beside those of people and of what understands nothing.

The rules are few and lean to caution: a judge must be nearer to people than every baseline, and separate good answers
from bad better than every baseline, before anything good is said of it; what intervals leave open is said to be open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Beside, Calibration, Figure
from evaluator.calibration.remarks import steering_words
from evaluator.errors import Words
from evaluator.report.calibration.figures import as_good
from evaluator.report.calibration.numerals import percent
from evaluator.report.calibration.reviewing import review_words

FEW = 30
"""With fewer answers nothing is concluded."""
_CLOSE = 0.5
"""Share of answers within one step of people that a score must reach before single scores mean much."""
_NEAR_ZERO = 0.005
_FARTHER = 1.15
_ENOUGH_FOR_A_BAND = 5


class Trust(StrEnum):
    """What may be concluded, from nothing to most."""

    UNKNOWN = "unknown"
    NONE = "none"
    """No baseline is beaten in either respect."""
    FLAT = "flat"
    """Nearer to people than baselines, but it does not separate good from bad better."""
    ORDER = "order"
    """Separates good from bad, but is no nearer to people than a baseline."""
    ROUGH = "rough"
    """Better than all baselines in both, and most single scores are still more than a step away."""
    UNSTEADY = "unsteady"
    """Better than all baselines in both, but no farther from people than from itself when it is asked again."""
    FIRST_PASS = "first_pass"  # noqa: S105
    PEOPLE = "people"
    """As near to people as they are to each other."""


HEADLINES: dict[Trust, Words] = {
    Trust.UNKNOWN: Words("答案太少，还下不了结论", "Too few answers to conclude anything"),
    Trust.NONE: Words(
        "不能采信：不比不读答案的办法强", "Not to be trusted: no better than methods that read no answer"
    ),
    Trust.FLAT: Words(
        "不能用来分高低：误差不大，但好答案和差答案分不开",
        "Not fit for telling answers apart: errors are small, good and bad look alike",
    ),
    Trust.ORDER: Words(
        "只能看个大概的高低，分数本身不能用", "Good for a rough order at most; the scores themselves are not usable"
    ),
    Trust.ROUGH: Words(
        "读懂了一些，但单份分数常常差得多：每份都要人看",
        "It understands something, but single scores are often far off: people must see each",
    ),
    Trust.UNSTEADY: Words(
        "读懂了一些，但自己不稳：再评一次，变动不比与人的差距小",
        "It understands something but is unsteady: asked again, it moves as far as it is from people",
    ),
    Trust.FIRST_PASS: Words("可以作初评，最后由人定", "Fit for a first pass; people decide"),
    Trust.PEOPLE: Words(
        "在这些答案上与再请一位评分人相当；仍由人定", "On these answers about as good as one more rater; people decide"
    ),
}
_OPEN = Words("（看起来如此，区间还分不开）", " (so it seems; the intervals leave it open)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The headline, the sentences that give its reasons, and what else must be known."""

    trust: Trust
    headline: Words
    reasons: tuple[Words, ...]
    caveats: tuple[Words, ...]


def verdict(made: Calibration) -> Verdict:
    """What the figures allow to say."""
    trust = trust_in(made)
    headline = HEADLINES[trust]
    if trust in {Trust.FIRST_PASS, Trust.PEOPLE, Trust.ROUGH, Trust.UNSTEADY} and not _clearly_better(made):
        headline = Words(headline.zh + _OPEN.zh, headline.en + _OPEN.en)
    return Verdict(trust, headline, tuple(_reasons(made)), tuple(_caveats(made)))


def trust_in(made: Calibration) -> Trust:
    """Where the judge stands."""
    own = made.scores
    if own.n < FEW or own.mae.value is None:
        return Trust.UNKNOWN
    nearer = not any(as_good("mae", one.scores.mae, own.mae) for one in made.baselines if one.scores)
    sorts = _above_zero(own.qwk) and not any(
        as_good("qwk", one.scores.qwk, own.qwk) for one in made.baselines if one.scores
    )
    if not (nearer and sorts):
        return Trust.FLAT if nearer else Trust.ORDER if sorts else Trust.NONE
    if made.noise is not None and as_good("mae", own.mae, made.noise.scores.mae):
        return Trust.UNSTEADY
    if _like_people(made):
        return Trust.PEOPLE
    return Trust.FIRST_PASS if (own.adjacent.value or 0.0) >= _CLOSE else Trust.ROUGH


def _like_people(made: Calibration) -> bool:
    ceiling = made.ceiling.scores if made.ceiling else None
    return (
        ceiling is not None
        and ceiling.n >= FEW
        and as_good("mae", made.scores.mae, ceiling.mae)
        and as_good("qwk", made.scores.qwk, ceiling.qwk)
    )


def _above_zero(figure: Figure) -> bool:
    least = figure.low if figure.low is not None else figure.value
    return least is not None and least > 0


def _clearly_better(made: Calibration) -> bool:
    """Whether the judge's error and that of the best baseline lie apart, intervals included."""
    best = nearest(made)
    if best is None or best.scores is None:
        return True
    own, other = made.scores.mae, best.scores.mae
    return own.high is not None and other.low is not None and own.high < other.low


def nearest(made: Calibration) -> Beside | None:
    """The baseline with the smallest error."""
    known = [(one.scores.mae.value, one) for one in made.baselines if one.scores and one.scores.mae.value is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _reasons(made: Calibration) -> Iterator[Words]:
    own = made.scores
    if own.mae.value is None:
        yield Words("没有一份答案评出分数。", "No answer got a score.")
        return
    between = Words("", "")
    if own.mae.low is not None and own.mae.high is not None:
        low, high = percent(own.mae.low), percent(own.mae.high)
        between = Words(
            f"（换一批同类的题和答案，多半在 {low} 到 {high}）",
            f" (on other questions and answers of the kind probably {low} to {high})",
        )
    bias = _bias(own.bias)
    mae = percent(own.mae.value)
    yield Words(
        f"在 {own.n} 份人评过的答案上，平均每份与人相差满分的 {mae}{between.zh}，{bias.zh}。",
        f"On {own.n} answers that people scored it is off by {mae} of full marks on average{between.en}; {bias.en}.",
    )
    beside = [*_beside_people(made), *_beside_baseline(made)]
    if beside:
        zh, en = "；".join(one.zh for one in beside), "; ".join(one.en for one in beside)
        yield Words(f"对照：{zh}。", f"Beside it: {en}.")


def _bias(bias: Figure) -> Words:
    if bias.value is None:
        return Words("松紧不明", "leniency unknown")
    size = percent(abs(bias.value))
    if abs(bias.value) < _NEAR_ZERO:
        return Words("总体不偏松也不偏严", "neither lenient nor strict overall")
    sure = bias.low is not None and bias.high is not None and (bias.low > 0 or bias.high < 0)
    how = Words("偏松", "lenient") if bias.value > 0 else Words("偏严", "strict")
    if sure:
        return Words(f"总体{how.zh} {size}", f"overall it is {how.en} by {size}")
    return Words(f"总体似乎{how.zh} {size}，还说不准", f"overall it seems {how.en} by {size}, which is not certain")


def _beside_people(made: Calibration) -> Iterator[Words]:
    if made.ceiling is not None and made.ceiling.scores is not None and made.ceiling.scores.mae.value is not None:
        between, own = made.ceiling.scores.mae.value, made.scores.mae.value
        mae, times = percent(between), Words("", "")
        if between and own is not None and own / between >= _FARTHER:
            times = Words(
                f"，评分器与人的差距是它的 {own / between:.1f} 倍",
                f", the judge is {own / between:.1f} times as far off",
            )
        yield Words(f"两位评分人之间相差 {mae}{times.zh}", f"two raters differ by {mae}{times.en}")


def _beside_baseline(made: Calibration) -> Iterator[Words]:
    best = nearest(made)
    if best is not None and best.scores is not None:
        mae, name = percent(best.scores.mae.value), MEANINGS[best.name].name
        yield Words(
            f"不用读懂答案的办法里最好的（{name.zh}）相差 {mae}",
            f"the best way that understands nothing ({name.en}) is off by {mae}",
        )


def _caveats(made: Calibration) -> Iterator[Words]:
    yield from _of_key_points(made)
    yield from _left_out(made)
    yield from _weakest_band(made)
    if made.confidence is not None and made.confidence.curve:
        yield review_words(made.confidence)
    if made.ceiling is None:
        yield Words(
            "没有两人评过同一份答案，不知道人与人之间差多少：上限未知。",
            "No answer was scored by two people, so nobody knows how far people are from each other: no ceiling.",
        )
    yield _noise(made)
    yield from (Words(f"{one.zh}。", f"{one.en[:1].upper()}{one.en[1:]}.") for one in steering_words(made))
    yield from (one.words for one in made.notes)


def _of_key_points(made: Calibration) -> Iterator[Words]:
    own = made.key_points
    if own is None or own.accuracy.value is None:
        return
    constant = made.baseline("constant")
    always = constant.key_points.accuracy.value if constant and constant.key_points else None
    said = percent(own.accuracy.value)
    beside = Words("", "")
    if always is not None:
        beside = Words(
            f"；不看答案一律判最常见的一种，是 {percent(always)}",
            f"; always saying the commonest level does {percent(always)}",
        )
    yield Words(
        f"{own.n} 个得分点判定里，与人相同的占 {said}{beside.zh}。",
        f"Of {own.n} verdicts on key points {said} are people's{beside.en}.",
    )


def _left_out(made: Calibration) -> Iterator[Words]:
    left = made.answers - made.scored
    if left:
        yield Words(
            f"{left} 份没有评出完整的分数（不完整 {made.incomplete}，失败 {made.failed}，未评 {made.pending}），"
            "不在任何别的数字里。",
            f"Without a full score, and in no other figure: {left} ({made.incomplete} incomplete, "
            f"{made.failed} failed, {made.pending} not judged).",
        )


def _weakest_band(made: Calibration) -> Iterator[Words]:
    known = [
        (one.scores.mae.value, one)
        for one in made.bands
        if one.scored >= _ENOUGH_FOR_A_BAND and one.scores.mae.value is not None
    ]
    if len(known) > 1:
        mae, part = max(known, key=lambda pair: pair[0])
        name = MEANINGS[part.name].name
        yield Words(
            f"最弱的是{name.zh}（{part.scored} 份）：平均相差 {percent(mae)}。",
            f"Weakest where people's marks are {name.en} ({part.scored} answers): off by {percent(mae)} on average.",
        )


def _noise(made: Calibration) -> Words:
    if made.noise is not None:
        changed, mae = percent(made.noise.changed_answers.value), percent(made.noise.scores.mae.value)
        return Words(
            f"同一份答案再评一次，{changed} 的分数会变，前后平均相差 {mae}。",
            f"Asked again, {changed} of its scores change; both times differ by {mae} on average.",
        )
    if not made.model:
        return Words(
            "它按规则评，再评一次也一样，没有波动。", "It goes by rules and says the same each time: no noise."
        )
    return Words(
        "没有量它自身的波动：加 --repeat 2 再运行一次。", "Its own noise was not measured: run it with --repeat 2."
    )
