"""A file of JSON lines -> records, streamed; and what is in them as a whole."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluator.errors import Words
from evaluator.submissions import headers
from evaluator.submissions.cells import BLANKS, text_of
from evaluator.submissions.refusing import refused

ANSWERS = frozenset({"answers", "responses"})
"""Keys of a mapping from questions to answers."""
HUMAN = frozenset({"human", "human_scores"})
"""Keys of what people gave: `{rater, score, levels}`, or several of them."""
LEVELS = frozenset({"levels"})
"""Keys of a mapping from key points to levels."""
COLUMNS = frozenset({"columns", "meta"})
"""Keys of a mapping with what else is known of a candidate."""
NESTED = ANSWERS | HUMAN | LEVELS | COLUMNS
_LONGEST = 20_000_000
"""Characters of one line."""
_HALVES = re.compile("[\ud800-\udfff]")
"""JSON can hold half a character, which no text can."""
_MOST = 2000
"""More kinds of keys, or names of questions, than this are none."""


@dataclass(slots=True)
class Contents:
    """What the records of a file have in common."""

    keys: dict[str, None] = field(default_factory=dict)
    questions: dict[str, None] = field(default_factory=dict)
    """As they are named, in their order."""
    columns: dict[str, None] = field(default_factory=dict)
    """Names inside `columns`."""


class Lines:
    """The lines of a file; every pass reads it anew."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any] | Words]]:
        """Number from 1 and record of every line that is not empty, or why it holds none."""
        number = 0
        with self._path.open(encoding=self._encoding, errors="replace") as file:
            while line := file.readline(_LONGEST):
                number += 1
                if len(line) == _LONGEST and not line.endswith("\n"):
                    while (rest := file.readline(_LONGEST)) and not rest.endswith("\n"):
                        pass
                    yield number, Words("这一行太长", "the line is too long")
                elif line := line.strip("\ufeff \t\r\n"):
                    yield number, _record(line)

    def contents(self, known: Callable[[str], bool], name: str) -> Contents:
        """What stands in the file; `known` tells names of questions. Raises InputError where there is too much."""
        found = Contents()
        for _, record in self:
            if isinstance(record, Words):
                continue
            found.keys.update(dict.fromkeys(record))
            for key in record.keys() & NESTED:
                if isinstance(nested := record[key], dict) and key in ANSWERS | COLUMNS:
                    (found.questions if key in ANSWERS else found.columns).update(dict.fromkeys(nested))
            if question := question_of(record, known):
                found.questions[question] = None
            if max(len(found.keys), len(found.questions), len(found.columns)) > _MOST:
                raise refused(
                    name,
                    f"有超过 {_MOST} 种键或题目，像不是答卷",
                    f"more than {_MOST:,} different keys or questions: these seem to be no submissions",
                )
        return found


def question_of(record: Mapping[str, Any], known: Callable[[str], bool]) -> str:
    """The question that a record with one answer names: a known one if there is, else as its surest key says."""
    surest = ""
    for key in _question_keys(tuple(record)):
        if text := text_in(record[key]):
            if known(text):
                return text
            surest = surest or text
    return surest


@functools.lru_cache(maxsize=1024)
def _question_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those that name the question, the surest first."""
    ranks = {key: rank for key in keys if (rank := headers.question_key_rank(key)) is not None}
    return tuple(sorted(ranks, key=lambda key: ranks[key]))


def text_in(value: object) -> str:
    """A value of a record as text; what form services write for nothing is empty."""
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return "┋".join(map(text_in, value))  # several options, as form services write them
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = text_of(value).strip()
    if _HALVES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "" if text in BLANKS else text


def _record(line: str) -> dict[str, Any] | Words:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as fault:
        return Words(f"不是 JSON（第 {fault.colno} 列：{fault.msg}）", f"no JSON (column {fault.colno}: {fault.msg})")
    except (ValueError, RecursionError):
        return Words("不是可读的 JSON", "no JSON that can be read")
    if isinstance(found, dict):
        return found
    return Words("每行应是一个对象 {…}", "each line must be an object {…}")
