"""The child process in which the model runs. Started as a file, with nothing of this package imported.

The parent writes one line of JSON to our standard input and keeps it open; when it closes, whatever happened to the
parent, we end. We write one line of JSON to standard output once we listen. Everything that llama.cpp says goes to
standard error, which is the log.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from typing import Any

_PR_SET_PDEATHSIG = 1
NO_LIBRARY = 3
"""Exit code where xllamacpp is not installed."""


def main() -> None:
    """Serve until the parent goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    orders = json.loads(sys.stdin.readline())
    _end_with_parent(orders)
    # Read by the OpenMP runtime when it is loaded: its threads then sleep while they wait for each other. Spinning is
    # no faster on idle cores, and several times slower as soon as one core is busy.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        server = _serve(orders)
    except RuntimeError as error:
        sys.exit(f"{error}")  # the log says why, and a traceback would hide it
    print(json.dumps({"address": server.listening_address}), file=answers, flush=True)
    while True:
        time.sleep(3600)


def _end_with_parent(orders: dict[str, Any]) -> None:
    parent = orders["parent"]
    if sys.platform == "linux" and orders["kernel_watch"]:
        # The signal comes when the *thread* that started us ends, so the parent asks for it only from its main thread.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_wait_for_end_of_input, daemon=True).start()
    threading.Thread(target=_wait_for_new_parent, args=(parent,), daemon=True).start()


def _wait_for_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _wait_for_new_parent(parent: int) -> None:
    """Where a process forked from the parent keeps our input open, the end of the parent shows only here."""
    while sys.platform == "win32" or os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _serve(orders: dict[str, Any]) -> Any:
    try:
        import xllamacpp  # noqa: PLC0415 - late, so that its absence can be told, and OpenMP is told how to wait
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(NO_LIBRARY)
    sleeping = "OPENMP = 1" in str(xllamacpp.get_system_info())
    threads = orders["threads"] if sleeping else orders["spinning_threads"]
    params = xllamacpp.CommonParams()
    params.model.path = orders["model"]
    params.model_alias = {orders["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = orders["port"]
    params.api_keys = [orders["api_key"]]
    params.cors_origins = "http://127.0.0.1"
    params.offline = True
    params.n_ctx = orders["context"]
    # One slot: the second of two sequences would halve the context, and two cores gain nothing from a batch of two.
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    # Read the file instead of mapping it: weights are repacked for the CPU, and a mapped file would stay beside them.
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.cache_prompt = True
    params.cache_ram_mib = orders["cache_mib"]
    params.default_template_kwargs = {"enable_thinking": "false"}
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.verbosity = 2
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
