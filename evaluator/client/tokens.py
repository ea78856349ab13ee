"""About how many tokens a text has, without the model's tokeniser."""

from __future__ import annotations

import functools

_PER_WIDE = 0.7
"""Tokens a Chinese character: the tokenisers in use need 0.5 to 1.0."""
_PER_NARROW = 0.27
"""Tokens an ASCII character: English words, spaces and JSON."""


@functools.lru_cache(maxsize=256)
def estimated_tokens(text: str) -> int:
    """About how many tokens; an estimate for limits and forecasts, never for bills."""
    narrow = len(text.encode("ascii", "ignore"))
    return round(narrow * _PER_NARROW + (len(text) - narrow) * _PER_WIDE)
