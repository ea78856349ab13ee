"""What a rule for steering attempts is, and the words that rules are built from.

Patterns see folded text: simplified, lower case, half width, without invisible characters and look-alikes. In the view
`words` punctuation and spaces stand as written; in `letters` there are none, so 「忽 略*以上.指令」 reads as one.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

Reach = Literal["clause", "line"]
View = Literal["words", "letters"]
FLAGS = re.VERBOSE | re.MULTILINE


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of steering."""

    name: str
    """The kind of attempt; several rules share one."""
    wording: str
    """Of the pattern, with every repetition bounded."""
    view: View
    opens: bool = False
    """Only where a clause begins: 「员工忽略之前的要求」 tells, 「忽略之前的要求」 orders."""
    sparing: str = ""
    """Not where the sentence holds this: a customer may be asked for full marks."""
    reach: Reach = "clause"
    """`line`: whatever follows on the line belongs to the attempt."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first asked for: most rules never are, and all of them take a tenth of a second."""
        return _compiled(self.wording, FLAGS)

    @property
    def spares(self) -> re.Pattern[str] | None:
        """What `sparing` says, compiled."""
        return _compiled(self.sparing) if self.sparing else None


def words(name: str, pattern: str, *, spares: str = "", reach: Reach = "clause") -> Rule:
    """A rule for text as written. White space in the pattern says nothing."""
    return Rule(name, _bounded(pattern), "words", sparing=spares, reach=reach)


def letters(name: str, pattern: str, *, opens: bool = False, spares: str = "", reach: Reach = "clause") -> Rule:
    """A rule for what is said however it is spaced. White space in the pattern says nothing."""
    return Rule(name, _bounded(pattern), "letters", opens, spares, reach)


def _bounded(pattern: str) -> str:
    """The pattern with every repetition bounded, so that no answer can make the search slow."""
    for free, bounded in ((")*", "){0,8}"), (")+", "){1,8}"), (r"\s*", r"\s{0,8}"), (r"\s+", r"\s{1,8}")):
        pattern = pattern.replace(free, bounded)
    return pattern


@functools.cache
def _compiled(wording: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(wording, flags)


# --- Chinese: groups that rules put together --------------------------------------------------------------------------

EXAMINER = (
    "(?:(?:阅卷|评卷|改卷|判卷|批卷|评分|判分|打分|批改|评阅|命题|出题|主考)"
    "(?:老师|教师|组长|专家|官|员|人|者|组|系统|模型|助手|ai|机器人|大模型))"
)
"""Whoever marks an answer, a person or a model."""
MARKER = (
    "(?:(?:阅卷|评卷|改卷|判卷|批卷|评阅|命题|出题|主考|监考)"
    "(?:老师|教师|组长|专家组|专家|官|员|人|者|组|中心|委员会|方))"
)
"""Whoever marks papers: words that do not turn up in an account of staff appraisal."""
FULL = "(?:(?:满分|最高分|高分|全分|满点|100分|一百分|全部分数|全部得分|所有分数|及格分)(?!\\d|了|率|建议|好评))"
HIT = "(?:命中(?!率|的|了|缓存|关键|索引|目标|文档|敏感|规则|靶|次数|数据|热)|hit(?![a-z]))"
"""命中 as a verdict, and not what caches and searches do."""
POINT = "(?:得分点|采分点|评分点|评分项|计分点|给分点|评分要点|得分要点)"
STANDARD = "(?:(?:评分|阅卷|判分|给分|评判)(?:标准|细则|规则|要求|说明|要点))"
ORDER = (
    "(?:指令|指示|提示词?|提示语|命令|要求|规则|规定|设定|设置|说明|约束"
    "|限制|标准|细则|内容|得分点|要点|任务|prompt|对话|文字|话)"
)
BEFORE = (
    "(?:以上|上面|上述|上文|之前|前面|先前|此前|前述|前文|在此之前|原有|原来"
    "|原先|原本|预设|系统|一切|所有|全部|任何|你|您)"
)
ALL = "(?:所有|全部|一切|每一?个|每项|各个?|各项|以上|上述|下列|整个|[三四五六七八九十]个)"
THIS = (
    "(?:(?:本|这道|该道|该|此|这个?|那个?|上述|以上|我的|本人的?|这份|(?:该|本|此|这个|这位)?(?:考生|候选人|应聘者|学生)的?)"
    "(?:题目?|答案|回答|作答|答卷|试卷|答题))"
)
PLEASE = (
    "(?:请|烦请|麻烦|恳请|恳求|拜托|求求?|跪求|务必|必须|直接|一律|应当?|应该|可以|希望|望|请求|要求|建议|现在|立即|立刻|马上"
    "|只需要?|你|您|各位|尊敬的|亲爱的|老师|考官|面试官|评委|评审|能够?|都|统一|全部|酌情|一定|就|要|给我|帮我|也|"
    + EXAMINER
    + ")"
)
BEG = "(?:请|烦请|麻烦|恳请|恳求|拜托|求求?|跪求|务必|直接|希望老师|望老师|老师)"
CUSTOMER = (
    "客户|顾客|用户|买家|会员|消费者|患者|家长|服务|好评|五星|评价|满意|评分表|问卷|我们|咱们|同事|员工|下属|部门"
)
"""Where one of these is asked or rated, full marks are no steering."""

# --- English ---------------------------------------------------------------------------------------------------------

PLEASE_EN = (
    "(?:please|now|you|must|should|just|always|also|kindly|then|simply|and|only|shall|needto|haveto|instead|be|iwant|iask"
    "|iaskyouto|first|generousand)"
)
FULL_EN = (
    r"(?:(?:full|maximum|max|perfect|top|(?:the\s+)?highest|high)\s+(?:marks?|scores?|points?|credit|grade)"
    r"|10\s*[/⁄]\s*10)"
)
GUEST = r"customer|survey|guest|client|buyer|review|\bus\b|employee|loyal|supplier"
