"""Stands in for the library of that name in the child process: the same few names, and no model behind them.

FAKE_LLAMA says what goes wrong: `crash` at loading, `stuck` in loading, `deaf` once loaded.
"""

import http.server
import json
import os
import sys
import threading
import time
from enum import Enum
from types import SimpleNamespace


class llama_load_mode(Enum):  # noqa: N801
    LLAMA_LOAD_MODE_NONE = 0


def get_system_info():
    return "CPU : AVX2 = 1 | OPENMP = 1 | "


class CommonParams(SimpleNamespace):
    def __init__(self):
        super().__init__(
            model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace(), hostnames=[]
        )


class Server:
    def __init__(self, params):
        fault = os.environ.get("FAKE_LLAMA", "")
        if fault == "crash":
            sys.stderr.write("E gguf_init: invalid magic characters\n")
            raise RuntimeError("Failed to init server")
        if fault == "stuck":
            time.sleep(60)
        server = http.server.ThreadingHTTPServer((params.hostnames[0], params.port), handler_for(params, fault))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listening_address = f"http://127.0.0.1:{server.server_port}"


def handler_for(params, fault):
    seen = {
        "threads": params.cpuparams.n_threads,
        "context": params.n_ctx,
        "omp": os.environ["OMP_WAIT_POLICY"],
        "offline": params.offline,
        "arguments": sys.argv,
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            allowed = self.headers["Authorization"] == f"Bearer {params.api_keys[0]}" and fault != "deaf"
            body = {"data": [{"id": name} for name in params.model_alias], "seen": seen} if allowed else {}
            self.send_response(200 if allowed else 401)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

    return Handler
