"""Which items something is chosen on and which it is reported on: whole groups (questions), never parts of one.

What is fitted to a question knows that question: an honest figure comes from questions that had no part in it. Groups
go by the SHA-256 of salt and name, so that order of rows and other machines change nothing; another salt splits
otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from evaluator.agreement.grouping import grouped


class Split(NamedTuple):
    """Places of the rows, ascending; no group has rows in both."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]


def split_by_group(groups: Sequence[str], share: float = 0.5, salt: str = "") -> Split:
    """Hold out about `share` of the groups (their number rounded half up, at least one, at most all but one).

    `groups[i]` names the group of row i. One more group moves at most one of the others to the other side. Raises
    ValueError where there are fewer than two groups or `share` is not within 0..1.
    """
    names = _shuffled(groups, salt)
    if not 0 < share < 1:
        raise ValueError(f"the share to hold out is within 0..1, not {share}")
    count = max(1, min(len(names) - 1, int(share * len(names) + 0.5)))
    return _split(groups, set(names[:count]))


def folds_by_group(groups: Sequence[str], count: int = 5, salt: str = "") -> tuple[Split, ...]:
    """Hold out each group once: `count` splits of about as many rows (as many as groups where there are fewer).

    Groups are dealt in the order of their hash, each to the fold with the fewest rows so far. Raises ValueError where
    there are fewer than two groups or `count` is below 2.
    """
    names = _shuffled(groups, salt)
    if count < 2:
        raise ValueError(f"at least two folds, not {count}")
    sizes = {name: len(places) for name, places in grouped(groups).items()}
    folds: list[set[str]] = [set() for _ in range(min(count, len(names)))]
    rows = [0] * len(folds)
    for place, name in enumerate(names):
        fold = place if place < len(folds) else rows.index(min(rows))
        folds[fold].add(name)
        rows[fold] += sizes[name]
    return tuple(_split(groups, fold) for fold in folds)


def _shuffled(groups: Sequence[str], salt: str) -> list[str]:
    names = sorted(set(groups), key=lambda name: sha256(f"{salt}\0{name}".encode()).digest())
    if len(names) < 2:
        raise ValueError("at least two groups: with one question nothing can be held out")
    return names


def _split(groups: Sequence[str], held_out: set[str]) -> Split:
    places = range(len(groups))
    return Split(
        tuple(place for place in places if groups[place] not in held_out),
        tuple(place for place in places if groups[place] in held_out),
    )
