"""Scored answers whose columns a person mends in the page before they are taken in."""

import re

import pytest
from small_rubric import RUBRIC
from test_web_calibrating import handed_in, judged, wait
from web_batches import fields_of, send
from web_client import opened

TEXTS = ["先耐心倾听，真诚道歉", "不理他", "退款或换货，并且回访客户", "道歉"]


def table(header="考号,姓名,complaint,组长的看法,复核", rows=TEXTS, sep=","):
    lines = [header, *(sep.join((f"{n:03}", "张三", text, str(n), str(n + 1))) for n, text in enumerate(rows))]
    return "\n".join(lines).encode()


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def mended(browser):
    """The columns of a table whose two columns of scores say nothing to the program, mended."""
    reply = handed_in(browser, table())
    return send(browser, reply, "look", **{"role.D": "human_score", "role.E": "human_score"} | of_question())


def of_question():
    return {"rubric.D": RUBRIC.id, "rubric.E": RUBRIC.id}


def test_a_table_without_scores_that_can_be_told_asks_which_columns_they_are(browser):
    reply = handed_in(browser, table())
    assert reply.url.path.startswith("/calibrations/new/")
    assert "里面没有人工分" in reply.text
    assert re.search(r'value="take"[^>]*disabled', reply.text)
    assert "张三" not in reply.text  # who somebody is stays out of it
    first = send(browser, reply, "look", **{"role.D": "human_score", "role.E": "human_score"})
    second = send(browser, first, "look", **of_question())
    for words in ("4 份答案", "2 位评分人", "4 份由两位以上的人评过"):
        assert words in second.text
    done = send(browser, second, "take")
    assert re.fullmatch(r"/calibrations/page-\w+", done.url.path)
    assert "complaint / 组长的看法" in done.text
    browser.post(f"{done.url.path}/start")
    assert wait(browser, done.url.path) == "judged"
    found = browser.get(f"{done.url.path}/report.json").json()
    assert (found["answers"], found["raters"]) == (4, ["组长的看法", "复核"])


def test_what_was_read_wrongly_is_mended_after_it_was_taken_in_and_counts_once(browser):
    done = handed_in(browser, table("考号,姓名,complaint,complaint 评委甲,complaint 评委乙"))
    assert "2 位评分人" in done.text
    columns = browser.get(re.search(r'href="(/calibrations/new/\w+)"', done.text)[1])
    unseen = send(browser, columns, "take", **{"role.E": "ignored"})
    assert "请核对后再继续" in unseen.text
    again = send(browser, unseen, "take")
    assert "1 位评分人" in again.text
    assert again.url.path != done.url.path
    assert browser.get("/calibrations").text.count('class="whole"') == 1
    assert browser.get(done.url.path).status_code == 404


def test_a_limit_and_repetitions_are_kept_through_the_mending(browser):
    reply = handed_in(browser, table(), limit="2", repeat="3")
    second = send(browser, reply, "look", **{"role.D": "human_score"})
    taken = send(browser, send(browser, second, "look", **{"rubric.D": RUBRIC.id}), "take")
    assert "2 份答案" in taken.text
    assert "6 份待评" in taken.text


def test_a_table_of_no_question_at_all_is_mended_too(browser):
    reply = handed_in(browser, table("考号,姓名,甲列,乙列,复核"))
    assert "没有一列对上题目" in reply.text
    first = send(browser, reply, "look", **{"role.C": "question", "role.D": "human_score"})
    second = send(browser, first, "look", **{"rubric.C": RUBRIC.id, "rubric.D": RUBRIC.id})
    assert "4 份答案" in second.text


def test_the_sheet_of_rows_that_name_their_rater_counts_answers_and_not_rows(browser):
    rows = [f"{n:03},complaint,{text},{who},{n}" for who in ("甲", "乙") for n, text in enumerate(TEXTS)]
    page = handed_in(browser, "\n".join(["考号,题号,作答,阅卷人,得分", *rows]).encode())
    for words in ("4 份答案", "2 位评分人", "4 份由两位以上的人评过"):
        assert words in page.text


def test_the_file_can_be_given_up_and_one_that_is_gone_is_a_404(browser):
    reply = handed_in(browser, table())
    path = reply.url.path
    assert send(browser, reply, "forget").url.path == "/calibrations"
    assert browser.get(path).status_code == 404
    assert browser.post(path, do="take").status_code == 404
    assert browser.get("/calibrations/new/..%2f..%2fx").status_code == 404


def test_with_the_data_of_a_candidate_the_file_goes_too(browser, tmp_path):
    address = handed_in(browser, table("考号,姓名,complaint,complaint 评委甲,complaint 评委乙")).url.path
    reply = browser.post("/candidates/delete", name="001", sure="001")
    assert reply.status_code == 200
    assert not list((tmp_path / "uploads").glob("*/file.*"))
    assert "/calibrations/new/" not in browser.get(address).text


def test_a_form_that_is_not_ours_mends_nothing(browser):
    reply = handed_in(browser, table())
    fields = fields_of(reply) | {"csrf": "x", "do": "look", "role.D": "human_score"}
    assert browser.client.post(reply.url.path, data=fields).status_code == 403
    assert fields_of(browser.get(reply.url.path))["role.D"] != "human_score"


def test_what_is_judged_is_not_mended_any_more(browser):
    address = judged(browser, table("考号,姓名,complaint,complaint 评委甲,complaint 评委乙"))
    assert "/calibrations/new/" not in browser.get(address).text
