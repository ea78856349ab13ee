"""What is worked out once of a frozen model and then kept: a hash, a prompt, a list of requirements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Whole = TypeVar("Whole")
Part = TypeVar("Part")


class Derived(Generic[Whole, Part]):
    """A function of one frozen object that remembers its results.

    By identity: to compare two rubrics costs as much as what is derived of them. Holds on to the objects that it has
    results of, `most` at a time; then it starts anew.
    """

    def __init__(self, make: Callable[[Whole], Part], *, most: int = 256) -> None:
        self._make = make
        self._most = most
        self._kept: dict[int, tuple[Whole, Part]] = {}

    def __call__(self, whole: Whole) -> Part:
        """What was made of it."""
        kept = self._kept.get(id(whole))
        if kept is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            kept = self._kept[id(whole)] = whole, self._make(whole)
        return kept[1]
