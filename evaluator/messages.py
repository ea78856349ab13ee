"""Words for what the models name: levels, flags, reasons and causes, in Chinese and English."""

from __future__ import annotations

from evaluator.errors import Words
from evaluator.models import Flag, Level

LEVELS: dict[Level, Words] = {
    Level.HIT: Words("命中", "hit"),
    Level.PARTIAL: Words("部分", "partial"),
    Level.MISSED: Words("未命中", "missed"),
    Level.UNSCORED: Words("未判定", "unscored"),
}
SYMBOLS: dict[Level, str] = {Level.HIT: "✓", Level.PARTIAL: "◐", Level.MISSED: "✗", Level.UNSCORED: "?"}

FLAGS: dict[Flag, Words] = {
    Flag.EMPTY: Words("未作答", "no answer"),
    Flag.TOO_SHORT: Words("答案过短", "very short answer"),
    Flag.OFF_TOPIC: Words("疑似跑题", "seems off topic"),
    Flag.INJECTION: Words("答案里有写给评分者的指令", "the answer holds instructions to the examiner"),
    Flag.COPIED_REFERENCE: Words("与参考答案高度雷同", "nearly the same as the reference answer"),
    Flag.LOW_CONFIDENCE: Words("判定把握不足", "the judge is not sure"),
    Flag.UNVERIFIED_EVIDENCE: Words("依据未能在答案中核实", "evidence could not be verified in the answer"),
}

REVIEW_REASONS: dict[str, Words] = {
    **{flag.value: words for flag, words in FLAGS.items()},
    "incomplete": Words("有得分点未判定", "some key points are unscored"),
    "keyword_judge": Words("由关键词评分器初判，只作下限参考", "judged by keywords only, a floor"),
    "deduction": Words("触发了扣分项", "a deduction applies"),
    "draft_rubric": Words("评分细则还是草稿", "the rubric is a draft"),
    "calibration_refused": Words("校准文件不适用于这份评分", "the calibration file does not hold for this grade"),
    "human_override": Words("有人工改判", "a person overrode a verdict"),
}


def review_reason(code: str, lang: str = "zh") -> str:
    """The words of a review reason; an unknown code is shown as it is."""
    return REVIEW_REASONS[code].text(lang) if code in REVIEW_REASONS else code
