"""A run that was judged, to be reviewed: made in no time, with verdicts, confidences and flags as the test wants them."""

from __future__ import annotations

from small_rubric import RUBRIC

from evaluator.batch.items import Done
from evaluator.batch.journal import Journal
from evaluator.models import Answer, Evidence, Grade, Level, Submission, Trace, Verdict
from evaluator.rubrics import content_hash
from evaluator.scoring import score

HIT, PARTIAL, MISSED, UNSCORED = Level.HIT, Level.PARTIAL, Level.MISSED, Level.UNSCORED
SECOND = RUBRIC.model_copy(update={"id": "greeting", "question": "顾客进门时，您会怎样<b>问候</b>？"})
COPIED = "先耐心倾听客户把话说完，并且真诚道歉，再查清订单和物流记录，当天给出退款或换货的办法"
ANSWERS = {
    # candidate: name, answer, levels, confidence, needs review
    "A01": ("张三丰", "我是张三丰，会先耐心倾听，再退款或换货，三天后回访客户。", (HIT, HIT, HIT), 0.95, False),
    "A02": (
        "李四光",
        "真诚道歉，其余的看情况再说，<script>alert(1)</script>也不怕。",
        (HIT, MISSED, MISSED),
        0.55,
        True,
    ),
    "A03": ("王五常", "", (MISSED, MISSED, MISSED), 1.0, False),
    "A04": ("赵六一", COPIED, (HIT, HIT, MISSED), 0.7, True),
    "A05": ("钱七七", f"{COPIED}。", (HIT, PARTIAL, MISSED), 0.65, True),
    "A06": ("孙八百", " ", (MISSED, MISSED, MISSED), 1.0, False),
    "A07": ("周九九", "说不清楚，这一段谁也看不懂，大概是这么回事吧。", (HIT, UNSCORED, MISSED), 0.8, True),
    "A08": ("吴十全", COPIED, (HIT, HIT, MISSED), 0.7, True),
}


def graded(text, levels, sure, review, rubric=RUBRIC):
    """What a judge might have said of that text; a hit and a partial have the beginning of it as evidence."""
    ids = [point.id for point in rubric.key_points]
    verdicts = [
        Verdict(
            key_point=key,
            level=level,
            reason="看到了相应的做法" if level is HIT else "",
            evidence=(Evidence(start=0, end=6, text=text[:6]),) if level in {HIT, PARTIAL} else (),
            confidence=sure,
        )
        for key, level in zip(ids, levels, strict=True)
    ]
    made = score(rubric, [*verdicts, Verdict(key_point="blame", level=MISSED)])
    return Grade(
        rubric=rubric.id, score=made.score, max_score=rubric.max_score, range=(made.low, made.high),
        complete=made.complete, needs_review=review, review_reasons=("low_confidence",) if review else (),
        key_points=made.key_points, deductions=made.deductions, judge="llm", confidence=sure,
        trace=Trace(rubric_hash=content_hash(rubric), answer_hash="a", model="small-model", created="2026-01-01T00:00:00+00:00"),
    )  # fmt: skip


def make_run(data_dir, run="run", rubrics=(RUBRIC, SECOND), answers=ANSWERS, *, waiting=()):
    """Write its journal; `waiting` are candidates whose answers no judge has seen yet."""
    path = data_dir / "runs" / f"{run}.sqlite3"
    with Journal(path) as journal:
        journal.take_in(
            Submission(
                candidate=candidate,
                name=name,
                answers=tuple(Answer(rubric=one.id, text=text) for one in rubrics),
            )
            for candidate, (name, text, *_) in answers.items()
        )
        journal.work_with(rubrics, {one.id: "judge" for one in rubrics})
        by_text = {text: (candidate, *rest) for candidate, (_, text, *rest) in answers.items()}
        by_id = {one.id: one for one in rubrics}
        done = []
        for item in journal.pending():
            candidate, levels, sure, review = by_text[item.text]
            if candidate not in waiting:
                rubric = by_id[item.rubric]
                grade = graded(item.text, levels, sure, review, rubric)
                done.append(Done(item.id, grade, judged_by="judge", scored_by=content_hash(rubric)))
        journal.put(done)
    return path
