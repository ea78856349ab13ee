"""A client whose network is respx and whose clock only moves when it is told to."""

import asyncio
import json

import httpx
import httpx2
from pydantic import SecretStr

from evaluator.client import Client, Endpoint, Patience, Quirks

URL = "https://llm.example/v1"
CHAT = URL + "/chat/completions"
KEY = "sk-very-secret-0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}, "reason": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}
MESSAGES = [{"role": "system", "content": "judge"}, {"role": "user", "content": "answer"}]
GOOD = '{"verdict": "hit"}'


class Time:
    """Sleeping takes no time but is counted."""

    def __init__(self):
        self.now = 0.0
        self.sleeps = []

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds

    def patience(self, **changes):
        return Patience(sleep=self.sleep, clock=self.clock, **changes)


def completion(text=GOOD, *, finish="stop", message=None, usage=None, **more):
    """The body of a good response."""
    return {
        "id": "1",
        "object": "chat.completion",
        "model": "m-2026",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **(message or {})}}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10} if usage is None else usage,
        **more,
    }


def ok(text=GOOD, **more):
    return httpx.Response(200, json=completion(text, **more))


def refusal(status, message, **fields):
    """An error response in the usual shape."""
    return httpx.Response(status, json={"error": {"message": message, **fields}})


def place(**changes):
    values = {"base_url": URL, "model": "m", "api_key": SecretStr(KEY), "provider": "", "quirks": Quirks()}
    return Endpoint(**(values | changes))


def call(endpoint=None, *, time=None, capabilities=None, client=None, many=1, **options):
    """One call (or `many` at once) through the real SDK; returns the reply (or the list)."""
    time = time or Time()
    options = {"messages": MESSAGES, "schema": SCHEMA, "max_tokens": 100} | options
    client = {"max_attempts": 4, "patience": time.patience()} | (client or {})

    async def go():
        http_client = httpx2.AsyncClient(verify=False)
        async with (
            http_client,
            Client(
                endpoint or place(),
                capabilities={} if capabilities is None else capabilities,
                http_client=http_client,
                **client,
            ) as door,
        ):
            replies = await asyncio.gather(*(door.chat(**options) for _ in range(many)))
            return replies[0] if many == 1 else replies

    return asyncio.run(go())


def sent(mock):
    """The bodies that went out, in order."""
    return [json.loads(one.request.content) for one in mock.calls]
