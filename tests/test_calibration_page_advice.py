"""The page of a calibration where more was asked for: what to change in the rubrics, and what a fit did."""

import asyncio
import re

import pytest
from scored_cases import VAGUE, but, judged, rubric, world
from test_workbook_page import read

from evaluator.calibration.advice import advice
from evaluator.calibration.advice_model import FINDINGS
from evaluator.calibration.assembling import calibration
from evaluator.calibration.fitting import fit
from evaluator.models import HumanScore, Level
from evaluator.report.calibration import as_html

WORSE = world([rubric(0), rubric(1, {"refund": "写出“退钱”。"}), rubric(2, {"listen": VAGUE})])
STRICT = [
    but(one, human=(HumanScore(rater="甲", score=round((0.4 + 0.5 * one.judge_share) * 6, 6)),))
    for one in world([rubric(number) for number in range(10)], each=8)
]
FIT = asyncio.run(fit(STRICT, resamples=50))


def page(cases, lang="zh", **more):
    return as_html(calibration(cases, resamples=0), cases, lang, **more)


def section(source, key):
    return re.search(rf'<section aria-labelledby="{key}">(.*?)\n</section>', source, re.DOTALL)[1]


def advised(cases, lang="zh"):
    return section(page(cases, lang, advice=advice(cases)), "advice")


def test_without_being_asked_the_page_says_nothing_of_advice_or_fit():
    assert {"advice", "fit"}.isdisjoint(read(page(WORSE)).ids)


def test_both_are_reached_from_the_top_and_every_id_is_one():
    reader = read(page(STRICT, advice=advice(STRICT), fit=FIT))
    assert {"#advice", "#fit"} <= set(reader.links)
    assert len(reader.ids) == len(set(reader.ids))


def test_key_points_to_mend_stand_worst_first_with_wording_and_what_was_found():
    cards = re.findall(r'<details class="card"( open)?>(.*?)</details>', advised(WORSE), re.DOTALL)
    first = read(cards[0][1]).text
    assert cards[0][0] == " open"
    assert "要点0" in first
    assert "q02" in first
    assert VAGUE in first
    assert FINDINGS["vague"].zh in first
    assert "偏宽 6" in first


def test_words_that_people_accepted_stand_with_their_counts():
    card = next(
        one
        for one in re.findall(r"<details.*?</details>", advised(WORSE), re.DOTALL)
        if "q01" in one and FINDINGS["too_strict"].zh in one
    )
    assert "可考虑加入 accept" in card
    assert re.search(r"<li>[^<]*退[^<]* <span class=\"soft\">6/6 : 0/6</span></li>", card)


def test_a_picture_tells_which_way_key_points_lean():
    source = advised(WORSE)
    drawn = re.search(r'<figure class="card" id="leanings">(.*?)</figure>', source, re.DOTALL)[1]
    assert "要点0 · q02：偏严 0%，偏宽 50%" in drawn
    for places, most in ((r"\sx[12]?", 360), (r"\sy[12]?", float(re.search(r'0 0 360.0 ([\d.]+)"', drawn)[1]))):
        found = [float(one) for one in re.findall(rf'{places}="([-\d.]+)"', drawn)]
        assert min(found) >= 0
        assert max(found) <= most


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_key_points_for_all_or_none_pairs_and_what_raters_disagree_on_have_tables_of_their_own(lang):
    def human(case, at):
        first = dict(case.human[0].levels) | {"visit": case.human[0].levels["listen"], "refund": Level.HIT}
        other = first | {"visit": Level.PARTIAL}
        return tuple(HumanScore(rater=name, score=3, levels=levels) for name, levels in (("甲", first), ("乙", other)))

    cases = [but(one, human=human(one, at)) for at, one in enumerate(world([rubric(0)]))]
    found = read(advised(cases, lang))
    assert {"same-for-all", "raters-apart"} <= set(found.ids)
    assert FINDINGS["everybody_people"].text(lang) in found.text
    same = [but(one, human=(HumanScore(rater="甲", score=2, levels=dict.fromkeys(("listen", "visit"), one.human_levels["listen"])),))
            for one in world([rubric(0)])]  # fmt: skip
    assert "together" in read(advised(same, lang)).ids


def test_where_nothing_is_to_be_changed_the_page_says_so():
    assert "没有发现成规律的问题" in advised(world([rubric(0)]))


def test_few_answers_are_called_no_rule():
    cases = [judged(one, dict.fromkeys(("listen", "refund", "visit"), Level.HIT)) for one in world([rubric(0)], each=3)]
    assert "不是规律" in advised(cases)
    assert "不是规律" not in advised(WORSE)


def test_a_fit_is_told_in_words_with_what_it_did_on_other_questions():
    text = read(section(page(STRICT, fit=FIT), "fit")).text
    assert "选中：直线映射" in text
    assert "5 道题的 40 份答案" in text
    assert "0% → 40%；100% → 90%" in text
    assert "在没见过的题上平均差明显变小" in text
    squeezed = "".join(text.split())
    assert re.search(r"百分制差10分。0\.[12]\d\d0\.000−0\.[12]\d\d−0\.\d+…−0\.\d+变好", squeezed)
    assert "直线映射 ✓ 选中" in text


def test_a_fit_that_helps_nobody_is_said_to_help_nobody():
    cases = world([rubric(number) for number in range(10)], each=8)
    made = asyncio.run(fit(cases, resamples=50))
    text = read(section(page(cases, fit=made), "fit")).text
    assert "还不能说校准有用" in text
    assert "变好" not in text
