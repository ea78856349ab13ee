"""Reading what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.models import Usage

TRUNCATED = frozenset({"length", "max_tokens", "max_output_tokens", "model_context_window_exceeded"})
FILTERED = frozenset({"content_filter", "sensitive", "safety"})
BROKEN_OFF = frozenset({"network_error", "insufficient_system_resource", "error", "abort", "aborted"})


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a model."""

    text: str
    """Without what it thought."""
    data: Any
    """The JSON in it; None where none was asked for. Only its syntax is sure, the rest is for the caller to check."""
    logprobs: tuple[Mapping[str, float], ...]
    """For each token its likeliest alternatives with their natural log-probabilities; empty where there are none."""
    tokens: tuple[str, ...]
    """The tokens themselves, as long as `logprobs`."""
    usage: Usage
    finish_reason: str
    """`stop`, `tool_calls`, …; `length` only where no schema was given."""
    rung: str
    """How it was asked: `json_schema`, `tool`, `json_object` or `text`."""
    repaired: bool
    """True where the JSON had to be mended."""
    model: str
    """As the endpoint names it."""
    notes: tuple[str, ...] = ()
    """What happened on the way, for the trace."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The first choice of a response body, taken apart."""

    text: str
    refusal: str
    finish_reason: str
    thought: bool
    """Whether the model spent tokens on thinking."""
    logprobs: tuple[Mapping[str, float], ...]
    tokens: tuple[str, ...]


def read_choice(body: Mapping[str, Any]) -> Choice | None:
    """The first choice; None where the body has none that can be read."""
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, Mapping) else None
    if not isinstance(first, Mapping) or not isinstance(message, Mapping):
        return None
    raw = _tool_arguments(message) or _content(message.get("content"))
    text = strip_thinking(raw)
    logprobs, tokens = _logprobs(first.get("logprobs"))
    cut = _thinking_tokens(tokens) if text != raw.strip() else 0
    return Choice(
        text,
        str(message.get("refusal") or ""),
        str(first.get("finish_reason") or ""),
        bool(message.get("reasoning_content") or message.get("reasoning")) or len(text) < len(raw.strip()),
        logprobs[cut:],
        tokens[cut:],
    )


def _content(content: object) -> str:
    """Text, or the texts of a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return ""


def _tool_arguments(message: Mapping[str, Any]) -> str:
    calls = message.get("tool_calls")
    function = calls[0].get("function") if isinstance(calls, list) and calls and isinstance(calls[0], Mapping) else None
    arguments = function.get("arguments") if isinstance(function, Mapping) else None
    if isinstance(arguments, Mapping):
        return json.dumps(arguments, ensure_ascii=False)
    return arguments if isinstance(arguments, str) else ""


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Tokens as the endpoint counts them; zeros where it counts none."""
    usage = body.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    details = usage.get("prompt_tokens_details")
    timings = body.get("timings")
    cached = (
        (details.get("cached_tokens") if isinstance(details, Mapping) else None)
        or usage.get("prompt_cache_hit_tokens")  # DeepSeek
        or usage.get("cached_tokens")  # Kimi
        or (timings.get("cache_n") if isinstance(timings, Mapping) else None)  # llama.cpp
    )
    prompt = _count(usage.get("prompt_tokens"))
    return Usage(
        calls=1, prompt=prompt, cached=min(_count(cached), prompt), completion=_count(usage.get("completion_tokens"))
    )


def _count(value: object) -> int:
    return max(int(value), 0) if isinstance(value, (int, float)) else 0


# --- thinking --------------------------------------------------------------------------------------------------------

_THOUGHT = re.compile(r"\s*<(think|thinking|thought)>.*?(</\1>|\Z)\s*", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"</(think|thinking|thought)>\s*", re.IGNORECASE)


def strip_thinking(text: str) -> str:
    """The text without what stands in `<think>` at its head, also where that was never closed or never opened."""
    while (thought := _THOUGHT.match(text)) and thought.end():
        text = text[thought.end() :]
    if not text.lstrip().startswith(("{", "[", "`")) and (end := _THOUGHT_END.search(text)):
        text = text[end.end() :]
    return text.strip()


def _thinking_tokens(tokens: Sequence[str]) -> int:
    """How many tokens at the head belong to the thinking, the blanks behind it included."""
    so_far = ""
    for index, token in enumerate(tokens):
        so_far += token
        if _THOUGHT_END.search(so_far):
            rest = index + 1
            while rest < len(tokens) and not tokens[rest].strip():
                rest += 1
            return rest
    return 0


def _logprobs(block: object) -> tuple[tuple[Mapping[str, float], ...], tuple[str, ...]]:
    content = block.get("content") if isinstance(block, Mapping) else None
    if not isinstance(content, list) or not all(isinstance(item, Mapping) and "token" in item for item in content):
        return (), ()
    return tuple(_alternatives(item) for item in content), tuple(str(item["token"]) for item in content)


def _alternatives(item: Mapping[str, Any]) -> dict[str, float]:
    """Token to log-probability; of two that read the same the likelier counts."""
    found: dict[str, float] = {}
    for entry in [item, *(item.get("top_logprobs") or [])]:
        value = entry.get("logprob") if isinstance(entry, Mapping) else None
        if isinstance(value, (int, float)):
            token = str(entry["token"])
            found[token] = max(float(value), found.get(token, float("-inf")))
    return found


# --- JSON ------------------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"```(?:json|JSON)?\s*\n?(.*?)\n?\s*```", re.DOTALL)
_TRIES = 200


def parse_json(text: str) -> tuple[Any, bool]:
    """The JSON in a text and whether it had to be mended; (None, False) where there is none.

    Tried in turn: the whole text, the inside of a code fence, the longest object inside prose, and last a repair.
    """
    fenced = _FENCE.search(text)
    for candidate in [text, *([fenced[1]] if fenced else [])]:
        found = _strict(candidate)
        if found is not None:
            return found, False
    found = _longest_object(text)
    if found is not None:
        return found, False
    return _mended(fenced[1] if fenced else text)


def _no_constant(name: str) -> float:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _strict(text: str) -> Any:
    try:
        value = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def _longest_object(text: str) -> Any:
    best, longest, position = None, 0, text.find("{")
    for _ in range(_TRIES):
        if position < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            if end - position > longest:
                best, longest = value, end - position
        position = text.find("{", end)
    # An inner object of a broken outer one is not the reply.
    return best if best and longest * 2 > len(text) - text.find("{") else None


def _mended(text: str) -> tuple[Any, bool]:
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        return None, False
    import json_repair  # noqa: PLC0415 - seldom needed

    try:
        value = json_repair.loads(text[start:], skip_json_loads=True)
    except (ValueError, RecursionError):  # nested beyond all measure
        return None, False
    return (value, True) if isinstance(value, (dict, list)) and value else (None, False)


def keeps_to(data: Any, schema: Mapping[str, Any]) -> bool:
    """Whether the reply is of this schema's making at all: an object with at least one of its properties."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return data is not None
    return isinstance(data, Mapping) and bool(set(properties) & set(data))
