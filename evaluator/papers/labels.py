"""The words that papers label their parts with. A new layout usually needs one more word here and nothing else."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache


class Part(StrEnum):
    """What a stretch of a paper belongs to."""

    STEM = "stem"
    ANSWER = "answer"
    ANALYSIS = "analysis"
    MATERIAL = "material"
    OUTLINE = "outline"
    """答题要点, 解: the answer where the question has no other, else what explains it."""
    ASIDE = "aside"
    """难度, 一般回答: no text of the question; 题型 and 分值 are read from it."""


STRONG = {
    Part.ANSWER: (
        r"(?:参考|标准|正确|示例|示范|优秀|满分|高分|最佳|推荐|建议|样例|试题|题目|本题)?答案(?:要点|示例|范例|参考)?",
        r"(?:参考|标准|示例|示范|优秀|推荐|满分|高分)(?:回答|解答|答复|作答|范文|话术|示范|答题)(?:示例|要点)?",
        r"(?:回答|作答)(?:示例|范例)", "正确选项", "答",
        r"(?:Sample|Model|Suggested|Correct|Reference|Example|Ideal|Good|Strong|Expected)[ \t]+(?:answers?|responses?)",
        "Answer", "Ans", "Solution",
    ),
    Part.OUTLINE: (
        r"(?:答题|作答|回答|应答|解题)(?:要点|思路|参考|提示|技巧|建议|策略|方向|关键|框架)", r"参考(?:要点|思路)",
    ),
    Part.ANALYSIS: (
        r"(?:参考|答案|试题|题目|本题|考点|真题|专家|名师)?解析(?:思路)?", r"解[题析]思路",
        r"(?:答案|本题)(?:解释|详解|分析)",
        r"(?:评分|采分|给分|得分|赋分|评价|评判|计分)(?:标准|要点|重点|细则|参考|办法|说明|依据|规则|点|指引)",
        r"(?:考察|考查|考核|测评)(?:要点|重点|要素|点|能力|目的|意图|方向|维度)",
        "评价要点", "观察要点", r"[命出]题(?:意图|思路|目的)", "思路点拨",
        r"(?:Marking|Mark|Scoring|Grading|Assessment|Evaluation)[ \t]+(?:schemes?|criteria|guide|guidelines|rubrics?)",
        "Key points", "Explanation", "Rationale", "Analysis", r"What to look for", r"Look for", "Rubric",
    ),
    Part.ASIDE: (
        r"(?:一般|普通|较差|不佳|不合格|差的)(?:回答|答案)", r"(?:Weak|Poor|Bad)[ \t]+(?:answers?|responses?)",
    ),
}  # fmt: skip
"""Known by a colon or brackets behind a sentence as well as at the start of a line; patterns."""
WEAK = {
    Part.ANSWER: ("答复", "候选人", "应聘者", "Candidate"),
    Part.OUTLINE: ("要点", "解答", "解", "思路"),
    Part.ANALYSIS: (
        "解释", "详解", "题解", "分析", "点评", "评析", "点拨", "名师点评", "专家点评", "考点", "考点分析", "知识点",
        "Feedback", "Guidance", "Comment",
    ),
    Part.MATERIAL: (
        "案例背景", "背景材料", "案例材料", "阅读材料", "案例描述", "背景资料", "情景材料", "材料", "背景", "案例",
        "案情", "病例", "资料",
        "Case study", "Background", "Scenario", "Case",
    ),
    Part.ASIDE: ("难度系数", "难度等级", "难度", "难易度", "(?:考查|考察|测评|题目|试题)?题型",
        "(?:题目|试题)类型", "分值", "分类", "来源", "出处", "(?:所属)?章节", "关键词", "标签", "作答时间",
        "建议时间", "建议用时", "适用岗位", "Difficulty"),
}  # fmt: skip
"""Ordinary words too, so known only at the start of a line or in brackets."""
TAGS = (
    r"(?:单项选择|单选|多项选择|多选|不定项选择|选择|判断|是非|填空|简答|问答|论述|名词解释|案例分析|案例|情景模拟|情景|情境|行为|应急应变"
    r"|综合分析|计划组织|人际关系|计算|综合|实操|开放)(?:面试)?(?:题|类)|单选|多选|判断|填空|简答|名词解释"
    r"|(?:Multiple|Single)[- ]choice|Multiple[- ]answer|True[ /]*(?:or)?[ /]*False|Short[- ]answer"
    r"|Fill[- ]in[- ]the[- ]blanks?"
)
"""题型 as printed in 【】 before a stem; a pattern."""


def _any(words: dict[Part, tuple[str, ...]]) -> str:
    return "|".join(word for group in words.values() for word in sorted(group, key=len, reverse=True))


@cache
def part_of(word: str) -> Part:
    """The part that a label opens. Raises KeyError for a word that is none."""
    for table in (STRONG, WEAK):
        for part, patterns in table.items():
            if re.fullmatch("|".join(patterns), word, re.IGNORECASE):
                return part
    raise KeyError(word)


_ORDINAL = r"(?:\s*(?P<{}>[一二三四五六七八九十\d]{{1,2}}))?"
_OPEN, _CLOSE = "[【\\[〔]", "[】\\]〕]"
BULLETS = "#>*_•·▶►★☆◆◇■□●○➤※✅❓❔❗✨⭐➡\U0001f300-\U0001faff"
"""What may stand before a number or a label; for a character class."""
_MARGIN = rf"^[^\S\n]*[{BULLETS}✔☑-]*[^\S\n]*"
_MATERIAL = "|".join(WEAK[Part.MATERIAL])
ENDERS = '。？！?!；;…)）”’"】」|'
"""What may stand before a mark in the middle of a line."""
LABEL = re.compile(
    rf"(?:{_MARGIN}(?P<weak>{_any(WEAK)}){_ORDINAL.format('a')}[*_]*[:：][*_]*)"
    rf"|{_OPEN}(?P<boxed>{_any(STRONG)}|{_any(WEAK)}){_ORDINAL.format('b')}{_CLOSE}[:：]?"
    rf"|(?:{_MARGIN}|(?<=[{re.escape(ENDERS)}\s(（.]))"
    rf"(?P<strong>{_any(STRONG)})(?:[(（][^()（）\n]{{0,12}}[)）])?[*_]*"
    r"(?:(?:为|是)?[^\S\n]*[:：][*_]*|(?:为|是)?[^\S\n]*(?=[A-H]{1,6}[^\S\n]*$))"
    rf"|{_MARGIN}(?P<alone>{_any(STRONG)})[*_]*(?=[^\S\n]*$)"
    rf"|{_MARGIN}(?P<named>{_MATERIAL})(?P<c>[一二三四五六七八九十\d]{{1,2}})(?=[^\S\n]*(?:[(（][^()（）\n]{{0,20}}[)）])?[^\S\n]*$)"
    r"|(?:(?P<glued>(?:参考|正确|标准)?答案(?=[:：]\s*[A-H√×])|(?<=[A-H√×对错])解析(?=[:：])))[:：]",
    re.MULTILINE | re.IGNORECASE,
)
"""A label with what belongs to it.

A strong one may also fill its line, stand right before letters (答案 BD) or behind the last option (学历答案:A解析:…).
A numbered material (案例二) may fill its line, too.
"""
MATERIAL_START = re.compile(rf"\s*{_OPEN}?(?:{_MATERIAL}){_ORDINAL.format('a')}{_CLOSE}?[:：]\s*", re.IGNORECASE)
INTRODUCTION = re.compile(
    rf"{_MARGIN}[(（【]?(?:"
    r"(?:请)?(?:根据|阅读|依据|结合)[^\n。？?:：]{0,20}(?:材料|资料|案例|短文|情景|情境|背景|图表?|文字|对话)[^\n。？?]{0,16}"
    r"(?:回答|完成|作答|解答)[^\n。？?]{0,24}[。:：]?"
    r"|[^\n。？?]{0,6}\d{1,3}[^\S\n]*[-~～—–、和至到][^\S\n]*\d{1,3}[^\S\n]*小?题?[^\n。？?]{0,4}(?:共用|基于|根据)[^\n。？?]{0,16}[:：]?"
    r")[)）】]?[^\S\n]*$",
    re.MULTILINE,
)
"""根据以下材料回答1～3题: what stands below it, up to the next question, is for those."""
FURNITURE = re.compile(
    r"^[^\S\n]*(?:(?:(?:得[^\S\n]*分|评卷人|阅卷人|评分人|阅卷教师|复核人)[^\S\n|:：_]*[|:：_]*)+|[-=—~·…]{5,})[^\S\n]*$",
    re.MULTILINE,
)
"""Boxes for the marker and ruled lines: of no part."""
NOTES = re.compile(
    rf"{_MARGIN}[【\[]?(?:考生|考试|答题|应试)?(?:注意事项|须知|答题说明|考试说明|考生须知|Instructions)[】\]]?[:：]?[^\S\n]*"
    r"(?:\n[^\S\n]*[(（]?\d{1,2}[.．、)）][^\n?？]*$)+",
    re.MULTILINE | re.IGNORECASE,
)
"""注意事项 with its numbered lines: how to sit the examination, no questions."""
_HOW = r"(?:[及与和、]?(?:试题|答案|详细)?(?:解析|详解|评分标准|评分细则|评分参考|评分说明|评分要点))*"
KEY_STARTS = re.compile(
    r"\s*(?:(?:[一二三四五六七八九十]{1,2}[、.．:：]|第[一二三四五]部分|[(（][一二三四五][)）])[^\n\d]{0,30})?\s*"
    r"[(（第]?(?P<key>\d{1,4})(?:[^\S\n]*[.．、:：)）题]|[^\S\n]*[-~～—–至到]|[^\S\n]+[A-H√×✓✗对错TF])"
)
"""How a key of answers begins: 一、单选题 1-5 …, 1.B."""
_KEY_INLINE = KEY_STARTS.pattern.replace("?P<key>", "?:").replace(r"\s*", r"[^\S\n]*")
_OF_PAPER = r"[^\n。？?！!：:；;]{0,30}(?:卷|试题|考试|测试|测验|考核|习题|练习题?|题库|竞赛)"
"""What the heading of the answers may name before them: 秘书实务A卷参考答案."""
ANSWERS_AHEAD = re.compile(
    rf"{_MARGIN}(?:[—–=~-]+[^\S\n]*)?[【\[]*(?:附[:：]?|附录[:：]?|以下[为是]?|下面是)?(?:"
    rf"(?P<sure>(?:本次|本套|本份|以上|全部|各题)?(?:试卷|试题|考试|题目)(?:的)?(?:参考|标准)?答案{_HOW}(?:如下|部分)?"
    rf"|(?:答案|参考答案){_HOW}(?:部分|汇总|速查|一览)|Answer key|Answers(?: and explanations)?)"
    r"|(?P<explained>(?:答案|试题|题目|参考)?解析(?:部分|汇总|如下))"
    rf"|(?P<explaining>(?:答案|试题|题目|参考)?(?:解析|详解)(?=(?:[】\]][:：]?|[:：]){_KEY_INLINE}))"
    r"|(?:(?P<marking>(?:mark(?:ing)?|scoring|grading)[ \t]+schemes?|评分(?:标准|细则)|采分点)"
    r"|(?:model|sample|suggested)[ \t]+answers|solutions|answers)(?=[】\]]?[:：]?[^\S\n]*$)"
    rf"|(?:[\u4e00-\u9fff]{{2,6}}题|{_OF_PAPER})?(?P<word>(?:参考|标准|正确)?(?:答案{_HOW}|解答))(?:如下)?"
    rf"|[\u4e00-\u9fff\dA-Z《》]{{2,16}}参考答案{_HOW}(?=[^\S\n]*$))"
    rf"(?:[】\]]?[*]*[:：]?[^\S\n]*(?:[—–=~-]+[^\S\n]*)?$|[*]*(?:[】\]][*]*[:：]?|[:：])(?={_KEY_INLINE}))"
    rf"|(?<=[{re.escape(ENDERS)}\s])(?:参考|标准|正确)?答案{_HOW}[:：](?={_KEY_INLINE})"
    rf"|^(?P<grid>)(?=[^\S\n|]*题号[\s|]+1[\s|][\d\s|]*\n[^\S\n|]*(?:参考|正确)?答案[^\S\n|]+[A-H√×✓✗对错TF])",
    re.MULTILINE | re.IGNORECASE,
)
"""What opens the answers of the whole paper, or (without `sure`) perhaps only those of a question."""
