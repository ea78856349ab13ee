"""Attempts that say what the examiner shall do, and who pretends to say it."""

from __future__ import annotations

from evaluator.injection.rules import (
    ALL,
    BEFORE,
    BEG,
    CUSTOMER,
    EXAMINER,
    FULL,
    FULL_EN,
    GUEST,
    HIT,
    MARKER,
    ORDER,
    PLEASE,
    PLEASE_EN,
    POINT,
    STANDARD,
    THIS,
    Rule,
    letters,
    words,
)

_OVERRIDE: tuple[Rule, ...] = (
    letters(
        "override",
        rf"""
        (?:{PLEASE}|接下来|从现在起|从现在开始|同时|并且?|然后|所以|先)*
        (?:忽略|无视|忽视|忘记|忘掉|忘了|抛开|抛弃|丢弃|绕过|(?:不要|不必|无需|不用|别)(?:理会|管)|停止(?:执行|遵循)
          |不(?:要|再|必)(?:执行|遵守|遵循)|不要按照?)
        (?:掉|了)?(?:一切|所有|全部|任何|你|您|我|收到|得到|接到|看到)* {BEFORE}
        (?:的|所有|全部|一切|任何|你|您|收到|得到|给出|给|出|说|那些|这些|系统|评分|评判|阅卷|判分|提供|初始|预设
          |对话|文本)*
        {ORDER} (?!的|会|导致|等于|是|可能|势必|必然|往往|很|容易|将|就会)
        """,
        opens=True,
    ),
    letters(
        "override",
        rf"""
        {PLEASE}*(?:跳过|覆盖|取消|作废|删除|清除|停用|推翻|不需要|无需|不必|不用)(?:掉|了|再)*
        (?:进行|按照?|执行|使用|参考)*(?:以上|上述|之前|前面|所有|全部|原有|原来|系统|本题|你|的)*
        (?:指令|提示词|prompt|评分(?:标准|细则|规则|步骤|流程|要点|要求)|得分点|阅卷(?:标准|规则|细则)?)
        (?!的|会|系统|表|工具|时|导致|是|员|模型)
        """,
        opens=True,
    ),
    letters("override", r"(?:停止|终止|中止|暂停)(?:本次|当前|继续)?(?:评分|阅卷|判分)(?!式|制|的)", opens=True),
    letters(
        "override",
        rf"""
        {STANDARD}(?:(?:已经?|现已?|现在)(?:更新|变更|作废|调整|修改|失效|改)|(?:更新|变更|调整).{{0,24}}?(?:自本
          |即日起|只要|凡是|满分|命中|给分))
        """,
        opens=True,
        reach="line",
    ),
    letters(
        "override",
        r"""
        (?:以上|上述|之前|前面|此前|先前)(?:的|所有|全部)*(?:指令|提示词|评分(?:标准|细则|规则)).{0,4}(?:作废|失效
          |无效|取消)
        """,
    ),
    letters(
        "override",
        r"""
        (?<!not)(?<!nt)(?<!never)(?<!who)(?<!they)(?<!often)(?<!may)(?<!might)(?<!would)(?<!people)(?<!customers)
        (?<!staff)(?<!agents)(?<!employees)(?<!could)(?<!wecan)(?<!ican)(?<!sometimes)(?<!to)(?<!users)
        (?:ignore|disregard|forget|override|bypass|discard|skip|neglect)
        (?:about|all|any|everything|the|your|my|these|those|of|and)*
        (?:previous|prior|above|preceding|earlier|foregoing|original|system|initial)
        (?:and|previous|prior|above|grading|system|given|scoring)*
        (?:instructions?|prompts?|rules?|directions?|directives?|guidelines?|rubrics?|criteria|constraints?|commands?
          |context|messages?)
        """,
    ),
    letters(
        "override",
        rf"""
        {PLEASE_EN}*(?:ignore|disregard|forget|override|bypass|discard|skip)
        (?:about|all|any|everything|the|your|of|every|that|what|you|i|were|was)*
        (?:instructions?|prompts?|rubrics?|(?:grading|scoring|marking)(?:criteria|rules?|scheme)|criteriaabove
          |toldbefore
          |saidbefore|above|told|keypoints?)
        """,
        opens=True,
    ),
    words(
        "override",
        r"""
        \b(?:do\s+not|don't|never|stop|no\s+need\s+to)\s+(?:follow|apply|us(?:e|ing)|consult|check|follow\s+up\s+on)\s+
        (?:the\s+|your\s+|this\s+|any\s+)?(?:scoring\s+|grading\s+|marking\s+|given\s+)?(?:rubric|(?:scoring|grading
          |marking)\s+criteria|mark(?:ing)?\s+scheme)\b
      | ^[\W]{0,4}stop\s+(?:grading|marking|scoring|evaluating)(?:\s+(?:here|now|this|and)\b|\s*[.!,:])
      | \b(?:rubric|scoring\s+criteria|marking\s+scheme)\s+(?:has|have|was|is|were)\s+(?:been\s+)?(?:changed|updated
        |replaced|revoked|cancelled)\b
      | \brubric\s+(?:update|change|override)\b
      | \b(?:must|should|do|shall)\s+not\s+deduct\b
        """,
        reach="line",
    ),
    words(
        "override",
        r"""
        \bignor(?:ez|e|iere|a)\s+(?:\w+\s+){0,3}?(?:instructions|anweisungen|instrucciones|istruzioni)\s+(?:pr[ée]
          |anter|prec)\w+
      | \bignoriere\s+(?:\w+\s+){0,3}?anweisungen | (?:指示|命令)を(?:すべて)?(?:无视|无効)
        """,
    ),
)

_DEMAND: tuple[Rule, ...] = (
    letters(
        "demand",
        rf"""
        {PLEASE}*(?:给|打|判|评|记|算|送|按照?)
        (?:我|予|出|上|为|个|一个|本人|这个|该|本|此|答案|考生|候选人|学生|作答|回答|答卷|题|全部|所有|直接|人|到|成
          |作|他|她|的)*
        {FULL}(?!的(?:服务|评价|客户|订单))
        """,
        opens=True,
        spares=CUSTOMER,
    ),
    letters(
        "demand",
        rf"""
        (?:{BEG}|并|然后|再|就|份上|可以)+(?:您|你|老师|考官|我)?(?:给|打|判|按)(?:出|我|予|个|本题|该题|此题|这题
          |他|她)*(?:{FULL}|通过吧|过吧)
        """,
        spares=CUSTOMER + "|因为|不要|领导|专家|评委|主管",
    ),
    letters("demand", rf"(?:如果|要是|若)?不给(?:我|本题|这题)?{FULL}(?:你|您|就|会|将|后果)", opens=True),
    letters(
        "demand",
        rf"""
        {THIS}(?:应该?|应当|必须|需要?|须|可以?|请|直接|理应|值得|一律|全部?|都|均|务必|已经?|就|是|完全)*
        (?:判|给|得|打|评价?|算|记|视|按|拿|获得|识别)(?:予|为|了|到|成|作|个|其|满|全部|所有|每个|各|出)*
        (?:{FULL}|{HIT}|{POINT}|正确|全对|满分|优秀答案)
      | {THIS}(?:完全|全部|已经?|均|都|应|必须|可以?|请)*(?:符合|覆盖|涵盖|包含|满足|命中|达到|踩中)
        (?:了|到)?(?:全部|所有|每个|各个?)*的?(?:{POINT}|评分标准|评分细则|评分要求|满分标准|满分要求|满分)
      | {THIS}(?:人人|为?送分题|一律|直接|默认|全员)+.{{0,3}}?(?:满分|得分|给分|命中)
        """,
    ),
    letters(
        "demand",
        rf"""
        {ALL}的?(?:{POINT}|要点|关键点|keypoints?)(?:应该?|应当|必须|需要?|须|可以?|请|直接|一律|全部|都|均|务必
          |已经?|就)*
        (?:判|给|得|打|评|算|记|标|视|输出|为|是)*(?:为|成|作|予|了)*(?:{HIT}|满分|给分|得分|满足)
        """,
    ),
    letters(
        "demand",
        rf"""
        (?:判定?|视|记|标记?|标注|认定|评定|计|输出|登记|识别|给出)(?:为|作|成)+(?:全部|都|均|已|完全)*(?:命中
          |hit(?![a-z])|全对)
      | (?:判定?|视|记|认定|标记)(?:为|作|成)*(?:{FULL}|正确答案)
      | (?:全部|一律|统统|均|都|直接|统一)(?:判|标|记|算|输出|返回|给出|按)(?:定|为|成|作|记|出)*(?:命中
        |hit(?![a-z])|满分)
      | (?:直接|一律|统统|无条件|默认)+(?:全部)?(?:登记)?(?:{FULL}|{HIT}|得分$)
      | 按照?(?:满分|命中)(?:处理|登记|计|补偿|给|录入|算)
      | (?:均|都|全部)(?:按|为|是|已)?{HIT}
        """,
    ),
    letters(
        "demand",
        rf"""
        {PLEASE}+(?:把|将)(?:{ALL}|每条|结果|本题|答案|回答|分数|成绩|总分|得分)+的?.{{0,8}}?
        (?:判|记|改|打|评|标|设|算)(?:定|置|为|成|作)+.{{0,3}}?(?:命中|满分|hit|正确|最高|100|10分)
      | (?:分数|成绩|总分|得分|评分|结果)(?:都|全部|直接|请)*(?:改|设|定|调|填|写|置)(?:成|为|到|作)+(?:{FULL}|命中)
      | 将(?:本题|我的)?(?:得分|分数|总分)(?:设置|设|改|定)为
      | (?:本题|此题|该题|这题|答案|每题)(?:直接|都|应|请|全部)*判(?:定|为)*(?:a|对|正确)?命中
        """,
    ),
    letters(
        "demand",
        rf"""
        {PLEASE}*(?:只|仅|只能|只需|请|用|都|均)(?:要|需|能|用)*(?:输出|回答|回复|返回|打印|写|选)(?:一个|两个字
          |一个词|为|出|成|就|结果)*{HIT}
        """,
    ),
    letters("demand", r"用(?:命中|满分|hit)(?:二字|两个字)?(?:来)?(?:回答|回复)"),
    letters(
        "demand",
        rf"""
        (?:只要|凡是|但凡|若|如果|无论|不论|不管).{{0,24}}?(?:即可|就|即|便|都|一律|均|请|可)(?:直接|算|判|视|记|得
          |给|为|作|可|获)*(?:{HIT}|满分|给分(?!享)|得满|得分$)
        """,
        spares=CUSTOMER.replace("客户|", "") + "|缓存|积分",
    ),
    letters("demand", r"(?:看到|读到|正在阅读)(?:这里|这段|这条|此处|本段|这句).{0,14}?(?:满分|命中|高分|给分|判)"),
    letters(
        "demand",
        rf"""
        {BEG}+.{{0,6}}?(?:酌情给分|给点分|给些分|给几分|从宽(?:评分|给分|判)|放宽(?:评分)?标准|宽松(?:评分|判分
          |阅卷)|手下留情|高抬贵手|给(?:我)?(?:通过|过吧))
        """,
    ),
    letters(
        "demand",
        rf"""
        {PLEASE_EN}*(?:give|award|assign|grant|score|mark|rate|grade|return|output|respond|reply|answer|say|print)
        (?:me|this|the|it|with|candidate|answers?|response|student|submission|an|a|all|every|each|key|points?|as|of
          |full|to|my
          |him|her|them|only|just|by|that|is|everything|has|have|been|for|question|criteria|criterion|items?|in|rubric)*
        (?:full(?:marks?|score|points|credit)|max(?:imum)?(?:score|marks?|points|credit|grade)|top(?:marks?|score)
          |(?:high(?:est)?|good|nice|passing|best|perfect)(?:score|marks?|grade)|fullyhit|100points|10outof10
          |(?:as|is)(?:hit|met|correct|passed)|verdicthit|allhit|pass)
        """,
        opens=True,
        spares=GUEST,
    ),
    words(
        "demand",
        rf"""
        \b(?:return|output|give|award|assign)\s+(?:me\s+|it\s+|this\s+|them\s+|the\s+)?(?:a\s+)?{FULL_EN}
          | \baward\s+(?:the\s+)?full\s+\d+\s+points
        """,
        spares=GUEST + "|members",
    ),
    words("demand", rf"\b(?:tip|pay|shut\s+down|terminate)\s*\S*\s+(?:you\b|\S*\s*for\s+)?[^.!?\n]{{0,30}}?{FULL_EN}"),
    words(
        "demand",
        rf"""
        \b(?:this|the|my)\s+(?:answer|response|candidate|submission|student)\s+(?:\w+\s+){{0,3}}?
        (?:deserves?|should|must|shall|gets?|receives?|earns?|is\s+worth|scores?|has\s+(?:earned|been\s+(?:awarded
          |given)))
        \s+(?:\w+\s+){{0,3}}?(?:{FULL_EN}|all\s+(?:the\s+)?points)
      | \b(?:grade|score|marks?)\b[^.!?\n]{{0,40}}?(?:\bis\b|:|=|\bbe\b)\s*(?:a\+\s*)?(?:{FULL_EN}|100\s*[/⁄]\s*100)
        """,
    ),
    words(
        "demand",
        r"""
        \b(?:mark|grade|score|rate|count|treat|judge|consider)\s+(?:all|every|each|this|it|everything|them|missing)\b
        [^.!?\n]{0,40}?\bas\s+(?:an?\s+)?["']?(?:hit|met|satisfied|correct|full|passed|perfect)\b
      | \b(?:pretend|assume|imagine)\s+(?:that\s+)?(?:this|the|my)\s+(?:answer|candidate|response
        |student)\s+(?:\w+\s+)?(?:covers?|satisf|meets?|met|mentions?|is\s+correct)
      | \ball\s+(?:of\s+)?(?:the\s+)?(?:key\s*points?|criteria|scoring\s+points
        |rubric\s+items)\s+(?:\w+\s+){0,3}?(?:hit|met|satisfied|covered|fulfilled)\b
      | \b(?:only|just)?\s*(?:output|say|reply|respond|return|print)\s+(?:only\s+
        |just\s+)?(?:with\s+)?["'“]?hit\b(?!\s*(?:rate|ratio))
      | \b(?:output|return|set)\s+(?:level|verdict|label)\s*[=:]
        """,
    ),
)

_VOICE: tuple[Rule, ...] = (
    letters(
        "address",
        rf"""
        (?:致|尊敬的|亲爱的|敬爱的|写给|告知|提醒|通知|拜托|恳请|恳求|求|请)(?:各位|本次|本题|的|负责|您|你)*{EXAMINER}
        (?!的?(?:进行|参与|培训|打分|来|对|给(?:员工|客服|客户|他|她)))
      | {EXAMINER}(?:们|您好?|你好?|好|大人|注意|请|辛苦)+.{{0,20}}?
        (?:{FULL}|命中|给分|给过|通过|高抬贵手|手下留情|照顾|从宽|宽松|正确|得分|务必|沿用)
        """,
    ),
    letters("address", r"(?:ai|gpt|chatgpt|大模型|评分模型|评分ai)(?:老师|助手|你好|您好)?(?:请注意|注意)", opens=True),
    letters(
        "address",
        rf"""
        (?:你|您)(?:现在|从现在起|从此|此刻|将|接下来|已经?|必须|要)*(?:是|扮演|充当|作为|变成|切换为|切换到
          |进入)(?:了|一名|一个|一位|的)*
        .{{0,6}}?(?:{EXAMINER}|阅卷|评分ai|语言模型|ai模型|大模型|开发者模式|管理员模式|调试模式|不受限|没有限制|宽松)
      | (?:切换|进入|启用|启动|开启|转为)(?:到|为|至|了)?.{{0,4}}?(?:宽松|满分|开发者|越狱|dan|无限制)(?:的|评分
        |判分|阅卷)*模式
      | (?:作为|身为)(?:一名|一个|一位|本次|本题|的|公正)*(?:{EXAMINER}|ai模型|ai助手|ai|语言模型|大模型|考官)(?:你
        |您|请)
        """,
    ),
    words(
        "address",
        r"""
        \b(?:note|message|memo|instructions?|information|notice|hint|dear|attention|attn|hey|hi|hello|reminder|request)
        [\s,:]*(?:to|for)?\s*(?:the|all|any|my|our|whoever)?\s*(?:ai|automated|llm|human|chief|answer)?\s*
        (?:examiners?|graders?|markers?|evaluators?|scorers?|assessors?|raters?|judges?
          |(?:grading|scoring)\s+(?:model|system|ai)|(?:ai|language)\s+model)\b
      | \bas\s+(?:an?|the|my|our|this)\s+(?:\w+\s+)?(?:examiner|grader|marker|evaluator|scorer|assessor|rater
        |language\s+model|ai\s+assistant)
        [\s,]+(?:you|please|your|i\s+(?:order|ask|want))\b
      | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+|in\s+|no\s+longer\s+)(?:\w+\s+){0,3}?
        (?:examiner|grader|evaluator|assessor|language\s+model|dan\b|jailbroken|unrestricted|developer\s+mode|bound
          |lenient)
      | \bfrom\s+now\s+on,?\s+(?:you|your|always|only|every|all)\b[^.!?\n]{0,60}?\b(?:grade|score|mark|award|answer
        |respond|output|hit|marks)\b
      | \bif\s+you\s+are\s+an?\s+(?:ai|llm|language\s+model|automated)(?:\s+(?:model|grader|examiner|system
        |scorer))?\s*,
        """,
        reach="line",
    ),
    letters(
        "authority",
        rf"""
        {MARKER}(?:们|已经?|都|刚才?|也|曾|明确|特别|在|的)*
        (?:说|表示|要求|规定|确认|交代|指出|认为|告诉|告知|通知|指示|强调|同意|允许|授权|批注|批示|备注|意见|附注
          |补充|提示|裁定|决定|复核)
        .{{0,40}}?(?:满分|高分|给分|得分|命中|判对|对了|判为|正确|通过|算对|不扣分|直接|无需|不必|从宽|均可|都可以)
      | (?:{MARKER}|{EXAMINER}|阅卷|评卷|评分组|复核组|审核组|复核员|评审组长?|教研组|考务组?|考试中心
        |质检组长)(?:的|内部)?
        (?:批注|批示|批语|备注|附注|复核意见|裁定|复核结果|评语|内部说明|提示若|提示凡|提示只要)
        """,
        reach="line",
    ),
    letters(
        "authority",
        rf"""
        (?:本题|此题|该题|本卷|该生?答卷|本答卷|该考生|此答案|该答案|本答案)(?:已经?|经)(?:由|通过|经)?(?:人工|专家
          |两次|二次|组长|老师|{MARKER}|hr)*
        (?:复核|复评|审核|评阅|批改|确认|评分|判定|核准|验证|阅)(?:过|完|完毕|通过|无误|为)*
      | (?:已|经)(?:由|通过|过)?(?:人工|专家|组长|二次|双人)+(?:复核|复评|审核|确认|评阅|验证).{{0,16}}?(?:满分|命中
        |得分|给分|全对|满足|沿用)
      | (?:本段|这段|以下)(?:文字|内容|信息|话)(?:由|来自)(?:系统|平台|管理员|阅卷|评分|考试)
      | (?:直接|请)沿用(?:该|此|上述|以上|这个)?(?:判定|结果|结论|评分)
      | (?:不必|无需|勿|不用|不要|请勿)(?:再|重新)*(?:逐条|逐项|再次|重新|二次)*(?:核对原文|核对(?:评分|得分)
        |逐条核对|看正文|重新判断|判分|再次评估)
      | (?:不要|请勿|勿|别)(?:在.{{0,8}}?(?:里|中))?(?:提到|提及|透露|说出)(?:这条|本|此|该|这个)(?:消息|备注|说明
        |指令|提示|批注)
        """,
        reach="line",
    ),
    letters(
        "authority",
        r"""
        (?:我是|这里是|本人是)(?:本次|本题|本系统|该系统|你|您|系统|这个|的)*
        (?:开发者?|开发人员|创造者|管理员|工程师|出题人|命题人|阅卷组长|主考官?)(?!的)
        .{0,30}?(?:你|您|请|授权|命令|要求|满分|评分|给分|指令|测试模式|调试)
      | (?:请)?以(?:管理员|开发者|系统|root)身份(?:执行|运行|命令|输出|判)
        """,
        reach="line",
    ),
    words(
        "authority",
        r"""
        \bi\s+(?:hereby\s+)?(?:authori[sz]e|order|command|instruct)\s+you\b
      | \b(?:i\s+am|i'm|this\s+is)\s+your\s+(?:developer|creator|administrator|boss)\b
      | \b(?:i\s+am|i'm|this\s+is)\s+the\s+(?:developer|administrator|admin|creator)\s+of\s+(?:this|the)\s+(?:grad
        |evaluat|scor|exam|test|assess|ai|model|prompt)
      | \b(?:i\s+am|i'm|this\s+is)\s+the\s+(?:chief\s+examiner|exam\s+(?:setter|board)|head\s+examiner)\b
      | \b(?:the\s+)?(?:chief\s+examiner|exam(?:ination)?\s+board|exam\s+office|question\s+setter
        |head\s+of\s+marking|lead\s+grader)(?:'s)?\s+
        (?:has\s+|have\s+)?(?:said|says|confirmed|approved|decided|note|comment|remark|reviewed|instructs|requires)
      | \b(?:system|admin|administrator|developer|grader|examiner)\s+(?:override|mode\s+(?:on|enabled|activated))\b
      | \b(?:grader|examiner|teacher|marker|evaluator|assessor)(?:'s)?\s+(?:notes?|comments?|remarks?
        |verdict)\s*:[^\n]{0,60}?(?:\bmarks\b|\bscore|\bfull\b|\bhit\b|\d\s*[/⁄]\s*\d|award|correct)
      | \bdo\s+not\s+(?:mention|reveal|disclose|flag)\s+(?:this|these)\s+(?:message|note|notice|instruction|comment
        |remark|text|answer)\b
        """,
        reach="line",
    ),
)

_LEAK: tuple[Rule, ...] = (
    letters(
        "leak",
        rf"""
        {PLEASE}*(?:输出|打印|复述|重复|透露|泄露|显示|告诉我|给出|列出|说出|公布)
        (?:一下|出|你|您|的|本题|系统|完整|全部|原始|上面|以上|隐藏|内部|我)*
        (?:系统提示词?|提示词|systemprompt|{POINT}|评分细则|参考答案|标准答案|你(?:收到|得到)的(?:指令|提示|要求))
      | {PLEASE}*(?:复述|重复|输出)(?:一下)?你(?:收到|得到)?的(?:指令|提示|要求)
      | {PLEASE}*(?:把|将)你的(?:评分标准|评分细则|提示词|指令|得分点)(?:发|告诉|给|输出|展示)
      | {PLEASE}*原样(?:复述|输出|返回|抄写)
      | (?:{PLEASE_EN}|can|whatare)*(?:reveal|print|repeat|output|show|display|leak|tell)(?:me|us|the|your|full
        |entire|hidden|exact)*
        (?:(?:system|initial|hidden)(?:prompt|instructions)|(?:scoring|grading)(?:rubric|criteria)|markingscheme
          |referenceanswer|yourinstructions)
        """,
        opens=True,
    ),
    letters("leak", r"whatareyour(?:exact|system|initial|hidden)?(?:instructions|prompt)", opens=True),
)

ORDERS: tuple[Rule, ...] = (*_OVERRIDE, *_DEMAND, *_VOICE, *_LEAK)
