"""The language of a page: which one is wanted, and its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from evaluator.errors import Words
from evaluator.report.labels import traditional

LOCALES: Mapping[str, str] = {"zh-CN": "简体", "zh-TW": "繁體", "en": "English"}
"""With the name that each gives itself."""
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")
_MOST_RANGES = 20


class Speech:
    """The texts of one locale."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.lang = "en" if locale == "en" else "zh"
        """For what the package says in two languages."""
        self._texts = catalog(locale)

    def say(self, key: str, **values: object) -> str:
        """The text of that key with the values in their places; KeyError for a key that there is not."""
        return self._texts[key].format(**values) if values else self._texts[key]

    def words(self, words: Words) -> str:
        """A text that exists in two languages; Chinese in the characters of the locale."""
        return self.chars(words.text(self.lang))

    def chars(self, text: str) -> str:
        """Chinese text of ours in the characters of the locale. Never for what people wrote."""
        return traditional(text) if self.locale == "zh-TW" else text


@cache
def catalog(locale: str) -> Mapping[str, str]:
    """All texts of a locale by key; a file for each part of the page. Raises ValueError for a key in two files."""
    found: dict[str, str] = {}
    for file in sorted(files("evaluator.web").joinpath("catalogs", locale).iterdir(), key=lambda one: one.name):
        part: dict[str, str] = json.loads(file.read_text("utf-8"))
        if twice := part.keys() & found.keys():
            raise ValueError(f"{locale}/{file.name}: {', '.join(sorted(twice))} stand in another file too")
        found |= part
    return found


def wanted(chosen: str, accept_language: str, default: str = "zh-CN") -> str:
    """The locale: what was chosen in the page, else what the browser likes best, else the default."""
    if chosen in LOCALES:
        return chosen
    liked: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:_MOST_RANGES]:
        match = _RANGE.fullmatch(part)
        if match and (locale := _locale_of(match[1].lower())):
            liked.append((float(match[2] or 1), locale))
    best = max(liked, key=lambda one: one[0], default=(0.0, default))
    return best[1] if best[0] > 0 else default


def _locale_of(tag: str) -> str:
    if tag.startswith("zh"):
        traditional = {"hant", "tw", "hk", "mo"} & set(tag.split("-"))
        return "zh-TW" if traditional else "zh-CN"
    return "en" if tag.partition("-")[0] == "en" else ""
