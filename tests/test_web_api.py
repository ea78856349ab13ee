"""The page's functions for programs, and the document that describes them."""

import json
import re
import time
from urllib.parse import unquote

import pytest
from openapi_spec_validator import validate
from small_rubric import ANSWER, RUBRIC
from web_client import opened

from evaluator.models import Grade, Rubric
from evaluator.web.api.describing import PATH, openapi
from evaluator.web.routes import ROUTES

CSV = f'学号,{RUBRIC.question}\n001,"{ANSWER}"\n002,不知道\n003,\n'
FILE = {"content-type": "application/octet-stream"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def handed_in(browser, content=CSV, query="name=答案.csv", headers=FILE):
    return browser.client.post(f"/api/batches?{query}", content=content.encode(), headers=headers)


def over(browser, run):
    for _ in range(600):
        state = browser.get(f"/api/batches/{run}").json()
        if state["state"] not in {"waiting", "running", "pausing"}:
            return state
        time.sleep(0.05)
    raise AssertionError(state)


# --- the document ---


def test_the_document_is_valid_openapi(browser):
    found = browser.get(PATH)
    assert found.json() == openapi()
    validate(found.json())


def test_the_document_has_every_route_and_no_other():
    served = {(route.path, method) for route in ROUTES if route.path.startswith("/api/") for method in route.methods}
    served = {(path, method) for path, method in served if method != "HEAD" and path != PATH}
    told = {(path, method.upper()) for path, methods in openapi()["paths"].items() for method in methods}
    assert told == served


def test_every_operation_has_a_name_of_its_own_and_says_what_it_gives():
    operations = [one for methods in openapi()["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        (good,) = [reply for status, reply in one["responses"].items() if status.startswith("2")]
        assert good["content"]
        assert " · " in one["summary"]


@pytest.mark.parametrize("path", [path for path, methods in openapi()["paths"].items() if "get" in methods])
def test_what_is_not_there_is_answered_as_the_document_says(browser, path):
    reply = browser.get(re.sub(r"\{\w+\}", "nothing", path))
    said = openapi()["paths"][path]["get"]["responses"]
    assert str(reply.status_code) in said
    if "{" in path:
        assert reply.status_code == 404
        assert reply.json()["error"].keys() == {"code", "message"}


# --- rubrics, scores, grades ---


def test_a_rubric_comes_whole(browser):
    assert Rubric.model_validate(browser.get(f"/api/rubrics/{RUBRIC.id}").json()) == RUBRIC


def test_a_score_is_kept_and_found_again_with_what_people_decided(browser):
    reply = browser.client.post("/api/score", json={"rubric": RUBRIC.id, "answer": ANSWER, "candidate": "王小明"})
    place = reply.headers["location"]
    assert browser.get(place).json() == reply.json()
    grade_id = place.rpartition("/")[2]
    point = reply.json()["key_points"][0]["id"]
    browser.store.add_override(grade_id, point, "missed", "李", "没有说到")
    assert Grade.model_validate(browser.get(place).json()).key_points[0].verdict == "missed"
    assert browser.store.get(grade_id).candidate == "王小明"


def test_what_is_not_to_be_saved_is_nowhere(browser):
    reply = browser.client.post("/api/score", json={"rubric": RUBRIC.id, "answer": ANSWER, "save": False})
    assert reply.status_code == 200
    assert "location" not in reply.headers
    assert browser.store.list() == ()


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"{", 400, "json"), (b"[]", 422, ""), (b'{"rubric": "complaint"}', 422, "answer"),
        (b'{"rubric": 1, "answer": "x"}', 422, "rubric"), (b'{"rubric": "complaint", "answer": "x", "no": 1}', 422, "no"),
        (b'{"rubric": "nothing", "answer": "x"}', 404, ""),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_what_is_wrong(browser, body, status, named):
    reply = browser.client.post("/api/score", content=body, headers=JSON)
    assert reply.status_code == status
    assert named in json.dumps(reply.json())


# --- batches ---


def test_a_batch_is_handed_in_watched_and_fetched(browser):
    started = handed_in(browser)
    assert started.status_code == 201, started.text
    run = started.json()["id"]
    assert unquote(started.headers["location"]) == f"/api/batches/{run}"
    ended = over(browser, run)
    assert (ended["state"], ended["info"]["scored"], ended["info"]["source"]) == ("finished", 3, "答案.csv")
    assert browser.get("/api/batches").json() == {"batches": [run]}
    lines = [json.loads(line) for line in browser.get(f"/api/batches/{run}/results").text.splitlines()]
    scores = {line["candidate"]: line for line in lines if "candidate" in line}
    alone = browser.client.post("/api/score", json={"rubric": RUBRIC.id, "answer": ANSWER}).json()
    assert alone["score"] > 0
    assert f'"score": {alone["score"]}' in json.dumps(scores["001"])


def test_a_finished_batch_can_be_paused_and_gone_on_with_without_harm(browser):
    run = handed_in(browser).json()["id"]
    over(browser, run)
    for act in ("pause", "resume"):
        assert browser.client.post(f"/api/batches/{run}/{act}", json={}).status_code == 200
    assert over(browser, run)["info"]["scored"] == 3


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_what_another_site_could_send_is_refused(browser, kind):
    assert handed_in(browser, headers={"content-type": kind}).status_code == 415
    assert browser.client.post("/api/batches/x/pause", content=b"", headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize(
    ("content", "query", "status", "named"),
    [
        (CSV, "name=a.exe", 422, ".xlsx"), (CSV, "", 422, ".xlsx"), ("", "name=a.csv", 422, "a.csv"),
        ("学号,哪道题\n1,文字\n", "name=a.csv", 422, "a.csv"), (CSV, "name=a.csv&rubrics=nothing", 404, ""),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_run_is_refused_in_words(browser, content, query, status, named):
    reply = handed_in(browser, content, query)
    assert reply.status_code == status
    assert named in reply.json()["error"]["message"]
    assert browser.get("/api/batches").json() == {"batches": []}


@pytest.mark.parametrize("wanted", ["题目", "a%0D%0AX-Evil: 1", "😀", "x" * 5000])
def test_rubrics_that_there_are_not_are_named_whatever_they_are_called(browser, wanted):
    reply = handed_in(browser, query=f"name=a.csv&rubrics={wanted}")
    assert reply.status_code == 404
    assert "x-evil" not in reply.headers
    assert unquote(reply.headers["x-rubrics"]) == unquote(wanted)[:200]
