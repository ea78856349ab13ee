"""Headers of what people gave: `第1题 得分`, `Q1_score`, `csm-01 评委A`, `csm-01/take-charge`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from evaluator.models import Deduction, KeyPoint, Rubric
from evaluator.submissions import headers
from evaluator.submissions.column_map import Match
from evaluator.submissions.matching import Matcher
from evaluator.text import normalise, simplified

_LABEL = r"[A-Za-z0-9一二三四五六七八九十甲乙丙丁]"
_PERSON = (
    r"评委|评审|评分人|评卷人|阅卷人|阅卷老师|评分老师|老师|教师|考官|面试官|专家"
    r"|rater|grader|judge|examiner|reviewer|marker"
)
_WORD = (
    r"人工评分|人工得分|人工分数|人工分|人工|得分|评分|分数|打分|成绩|给分"
    r"|human[ _-]?scores?|human|scores?|marks?|points?"
)
_SEP = r"[\s_\-–—:：·.、/／（(【\[]*"
_END = r"[\s)）】\]]*"
_RATER = rf"(?:(?:{_PERSON})[\s_-]*{_LABEL}{{1,3}}(?![A-Za-z0-9])|[一二三]评)"
_SCORE = re.compile(
    rf"(?P<ref>.*?){_SEP}(?:(?P<rater>{_RATER}|{_PERSON}){_SEP}(?:{_WORD})"
    rf"|(?P<alone>{_RATER})|(?P<word>{_WORD})(?:{_SEP}(?P<behind>{_RATER}))?){_END}",
    re.IGNORECASE | re.DOTALL,
)
_BEHIND_POINT = re.compile(rf"(?P<point>.+?)[\s@·_（(:：]+(?P<rater>{_RATER}){_END}", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ScoreHeader:
    """A header that says: a score."""

    ref: str
    """What stands before: a question, or nothing."""
    rater: str


@dataclass(frozen=True, slots=True)
class PointHeader:
    """A header that says: the level of a key point; an empty `key_point` is one that the rubric does not have."""

    match: Match
    key_point: str
    rater: str


def score(printed: str) -> ScoreHeader | None:
    """What a header of scores says; None for all others."""
    found = _SCORE.fullmatch("".join(map(simplified, printed)).strip())
    if not found:
        return None
    rater = found["rater"] or found["alone"] or found["behind"] or ""
    word = found["word"] or found[0]
    default = "human" if re.fullmatch(r"[\x00-\x7f]*", word) else "人工"
    return ScoreHeader(found["ref"].strip(), re.sub(r"[\s_-]+", "", rater) or default)


def point(printed: str, matcher: Matcher, owner: Callable[[str], Match | None]) -> PointHeader | None:
    """What a header of the levels of one key point says; None where it names no question before a `/`.

    `owner` tells the question that a text names.
    """
    before, slash, behind = printed.replace("／", "/").partition("/")
    if not slash:
        return _lone_point(printed, matcher)
    match = owner(before)
    if match is None:
        return None
    rubric = next(one for one in matcher.rubrics if one.id == match.rubric)
    found = key_point_named(behind, rubric)
    rater = "人工"
    if not found and (parted := _BEHIND_POINT.fullmatch(behind.strip())):
        found, rater = key_point_named(parted["point"], rubric), re.sub(r"[\s_-]+", "", parted["rater"])
    if found or not (scored := score(behind)) or scored.ref:
        return PointHeader(match, found, rater)
    return None


def key_point_named(name: str, rubric: Rubric) -> str:
    """The id of the key point or deduction that has this id or name; empty for none."""
    parts: list[KeyPoint | Deduction] = [*rubric.key_points, *rubric.deductions]
    wanted, key = name.strip().casefold(), normalise(name).text
    same = [part.id for part in parts if part.id.casefold() == wanted] or [
        part.id for part in parts if key and normalise(part.name).text == key
    ]
    return same[0] if len(same) == 1 else ""


def _lone_point(printed: str, matcher: Matcher) -> PointHeader | None:
    """`take-charge`, or its name, where only one rubric has it."""
    if headers.role(printed) or len(printed.strip()) < 3:
        return None
    owners = [(rubric.id, found) for rubric in matcher.rubrics if (found := key_point_named(printed, rubric))]
    if len(owners) != 1 or owners[0][1] == "answer":
        return None
    return PointHeader(Match(rubric=owners[0][0]), owners[0][1], "人工")
