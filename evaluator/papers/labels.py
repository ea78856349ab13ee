"""The words that papers label their parts with. A new layout usually needs one more word here and nothing else."""

from __future__ import annotations

import re
from enum import StrEnum


class Part(StrEnum):
    """What a stretch of a paper belongs to."""

    STEM = "stem"
    ANSWER = "answer"
    ANALYSIS = "analysis"
    MATERIAL = "material"
    ASIDE = "aside"
    """难度, 页码: of no use for scoring."""


STRONG = {
    Part.ANSWER: (
        "参考答案要点", "参考答案", "标准答案", "正确答案", "示例答案", "参考回答", "参考解答", "参考要点", "答案要点",
        "答题要点", "作答要点", "回答要点", "答案示例", "回答示例", "优秀回答", "答案",
        "Sample answer", "Model answer", "Suggested answer", "Correct answer", "Reference answer", "Answer",
    ),
    Part.ANALYSIS: (
        "参考解析", "答案解析", "试题解析", "题目解析", "本题解析", "解析思路", "解题思路", "考点解析", "本题解释",
        "答案解释", "评分标准", "评分要点", "评分细则", "采分点", "得分点",
        "得分要点", "给分点", "考察要点", "考查要点",
        "考察点", "考查点", "解析",
        "Marking scheme", "Mark scheme", "Marking criteria", "Key points", "Explanation", "Rationale", "Analysis",
    ),
}  # fmt: skip
"""Known by a colon or brackets behind a sentence as well as at the start of a line."""
WEAK = {
    Part.ANSWER: ("答", "要点", "解答", "参考思路", "答题思路"),
    Part.ANALYSIS: ("解释", "详解", "点评", "评析", "考点", "知识点", "测评要素"),
    Part.MATERIAL: (
        "案例背景", "背景材料", "案例材料", "阅读材料", "案例描述", "背景资料", "情景材料", "材料", "背景", "案例",
        "资料",
        "Case study", "Background", "Scenario", "Case",
    ),
    Part.ASIDE: ("难度系数", "难度", "题型", "Difficulty"),
}  # fmt: skip
"""Ordinary words too, so known only at the start of a line."""
TAGS = (
    "单项选择题|单选题|单选|多项选择题|多选题|多选|不定项选择题|选择题|判断题|判断|填空题|填空|简答题|简答|问答题|论述题"
    "|案例分析题|案例题|情景题|情境题|行为题|名词解释"
)
"""题型 as printed in 【】 before a stem."""


def _any(words: dict[Part, tuple[str, ...]]) -> str:
    ordered = sorted((word for group in words.values() for word in group), key=len, reverse=True)
    return "|".join(re.escape(word) for word in ordered)


def part_of(word: str) -> Part:
    """The part that a label opens. Raises KeyError for a word that is none."""
    return _PARTS[word.lower()]


_PARTS = {word.lower(): part for table in (STRONG, WEAK) for part, group in table.items() for word in group}
_ORDINAL = r"(?:\s*[一二三四五六七八九十\d]{1,2})?"
_OPEN, _CLOSE = "[【\\[〔]", "[】\\]〕]"
ENDERS = '。？！?!；;…)）”’"】」|'
"""What may stand before a mark in the middle of a line."""
LABEL = re.compile(
    rf"(?:^[^\S\n]*[#>*_•·-]*[^\S\n]*(?P<weak>{_any(WEAK)}){_ORDINAL}[*_]*[:：][*_]*)"
    rf"|{_OPEN}(?P<boxed>{_any(STRONG)}|{_any(WEAK)}){_ORDINAL}{_CLOSE}[:：]?"
    rf"|(?:^[^\S\n]*[#>*_•·-]*[^\S\n]*|(?<=[{re.escape(ENDERS)}\s(（.]))"
    rf"(?P<strong>{_any(STRONG)})(?:[(（][^()（）\n]{{0,12}}[)）])?[*_]*"
    r"(?:[:：][*_]*|(?:为|是)?[^\S\n]*(?=[A-H]{1,6}[^\S\n]*$))"
    rf"|^[^\S\n]*[#>*_•·-]*[^\S\n]*(?P<alone>{_any(STRONG)})[*_]*(?=[^\S\n]*$)"
    r"|(?:(?P<glued>(?:参考|正确|标准)?答案(?=[:：]\s*[A-H√×])|(?<=[A-H√×对错])解析(?=[:：])))[:：]",
    re.MULTILINE | re.IGNORECASE,
)
"""A label with what belongs to it.

A strong one may also fill its line, stand right before letters (答案 BD) or behind the last option (学历答案:A解析:…).
"""
MATERIAL_START = re.compile(
    rf"\s*{_OPEN}?(?:{'|'.join(WEAK[Part.MATERIAL])}){_ORDINAL}{_CLOSE}?[:：]\s*", re.IGNORECASE
)
ANSWERS_AHEAD = re.compile(
    r"^[^\S\n]*[#*【\[]*(?:附[:：]?|附录[:：]?)?(?:"
    r"(?P<sure>(?:本次|本套|本份|以上)?(?:试卷|试题|考试|题目)(?:的)?(?:参考)?答案(?:及解析|与解析|和解析)?(?:如下|部分)?"
    r"|答案部分|答案汇总|Answer key|Answers)"
    r"|(?:参考|标准|正确)?答案(?:[及与和]?(?:试题)?(?:解析|评分标准|评分细则|评分参考))?(?:如下)?)"
    r"[】\]]?[*]*[:：]?[^\S\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line that opens the answers of the whole paper, or (without `sure`) perhaps only those of a question."""
