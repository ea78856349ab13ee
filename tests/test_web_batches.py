"""Batches in the page: hand in, see how it is understood, mend, start, pause, read, take away, delete."""

import io
import re
import time

import pytest
from small_rubric import RUBRIC
from web_client import opened

SECOND = RUBRIC.model_copy(update={"id": "greeting", "question": "顾客进门时你怎样问候？"})
ANSWERS = [
    ("A01", "张三", "先耐心倾听客户把话说完，真诚道歉，再退款或换货，三天之内回访客户。"),
    ("A02", "李四", "真诚道歉。"),
    ("A03", "王五", ""),
    ("A04", "赵六", "真诚道歉。"),
    ("A05", "钱七", "让客户自己修，是客户的错。"),
]


def table(header="complaint", answers=ANSWERS):
    lines = [f"考号,姓名,{header}", *(",".join(row) for row in answers)]
    return ("\ufeff" + "\n".join(lines)).encode()


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        yield browser


def hand_in(browser, content, name="答卷.csv", *, follow=True, **fields):
    return browser.client.post(
        "/batches",
        data={"csrf": browser.token(), **fields},
        files={"file": (name, io.BytesIO(content), "application/octet-stream")},
        follow_redirects=follow,
    )


def shown(reply):
    """What the form of the preview would send."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)"', reply.text))
    for select in re.findall(r'<select[^>]*name="([^"]+)".*?</select>', reply.text, re.DOTALL):
        body = re.search(rf'<select[^>]*name="{re.escape(select)}".*?</select>', reply.text, re.DOTALL)[0]
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[select] = chosen[1] if chosen else ""
    if re.search(r'name="blind" checked', reply.text):
        found["blind"] = "on"
    return found


def send(browser, reply, do, **changed):
    fields = {key: value for key, value in (shown(reply) | {"do": do} | changed).items() if value is not None}
    return browser.client.post(reply.url.path, data=fields)


def until(browser, path, states=("finished",)):
    for _ in range(400):
        now = browser.get(f"{path}/state").json()
        if now["state"] in states:
            return now
        time.sleep(0.02)
    raise AssertionError(now)


def started(browser, content=None, **fields):
    """Path of a run that has been started from this table."""
    reply = hand_in(browser, content or table(), **fields)
    assert reply.status_code == 200, reply.text
    reply = send(browser, reply, "start")
    assert reply.status_code == 200, reply.text
    assert reply.url.path.count("/") == 2, reply.text
    return reply.url.raw_path.decode()


def test_a_table_is_understood_estimated_started_and_read(browser):
    reply = hand_in(browser, table(), blind="")
    assert "没有疑问" in reply.text
    assert all(number in reply.text for number in ("<dd>5</dd>", "<dd>1</dd>"))
    assert "张三" not in reply.text  # blind
    assert "真诚道歉" in reply.text
    path = started(browser)
    now = until(browser, path)
    assert (now["answers"], now["done"], now["failed"], now["live"]) == (5, 5, 0, False)
    page = browser.get(path).text
    assert "已评完" in page
    assert "答卷.csv" in page
    assert "安抚情绪" in page
    assert "/review" not in page  # no such route here
    assert path in browser.get("/batches").text.replace("&amp;", "&")
