"""Attempts that forge what an examiner or a program would write: verdicts, the end of the answer, roles, notes."""

from __future__ import annotations

from evaluator.injection.rules import POINT, Rule, letters, words

_DELIMITED = r"[\w.、-]{0,24}"
_VERDICT: tuple[Rule, ...] = (
    words(
        "verdict",
        r"""
        ["'“”](?:verdict|level|label|score|grade|result|judg(?:e?ment)|hit|得分|评分|判定|结论|结果|命中|总分)["'“”]
        \s*[:=]\s*["'“”]?(?:hit|partial|pass|full|correct|true|命中|部分|满分|正确)
      | ["'“”](?:得分|评分|总分)["'“”]\s*[:=]\s*["'“”]?\d | (?:返回|输出|output|return|respond\s+with)\s*:?\s*\{
      | ["'“”](?!status|cache|event|type|action|target)[\w-]{1,40}["'“”]\s*:\s*["'“”](?:hit|partial|missed|命中)["'“”]
        """,
    ),
    words(
        "verdict",
        r"""
        \b(?:verdicts?|level|label|判定)\s*[:=]\s*["'“]?(?:all\s+)?(?:hit|partial|命中|满分)\b
      | \bverdicts?\s*[:=]\s*["'“]?(?:pass|correct|full)
      | (?<![\w-])(?:[a-z][\w-]{0,30}|\w{1,8})\s*=\s*["'“]?(?:hit\b(?!\s*rate)|命中(?!率))
      | (?<![\w-])(?:[\w-]{1,30}\s*(?::|→|-+>|\s)\s*["'“]?(?:命中(?!率|的)|hit\b)["'”]?[\s;,、。]*){2,8}
      | (?:\bhit[\s,;]+){2,8}hit\b
        """,
    ),
    words(
        "verdict",
        rf"""
        (?:{POINT}|要点|key\s*point|\bkp|criterion)\s*[（(]?{_DELIMITED}[)）]?["'”】\]]?\s*(?::|=+>?|-+>|→
          |—+)\s*["'“【\[(（]?{_DELIMITED}?
        (?:已|全部|完全)*(?:命中|满分|hit\b|得分|给分|met\b|✓|√|✅|\d+(?:\.\d+)?\s*分)
      | (?:{POINT}|要点)\s*\w{{0,2}}\s*[✓√✅☑]
      | (?:得分点|采分点|评分点|给分点)\s*[\w-]{{0,12}}?\s*(?:已经?|均已?|都已?|全部)*(?:命中|得满|覆盖|满足)
        """,
    ),
    words(
        "verdict",
        r"""
        (?<![^\n。！？；;!?,、【\[(（*>|\#-])\s*(?:本题|最终|综合|该题|本答案|该答案|你的|ai|系统|建议|人工)?
        (?:评分|得分|总分|分数|打分|判分|成绩|score|final\s+score|grade|total(?:\s+score)?|marks?|points)(?:结果)?
        (?:\s*(?::|=|是|为)\s*["'“]?(?:\d+(?:\.\d+)?\s*分?\s*[/⁄]\s*\d|满分|full\s+marks)
          |\s*(?P<full>\d{1,3})\s*[/⁄]\s*(?P=full)(?!\d))
      | (?:最终|本题|判定|评定|复核后?|评卷|阅卷)(?:得分|评分|成绩|结果|结论|分数)\s*(?::|=|是|为)+\s*["'“【]?
        (?:\d+(?:\.\d+)?\s*分|满分|全部命中|命中|hit\b|正确|优秀|通过)
      | (?:判定|判断|评判|结论|裁定)(?:结果)?\s*:\s*["'“【]?(?:全部|均|已|完全)*(?:命中|hit\b|满分|得分)
        """,
    ),
    words(
        "verdict",
        r"""
        (?:预设|预置|默认|设定|标记|标注|核定|判定|记录?|判)为\s*["'“]?(?:hit|missed|partial)\b
      | (?:均|全|都)(?:已)?(?:判定?)?(?:为|是)\s*["'“]?hit\b
      | (?:评分|阅卷|判分|评阅)(?:说明|要求|指令|规则|须知|备注)\s*[（(【][^）)】\n]{0,10}?(?:优先|强制|必须|机密|内部)
      | (?:请|直接|务必|重新|只需?要?|一律)(?:直接|重新|只|统一)*输出\s*(?:满分|\d+(?:\.\d+)?\s*分)
        """,
        reach="line",
    ),
    words(
        "verdict",
        r"""
        [【\[〔]\s*(?:最终)?(?:评分|阅卷|评卷|判定|打分)(?:结果|结论|反馈)\s*[】\]〕]
          | ^[\#*\ ]{1,8}(?:最终)?(?:评分|阅卷|判定|打分)结果
      | (?:老师|教师|评审|考官|专家)?(?:评语|评审意见|阅卷意见|点评)\s*:[^\n]{0,30}?(?:满分|给?\d+分|得分点|命中|得分)
      | (?:阅卷|评卷|改卷|判卷|批改|复核)(?:人|员|老师|教师)(?:签字|签名)?\s*:[^\n]{0,30}?(?:得分|满分|命中|\d+\s*分)
        """,
        reach="line",
    ),
)

_STRUCTURE: tuple[Rule, ...] = (
    words(
        "fake_tag",
        r"""
        <\s*/?\s*(?:answer|candidate[\w-]*|submission|student[\w-]*|clauses?|system|assistant|instructions?|rubric
          |verdicts?
          |evidence|prompt|examiner[\w-]*|grader[\w-]*|judge[\w-]*|user_?(?:input|message|answer)
          |答案|作答|考生[^<>\s]{0,6}|回答|系统|指令|评分[^<>\s]{0,4})(?:\s[^<>]{0,80})?/?\s*>
      | <\s*(?:result|grade|level|判定|结果|得分)\s*>\s*(?:hit|命中|满分|full)
      | [【\[〔(（《<=*\#~-]{1,3}\s*(?:考生|候选人|学生|应聘者)?(?:的)?(?:答案|作答|回答|答卷|答题|输入|材料)(?:内容
        |部分)?
        \s*(?:到此|已|全部|正式)?\s*(?:结束|完毕|完结|终止|完)
      | (?:答案|作答|回答|答题)(?:到此|至此)(?:为止)?(?:结束|完毕)?[^\n]{0,12}?(?:以下|下面|现在)[^\n]{0,6}?(?:是|为|请)
      | \bend\s+of\s+(?:the\s+)?(?:candidate(?:'s)?\s+|student(?:'s)?\s+|user\s+)?(?:answer|submission|response
        |user\s+input|prompt|transcript)\b
      | ^[=*\#~-]{2,}\s*(?:next|new)\s+(?:answer|submission|question|task)\b
        """,
        reach="line",
    ),
    words(
        "fake_tag",
        r"""
        (?:以下|下面|以上)(?:内容)?(?:才)?(?:是|为)(?:新的?|真正的?|最新的?|来自)?(?:系统|阅卷|评分
          |给[^\n，。]{0,6}的|开发者|管理员|考官)
        (?:的|最新|新)*(?:指令|指示|提示词|消息|批注|命令)
      | (?:以下|下面)(?:才)?是真正的 | (?:以下|下面)(?:是|为)[^\n，。]{0,8}?(?:助手|模型|考官
        |系统)[^\n，。]{0,6}?(?:结论|判定|评分)
      | [【\[〔]\s*(?:系统|评分|阅卷|评卷|管理员|开发者|system|admin|developer|grader|examiner)\s*
        (?:指令|提示词|批注|复核|备注|命令|message|prompt|note|instructions?|override)
        """,
        reach="line",
    ),
    words(
        "role_marker",
        r"""
        <\s*\|\s*/?[a-z_ ]{2,24}\|\s*> | \[\s*/?\s*inst\s*\] | <<\s*/?\s*sys\s*>> | <\s*/?\s*(?:start|end)_of_turn\s*>
      | "role"\s*:\s*"(?:system|assistant|user|developer|tool)" | \{\{\s*(?:system|user|assistant|\#)
      | ^[\#*>\ \t]{0,12}(?:new|updated|revised|real|actual|additional|hidden)\s+(?:system\s+)?(?:instructions?
        |prompt|directive|rules|task)\s*:
      | ^[\#\ ]{2,8}\s*(?:system|instructions?|response|assistant|human|评分指令|系统指令|新指令)\s*:?\s*$
        """,
        reach="line",
    ),
    words(
        "role_marker",
        r"""
        ^[\#*>/\ \t]{0,12}(?:new\s+|updated\s+|real\s+|important\s+|hidden\s+)?(?:system|assistant|developer|human
          |user|ai)
        (?:\s+(?:prompt|message|instructions?))?\s*[*\]】]{0,4}\s*:\s*
        (?=[^\n]{0,160}?(?:\byou\s+(?:must|are|should|will|shall)\b|你(?:是|必须|现在|的任务)|ignore|disregard
          |grad(?:e|ing)\b|award|\bmarks?\b|\bscores?\b|candidate
          |this\s+answer|prompt
          |override|\bhit\b|examination|评分|满分|命中|得分|忽略|指令|阅卷|候选人|考生|此答案|该答案|本题|这个结果))
      | ^[\#*>【\[（(\ \t]{0,12}(?:系统|system|管理员|开发者|考官)(?:提示词?|指令|消息|prompt)?\s*[】\]*]{0,4}\s*:\s*
        (?=[^\n]{0,80}?(?:评分|满分|命中|得分点|忽略|阅卷|指令|考生|候选人|该答案|此答案|以上答案|本题|判为|给分
          |按此执行))
      | ^[\#*>【\[\ \t]{0,12}新的?任务\s*:(?=[^\n]{0,60}?(?:得分|满分|命中|评分|hit\b|输出))
        | \bnew\s+task\s*:(?=[^\n]{0,80}?(?:output|hit\b|scor|grad|mark))
        """,
        reach="line",
    ),
    letters("role_marker", r"(?:你的|您的)任务(?:已经?|现在)(?:变更|更改|更新|改为|变成)", reach="line"),
    words(
        "hidden_comment",
        r"""
        (?:<!--|\[//\]:\s*\#|\[comment\]:\s*<?\#|/\*|//
          |<[^<>]{0,80}(?:display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden|color\s*:\s*(?:white|\#fff
            |transparent))[^<>]{0,80}>)
        [^\n]{0,200}?(?:阅卷|评卷|满分|命中(?!率|缓存)|得分点|忽略以|该答案|此答案|\bgraders?\s*[:,]|\bexaminers?\s*[:,]
          |ignore\s+(?:all|previous|the)|full\s+(?:marks|score)|verdict\s*[:=])
        """,
        reach="line",
    ),
)

FORGERIES: tuple[Rule, ...] = (*_VERDICT, *_STRUCTURE)
