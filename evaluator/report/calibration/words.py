"""The words of the report that belong to no figure, in Chinese and English."""

from __future__ import annotations

from evaluator.errors import Words

LABELS: dict[str, Words] = {
    "title": Words("校准报告", "Calibration report"),
    "lead": Words("这个评分器可以信到什么程度", "How far this judge can be trusted"),
    "notice": Words(
        "AI 辅助评分的检验报告：评分由程序或模型给出，最终由人决定",
        "A check of AI-assisted scoring: scores come from a program or a model; people decide",
    ),
    "verdict": Words("结论", "Verdict"),
    "caveats": Words("还要知道", "Also to know"),
    "measured": Words("量了什么", "What was measured"),
    "figures": Words("数字", "Figures"),
    "pictures": Words("图", "Pictures"),
    "parts": Words("分开看", "Part by part"),
    "worst": Words("分歧最大的答案", "The largest disagreements"),
    "hashes_below": Words("哈希见下", "hashes below"),
    "unscored": Words("没有评出分数的", "Without a score"),
    "run": Words("怎样得来", "How it was made"),
    "scores": Words("总分", "Scores"),
    "key_points": Words("得分点判定", "Verdicts on key points"),
    "figure": Words("数字", "Figure"),
    "judge": Words("评分器", "Judge"),
    "people": Words("人", "People"),
    "interval": Words("95 % 区间", "95 % interval"),
    "strip": Words("对照图", "Side by side"),
    "legend": Words(
        "圆点和横杠：评分器与它的区间；菱形：人与人；竖线：基线。▲：这条基线不输评分器。",
        "Disc and bar: the judge and its interval; diamond: people among themselves; strokes: baselines. "
        "▲: this baseline is as good as the judge.",
    ),
    "units": Words(
        "分数都换算成占满分的比例，误差 = 评分器 − 人；满分为 1，0.10 就是百分制的 10 分。",
        "Scores are shares of full marks, errors are judge minus people: full marks are 1, 0.10 is 10 points of 100.",
    ),
    "intervals": Words(
        "区间：从同类的题和答案里另抽一批，数字多半落在这里（按题、按考生重抽，95 %）。",
        "Intervals: where the figure would mostly lie with other questions and answers of the kind (questions and "
        "candidates drawn anew, 95 %).",
    ),
    "no_ceiling": Words(
        "没有人与人之间的数字：没有一份答案由两人评过。", "No figures between people: no answer was scored by two."
    ),
    "answers": Words("答案", "Answers"),
    "questions": Words("题目", "Questions"),
    "raters": Words("评分人", "Raters"),
    "coverage": Words("评出", "Scored"),
    "verdicts": Words("得分点判定", "Verdicts"),
    "source": Words("来源", "Source"),
    "model": Words("模型", "Model"),
    "host": Words("答案发往", "Answers went to"),
    "nowhere": Words("没有离开本机", "they stayed on this machine"),
    "prompt": Words("提示词", "Prompts"),
    "parameters": Words("参数", "Parameters"),
    "rubrics": Words("评分细则", "Rubrics"),
    "created": Words("时间", "Created"),
    "version": Words("版本", "Version"),
    "usage": Words("用量", "Usage"),
    "calls": Words("次调用", "calls"),
    "tokens": Words("词元", "tokens"),
    "none": Words("无", "none"),
    "incomplete": Words("不完整", "incomplete"),
    "failed": Words("失败", "failed"),
    "pending": Words("未评", "not judged"),
    "unscored_verdicts": Words("未判", "unscored"),
    "part": Words("部分", "Part"),
    "band": Words("分段（按人给的分）", "Band (by people's marks)"),
    "question": Words("题目", "Question"),
    "rater": Words("评分人", "Rater"),
    "n": Words("评出 / 全部", "scored / all"),
    "mean_people": Words("人均给", "people's mean"),
    "mean_judge": Words("评分器均给", "judge's mean"),
    "by_band": Words("按分段", "By band of marks"),
    "by_question": Words("按题（差得最多的在前）", "By question, the furthest off first"),
    "by_rater": Words("按评分人", "By rater"),
    "worst_lead": Words(
        "先看这些：细则没写清、评分器没读懂，还是人给错了，往往一看便知。点开一条，左边是答案（带编号的底色是评分器找到的依据），右边是两边的看法。",
        "Look here first: whether the rubric is unclear, the judge did not understand or people were wrong is often "
        "plain to see. Open one: the answer with the judge's numbered evidence on the left, both views on the right.",
    ),
    "all_same": Words("评分器与人没有一份给分不同。", "Judge and people gave the same for every answer."),
    "answer": Words("答案", "Answer"),
    "blank": Words("（没有作答）", "(no answer)"),
    "views": Words("两边的看法", "Both views"),
    "key_point": Words("得分点", "Key point"),
    "total": Words("总分", "Total"),
    "differs": Words("不同", "differs"),
    "deduction": Words("扣分", "Deduction"),
    "lenient": Words("偏松", "lenient"),
    "strict": Words("偏严", "strict"),
    "candidate": Words("考生", "Candidate"),
    "why": Words("原因", "Why"),
    "changed_answers": Words("再评变分", "Changed scores"),
    "noise": Words("它自身的波动", "Its own noise"),
    "of_full": Words("占满分", "of full marks"),
    "colon": Words("：", ": "),
    "up": Words("回到顶部", "Top"),
}

READING_BARS = Words(
    "左边的条：往右偏松，往左偏严；右边的条：平均差多少，越短越好。括号里是份数。",
    "Left: bars to the right are lenient, to the left strict. Right: how far off on average, shorter is better. The "
    "number of answers is in brackets.",
)
BARS_BY_QUESTION = Words("按题：差得最多的在前", "By question, the furthest off first")
BARS_BY_BAND = Words("按分段：低分、中分、高分的答案", "By band: answers with low, middle and high marks")
MEANS = Words("平均分", "Mean marks")
EMPTY = Words("没有可比的答案", "no answers to compare")


def say(key: str, lang: str) -> str:
    """The words of that key."""
    return LABELS[key].text(lang)
