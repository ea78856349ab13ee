"""Ctrl-C while answers are judged: nothing that was paid for is lost."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from evaluator.cli.terminal import note
from evaluator.errors import Words


class Stoppable(Protocol):
    """A run that can be told to begin nothing more."""

    def stop(self) -> None:
        """Begin nothing more."""
        ...


@contextmanager
def interruptible(run: Stoppable, lang: str) -> Iterator[None]:
    """Ctrl-C ends the run when what is in flight is done; a second one at once. Within the event loop.

    Raises KeyboardInterrupt at the second.
    """
    asked: list[int] = []
    running = asyncio.current_task()

    def on_signal() -> None:
        asked.append(1)
        if len(asked) == 1:
            run.stop()
            note(
                Words(
                    "正在停下：等已发出的评完（再按一次立即结束）",
                    "stopping: waiting for what is in flight (again to end at once)",
                ).text(lang)
            )
        elif running is not None:
            running.cancel()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    loop = asyncio.get_running_loop()
    for number in before:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(on_signal))
    try:
        yield
    except asyncio.CancelledError:
        if len(asked) < 2:
            raise
        note(
            Words(
                "已立即结束，做完的都在。再运行同一条命令就会接着做",
                "ended at once; what was done is kept. Run the same command to go on",
            ).text(lang)
        )
        raise KeyboardInterrupt from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
