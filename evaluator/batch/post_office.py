"""The post office of a run: it hands out what a batch job answered, and puts down in files what is yet to be asked.

It stands between the judge's client and the network, so that judging by batch is the same judging: see `client.relay`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from evaluator.batch.jobs import Came, Job, Jobs
from evaluator.client import PRESETS, WITHOUT, BatchRules, Deferred, Endpoint, endpoint, failure, rules_for
from evaluator.client.batches import FILL
from evaluator.errors import Problem, SettingsError, Words
from evaluator.judging import chosen_kind
from evaluator.settings import Settings

FLUSH = 500
UNUSABLE = "the batch answer could not be used, and nothing more may be asked"


class PostOffice:
    """A relay over what the journal remembers. One endpoint, one run.

    While `collecting` nothing goes to the network: what no job knows is written into the file at hand and deferred;
    what a job left without a usable answer is deferred too, to be asked live in the end, or fails where there is no
    `fallback`. While not, only what a job answered is handed out and the rest goes to the network.
    """

    def __init__(self, jobs: Jobs, target: Endpoint, rules: BatchRules, *, fallback: bool = True) -> None:
        self.jobs = jobs
        self.target = target
        self.collecting = False
        self.asked = 0
        """Requests put down since `begin`."""
        self.left = 0
        """Deferred since `begin` that no job is going to answer."""
        self._rules = rules
        self._fallback = fallback
        self._fresh: dict[str, None] = {}
        self._file: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self._bytes = self._lines = 0

    # --- the relay ---

    def ask(self, request: str, body: Mapping[str, Any], *, again: bool) -> object | None:
        """The response that came for this request; see `Relay`."""
        came = "nothing" if request in self._fresh else self.jobs.came(request)
        if isinstance(came, Came) and came.status == 200 and not again:
            response: object = json.loads(came.body)
            return response
        if not self.collecting:
            return None
        if came is None:
            self._put_down(request, body)
            raise Deferred
        if came == "nothing":
            raise Deferred
        if self._fallback:
            self.left += 1
            raise Deferred
        raise failure(0, UNUSABLE, self.target) if came.status == 200 else _failure(came, self.target)

    def relaying(self, target: Endpoint) -> PostOffice | None:
        """Itself for the endpoint that it serves; a second one of a cascade is asked live."""
        return self if target.key == self.target.key else None

    # --- files ---

    def begin(self) -> None:
        """Start anew: what was put down in a file that never was completed is forgotten."""
        self.asked = self.left = 0
        self._close()
        self._spool.unlink(missing_ok=True)
        self._fresh.clear()
        self.jobs.abandon()

    def seal(self) -> None:
        """Complete the file at hand, if there is one: a job is made of it that is yet to be sent."""
        if self._file is None:
            return
        self._close()
        self._flush()
        created = datetime.now(UTC).isoformat()
        self._digest.update(created.encode())  # the same requests once more, after a failure, are another job
        content = self._digest.hexdigest()
        name = f"{self.jobs.path.stem}.{content[:16]}.jsonl"
        self._spool.replace(self.jobs.path.with_name(name))
        self.jobs.begin(Job(id=content[:32], content=content, file=name, created=created, requests=self._lines))

    def halve(self, job: Job) -> None:
        """Make files from now on half as large as this job was."""
        self._rules = replace(self._rules, requests=max(job.requests // 2, 1))

    def path(self, job: Job) -> Path:
        """Where the file of a job lies."""
        return self.jobs.path.with_name(job.file)

    @property
    def _spool(self) -> Path:
        return self.jobs.path.with_suffix(".requests.partial")

    def _put_down(self, request: str, body: Mapping[str, Any]) -> None:
        row = {"custom_id": request, "method": "POST", "url": self._rules.path, "body": body}
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        if self._lines >= self._rules.requests or self._bytes + len(line) > self._rules.bytes * FILL:
            self.seal()
        if self._file is None:
            self._open()
        self._write(line)
        self._fresh[request] = None
        self.asked += 1
        if len(self._fresh) >= FLUSH:
            self._flush()

    def _open(self) -> None:
        descriptor = os.open(self._spool, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._digest = hashlib.sha256()
        self._bytes = self._lines = 0

    def _write(self, line: bytes) -> None:
        if self._file is not None:
            self._file.write(line)
        self._digest.update(line)
        self._bytes += len(line)
        self._lines += 1

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _flush(self) -> None:
        self.jobs.put_down(self._fresh)
        self._fresh.clear()


def office_for(jobs: Jobs, settings: Settings, *, fallback: bool = True) -> PostOffice:
    """The post office of the endpoint that the settings name. Raises SettingsError where it can have none."""
    target = endpoint(settings) if chosen_kind(settings) == "llm" else None
    if target is not None and target.provider not in WITHOUT:
        return PostOffice(jobs, target, rules_for(target.provider), fallback=fallback)
    without = None if target is None else PRESETS[target.provider].title
    raise SettingsError(
        Problem(
            Words("批量接口要有一个配置好的模型服务", "the batch API needs an endpoint that is configured")
            if without is None
            else Words(f"{without.zh}没有批量接口", f"{without.en} has no batch API"),
            field="via",
            hint=Words(
                "用 --via live，或换一家：见 docs/batch-api.md", "--via live, or see docs/batch-api.md for others"
            ),
        )
    )


def _failure(came: Came, endpoint: Endpoint) -> Exception:
    try:
        said: object = json.loads(came.body)
    except ValueError:
        said = came.body
    return failure(came.status, said, endpoint)


def responses(path: Path) -> Iterator[tuple[str, Came]]:
    """Lines of an output or error file: custom id and what came. Lines that cannot be read are passed over.

    Bodies are kept as JSON; an error without a response of its own has the status 0.
    """
    with path.open("rb") as file:
        for line in file:
            if (read := _response(line)) is not None:
                yield read


def _response(line: bytes) -> tuple[str, Came] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    request = row.get("custom_id") if isinstance(row, dict) else None
    if not isinstance(request, str) or not _is_id(request):
        return None
    response, error = row.get("response"), row.get("error")
    if not isinstance(response, dict) or response.get("body") is None:
        return request, Came(0, _json({"error": error}))
    status, body = response.get("status_code", 0 if error else 200), _unpacked(response["body"])
    if status == 200 and not (isinstance(body, dict) and body.get("choices")):
        status = 0  # an error that calls itself well
    return request, Came(status if isinstance(status, int) else 0, _json(body))


def _unpacked(body: object) -> object:
    """The body, also where it came as a text of JSON."""
    if not isinstance(body, str):
        return body
    try:
        unpacked: object = json.loads(body)
    except ValueError:
        return body
    return unpacked


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
