"""The far end of the pipe: a worker as a process of this machine.

Orders and chunks come by standard input, results go by standard output, in frames. When the input ends, whatever
happened to the parent, so does the process. Ctrl-C is the parent's to answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from typing import BinaryIO

from evaluator.batch.executor import Chunk, Graded
from evaluator.batch.worker import Orders, opened, sealed_results, unsealed_chunk
from evaluator.errors import UserError

ORDERS, ITEMS, STOP = b"o", b"i", b"s"
"""To a worker."""
READY, WRONG, RESULTS, DROPPED = b"r", b"w", b"g", b"d"
"""From it: the number of its lanes; an error in two languages; results; the items that it did not begin."""
HEADER = struct.Struct(">cI")
_MOST_AT_ONCE = 50
"""Results of one frame: what comes while the pipe is busy travels together."""


def frame(kind: bytes, body: bytes = b"") -> bytes:
    """A message: one byte of kind, the length, the body."""
    return HEADER.pack(kind, len(body)) + body


def main() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = sys.stdin.buffer
    outbox = Outbox(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what a library prints must not stand between the frames
    _, body = _heard(told)
    try:
        asyncio.run(_work(Orders.unsealed(body), told, outbox))
    except UserError as error:
        outbox.send(WRONG, json.dumps([error.text("zh"), error.text("en")]).encode())
        _heard(told)  # until the parent has read it


class Outbox:
    """Sends from a thread of its own: a parent that is slow to read must not hold up the calls."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting: queue.SimpleQueue[Graded | bytes] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def send(self, kind: bytes, body: bytes = b"") -> None:
        """Send a message."""
        self._waiting.put(frame(kind, body))

    def give(self, results: Sequence[Graded]) -> None:
        """Send results, with others if there are any."""
        for one in results:
            self._waiting.put(one)

    def _run(self) -> None:
        try:
            while True:
                self._write(self._waiting.get())
        except OSError:  # nobody reads any more
            os._exit(0)
        except BaseException:  # noqa: BLE001 - without this thread nothing would ever come back: better to be replaced
            sys.excepthook(*sys.exc_info())
            os._exit(1)

    def _write(self, first: Graded | bytes) -> None:
        results, after, one = list[Graded](), b"", first
        while True:
            if isinstance(one, bytes):
                after = one
                break
            results.append(one)
            if len(results) >= _MOST_AT_ONCE or self._waiting.empty():
                break
            one = self._waiting.get()
        if results:
            self._out.write(frame(RESULTS, sealed_results(results)))
        self._out.write(after)
        self._out.flush()


async def _work(orders: Orders, told: BinaryIO, outbox: Outbox) -> None:
    todo: asyncio.Queue[Chunk] = asyncio.Queue()

    def take(kind: bytes, body: bytes) -> None:
        if kind == ITEMS:
            chunk = unsealed_chunk(body)
            for item in chunk.items:
                todo.put_nowait(Chunk(chunk.rubric, (item,)))
        elif kind == STOP:
            outbox.send(DROPPED, json.dumps([todo.get_nowait().items[0].id for _ in range(todo.qsize())]).encode())

    async def next_one() -> Chunk:
        await asyncio.sleep(0)  # a judge that never waits must let orders in
        return await todo.get()

    async with opened(orders) as bench:
        outbox.send(READY, str(bench.lanes).encode())
        loop = asyncio.get_running_loop()
        threading.Thread(target=_listen, args=(told, loop, take), daemon=True).start()
        await bench.work(next_one, outbox.give)


def _listen(told: BinaryIO, loop: asyncio.AbstractEventLoop, take: Callable[[bytes, bytes], None]) -> None:
    while True:
        loop.call_soon_threadsafe(take, *_heard(told))


def _heard(told: BinaryIO) -> tuple[bytes, bytes]:
    """The next message; without one this process is over."""
    head = told.read(HEADER.size)
    if len(head) == HEADER.size:
        kind, length = HEADER.unpack(head)
        body = told.read(length)
        if len(body) == length:
            return kind, body
    os._exit(0)
