"""The page that holds two results side by side: which is nearer to people, how sure that is, and who changed."""

import re

import pytest
from scored_cases import VAGUE, but, rubric, world
from test_workbook_page import read

from evaluator.calibration.comparing import compare
from evaluator.calibration.meanings import MEANINGS
from evaluator.report.calibration import comparison_as_html


def because(cases, reason):
    """The cases with this reason of the judge for every verdict."""
    return [
        but(
            one,
            grade=one.grade.model_copy(
                update={"key_points": tuple(p.model_copy(update={"reason": reason}) for p in one.grade.key_points)}
            ),
        )
        for one in cases
    ]


GOOD = because(world([rubric(number) for number in range(4)]), "没有提到倾听<b>")
VAGUER = because(world([rubric(number, {"listen": VAGUE}) for number in range(4)]), "态度积极")
LOST = compare(GOOD, VAGUER, names=("新<i>", "旧"), resamples=200)


@pytest.fixture(scope="module")
def zh():
    return comparison_as_html(LOST)


def test_the_page_stands_alone_and_escapes_what_people_wrote(zh):
    assert zh.startswith("<!doctype html>")
    assert "<script" not in zh
    assert re.findall(r"(?:src|href|url\()\s*=?\s*[\"'(]?https?:", zh) == []
    assert "default-src 'none'" in zh
    assert "新&lt;i&gt;" in zh
    reader = read(zh)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (LOST, "A 更接近人"),
        (compare(VAGUER, GOOD, resamples=200), "B 更接近人"),
        (compare(GOOD, [*VAGUER[:1], *GOOD[1:]], resamples=50), "分不出谁更接近人"),
        (compare(GOOD, GOOD, resamples=50), "两次一样接近人"),
    ],
)
def test_the_headline_claims_no_more_than_the_intervals_allow(made, said):
    source = comparison_as_html(made)
    assert said in re.search(r'<h2 id="verdict">(.*?)</h2>', source)[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_has_its_difference_its_interval_and_its_meaning(lang):
    text = read(comparison_as_html(LOST, lang)).text
    squeezed = "".join(text.split())
    for name in (*LOST.scores, *LOST.key_points):
        assert " ".join(MEANINGS[name].meaning.text(lang).split()) in text, name
    mae = LOST.scores["mae"]
    assert f"{mae.first:.3f}{mae.second:.3f}{mae.difference:+.3f}{mae.low:+.3f}…{mae.high:+.3f}" in squeezed
    points = {"zh": " 个百分点", "en": " points"}[lang]
    assert f"−{abs(LOST.key_points['accuracy'].difference) * 100:.0f}{points}" in text


def test_who_changed_stands_with_people_both_verdicts_and_both_reasons(zh):
    card = re.search(r'<details class="card">(.*?)</details>', zh, re.DOTALL)[1]
    first = LOST.raised[0]
    text = read(card).text
    assert first.candidate in text
    assert first.answer in text
    assert "离人更远" in text
    assert "要点0A：没有提到倾听<b>B：态度积极✗未命中✗未命中✓命中" in "".join(text.split())
    assert zh.count('<details class="card">') == len(LOST.raised) + len(LOST.lowered)


def test_nothing_is_drawn_outside_its_picture(zh):
    for width, height, body in re.findall(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*?)</svg>', zh, re.DOTALL):
        across = [float(x) for x in re.findall(r'\s(?:x|cx|x1|x2)="([-\d.]+)"', body)]
        up = [float(y) for y in re.findall(r'\s(?:y|cy|y1|y2)="([-\d.]+)"', body)]
        assert 0 <= min(across) <= max(across) <= float(width)
        assert 0 <= min(up) <= max(up) <= float(height)


def test_a_result_against_itself_changed_nobody():
    source = comparison_as_html(compare(GOOD, GOOD, resamples=20))
    assert "没有一份答案的分数变了" in source
    assert "<figure" not in source


def test_totals_alone_are_a_page_too():
    bare = [but(one, human=tuple(score.model_copy(update={"levels": {}}) for score in one.human)) for one in GOOD]
    source = comparison_as_html(compare(bare, bare, resamples=20))
    assert 'id="key-points"' not in source


def test_the_same_comparison_is_the_same_page(zh):
    assert comparison_as_html(compare(GOOD, VAGUER, names=("新<i>", "旧"), resamples=200)) == zh
