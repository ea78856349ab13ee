"""One call: ask, learn from a refusal, give more room, read. Every loop in here ends by construction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from evaluator.client.endpoint import Endpoint, Rung
from evaluator.client.faults import Failed, Fault, Scene, error_inside, page_instead
from evaluator.client.ladder import (
    Ability,
    Capabilities,
    SchemaNote,
    Wish,
    first_ability,
    learn,
    request_body,
    room_left,
)
from evaluator.client.reply import (
    BROKEN_OFF,
    FILTERED,
    TRUNCATED,
    Choice,
    Reply,
    keeps_to,
    parse_json,
    read_choice,
    usage_of,
)
from evaluator.errors import InvalidReply
from evaluator.models import Usage

Post = Callable[[dict[str, Any]], Awaitable[object]]

LESSONS = 16
"""Most refusals that one call learns from; more than there are rungs and parameters."""
DOUBLINGS = 3
THINKING_ROOM = 8_192
"""Least limit after a cut-off reply of a model that thinks: thoughts count as output."""


@dataclass(slots=True)
class Exchange:
    """The state of one call. `attempt` is what the retries repeat."""

    wish: Wish
    endpoint: Endpoint
    learnt: Capabilities
    note: SchemaNote
    scene: Scene
    post: Post
    limit: int = 0
    doublings: int = 0
    lessons: int = 0
    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.limit = self.wish.max_tokens

    @property
    def ability(self) -> Ability:
        """What is known of the endpoint by now, also from calls beside this one."""
        return self.learnt.get(self.endpoint.key) or first_ability(self.endpoint)

    def remember(self, ability: Ability) -> None:
        """Keep what was learnt."""
        self.learnt[self.endpoint.key] = ability

    async def attempt(self) -> Reply:
        """One reply, after as many refusals and enlargements as it takes.

        Raises Failed for what may be tried again or is hopeless, InvalidReply for a reply that is no use.
        """
        while True:
            used = self.ability
            body = request_body(self.wish, self.endpoint, used, self.limit, self.note)
            try:
                choice, model = self._read(await self.post(body))
            except Failed as failed:
                if self._adapt(used, body, failed.fault):
                    continue
                raise
            if (reply := self._judge(choice, model, used)) is not None:
                return reply

    def _read(self, body: object) -> tuple[Choice, str]:
        """The choice in a response with status 200, which may still be an error."""
        if isinstance(body, str):
            body = parse_json(body)[0] or body  # JSON that calls itself text
        if not isinstance(body, dict):
            raise Failed(page_instead(str(body or ""), self.scene))
        if body.get("choices"):
            used = usage_of(body)
            self.usage = self.usage + used if self.usage.calls else used
        if (fault := error_inside(body, self.scene)) is not None:
            raise Failed(fault)
        choice = read_choice(body)
        if choice is None:
            raise Failed(self.scene.fault("bad_body", "no message in the first choice", raw=str(body)))
        if choice.refusal or choice.finish_reason in FILTERED:
            cause = "refused" if choice.refusal else "content_filter"
            raise Failed(self.scene.fault(cause, choice.refusal or choice.text))
        if choice.finish_reason in BROKEN_OFF:
            raise Failed(self.scene.fault("server_error", f"finish_reason {choice.finish_reason}"))
        return choice, str(body.get("model") or self.endpoint.model)

    def _adapt(self, used: Ability, body: dict[str, Any], fault: Fault) -> bool:
        """Learn from a refusal; False where there is nothing to learn."""
        if self.lessons >= LESSONS:
            return False
        self.lessons += 1
        if (room := room_left(fault, self.limit)) is not None:
            self.limit = room
            self.notes.append(f"limit:{room}")
            return True
        taught = learn(used, body, fault)
        if taught is None:
            if self.doublings and fault.cause in {"bad_request", "context_length"}:
                # The enlarged limit is what was refused: what is wrong is still the cut-off reply.
                raise self._invalid("truncated", "")
            return False
        self._merge(used, taught)
        return True

    def _merge(self, used: Ability, taught: Ability) -> None:
        """Add what was taught to what calls beside this one have learnt meanwhile."""
        now = self.ability
        if taught.rung != used.rung:
            self.notes.append(f"rung:{used.rung.word}→{taught.rung.word}")
            now = now.below(used.rung)
        gone = taught.dropped - used.dropped
        self.notes += [f"dropped:{name}" for name in sorted(gone)]
        if taught.limit_name != used.limit_name:
            self.notes.append(f"limit_name:{taught.limit_name}")
        self.remember(
            Ability(
                now.rung,
                now.proven,
                taught.limit_name if taught.limit_name != used.limit_name else now.limit_name,
                now.dropped | gone,
                {**now.caps, **taught.caps},
            )
        )

    def _judge(self, choice: Choice, model: str, used: Ability) -> Reply | None:
        """The reply; None where another request must be sent at once."""
        schema = self.wish.schema
        if choice.finish_reason in TRUNCATED and (schema is not None or not choice.text):
            self._enlarge(choice, used)
            return None
        if not choice.text:
            raise Failed(Fault(self._invalid("empty", ""), retry=True))
        data, repaired = parse_json(choice.text) if schema is not None else (None, False)
        if schema is not None and not keeps_to(data, schema):
            if not used.proven and used.rung < Rung.TEXT:
                self.notes.append(f"rung:{used.rung.word}→{Rung(used.rung + 1).word}")
                self.remember(self.ability.below(used.rung))
                return None
            if data is None:
                raise self._invalid("not_json", choice.text)
        elif schema is not None and not repaired and self.ability.rung == used.rung and not self.ability.proven:
            now = self.ability
            self.remember(Ability(now.rung, True, now.limit_name, now.dropped, now.caps))
        rung = used.rung if schema is not None else Rung.TEXT
        if repaired:
            self.notes.append("repaired_json")
        return Reply(
            choice.text, data, choice.logprobs, choice.tokens, self.usage, choice.finish_reason, rung.word, repaired,
            model, tuple(self.notes),
        )  # fmt: skip

    def _enlarge(self, choice: Choice, used: Ability) -> None:
        """More room for a reply that was cut off; a cut-off reply is never mended."""
        if self.doublings >= DOUBLINGS or self.limit >= used.caps.get("max_tokens", 2**31):
            raise self._invalid("truncated", choice.text)
        self.doublings += 1
        self.limit = max(self.limit * 2, THINKING_ROOM if choice.thought else 0)
        self.notes.append(f"limit:{self.limit}")

    def _invalid(self, cause: str, raw: str) -> InvalidReply:
        error = self.scene.fault(cause).error
        return InvalidReply(str(error), cause=cause, raw=self.scene.clean(raw))
