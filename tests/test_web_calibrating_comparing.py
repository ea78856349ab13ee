"""Two calibrations held against each other in the page: the same as the command, or in words why not."""

import json
import re
import sys

import pytest
from small_rubric import RUBRIC
from test_web_calibrating import judged, table
from typer.testing import CliRunner
from web_client import opened

from evaluator.cli.main import app
from evaluator.rubrics import write


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def id_of(address):
    return address.rpartition("/")[2]


def compared(browser, a, b, **more):
    return browser.get("/calibrations/compare", params={"a": id_of(a), "b": id_of(b), **more})


def reworded(tmp_path):
    """The rubric with other phrases: answers are judged otherwise."""
    point = RUBRIC.key_points[0].model_copy(update={"accept": ("不理他",)})
    write(
        RUBRIC.model_copy(update={"key_points": (point, *RUBRIC.key_points[1:])}),
        tmp_path / "rubrics" / "complaint.yaml",
    )


def test_a_rubric_and_its_rewording_are_compared_as_the_command_does(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("evaluator.web.shelf._LOOK_AGAIN", 0.0)
    first = judged(browser, table(12))
    reworded(tmp_path)
    second = judged(browser, table(12))
    page = compared(browser, first, second)
    assert page.status_code == 200
    for words in ("已评分 · keyword", "1 道题的细则不同", 'href="/calibrations/report.css"'):
        assert words in page.text
    assert "<style" not in page.text
    assert "<script>alert" not in page.text
    taken = compared(browser, first, second, save="1")
    assert "attachment" in taken.headers["content-disposition"]
    assert "<style" in taken.text
    lines = []
    for name, address in (("a", first), ("b", second)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text(browser.get(f"{address}/answers.jsonl").text, encoding="utf-8")
        lines.append(str(path))
    words = ["calibrate", "--compare", *lines, "--json"]
    monkeypatch.setattr(sys, "argv", ["evaluator", *words])
    found = json.loads(CliRunner().invoke(app, words).stdout)
    mae = found["scores"]["mae"]
    assert f"{mae['first']:.3f}" in page.text
    assert f"{mae['second']:.3f}" in page.text


def test_two_are_offered_where_there_are_two_and_the_newer_is_the_changed_one(browser):
    first = judged(browser)
    assert "比较两次" not in browser.get("/calibrations").text
    second = judged(browser)
    assert "两次一样接近人" in compared(browser, first, second).text
    page = browser.get("/calibrations").text
    for name, address in (("a", first), ("b", second)):
        options = re.search(rf'name="{name}">(.*?)</select>', page, re.DOTALL)[1]
        assert f'value="{id_of(address)}" selected' in options


def test_other_answers_are_refused_in_words_and_what_is_not_there_is_a_404(browser):
    first, second = judged(browser, table(8)), judged(browser, table(8).replace("不理他".encode(), "理他".encode()))
    reply = compared(browser, first, second)
    assert reply.status_code == 422
    assert "两边不是同样的答案" in reply.text
    assert f'value="{id_of(second)}" selected' in reply.text
    assert compared(browser, first, "/calibrations/page-0").status_code == 404
    assert browser.get("/calibrations/compare").status_code == 404
