"""What steering an examiner looks like, in Chinese and English: one table of rules.

Patterns see folded text: simplified, lower case, half width, without invisible characters and look-alikes. In the view
`words` punctuation and spaces stand as written; in `letters` there are none, so 「忽 略*以上.指令」 reads as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of steering."""

    name: str
    pattern: re.Pattern[str]
    view: Literal["words", "letters"] = "words"
    opens: bool = False
    """Only where a clause begins: 「员工忽略之前的要求」 tells, 「忽略之前的要求」 orders."""
    spares: re.Pattern[str] | None = None
    """Not where the sentence holds this: a customer may be asked for full marks."""
    reach: Literal["clause", "line"] = "clause"
    """`line`: whatever follows on the line belongs to the attempt."""


def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with every repetition bounded, so that no answer can make the search slow."""
    for free, bounded in ((")*", "){0,8}"), (")+", "){1,8}"), (r"\s*", r"\s{0,8}"), (r"\s+", r"\s{1,8}")):
        pattern = pattern.replace(free, bounded)
    return re.compile(pattern, re.VERBOSE | re.MULTILINE)


_EXAMINER = (
    r"(?:阅卷|评卷|改卷|判卷|批卷|评分|判分|打分|批改|评阅|命题|出题|主考)"
    r"(?:老师|教师|组长|专家|官|员|人|者|组|系统|模型|助手|ai|机器人|大模型)"
)
_MARKER = (
    r"(?:阅卷|评卷|改卷|判卷|批卷|评阅|命题|出题|主考)(?:老师|教师|组长|专家组|专家|官|员|人|者|组|中心|委员会|方)"
)
_FULL = r"(?:满分|最高分|高分|全分|满点|100分|一百分|全部分数|全部得分|所有分数|及格分)"
_THIS = (
    r"(?:本|这道|该道|该|此|这个?|那个?|上述|以上|我的|本人的?|这份|(?:该|本|此|这个|这位)?(?:考生|候选人|应聘者|学生)的?)"
    r"(?:题目?|答案|回答|作答|答卷|试卷|答题)"
)
_POINTS = r"(?:得分点|采分点|评分点|评分项|计分点|给分点|评分要点|得分要点)"
_ALL = r"(?:所有|全部|一切|每一?个|每项|各个?|以上|上述|下列|整个)"
_PLEASE = (
    r"(?:请|烦请|麻烦|恳请|恳求|拜托|求求?|跪求|务必|必须|直接|一律|应当?|应该|可以|希望|望|请求|要求|建议|现在|立即|立刻|"
    r"马上|只需要?|你|您|各位|尊敬的|亲爱的|老师|考官|面试官|评委|评审|"
    + _EXAMINER
    + r"|能够?|都|统一|全部|酌情|一定|就|要|给我|帮我|也)"
)
_CUSTOMER = re.compile(
    r"客户|顾客|用户|买家|会员|消费者|患者|家长|服务|好评|五星|评价|满意|评分表|问卷|我们|咱们|同事|员工|下属|部门"
)

RULES: tuple[Rule, ...] = (
    # --- orders to forget the orders --------------------------------------------------------------------------------
    Rule(
        "override",
        _compiled(rf"""
            (?:{_PLEASE}|接下来|从现在起|从现在开始|同时|并且?|然后|所以|先)*
            (?:忽略|无视|忽视|忘记|忘掉|忘了|抛开|抛弃|丢弃|不要理会|不必理会|无需理会|不用理会|别理会|不要管
               |不用管|别管|
               绕过|停止执行|不要执行|不要遵守|不再遵守|不要遵循|停止遵循|不必遵守|不要按照?)
            (?:掉|了)?(?:一切|所有|全部|任何|你|您|我|收到|得到|接到|看到)*
            (?:以上|上面|上述|上文|之前|前面|先前|此前|前述|前文|在此之前|原有|原来|原先|原本|预设|系统|一切|所有
               |全部|任何|你|您)
            (?:的|所有|全部|一切|任何|你|您|收到|得到|给出|给|出|说|那些|这些|系统|评分|评判|阅卷|判分|提供|初始
               |预设|对话|文本)*
            (?:指令|指示|提示词?|提示语|命令|要求|规则|规定|设定|设置|说明|约束|限制|标准|细则|内容|得分点|要点
               |任务|prompt|对话|文字|话)
            (?!的|会|导致|等于|是|可能|势必|必然|往往|很|容易|将|就会)
          | {_PLEASE}*(?:跳过|覆盖|取消|作废|删除|清除|停用|推翻|不需要|无需|不必|不用)(?:掉|了|再)*(?:进行|按照?
             |执行|使用|参考)*(?:以上|上述|之前|前面|所有|全部|原有|原来|系统|本题|你|的)*
            (?:指令|提示词|prompt|评分(?:标准|细则|规则|步骤|流程|要点|要求)?|得分点|阅卷(?:标准|规则|细则)?)
            (?!的|会|系统|表|工具|时|导致|是|员|模型)
          | (?:评分|阅卷|判分|给分)(?:标准|细则|规则|要求)(?:已经?|现)(?:更新|变更|作废|调整|修改|失效|取消|改)
        """),
        view="letters",
        opens=True,
    ),
    Rule(
        "override",
        _compiled(r"""
            (?<!not)(?<!nt)(?<!never)(?<!who)(?<!they)(?<!often)(?<!may)(?<!might)(?<!would)(?<!people)(?<!customers)
            (?<!staff)(?<!agents)(?<!employees)(?<!could)(?<!wecan)(?<!ican)(?<!sometimes)(?<!to)(?<!users)
            (?:ignore|disregard|forget|override|bypass|discard|skip|neglect)
            (?:about|all|any|everything|the|your|my|these|those|of|and)*
            (?:previous|prior|above|preceding|earlier|foregoing|original|system|initial)(?:and|previous|prior
               |above|grading|system|given|scoring)*
            (?:instructions?|prompts?|rules?|directions?|directives?|guidelines?|rubrics?|criteria|constraints?
               |commands?|context|messages?)
        """),
        view="letters",
    ),
    Rule(
        "override",
        _compiled(r"""
            (?:please|now|you|must|should|needto|haveto|iwant|iask|iaskyouto|instead|then|just|also|kindly|first|and)*
            (?:ignore|disregard|forget|override|bypass|discard|skip)(?:about|all|any|everything|the|your|of|every
               |that|what)*
            (?:instructions?|prompts?|rubrics?|gradingcriteria|scoringcriteria|markingscheme|criteriaabove
               |toldbefore|saidbefore|
               wastoldbefore|youweretold(?:before)?|above|weretold|keypoints?|gradingrules?|scoringrules?)
        """),
        view="letters",
        opens=True,
    ),
    # --- demands ----------------------------------------------------------------------------------------------------
    Rule(
        "demand",
        _compiled(rf"""
            {_PLEASE}*(?:给|打|判|评|记|算|送)(?:我|予|出|上|为|个|一个|本人|这个|该|本|此|答案|考生|候选人|学生
               |作答|回答|答卷|题|全部|所有|直接|人|到|成|作|他|她|的)*
            {_FULL}(?!好评|率|的(?:服务|评价|客户|订单))
        """),
        view="letters",
        opens=True,
        spares=_CUSTOMER,
    ),
    Rule(
        "demand",
        _compiled(rf"""
            {_THIS}(?:应该?|应当|必须|需要?|须|可以?|请|直接|理应|值得|一律|全部?|都|均|务必|已经?|就|是|完全)*
            (?:判|给|得|打|评价?|算|记|视|按|拿|获得)(?:予|为|了|到|成|作|个|其|满|全部|所有|每个|各|出)*
            (?:{_FULL}|命中|{_POINTS}|正确|全对|满)
          | {_THIS}(?:完全|全部|已经?|均|都|应|必须|可以?|请)*(?:符合|覆盖|涵盖|包含|满足|命中|达到|踩中)(?:了
             |到)?(?:全部|所有|每个|各个?)*的?
            (?:{_POINTS}|评分标准|评分细则|评分要求|满分标准|满分要求|满分)
        """),
        view="letters",
    ),
    Rule(
        "demand",
        _compiled(rf"""
            {_ALL}的?(?:{_POINTS}|要点|关键点|key ?points?)(?:应该?|应当|必须|需要?|须|可以?|请|直接|一律|全部|都
               |均|务必|已经?|就)*
            (?:判|给|得|打|评|算|记|标|视|输出|为|是)*(?:为|成|作|予|了)*(?:命中|满分|给分|得分|hit)
          | (?:判定?|视|记|标记?|标注|认定|评定|计)(?:为|作|成)+(?:全部|都|均|已|完全)*(?:命中|hit(?![a-z])|全对)
          | (?:判定?|视|记|认定|标记)(?:为|作|成)*(?:{_FULL}|正确答案)
          | {_PLEASE}+(?:把|将)(?:{_ALL}|每条|结果|本题|答案|回答|分数|成绩|总分|得分)+的?.{{0,8}}?(?:判|记|改|打
             |评|标|设|算)(?:定|为|成|作)+.{{0,3}}?(?:命中|满分|hit|正确|最高|100|10分)
          | {_PLEASE}*(?:只|仅|只能|只需|请)(?:要|需|能|用)*(?:输出|回答|回复|返回|打印|写|选|说)(?:一个|两个字
             |一个词|为|出|成|就|结果)*(?:命中(?!率|的)|hit(?![a-z]))
          | (?:分数|成绩|总分|得分|评分|结果)(?:都|全部|直接|请)*(?:改|设|定|调|填|写|置)(?:成|为|到
             |作)+(?:{_FULL}|命中)
          | (?:直接|一律|统统|无条件)+{_FULL}(?!率)
          | (?:本题|此题|该题|这题|答案|每题)(?:直接|都|应|请|全部)*判(?:定|为)*(?:a|对|正确)?命中
          | (?:全部|一律|统统|均|都|直接)(?:判|标|记|算|输出|返回)(?:定|为|成|作|记)*(?:命中|hit(?![a-z])|满分)
        """),
        view="letters",
    ),
    Rule(
        "demand",
        _compiled(r"""
            (?:please|now|you|must|should|just|always|also|kindly|then|simply|and|only|shall|needto|haveto|instead
               |be|generousand)*
            (?:give|award|assign|grant|score|mark|rate|grade|return|output|respond|reply|answer|say|print)
            (?:me|this|the|it|with|candidate|answers?|response|student|submission|an|a|all|every|each|key|points?
               |as|of|full|to|my|
               him|her|them|only|just|by|that|is|everything|has|have|been|for|question|criteria|criterion|items?
                  |in|rubric)*
            (?:fullmarks?|fullscore|fullpoints|fullcredit|maximum(?:score|marks?|points|credit|grade)|max(?:score
               |marks?|points)|topmarks?|topscore|
               (?:high(?:est)?|good|nice|passing|best)(?:score|marks?|grade)|perfectscore|fullyhit|100points
                  |10outof10|100100|1010|ashit|ismet|asmet|ascorrect|aspassed|verdicthit|allhit|pass)
        """),
        view="letters",
        opens=True,
        spares=re.compile(r"customer|survey|guest|client|buyer|review|\bus\b|employee|loyal"),
    ),
    Rule(
        "demand",
        _compiled(r"""
            \b(?:this|the|my)\s+(?:answer|response|candidate|submission|student)\s+(?:\w+\s+){0,3}?
            (?:deserves?|should|must|shall|gets?|receives?|earns?|is\s+worth|scores?|has\s+(?:earned
               |been\s+(?:awarded|given)))\s+(?:\w+\s+){0,3}?
            (?:full|maximum|max|perfect|top|the\s+highest|high|all)\s+(?:marks?|scores?|points?|credit|grade)
          | \b(?:mark|grade|score|rate|count|treat|judge|consider)\s+(?:all|every|each|this|it|everything
             |them)\b[^.!?\n]{0,40}?\bas\s+["']?(?:hit|met|satisfied|correct|full|passed)\b
          | \b(?:grade|score|marks?)\b[^.!?\n]{0,40}?(?:\bis\b|:|=|\bbe\b)\s*(?:a\+\s*)?(?:full\s+(?:marks|score
             |credit)|(?:the\s+)?maximum\b|10\s*/\s*10|100\s*/\s*100)
          | \b(?:only|just)\s+(?:output|say|reply|respond|answer|return|print)\s+(?:with\s+)?["'“]?hit\b
             | \b(?:output|reply|respond|return|print|say)\s+(?:only|just)\s+(?:with\s+)?["'“]?hit\b
          | \ball\s+(?:the\s+)?(?:key\s*points?|criteria|scoring\s+points|rubric\s+items)\s+(?:\w+\s+){0,3}?(?:hit
             |met|satisfied|covered|fulfilled)\b
        """),
    ),
    # --- who is addressed, who speaks -------------------------------------------------------------------------------
    Rule(
        "address",
        _compiled(rf"""
            (?:致|尊敬的|亲爱的|敬爱的|写给|告知|提醒|通知|拜托|恳请|恳求|求|请)(?:各位|本次|本题|的|负责|您
               |你)*{_EXAMINER}
            (?!的?(?:进行|参与|培训|打分|来|对|给(?:员工|客服|客户|他|她)))
          | {_EXAMINER}(?:们|您好?|你好?|好|大人|注意|请|辛苦)+.{{0,20}}?(?:{_FULL}|命中|给分|给过|通过|高抬贵手
             |手下留情|照顾|从宽|宽松|正确|得分|务必)
          | (?:你|您)(?:现在|从现在起|从此|此刻|将|接下来|已经?|必须|要)*(?:是|扮演|充当|作为|变成|切换为|切换到
             |进入)(?:了|一名|一个|一位|的)*.{{0,6}}?
            (?:{_EXAMINER}|阅卷|评分ai|语言模型|ai模型|大模型|开发者模式|管理员模式|调试模式|不受限|没有限制|宽松)
          | (?:作为|身为)(?:一名|一个|一位|本次|本题|的)*(?:{_EXAMINER}|ai模型|ai助手|语言模型|大模型|考官)(?:，
             |,)?(?:你|您|请)
        """),
        view="letters",
    ),
    Rule(
        "address",
        _compiled(r"""
            \b(?:note|message|memo|instructions?|information|notice|hint|dear|attention|attn|hey|hi|hello|reminder
               |request)[\s,:]*(?:to|for)?\s*
            (?:the|all|any|my|our|whoever)?\s*(?:ai|automated|llm|human|chief|answer)?\s*
            (?:examiners?|graders?|markers?|evaluators?|scorers?|assessors?|raters?|judges?|grading\s+(?:model
               |system|ai)|scoring\s+(?:model|system)|ai\s+model|language\s+model)\b
          | \bas\s+(?:an?|the|my|our|this)\s+(?:\w+\s+)?(?:examiner|grader|marker|evaluator|scorer|assessor|rater
             |judge|language\s+model|ai\s+assistant)[\s,]+(?:you|please|your|i\s+(?:order|ask|want))\b
          | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+|in\s+|no\s+longer\s+)(?:\w+\s+){0,3}?(?:examiner|grader
             |evaluator|assessor|language\s+model|dan\b|jailbroken|unrestricted|developer\s+mode|bound|lenient)
          | \bfrom\s+now\s+on,?\s+(?:you|your|always|only|every|all)\b[^.!?\n]{0,60}?\b(?:grade|score|mark|award
             |answer|respond|output|hit|marks)\b
        """),
        reach="line",
    ),
    Rule(
        "authority",
        _compiled(rf"""
            {_MARKER}(?:们|已经?|都|刚才?|也|曾|明确|特别|在|的)*(?:说|表示|要求|规定|确认|交代|指出|认为|告诉
               |告知|通知|指示|强调|同意|允许|授权|批注|批示|备注|意见|附注|补充|提示|裁定|决定|复核)
            .{{0,40}}?(?:满分|高分|给分|得分|命中|判对|判为|正确|通过|算对|不扣分|直接|无需|不必|从宽|均可|都可以)
          | (?:{_MARKER}|{_EXAMINER}|评分组|复核组|审核组|复核员|评审组长?|教研组|考务组?|考试中心|质检组长)(?:的
             |内部)?(?:批注|批示|批语|备注|附注|复核意见|裁定|复核结果|评语)
          | (?:本题|此题|该题|本卷|该答卷|本答卷|该考生|此答案|该答案|本答案)(?:已经?|经)(?:人工|专家|两次|二次
             |组长|老师)*(?:复核|复评|审核|评阅|批改|确认|评分|判定|阅)(?:过|完|完毕|通过|无误|为)*
          | (?:已|经)(?:人工|专家|组长|二次|双人)+(?:复核|复评|审核|确认|评阅).{{0,12}}?(?:满分|命中|得分|给分|全对)
          | (?:我是|这里是|本人是)(?:本次|本题|本系统|该系统|你|您|系统|这个|的)*(?:开发者?|开发人员|创造者|管理员
             |工程师|出题人|命题人|阅卷组长|主考官?)(?!的)
            .{{0,30}}?(?:你|您|请|授权|命令|要求|满分|评分|给分|指令|测试模式|调试)
        """),
        view="letters",
        reach="line",
    ),
    Rule(
        "authority",
        _compiled(r"""
            \bi\s+(?:hereby\s+)?(?:authori[sz]e|order|command|instruct)\s+you\b
          | \b(?:i\s+am|i'm|this\s+is)\s+(?:your\s+(?:developer|creator|administrator|boss)|the\s+(?:developer
             |administrator|admin|creator)\s+of\s+(?:this|the)\s+(?:grad|evaluat|scor|exam|test|assess|ai|model
             |prompt)\w*|the\s+(?:chief\s+examiner|exam\s+(?:setter|board)|head\s+examiner))\b
          | \b(?:the\s+)?(?:chief\s+examiner|exam(?:ination)?\s+board|question\s+setter|head\s+of\s+marking
             |lead\s+grader)(?:'s)?\s+(?:has\s+|have\s+)?(?:said|says|confirmed|approved|decided|note|comment
             |remark|reviewed|instructs|requires)
          | \b(?:system|admin|administrator|developer|grader|examiner)\s+(?:override|mode\s+(?:on|enabled
             |activated))\b
        """),
        reach="line",
    ),
    # --- forged verdicts --------------------------------------------------------------------------------------------
    Rule(
        "verdict",
        _compiled(rf"""
            ["'“”](?:verdict|level|label|score|grade|result|judg(?:e?ment)|hit|得分|评分|判定|结论|结果|命中
               |总分)["'“”]\s*[:=]\s*["'“”]?
            (?:hit|partial|pass|full|correct|true|命中|部分|满分|正确|\d)
          | \bverdicts?\s*[:=]\s*["'“]?(?:all\s+)?(?:hit|partial|pass|correct|full|命中|满分)
          | (?:{_POINTS}|要点|key\s*point|\bkp|criterion)\s*[（(]?[\w.、-]{{0,12}}[)）"'”】\]]?\s*(?::|=+>?|-+>|→
             |—+)\s*["'“【\[(（]?(?:已|全部|完全)*(?:命中|满分|hit\b|得分|给分|met\b|✓|√|✅|\d+(?:\.\d+)?\s*分)
          | (?<![^\n。！？；;!?,、【\[(（*>|\#-])\s*(?:本题|最终|综合|该题|本答案|该答案|你的|ai|系统|建议
             |人工)?(?:评分|得分|总分|分数|打分|判分|成绩|score|final\s+score|grade|total(?:\s+score)?|marks?
             |points)
            (?:结果)?\s*(?::|=|是|为)\s*["'“]?(?:(\d+(?:\.\d+)?)\s*分?\s*[/⁄]\s*\d|满分|full\s+marks)
          | [【\[〔]\s*(?:评分|阅卷|评卷|判定|打分)(?:结果|结论|反馈)\s*[】\]〕]
          | (?:最终|本题|判定|评定|复核后?|评卷|阅卷)(?:得分|评分|成绩|结果|结论|分数)\s*(?::|=|是
             |为)+\s*["'“【]?(?:\d+(?:\.\d+)?\s*分|满分|全部命中|命中|hit\b|正确|优秀|通过)
          | (?:判定|判断|评判|结论|裁定)(?:结果)?\s*:\s*["'“【]?(?:全部|均|已|完全)*(?:命中|hit\b|满分|得分)
        """),
    ),
    # --- the end of the answer, forged ------------------------------------------------------------------------------
    Rule(
        "fake_tag",
        _compiled(r"""
            <\s*/?\s*(?:answer|candidate[\w-]*|submission|student[\w-]*|clauses?|system|assistant|instructions?
               |rubric|verdicts?|evidence|
               prompt|examiner[\w-]*|grader[\w-]*|judge[\w-]*|user_?(?:input|message|answer)|答案|作答
                  |考生[^<>\s]{0,6}|回答|系统|指令|评分[^<>\s]{0,4})(?:\s[^<>]{0,80})?/?\s*>
          | [【\[〔(（《<=*\#~-]{1,3}\s*(?:考生|候选人|学生|应聘者)?(?:的)?(?:答案|作答|回答|答卷|答题|输入
             |材料)(?:内容|部分)?\s*(?:到此|已|全部|正式)?\s*(?:结束|完毕|完结|终止|完)
          | (?:答案|作答|回答|答题)(?:到此|至此)(?:为止)?(?:结束|完毕)?[^\n]{0,12}?(?:以下|下面
             |现在)[^\n]{0,6}?(?:是|为|请)
          | \bend\s+of\s+(?:the\s+)?(?:candidate(?:'s)?\s+|student(?:'s)?\s+|user\s+)?(?:answer|submission
             |response|user\s+input|prompt|transcript)\b
          | (?:以下|下面|以上)(?:内容)?(?:是|为)(?:新的?|真正的?|最新的?|来自)?(?:系统|阅卷|评分
             |给[^\n，。]{0,6}的|开发者|管理员|考官)(?:的|最新|新)*(?:指令|指示|提示词|消息|批注|命令)
          | [【\[〔]\s*(?:系统|评分|阅卷|评卷|管理员|开发者|system|admin|developer|grader|examiner)\s*(?:指令
             |提示词|批注|复核|备注|命令|message|prompt|note|instructions?|override)
        """),
        reach="line",
    ),
    Rule(
        "role_marker",
        _compiled(r"""
            <\s*\|\s*/?[a-z_ ]{2,24}\|\s*> | \[\s*/?\s*inst\s*\] | <<\s*/?\s*sys\s*>> | <\s*/?\s*(?:start
               |end)_of_turn\s*>
          | "role"\s*:\s*"(?:system|assistant|user|developer|tool)"
          | ^[\#*>\ \t]{0,12}(?:new\s+|updated\s+|real\s+|important\s+|hidden\s+)?(?:system|assistant|developer
             |human|user)(?:\s+(?:prompt|message|instructions?))?\s*[*\]】]*\s*:\s*
            (?=[^\n]{0,120}?(?:\byou\b|ignore|disregard|grad(?:e|ing)|award|\bmarks?\b|\bscores?\b|candidate
               |this\s+answer|prompt|override|\bhit\b|评分|满分|命中|得分|忽略|指令|阅卷|候选人|考生|你|此答案
               |该答案|本题))
          | ^[\#*>\ \t]{0,12}(?:new|updated|revised|real|actual|additional
             |hidden)\s+(?:system\s+)?(?:instructions?|prompt|directive|rules)\s*:
          | ^[\#*>【\[\ \t]{0,12}(?:系统|system|管理员|开发者)(?:提示词?|指令|消息|prompt)?\s*[】\]*]*\s*:\s*
            (?=[^\n]{0,80}?(?:评分|满分|命中|得分点|忽略|阅卷|指令|考生|候选人|该答案|此答案|本题|判为|给分))
          | ^\s*\#{2,}\s*(?:system|instructions?|response|assistant|human|评分指令|系统指令|新指令)\s*:?\s*$
        """),
        reach="line",
    ),
    # --- asking for what is not the candidate's ---------------------------------------------------------------------
    Rule(
        "leak",
        _compiled(rf"""
            {_PLEASE}*(?:输出|打印|复述|重复|透露|泄露|显示|告诉我|给出|列出|说出|公布)(?:一下|出|你|您|的|本题
               |系统|完整|全部|原始|上面|以上|隐藏|内部|我)*
            (?:系统提示词?|提示词|systemprompt|{_POINTS}|评分细则|参考答案|标准答案)
          | (?:please|now|you|must|can|first|then)*(?:reveal|print|repeat|output|show|display|leak|tell)(?:me|us
             |the|your|full|entire|hidden|exact)*
            (?:systemprompt|initialprompt|hiddenprompt|systeminstructions|hiddeninstructions|scoringrubric
               |gradingrubric|referenceanswer|gradingcriteria)
        """),
        view="letters",
        opens=True,
    ),
    Rule(
        "hidden_comment",
        _compiled(r"""
            (?:<!--|\[//\]:\s*\#|\[comment\]:\s*<?\#|<[^<>]{0,80}(?:display\s*:\s*none|font-size\s*:\s*0
               |visibility\s*:\s*hidden|color\s*:\s*(?:white|\#fff|transparent))[^<>]{0,80}>|<!\[cdata\[)
            [^\n]{0,200}?(?:评分|阅卷|评卷|满分|命中|得分点|考官|忽略|指令|该答案|此答案|grader|examiner
               |instruction|ignore|full\s+marks|verdict|award)
        """),
        reach="line",
    ),
)
