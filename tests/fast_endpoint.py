"""An OpenAI-compatible endpoint on loopback, in a process of its own: fast, slow, capped or broken, as told.

    python tests/fast_endpoint.py --latency 0.2 --cap 100 --chaos

prints its port and ends when its standard input is closed. `GET /stats` tells what it has seen. Replies fit the schema
of the request: every key point is hit, by its first clause.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

CHAOS = (("limited", 0.05), ("error", 0.03), ("reset", 0.02), ("broken", 0.02), ("hang", 0.01))
"""What goes wrong with requests, and with what share of them; the same request fares better when it comes again."""


class Endpoint:
    """What the server knows; one for all connections."""

    def __init__(self, latency: float, cap: float, chaos: bool, hang: float) -> None:
        self.latency, self.cap, self.chaos, self.hang = latency, cap, chaos, hang
        self.seen: Counter[str] = Counter()
        self.stats: Counter[str] = Counter()
        self.bucket, self.filled = cap, time.monotonic()
        self.replies: dict[tuple[str, ...], bytes] = {}
        self.chance = random.Random(1)

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

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (head := self.buffer.find(b"\r\n\r\n")) >= 0:
            headers = self.buffer[:head].lower()
            at = headers.find(b"content-length:")
            length = int(headers[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < head + 4 + length:
                return
            line, body = self.buffer[:head].split(b"\r\n", 1)[0], self.buffer[head + 4 : head + 4 + length]
            self.buffer = self.buffer[head + 4 + length :]
            self.serve(line, body)

    def serve(self, line: bytes, body: bytes) -> None:
        endpoint = self.endpoint
        if line.startswith(b"GET /stats"):
            stats = {**endpoint.stats, "distinct": len(endpoint.seen), "most": max(endpoint.seen.values(), default=0)}
            self.write(200, json.dumps(stats).encode())
            return
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        endpoint.seen[digest] += 1
        endpoint.stats["requests"] += 1
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

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"

    def stats(self) -> dict:
        """What it has seen."""
        with urllib.request.urlopen(self.base_url.replace("/v1", "/stats"), timeout=10) as reply:
            return json.load(reply)


@contextmanager
def serving(*, latency: float = 0.0, cap: float = 0.0, chaos: bool = False, hang: float = 3600.0):
    """A server in a process of its own, for as long as the block lasts."""
    command = [sys.executable, str(Path(__file__)), "--latency", str(latency), "--cap", str(cap), "--hang", str(hang)]
    child = subprocess.Popen(command + ["--chaos"] * chaos, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Running(int(child.stdout.readline()))
    finally:
        child.stdin.close()
        child.wait(10)
        child.stdout.close()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--cap", type=float, default=0.0)
    parser.add_argument("--hang", type=float, default=3600.0)
    parser.add_argument("--chaos", action="store_true")
    given = parser.parse_args()
    endpoint = Endpoint(given.latency, given.cap, given.chaos, given.hang)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(endpoint), "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
