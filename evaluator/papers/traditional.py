"""繁 → 简, with the length kept so that every character stays where it was."""

from __future__ import annotations

import functools
from collections.abc import Callable

from evaluator.papers.tracing import Traced

_FEW = 5
_SHARE = 0.02


def in_simplified(traced: Traced) -> Traced:
    """The text in simplified characters, where it is written in traditional ones.

    A simplified text that quotes a traditional word, or uses a character that both have (著, 乾), keeps it.
    """
    text = traced.text
    changed = simplified(text)
    different = sum(a != b for a, b in zip(text, changed, strict=True))
    han = sum("\u3400" <= char <= "\u9fff" for char in text)
    if different < _FEW and (different == 0 or different < han / 2):
        return traced
    return Traced(changed, traced.origins, traced.length) if different >= _SHARE * han else traced


def simplified(text: str) -> str:
    """`text` in simplified characters, of the same length."""
    if text.isascii():
        return text
    changed = _converter()(text)
    return changed if len(changed) == len(text) else "".join(map(_one, text))


def _one(char: str) -> str:
    changed = _converter()(char)
    return changed if len(changed) == 1 else char


@functools.cache
def _converter() -> Callable[[str], str]:
    # Reading the dictionaries costs 80 ms, which `--help` shall not pay.
    from opencc import OpenCC  # noqa: PLC0415

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
