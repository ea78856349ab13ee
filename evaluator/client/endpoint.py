"""Which model is asked, where, and what is peculiar about the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from pydantic import SecretStr

from evaluator.settings import host_of, is_loopback

DUMMY_KEY = "not-needed"
"""What servers of one's own get as key: the SDK insists on one."""


class Rung(IntEnum):
    """How a structured reply is asked for, the firmest way first."""

    JSON_SCHEMA = 0
    TOOL = 1
    JSON_OBJECT = 2
    TEXT = 3

    @property
    def word(self) -> str:
        """The name in traces."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a provider wants otherwise. All of it is only where probing starts: what is refused is dropped."""

    rung: Rung = Rung.JSON_SCHEMA
    """First rung that is tried."""
    temperature: bool = True
    """False where a temperature must not be sent."""
    limit_name: str = "max_tokens"
    body: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Sent with every request; switches thinking off."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model at one address. The key never shows in any text form."""

    base_url: str
    model: str
    api_key: SecretStr = field(default_factory=lambda: SecretStr(DUMMY_KEY), repr=False)
    provider: str = ""
    """Name of the preset; empty for an address that is nobody's we know."""
    quirks: Quirks = field(default_factory=Quirks, repr=False)

    @property
    def host(self) -> str:
        """What a person is told before anything is sent: `host` or `host:port`."""
        return host_of(self.base_url)

    @property
    def on_this_machine(self) -> bool:
        """Whether nothing that is sent there leaves this machine."""
        return is_loopback(self.base_url)

    @property
    def key(self) -> tuple[str, str]:
        """What is learnt about it is remembered under this."""
        return self.base_url, self.model
