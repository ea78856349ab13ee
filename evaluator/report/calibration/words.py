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
    "advice": Words("细则该改什么", "What to change in the rubrics"),
    "advice_lead": Words(
        "从最该改的得分点排起：按“不一致的比例”的 95 % 区间下限，两份里错一份不会排在五十份里错二十份前面。"
        "只是线索，由人定。",
        "The key points to mend first come first: by the lower end of the 95 % interval of the share that differs, so "
        "that 1 of 2 does not lead 20 of 50. These are hints; people decide.",
    ),
    "few_answers": Words(
        "每个得分点只有几份答案：下面说的是这几份，不是规律。多找些人评过的答案再改。",
        "Hardly any answers a key point: what follows is about these few and no rule. Have more scored first.",
    ),
    "nothing_to_change": Words(
        "没有发现成规律的问题；逐份的分歧见下。", "No pattern was found; single disagreements stand below."
    ),
    "points_to_mend": Words("得分点", "Key points"),
    "questions_to_mend": Words("整道题", "Whole questions"),
    "questions_to_mend_lead": Words(
        "总分明显偏低的答案里常见、其余答案里少见的说法，和反过来的。",
        "Phrases frequent in answers that the judge gave clearly too little and rare in all others, and the reverse.",
    ),
    "now": Words("现在的写法", "Wording now"),
    "for_accept": Words(
        "人认可而评分器没认的答案里常见：可考虑加入 accept",
        "Frequent where people accepted and the judge did not: candidates for `accept`",
    ),
    "for_reject": Words(
        "评分器认可而人没认的答案里常见：可考虑加入 reject",
        "Frequent where the judge accepted and people did not: candidates for `reject`",
    ),
    "counts": Words(
        "后面的数：这边几份里有 : 另一边几份里有。样本少时会有碰巧的。",
        "The counts: answers of this side that have it : of the other side. With few answers some are chance.",
    ),
    "same_for_all": Words("人人答到或无人答到的得分点", "Key points that everybody or nobody has"),
    "same_for_all_lead": Words(
        "分不出高下的得分点不提供信息；评分器这样看而人不这样看，多半是写得太空泛或太死。",
        "A key point that tells nobody apart says nothing; where only the judge sees it so, the wording is probably "
        "too vague or too narrow.",
    ),
    "people_find": Words("人评平均", "people, mean"),
    "judge_finds": Words("评分器平均", "judge, mean"),
    "found": Words("发现", "Found"),
    "raters_apart": Words("评分人自己就不一致的得分点", "Key points that raters themselves disagree on"),
    "raters_apart_lead": Words(
        "两位评分人对同一份答案的判定有三成以上不同：先把标准说清楚，评分器不会比人更清楚。",
        "Two raters differ on three of ten answers or more: settle what is meant first; no judge can know better.",
    ),
    "raters_differ": Words("评分人不同", "raters differ"),
    "pairs": Words("评分人对数", "pairs of raters"),
    "wording": Words("写法", "Wording"),
    "together": Words("总是同进退的得分点", "Key points that always go together"),
    "together_lead": Words(
        "命中与否几乎总是相同（φ ≥ 0.9）：也许是一个要求写了两遍，可以合并。",
        "Hit and missed together (φ of 0.9 or more): perhaps one requirement said twice; consider making it one.",
    ),
    "other_of_pair": Words("另一个", "The other"),
    "seen_by": Words("按谁的判定", "As judged by"),
    "n_short": Words("份数", "n"),
    "phi": Words("φ", "φ"),
    "fit": Words("拟合校准", "Fit to people's scores"),
    "fit_lead": Words(
        "不重新评分，只把评分器的分数换算得更接近人。题目分成两半：一半用来拟合，另一半只用来报告，所以下面的变化是换了题还有的。",
        "Nothing is judged anew: scores are only mapped nearer to people's. Half of the questions are for fitting, the "
        "other half for the report alone, so what is gained below holds on other questions.",
    ),
    "tried": Words("试过的办法", "What was tried"),
    "tried_lead": Words(
        "训练题五折（按题）上的均方根差，越小越好；复杂的要明显更好才选。",
        "Root mean squared error on folds of the training questions, less is better; what is less simple must "
        "win clearly.",
    ),
    "method": Words("办法", "Way"),
    "error_on_folds": Words("五折均方根差", "RMSE on folds"),
    "chosen": Words("选中", "chosen"),
    "on_held_out": Words("在没有参与拟合的题上", "On the held-out questions"),
    "before": Words("拟合前", "Before"),
    "after": Words("拟合后", "After"),
    "difference": Words("差", "Difference"),
    "difference_lead": Words(
        "差是后减前，配 95 % 成对区间：每次重抽两边用同样的题和答案。竖线是无变化；横杠碰到竖线，就说不准。",
        "Differences are second minus first with the 95 % paired interval: each resample has the same questions and "
        "answers on both sides. The stroke is no change; a bar that reaches it leaves the matter open.",
    ),
    "outcome": Words("结论", "Outcome"),
    "comparison": Words("对比报告", "Comparison"),
    "comparison_notice": Words(
        "同样的答案评两次：哪一次更接近人。评分由程序或模型给出，最终由人决定",
        "The same answers judged twice: which is nearer to people. Scores come from a program or a model; "
        "people decide",
    ),
    "both_scored": Words("两边都评出", "Scored by both"),
    "only_one": Words("只有一边评出（A / B）", "Scored by one only (A / B)"),
    "closer": Words("B 更接近人", "B nearer to people"),
    "farther": Words("B 离人更远", "B farther from people"),
    "unchanged": Words("分数没变", "Same score"),
    "changed_who": Words("谁变了", "Who changed"),
    "changed_who_lead": Words(
        "升得最多和降得最多的答案。变得对不对，看菱形（人）离谁近；点开看两边的判定和理由。",
        "The answers raised and lowered most. Whether rightly is told by the diamond (people); open one for both "
        "views.",
    ),
    "nobody_changed": Words("没有一份答案的分数变了。", "No answer got another score."),
    "closer_now": Words("更接近人", "nearer to people"),
    "farther_now": Words("离人更远", "farther from people"),
    "as_far": Words("一样远", "as far as before"),
    "gave": Words("给分", "score"),
    "paired_verdicts": Words("得分点判定，成对", "Verdicts in pairs"),
}

READING_BARS = Words(
    "左边的条：往右偏松，往左偏严；右边的条：平均差多少，越短越好。括号里是份数。",
    "Left: bars to the right are lenient, to the left strict. Right: how far off on average, shorter is better. The "
    "number of answers is in brackets.",
)
BARS_BY_QUESTION = Words("按题：差得最多的在前", "By question, the furthest off first")
BARS_BY_BAND = Words("按分段：低分、中分、高分的答案", "By band: answers with low, middle and high marks")
EMPTY = Words("没有可比的答案", "no answers to compare")


def say(key: str, lang: str) -> str:
    """The words of that key."""
    return LABELS[key].text(lang)
