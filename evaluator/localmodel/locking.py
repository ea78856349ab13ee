"""A lock that other processes see and that a dying process lets go of."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 30  # far behind the text, which others may still read

    def _lock(handle: int) -> None:
        os.lseek(handle, _BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """A lock on a file. The file stays; the operating system lets go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; a second FileLock of the same process counts as somebody else."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go; harmless where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> str:
        """Process id of who has it, as far as that is known; for messages only."""
        try:
            return self.path.read_text(encoding="ascii").strip() or "?"
        except (OSError, UnicodeDecodeError):
            return "?"


@contextmanager
def held(path: Path, on_wait: Callable[[str], None], *, pause: float = 0.5) -> Iterator[None]:
    """Hold the lock, waiting for it as long as it takes; `on_wait(holder)` is called once before waiting."""
    lock = FileLock(path)
    if not lock.try_acquire():
        on_wait(lock.holder())
        while not lock.try_acquire():
            time.sleep(pause)
    try:
        yield
    finally:
        lock.release()
