"""After the first request, which the SDK makes up, the others go over its connections: the same but for the body."""

import asyncio
import json
import ssl

import httpx2
import pytest
from pydantic import SecretStr

from evaluator.client import Client, Endpoint, Patience
from evaluator.client.line import Line
from evaluator.errors import JudgeError

KEY = "sk-very-secret-0123456789"
URL = "https://llm.example/v1"
SAID = {"choices": [{"message": {"content": "好"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}


class Network(httpx2.AsyncBaseTransport):
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


def well(**more):
    return httpx2.Response(200, json=SAID, **more)


def ask_all(network, bodies, endpoint=None):
    """What became of each request: the response, or the fault."""

    async def go():
        line = Line(endpoint or Endpoint(URL, "m", api_key=SecretStr(KEY)), timeout=5.0, transport=network)
        found = []
        for body in bodies:
            try:
                found.append(await line.ask(body))
            except Exception as error:  # noqa: BLE001 - looked at by the test
                found.append(error)
        await line.close()
        return found

    return asyncio.run(go())


def test_later_requests_are_the_first_one_with_another_body():
    network = Network(well(), well(), well())
    bodies = [{"model": "m", "n": number, "said": "客" * number} for number in (1, 20, 3)]
    assert ask_all(network, bodies) == [SAID] * 3
    assert [json.loads(one.content) for one in network.requests] == bodies
    first, *others = network.requests
    assert first.headers["authorization"] == f"Bearer {KEY}"
    for one in others:
        assert (one.method, one.url) == (first.method, first.url)
        assert one.extensions["timeout"] == first.extensions["timeout"]
        assert one.headers["content-length"] == str(len(one.content))
        assert {**one.headers, "content-length": ""} == {**first.headers, "content-length": ""}


TROUBLES = {
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
    "refused": lambda: _because(httpx2.ConnectTimeout("x"), ConnectionRefusedError(111, "refused")),
    "slow": lambda: httpx2.ReadTimeout("x"),
    "reset": lambda: httpx2.ReadError("x"),
    "certificate": lambda: _because(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("expired")),
    "protocol": lambda: httpx2.RemoteProtocolError("half a line"),
}


def _because(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_goes_wrong_is_the_same_to_us_whoever_made_up_the_request(trouble):
    (by_sdk,) = ask_all(Network(TROUBLES[trouble]()), [{"model": "m"}])
    _, by_us = ask_all(Network(well(), TROUBLES[trouble]()), [{"model": "m"}] * 2)
    assert (by_us.fault.cause, by_us.fault.retry, by_us.fault.retry_after) == (
        by_sdk.fault.cause,
        by_sdk.fault.retry,
        by_sdk.fault.retry_after,
    )
    assert (by_us.fault.status, by_us.fault.param) == (by_sdk.fault.status, by_sdk.fault.param)
    assert by_us.fault.detail == by_sdk.fault.detail
    for error in (by_us, by_sdk):
        assert KEY not in error.fault.error.raw + str(error.fault.error)
        assert error.__context__ is None  # nor does anything that hangs on it hold the key
        assert error.__cause__ is None


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json", "text/plain", ""])
def test_a_response_is_read_the_same_whoever_made_up_the_request(kind):
    def answer():
        return httpx2.Response(200, content=json.dumps(SAID).encode(), headers={"Content-Type": kind} if kind else {})

    first, second = ask_all(Network(answer(), answer()), [{"model": "m"}] * 2)
    assert first == second == (SAID if "json" in kind else json.dumps(SAID))


def test_a_first_request_that_failed_is_no_pattern_for_others():
    network = Network(httpx2.Response(500), well(), well())
    assert ask_all(network, [{"n": 1}, {"n": 2}, {"n": 3}])[1:] == [SAID] * 2
    assert [json.loads(one.content)["n"] for one in network.requests] == [1, 2, 3]


def test_no_later_request_follows_a_redirect_with_an_answer_in_hand():
    elsewhere = httpx2.Response(307, headers={"Location": "https://other.example/v1/chat/completions"})
    network = Network(well(), elsewhere)
    _, error = ask_all(network, [{"n": 1}, {"n": 2}])
    assert error.fault.cause == "redirected"
    assert {one.url.host for one in network.requests} == {"llm.example"}


def test_a_client_goes_on_after_it_was_closed():
    async def go():
        network = Network(well(), well(), well())
        async with Client(Endpoint(URL, "m"), transport=network) as client:
            for closing in (False, True, False):
                if closing:
                    await client.close()
                await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
        return len(network.requests)

    assert asyncio.run(go()) == 3


def test_a_later_request_that_takes_too_long_is_given_up():
    class Slow(Network):
        async def handle_async_request(self, request):
            if self.requests:
                await asyncio.sleep(60)
            return await super().handle_async_request(request)

    async def go():
        patience = Patience(attempts=1, sleep=lambda _: asyncio.sleep(0))
        async with Client(
            Endpoint(URL, "m"), transport=Slow(well()), timeout=0.05, max_attempts=1, patience=patience
        ) as client:
            await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
            with pytest.raises(JudgeError) as caught:
                await client.chat([{"role": "user", "content": "?"}], max_tokens=5)
            return caught.value.cause

    assert asyncio.run(go()) == "timeout"
