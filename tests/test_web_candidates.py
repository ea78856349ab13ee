"""Everything that is kept of one candidate, wherever the page keeps it: batches, calibrations, files handed in."""

import json
from types import SimpleNamespace

import pytest
from small_rubric import RUBRIC
from web_batches import SECOND, hand_in, started, table, until
from web_client import opened

SCORED = "考号,姓名,complaint,complaint 评委甲\nA01,张三,真诚道歉，再给出独一无二的退款办法。,6\nA02,李四,不理他。,1\n"


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        yield browser


def calibrated(browser):
    """The address of a calibration with two turns, its report worked out."""
    files = {"file": ("已评分.csv", SCORED.encode())}
    sent = {"csrf": browser.token(), "repeat": "2"}
    address = browser.client.post("/calibrations", data=sent, files=files).url.path
    browser.post(f"{address}/start")
    for _ in range(500):
        if "location" in browser.get(f"{address}/state").json():
            return address
    raise AssertionError


def kept(tmp_path):
    """Everything that lies in the data folder."""
    return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def deleted(browser, named):
    return browser.post("/candidates/delete", name=named, sure=named)


def test_a_calibration_is_searched_exported_and_cleared_in_every_turn(browser, tmp_path):
    address = calibrated(browser)
    report = tmp_path / "calibrations" / f"{address.rpartition('/')[2]}.report.json"
    assert report.exists()
    page = browser.get("/candidates", params={"name": "张三"}).text
    assert f'href="{address}"' in page
    assert "1 份答案" in page
    (found,) = json.loads(browser.get("/candidates/export", params={"name": "A01"}).text)["calibrations"]
    assert "独一无二" in found["answer"]
    assert [one["score"] for one in found["human"]] == [6]
    assert "独一无二".encode() in kept(tmp_path)
    assert deleted(browser, "张三").status_code == 200
    assert "独一无二".encode() not in kept(tmp_path)
    assert "张三".encode() not in kept(tmp_path)
    assert not report.exists()
    assert "李四".encode() in kept(tmp_path)
    assert browser.get(address).status_code == 200


def test_the_files_that_a_batch_came_in_go_with_the_candidate_and_others_stay(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    hand_in(browser, table())  # the same file once more, never started
    hand_in(browser, "号,谁\n1,张三\n".encode(), "读不懂的.csv")
    other = hand_in(browser, "考号,complaint\nB01,另一张表里的答案\n".encode(), "另一张.csv").url.path
    assert deleted(browser, "张三").status_code == 200
    assert "张三".encode() not in kept(tmp_path)
    assert [place.name for place in (tmp_path / "uploads").iterdir()] == [other.rpartition("/")[2]]
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}/download/csv").text.count("\n") == 4 + 1


def test_nothing_is_deleted_of_somebody_whose_answers_are_being_judged(browser, tmp_path):
    path = started(browser)
    until(browser, path)
    works = browser.client.app.state.works
    known, works.get = works.get, lambda _: SimpleNamespace(over=False)
    reply = deleted(browser, "张三")
    assert reply.status_code == 422
    assert "先暂停" in reply.text
    assert "张三".encode() in kept(tmp_path)
    assert deleted(browser, "没有的人").status_code == 200
    works.get = known
    assert deleted(browser, "张三").status_code == 200
