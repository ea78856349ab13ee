"""`evaluator model`: data on stdout, words on stderr."""

import hashlib
import http.server
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.model import app
from evaluator.errors import ModelError
from evaluator.localmodel import find, place

ROOT = Path(__file__).parents[1]
CONTENT = b"weights" * 100
OWN = f"""
[[model]]
name = "mine"
title = "Mine"
licence = "MIT"
file = "mine.gguf"
bytes = {len(CONTENT)}
sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
"""


@pytest.fixture
def folder(own_folders):
    (own_folders / "models.toml").write_text(OWN)
    (own_folders / "models").mkdir()
    return own_folders


def run(*arguments, code=0):
    result = CliRunner().invoke(app, list(arguments))
    if code == 0 and result.exception:
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_list_names_every_model_and_what_is_here(folder):
    (folder / "models/mine.gguf").write_bytes(CONTENT)
    lines = {line.split()[0]: line for line in run("list").stdout.splitlines() if line.strip()}
    assert "✓" in lines["mine"]
    assert "✓" not in lines["qwen2.5-coder-1.5b"]
    assert "1.12 GB" in lines["qwen2.5-coder-1.5b"]
    assert "*" in lines["qwen2.5-coder-1.5b"]
    assert "Apache-2.0" in lines["qwen3-8b"]


def test_list_speaks_english_too(folder):
    assert "licence" in run("list", "--lang", "en").stdout


def test_path_prints_the_file_or_says_how_to_get_it(folder):
    with pytest.raises(ModelError, match="evaluator model pull mine"):
        run("path", "mine")
    (folder / "models/mine.gguf").write_bytes(CONTENT)
    assert run("path", "mine").stdout == f"{folder / 'models/mine.gguf'}\n"


def test_pull_prints_the_path_and_its_progress_apart(folder, serve_content):
    result = run("pull", "mine", "--from", serve_content)
    assert result.stdout == f"{folder / 'models/mine.gguf'}\n"
    assert "100%" in result.stderr
    assert "校验无误" in result.stderr


def test_pull_takes_its_sources_from_the_settings(folder, serve_content, monkeypatch):
    monkeypatch.setenv("EVALUATOR_MODEL_SOURCES", serve_content)
    assert run("pull", "mine").stdout.strip().endswith("mine.gguf")


def test_pull_of_an_unknown_model_names_the_near_ones(folder):
    with pytest.raises(ModelError, match="mine"):
        run("pull", "min")


def test_remove_says_what_it_freed(folder):
    (folder / "models/mine.gguf").write_bytes(CONTENT)
    assert "0 MB" in run("remove", "mine").stderr
    assert not (folder / "models/mine.gguf").exists()
    assert "没有" in run("remove", "mine").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM"])
def test_serve_prints_what_other_tools_need_and_ends_when_asked(folder, monkeypatch, signal_name):
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'tests/fake_llama'}:{ROOT}")
    place(find("mine", folder), folder).write_bytes(CONTENT)
    # As from a terminal: what is started in the background inherits that SIGINT is ignored.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heeding}; from evaluator.cli.model import app; app()"
    command = [sys.executable, "-c", code, "serve", "mine", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        words = ""
        while "Ctrl-C" not in words:  # said after the lines: only then does it wait to be ended
            words += process.stderr.readline() or "gone: Ctrl-C was never named"
        process.send_signal(signal.Signals[signal_name])
        try:
            words += process.communicate(timeout=30)[1]
        finally:
            process.kill()
    assert process.returncode == 130
    assert re.fullmatch(r"EVALUATOR_BASE_URL=http://127\.0\.0\.1:\d+/v1\n", lines[0])
    assert re.fullmatch(r"EVALUATOR_API_KEY=\S{20,}\n", lines[1])
    assert lines[2] == "EVALUATOR_MODEL=mine\n"
    assert "gone:" not in words
    assert "Traceback" not in words
    assert not (folder / "run/local-model.json").exists()


@pytest.fixture
def serve_content():
    """One loopback address that serves CONTENT to every request."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/mine.gguf"
        server.shutdown()
        thread.join()
