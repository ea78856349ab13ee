"""The page is safe by default."""

import re

import pytest
from small_rubric import ANSWER
from typer.testing import CliRunner
from web_client import ORIGIN, opened

from evaluator.cli.main import app as commands
from evaluator.errors import InputError
from evaluator.web import Access, Limits
from evaluator.web.bucket import Buckets
from evaluator.web.guard import UPLOAD_PATHS, local
from evaluator.web.routes import ROUTES

TOKEN = "a-long-enough-token"
POSTS = sorted(route.path for route in ROUTES if "POST" in (route.methods or ()))


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def filled(path, grade_id="x"):
    return re.sub(r"\{(\w+)\}", grade_id, path)


@pytest.mark.parametrize("path", ["/", "/grades", "/nothing", "/api/rubrics", "/health", "/static/page.css", "/score"])
def test_every_reply_carries_the_headers_that_keep_strangers_out(browser, path):
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in {"no-store", "no-cache"}


def test_a_mistake_of_ours_is_a_page_in_words_with_the_same_headers(browser, monkeypatch):
    monkeypatch.setattr(browser.client.app.state.shelf, "all", lambda: 1 / 0)
    reply = browser.get("/")
    assert reply.status_code == 500
    assert "程序出错了" in reply.text
    assert "ZeroDivision" not in reply.text
    assert "default-src 'self'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:8765", 200),
        ("evil.example", 400), ("127.0.0.1.evil.example", 400), ("192.168.1.5:8765", 400), ("", 400),
    ],
)  # fmt: skip
def test_only_names_of_this_machine_are_answered_to(browser, host, status):
    assert browser.get("/health", headers={"host": host}).status_code == status


@pytest.mark.parametrize("path", [path for path in POSTS if not path.startswith("/api/")])
def test_no_form_is_taken_without_its_token(browser, path):
    grade_id = browser.scored(ANSWER)
    fields = {"csrf": "0" * 64, "rubric": "complaint", "answer": ANSWER, "key_point": "solve", "level": "missed"}
    fields |= {"reason": "x", "author": "y", "theme": "dark", "save": "on"}
    handed_in = {"file": ("a.txt", b"x")} if path in UPLOAD_PATHS else None
    for token in ("0" * 64, "", "é"):
        sent = fields | {"csrf": token}
        reply = browser.client.post(filled(path, grade_id), data=sent, files=handed_in, follow_redirects=False)
        assert reply.status_code == 403, reply.text
    assert len(browser.store.list()) == 1
    assert browser.store.overrides(grade_id) == ()


def test_the_token_of_another_browser_is_no_use(browser):
    token = browser.token()
    browser.client.cookies.clear()
    reply = browser.client.post("/score", data={"csrf": token, "rubric": "complaint", "answer": ANSWER})
    assert reply.status_code == 403
    assert "再点一次" in reply.text
    assert ANSWER.splitlines()[0] in reply.text  # nothing that was typed is lost


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
@pytest.mark.parametrize("path", ["/score", "/api/score"])
def test_what_another_site_sends_is_refused_whatever_it_knows(browser, path, headers):
    token = browser.token()
    body = {"json": {"rubric": "complaint", "answer": ANSWER}} if "api" in path else {"data": {"csrf": token}}
    assert browser.client.post(path, headers=headers, **body).status_code == 403
    own = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
    assert browser.client.post(path, headers=own, **body).status_code != 403


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("text/plain", b'{"rubric": "complaint", "answer": "x"}', 415),
        ("application/json", b"nonsense", 400),
        ("application/json", b"[" * 50_000, 400),
        ("application/json", b'{"rubric": "complaint"}', 422),
        ("application/json", b'{"rubric": "complaint", "answer": 1}', 422),
        ("application/json", b'{"rubric": "../complaint", "answer": "x"}', 404),
        ("application/json", b'{"rubric": "\\ud800", "answer": "x"}', 400),
        ("application/json", b'{"rubric": "complaint", "answer": "\\ud800"}', 400),
        ("application/json", b"\xff\xfe", 400),
    ],
)
def test_the_api_takes_its_own_json_and_refuses_the_rest_in_json(browser, kind, content, status):
    reply = browser.client.post("/api/score", content=content, headers={"content-type": kind})
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


def test_an_upload_is_no_form_of_ours(browser):
    reply = browser.client.post("/score", files={"answer": ("../../x", b"1")}, data={"csrf": browser.token()})
    assert reply.status_code == 415


@pytest.mark.parametrize("told", [True, False])
def test_a_request_that_is_too_large_is_not_taken(tmp_path, told):
    with opened(tmp_path, limits=Limits(max_bytes=2_000)) as browser:
        body = b"answer=" + b"x" * 5_000
        content = body if told else iter([body[:1_500], body[1_500:]])
        kind = {"content-type": "application/x-www-form-urlencoded"}
        reply = browser.client.post("/score", content=content, headers=kind)
        assert reply.status_code == 413
        assert "太大" in reply.text


def test_scoring_too_fast_is_slowed_down_and_says_when(tmp_path):
    with opened(tmp_path, limits=Limits(scores_at_once=2, scores_per_second=0.01)) as browser:
        assert [browser.score(ANSWER).status_code for _ in range(3)] == [200, 200, 429]
        reply = browser.client.post("/api/score", json={"rubric": "complaint", "answer": "x"})
        assert reply.status_code == 429
        assert int(reply.headers["retry-after"]) > 50


def test_a_bucket_fills_again_and_is_each_caller_s_own():
    now = [0.0]
    buckets = Buckets(2, 0.5, clock=lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 2]
    assert buckets.wait("b") == 0
    now[0] = 2.0
    assert [buckets.wait("a") for _ in range(2)] == [0, 2]


# --- the token ---


@pytest.fixture
def guarded(tmp_path):
    with opened(tmp_path, access=Access(token=TOKEN, hosts=frozenset({"marking.example"}))) as browser:
        yield browser


@pytest.mark.parametrize("path", ["/", "/grades", "/api/rubrics", "/jobs/x", "/grades/x/text"])
def test_with_a_token_nothing_is_shown_without_it(guarded, path):
    for wrong in ({}, {"params": {"token": "wrong"}}, {"headers": {"authorization": "Bearer wrong"}}):
        reply = guarded.get(path, **wrong)
        assert reply.status_code == 401
        assert "complaint" not in reply.text
    assert guarded.client.post("/api/score", json={"rubric": "complaint", "answer": "x"}).status_code == 401


def test_the_token_in_the_address_is_taken_out_of_it_and_kept_as_a_cookie(guarded):
    reply = guarded.get("/grades", params={"token": TOKEN, "q": "x"}, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/grades?q=x")
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert TOKEN not in cookie
    assert guarded.get("/").status_code == 200
    assert guarded.scored(ANSWER)


def test_the_token_can_be_typed_in(guarded):
    page = guarded.get("/")
    token = re.search(r'name="csrf" value="(\w+)"', page.text)[1]
    wrong = guarded.client.post("/enter", data={"csrf": token, "token": "wrong"})
    assert wrong.status_code == 401
    assert guarded.client.post("/enter", data={"csrf": token, "token": TOKEN}).status_code == 200
    assert guarded.get("/grades").status_code == 200


def test_programs_show_the_token_in_a_header(guarded):
    headers = {"authorization": f"Bearer {TOKEN}"}
    asked = guarded.client.post("/api/score", json={"rubric": "complaint", "answer": ANSWER}, headers=headers)
    assert asked.json()["score"] == 8
    assert "set-cookie" not in asked.headers


@pytest.mark.parametrize(
    ("host", "status"), [("192.168.1.5:8765", 200), ("marking.example", 200), ("[fe80::1]", 200), ("evil.example", 400)]
)
def test_with_a_token_addresses_and_named_hosts_are_answered_to(guarded, host, status):
    headers = {"authorization": f"Bearer {TOKEN}", "host": host}
    assert guarded.get("/api/rubrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["--host", "0.0.0.0"], "--host"),  # noqa: S104
        (["--host", "192.168.1.5"], "--host"),
        (["--host", "0.0.0.0", "--token", "short"], "--token"),  # noqa: S104
        (["--token", "口令口令口令口令口令口令口令口令"], "--token"),
    ],
)
def test_serve_refuses_to_be_open_without_a_proper_token(words, field):
    done = CliRunner().invoke(commands, ["serve", *words, "--no-open"])
    assert isinstance(done.exception, InputError)
    assert done.exception.problems[0].field == field


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/\r\nX: 1"])
def test_nobody_is_sent_to_another_site(browser, target):
    assert local(target) == "/"
    reply = browser.post("/preferences", follow=False, theme="dark", back=target)
    assert reply.headers["location"] == "/"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/..%5capp.py", "/static/page.css%00", "/static/"]
)
def test_no_path_reaches_the_disk(browser, path):
    assert browser.get(path).status_code == 404


def test_cookies_that_cannot_be_read_are_no_cookies(browser):
    assert (
        browser.get(
            "/", headers={"cookie": "evaluator_lang=\x01; ;;=;evaluator_theme=pink; evaluator_author=zz"}
        ).status_code
        == 200
    )
