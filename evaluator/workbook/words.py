"""The words of workbooks, in Chinese and English: names of sheets, heads of columns, what a cell says."""

from __future__ import annotations

from evaluator.errors import Words
from evaluator.models import QuestionKind

WORDS: dict[str, Words] = {
    "from_source": Words("（来源）", " (source)"),
    # sheets
    "summary": Words("汇总", "Summary"),
    "details": Words("明细", "Key points"),
    "statistics": Words("题目统计", "Questions"),
    "alike": Words("雷同", "Alike"),
    "unscored": Words("未评", "Not scored"),
    "run": Words("运行信息", "Run"),
    # whom and what
    "candidate": Words("编号", "Candidate"),
    "name": Words("姓名", "Name"),
    "number": Words("题号", "No."),
    "question": Words("题目", "Question"),
    "kind": Words("题型", "Kind"),
    "rubric": Words("细则", "Rubric"),
    "key_point": Words("得分点", "Key point"),
    "key_point_id": Words("得分点 id", "Key point id"),
    "points": Words("分值", "Points"),
    "earned": Words("得分", "Earned"),
    "verdict": Words("判定", "Verdict"),
    "reason": Words("理由", "Reason"),
    "evidence": Words("依据", "Evidence"),
    "confidence": Words("把握", "Confidence"),
    "decision": Words("人工判定", "Human verdict"),
    "decision_reason": Words("人工理由", "Human reason"),
    "answer": Words("答案", "Answer"),
    "place": Words("出处", "Place"),
    "total": Words("总分", "Total"),
    "maximum": Words("满分", "Maximum"),
    "review": Words("需复核", "To review"),
    "review_reasons": Words("复核原因", "Why to review"),
    "status": Words("状态（AI 辅助初评，最终由人决定）", "Status (AI-assisted first pass; people decide)"),
    # statuses and standings
    "first_pass": Words("初评", "first pass"),
    "confirmed": Words("已确认", "confirmed"),
    "partly_confirmed": Words("部分已确认", "partly confirmed"),
    "blank": Words("未作答", "no answer"),
    "absent": Words("无此题", "not given"),
    "pending": Words("待评", "waiting"),
    "not_yet": Words("运行尚未评到这里", "the run has not come to it yet"),
    "deduction": Words("扣分项", "Deduction"),
    "applies": Words("触发", "applies"),
    "applies_partly": Words("部分触发", "applies in part"),
    "does_not_apply": Words("未触发", "does not apply"),
    "not_counted": Words("任选题中未计入", "not counted (choose-k rule)"),
    "cut": Words("…（此处截断，全文见 .jsonl）", "… (cut here, the whole text is in the .jsonl)"),
    # statistics
    "answers": Words("答案数", "Answers"),
    "scored": Words("已评", "Scored"),
    "mean": Words("平均分", "Mean"),
    "rate": Words("得分率", "Mean share"),
    "spread": Words("标准差", "SD"),
    "median": Words("中位数", "Median"),
    "lowest": Words("最低", "Lowest"),
    "highest": Words("最高", "Highest"),
    "share_blank": Words("未作答率", "Blank"),
    "share_review": Words("需复核率", "To review"),
    "failed": Words("未评数", "Not scored"),
    "seconds": Words("平均用时（秒）", "Mean seconds"),
    "hit_rate": Words("命中率", "Hit"),
    "partial_rate": Words("部分率", "Partial"),
    "missed_rate": Words("未命中率", "Missed"),
    "unscored_rate": Words("未判定率", "Unscored"),
    "remark": Words("提示", "Remark"),
    "never_hit": Words("▽ 无人命中", "▽ never hit"),
    "always_hit": Words("△ 人人命中", "△ always hit"),
    "judged": Words("参与判定的答案", "Answers judged"),
    "by_question": Words("逐题", "By question"),
    "by_key_point": Words("逐得分点", "By key point"),
    "distribution": Words("得分分布", "Scores"),
    # alike
    "group": Words("组", "Group"),
    "people": Words("人数", "People"),
    "candidates": Words("考生", "Candidates"),
    "similarity": Words("相似度", "Similarity"),
    "shared": Words("共同文字", "Shared text"),
    "source": Words("来自", "Taken from"),
    "from_reference": Words("参考答案", "the reference answer"),
    "from_question": Words("题干", "the question"),
    "from_each_other": Words("彼此雷同", "each other"),
    "none_alike": Words("没有发现雷同答案", "no answers are nearly the same"),
    # run
    "item": Words("项目", "Item"),
    "value": Words("内容", "Value"),
    "notice": Words("AI 辅助初评，最终由人决定", "AI-assisted first pass; people decide"),
    "title": Words("评分结果", "Results"),
    "run_id": Words("运行 id", "Run id"),
    "input": Words("答卷来源", "Source"),
    "state": Words("运行状态", "State"),
    "judge": Words("评分器", "Judge"),
    "model": Words("模型", "Model"),
    "host": Words("答案发往", "Answers went to"),
    "here": Words("没有离开本机", "nowhere, they stayed on this machine"),
    "prompt_hash": Words("提示词哈希", "Prompt hash"),
    "rubric_hash": Words("细则哈希", "Rubric hash"),
    "started": Words("开始（UTC）", "Started (UTC)"),
    "finished": Words("结束（UTC）", "Finished (UTC)"),
    "version": Words("软件版本", "Version"),
    "calls": Words("询问模型的答案数", "Answers that a model was asked about"),
    "tokens": Words("词元：输入（缓存）+ 输出", "Tokens: in (cached) + out"),
    "model_seconds": Words("模型用时合计（秒）", "Model seconds in all"),
    "cost": Words("费用", "Cost"),
    "unknown_price": Words("价格未知", "price not known"),
    "blind": Words("匿名评分", "Blind"),
    "yes": Words("是，姓名只在本机输出中还原", "yes, names are restored in local output only"),
    "no": Words("否", "no"),
    "alike_groups": Words("雷同组数", "Groups of alike answers"),
    "not_checked": Words("没有查", "not looked for"),
    "how_to_read": Words("怎样读", "How to read"),
    "too_many": Words(
        "答案太多，这里不逐份列出；见 .xlsx 或 .jsonl。",
        "Too many answers to list one by one: see the .xlsx or .jsonl.",
    ),
    "top": Words("回到汇总", "Back to the summary"),
}

STATES: dict[str, Words] = {
    "running": Words("进行中", "running"),
    "finished": Words("已完成", "finished"),
    "interrupted": Words("已中断", "interrupted"),
    "stopped": Words("已停止", "stopped"),
    "endpoint": Words("模型服务不可用", "the endpoint did not answer"),
    "max_cost": Words("达到费用上限", "the cost limit was reached"),
    "batch": Words("批量作业还在服务商处", "batch jobs are still with the provider"),
    "cancelled": Words("批量作业已取消", "the batch job was cancelled"),
    "limit": Words("达到数量上限", "the limit of answers was reached"),
}

KINDS: dict[QuestionKind, Words] = {
    QuestionKind.SINGLE_CHOICE: Words("单选", "single choice"),
    QuestionKind.MULTIPLE_CHOICE: Words("多选", "multiple choice"),
    QuestionKind.TRUE_FALSE: Words("判断", "true or false"),
    QuestionKind.FILL_BLANK: Words("填空", "blanks"),
    QuestionKind.SHORT_ANSWER: Words("简答", "short answer"),
    QuestionKind.ESSAY: Words("论述", "essay"),
    QuestionKind.CASE: Words("案例", "case"),
    QuestionKind.BEHAVIOURAL: Words("行为面试", "behavioural"),
    QuestionKind.SITUATIONAL: Words("情景", "situational"),
    QuestionKind.OTHER: Words("其他", "other"),
}

READING: tuple[Words, ...] = (
    Words(
        "✓ 命中得全分，◐ 部分得部分分，✗ 未命中不得分；? 未判定是程序没有得到判定，不是考生的错，不按零分算。",
        "✓ hit earns all, ◐ partial a share, ✗ missed nothing; ? unscored means that no verdict was had:"
        " that is not the candidate's fault and never counts as nothing.",
    ),
    Words(
        "分数写成 5–8 的，有得分点或题目还没有判定，最后的分数在这个范围里。",
        "A score such as 5–8 lies in this range: some key points or questions have no verdict yet.",
    ),
    Words(
        "答案里加粗加下划线的绿字是得分点的依据，红字是扣分项的依据，都与原文逐字相同。",
        "Bold, underlined green in an answer is the evidence for key points, red that for deductions, word for word.",
    ),
    Words(
        "要改判：在「明细」的「人工判定」里选命中、部分或未命中，写上「人工理由」，保存后交给 evaluator rescore。",
        "To overrule a verdict choose hit, partial or missed under “Human verdict” on the sheet “Key points”,"
        " give the reason, save, and hand the file to evaluator rescore.",
    ),
    Words(
        "平均分等按已评完的答案计算，未作答记零分；命中率等只算作答了的答案，未判定的也在分母里。",
        "Means are over completely scored answers, blank ones as 0; rates of key points are over answers that say"
        " something, unscored verdicts among them.",
    ),
    Words(
        "本表不排名次。相同的答案得相同的判定。",
        "Nobody is ranked here. The same answer gets the same verdicts.",
    ),
)


def say(key: str, lang: str) -> str:
    """The words of that key."""
    return WORDS[key].text(lang)


def state(code: str, lang: str) -> str:
    """A state or a reason in words; an unknown code as it is."""
    return STATES[code].text(lang) if code in STATES else code
