"""An OpenAI-compatible endpoint on loopback, in a process of its own: fast, slow, capped or broken, as told.

    python tests/fast_endpoint.py --latency 0.2 --cap 100 --chaos

prints its port, then an answer to every line of its standard input: `stats` (JSON of what it has seen) or a mood, from
then on; it ends when that is closed. Replies fit the schema of the request: every key point is hit, by its first clause.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

CHAOS = (("limited", 0.05), ("error", 0.03), ("reset", 0.02), ("broken", 0.02), ("hang", 0.01))
"""What goes wrong with requests, and with what share of them; the same request fares better when it comes again."""


MOODS = {
    "well": None,
    "refusing": None,  # nobody listens, and who is connected is thrown out
    "silent": None,  # takes every request and never answers
    "unauthorised": (401, b'{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}'),
    "out_of_money": (429, b'{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}'),
    "overloaded": (503, b'{"error":{"message":"overloaded"}}'),
}


class Endpoint:
    """What the server knows; one for all connections."""

    def __init__(self, latency: float, cap: float, chaos: bool, hang: float, turn: tuple[int, str]) -> None:
        self.latency, self.cap, self.chaos, self.hang = latency, cap, chaos, hang
        self.turn = turn
        self.mood = turn[1] if not turn[0] else "well"
        self.port = 0
        self.connections: set[Connection] = set()
        self.listening = None
        self.seen: Counter[str] = Counter()
        self.stats: Counter[str] = Counter()
        self.bucket, self.filled = cap, time.monotonic()
        self.replies: dict[tuple[str, ...], bytes] = {}
        self.chance = random.Random(1)

    async def listen(self) -> None:
        """Be there, on the same port as ever."""
        loop = asyncio.get_running_loop()
        self.listening = await loop.create_server(lambda: Connection(self), "127.0.0.1", self.port, backlog=2048)
        self.port = self.listening.sockets[0].getsockname()[1]

    async def become(self, mood: str) -> None:
        """Be in that mood from now on."""
        assert mood in MOODS
        self.mood = mood
        if mood == "refusing":
            self.refuse()
        elif not self.listening.is_serving():
            await self.listen()

    def refuse(self) -> None:
        """Be gone."""
        self.listening.close()
        for one in tuple(self.connections):
            one.transport.abort()

    def told(self) -> dict:
        """What it has seen. `repeated` are requests whose very body had come before."""
        repeated = self.stats["requests"] - len(self.seen)
        return {
            **self.stats,
            "distinct": len(self.seen),
            "repeated": repeated,
            "most": max(self.seen.values(), default=0),
        }

    def allowed(self) -> bool:
        """Whether the rate allows one more: a bucket of one second's worth."""
        now = time.monotonic()
        self.bucket = min(self.cap, self.bucket + (now - self.filled) * self.cap)
        self.filled = now
        if self.bucket < 1:
            return False
        self.bucket -= 1
        return True

    def mishap(self, digest: str) -> str:
        """What goes wrong with this request, if anything."""
        if not self.chaos or self.seen[digest] > 2:
            return ""
        drawn = self.chance.random()
        for name, share in CHAOS:
            if drawn < share:
                return name
            drawn -= share
        return ""

    def reply(self, body: dict) -> bytes:
        """A reply with a verdict for every key point of the request's schema."""
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
        names = tuple(schema.get("properties", {}))
        if names not in self.replies:
            verdict = {"reason": "写出了具体做法，符合要求。", "evidence": [1], "verdict": "hit"}
            content = {name: True if name == "about_question" else verdict for name in names}
            self.replies[names] = json.dumps(
                {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "fast",
                    "choices": [
                        {
                            "index": 0,
                            "finish_reason": "stop",
                            "message": {"role": "assistant", "content": json.dumps(content, ensure_ascii=False)},
                        }
                    ],
                    "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020},
                }
            ).encode()
        return self.replies[names]


class Connection(asyncio.Protocol):
    """One connection; requests on it one after the other, as HTTP/1.1 has it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.buffer = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.endpoint.connections.add(self)

    def connection_lost(self, error) -> None:
        self.endpoint.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (head := self.buffer.find(b"\r\n\r\n")) >= 0:
            headers = self.buffer[:head].lower()
            at = headers.find(b"content-length:")
            length = int(headers[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < head + 4 + length:
                return
            body = self.buffer[head + 4 : head + 4 + length]
            self.buffer = self.buffer[head + 4 + length :]
            self.serve(body)

    def serve(self, body: bytes) -> None:
        endpoint = self.endpoint
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        endpoint.seen[digest] += 1
        endpoint.stats["requests"] += 1
        if endpoint.turn[0] and endpoint.stats["requests"] == endpoint.turn[0]:
            endpoint.mood = endpoint.turn[1]
            if endpoint.mood == "refusing":
                endpoint.refuse()
        if endpoint.mood != "well":
            if said := MOODS[endpoint.mood]:
                self.later(endpoint.latency, *said)
            return
        if endpoint.cap and not endpoint.allowed():
            endpoint.stats["limited"] += 1
            self.later(0.02, 429, b'{"error":{"message":"slow down"}}', b"Retry-After: 1\r\n")
            return
        getattr(self, f"_{endpoint.mishap(digest) or 'served'}")(body)

    def _served(self, body: bytes) -> None:
        self.endpoint.stats["served"] += 1
        self.later(self.endpoint.latency, 200, self.endpoint.reply(json.loads(body)))

    def _limited(self, body: bytes) -> None:
        self.endpoint.stats["limited"] += 1
        self.later(0.0, 429, b'{"error":{"message":"slow down"}}', b"Retry-After: 0.2\r\n")

    def _error(self, body: bytes) -> None:
        self.endpoint.stats["errors"] += 1
        self.later(0.0, 500, b'{"error":{"message":"oops"}}')

    def _reset(self, body: bytes) -> None:
        self.endpoint.stats["resets"] += 1
        self.transport.abort()

    def _broken(self, body: bytes) -> None:
        self.endpoint.stats["broken"] += 1
        self.later(0.0, 200, self.endpoint.reply(json.loads(body)).replace(b'verdict\\"', b"verd"))

    def _hang(self, body: bytes) -> None:
        self.endpoint.stats["hangs"] += 1
        asyncio.get_running_loop().call_later(self.endpoint.hang, self.transport.abort)

    def later(self, seconds: float, status: int, body: bytes, headers: bytes = b"") -> None:
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self.write, status, body, headers)
        else:
            self.write(status, body, headers)

    def write(self, status: int, body: bytes, headers: bytes = b"") -> None:
        if not self.transport.is_closing():
            head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (status, len(body))
            self.transport.write(head + headers + b"\r\n" + body)


class Running:
    """The server as its user sees it."""

    def __init__(self, child: subprocess.Popen) -> None:
        self._child = child
        self.base_url = f"http://127.0.0.1:{int(child.stdout.readline())}/v1"

    def stats(self) -> dict:
        """What it has seen."""
        return json.loads(self._said("stats"))

    def become(self, mood: str) -> None:
        """Have it in one of `MOODS` from now on."""
        self._said(mood)

    def _said(self, line: str) -> str:
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()
        return self._child.stdout.readline()


@contextmanager
def serving(
    *,
    latency: float = 0.0,
    cap: float = 0.0,
    chaos: bool = False,
    hang: float = 3600.0,
    mood: str = "well",
    after: int = 0,
):
    """A server in a process of its own, for as long as the block lasts; in that mood, from the request `after` on."""
    command = [sys.executable, str(Path(__file__)), "--latency", str(latency), "--cap", str(cap), "--hang", str(hang)]
    command += ["--after", str(after), "--mood", mood, *["--chaos"] * chaos]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Running(child)
    finally:
        child.stdin.close()
        child.wait(10)
        child.stdout.close()


async def obey(endpoint: Endpoint) -> None:
    """Do as the lines of standard input say, until there are no more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        if line != "stats":
            await endpoint.become(line)
        print(json.dumps(endpoint.told()), flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--cap", type=float, default=0.0)
    parser.add_argument("--hang", type=float, default=3600.0)
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--mood", choices=MOODS, default="well")
    parser.add_argument("--chaos", action="store_true")
    given = parser.parse_args()
    endpoint = Endpoint(given.latency, given.cap, given.chaos, given.hang, (given.after, given.mood))
    await endpoint.listen()
    print(endpoint.port, flush=True)
    if endpoint.mood == "refusing":
        endpoint.refuse()
    await obey(endpoint)


if __name__ == "__main__":
    asyncio.run(main())
