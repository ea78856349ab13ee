"""What every test of batches in the page stands on: tables of answers, handed in, read, mended and started."""

from __future__ import annotations

import io
import re
import time

from small_rubric import RUBRIC

SECOND = RUBRIC.model_copy(update={"id": "greeting", "question": "顾客进门时你怎样问候？"})
ANSWERS = (
    ("A01", "张三", "先耐心倾听客户把话说完，真诚道歉，再退款或换货，三天之内回访客户。"),
    ("A02", "李四", "真诚道歉。"),
    ("A03", "王五", ""),
    ("A04", "赵六", "真诚道歉。"),
    ("A05", "钱七", "让客户自己修，是客户的错。"),
)


def table(header="complaint", answers=ANSWERS):
    """A .csv of these answers; `header` may name more columns, and rows may have more cells."""
    return ("\ufeff" + "\n".join([f"考号,姓名,{header}", *(",".join(row) for row in answers)])).encode()


def hand_in(browser, content, name="答卷.csv", *, follow=True, **fields):
    return browser.client.post(
        "/batches",
        data={"csrf": browser.token(), **fields},
        files={"file": (name, io.BytesIO(content), "application/octet-stream")},
        follow_redirects=follow,
    )


def fields_of(reply):
    """What the form of a preview sends as it stands."""
    found = {"csrf": re.search(r'name="csrf" value="(\w+)"', reply.text)[1]}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', reply.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    if re.search(r'name="blind" checked', reply.text):
        found["blind"] = "on"
    found["rubric"] = re.findall(r'name="rubric" value="([^"]+)" checked', reply.text)
    if cost := re.search(r'name="max_cost"[^>]*value="([^"]*)"', reply.text):
        found["max_cost"] = cost[1]
    return found


def send(browser, reply, do, **changed):
    """Press a button of a preview, with some fields changed; None takes one away."""
    fields = fields_of(reply) | {"do": do} | changed
    return browser.client.post(reply.url.path, data={key: value for key, value in fields.items() if value is not None})


def started(browser, content=None, name="答卷.csv", **fields):
    """The path of a run of this table."""
    reply = send(browser, hand_in(browser, content or table(), name, **fields), "start")
    assert reply.status_code == 200, reply.text
    path = reply.url.raw_path.decode()
    assert path.count("/") == 2, path
    return path


def until(browser, path, *states):
    """The state of a run once it is one of these."""
    for _ in range(1_000):
        now = browser.get(f"{path}/state").json()
        if now["state"] in (states or ("finished",)):
            return now
        time.sleep(0.01)
    raise AssertionError(now)
