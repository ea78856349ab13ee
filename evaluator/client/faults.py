"""What can go wrong between us and a model, as our own errors. The one place that knows the SDK's exceptions."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from evaluator.client.causes import CAUSES
from evaluator.errors import EndpointRejected, EndpointUnavailable, JudgeError, Refused

RAW_CHARS = 4_000
DETAIL_CHARS = 400

SDK_CAUSES: Mapping[str, str] = {
    # HTTP status errors are looked at more closely: see `_of_status`.
    "APIStatusError": "status",
    "BadRequestError": "status",
    "AuthenticationError": "status",
    "OAuthError": "status",
    "PermissionDeniedError": "status",
    "NotFoundError": "status",
    "ConflictError": "status",
    "UnprocessableEntityError": "status",
    "RateLimitError": "status",
    "InternalServerError": "status",
    "APITimeoutError": "timeout",
    "APIConnectionError": "connection",
    "APIResponseValidationError": "bad_body",
    "LengthFinishReasonError": "truncated",
    "ContentFilterFinishReasonError": "content_filter",
    "APIError": "sdk",
    "OpenAIError": "sdk",
    # Parts of the SDK that are not used here.
    "SubjectTokenProviderError": "sdk",
    "InvalidWebhookSignatureError": "sdk",
    "WebSocketConnectionClosedError": "sdk",
    "WebSocketQueueFullError": "sdk",
}
"""What each exception class of the SDK is to us."""

_QUOTA = re.compile(
    r"insufficient[_ ](quota|balance)|exceeded[_ ](your )?current[_ ]quota|accountoverdue|overdue balance|arrearage"
    r"|out of credits|余额不足|欠费|额度(已)?用尽",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"context[_ ]length|context[_ ](size|window)|maximum context|input[_ ](is )?too[_ ]long|prompt is too long"
    r"|range of input length|exceed_context|too many (input )?tokens|上下文|输入过长|tokens?\s*超",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r"content[_ ]?(filter|policy)|data[_]?inspection|inappropriate content|sensitive[_ ]?(content|words|info)"
    r"|content exists risk|considered high risk|moderation|敏感|违规",
    re.IGNORECASE,
)
_MODEL = re.compile(r"\bmodel|模型|endpoint\.notfound", re.IGNORECASE)
_LATER = re.compile(r"retry[_ ]?(in|delay|after)", re.IGNORECASE)
_KEYS = re.compile(r"\b(sk|ak|tgp|gsk|xai)-[\w-]{6,}|(?i:bearer)\s+[\w.~+/-]{6,}=*")
_PAGE = re.compile(r"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)

_RETRIED = frozenset({"timeout", "connection", "rate_limited", "server_error", "conflict", "bad_body"})
_REFUSED = frozenset({"content_filter", "refused"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed request: the error that it is to the caller, and what the ladder and the retries must know."""

    error: JudgeError
    retry: bool = False
    retry_after: float | None = None
    """Seconds, as the server asked."""
    status: int = 0
    detail: str = ""
    """What the server said, without keys."""
    param: str = ""
    """The parameter that the server names."""

    @property
    def cause(self) -> str:
        """The stable word."""
        return self.error.cause


class Failed(Exception):
    """Carries a fault from the request to the retries."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Scene:
    """Where it happened, and what must never be repeated."""

    host: str
    secret: str = field(default="", repr=False)

    def clean(self, text: str) -> str:
        """The text without keys, cut to what is worth keeping."""
        if len(self.secret) >= 6:
            text = text.replace(self.secret, "***")
        return _KEYS.sub("***", text)[:RAW_CHARS]

    def fault(
        self,
        cause: str,
        detail: str = "",
        *,
        raw: str = "",
        status: int = 0,
        param: str = "",
        retry_after: float | None = None,
    ) -> Fault:
        """A fault by its cause, which decides the class of the error and whether it is worth another try."""
        detail = self.clean(detail)
        message = f"{CAUSES[cause].en} ({self.host}{f', HTTP {status}' if status else ''})"
        if detail:
            message += f": {detail[:DETAIL_CHARS]}"
        retry = cause in _RETRIED
        kind = EndpointUnavailable if retry else Refused if cause in _REFUSED else EndpointRejected
        error = kind(message, cause=cause, raw=self.clean(raw or detail))
        return Fault(error, retry, retry_after, status, detail, param)


def fault_of(error: BaseException, scene: Scene) -> Fault | None:
    """What an exception of the SDK, of the transport or of time is to us; None where it is none of these."""
    for ancestor in type(error).__mro__:
        if ancestor.__module__.partition(".")[0] == "openai" and ancestor.__name__ in SDK_CAUSES:
            return _of_sdk(SDK_CAUSES[ancestor.__name__], error, scene)
    if isinstance(error, TimeoutError):
        return scene.fault("timeout")
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return scene.fault("bad_body", type(error).__name__)
    transport = {"httpx2", "httpcore2", "aiohttp", "httpx", "anyio"}
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in transport:
        return _of_connection(error, scene, timeout="Timeout" in type(error).__name__)
    return None


def _of_sdk(cause: str, error: BaseException, scene: Scene) -> Fault:
    if cause == "status":
        response: Any = getattr(error, "response", None)
        return of_status(
            getattr(error, "status_code", 0), getattr(error, "body", None), scene, getattr(response, "headers", None)
        )
    if cause in {"timeout", "connection"}:
        return _of_connection(error, scene, timeout=cause == "timeout")
    return scene.fault(cause, str(error))


def _of_connection(error: BaseException, scene: Scene, *, timeout: bool = False) -> Fault:
    """The transport calls a refused connection a time-out: the chain of causes tells which it was."""
    chain = list(_chain(error))
    reason = f"{type(chain[-1]).__name__} {chain[-1]}".strip()
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return scene.fault("tls", reason)
    broken = any(isinstance(link, OSError) and not isinstance(link, TimeoutError) for link in chain)
    dropped = any("Disconnected" in type(link).__name__ for link in chain)
    return scene.fault("timeout" if timeout and not broken and not dropped else "connection", reason)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[int] = []  # a library that raises an error from one that it caused itself makes a ring
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        yield link
        seen.append(id(link))
        link = link.__cause__ or link.__context__


def of_status(status: int, body: object, scene: Scene, headers: Mapping[str, str] | None = None) -> Fault:
    """What an HTTP status with this body is to us. Also used for errors that hide in a reply with status 200."""
    detail, param = said(body)
    retry_after = _retry_after(headers or {})
    cause = _cause_of_status(status, detail)
    return scene.fault(
        cause, detail, raw=_raw(body), status=status, param=param, retry_after=retry_after if status else None
    )


_PLAIN = {401: "auth", 403: "forbidden", 408: "timeout", 409: "conflict", 429: "rate_limited"}


def _cause_of_status(status: int, detail: str) -> str:
    # "Retry in 20 s" belongs to a rate limit, whatever else it says of quota.
    if status == 402 or (status in {403, 429} and _QUOTA.search(detail) and not _LATER.search(detail)):
        return "quota"
    if status in _PLAIN:
        return _PLAIN[status]
    if 300 <= status < 400:
        return "redirected"
    if status < 500 and _PAGE.match(detail):
        return "not_an_api"
    if status == 404:
        return "model_not_found" if _MODEL.search(detail) else "not_found"
    return _cause_of_words(status, detail)


def _cause_of_words(status: int, detail: str) -> str:
    if _CONTEXT.search(detail):
        return "context_length"
    if status >= 500 and status != 501:
        return "server_error"
    words = {"content_filter": _FILTER, "quota": _QUOTA}
    return next((cause for cause, pattern in words.items() if pattern.search(detail)), "bad_request")


def said(body: object) -> tuple[str, str]:
    """What a server says is wrong, with its code and type, and the parameter that it names."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return ("" if error is None else str(error)).strip(), ""
    words = [error.get(key) for key in ("message", "msg", "detail", "code", "type")]
    text = " | ".join(word if isinstance(word, str) else json.dumps(word, ensure_ascii=False) for word in words if word)
    param = error.get("param")
    return text or json.dumps(error, ensure_ascii=False, default=str), param if isinstance(param, str) else ""


def error_inside(body: Mapping[str, Any], scene: Scene) -> Fault | None:
    """The error that a reply with status 200 carries instead of choices; None where there is none."""
    inner = body.get("error")
    if not inner and body.get("choices"):
        return None
    base = body.get("base_resp")
    shown = inner or (base if isinstance(base, Mapping) else None) or (body if "message" in body else None)
    if not shown:
        return scene.fault("bad_body", "no choices in the reply", raw=_raw(body))
    code = str(shown.get("code", shown.get("status")) if isinstance(shown, Mapping) else "")
    status = int(code) if re.fullmatch(r"[45]\d\d", code) else 0
    detail, _ = said({"error": shown})
    if not status:
        status = 429 if re.search(r"rate.?limit|too many requests|限流|频率", detail, re.IGNORECASE) else 400
    return of_status(status, {"error": shown}, scene)


def page_instead(text: str, scene: Scene) -> Fault:
    """A reply with status 200 that is no JSON: a web page will stay one, anything else is broken on the way."""
    return scene.fault("not_an_api" if _PAGE.match(text) else "bad_body", text[:DETAIL_CHARS], raw=text)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from `retry-after-ms` or `Retry-After`, which holds seconds or a date; None where neither can be read."""
    if milliseconds := _number(headers.get("retry-after-ms")):
        return milliseconds / 1000
    text = headers.get("retry-after")
    if text is None:
        return None
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _raw(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
