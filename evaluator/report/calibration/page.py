"""A calibration as one self-contained HTML page: no script, no network, prints on A4, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evaluator.calibration.advice_model import Advice
from evaluator.calibration.cases import Case
from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Calibration, Part
from evaluator.calibration.remarks import cost_words
from evaluator.judging.prompting import LOCAL
from evaluator.models import Fit
from evaluator.report.calibration.advising import advised
from evaluator.report.calibration.bars import Bar, bars
from evaluator.report.calibration.confusion import confusion
from evaluator.report.calibration.disagreements import unscored, worst
from evaluator.report.calibration.drawing import Picture
from evaluator.report.calibration.figures import STRIP_HEIGHT, STRIP_WIDTH, Column, Row, key_point_rows, score_rows
from evaluator.report.calibration.fitted import fitted
from evaluator.report.calibration.numerals import percent
from evaluator.report.calibration.reliability import reliability
from evaluator.report.calibration.rendering import rendered
from evaluator.report.calibration.reviewing import risk_coverage
from evaluator.report.calibration.scatter import Pair, bland_altman, scatter
from evaluator.report.calibration.tables import Table, part_table
from evaluator.report.calibration.verdict import verdict
from evaluator.report.calibration.words import BARS_BY_BAND, BARS_BY_QUESTION, READING_BARS, say
from evaluator.report.labels import JUDGES


def as_html(
    made: Calibration,
    cases: Sequence[Case],
    lang: str = "zh",
    *,
    advice: Advice | None = None,
    fit: Fit | None = None,
) -> str:
    """The report as a page; `cases` are the answers that it is of. The same input gives the same page.

    What to change and what was fitted are sections of their own, where they were asked for.
    """
    figures = _figures(made, lang)
    return rendered(
        "calibration",
        lang,
        made=made,
        judge=_judge(made, lang),
        host=made.host if made.host != LOCAL else "",
        verdict=verdict(made),
        tables_of_figures=figures,
        beside=tuple(dict.fromkeys((one.name, one.meaning) for table in figures for one in table.columns)),
        strip={"width": STRIP_WIDTH, "height": STRIP_HEIGHT},
        cost=tuple(cost_words(made)),
        noise=_noise(made, lang),
        pictures=tuple(_pictures(made, cases, lang)),
        parts=tuple(_parts(made, lang)),
        worst=worst(cases, lang),
        unscored=unscored(cases, lang),
        advised=advised(advice, lang) if advice is not None else None,
        fitted=fitted(fit, lang) if fit is not None else None,
    )


def _judge(made: Calibration, lang: str) -> str:
    kind = JUDGES[made.judge].text(lang) if made.judge in JUDGES else made.judge
    return f"{kind} · {made.model}" if made.model else kind


class _Figures(NamedTuple):
    """One table of figures: key, caption, number of answers or verdicts, what stands beside the judge, rows."""

    key: str
    caption: str
    n: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def _figures(made: Calibration, lang: str) -> list[_Figures]:
    found = [_Figures("scores", say("scores", lang), made.scores.n, *score_rows(made, lang))]
    if made.key_points is not None:
        found.append(_Figures("key-points", say("key_points", lang), made.key_points.n, *key_point_rows(made, lang)))
    return found


def _noise(made: Calibration, lang: str) -> list[tuple[str, str, str]]:
    """Name, value with interval, and meaning of what changes when the same is judged again."""
    if made.noise is None:
        return []
    found = []
    for name, given in (
        ("changed_answers", made.noise.changed_answers),
        ("changed_verdicts", made.noise.changed_verdicts),
    ):
        known = given.low is not None and given.high is not None
        between = f"（{percent(given.low)} … {percent(given.high)}）" if known else ""
        found.append(
            (MEANINGS[name].name.text(lang), percent(given.value) + between, MEANINGS[name].meaning.text(lang))
        )
    return found


def _pictures(made: Calibration, cases: Sequence[Case], lang: str) -> Iterator[Picture]:
    pairs = [
        Pair(one.human_share, one.judge_share, f"{one.group} {one.candidate}")
        for one in cases
        if one.judge_share is not None
    ]
    if pairs:
        yield scatter(pairs, lang)
        yield bland_altman(pairs, lang)
    if made.key_points is not None:
        yield confusion(made.key_points, lang)
    if made.confidence is not None:
        yield reliability(made.confidence, lang)
        if made.confidence.curve:
            yield risk_coverage(made.confidence, lang)
    if bands := _bars(made.bands, lang):
        yield bars("bands", BARS_BY_BAND.text(lang), bands, READING_BARS.text(lang), lang)
    if questions := sorted(_bars(made.by_question, lang), key=lambda one: -round(one.mae, 9)):
        yield bars("questions", BARS_BY_QUESTION.text(lang), questions, READING_BARS.text(lang), lang)


def _bars(parts: Sequence[Part], lang: str) -> list[Bar]:
    return [
        Bar(_called(part, lang), part.scored, part.scores.mae.value, part.scores.bias.value)
        for part in parts
        if part.scores.mae.value is not None and part.scores.bias.value is not None
    ]


def _called(part: Part, lang: str) -> str:
    if part.title:
        return part.title
    return MEANINGS[part.name].name.text(lang) if part.name in MEANINGS else part.name


def _parts(made: Calibration, lang: str) -> Iterator[Table]:
    for key, name, parts in (
        ("by_band", "band", made.bands),
        ("by_question", "question", made.by_question),
        ("by_rater", "rater", made.by_rater),
    ):
        if parts:
            yield part_table(key, say(key, lang), say(name, lang), parts, lang)
