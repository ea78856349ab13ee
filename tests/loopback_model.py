"""A model server on loopback that answers by the shape of what it is asked, and keeps every request."""

import contextlib
import http.server
import json
import threading
from math import log


def completion(body):
    """One token with its alternatives where one is asked for, else JSON of the schema: the first clause, a hit."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    text = json.dumps(made_of(schema)) if schema else "A"
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    if body.get("logprobs") and not schema:
        shares = {"是": 0.5, "否": 0.4} if "是" in body["messages"][-1]["content"][-20:] else {"A": 0.9, "C": 0.1}
        top = [{"token": token, "logprob": log(share)} for token, share in shares.items()]
        choice["message"]["content"] = top[0]["token"]
        choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
    usage = {"prompt_tokens": 50, "completion_tokens": 1}
    return {"model": body["model"], "choices": [choice], "usage": usage}


def made_of(schema):
    if "clauses" in schema["properties"]:
        return {"clauses": [schema["properties"]["clauses"]["items"]["enum"][0]]}
    hit = {"reason": "写了", "evidence": [1], "verdict": "hit"}
    return {name: name == "about_question" or hit for name in schema["properties"]}


def handler(requests, answer=completion, also=http.server.BaseHTTPRequestHandler):
    class Handler(also):
        def do_POST(self):  # noqa: N802 - the name that http.server looks for
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            requests.append(body)
            found = answer(body)
            status, found = found if isinstance(found, tuple) else (200, found)
            data = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def serving(answer=completion):
    """(address, requests so far)."""
    requests = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(requests, answer)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", requests
        finally:
            server.shutdown()
            thread.join()
