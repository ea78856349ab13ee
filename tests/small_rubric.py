"""One question with three key points and a deduction, an answer of seven clauses, and the task of judging it."""

from evaluator.clauses import cut
from evaluator.judging import Task
from evaluator.models import Deduction, KeyPoint, QuestionKind, Rubric

RUBRIC = Rubric(
    id="complaint",
    question="客户怒气冲冲地投诉商品坏了，你怎么处理？",
    kind=QuestionKind.SITUATIONAL,
    max_score=8,
    key_points=(
        KeyPoint(
            id="comfort",
            name="安抚情绪",
            points=2,
            hit="写出倾听、道歉等安抚客户情绪的做法。",
            partial="只说要安抚，没有写怎样做。",
            accept=("真诚道歉", "耐心倾听"),
            follow_up="客户一直骂，你第一句话说什么？",
        ),
        KeyPoint(
            id="solve",
            name="给出方案",
            points=4,
            hit="提出退款、换货等具体方案。",
            partial="只说会解决，没有方案。",
            accept=("退款或换货",),
            reject=("让客户自己修",),
        ),
        KeyPoint(id="return-visit", name="事后回访", points=2, hit="写明事后回访客户。", accept=("回访客户",)),
    ),
    deductions=(Deduction(id="blame", name="指责客户", points=1, when="答案把责任推给客户。", accept=("是客户的错",)),),
    status="reviewed",
)
ANSWER = (
    "先耐心倾听客户把话说完，并且真诚道歉。\n"
    "再查清订单和物流记录，当天给出退款或换货的办法。\n"
    "三天之内回访客户，问问还有没有问题。\n"
    "我做客服三年了，这样的事情碰到过很多次。"
)
IDS = ("comfort", "solve", "return-visit", "blame")


def task(answer=ANSWER, *, rubric=RUBRIC, instructions=(), names=()):
    return Task(rubric, answer, cut(answer), instructions=instructions, names=names)


def clause_of(words, answer=ANSWER):
    """The number of the clause that these words stand in."""
    return next(clause.number for clause in cut(answer) if words in clause.text)
