"""An OpenAI-compatible endpoint with a batch API, on loopback: real HTTP, real files, and as odd as it is told to be.

`/v1/chat/completions` answers at once; `/v1/files` and `/v1/batches` do what the public ones do. Every request that was
answered, live or in a batch, counts as paid for, by its content: see `paid`.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from evaluator.client.relay import request_id


class Endpoint:
    """What the server knows and how it behaves; tests set the attributes before they run."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.base_url = ""
        self.files: dict[str, tuple[str, bytes]] = {}
        self.batches: dict[str, dict] = {}
        self.paid: Counter[str] = Counter()
        """Answers given, by request id."""
        self.live: list[dict] = []
        self.requests: list[str] = []
        """Method and path of everything that was asked."""
        self.states = ["validating", "in_progress", "finalizing"]
        """What a job goes through, one a look, before it ends."""
        self.end = "completed"
        self.why = "the file is not right"
        """Why a job fails as a whole."""
        self.done_at_most = 10**9
        """Rows that are done before the end; the rest expires, or is cancelled."""
        self.fails: dict[str, tuple[int, object]] = {}
        """Rows that fail, by a word in them: status and body; status 0 is an error without a response."""
        self.missing: tuple[str, ...] = ()
        """Words in rows that appear in neither file."""
        self.odd: dict[str, str] = {}
        """Content of the reply to requests with that word."""
        self.odd_live = True
        """Whether that goes for live requests too."""
        self.room = 10**9
        """Rows of unfinished jobs at most: a job that does not fit fails when it is looked at."""
        self.redirects: dict[str, str] = {}
        """Where requests to a path are sent on to."""
        self.reversed = True
        self.keeps_metadata = True
        self.refuses_metadata = False
        self.refuses: tuple[str, ...] = ()
        """Fields of chat requests that are answered with 400."""
        self.before_reply = lambda method, path: None
        """Called when the work is done and before the reply goes out: what it raises is a connection that breaks."""

    def times_paid(self) -> int:
        return max(self.paid.values(), default=0)

    def lines(self, name: str) -> list[dict]:
        return [json.loads(line) for line in self.files[name][1].splitlines()]

    def asked_in_batches(self) -> list[dict]:
        return [row for one in self.batches.values() for row in self.lines(one["input_file_id"])]

    # --- what it does ---

    def chat(self, body: dict) -> tuple[int, object]:
        for name in self.refuses:
            if name in body:
                return 400, {"error": {"message": f"Unsupported parameter: {name}", "param": name}}
        self.live.append(body)
        self.paid[request_id(body)] += 1
        return 200, self.reply(body, odd=self.odd_live)

    def reply(self, body: dict, *, odd: bool = True) -> dict:
        text = json.dumps(body, ensure_ascii=False)
        content = next((said for word, said in self.odd.items() if odd and word in text), None)
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "fast",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": self.verdicts(body) if content is None else content},
                }
            ],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        }

    @staticmethod
    def verdicts(body: dict) -> str:
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
        if not schema:
            return "A"
        verdict = {"reason": "写出了具体做法。", "evidence": [1], "verdict": "hit"}
        names = schema.get("properties", {})
        usual = {"about_question": True, "clauses": [1]}
        return json.dumps({name: usual.get(name, verdict) for name in names}, ensure_ascii=False)

    def upload(self, name: str, content: bytes) -> dict:
        key = f"file-{len(self.files) + 1}"
        self.files[key] = (name, content)
        return {"id": key, "object": "file", "filename": name, "bytes": len(content), "purpose": "batch"}

    def make(self, said: dict) -> tuple[int, object]:
        if self.refuses_metadata and said.get("metadata"):
            return 400, {"error": {"message": "metadata is not supported"}}
        key = f"batch-{len(self.batches) + 1}"
        self.batches[key] = {
            "id": key,
            "object": "batch",
            "endpoint": said["endpoint"],
            "input_file_id": said["input_file_id"],
            "status": self.states[0] if self.states else "in_progress",
            "metadata": said.get("metadata") if self.keeps_metadata else None,
            "request_counts": {"total": len(self.lines(said["input_file_id"])), "completed": 0, "failed": 0},
            "looks": 0,
        }
        return 200, self.shown(key)

    def shown(self, key: str) -> dict:
        return {name: value for name, value in self.batches[key].items() if name != "looks"}

    def look(self, key: str) -> dict:
        job = self.batches[key]
        job["looks"] += 1
        if job["status"] == "cancelling":
            self.finish(job, "cancelled")
        elif self.rows_in_work() > self.room and job["status"] == "validating":
            self.finish(job, "failed")
        elif job["status"] in {"validating", "in_progress", "finalizing"}:
            if job["looks"] >= len(self.states):
                self.finish(job, self.end)
            else:
                job["status"] = self.states[job["looks"]]
        return self.shown(key)

    def rows_in_work(self) -> int:
        at_work = [one for one in self.batches.values() if one["status"] in {"validating", "in_progress", "finalizing"}]
        return sum(one["request_counts"]["total"] for one in at_work)

    def cancel(self, key: str) -> dict:
        self.batches[key]["status"] = "cancelling"
        return self.shown(key)

    def finish(self, job: dict, end: str) -> None:
        job["status"] = end
        if end == "failed":
            job["errors"] = {"data": [{"code": "invalid", "message": self.why}]}
            return
        outputs, errors = [], []
        for number, row in enumerate(self.lines(job["input_file_id"])):
            text = json.dumps(row["body"], ensure_ascii=False)
            if any(word in text for word in self.missing):
                continue
            failure = next((how for word, how in self.fails.items() if word in text), None)
            if number >= self.done_at_most:
                if end == "expired":
                    error = {"code": "batch_expired", "message": "This request could not be executed in time."}
                    errors.append({"id": "x", "custom_id": row["custom_id"], "response": None, "error": error})
            elif failure is None:
                self.paid[row["custom_id"]] += 1
                response = {"status_code": 200, "request_id": "r", "body": self.reply(row["body"])}
                outputs.append({"id": "x", "custom_id": row["custom_id"], "response": response, "error": None})
            else:
                status, body = failure
                response = {"status_code": status, "body": body} if status else None
                error = None if status else body
                errors.append({"id": "x", "custom_id": row["custom_id"], "response": response, "error": error})
        for name, rows in (("output_file_id", outputs), ("error_file_id", errors)):
            if rows:
                lines = [json.dumps(row, ensure_ascii=False) for row in (reversed(rows) if self.reversed else rows)]
                job[name] = self.upload(f"{job['id']}_{name}", "\n".join(lines).encode())["id"]
        job["request_counts"] |= {"completed": len(outputs), "failed": len(errors)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self.handled("GET", b"")

    def do_POST(self) -> None:
        self.handled("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def handled(self, method: str, body: bytes) -> None:
        url = urlsplit(self.path)
        endpoint = self.server.endpoint
        with endpoint.lock:
            endpoint.requests.append(f"{method} {url.path}")
            status, reply = self.routed(method, url.path.removeprefix("/v1"), parse_qs(url.query), body)
        try:
            endpoint.before_reply(method, url.path)
        except ConnectionError:
            self.close_connection = True
            self.connection.close()
            return
        content = reply if isinstance(reply, bytes) else json.dumps(reply, ensure_ascii=False).encode()
        location = endpoint.redirects.get(url.path)
        self.send_response(307 if location else status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def routed(self, method: str, path: str, query: dict, body: bytes) -> tuple[int, object]:
        endpoint = self.server.endpoint
        if (method, path) == ("POST", "/chat/completions"):
            return endpoint.chat(json.loads(body))
        if path == "/files":
            return 200, self.uploaded(body) if method == "POST" else self.listed()
        if path.startswith("/files/") and path.endswith("/content"):
            return 200, endpoint.files[path.split("/")[2]][1]
        if path == "/batches":
            return endpoint.make(json.loads(body)) if method == "POST" else (200, self.jobs(query))
        if path.endswith("/cancel"):
            return 200, endpoint.cancel(path.split("/")[2])
        return 200, endpoint.look(path.split("/")[2])

    def uploaded(self, body: bytes) -> dict:
        head = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n"
        parts = {
            part.get_param("name", header="content-disposition"): part
            for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
        }
        assert parts["purpose"].get_content() == "batch"
        return self.server.endpoint.upload(parts["file"].get_filename(), parts["file"].get_payload(decode=True))

    def listed(self) -> dict:
        rows = [{"id": key, "filename": name} for key, (name, _) in self.server.endpoint.files.items()]
        return {"object": "list", "data": rows}

    def jobs(self, query: dict) -> dict:
        """Two a page, the newest first."""
        keys = list(reversed(self.server.endpoint.batches))
        if after := query.get("after"):
            keys = keys[keys.index(after[0]) + 1 :]
        rows = [self.server.endpoint.shown(key) for key in keys[:2]]
        return {"object": "list", "data": rows, "has_more": len(keys) > 2}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = endpoint
        endpoint.base_url = f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving():
    """An endpoint with its server, for as long as the block lasts."""
    endpoint = Endpoint()
    server = Server(endpoint)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
