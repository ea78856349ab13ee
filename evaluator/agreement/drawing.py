"""Chance that is the same on every machine, in every version of Python, for the same seed.

Draw i of a stream is SHAKE-128 over "seed/stream/i", read as little-endian words of 32 bits: no state, so any draw
can be made by itself, and fast, because a whole resample is one call. A word falls on one of n by (word·n) >> 32,
which favours none by more than n / 2³².

Source: NIST FIPS 202 (2015).
"""

from __future__ import annotations

import struct
from hashlib import shake_128


def words(seed: int, stream: str, number: int, count: int) -> tuple[int, ...]:
    """`count` words of 32 bits; asking for more of the same draw gives the same ones first."""
    key = f"{seed}/{stream}/{number}".encode()
    return struct.unpack(f"<{count}I", shake_128(key).digest(4 * count))


def below(limit: int, drawn: tuple[int, ...]) -> list[int]:
    """Each word as a place 0..limit - 1."""
    return [(word * limit) >> 32 for word in drawn]
