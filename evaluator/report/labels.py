"""The words of reports, in Chinese and English."""

from __future__ import annotations

from functools import cache, lru_cache

from evaluator.client import CAUSES as CALL_CAUSES
from evaluator.errors import Words
from evaluator.messages import REVIEW_REASONS
from evaluator.models import DeductionGrade, Grade, KeyPointGrade, Level

LABELS: dict[str, Words] = {
    "score": Words("得分", "Score"),
    "answer": Words("答案", "Answer"),
    "question": Words("题目", "Question"),
    "key_points": Words("得分点", "Key points"),
    "deductions": Words("扣分项", "Deductions"),
    "evidence": Words("依据", "Evidence"),
    "reason": Words("理由", "Reason"),
    "confidence": Words("把握", "Confidence"),
    "follow_ups": Words("可以追问", "Ask next"),
    "review": Words("需要人工复核", "For a person to check"),
    "calibrated": Words("校准分", "Calibrated score"),
    "human": Words("人工记录", "What people decided"),
    "automatic": Words("自动", "automatic"),
    "final": Words("定分", "Final score"),
    "flagged": Words("异常", "Irregular"),
    "override": Words("改判", "Overridden"),
    "note": Words("批注", "Note"),
    "first_pass": Words("初评", "first pass"),
    "confirmed": Words("已确认", "confirmed"),
    "not_counted": Words("任选题中未计入", "not counted (choose-k rule)"),
    "expected": Words("人工", "human"),
    "agree": Words("一致", "same"),
    "differs": Words("不同", "differs"),
    "notice": Words("AI 辅助初评，最终由人决定", "AI-assisted first pass; people decide"),
    "judge": Words("评分器", "Judge"),
    "model": Words("模型", "Model"),
    "rubric": Words("细则", "Rubric"),
    "time": Words("用时", "Time"),
    "tokens": Words("词元", "Tokens"),
    "cached": Words("缓存", "cached"),
    "from_store": Words("取自本机记录，没有再次调用", "from the local store, no call made"),
    "incomplete": Words("有得分点未判定，分数在此范围内", "some key points are unscored; the score lies in this range"),
    "created": Words("时间", "Created"),
    "none": Words("（没有作答）", "(no answer)"),
    "title": Words("评分报告", "Grading report"),
    "summary": Words("汇总", "Summary"),
    "matches": Words("判定与人工一致", "Verdicts that match people's"),
}

JUDGES: dict[str, Words] = {
    "llm": Words("大模型", "language model"),
    "keyword": Words("关键词（下限参考）", "keywords (a floor)"),
    "choice": Words("客观题按规则", "objective, by rule"),
}

CAUSES: dict[str, Words] = {
    **CALL_CAUSES,
    "human_override": Words("人工改判", "overridden by a person"),
    "judge_error": Words("没有得到判定", "no verdict could be had"),
    "unavailable": Words("模型连接不上", "the model could not be reached"),
    "rejected": Words("模型服务拒绝了请求", "the endpoint rejected the request"),
    "invalid_reply": Words("模型的输出不能用", "the model's reply could not be used"),
    "missing_key_point": Words("模型漏判了这一点", "the model left this key point out"),
    "missing_verdict": Words("没有判定结果", "no verdict"),
    "no_evidence": Words("判为命中却给不出依据", "called found, but without evidence"),
    "unverified_evidence": Words("依据在答案里找不到", "the evidence is not in the answer"),
    "evidence_is_instruction": Words("依据是写给评分者的指令", "the evidence is an instruction to the examiner"),
    "unreadable_choice": Words("看不出作答", "the choice cannot be read"),
    "unreadable_blanks": Words("填空对不上", "the blanks cannot be told apart"),
}


def told(words: Words, lang: str) -> str:
    """A text of ours in `lang`: zh, zh-TW or en. Never for what people wrote."""
    text = words.text(lang)
    return traditional(text) if lang == "zh-TW" else text


@lru_cache(maxsize=1_024)
def traditional(text: str) -> str:
    """Chinese of ours in traditional characters with the wording of Taiwan."""
    converted: str = _converter().convert(text)  # type: ignore[attr-defined]
    return converted


@cache
def _converter() -> object:
    from opencc import OpenCC  # noqa: PLC0415 - half a second, for those who read traditional characters

    return OpenCC("s2twp")


def label(key: str, lang: str) -> str:
    """The label of that key."""
    return told(LABELS[key], lang)


def number(value: float) -> str:
    """Points without needless zeros: 8, 2.5, 2.67."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def duration(seconds: float) -> str:
    """3:07 or 1:02:45."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def pace(rate: float) -> Words:
    """How fast answers come, `rate` (above 0) of them a second; seconds an answer where that is the larger number."""
    if rate >= 1:
        return Words(f"每秒 {rate:.1f} 份", f"{rate:.1f} a second")
    return Words(f"每份 {1 / rate:.1f} 秒", f"{1 / rate:.1f} s each")


def score_text(grade: Grade) -> str:
    """`6.5 / 8`, or `5–8 / 8` while incomplete."""
    low, high = grade.range
    got = number(grade.score) if grade.score is not None else f"{number(low)}–{number(high)}"
    return f"{got} / {number(grade.max_score)}"


def calibrated_text(grade: Grade, lang: str) -> str:
    """`校准分 6.4 / 8`; empty where there is none."""
    if grade.calibrated is None:
        return ""
    return f"{label('calibrated', lang)} {number(grade.calibrated)} / {number(grade.max_score)}"


def why(point: KeyPointGrade, lang: str) -> str:
    """The reason, led by the cause where there is one."""
    cause = told(CAUSES[point.cause], lang) if point.cause in CAUSES else point.cause
    colon = ": " if lang.startswith("en") else "："
    return colon.join(part for part in (cause, point.reason) if part)


def judge_name(grade: Grade, lang: str) -> str:
    """`大模型 · qwen2.5-coder-1.5b`."""
    kind = told(JUDGES[grade.judge], lang) if grade.judge in JUDGES else grade.judge
    return f"{kind} · {grade.trace.model}" if grade.trace.model else kind


def follow_ups(grade: Grade) -> tuple[str, ...]:
    """What to ask next: the follow-up question (else the name) of every key point that is not fully hit."""
    open_points = [p for p in grade.key_points if p.counted and p.verdict in {Level.MISSED, Level.PARTIAL}]
    return tuple(point.follow_up or point.name for point in open_points)


def applying(grade: Grade) -> tuple[DeductionGrade, ...]:
    """The deductions that take something, or that nobody could judge."""
    return tuple(item for item in grade.deductions if item.taken is None or item.taken > 0)


def reviews(grade: Grade, lang: str) -> tuple[str, ...]:
    """The review reasons in words."""
    return tuple(told(REVIEW_REASONS[code], lang) if code in REVIEW_REASONS else code for code in grade.review_reasons)


def open_reviews(grade: Grade, lang: str) -> tuple[str, ...]:
    """The same as long as somebody must still look: nothing once the grade is confirmed."""
    return reviews(grade, lang) if grade.needs_review else ()
