"""Every way an endpoint can fail ends in a reply or in the right error of ours, without waiting and without a key."""

import asyncio
import contextlib
import inspect
import json
import traceback
from email.utils import formatdate
from time import time as now

import httpcore2
import httpx
import pytest
from fake_endpoint import CHAT, GOOD, KEY, MESSAGES, SCHEMA, URL, Time, call, completion, ok, place, refusal, sent

from evaluator.client import CAUSES, Client, explain
from evaluator.client.faults import SDK_CAUSES, Scene, fault_of
from evaluator.errors import EndpointRejected, EndpointUnavailable, InvalidReply, JudgeError, Refused

HTML = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(429, json={"error": {"message": "Rate limit reached"}}),
        httpx.Response(429, json={"error": {"message": "You exceeded your current quota. Please retry in 20 s"}}),
        httpx.Response(408, json={}),
        httpx.Response(409, json={}),
        httpx.Response(500, json={"error": {"message": "oops"}}),
        httpx.Response(502, text=HTML, headers={"content-type": "text/html"}),
        httpx.Response(503, text=""),
        httpx.Response(529, json={"error": "overloaded"}),
        httpcore2.ConnectError("refused"),
        httpcore2.ReadTimeout("slow"),
        httpcore2.ReadError("reset by peer"),
        httpcore2.RemoteProtocolError("disconnected"),
        httpx.Response(200, json={"id": "x"}),
        httpx.Response(200, json={"choices": []}),
        httpx.Response(200, json={"choices": [{"message": None}]}),
        httpx.Response(200, text='{"choices": [{"mess', headers={"content-type": "application/json"}),
        httpx.Response(200, text="", headers={"content-type": "text/plain"}),
        httpx.Response(200, json={"error": {"code": 429, "message": "slow down"}}),
        httpx.Response(200, json={"error": {"code": 502, "message": "upstream"}}),
        httpx.Response(200, json={"error": "rate limit exceeded"}),
        ok(""),
        ok("   \n"),
        ok(None),
        ok(GOOD, finish="network_error"),
    ],
    ids=lambda fault: (
        type(fault).__name__ if isinstance(fault, Exception) else f"{fault.status_code}-{fault.text[:40]}"
    ),
)
def test_a_passing_fault_is_tried_again_and_the_reply_is_right(httpx2_mock, fault):
    route = httpx2_mock.post(CHAT).mock(side_effect=[fault, ok()])
    time = Time()
    reply = call(time=time)
    assert reply.data == {"verdict": "hit"}
    assert route.call_count == 2
    assert len(time.sleeps) == 1
    assert any(note.startswith("retry:") for note in reply.notes)


@pytest.mark.parametrize(
    ("fault", "kind", "cause"),
    [
        (refusal(429, "Rate limit reached"), EndpointUnavailable, "rate_limited"),
        (refusal(500, "oops"), EndpointUnavailable, "server_error"),
        (httpcore2.ConnectError("refused"), EndpointUnavailable, "connection"),
        (httpcore2.ReadTimeout("slow"), EndpointUnavailable, "timeout"),
        (httpx.Response(200, json={"choices": []}), EndpointUnavailable, "bad_body"),
        (ok(""), InvalidReply, "empty"),
    ],
)
def test_a_lasting_fault_ends_after_max_attempts(httpx2_mock, fault, kind, cause):
    route = httpx2_mock.post(CHAT).mock(side_effect=[fault] * 4)
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.cause == cause
    assert route.call_count == 4


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (refusal(401, "Incorrect API key provided"), "auth"),
        (refusal(402, "Insufficient Balance"), "quota"),
        (refusal(403, "unsupported_country_region_territory"), "forbidden"),
        (refusal(403, "your account has an overdue balance", code="AccountOverdueError"), "quota"),
        (refusal(429, "You exceeded your current quota", code="insufficient_quota"), "quota"),
        (refusal(429, "您的账户已欠费，请充值后重试", code="1113"), "quota"),
        (refusal(404, "The model `x` does not exist", code="model_not_found"), "model_not_found"),
        (httpx.Response(404, json={"detail": "Not Found"}), "not_found"),
        (httpx.Response(404, text=HTML, headers={"content-type": "text/html"}), "not_an_api"),
        (httpx.Response(200, text=HTML, headers={"content-type": "text/html"}), "not_an_api"),
        (httpx.Response(307, headers={"location": "https://elsewhere.example/"}), "redirected"),
        (refusal(400, "This model's maximum context length is 4096 tokens"), "context_length"),
        (refusal(400, "the request exceeds the available context size", type="exceed_context_size_error"), "context_length"),
        (refusal(400, "Range of input length should be [1, 30720]"), "context_length"),
        (refusal(400, "Invalid 'messages[1].role'"), "bad_request"),
        (refusal(413, "Request too large"), "bad_request"),
        (httpx.Response(200, json={"code": "1113", "message": "余额不足", "success": False}), "quota"),
        (httpx.Response(200, json={"error": {"code": 401, "message": "bad key"}}), "auth"),
        (httpx.Response(200, json={"base_resp": {"status_code": 1004, "status_msg": "login fail"}}), "bad_request"),
    ],
)  # fmt: skip
def test_what_will_never_work_is_not_tried_again(httpx2_mock, fault, cause):
    route = httpx2_mock.post(CHAT).mock(side_effect=[fault])
    time = Time()
    with pytest.raises(EndpointRejected) as caught:
        call(time=time)
    assert caught.value.cause == cause
    assert route.call_count == 1
    assert time.sleeps == []


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (ok(None, message={"refusal": "I cannot help with that"}), "refused"),
        (ok("", finish="content_filter"), "content_filter"),
        (ok("", finish="sensitive"), "content_filter"),
        (refusal(400, "Content Exists Risk"), "content_filter"),
        (
            refusal(400, "Input data may contain inappropriate content.", code="data_inspection_failed"),
            "content_filter",
        ),
        (refusal(400, "系统检测到输入或生成内容可能包含不安全或敏感内容", code="1301"), "content_filter"),
    ],
)
def test_a_refusal_is_a_refusal(httpx2_mock, fault, cause):
    httpx2_mock.post(CHAT).mock(side_effect=[fault])
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry-after": "7"}, 7, 8),
        ({"retry-after": "0.5"}, 0.5, 0.6),
        ({"retry-after-ms": "1500"}, 1.5, 1.7),
        ({"retry-after": 20}, 15, 23),
        ({"retry-after": -20}, 0, 0),
        ({"retry-after": "9999"}, 60, 60),
        ({"retry-after": "soon"}, 0.5, 1),
        ({}, 0.5, 1),
    ],
)
def test_the_wait_follows_retry_after_within_its_cap(httpx2_mock, headers, low, high):
    # A number is seconds from now, sent as a date; tables are made long before the test runs.
    headers = {
        name: formatdate(now() + value, usegmt=True) if isinstance(value, int) else value
        for name, value in headers.items()
    }
    limited = httpx.Response(429, json={"error": {"message": "slow down"}}, headers=headers)
    httpx2_mock.post(CHAT).mock(side_effect=[limited, ok()])
    time = Time()
    call(time=time)
    (slept,) = time.sleeps
    assert low <= slept <= high


def test_waits_without_retry_after_grow(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(500, "oops")] * 5 + [ok()])
    time = Time()
    call(time=time, client={"max_attempts": 6})
    ceilings = [1, 2, 4, 8, 16]
    assert all(ceiling / 2 <= slept <= ceiling for slept, ceiling in zip(time.sleeps, ceilings, strict=True))


def test_the_total_time_is_bounded_too(httpx2_mock):
    limited = httpx.Response(429, json={}, headers={"retry-after": "50"})
    route = httpx2_mock.post(CHAT).mock(return_value=limited)
    time = Time()
    with pytest.raises(EndpointUnavailable):
        call(time=time, client={"max_attempts": 20, "patience": time.patience(total_seconds=120)})
    assert route.call_count == 3
    assert time.now <= 120


def test_one_attempt_means_one_request(httpx2_mock):
    route = httpx2_mock.post(CHAT).mock(return_value=refusal(500, "oops"))
    with pytest.raises(EndpointUnavailable):
        call(client={"max_attempts": 1})
    assert route.call_count == 1


def test_a_cut_off_reply_gets_more_room(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[ok('{"verdict": "h', finish="length"), ok()])
    time = Time()
    reply = call(time=time)
    assert [body["max_tokens"] for body in sent(httpx2_mock)] == [100, 200]
    assert reply.data == {"verdict": "hit"}
    assert reply.usage.completion == 20
    assert time.sleeps == []


def test_a_reply_that_is_cut_off_for_ever_is_no_verdict_and_is_never_mended(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok('{"verdict": "hit", "reason": "be', finish="length"))
    with pytest.raises(InvalidReply) as caught:
        call()
    assert caught.value.cause == "truncated"
    assert caught.value.raw.startswith('{"verdict"')
    assert [body["max_tokens"] for body in sent(httpx2_mock)] == [100, 200, 400, 800]


def test_thinking_that_ate_the_room_gets_much_more(httpx2_mock):
    thought = ok("", finish="length", message={"reasoning_content": "let me see"})
    httpx2_mock.post(CHAT).mock(side_effect=[thought, ok()])
    call()
    assert sent(httpx2_mock)[1]["max_tokens"] == 8192


def test_a_refused_enlargement_is_still_a_cut_off_reply(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[ok("{", finish="length"), refusal(400, "too much")])
    with pytest.raises(InvalidReply) as caught:
        call()
    assert caught.value.cause == "truncated"


def test_a_text_without_schema_may_be_cut_off(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok("A", finish="length"))
    reply = call(schema=None, max_tokens=1)
    assert (reply.text, reply.finish_reason, reply.data) == ("A", "length", None)
    assert len(httpx2_mock.calls) == 1


def test_a_text_that_is_no_json_is_an_invalid_reply_with_what_came(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok("我认为命中。"))
    with pytest.raises(InvalidReply) as caught:
        call()
    assert (caught.value.cause, caught.value.raw) == ("not_json", "我认为命中。")


def test_a_raw_reply_is_cut_to_4000_characters(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok("长" * 9000))
    with pytest.raises(InvalidReply) as caught:
        call()
    assert len(caught.value.raw) == 4000


@pytest.mark.parametrize(
    "fault",
    [
        refusal(401, f"Incorrect API key provided: {KEY}"),
        refusal(400, f"Authorization: Bearer {KEY} rejected"),
        httpx.Response(500, text=f"debug dump: {KEY} and sk-somebodyelse123"),
        httpx.Response(200, json={"error": {"message": f"key {KEY}"}}),
        httpcore2.ConnectError(f"proxy said {KEY}"),
    ],
)
def test_no_key_appears_in_an_error_its_raw_reply_or_its_traceback(httpx2_mock, fault):
    httpx2_mock.post(CHAT).mock(side_effect=[fault] * 4)
    with pytest.raises(JudgeError) as caught:
        call()
    error = caught.value
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    for text in (str(error), repr(error), error.raw, shown.replace(repr(fault), "")):
        assert KEY not in text
        assert "sk-somebodyelse" not in text
    assert error.__cause__ is None
    assert error.__context__ is None


def test_an_unknown_request_fails_instead_of_leaving(httpx2_mock):
    httpx2_mock.post("https://other.example/").mock(return_value=ok())
    with pytest.raises(AssertionError, match="not mocked"):
        call()
    httpx2_mock.reset()
    httpx2_mock.clear()


def sdk_exceptions():
    """What the SDK offers as exceptions, and what it derives from them elsewhere."""
    import openai
    from openai import _exceptions

    offered = [getattr(openai, name) for name in openai.__all__] + list(vars(_exceptions).values())
    public = {one for one in offered if inspect.isclass(one) and issubclass(one, Exception)}
    derived, queue = set(), [openai.OpenAIError]
    while queue:
        one = queue.pop()
        derived.add(one)
        queue += one.__subclasses__()
    return public, derived


def test_every_exception_class_of_the_sdk_is_mapped():
    public, derived = sdk_exceptions()
    assert {one.__name__ for one in public} - set(SDK_CAUSES) == set()
    assert len(public) > 15
    for one in public | derived:
        fault = fault_of(one.__new__(one), Scene("h"))
        assert fault is not None, one
        assert isinstance(fault.error, JudgeError)


def test_an_error_of_our_own_making_is_not_dressed_up_as_the_endpoints():
    assert fault_of(TypeError("bug"), Scene("h")) is None


def test_every_cause_is_explained_in_both_languages():
    assert all(words.zh and words.en for words in CAUSES.values())
    assert explain("timeout") == "等待回复超时"
    assert explain("timeout", "en") == "no reply in time"
    assert explain("whatever") == "whatever"


# --- over a real socket, on the transport that is used in earnest ----------------------------------------------------


def real(handler, *, endpoint=None, **client):
    """One call to a server on loopback through the default transport."""

    served = []

    async def serve(reader, writer):
        served.append(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        with contextlib.suppress(ConnectionError):
            await handler(writer)
            writer.close()
            await writer.wait_closed()

    async def go():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        target = place(base_url=f"http://127.0.0.1:{port}/v1")
        try:
            async with Client(target, capabilities={}, **({"max_attempts": 1} | client)) as door:
                return await door.chat(MESSAGES, schema=SCHEMA, max_tokens=10)
        finally:
            server.close()
            await asyncio.gather(*served)

    return asyncio.run(go())


def answer(body, kind=b"application/json", status=b"200 OK"):
    async def handler(writer):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        writer.write(
            b"HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (status, kind, len(data), data)
        )
        await writer.drain()

    return handler


def test_the_default_transport_works_and_needs_no_proxy_for_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert real(answer(completion())).data == {"verdict": "hit"}


def test_json_that_calls_itself_text_is_read(monkeypatch):
    assert real(answer(completion(), kind=b"text/plain")).data == {"verdict": "hit"}


async def hang_up(writer):
    writer.transport.abort()


async def trickle(writer):
    """Keep-alive blanks without end: no single read times out."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("handler", "cause", "client"),
    [
        (hang_up, "connection", {}),
        (trickle, "timeout", {"timeout": 0.3}),
        (answer(b"\x1f\x8bnot json"), "bad_body", {}),
        (answer(HTML.encode(), b"text/html", b"503 Service Unavailable"), "server_error", {}),
    ],
)
def test_faults_of_a_real_socket_have_their_cause(handler, cause, client):
    with pytest.raises(EndpointUnavailable) as caught:
        real(handler, **client)
    assert caught.value.cause == cause


def test_a_closed_port_is_a_connection_fault_and_not_a_time_out():
    async def go():
        async with Client(place(base_url="http://127.0.0.1:9/v1"), max_attempts=1, capabilities={}) as door:
            await door.chat(MESSAGES, max_tokens=1)

    with pytest.raises(EndpointUnavailable) as caught:
        asyncio.run(go())
    assert caught.value.cause == "connection"
    assert "127.0.0.1:9" in str(caught.value)


def test_what_the_sdk_reads_from_the_environment_goes_to_openai_only(httpx2_mock, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Corp: secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example/v1")
    httpx2_mock.post(url__startswith="https://").mock(return_value=ok())
    call()
    call(place(provider="openai"))
    other, own = (one.request for one in httpx2_mock.calls)
    assert str(other.url) == CHAT
    assert not {"openai-organization", "openai-project", "x-corp"} & set(other.headers)
    assert own.headers["openai-organization"] == "org-1"
    assert other.headers["authorization"] == f"Bearer {KEY}"
    assert URL in str(own.url)
