"""The page of a calibration stands alone, escapes everything, and says no more than the figures allow."""

import re
from itertools import pairwise

import pytest
from small_rubric import RUBRIC
from small_run import CHOICE, graded
from test_workbook_page import read

from evaluator.calibration.assembling import calibration
from evaluator.calibration.cases import Case
from evaluator.calibration.meanings import MEANINGS
from evaluator.calibration.model import Beside, Figure, Made, ScoreFigures
from evaluator.models import HumanScore, Level
from evaluator.report.calibration import Trust, as_html, verdict
from evaluator.report.calibration.drawing import WIDTH, Dot, apart, shortened, width_of
from evaluator.report.calibration.numerals import figure, percent
from evaluator.report.calibration.scatter import MOST_DOTS, Pair, bland_altman, scatter
from evaluator.report.calibration.verdict import HEADLINES

LEVELS = {"h": Level.HIT, "p": Level.PARTIAL, "m": Level.MISSED}
POINTS = {"h": 1.0, "p": 0.5, "m": 0.0}
EVIL = "<script>alert(1)</script>\x07\ud800 先真诚道歉，再给出退款或换货的办法。"


def human(levels, rater):
    """What a person gave, a letter a key point; 2, 4 and 2 points."""
    given = dict(zip(("comfort", "solve", "return-visit"), levels, strict=True))
    score = sum(points * POINTS[letter] for points, letter in zip((2, 4, 2), levels, strict=True))
    return HumanScore(rater=rater, score=score, levels={key: LEVELS[letter] for key, letter in given.items()})


def case(name, judge, *people, answer="先真诚道歉，再给出退款或换货的办法。", failure=""):
    """One answer with the judge's letters, empty for none, and those of each rater."""
    evidence = {"comfort": ["真诚道歉"]} if judge[:1] in {"h", "p"} else None
    grade = graded(RUBRIC, answer, f"{judge}m", evidence) if judge else None
    raters = tuple(human(levels, f"评委{'甲乙丙'[at]}") for at, levels in enumerate(people))
    return Case(
        rubric=RUBRIC, candidate=name, answer=answer, place=f"S!C{name}", human=raters, grade=grade, failure=failure
    )


def choice(name, label, score):
    grade = graded(CHOICE, label, "h" if label == "A" else "m")
    return Case(
        rubric=CHOICE, candidate=name, answer=label, human=(HumanScore(rater="评委甲", score=score),), grade=grade
    )


CASES = (
    case("1", "hhh", "hhh", "hph"),
    case("2", "hpm", "hpm", "hpm"),
    case("3", "hhh", "mmm", "mmm", answer=EVIL),
    case("4", "mmm", "hpm", "hpm"),
    case("5", "", "hhm", "hhm", failure="模型超时 3 次，没有得到答复<b>"),
    case("6", "h?m", "hhm", "hhm"),
    choice("7", "A", 2),
    choice("8", "B", 0),
)
MADE = Made(created="2026-11-22T01:00:00+00:00", version="0.3.0")
REPORT = calibration(CASES, source="面试<i>题.xlsx", repeats=[CASES], resamples=20, made=MADE)


@pytest.fixture(scope="module")
def zh():
    return as_html(REPORT, CASES)


@pytest.fixture(scope="module")
def en():
    return as_html(REPORT, CASES, "en")


def test_the_page_is_one_file_without_script_or_address(zh):
    assert zh.startswith("<!doctype html>")
    assert "<script" not in zh
    assert re.findall(r"(?:src|href|url\()\s*=?\s*[\"'(]?https?:", zh) == []
    assert "default-src 'none'" in zh
    assert not any(key.startswith("on") for _, attributes in read(zh).tags for key in attributes)


def test_what_people_wrote_is_text_and_fits_into_utf_8(zh):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in zh
    assert "面试&lt;i&gt;题.xlsx" in zh
    assert "没有得到答复&lt;b&gt;" in zh
    assert "\x07" not in zh
    assert zh.encode("utf-8")


def test_ids_are_unique_and_every_link_and_label_leads_to_one(zh):
    reader = read(zh)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    for name in ("aria-labelledby", "aria-describedby"):
        assert {given[name] for _, given in reader.tags if name in given} <= set(reader.ids)


def test_every_picture_has_a_title_a_description_and_a_sentence_on_how_to_read_it(zh):
    figures = re.findall(r'<figure class="card" id="([\w-]+)">(.*?)</figure>', zh, re.DOTALL)
    assert [key for key, _ in figures] == [
        "scatter", "bland-altman", "confusion", "reliability", "risk-coverage", "bands", "questions",
    ]  # fmt: skip
    for key, body in figures:
        assert re.search(rf'<title id="{key}-title">.+?</title>\s*<desc id="{key}-desc">.+?</desc>', body), key
        assert re.search(r'<p class="soft">.{10,}</p>', body), key


def test_nothing_is_drawn_outside_its_picture(zh):
    for width, height, body in re.findall(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*?)</svg>', zh, re.DOTALL):
        places = [float(x) for x in re.findall(r'\s(?:x|cx|x1|x2)="([-\d.]+)"', body)]
        heights = [float(y) for y in re.findall(r'\s(?:y|cy|y1|y2)="([-\d.]+)"', body)]
        assert min(places) >= 0
        assert max(places) <= float(width)
        assert min(heights) >= 0
        assert max(heights) <= float(height)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_stands_with_its_meaning_beside_people_noise_and_baselines(lang):
    text = read(as_html(REPORT, CASES, lang)).text
    for key in (
        "qwk",
        "pearson",
        "within",
        "mae",
        "bias",
        "adjacent",
        "kappa",
        "hit_recall",
        "ceiling",
        "constant",
        "length",
    ):
        assert " ".join(MEANINGS[key].meaning.text(lang).split()) in text, key
    assert {"zh": "再评变分", "en": "changed scores"}[lang] in text


def test_the_page_says_what_was_left_out_and_why(zh):
    text = read(zh).text
    assert "2 份没有评出完整的分数（不完整 1，失败 1，未评 0）" in text
    assert "模型超时 3 次，没有得到答复<b>" in text
    assert "给出方案：" in text


def test_disagreements_come_largest_first_with_both_views(zh):
    found = re.findall(r'<details class="card">(.*?)</details>', zh, re.DOTALL)
    assert [re.search(r"· (\d)</span></summary>", one)[1] for one in found] == ["3", "4", "1"]
    worst = read(found[0]).text
    assert "偏松 +100%" in worst
    assert "评委甲 0 / 8" in worst
    assert worst.count("≠ 不同") == 3
    assert "<mark>真诚道歉<sup>1</sup></mark>" in found[0]


def test_an_english_page_says_what_the_page_says_in_english(en):
    assert '<html lang="en">' in en
    own = re.sub(r"[^\x00-\x7f]+", "", read(en).text)
    for words in ("Calibration report", "people decide", "Too few answers", "largest disagreements", "By question"):
        assert words in own


def test_the_same_report_is_the_same_page_apart_from_when_it_was_made(zh):
    again = calibration(
        CASES,
        source="面试<i>题.xlsx",
        repeats=[CASES],
        resamples=20,
        made=Made(created="2026-11-22T09:09:09+00:00", version="0.3.0"),
    )
    assert as_html(again, CASES).replace("2026-11-22T09:09:09+00:00", MADE.created) == zh


def test_answers_that_nobody_judged_are_a_page_too():
    cases = (case("1", "", "hhh"),)
    source = as_html(calibration(cases, resamples=0), cases)
    assert "没有一份答案评出分数" in read(source).text
    assert HEADLINES[Trust.UNKNOWN].zh in source


def beside(name, mae, qwk, n=60):
    none = Figure(value=None)
    figures = dict.fromkeys(("pearson", "spearman", "within", "rmse", "bias", "exact"), none)
    scores = ScoreFigures(n=n, mae=interval(mae), qwk=interval(qwk), adjacent=Figure(value=0.7), **figures)
    return Beside(name=name, scores=scores)


def interval(value, by=0.03):
    return Figure(value=value, low=value - by, high=value + by)


def report(mae, qwk, *, adjacent=0.7, n=60, ceiling=None, noise=None, baselines=((0.25, 0.1), (0.22, 0.3))):
    own = beside("ceiling", mae, qwk, n).scores.model_copy(update={"adjacent": Figure(value=adjacent)})
    return REPORT.model_copy(
        update={
            "scores": own,
            "ceiling": beside("ceiling", *ceiling) if ceiling else None,
            "noise": REPORT.noise.model_copy(update={"scores": beside("ceiling", noise, 0.9).scores})
            if noise
            else None,
            "baselines": tuple(beside(name, *one) for name, one in zip(("constant", "length"), baselines, strict=True)),
        }
    )


@pytest.mark.parametrize(
    ("made", "trust"),
    [
        (report(0.10, 0.80), Trust.FIRST_PASS),
        (report(0.10, 0.80, n=29), Trust.UNKNOWN),
        (report(0.30, 0.05), Trust.NONE),
        (report(0.22, 0.30), Trust.NONE),
        (report(0.30, 0.60), Trust.ORDER),
        (report(0.30, 0.02, baselines=((0.25, -0.1), (0.22, -0.2))), Trust.NONE),
        (report(0.15, 0.25), Trust.FLAT),
        (report(0.15, 0.60, adjacent=0.49), Trust.ROUGH),
        (report(0.10, 0.80, noise=0.05), Trust.FIRST_PASS),
        (report(0.10, 0.80, noise=0.12, ceiling=(0.12, 0.75)), Trust.UNSTEADY),
        (report(0.10, 0.80, ceiling=(0.05, 0.90)), Trust.FIRST_PASS),
        (report(0.10, 0.80, ceiling=(0.12, 0.75)), Trust.PEOPLE),
        (report(0.10, 0.80, ceiling=(0.12, 0.85)), Trust.FIRST_PASS),
        (report(0.10, 0.80, ceiling=(0.12, 0.75, 5)), Trust.FIRST_PASS),
    ],
)
def test_the_verdict_asks_for_more_than_every_baseline_in_error_and_in_order(made, trust):
    assert verdict(made).trust is trust


def test_a_lead_that_the_intervals_leave_open_is_called_open():
    assert "区间还分不开" not in verdict(report(0.10, 0.80)).headline.zh
    assert "区间还分不开" in verdict(report(0.18, 0.80)).headline.zh
    assert "leave it open" in verdict(report(0.18, 0.80)).headline.en


def test_many_answers_are_drawn_as_squares_that_hold_them_all():
    pairs = [Pair(at % 11 / 10, at % 7 / 6, str(at)) for at in range(MOST_DOTS + 1)]
    squares = [shape for shape in scatter(pairs, "zh").shapes if getattr(shape, "look", "") == "cell"]
    assert sum(int(one.tip) for one in squares) == len(pairs)


def test_answers_at_the_same_place_stay_apart_and_the_first_is_exact():
    dots = [one for one in scatter([Pair(0.5, 0.5, str(at)) for at in range(30)], "zh").shapes if isinstance(one, Dot)]
    assert len({(dot.x, dot.y) for dot in dots}) == 30
    assert (dots[0].x, dots[0].y) == (199.0, 171.0)


def test_one_answer_has_no_limits_of_agreement():
    assert "没有界限" in bland_altman([Pair(0.5, 0.75, "1")], "zh").described


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (0.0, "0%"), (-1e-17, "0%"), (0.004, "0.4%"), (-0.004, "−0.4%"), (0.126, "13%"), (1.0, "100%")],
)
def test_shares_are_written_in_per_cent(value, text):
    assert percent(value) == text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("bias", 0.05, "+0.050"),
        ("bias", -0.0, "0.000"),
        ("qwk", -0.1, "−0.100"),
        ("exact", 0.5, "50%"),
        ("mae", None, "—"),
    ],
)
def test_figures_are_written_as_the_terminal_names_them(name, value, text):
    assert figure(name, value) == text


@pytest.mark.parametrize("places", [(10, 12, 300), (300, 300, 300), (1, 2, 3), (50, 20, 35)])
def test_labels_keep_their_order_and_their_distance(places):
    moved = apart(places, 28, 22, 318)
    order = sorted(range(3), key=lambda at: (places[at], at))
    assert all(moved[b] - moved[a] >= 28 for a, b in pairwise(order))
    assert min(moved) >= 22
    assert max(moved) <= 318


def test_long_names_are_cut_to_what_a_phone_shows():
    cut = shortened("客户怒气冲冲地投诉商品坏了，你怎么处理？" * 5, WIDTH)
    assert cut.endswith("…")
    assert width_of(cut) <= WIDTH


@pytest.mark.parametrize(
    ("host", "said"), [("model.example", "model.example"), ("local", "没有离开本机"), ("", "没有离开本机")]
)
def test_the_page_says_where_answers_went(host, said):
    source = as_html(REPORT.model_copy(update={"host": host}), CASES)
    assert f"<dt>答案发往</dt><dd>{said}</dd>" in source


def test_squares_lie_around_the_scores_that_they_hold():
    pairs = [Pair(0.5, 0.5, str(at)) for at in range(MOST_DOTS + 1)]
    (square,) = [shape for shape in scatter(pairs, "zh").shapes if getattr(shape, "look", "") == "cell"]
    assert (square.x + square.width / 2, square.y + square.height / 2) == pytest.approx((199.0, 171.0), abs=0.1)
