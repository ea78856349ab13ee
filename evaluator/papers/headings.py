"""Headings of sections: title, 题型, 共N题, 每题M分, 总分; points in brackets anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evaluator.models import QuestionKind

_K = QuestionKind
_KIND_WORDS: tuple[tuple[str, QuestionKind], ...] = (
    (r"单选|单项选择|single[- ]choice", _K.SINGLE_CHOICE),
    (r"多选|多项选择|不定项|multiple[- ](?:answer|response)|multi[- ]?select", _K.MULTIPLE_CHOICE),
    (r"multiple[- ]choice", _K.SINGLE_CHOICE),
    (r"判断|是非题|对错题|true.{0,5}false", _K.TRUE_FALSE),
    (r"填空|fill.in.the.blank|blanks", _K.FILL_BLANK),
    (r"案例|材料分析|病例|case", _K.CASE),
    (r"行为|behaviou?r", _K.BEHAVIOURAL),
    (r"情景|情境|场景|situation|scenario", _K.SITUATIONAL),
    (r"论述|作文|写作|essay", _K.ESSAY),
    (r"简答|问答题|名词解释|short[- ]answer", _K.SHORT_ANSWER),
    (r"综合(?!部分|素质|能力|考点|知识|类)|应用题|实操|操作题|计算题|开放题", _K.OTHER),
)
"""In the order in which they win over each other. A plain 选择题 is told by its answers."""
_EXAM_WORDS = re.compile(
    r"题|部分|面试|测试|考核|选择|判断|填空|简答|论述|questions?|choice|section|part", re.IGNORECASE
)
_ASKS = re.compile(
    r"[?？]|^\s*(?:请(?![假示款购领辞])|简述|试述|论述(?!题)|如何|怎样|什么|为什么|谈谈|分析(?!题)|描述|说明|列举|解释|假设|假如|如果)"
)
_NUMBER = r"(\d+(?:\.\d+)?)"
_REACH = re.compile(r"第\s*(\d{1,3})\s*题?\s*[-~～—–至到]+\s*第?\s*(\d{1,3})\s*题")
"""第1题～第40题"""
_COUNT = re.compile(
    r"(?<!第)(?<!\d)(?:共|共计|合计|总计)?\s*(\d{1,3})\s*(?:小题|道题|道|个?题|questions)", re.IGNORECASE
)
_EACH = re.compile(
    rf"每(?:小?题|题|空|道题?|个)\s*(?:各|计|得)?\s*{_NUMBER}\s*分|{_NUMBER}\s*(?:marks?|points?|pts)\s+each"
    rf"|各\s*{_NUMBER}\s*分|{_NUMBER}\s*分\s*[/／]\s*(?:小?题|空|个)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"(?:总计|总分|共计|合计|满分|共|计|total(?:ling)?(?:\s+of)?:?)\s*(?:为|[:：])?\s*{_NUMBER}\s*(?:分|marks?|points?)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"[(（\[【]\s*(?:本(?:大|小)?题|本部分)?\s*{_NUMBER}\s*(?:分|marks?|points?)\s*[)）\]】]", re.IGNORECASE
)
_AMONG = re.compile(rf"[，,；;、]\s*{_NUMBER}\s*分\s*[)）\]】]")
"""共1题，20分"""
_FULL = re.compile(rf"(?:满分|总分|试卷满分|卷面总分|total(?:\s+marks)?|full marks)\s*(?:为|是|[:：])?\s*{_NUMBER}\s*(?:分|marks|points|\b)", re.IGNORECASE)  # fmt: skip # noqa: E501
_BRACKETS = re.compile(
    r"[(（\[【][^()（）\[\]【】]*(?:分|marks?|points?|小题|题|questions|[打划填涂写][“\"√]|选出|填[入在]|请[将在把]|权重|占比)[^()（）\[\]【】]*[)）\]】]",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(（]([^()（）\n]{2,40})[)）]\s*$")
_COUNTS = re.compile(r"[：:，,\s]+(?:本(?:大|小)?题)?(?:共|每|满分|总分|计)\s*[^\s，。：:]{0,12}[题分].*$")
"""Counts and points behind a heading without brackets."""
_BOXED_TITLE = re.compile(r"^[【\[]?([^【】\[\]\n]{2,20})[】\]][^\S\n]*(?:(?:共|每|满分|总分)[^\n]{0,30})?$")
"""【判断题】共3题."""
_SCORE_BOX = re.compile(r"[\s|]*(?:得\s*分|评卷人|阅卷人|评分人)[\s:：_|]*(?:评卷人|阅卷人|评分人)?[\s:：_|]*$")
"""得分：____ behind a heading."""
_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says."""

    title: str = ""
    kind: QuestionKind | None = None
    count: int | None = None
    each: float | None = None
    total: float | None = None
    per_blank: bool = False
    """每空M分: `each` counts for a blank, not for a question."""
    choice: bool = False
    """A plain 选择题."""


def read_heading(line: str) -> Heading:
    """What `line` (without its ordinal) declares; what it does not is None."""
    line = _SCORE_BOX.sub("", line)
    title = _COUNTS.sub("", _BRACKETS.sub("", line)).strip(" \t　#*_:：、.。-—★☆◆◇■□●○※")
    title = _BOXED_TITLE.sub(r"\1", title) or _bracketed(line)
    return Heading(
        title=title or line.strip(),
        kind=kind_named(title),
        count=_count(line),
        each=_points(_EACH, line),
        total=_points(_TOTAL, line) or _points(_ALONE, line) or _points(_AMONG, line),
        per_blank=bool(re.search(r"每空|分\s*[/／]\s*空", line)),
        choice="选择" in title and "非选择" not in title,
    )


def _bracketed(line: str) -> str:
    """The title of a heading that is all in brackets: 第Ⅰ卷（选择题 共60分）."""
    inner = _IN_BRACKETS.match(line)
    named = inner is not None and (kind_named(inner[1]) or "选择" in inner[1])
    return _COUNTS.sub("", inner[1]).strip() if inner and named else ""


def _count(line: str) -> int | None:
    if reach := _REACH.search(line):
        return max(int(reach[2]) - int(reach[1]) + 1, 1)
    match = _COUNT.search(re.sub(r"每\s*(?:小题|道题|题)", "", line))
    return int(match[1]) if match else None


def _points(pattern: re.Pattern[str], line: str) -> float | None:
    match = pattern.search(line)
    number = next((group for group in match.groups() if group), None) if match else None
    return float(number) if number and float(number) <= _LIMIT else None


def kind_named(title: str) -> QuestionKind | None:
    """The kind that a title names, if any."""
    return next((kind for words, kind in _KIND_WORDS if re.search(words, title, re.IGNORECASE)), None)


def heads(line: str) -> bool:
    """Whether `line` reads like the heading of a section and not like a question or a sentence."""
    line = _SCORE_BOX.sub("", line)
    title = _COUNTS.sub("", _BRACKETS.sub("", line)).strip().rstrip("。")
    return len(title) <= 40 and not re.search(r"[。；;，,]", title) and not asks(title) and declares(line)


def declares(line: str) -> bool:
    """Whether `line` holds a word of examinations or points."""
    return bool(_EXAM_WORDS.search(line) or _points(_TOTAL, line) or _points(_ALONE, line) or _EACH.search(line))


def asks(text: str) -> bool:
    """Whether `text` reads like a question or a task."""
    return bool(_ASKS.search(text))


_INSTRUCTS = re.compile(
    r"每(?:小题|题|空)|本(?:大|小)?题|答题卡|请将|括号内|备选|得分|扣分|只有一[个项]|正确的(?:打|选|填)|填涂|选[出择].{0,8}(?:正确|最佳)"
    r"|^(?:Answer|Choose|Circle|Write|Select|Tick)\b|questions? in this section",
    re.IGNORECASE,
)
_LONGEST_INSTRUCTION = 120


def instructs(text: str) -> bool:
    """Whether what stands below a heading tells how to answer, and is no material."""
    return len(text) <= _LONGEST_INSTRUCTION and bool(_INSTRUCTS.search(text))


def full_marks(text: str) -> float | None:
    """满分 of the whole paper, where the text before the first section says so."""
    return _points(_FULL, text)


_SAID = re.compile(rf"分值[】\]]?\s*[:：]?\s*{_NUMBER}")
_OF_WHOLE = r"(?:本(?:小|大)?题|满分|分值|共|计|为|[:：]|\s)*"
_UNIT = r"(?:分|marks?|points?|pts)"
_STEM_POINTS = re.compile(
    rf"[(（\[【]{_OF_WHOLE}{_NUMBER}\s*(?:{_UNIT}|[’'′])(?:[,，;；][^()（）\[\]【】\n]{{0,20}})?\s*[)）\]】]"
    rf"|(?<=[\s。？?！!：:]){_NUMBER}\s*(?:[’'′]|分)(?=\s*(?:\n|$))"
    rf"|(?<=\S)[^\S\n]{{2,}}[(（\[]{_NUMBER}[)）\]](?=\s*(?:\n|$))",
    re.IGNORECASE,
)


def points_said(text: str) -> float | None:
    """分值：10分 beside a question."""
    return _points(_SAID, text)


def stem_points(stem: str) -> tuple[str, float | None]:
    """A stem without its points, and the points; None where there are none or several.

    Points stand in brackets, at the start of the stem or at the end of a line. Those at the start are the question's,
    whatever its parts are worth.
    """
    found = [match for match in _STEM_POINTS.finditer(stem) if _at_edge(stem, match)]
    whole = len(found) == 1 or (found and not stem[: found[0].start()].strip())
    if not whole or (points := float(next(group for group in found[0].groups() if group))) > _LIMIT:
        return stem, None
    before, behind = stem[: found[0].start()].rstrip(" \t"), stem[found[0].end() :].lstrip(" \t。.：:")
    return (before + behind).strip(), points


def _at_edge(stem: str, match: re.Match[str]) -> bool:
    return not stem[: match.start()].strip() or bool(re.match(r"[ \t]*[。.：:]?[ \t]*(?:\n|$)", stem[match.end() :]))
