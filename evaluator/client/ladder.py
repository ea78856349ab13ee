"""How a structured reply is asked for, found by probing.

`json_schema` → `tool` → `json_object` → `text`: what an endpoint refuses, or takes and does not honour, is left for the
next rung, and remembered for the (address, model). The same holds for single parameters. Tables of who can do what are
wrong too often to be trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from evaluator.client.endpoint import Endpoint, Rung
from evaluator.client.faults import Fault

Message = dict[str, str]
Schema = dict[str, Any]
SchemaNote = Callable[[Schema], str]
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
TOOL_NAME = "reply"


@dataclass(frozen=True, slots=True)
class Ability:
    """What is known of one endpoint."""

    rung: Rung
    proven: bool = False
    """Whether a reply of this rung has kept to its schema."""
    limit_name: str = "max_tokens"
    dropped: frozenset[str] = frozenset()
    """Parameters that it does not take."""
    caps: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Largest values that it takes."""

    def below(self, rung: Rung) -> Ability:
        """One step down from the rung that failed; unchanged where somebody else went further already."""
        target = Rung(min(rung + 1, Rung.TEXT))
        return replace(self, rung=target, proven=False) if target > self.rung else self


Capabilities = MutableMapping[tuple[str, str], Ability]
LEARNT: Capabilities = {}
"""What this process has learnt, for all clients that are given no other."""


def first_ability(endpoint: Endpoint) -> Ability:
    """Where probing starts."""
    quirks = endpoint.quirks
    dropped = frozenset() if quirks.temperature else frozenset({"temperature"})
    return Ability(quirks.rung, limit_name=quirks.limit_name, dropped=dropped)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants of one call."""

    messages: list[Message]
    schema: Schema | None
    max_tokens: int
    temperature: float | None
    top_logprobs: int
    seed: int | None
    extra: Mapping[str, object]


def request_body(wish: Wish, endpoint: Endpoint, ability: Ability, limit: int, note: SchemaNote) -> dict[str, Any]:
    """The body of POST /chat/completions; the same wish gives the same bytes, so that prefix caches hold."""
    body: dict[str, Any] = {"model": endpoint.model, "messages": wish.messages}
    if wish.schema is not None:
        body |= _structure(wish.schema, ability.rung)
        if ability.rung >= Rung.JSON_OBJECT:
            body["messages"] = _with_note(wish.messages, note(wish.schema))
    body[ability.limit_name] = min(limit, ability.caps.get("max_tokens", limit))
    optional: dict[str, object] = {"temperature": wish.temperature, "seed": wish.seed}
    if wish.top_logprobs:
        optional |= {
            "logprobs": True,
            "top_logprobs": min(wish.top_logprobs, ability.caps.get("top_logprobs", wish.top_logprobs)),
        }
    optional |= _plain(endpoint.quirks.body) | _plain(wish.extra)
    body |= {name: value for name, value in optional.items() if value is not None and name not in ability.dropped}
    return body


def _structure(schema: Schema, rung: Rung) -> dict[str, Any]:
    match rung:
        case Rung.JSON_SCHEMA:
            shape = {"name": TOOL_NAME, "schema": schema, "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": shape}}
        case Rung.TOOL:
            function = {"name": TOOL_NAME, "parameters": schema}
            return {
                "tools": [{"type": "function", "function": function}],
                "tool_choice": {"type": "function", "function": {"name": TOOL_NAME}},
            }
        case Rung.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Rung.TEXT:
            return {}


def bare_note(schema: Schema) -> str:
    """The schema itself, labelled: several providers insist on the word JSON."""
    return "JSON Schema:\n" + json.dumps(schema, ensure_ascii=False)


def _with_note(messages: list[Message], note: str) -> list[Message]:
    """The note behind the last system message, which keeps the answer last; a new one in front where there is none."""
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "system":
            noted = {**messages[index], "content": f"{messages[index]['content']}\n\n{note}"}
            return [*messages[:index], noted, *messages[index + 1 :]]
    return [{"role": "system", "content": note}, *messages]


def _plain(value: Mapping[str, object]) -> dict[str, object]:
    return {key: _plain(item) if isinstance(item, Mapping) else item for key, item in value.items()}


# --- what a complaint teaches ----------------------------------------------------------------------------------------

_STRUCTURE_WORDS: Mapping[Rung, re.Pattern[str]] = {
    Rung.JSON_SCHEMA: re.compile(
        r"response_?format|json[_ ]?schema|structured|schema|grammar|guided|json[_ ]mode", re.IGNORECASE
    ),
    Rung.TOOL: re.compile(r"\btools?\b|tool_(choice|use|call)|function[_ ]?call|\bfunctions?\b", re.IGNORECASE),
    Rung.JSON_OBJECT: re.compile(r"response_?format|json_object|json[_ ]mode|structured", re.IGNORECASE),
}
_ALIASES: Mapping[str, str] = {
    "logprobs": r"(top_)?log_?prob(s|abilities)?",
    "top_logprobs": r"(top_)?log_?prob(s|abilities)?",
    "reasoning_effort": r"reasoning([_ ](effort|value))?",
    "chat_template_kwargs": r"chat_template(_kwargs)?",
    "enable_thinking": r"(enable_)?thinking",
    "thinking": r"thinking(\.type|[_ ]mode)?",
}
_UNSUPPORTED = re.compile(
    r"not? (currently )?support|unsupported|support only|not allowed|not permitted|unknown|unrecogni[sz]ed|unexpected"
    r"|no endpoints found|requires|invalid|deprecated|instead|不支持|无效|only .{0,40}(allowed|supported)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\[\s*\d+\s*,\s*(\d+)\s*\]"
    r"|(?:at most|less than or equal to|<=|maximum (?:value|of)(?: is)?|up to|not exceed)\s*:?\s*(\d+)",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"maximum context length (?:is|of) (\d+).*?(\d+) "
    r"(?:input tokens|in the messages|prompt tokens|tokens from the input)",
    re.IGNORECASE | re.DOTALL,
)
_EARLY = frozenset({400, 422})
_LATE = frozenset({404, 405, 415, 500, 501})
"""Statuses that some gateways use for a parameter that they do not take; believed only with plain words."""


def learn(ability: Ability, body: Mapping[str, Any], fault: Fault) -> Ability | None:
    """What the endpoint's complaint about this body teaches; None where it complains about something else."""
    if fault.cause not in {"bad_request", "server_error", "not_found", "model_not_found"}:
        return None
    refusing = bool(_UNSUPPORTED.search(fault.detail))
    if fault.status not in _EARLY and not (fault.status in _LATE and refusing):
        return None
    for lesson in (_lesson_on_limits, _lesson_on_named_parameter, _lesson_on_structure, _lesson_on_options):
        if (taught := lesson(ability, body, fault)) is not None:
            return taught
    return None


def _lesson_on_limits(ability: Ability, body: Mapping[str, Any], fault: Fault) -> Ability | None:
    """Another name for the limit, or a largest value."""
    sent = ability.limit_name
    if not (_names(fault, sent) or _names(fault, "top_logprobs")):
        return None
    name = sent if _names(fault, sent) else "top_logprobs"
    bound = _bound(fault.detail)
    if bound is not None and name in body and 0 < bound < body[name]:
        key = "max_tokens" if name == sent else name
        return replace(ability, caps={**ability.caps, key: bound})
    if name == sent and _UNSUPPORTED.search(fault.detail):
        other = next(limit for limit in LIMIT_NAMES if limit != sent)
        # Once round is enough: a second refusal is about something else.
        return (
            None if other in ability.dropped else replace(ability, limit_name=other, dropped=ability.dropped | {sent})
        )
    return None


def _lesson_on_named_parameter(ability: Ability, body: Mapping[str, Any], fault: Fault) -> Ability | None:
    top = re.split(r"[.\[]", fault.param)[0]
    if top in {"response_format", "tools", "tool_choice", "functions"}:
        return _step(ability, body)
    return _without(ability, top) if top in _optional(body) else None


def _lesson_on_structure(ability: Ability, body: Mapping[str, Any], fault: Fault) -> Ability | None:
    words = _STRUCTURE_WORDS.get(ability.rung)
    if words is None or not ({"response_format", "tools"} & set(body)) or not words.search(fault.detail):
        return None
    return _step(ability, body)


def _lesson_on_options(ability: Ability, body: Mapping[str, Any], fault: Fault) -> Ability | None:
    named = next((name for name in _optional(body) if _names(fault, name)), None)
    return _without(ability, named) if named else None


def _step(ability: Ability, body: Mapping[str, Any]) -> Ability | None:
    return ability.below(ability.rung) if {"response_format", "tools"} & set(body) else None


def _without(ability: Ability, name: str) -> Ability:
    both = {"logprobs", "top_logprobs"} if name in {"logprobs", "top_logprobs"} else {name}
    return replace(ability, dropped=ability.dropped | both)


def _optional(body: Mapping[str, Any]) -> Iterator[str]:
    fixed = {"model", "messages", "response_format", "tools", "tool_choice", *LIMIT_NAMES}
    return (name for name in body if name not in fixed)


def _names(fault: Fault, parameter: str) -> bool:
    """Whether the complaint names the parameter; the `seed` of a model called doubao-seed-2 does not count."""
    if fault.param == parameter:
        return True
    pattern = _ALIASES.get(parameter, re.escape(parameter))
    return re.search(rf"(?<![\w-]){pattern}(?![\w-])", fault.detail, re.IGNORECASE) is not None


def _bound(detail: str) -> int | None:
    found = _BOUND.search(detail)
    return int(found[1] or found[2]) if found else None


def room_left(fault: Fault, limit: int) -> int | None:
    """Tokens that the context still has room for, where the limit alone was too large; None where it was not."""
    found = _ROOM.search(fault.detail) if fault.cause == "context_length" else None
    room = int(found[1]) - int(found[2]) if found else 0
    return room if 64 <= room < limit else None
