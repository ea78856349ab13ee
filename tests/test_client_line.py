"""The SDK makes up one request; all are sent like it, over the network or through what stands in for it."""

import asyncio
import json
import ssl
from contextlib import asynccontextmanager

import httpx2
import pytest
from pydantic import SecretStr

from evaluator.client import Client, Endpoint, Patience
from evaluator.client.line import Line
from evaluator.client.wire import _proxy_to
from evaluator.errors import JudgeError

KEY = "sk-very-secret-0123456789"
URL = "https://llm.example/v1"
SAID = {"choices": [{"message": {"content": "好"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}


class StandIn(httpx2.AsyncBaseTransport):
    """Answers requests in turn with what it is given; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    async def handle_async_request(self, request):
        await request.aread()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Server:
    """The same on a real socket: answers in turn, each a response or what to do with the connection."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.connections = 0

    @asynccontextmanager
    async def listening(self, **how):
        writers = []

        async def serve(reader, writer):
            self.connections += 1
            writers.append(writer)
            while self.answers and (request := await _request(reader)) is not None:
                self.requests.append(request)
                answer = self.answers.pop(0)
                if isinstance(answer, httpx2.Response):
                    writer.write(_on_the_wire(answer))
                elif await answer(writer) is None:
                    return

        server = await asyncio.start_server(serve, "127.0.0.1", 0, **how)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        finally:
            server.close()
            for writer in writers:
                writer.transport.abort()


async def _request(reader):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ")
    headers = httpx2.Headers([tuple(line.split(": ", 1)) for line in head[1:] if line])
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    url = "http://" + headers["host"] + target.removeprefix("http://" + headers["host"])
    return httpx2.Request(method, url, headers=headers, content=content)


def _on_the_wire(answer):
    headers = {**answer.headers, "content-length": str(len(answer.content))}
    lines = [f"HTTP/1.1 {answer.status_code} X", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + answer.content


def well(**more):
    return httpx2.Response(200, json=SAID, **more)


async def _asked(line, bodies):
    found = []
    for body in bodies:
        try:
            found.append(await line.ask(body))
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found.append(error)
    await line.close()
    return found


def ask_all(network, bodies, timeout=5.0):
    """What became of each request: the response, or the fault."""

    async def go():
        key = SecretStr(KEY)
        if isinstance(network, StandIn):
            return await _asked(Line(Endpoint(URL, "m", api_key=key), timeout=timeout, transport=network), bodies)
        async with network.listening() as url:
            return await _asked(Line(Endpoint(url, "m", api_key=key), timeout=timeout), bodies)

    return asyncio.run(go())


@pytest.mark.parametrize("kind", [StandIn, Server])
def test_requests_differ_in_nothing_but_the_body(kind):
    network = kind(well(), well(), well())
    bodies = [{"model": "m", "n": number, "said": "客" * number} for number in (1, 20, 3)]
    assert ask_all(network, bodies) == [SAID] * 3
    assert [json.loads(one.content) for one in network.requests] == bodies
    first, *others = network.requests
    assert (first.method, first.url.path) == ("POST", "/v1/chat/completions")
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert first.headers["content-type"] == "application/json"
    for one in others:
        assert (one.method, one.url) == (first.method, first.url)
        assert one.headers["content-length"] == str(len(one.content))
        assert {**one.headers, "content-length": ""} == {**first.headers, "content-length": ""}


def test_what_the_sdk_says_of_itself_is_said_over_the_network_too():
    standing_in, server = StandIn(well()), Server(well())
    for network in (standing_in, server):
        ask_all(network, [{"model": "m"}])
    theirs, ours = dict(standing_in.requests[0].headers), dict(server.requests[0].headers)
    for name in ("host", "accept-encoding", "connection"):
        theirs.pop(name, None)
        ours.pop(name, None)
    assert ours == theirs
    assert ours["user-agent"].startswith("AsyncOpenAI/")


def test_a_connection_is_kept_for_the_next_request():
    server = Server(well(), well(), well())
    ask_all(server, [{}, {}, {}])
    assert server.connections == 1


def test_many_at_once_from_the_first_on():
    async def go():
        server = Server(*(well() for _ in range(50)))
        async with server.listening() as url:
            line = Line(Endpoint(url, "m"), timeout=5.0)
            found = await asyncio.gather(*(line.ask({"n": number}) for number in range(50)))
            await line.close()
        return found, sorted(json.loads(one.content)["n"] for one in server.requests)

    assert asyncio.run(go()) == ([SAID] * 50, list(range(50)))


ANSWERS = {
    "limited": lambda: httpx2.Response(429, json={"error": {"message": "slow down"}}, headers={"Retry-After": "7"}),
    "out_of_money": lambda: httpx2.Response(429, json={"error": {"message": "x", "code": "insufficient_quota"}}),
    "wrong_key": lambda: httpx2.Response(401, json={"error": {"message": f"Incorrect API key {KEY}"}}),
    "parameter": lambda: httpx2.Response(400, json={"error": {"message": "no seed", "param": "seed"}}),
    "flat": lambda: httpx2.Response(400, json={"message": "no seed", "code": 17}),
    "list": lambda: httpx2.Response(400, json=["bad"]),
    "overloaded": lambda: httpx2.Response(503, text="upstream gone"),
    "page": lambda: httpx2.Response(404, html="<html>nothing here</html>"),
    "elsewhere": lambda: httpx2.Response(302, headers={"Location": "https://other.example/"}),
    "broken": lambda: httpx2.Response(200, content=b'{"choices": [', headers={"Content-Type": "application/json"}),
    "no_text": lambda: httpx2.Response(200, content=b"\x1f\x8bno", headers={"Content-Type": "application/json"}),
}
CAUSES = {
    "limited": "rate_limited",
    "out_of_money": "quota",
    "wrong_key": "auth",
    "parameter": "bad_request",
    "flat": "bad_request",
    "list": "bad_request",
    "overloaded": "server_error",
    "page": "not_an_api",
    "elsewhere": "redirected",
    "broken": "bad_body",
    "no_text": "bad_body",
}


@pytest.mark.parametrize("trouble", ANSWERS)
def test_an_answer_that_is_an_error_is_the_same_to_us_over_the_network_as_through_a_stand_in(trouble):
    (given,) = ask_all(StandIn(ANSWERS[trouble]()), [{"model": "m"}])
    _, real = ask_all(Server(well(), ANSWERS[trouble]()), [{"model": "m"}] * 2)
    assert real.fault.cause == given.fault.cause == CAUSES[trouble]
    assert real.fault.retry_after == given.fault.retry_after == (7.0 if trouble == "limited" else None)
    assert (real.fault.status, real.fault.param) == (given.fault.status, given.fault.param)
    assert (real.fault.retry, real.fault.detail) == (given.fault.retry, given.fault.detail)
    for error in (given, real):
        _holds_no_key(error)


def _holds_no_key(error):
    assert KEY not in error.fault.error.raw + str(error.fault.error)
    assert error.__context__ is None  # nor does anything that hangs on it hold the key
    assert error.__cause__ is None


async def _abort(writer):
    writer.transport.abort()


async def _hang(writer):
    await asyncio.sleep(30)


async def _trickle(writer):
    """Keep-alive blanks without end: no single read times out."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.02)


def _say(data):
    async def answer(writer):
        writer.write(data)
        await writer.drain()
        writer.close()

    return answer


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (_abort, "connection"),
        (_hang, "timeout"),
        (_trickle, "timeout"),
        (_say(b""), "connection"),
        (_say(b"HTTP/1.1 200"), "connection"),
        (_say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "connection"),
        (_say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), "connection"),
        (_say(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope"), "connection"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_what_breaks_on_the_way_is_worth_another_try(trouble, cause, later):
    server = Server(*([well()] * later), trouble)
    error = ask_all(server, [{"model": "m"}] * (1 + later), timeout=0.5)[-1]
    assert (error.fault.cause, error.fault.retry) == (cause, True)
    _holds_no_key(error)


def test_a_server_that_does_not_speak_tls_is_not_asked_again():
    async def plain(_, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def go():
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        found = await _asked(Line(Endpoint(url, "m"), timeout=5.0), [{}])
        server.close()
        return found

    (error,) = asyncio.run(go())
    assert (error.fault.cause, error.fault.retry) == ("tls", False)


def test_nobody_there_is_a_connection_fault():
    (error,) = asyncio.run(_asked(Line(Endpoint("http://127.0.0.1:9/v1", "m"), timeout=5.0), [{}]))
    assert (error.fault.cause, error.fault.retry) == ("connection", True)


def _because(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (_because(httpx2.ConnectTimeout("x"), ConnectionRefusedError(111, "refused")), "connection"),
        (httpx2.ReadTimeout("x"), "timeout"),
        (httpx2.ReadError("x"), "connection"),
        (_because(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("expired")), "tls"),
        (httpx2.RemoteProtocolError("half a line"), "connection"),
    ],
)
def test_what_a_stand_in_raises_has_its_cause(raised, cause):
    _, error = ask_all(StandIn(well(), raised), [{"model": "m"}] * 2)
    assert error.fault.cause == cause
    _holds_no_key(error)


@pytest.mark.parametrize("network", [StandIn, Server])
@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json", "text/plain", ""])
def test_a_response_is_json_where_it_says_so_and_text_elsewhere(kind, network):
    answer = httpx2.Response(200, content=json.dumps(SAID).encode(), headers={"Content-Type": kind} if kind else {})
    assert ask_all(network(answer), [{"model": "m"}]) == [SAID if "json" in kind else json.dumps(SAID)]


@pytest.mark.parametrize("kind", [StandIn, Server])
def test_a_first_request_that_failed_is_no_pattern_for_others(kind):
    network = kind(httpx2.Response(500), well(), well())
    assert ask_all(network, [{"n": 1}, {"n": 2}, {"n": 3}])[1:] == [SAID] * 2
    assert [json.loads(one.content)["n"] for one in network.requests] == [1, 2, 3]


@pytest.mark.parametrize("kind", [StandIn, Server])
def test_no_request_follows_a_redirect_with_an_answer_in_hand(kind):
    elsewhere = httpx2.Response(307, headers={"Location": "http://127.0.0.1:9/v1/chat/completions"})
    network = kind(well(), elsewhere)
    _, error = ask_all(network, [{"n": 1}, {"n": 2}])
    assert error.fault.cause == "redirected"
    assert len(network.requests) == 2


def test_no_cookie_is_kept():
    server = Server(well(headers={"Set-Cookie": "who=me"}), well())
    ask_all(server, [{}, {}])
    assert "cookie" not in server.requests[1].headers


def proxied(monkeypatch, named, url="http://llm.example/v1"):
    """Requests to an endpoint elsewhere, where the environment names a server of this test as a proxy."""
    server = Server(well())

    async def go():
        async with server.listening() as address:
            for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
                monkeypatch.delenv(name, raising=False)
                monkeypatch.delenv(name.upper(), raising=False)
            for name, value in named(address.removesuffix("/v1")).items():
                monkeypatch.setenv(name, value)
            return await _asked(Line(Endpoint(url, "m", api_key=SecretStr(KEY)), timeout=2.0), [{"n": 1}])

    return asyncio.run(go())[0], server.requests


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(monkeypatch, name):
    found, requests = proxied(monkeypatch, lambda address: {name: address})
    assert found == SAID
    assert "proxy-authorization" not in requests[0].headers
    assert requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_proxy_is_told_the_password_that_stands_in_its_address(monkeypatch):
    found, requests = proxied(monkeypatch, lambda address: {"http_proxy": address.replace("//", "//me:word@")})
    assert found == SAID
    assert requests[0].headers["proxy-authorization"] == "Basic bWU6d29yZA=="
    assert requests[0].headers["authorization"] != requests[0].headers["proxy-authorization"]


def test_a_host_that_needs_no_proxy_is_asked_directly(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "llm.example")
    assert _proxy_to("http://llm.example/v1") is None
    assert _proxy_to("http://other.example/v1") == "http://127.0.0.1:9"


def test_the_proxy_in_front_of_an_encrypted_endpoint_never_sees_the_key(monkeypatch):
    _, requests = proxied(monkeypatch, lambda address: {"https_proxy": address}, url="https://llm.example/v1")
    (asked,) = requests
    assert asked.method == "CONNECT"
    assert KEY not in str(asked.headers.raw)
    assert "authorization" not in asked.headers


def test_a_client_goes_on_after_it_was_closed():
    async def go():
        network = StandIn(well(), well(), well())
        async with Client(Endpoint(URL, "m"), transport=network) as client:
            for closing in (False, True, False):
                if closing:
                    await client.close()
                await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
        return len(network.requests)

    assert asyncio.run(go()) == 3


def test_a_later_request_that_takes_too_long_is_given_up():
    class Slow(StandIn):
        async def handle_async_request(self, request):
            if self.requests:
                await asyncio.sleep(60)
            return await super().handle_async_request(request)

    async def go():
        patience = Patience(attempts=1, sleep=lambda _: asyncio.sleep(0))
        async with Client(
            Endpoint(URL, "m"), transport=Slow(well()), timeout=0.5, max_attempts=1, patience=patience
        ) as client:
            await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
            with pytest.raises(JudgeError) as caught:
                await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
            return caught.value.cause

    assert asyncio.run(go()) == "timeout"
