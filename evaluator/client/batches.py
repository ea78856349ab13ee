"""The provider's batch API: a file of requests goes up, a job is made of it, files of responses come down.

Everything in here keeps to what `/v1/files` and `/v1/batches` have in common everywhere. Redirects are not followed
with answers in hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from evaluator.client.client import Client
from evaluator.client.faults import Failed, Fault, Scene, fault_of, page_instead
from evaluator.client.line import OPTIONS
from evaluator.client.retrying import Patience, retrying

T = TypeVar("T")

MB = 1_000_000
FILE_SECONDS = 3_600.0
"""For one file on its way up or down."""
FILL = 0.95
"""How full of bytes a file is made."""
MARK = "evaluator"
"""Name of the metadata field that tells a job by the content of its file."""
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_PAGES = 20
_PAGE = 100


@dataclass(frozen=True, slots=True)
class BatchRules:
    """What one provider takes in a file. Sources: docs/batch-api.md."""

    requests: int = 50_000
    bytes: int = 100 * MB
    path: str = "/v1/chat/completions"
    """What a line and a job call the endpoint."""


RULES: Mapping[str, BatchRules] = MappingProxyType(
    {
        "openai": BatchRules(bytes=200 * MB),
        "qwen": BatchRules(bytes=200 * MB),
        "glm": BatchRules(path="/v4/chat/completions"),
        "kimi": BatchRules(),
        "siliconflow": BatchRules(requests=5_000, bytes=200 * MB),
    }
)
"""By the name of the preset; any other address gets the smallest file that all of them take."""
WITHOUT = frozenset({"deepseek", "doubao", "ollama", "vllm", "llamacpp"})
"""Providers that have no such interface."""


def rules_for(provider: str) -> BatchRules:
    """What a file for this provider may hold."""
    return RULES.get(provider, BatchRules())


@dataclass(frozen=True, slots=True)
class BatchState:
    """A job at the provider, as it stands."""

    id: str
    status: str
    total: int = 0
    completed: int = 0
    failed: int = 0
    input_file: str = ""
    output_file: str = ""
    error_file: str = ""
    reason: str = ""
    """Why the job failed as a whole, in the provider's words."""
    metadata: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ENDED


class Batches:
    """The batch jobs of one endpoint, spoken to through its client. Every method raises JudgeError."""

    def __init__(self, client: Client, rules: BatchRules | None = None, *, patience: Patience | None = None) -> None:
        self._client = client
        self._rules = rules or rules_for(client.endpoint.provider)
        self._patience = patience or Patience(total_seconds=2 * FILE_SECONDS)
        self._scene = Scene(client.endpoint.host, client.endpoint.api_key.get_secret_value())

    async def upload(self, path: Path) -> str:
        """Send a file of requests; returns its id."""

        async def sent() -> object:
            with path.open("rb") as file:
                return await self._client.connected().post(
                    "/files",
                    cast_to=object,
                    body={"purpose": "batch"},
                    files=[("file", (path.name, file, "application/jsonl"))],
                    options={**OPTIONS, "headers": {"Content-Type": "multipart/form-data"}, "timeout": FILE_SECONDS},
                )

        return self._named(_text(await self._tried(sent, FILE_SECONDS), "id"))

    async def create(self, file: str, content: str, name: str, *, looked_for: bool = False) -> BatchState:
        """Have a job made of an uploaded file.

        `content` (a digest of the file) and `name` are what the job is found again by. Where an earlier try may have
        reached the provider (always after an error, and first thing with `looked_for`) it is looked for before another
        is made: nobody pays twice.
        """
        look, metadata = looked_for, {MARK: content}

        async def made() -> BatchState:
            state = _state(await self._asked(lambda: self._make(file, metadata)))
            self._named(state.id)
            return state

        async def once() -> BatchState:
            nonlocal look, metadata
            if look and (found := await self._found(content, name)) is not None:
                return found
            look = True
            try:
                return await made()
            except Failed as failed:
                if metadata and failed.fault.cause == "bad_request" and "metadata" in failed.fault.detail:
                    metadata = {}  # then it is found by the name of its file
                    return await made()
                raise

        return await retrying(once, self._patience, _silently)

    async def find(self, content: str, name: str) -> BatchState | None:
        """The job that was made of this content, if the provider has one."""
        return await retrying(lambda: self._found(content, name), self._patience, _silently)

    async def state(self, batch: str) -> BatchState:
        """The job as it stands."""
        return _state(await self._tried(lambda: self._get(f"/batches/{batch}")))

    async def cancel(self, batch: str) -> BatchState:
        """Ask for the job's end; what is done by then can be downloaded."""

        async def asked() -> object:
            return await self._client.connected().post(f"/batches/{batch}/cancel", cast_to=object, options=OPTIONS)

        return _state(await self._tried(asked))

    async def download(self, file: str, path: Path) -> None:
        """Fetch a file of responses to `path`, as a stream."""

        async def fetched() -> object:
            streaming = self._client.connected().files.with_streaming_response
            async with streaming.content(file, timeout=FILE_SECONDS) as response:
                await response.stream_to_file(path)
            return {}

        await self._tried(fetched, FILE_SECONDS)

    # --- inside ---

    async def _make(self, file: str, metadata: Mapping[str, str]) -> object:
        body: dict[str, object] = {
            "input_file_id": file, "endpoint": self._rules.path, "completion_window": "24h",
        }  # fmt: skip
        if metadata:
            body["metadata"] = dict(metadata)
        return await self._client.connected().post("/batches", cast_to=object, body=body, options=OPTIONS)

    def _named(self, name: str) -> str:
        if not name:
            raise self._scene.fault("bad_body", "no id in the reply").error
        return name

    async def _get(self, path: str, **query: object) -> object:
        return await self._client.connected().get(path, cast_to=object, options={**OPTIONS, "params": query})

    async def _found(self, content: str, name: str) -> BatchState | None:
        """By the mark in its metadata, else by the name of its file: not every provider keeps metadata.

        A job that failed as a whole does not count: it did no work, and its file may be sent again.
        """
        states = [one for one in await self._listed() if one.status != "failed"]
        marked = next((one for one in states if one.metadata.get(MARK) == content), None)
        if marked is not None or not states:
            return marked
        files = await self._asked(lambda: self._get("/files", purpose="batch"))
        ids = {one.get("id") for one in _rows(files) if one.get("filename") == name}
        return next((one for one in states if one.input_file in ids), None)

    async def _listed(self) -> list[BatchState]:
        states: list[BatchState] = []
        query: dict[str, object] = {"limit": _PAGE}
        for _ in range(_PAGES):
            page = await self._asked(lambda: self._get("/batches", **query))
            rows = _rows(page)
            states += [_state(row) for row in rows]
            if not rows or not isinstance(page, Mapping) or page.get("has_more") is not True:
                break
            query["after"] = rows[-1].get("id")
        return states

    async def _tried(self, call: Callable[[], Awaitable[object]], seconds: float | None = None) -> object:
        return await retrying(lambda: self._asked(call, seconds), self._patience, _silently)

    async def _asked(self, call: Callable[[], Awaitable[object]], seconds: float | None = None) -> object:
        """What came back, an object. Raises Failed, outside the handler: the SDK's exception carries the key."""
        try:
            async with asyncio.timeout(seconds or self._client.timeout):
                response = await call()
        except Exception as error:
            fault = fault_of(error, self._scene)
            if fault is None:
                raise
        else:
            if isinstance(response, Mapping):
                return response
            fault = page_instead(str(response or ""), self._scene)
        raise Failed(fault)


def _silently(fault: Fault, seconds: float) -> None:
    del fault, seconds


def _rows(page: object) -> list[Mapping[str, Any]]:
    data = page.get("data") if isinstance(page, Mapping) else None
    return [row for row in data if isinstance(row, Mapping)] if isinstance(data, list) else []


def _state(body: object) -> BatchState:
    said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    counts = said.get("request_counts")
    counted: Mapping[str, Any] = counts if isinstance(counts, Mapping) else said
    metadata = said.get("metadata")
    status = _text(said, "status").lower()
    return BatchState(
        _text(said, "id"),
        {"canceled": "cancelled", "canceling": "cancelling"}.get(status, status),
        _count(counted.get("total")),
        _count(counted.get("completed")),
        _count(counted.get("failed")),
        input_file=_text(said, "input_file_id"),
        output_file=_text(said, "output_file_id"),
        error_file=_text(said, "error_file_id"),
        reason=_reason(said.get("errors")),
        metadata=metadata if isinstance(metadata, Mapping) else {},
    )


def _reason(errors: object) -> str:
    rows = _rows(errors)
    return "; ".join(dict.fromkeys(str(row.get("message") or row.get("code") or "") for row in rows))[:400]


def _text(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
