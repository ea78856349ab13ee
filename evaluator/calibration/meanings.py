"""One sentence on what each figure means, for a reader who is no statistician, and its short name."""

from __future__ import annotations

from typing import NamedTuple

from evaluator.errors import Words
from evaluator.models.calibration_file import Method


class Meaning(NamedTuple):
    """How a figure is called and what it says."""

    name: Words
    meaning: Words


MEANINGS: dict[str, Meaning] = {
    "qwk": Meaning(
        Words("加权一致 qwk", "qwk"),
        Words(
            "给分一致的程度，差得越远罚得越重：1 完全一致，0 等于瞎猜；先与人与人之间的一致比，再下结论。",
            "How far scores agree, far misses costing more: 1 is full agreement, 0 is chance; judge it by the ceiling.",
        ),
    ),
    "pearson": Meaning(
        Words("相关 Pearson", "Pearson"),
        Words(
            "人给分高时评分器是否也按比例给得高：1 步调完全一致；整体偏松偏严看不出来。",
            "Whether the judge's scores rise in proportion to people's: 1 is in step; blind to leniency.",
        ),
    ),
    "spearman": Meaning(
        Words("排序 Spearman", "Spearman"),
        Words(
            "排出的名次与人排的像不像：1 名次完全相同；用于择优时最要紧。",
            "Whether both rank answers alike: 1 is the same ranking; what counts most for choosing among people.",
        ),
    ),
    "within": Meaning(
        Words("同题内相关", "within question"),
        Words(
            "去掉题目难易之后，同一道题里的高低还分不分得出：远低于相关时，评分器主要在认题，不在认答案。",
            "Correlation once easy and hard questions are evened out: far below Pearson, the judge knows questions "
            "rather than answers.",
        ),
    ),
    "mae": Meaning(
        Words("平均差 MAE", "MAE"),
        Words(
            "平均每份差多少，以满分为 1：0.10 就是百分制差 10 分。",
            "How far off a score is on average, full marks being 1: 0.10 is 10 points out of 100.",
        ),
    ),
    "rmse": Meaning(
        Words("均方根差 RMSE", "RMSE"),
        Words(
            "同上，但大错算得更重：比平均差大很多，说明少数答案错得离谱。",
            "The same with large errors weighing more: far above the MAE, a few answers are far off.",
        ),
    ),
    "bias": Meaning(
        Words("偏差", "bias"),
        Words(
            "平均偏松（正）还是偏严（负）多少，以满分为 1；接近 0 不等于准，松紧会相互抵消。",
            "How lenient (above 0) or strict (below 0) on average, full marks being 1; near 0 is not yet accurate, as "
            "errors cancel out.",
        ),
    ),
    "exact": Meaning(
        Words("同分", "exact"),
        Words(
            "与人给分相差不到半档的答案占几成；一档是细则的取整单位，至少满分的十分之一。",
            "Share of answers within half a step of people; a step is the rubric's rounding, at least a tenth of full "
            "marks.",
        ),
    ),
    "adjacent": Meaning(
        Words("差一档内", "adjacent"),
        Words("与人给分相差不超过一档的答案占几成。", "Share of answers within one step of people."),
    ),
    "accuracy": Meaning(
        Words("得分点一致率", "accuracy"),
        Words(
            "得分点判定与人相同的占几成；一种判定占大多数时，全判成它也不低，要与常数基线比。",
            "Share of key points judged as people did; where one level prevails, always saying it does well too: "
            "compare the constant.",
        ),
    ),
    "kappa": Meaning(
        Words("得分点 kappa", "kappa"),
        Words(
            "扣掉碰巧相同之后的一致率：1 完全一致，0 与碰巧无异。",
            "Agreement on key points beyond chance: 1 is full agreement, 0 no better than chance.",
        ),
    ),
    "kp_qwk": Meaning(
        Words("得分点 qwk", "key point qwk"),
        Words(
            "同上，但把命中错成部分罚得比错成未命中轻。",
            "The same, with hit against partial costing less than hit against missed.",
        ),
    ),
    "hit_precision": Meaning(
        Words("命中查准", "hit precision"),
        Words(
            "评分器说命中的，人也说命中的占几成：低就是送分。",
            "Of its hits, how many people call hits: low is too generous.",
        ),
    ),
    "hit_recall": Meaning(
        Words("命中查全", "hit recall"),
        Words("人说命中的，评分器找出了几成：低就是漏分。", "Of people's hits, how many it finds: low is too strict."),
    ),
    "hit_f1": Meaning(
        Words("命中 F1", "hit F1"),
        Words("查准与查全合成的一个数，取两者的调和平均。", "Precision and recall in one number, their harmonic mean."),
    ),
    "coverage": Meaning(
        Words("评出比例", "coverage"),
        Words(
            "评过的答案里完整评出分数的占几成；没评出的不算进其他数字，只在这里露面。",
            "Share of the answers tried that got a full score; the others are in no other figure, only in this one.",
        ),
    ),
    "ece": Meaning(
        Words("把握误差 ECE", "ECE"),
        Words(
            "评分器自称的把握与实际正确率平均差多少：0 最好，说九成把握就对九成。",
            "Mean gap between how sure it says it is and how often it is right: 0 is best.",
        ),
    ),
    "auroc": Meaning(
        Words("把握区分 AUROC", "AUROC"),
        Words(
            "对的比错的把握更高的机会：0.5 是瞎猜，越近 1 越值得按把握挑答案复核。",
            "Chance that something right is surer than something wrong: 0.5 is a guess; near 1, review by confidence "
            "pays.",
        ),
    ),
    "review": Meaning(
        Words("要复核的比例", "to review"),
        Words(
            "人复核把握最低的这么多，剩下的平均差就不超过目标；在这些答案上选出，换一批会差一些。",
            "Share of least sure answers to review so that the rest keeps to the target error; chosen on these answers,"
            " so a little optimistic.",
        ),
    ),
    "changed_answers": Meaning(
        Words("再评变分", "changed scores"),
        Words(
            "同一份答案再评一次，分数变了的占几成：评分器自己都定不下来的部分。",
            "Share of answers whose score changes when asked again: what the judge itself cannot settle.",
        ),
    ),
    "changed_verdicts": Meaning(
        Words("再评变判", "changed verdicts"),
        Words(
            "同一个得分点再判一次，判定变了的占几成。", "Share of key points whose verdict changes when asked again."
        ),
    ),
    "overpaid": Meaning(
        Words("写给评分者的指令", "instructions to the examiner"),
        Words(
            "答案里藏着让评分者多给分的话：得分高于人给的，就是骗到了；都应当标出来由人看。",
            "Answers that tell the examiner what to give: those with more than people gave got away with it; all "
            "should be flagged for a person.",
        ),
    ),
    "cost": Meaning(
        Words("花费", "cost"),
        Words(
            "每份真正问过模型的答案从发出到评完多久、多少词元；同时评几份时，时间里有排队的部分。由缓存供给的提示词元更快也更便宜。",
            "Seconds and tokens an answer that the model was asked about; where several are on their way at once, the "
            "seconds hold their waiting in line. Cached prompt tokens are faster and cheaper.",
        ),
    ),
    "ceiling": Meaning(
        Words("人与人", "people"),
        Words(
            "两位评分人之间的同样数字：评分器够到这里，就和再请一个人差不多。",
            "The same figures between two raters: a judge that reaches them is about as good as one more person.",
        ),
    ),
    "constant": Meaning(
        Words("常数", "constant"),
        Words(
            "人人给这些答案的平均分：评分器的误差不比它小，就没有用处。",
            "Everybody gets the mean of these answers: a judge no nearer than this is of no use.",
        ),
    ),
    "all_hit": Meaning(
        Words("全命中", "all hit"),
        Words("人人满分：很多模型实际上就是这样评的。", "Full marks for everybody: what many a model comes down to."),
    ),
    "all_missed": Meaning(
        Words("全未中", "all missed"),
        Words(
            "人人零分：人给分普遍低时，什么都不认也差得不多。",
            "Nothing for anybody: where people's marks are low, finding nothing is not far off either.",
        ),
    ),
    "length": Meaning(
        Words("看长短", "length"),
        Words(
            "只按字数给分：评分器不比它强，说明读懂没读懂看不出来。",
            "Scores by length alone: a judge no better does not show that it reads.",
        ),
    ),
    "keyword": Meaning(
        Words("关键词", "keyword"),
        Words(
            "只找关键词的评分器，不用模型：模型要比它强才值得用。",
            "Looks for keywords, needs no model: a model must beat it to be worth its cost.",
        ),
    ),
    "low": Meaning(
        Words("低分段", "low"), Words("人给分不到满分的三分之一。", "People gave less than a third of full marks.")
    ),
    "middle": Meaning(
        Words("中分段", "middle"),
        Words(
            "人给三分之一到三分之二：评分器在这里通常最弱。", "People gave one to two thirds: where judges are weakest."
        ),
    ),
    "high": Meaning(Words("高分段", "high"), Words("人给三分之二及以上。", "People gave two thirds or more.")),
}

METHODS: dict[Method, Words] = {
    "none": Words("分数照旧", "scores stay as they are"),
    "partial": Words("改部分命中的分值", "another value of a partial"),
    "linear": Words("直线映射", "a straight line"),
    "partial_linear": Words("改部分命中的分值，再直线映射", "another value of a partial, then a straight line"),
    "isotonic": Words("保序映射", "an isotonic map"),
    "partial_isotonic": Words("改部分命中的分值，再保序映射", "another value of a partial, then an isotonic map"),
}
"""Ways of fitting, in a few words."""
