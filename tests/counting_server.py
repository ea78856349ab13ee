"""An OpenAI-compatible endpoint in a process of its own that counts how often each request came.

    with serving(latency=0.1) as server:
        server.base_url, server.counts()

Replies are JSON of whatever schema the request has, chosen by the request alone: the same answer always gets the same
verdicts, another one others. The server ends with the block, and with whoever started it.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path


def made_of(schema, digest, path=""):
    """A value of the schema; which one depends on the digest."""
    drawn = hashlib.blake2b(f"{digest}{path}".encode(), digest_size=2).digest()[0]
    if "enum" in schema:
        return schema["enum"][drawn % len(schema["enum"])]
    if "anyOf" in schema:
        return made_of(schema["anyOf"][0], digest, path)
    kind = schema.get("type")
    if kind == "object":
        return {name: made_of(one, digest, f"{path}/{name}") for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [made_of(schema["items"], digest, f"{path}/0")]
    return {"boolean": True, "integer": 1, "number": 1.0, "string": f"依据见 {drawn}"}.get(kind)


def completion(body):
    """The reply to a request."""
    digest = hashlib.blake2b(json.dumps(body["messages"]).encode(), digest_size=8).hexdigest()
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    text = json.dumps(made_of(schema, digest), ensure_ascii=False) if schema else "A"
    message = {"role": "assistant", "content": text}
    return {
        "id": digest,
        "object": "chat.completion",
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020},
    }


class Counting:
    """Serves and counts."""

    def __init__(self, latency):
        self.latency = latency
        self.counts = Counter()
        self.most, self.now = 0, 0

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next((line[15:] for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0)
                body = await reader.readexactly(int(length))
                said = json.dumps(await self.answered(body) if head.startswith(b"POST") else self.seen()).encode()
                lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
                writer.write(lines.encode() + said)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answered(self, body):
        asked = json.loads(body)
        self.counts[hashlib.blake2b(json.dumps(asked["messages"]).encode(), digest_size=8).hexdigest()] += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.latency)
        self.now -= 1
        return completion(asked)

    def seen(self):
        return {"calls": self.counts.total(), "distinct": len(self.counts), "most_at_once": self.most}


class Server:
    """The server as a test sees it."""

    def __init__(self, port):
        self.base_url = f"http://127.0.0.1:{port}/v1"

    def counts(self):
        """`calls` in all, `distinct` requests among them, and the `most_at_once`."""
        with urllib.request.urlopen(self.base_url.replace("/v1", "/counts"), timeout=10) as reply:  # noqa: S310 - our own loopback address
            return json.load(reply)


@contextmanager
def serving(latency=0.0):
    with subprocess.Popen(
        [sys.executable, str(Path(__file__)), str(latency)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield Server(int(child.stdout.readline()))
        finally:
            child.stdin.close()


async def main():
    counting = Counting(float(sys.argv[1]))
    server = await asyncio.start_server(counting.serve, "127.0.0.1", 0, limit=2**20, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
