"""How long people wait for the page: `make bench`, or `python tests/bench_page.py [start] [score]`. Figures, no verdicts.

start  From starting `evaluator serve` until the first page has been read, and the processor time of the server until
       then: on a new machine (the rubrics have never been read) and the next time. Beside it a bare interpreter that
       imports what any such page stands on, measured in turn, so that a busy machine slows both.
score  The keyword judge: POST /score until its answer, and until the page with the grade was read; the first answer
       of all, then 20 clients at once, each one answer after the other.
"""

# ruff: noqa: T201

from __future__ import annotations

import http.client
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROUNDS = 7
BARE = "import starlette, uvicorn, jinja2, pydantic"
CLIENTS, ANSWERS = 20, 10
FORM = {"rubric": "csm-02-performance-drop", "save": "on", "candidate": ""}
ANSWER = "复盘下来是我排班不合理，高峰时段没人顶上。后来我和组员逐个一对一面谈，大家的状态慢慢好起来了。第 {} 份。"
# What is installed has been compiled; without that every start would compile it anew.
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
Took = tuple[float, float]
"""Seconds on the wall, seconds of processor."""


def main() -> None:
    load = ", load " + " ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores{load}")
    for name, work in (("start", starting), ("score", scoring)):
        if name in (sys.argv[1:] or [name]):
            work()


def starting() -> None:
    print(f"\nfrom start to first page, median of {ROUNDS} (least, most)")
    bare, new, again = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        first_page(folder)
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            bare.append(bare_start())
            new.append(first_page(folder))
            again.append(first_page(folder))
    row("python -c '" + BARE + "'", bare, bare)
    row("evaluator serve, new machine", new, bare)
    row("evaluator serve, next time", again, bare)


def bare_start() -> Took:
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", BARE], env=SURROUNDINGS)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, used.ru_utime + used.ru_stime


def first_page(folder: str) -> Took:
    start = time.perf_counter()
    with server(folder) as (process, address):
        seconds = ask(connection(address), "GET", "/")[0] and time.perf_counter() - start
        return seconds, processor_seconds(process.pid)


def processor_seconds(pid: int) -> float:
    """Of all threads until now; nan where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def scoring() -> None:
    with tempfile.TemporaryDirectory() as folder, server(folder) as (_, address):
        cold = recruiter(address, "127.0.0.1", 1)[0]
        print(f"\nfirst answer, keyword judge: POST {cold[0] * 1e3:.0f} ms, its page {cold[1] * 1e3:.0f} ms")
        # Addresses of their own on Linux: one address may hand in 60 answers at once and then 2 a second.
        many = sys.platform == "linux"
        each = ANSWERS if many else 3
        with ThreadPoolExecutor(CLIENTS) as pool:
            sources = [f"127.0.0.{number + 2}" if many else "127.0.0.1" for number in range(CLIENTS)]
            start = time.perf_counter()
            took = [
                one for client in pool.map(lambda source: recruiter(address, source, each), sources) for one in client
            ]
            seconds = time.perf_counter() - start
    print(f"{CLIENTS} clients at once, {each} answers each, keyword judge: {len(took) / seconds:.0f} answers/s")
    for name, times in (
        ("POST /score", [post for post, _ in took]),
        ("and the page with the grade", [sum(one) for one in took]),
    ):
        cut = statistics.quantiles(times, n=20)
        print(
            f"{name:<30} median {cut[9] * 1e3:6.0f} ms   p95 {cut[18] * 1e3:6.0f} ms   most {max(times) * 1e3:6.0f} ms"
        )


def recruiter(address: str, source: str, answers: int) -> list[tuple[float, float]]:
    """Seconds of each POST, and of reading each grade."""
    own = connection(address, source)
    _, headers, page = ask(own, "GET", "/")
    kept = {"Cookie": headers["Set-Cookie"].partition(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
    token = re.search(r'name="csrf" value="(\w+)"', page)[1]
    took = []
    for number in range(answers):
        body = urlencode({**FORM, "csrf": token, "answer": ANSWER.format(f"{source}-{number}")})
        start = time.perf_counter()
        status, headers, _ = ask(own, "POST", "/score", body, kept)
        posted = time.perf_counter()
        if status != 303:
            raise SystemExit(f"POST /score: {status}")
        ask(own, "GET", urlsplit(headers["Location"]).path, None, kept)
        took.append((posted - start, time.perf_counter() - posted))
    own.close()
    return took


@contextmanager
def server(folder: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    kept = {name: value for name, value in SURROUNDINGS.items() if not name.startswith("EVALUATOR_")}
    own = {"EVALUATOR_DATA_DIR": folder, "EVALUATOR_CONFIG": f"{folder}/config.toml", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "evaluator", "serve", "--port", "0", "--no-open", "--judge", "keyword"]
    process = subprocess.Popen(command, env=kept | own, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        yield process, re.search(r"127\.0\.0\.1:\d+", process.stderr.readline())[0]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def connection(address: str, source: str = "127.0.0.1") -> http.client.HTTPConnection:
    return http.client.HTTPConnection(address, timeout=60, source_address=(source, 0))


def ask(
    own: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, http.client.HTTPMessage, str]:
    own.request(method, path, body, headers or {})
    reply = own.getresponse()
    text = reply.read().decode()
    if reply.status >= 400:
        raise SystemExit(f"{method} {path}: {reply.status}")
    return reply.status, reply.headers, text


def row(name: str, took: list[Took], bare: list[Took]) -> None:
    for place, unit in enumerate(("wall", "CPU ")):
        one = [each[place] for each in took]
        ratio = statistics.median(one) / statistics.median(each[place] for each in bare)
        told = f"{statistics.median(one):6.2f} s {unit} ({min(one):.2f}, {max(one):.2f})  {ratio:5.1f} x bare"
        print(f"{name if not place else '':<62}{told}")


if __name__ == "__main__":
    main()
