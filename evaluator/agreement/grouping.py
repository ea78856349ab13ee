"""Figures of parts: by question, by rater, by band of marks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Literal, TypeVar

from evaluator.agreement.series import finite, same_length

Band = Literal["low", "middle", "high"]
BANDS: tuple[Band, ...] = ("low", "middle", "high")

_Key = TypeVar("_Key", bound=Hashable)
_Row = TypeVar("_Row")
_Figures = TypeVar("_Figures")


def grouped(keys: Sequence[_Key]) -> dict[_Key, tuple[int, ...]]:
    """The places at which each key stands; keys in the order in which they first appear."""
    places: dict[_Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {key: tuple(found) for key, found in places.items()}


def band(share: float) -> Band:
    """The band of a score as a share of full marks: low < 1/3 <= middle < 2/3 <= high.

    Take the share by one division (points / maximum): then 2 of 6 is exactly 1/3. Raises ValueError where it is not
    finite; shares below 0 are low, above 1 high.
    """
    finite((share,))
    if share < 1 / 3:
        return "low"
    return "middle" if share < 2 / 3 else "high"


def figures_by(
    rows: Sequence[_Row], keys: Sequence[_Key], figures: Callable[[Sequence[_Row]], _Figures]
) -> dict[_Key, _Figures]:
    """`figures` of the rows of each key, keys in the order in which they first appear; a row belongs to one key.

    Raises ValueError where rows and keys differ in length.
    """
    same_length(rows, keys)
    return {key: figures([rows[place] for place in places]) for key, places in grouped(keys).items()}


def figures_by_band(
    rows: Sequence[_Row], shares: Sequence[float], figures: Callable[[Sequence[_Row]], _Figures]
) -> Mapping[Band, _Figures]:
    """`figures` of the rows of each band, all three bands from low to high, also those without rows.

    `shares` is what people gave, as shares of full marks: banding by the judge's own score would hide its mistakes.
    Within a band the scores vary little, so correlations and kappas are lower than over all: compare errors and bias.
    """
    found = figures_by(rows, [band(share) for share in shares], lambda part: part)
    return {name: figures(found.get(name, ())) for name in BANDS}
