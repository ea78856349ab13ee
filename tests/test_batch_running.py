"""The run: everything that waits is judged once, whatever happens on the way."""

import asyncio
import gc

import pytest
from small_rubric import RUBRIC

from evaluator.batch.executor import InProcess, collecting_rarely
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.running import Run
from evaluator.errors import EndpointRejected, EndpointUnavailable
from evaluator.grader import Grader
from evaluator.judging.protocol import unscored
from evaluator.models import Answer, Judgement, Level, QuestionKind, Rejected, Rubric, Submission, Usage
from evaluator.testing import MemoryStore, ScriptedJudge

TICK = Rubric.model_validate(
    {
        "id": "tick",
        "question": "客户不满时先做什么？",
        "kind": "single_choice",
        "max_score": 2,
        "key_points": [{"id": "answer", "name": "倾听", "points": 2}],
        "options": [{"label": "A", "text": "倾听"}, {"label": "B", "text": "反驳"}],
        "correct": ["A"],
    }
)


def people(*texts, rubric=RUBRIC.id):
    return [
        Submission(candidate=f"c{n}", answers=(Answer(rubric=rubric, text=text),)) for n, text in enumerate(texts, 1)
    ]


class Session:
    """A journal that is run again and again, by a judge that says hit to whatever speaks of 道歉."""

    def __init__(self, path, judge=None, **how):
        self.journal = Journal(path / "run.sqlite3")
        self.store = MemoryStore()
        self.judge = judge or ScriptedJudge(lambda task: {"comfort": Level.HIT} if "道歉" in task.answer else {})
        self.how = how
        self.events = []

    def run(self, rows=None, rubrics=(RUBRIC,), *, on=None, lanes=4, wanted=None, **how):
        if rows is not None:
            self.journal.take_in(rows)
        run = Run(
            self.journal,
            rubrics,
            InProcess(self.judge, lanes=lanes, wanted=wanted),
            Grader(self.judge, store=self.store),
            store=self.store,
            tell=self.events.append,
            **{**self.how, **how},
        )
        if on:
            on(run)
        return asyncio.run(run.go())

    def scores(self):
        return {
            one.candidate: {key: each.grade and each.grade.score for key, each in one.answers.items()}
            for one in Journalled(self.journal).candidates()
        }


@pytest.fixture
def session(tmp_path):
    made = Session(tmp_path)
    yield made
    made.journal.close()


def test_every_answer_gets_its_grade(session):
    ended = session.run(people("先真诚道歉。", "让他自己修。", "先真诚道歉，再回访。"))
    assert session.scores() == {"c1": {"complaint": 2}, "c2": {"complaint": 0}, "c3": {"complaint": 2}}
    assert (ended.state, ended.done, ended.total, ended.called) == ("finished", 3, 3, 3)


def test_identical_answers_are_asked_about_once(session):
    session.run(people(*["先真诚道歉。"] * 50))
    assert len(session.judge.tasks) == 1
    assert {score["complaint"] for score in session.scores().values()} == {2}


def test_blank_and_objective_answers_cost_no_call(session):
    rows = [*people("  ", "\n"), *people("A", "B", rubric="tick")]
    ended = session.run(rows, (RUBRIC, TICK))
    assert session.judge.tasks == []
    assert session.scores() == {"c1": {"complaint": 0, "tick": 2}, "c2": {"complaint": 0, "tick": 0}}
    assert ended.called == 0


def test_a_second_run_asks_nobody(session):
    session.run(people("先真诚道歉。", "退款"))
    before = len(session.judge.tasks)
    ended = session.run(people("先真诚道歉。", "退款"))
    assert (len(session.judge.tasks), ended.total, ended.state) == (before, 0, "finished")


def test_verdicts_that_the_store_has_from_elsewhere_are_used(session, tmp_path):
    session.run(people("先真诚道歉。"))
    other = Session(tmp_path / "other")
    other.store = session.store
    ended = other.run(people("先真诚道歉。"))
    assert (other.judge.tasks, ended.done) == ([], 1)
    other.journal.close()


def test_a_changed_key_point_judges_that_question_again_and_no_other(session):
    other = RUBRIC.model_copy(update={"id": "other", "question": "另一道题"})
    rows = [*people("先真诚道歉。"), *people("先真诚道歉。", rubric="other")]
    session.run(rows, (RUBRIC, other))
    session.judge.tasks.clear()
    points = (other.key_points[0].model_copy(update={"hit": "写出道歉。"}), *other.key_points[1:])
    session.run(rows, (RUBRIC, other.model_copy(update={"key_points": points})))
    assert [task.rubric.id for task in session.judge.tasks] == ["other"]


def test_a_changed_weight_calls_nobody_and_changes_the_score(session):
    session.run(people("先真诚道歉。"))
    comfort, solve, visit = RUBRIC.key_points
    points = (comfort.model_copy(update={"points": 3}), solve.model_copy(update={"points": 3}), visit)
    session.run(people("先真诚道歉。"), (RUBRIC.model_copy(update={"key_points": points}),))
    assert len(session.judge.tasks) == 1
    assert session.scores() == {"c1": {"complaint": 3}}


def failing(error, when=lambda task: True):
    """A judge whose calls fail in that way."""

    class Failing(ScriptedJudge):
        async def judge(self, task):
            self.tasks.append(task)
            if when(task):
                return Judgement(judge="llm", verdicts=unscored(task, error.cause, str(error)), usage=Usage(calls=1))
            self.tasks.pop()
            return await super().judge(task)

    return Failing({"comfort": Level.HIT})


def test_one_answer_that_fails_stops_nothing_and_says_why(tmp_path):
    bad = failing(EndpointUnavailable("late", cause="timeout"), lambda task: "坏" in task.answer)
    session = Session(tmp_path, bad)
    ended = session.run(people("先真诚道歉。", "坏的答案", "再道歉一次。"))
    assert (ended.state, ended.failed, ended.done) == ("finished", 1, 3)
    told = [one.answers["complaint"].failure for one in Journalled(session.journal, "zh").candidates()]
    assert told == ["", "等待回复超时", ""]
    session.journal.close()


def test_failures_stay_until_they_are_to_be_tried_again(tmp_path):
    broken = [True]
    judge = failing(EndpointUnavailable("late", cause="timeout"), lambda task: broken[0] and "坏" in task.answer)
    session = Session(tmp_path, judge)
    rows = people("先真诚道歉。", "坏的答案")
    session.run(rows)
    broken[0] = False
    asked = len(judge.tasks)
    session.run(rows)
    assert len(judge.tasks) == asked
    ended = session.run(rows, retry_errors=True)
    assert (ended.failed, len(judge.tasks)) == (0, asked + 1)
    assert session.scores()["c2"] == {"complaint": 2}
    session.journal.close()


def test_an_overlong_answer_fails_alone(session):
    session.run(people("先真诚道歉。", "长" * 30_000))
    assert session.scores() == {"c1": {"complaint": 2}, "c2": {"complaint": None}}
    told = [one.answers["complaint"].failure for one in Journalled(session.journal, "en").candidates()]
    assert "the limit is 20000" in told[1]


@pytest.mark.parametrize(
    ("error", "most"),
    [
        (EndpointRejected("no", cause="auth"), 8),
        (EndpointRejected("no", cause="quota"), 8),
        (EndpointUnavailable("no", cause="connection"), 20),
    ],
)
def test_a_dead_endpoint_stops_the_run_and_nobody_is_blamed(tmp_path, error, most):
    session = Session(tmp_path, failing(error))
    ended = session.run(people(*(f"答案 {n}" for n in range(200))))
    assert (ended.state, ended.reason) == ("stopped", "endpoint")
    assert len(session.judge.tasks) <= most
    counts = session.journal.counts()
    assert (counts.failed, counts.pending) == (0, 200)
    session.judge = ScriptedJudge({}, key="1")
    assert session.run().state == "finished"
    session.journal.close()


def test_a_stop_finishes_what_is_in_flight_and_the_next_run_goes_on(session):
    rows = people(*(f"第 {n} 次道歉" for n in range(100)))

    def stop_soon(run):
        session.judge._script = lambda task: run.stop() or {"comfort": Level.HIT}

    ended = session.run(rows, on=stop_soon, lanes=3)
    assert (ended.state, ended.reason) == ("interrupted", "interrupted")
    assert 1 <= ended.done <= 10
    assert session.journal.counts().scored == ended.done
    session.judge._script = lambda task: {"comfort": Level.HIT}
    again = session.run(rows)
    assert (again.state, again.done) == ("finished", 100 - ended.done)
    assert len(session.judge.tasks) == 100


def test_no_answer_is_begun_once_the_money_is_spent(tmp_path):
    class Dear(ScriptedJudge):
        async def judge(self, task):
            judgement = await super().judge(task)
            return judgement.model_copy(update={"usage": Usage(calls=1, cost=0.5)})

    session = Session(tmp_path, Dear({}))
    ended = session.run(people(*(f"答案 {n}" for n in range(50))), max_cost=2.0, lanes=1)
    assert (ended.state, ended.reason) == ("stopped", "max_cost")
    assert ended.usage.cost == pytest.approx(2.0, abs=1.0)
    session.journal.close()


@pytest.mark.parametrize("reason", ["interrupted", "max_cost", "endpoint"])
def test_what_is_not_begun_when_a_run_stops_is_not_begun_after(tmp_path, reason):
    """However many lanes there are, and however much stands in the queue."""

    class Stopping(ScriptedJudge):
        async def judge(self, task):
            self.begun.append(task)
            await asyncio.sleep(0)
            self.run.stop(reason)
            return await super().judge(task)

    Stopping.begun = []
    session = Session(tmp_path, Stopping({}))
    ended = session.run(
        people(*(f"答案 {n}" for n in range(100))), on=lambda run: setattr(session.judge, "run", run), lanes=8
    )
    assert (len(session.judge.begun), ended.done, ended.reason) == (8, 8, reason)
    session.journal.close()


def test_no_more_answers_are_begun_at_once_than_are_worth_having(tmp_path):
    class Watching(ScriptedJudge):
        now, most = 0, 0

        async def judge(self, task):
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            wanted[0] = min(wanted[0] + 1, 9)
            return await super().judge(task)

    wanted = [3]
    session = Session(tmp_path, Watching({}))
    ended = session.run(people(*(f"答案 {n}" for n in range(60))), lanes=50, wanted=lambda: wanted[0])
    assert (ended.done, session.judge.most) == (60, 9)
    session.journal.close()


def test_what_is_in_flight_to_an_endpoint_that_is_gone_is_not_waited_for(tmp_path, monkeypatch):
    """It would take a time-out of two minutes, and again for every retry."""
    monkeypatch.setattr("evaluator.batch.running.GRACE", 0.0)

    class Silent(ScriptedJudge):
        async def judge(self, task):
            if "0" in task.answer:
                await asyncio.Event().wait()
            return Judgement(judge="llm", verdicts=unscored(task, "timeout", "late"), usage=Usage(calls=1))

    session = Session(tmp_path, Silent({}))
    ended = session.run(people(*(f"答案 {n}" for n in range(100))), lanes=5)
    assert (ended.state, ended.reason, ended.cause) == ("stopped", "endpoint", "timeout")
    assert (ended.done, ended.failed, session.journal.counts().pending) == (0, 0, 100)
    session.journal.close()


def test_only_the_chosen_items_are_judged(session):
    session.journal.take_in(people("一", "二", "三"))
    session.run(on=None)
    chosen = session.journal.take_in(people("四", "五", "六")).items
    assert chosen == 3
    session.journal.work_with([RUBRIC], {RUBRIC.id: Grader(session.judge).judged_by(RUBRIC)})
    first = next(iter(session.journal.pending()))
    ended = session.run(items=frozenset({first.id}))
    assert (ended.done, session.journal.counts().pending) == (1, 2)


def test_the_first_answer_to_a_question_is_judged_alone_where_caches_are_primed(tmp_path):
    at_once = []

    class Watching(ScriptedJudge):
        async def judge(self, task):
            at_once.append(len(at_once) - len(self.done))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            self.done.append(task)
            return await super().judge(task)

    Watching.done = []
    session = Session(tmp_path, Watching({}))
    session.run(people(*(f"答案 {n}" for n in range(12))), prime=True, lanes=4)
    assert at_once[0] == 0
    assert at_once[1] == 0  # nobody began before the first was done
    assert max(at_once) > 1
    session.journal.close()


def test_rejected_rows_do_not_count_as_answers(session):
    session.run([*people("道歉"), Rejected(place="A9", zh="没有考号", en="no id")])
    assert session.journal.counts().answers == 1


def test_progress_is_told_and_ends_with_the_end(session):
    session.run(people(*(f"答案 {n}" for n in range(30))))
    assert session.events[-1].state == "finished"
    assert [event.done for event in session.events] == sorted(event.done for event in session.events)
    assert session.events[-1].usage.prompt == 3000


def test_what_the_whole_will_take_is_told_from_what_was_seen_once_that_is_enough(tmp_path):
    class Dear(ScriptedJudge):
        async def judge(self, task):
            judgement = await super().judge(task)
            return judgement.model_copy(update={"usage": Usage(calls=1, prompt=100, cost=0.5)})

    session = Session(tmp_path, Dear({}))
    session.run(people(*(f"答案 {n}" for n in range(19))))
    assert session.events[-1].forecast is None
    ended = session.run(people(*(f"答案 {n}" for n in range(60))))
    assert ended.forecast.cost == pytest.approx(ended.usage.cost)
    session.journal.close()


def test_what_a_judge_raises_by_mistake_ends_the_run_and_loses_nothing_that_was_done(tmp_path):
    class Broken(ScriptedJudge):
        async def judge(self, task):
            if "坏" in task.answer:
                raise ZeroDivisionError
            return await super().judge(task)

    session = Session(tmp_path, Broken({"comfort": Level.HIT}))
    with pytest.raises(ExceptionGroup):
        session.run(people("道歉一", "道歉二", "坏"), lanes=1)
    assert session.journal.counts().scored == 2
    session.journal.close()


def test_kinds_that_code_scores_never_reach_the_executor(session):
    assert TICK.kind is QuestionKind.SINGLE_CHOICE
    session.run(people("A", rubric="tick"), (TICK,))
    assert session.judge.tasks == []


def test_garbage_is_looked_for_as_usual_again_however_runs_overlap():
    usual = gc.get_threshold()
    one, other = collecting_rarely(), collecting_rarely()
    with one:
        assert gc.get_threshold() > usual
        other.__enter__()
    other.__exit__(None, None, None)
    assert gc.get_threshold() == usual
    with pytest.raises(ZeroDivisionError), collecting_rarely():
        raise ZeroDivisionError
    assert gc.get_threshold() == usual
