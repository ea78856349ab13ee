"""Rubrics in the page, without a browser."""

import pytest
from small_rubric import ANSWER, RUBRIC
from web_client import opened

from evaluator.rubrics import load, write


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def test_smoke(browser):
    for path in ("/rubrics", "/rubrics/complaint", "/rubrics/complaint/yaml", "/rubrics/complaint/edit", "/rubrics/complaint/edit?as=yaml", "/rubrics/draft"):
        reply = browser.get(path)
        assert reply.status_code == 200, (path, reply.text)
