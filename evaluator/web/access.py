"""Who may talk to the page: the hosts it answers to, the access token, and proof that a form is ours."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_VISITOR_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Access:
    """`token` is None where only this machine can connect; `hosts` are names beside the loopback's, in lower case."""

    token: str | None = field(default=None, repr=False)
    hosts: frozenset[str] = frozenset()
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def knows_host(self, header: str) -> bool:
        """Whether the page answers to this `Host` header.

        A name that a stranger has pointed at this machine (DNS rebinding) is refused. An address cannot be pointed
        anywhere, so every address will do once a token is asked for.
        """
        name = _host_name(header)
        if name in LOOPBACK_NAMES or name in self.hosts:
            return True
        return self.token is not None and _is_address(name)

    def accepts(self, token: str) -> bool:
        """Whether that is the token; compared in constant time."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    @property
    def pass_(self) -> str:
        """What a browser keeps instead of the token; holds as long as the token does."""
        return hmac.new((self.token or "").encode(), b"evaluator page", hashlib.sha256).hexdigest()

    def admits(self, kept: str) -> bool:
        """Whether a browser with this in its cookie has shown the token before."""
        return self.token is not None and hmac.compare_digest(kept.encode(), self.pass_.encode())

    def form_token(self, visitor: str) -> str:
        """What every form of this visitor carries; made of a secret that ends with the process."""
        return hmac.new(self._secret, visitor.encode(), hashlib.sha256).hexdigest()

    def is_own_form(self, visitor: str, given: str) -> bool:
        """Whether a form with this token was handed out to this visitor."""
        return hmac.compare_digest(given.encode(), self.form_token(visitor).encode())


def new_visitor() -> str:
    """A name for a browser, for forms alone."""
    return secrets.token_hex(_VISITOR_LENGTH // 2)


def is_visitor(text: str) -> bool:
    """Whether this looks like what `new_visitor` gives."""
    return len(text) == _VISITOR_LENGTH and all(letter in "0123456789abcdef" for letter in text)


def _host_name(header: str) -> str:
    """The name without port and brackets, in lower case."""
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
