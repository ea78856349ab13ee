"""The model as a child process on a loopback port, for as long as somebody needs it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from evaluator.errors import ModelError
from evaluator.localmodel import complaints, worker
from evaluator.localmodel.announcing import Address, announce, announced, run_folder, withdraw
from evaluator.localmodel.fetching import Say, say_nothing
from evaluator.localmodel.locking import FileLock
from evaluator.localmodel.machine import Plan

_PAUSE = 0.25
_STOP = 3.0
"""Seconds that a child is given to end by itself."""


class LocalServer:
    """`async with LocalServer(path, …) as server:` serves at `server.base_url` with `server.api_key`.

    Only one such process runs in a data directory at a time: others wait up to `patience` seconds for their turn. Where
    `evaluator model serve` runs the same model, that one is used and nothing is started. With `share` this one is
    announced to others. The child ends with the block, and with this process, however that ends. Raises ModelError
    where the model cannot be started, with the end of its log.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        data_dir: Path,
        plan: Plan,
        port: int = 0,
        share: bool = False,
        start_within: float = 180.0,
        patience: float = 600.0,
        say: Say = say_nothing,
        command: Sequence[str] | None = None,
    ) -> None:
        self.path, self.model_name, self.plan = path, name, plan
        self.reused = False
        """Whether the server of another process is used."""
        self._data_dir, self._port, self._share = data_dir, port, share
        self._start_within, self._patience, self._say = start_within, patience, say
        self._command = command
        self._lock = FileLock(run_folder(data_dir) / "local-model.lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._address: Address | None = None

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`."""
        return self._known_address().base_url

    @property
    def api_key(self) -> str:
        """Made anew at each start, so that nobody else on this machine can use the server."""
        return self._known_address().api_key

    @property
    def pid(self) -> int:
        """Of the process that serves."""
        return self._known_address().pid

    @property
    def log(self) -> Path:
        """What the child said."""
        return run_folder(self._data_dir) / "local-model.log"

    @property
    def running(self) -> bool:
        """Whether the child is alive; of a server of another process, whether it was found."""
        return self._child.poll() is None if self._child else self._address is not None

    async def ended(self) -> None:
        """Return when the child has ended without being asked to."""
        while self.running:  # noqa: ASYNC110 - the end of a process sets no event
            await asyncio.sleep(_PAUSE)

    async def __aenter__(self) -> Self:
        if not await self._take_turn():
            return self
        try:
            await self._start()
        except BaseException:
            self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _known_address(self) -> Address:
        if self._address is None:
            raise RuntimeError("the server is not running: use `async with`")
        return self._address

    async def _take_turn(self) -> bool:
        """Whether the lock was taken; False where another process serves this model already."""
        deadline = time.monotonic() + self._patience
        said = False
        while not self._lock.try_acquire():
            served = await asyncio.to_thread(announced, self._data_dir)
            if served is not None:
                self._use(served)
                return False
            if time.monotonic() > deadline:
                raise ModelError(complaints.busy(self._lock.holder(), self._patience))
            if not said:
                said = True
                self._say(complaints.waiting(self._lock.holder()))
            await asyncio.sleep(_PAUSE)
        return True

    def _use(self, served: Address) -> None:
        if served.model_name != self.model_name:
            raise ModelError(complaints.other_model(served.model_name, served.pid))
        if self._share:
            raise ModelError(complaints.already_served(served.model_name, served.base_url, served.pid))
        self.reused, self._address = True, served

    async def _start(self) -> None:
        deadline = time.monotonic() + self._start_within
        key = secrets.token_urlsafe(24)
        self._child = child = self._spawn(key)
        address = await asyncio.to_thread(self._first_line, child, self._start_within)
        self._address = Address(address + "/v1", key, self.model_name, child.pid)
        while not await asyncio.to_thread(self._address.answers):
            if child.poll() is not None or time.monotonic() > deadline:
                raise self._failed_start()
            await asyncio.sleep(_PAUSE)
        if self._share:
            announce(self._address, self._data_dir)

    def _spawn(self, key: str) -> subprocess.Popen[bytes]:
        if self._command is None and importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(complaints.no_library())
        # -P: the folder of the worker holds modules with common names, which must not hide others.
        command = self._command or (sys.executable, "-P", worker.__file__)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        orders = {
            "parent": os.getpid(),
            "kernel_watch": threading.current_thread() is threading.main_thread(),
            "model": str(self.path),
            "name": self.model_name,
            "port": self._port,
            "api_key": key,
            "threads": self.plan.threads,
            "spinning_threads": self.plan.spinning_threads,
            "context": self.plan.context,
            "cache_mib": self.plan.cache_mib,
        }
        with contextlib.suppress(BrokenPipeError):  # it died at once: its first line, which never comes, tells
            if child.stdin:
                # By the pipe, not by the command line, which every user of the machine can read.
                child.stdin.write(json.dumps(orders).encode() + b"\n")
                child.stdin.flush()
        return child

    def _first_line(self, child: subprocess.Popen[bytes], within: float) -> str:
        """The address that the child listens at. A child that says nothing in time is killed."""
        watch = threading.Timer(within, child.kill)
        watch.start()
        try:
            line = child.stdout.readline() if child.stdout else b""
        finally:
            watch.cancel()
        try:
            return str(json.loads(line)["address"])
        except (ValueError, LookupError, TypeError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_STOP)
            raise self._failed_start() from None

    def _stop(self) -> None:
        if self._child is not None:
            self._end(self._child)
            if self._share and self._address is not None:
                withdraw(self._data_dir)
        self._child = self._address = None
        self._lock.release()

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError):
            if child.stdin:
                child.stdin.close()
        child.terminate()
        try:
            child.wait(_STOP)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()

    def _failed_start(self) -> ModelError:
        code = self._child.poll() if self._child else None
        if self._command is None and code == worker.NO_LIBRARY:
            return ModelError(complaints.no_library(self._tail()))
        return ModelError(complaints.no_start(code, self.log, self._tail()))

    def _tail(self, lines: int = 8) -> str:
        with contextlib.suppress(OSError):
            text = self.log.read_bytes()[-4096:].decode("utf-8", errors="replace")
            return "\n".join(text.strip().splitlines()[-lines:])
        return ""
