"""The screen of a calibration: what it says in words of coverage, confidence and noise, and how figures are written."""

import pytest
from test_calibration_assembling import case, grade, made

from evaluator.cli.calibrate_view import explained, number, screen


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("qwk", 0.71449, "0.714"),
        ("qwk", -0.0001, "0.000"),
        ("bias", 0.05, "+0.050"),
        ("bias", -1e-17, "+0.000"),
        ("exact", 0.625, "62%"),
        ("mae", None, "—"),
    ],
)
def test_figures_are_written_the_way_they_are_read(name, value, shown):
    assert number(name, value) == shown


def test_what_was_not_judged_stands_in_the_second_line():
    cases = [case("1", 4, 4), case("2", None, 4), case("3", "", 4, failure="超时"), case("4", "", 4)]
    zh, en = (screen(made(cases), lang).splitlines()[1] for lang in ("zh", "en"))
    assert zh == "人评过 4 份，1 道题，1 位评分人；完整评出 1 (33%)，不完整 1，失败 1，未评 1"
    assert en == "4 answers, 1 questions, 1 raters; judged in full: 1 (33%), incomplete 1, failed 1, to do 1"


@pytest.mark.parametrize(
    ("target", "said"),
    [(0.3, "不复核平均差就是 0.250"), (0.1, "把握最低的 50% (< 0.90) 由人看，其余平均差 0.000")],
)
def test_the_share_to_review_is_said_in_words(target, said):
    cases = [case("1", grade(8, confidence=0.9), 8), case("2", grade(8, confidence=0.2), 4)]
    assert said in screen(made(cases, target_mae=target), "zh")


def test_where_confidence_is_of_no_use_people_must_see_everything():
    cases = [case("1", grade(8, confidence=0.9), 0), case("2", grade(8, confidence=0.2), 4)]
    assert "要全部由人看" in screen(made(cases), "zh")


def test_doubts_are_marked():
    assert "! 只有一道题" in screen(made([case("1", 4, 4)]), "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_explanation_is_one_line_in_the_language_asked_for(lang):
    lines = explained(lang).splitlines()
    assert len(lines) > 25
    assert all(any("一" <= one <= "龥" for one in line) is (lang == "zh") for line in lines)
