"""Judging by a provider's batch API: sent once, collected, what it leaves is asked live; nothing is paid for twice."""

import asyncio
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from batch_endpoint import serving
from small_rubric import RUBRIC
from typer.testing import CliRunner

from evaluator.batch import post_office
from evaluator.cli.main import app
from evaluator.client import Batches, BatchRules, Client, Deferred, Endpoint, rules_for
from evaluator.client.ladder import LEARNT
from evaluator.client.relay import request_id
from evaluator.errors import EndpointRejected, EndpointUnavailable
from evaluator.grader import Grader
from evaluator.judging import OneCallJudge
from evaluator.prompts import Prompts
from evaluator.rubrics import write

PEOPLE = 12


def answers(count):
    return [f"先真诚道歉，安抚客户。第 {n:03} 位员工：当天退款或换货，三天之内回访客户。" for n in range(count)]


class Desk:
    """An examiner's desk: a sheet of answers, a rubric, and the command line."""

    def __init__(self, folder, provider, monkeypatch):
        self.folder, self.provider, self.monkeypatch = folder, provider, monkeypatch
        self.sheet, self.rubric, self.output = folder / "answers.csv", folder / "complaint.yaml", folder / "r.jsonl"
        write(RUBRIC, self.rubric)
        self.lay_out(PEOPLE)

    def lay_out(self, count):
        with self.sheet.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["考号", RUBRIC.question])
            rows.writerows([f"c{n:03}", text] for n, text in enumerate(answers(count)))

    def words(self, *more, via="batch-api"):
        where = ["--base-url", self.provider.base_url, "--model", "fast", "--yes", "--progress", "none"]
        said = ["--via", via] if via else []
        poll = [] if "--poll" in more else ["--poll", "0.01"]
        files = [str(self.sheet), "-o", str(self.output), "-r", str(self.rubric)]
        return ["batch", "run", *files, *where, *said, *poll, *map(str, more)]

    def run(self, *more, via="batch-api"):
        return self.evaluator(*self.words(*more, via=via))

    def evaluator(self, *words):
        LEARNT.clear()  # as in a process of its own
        self.monkeypatch.setattr(sys, "argv", ["evaluator", *words])
        return CliRunner().invoke(app, list(words))

    def begin(self, *more):
        """The same in a process of its own."""
        command = [sys.executable, "-m", "evaluator", *self.words(*more)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    @property
    def rows(self):
        return [json.loads(line) for line in self.output.read_text(encoding="utf-8").splitlines()]

    @property
    def scores(self):
        return [row["grade"] and row["grade"]["score"] for row in self.rows]

    @property
    def all_scored(self):
        return [row["failure"] for row in self.rows] == [""] * len(self.rows) and set(self.scores) == {7.0}


@pytest.fixture
def provider():
    with serving() as endpoint:
        yield endpoint


@pytest.fixture
def desk(tmp_path, provider, monkeypatch):
    return Desk(tmp_path, provider, monkeypatch)


def run_id(text):
    return re.search(r"(?:运行|run) ([\w.-]+)[）)]", text)[1]


# --- the plain case ---


def test_answers_go_up_in_a_file_and_come_back_as_grades(desk, provider):
    done = desk.run()
    assert done.exit_code == 0, done.output
    assert desk.all_scored
    assert (len(provider.live), len(provider.asked_in_batches()), provider.times_paid()) == (1, PEOPLE - 1, 1)


def test_grades_are_the_same_as_live(desk):
    desk.run()
    by_batch = [row["grade"]["key_points"] for row in desk.rows]
    desk.run("--fresh", via="live")
    assert [row["grade"]["key_points"] for row in desk.rows] == by_batch


def test_the_file_holds_chinese_as_it_is_and_ids_of_at_most_64_characters(desk, provider):
    desk.run()
    ((name, content),) = [one for one in provider.files.values() if b'"custom_id"' in one[1] and b'"method"' in one[1]]
    assert name.endswith(".jsonl")
    assert "真诚道歉" in content.decode()
    rows = [json.loads(line) for line in content.splitlines()]
    assert {(row["method"], row["url"]) for row in rows} == {("POST", "/v1/chat/completions")}
    assert len({row["custom_id"] for row in rows}) == len(rows)
    assert max(len(row["custom_id"]) for row in rows) <= 64


def test_the_file_holds_only_what_the_endpoint_takes(desk, provider):
    provider.refuses = ("top_logprobs", "seed")
    assert desk.run().exit_code == 0
    assert not any("top_logprobs" in row["body"] or "seed" in row["body"] for row in provider.asked_in_batches())
    assert provider.times_paid() == 1


@pytest.mark.parametrize(
    ("rules", "files"),
    [(BatchRules(requests=4), 3), (BatchRules(bytes=20_000), None)],
    ids=["by count", "by bytes"],
)
def test_files_keep_to_the_provider_s_limits(desk, provider, monkeypatch, rules, files):
    monkeypatch.setattr(post_office, "rules_for", lambda _: rules)
    assert desk.run().exit_code == 0
    sent = [provider.files[one["input_file_id"]][1] for one in provider.batches.values()]
    assert len(sent) > 1
    assert files in {None, len(sent)}
    assert all(len(one.splitlines()) <= rules.requests and len(one) <= rules.bytes * 0.95 for one in sent)
    assert desk.all_scored


def test_each_known_provider_has_its_limits():
    assert rules_for("siliconflow").requests == 5_000
    assert rules_for("openai").bytes == 200_000_000
    assert rules_for("glm").path == "/v4/chat/completions"
    assert rules_for("somebody else").bytes == min(rules_for(one).bytes for one in ("openai", "qwen", "glm", "kimi"))


def test_a_second_run_asks_nobody(desk, provider):
    desk.run()
    before = list(provider.requests)
    assert desk.run().exit_code == 0
    assert provider.requests == before


# --- send and go ---


def test_without_waiting_the_results_are_collected_later(desk, provider):
    provider.states = ["validating", "in_progress", "in_progress", "in_progress", "in_progress"]
    sent = desk.run("--no-wait")
    assert sent.exit_code == 0
    name = run_id(sent.output)
    assert f"evaluator batch collect {name}" in sent.stderr
    assert desk.scores.count(None) == PEOPLE - 1
    shown = desk.evaluator("batch", "status", name)
    assert (shown.exit_code, "batch-1" in shown.stdout, "处理中" in shown.stdout) == (0, True, True)
    early = desk.evaluator("batch", "collect", name)
    assert early.exit_code == 0
    assert desk.scores.count(None) == PEOPLE - 1
    late = desk.evaluator("batch", "collect", name, "--wait", "--poll", "0.01")
    assert late.exit_code == 0, late.output
    assert desk.all_scored
    assert (len(provider.batches), len(provider.live), provider.times_paid()) == (1, 1, 1)


def test_the_same_command_again_goes_on_with_the_job_that_is_there(desk, provider):
    provider.states = ["in_progress"] * 3
    desk.run("--no-wait")
    assert desk.run(via=None).exit_code == 0
    assert desk.all_scored
    assert (len(provider.batches), provider.times_paid()) == (1, 1)


def test_only_the_chosen_answers_are_sent_and_collected(desk, provider):
    sent = desk.run("--no-wait", "--limit", 5)
    assert len(provider.asked_in_batches()) == 4
    desk.evaluator("batch", "collect", run_id(sent.output), "--wait", "--poll", "0.01")
    assert desk.scores.count(None) == PEOPLE - 5
    assert len(provider.batches) == 1


def test_a_collecting_with_other_settings_is_refused(desk, provider, monkeypatch):
    sent = desk.run("--no-wait")
    monkeypatch.setenv("EVALUATOR_TEMPERATURE", "0.9")
    refused = desk.evaluator("batch", "collect", run_id(sent.output))
    assert refused.exit_code != 0
    assert "与提交时不同" in str(refused.exception)
    assert len(provider.live) == 1


@pytest.mark.parametrize(("words", "said"), [((), "付两次"), (("--fresh",), "付两次")])
def test_nothing_goes_live_while_a_job_is_on_its_way(desk, provider, words, said):
    provider.states = ["in_progress"] * 100
    desk.run("--no-wait")
    refused = desk.run(*words, via="live")
    assert said in str(refused.exception)
    assert (len(provider.live), len(provider.batches)) == (1, 1)


def test_a_run_without_a_batch_job_has_nothing_to_collect(desk):
    done = desk.run(via="live")
    refused = desk.evaluator("batch", "collect", run_id(done.output))
    assert "没有用过批量接口" in str(refused.exception)


# --- whatever happens on the way ---


def killed_at(desk, provider, method, path):
    """Run in a process of its own that is killed when this request was served, before the reply arrives."""
    children = []

    def kill(*asked):
        if asked == (method, path) and children:
            os.kill(children[0].pid, signal.SIGKILL)
            children.clear()
            raise ConnectionError

    provider.before_reply = kill
    child = desk.begin()
    children.append(child)
    child.communicate(timeout=60)
    provider.before_reply = lambda method, path: None
    return child.returncode


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/files"),
        ("POST", "/v1/batches"),
        ("GET", "/v1/files/file-2/content"),
    ],
)
def test_killed_at_any_moment_the_next_run_pays_for_no_batch_twice(desk, provider, method, path):
    assert killed_at(desk, provider, method, path) == -signal.SIGKILL
    done = desk.run()
    assert done.exit_code == 0, done.output
    assert desk.all_scored
    assert len(provider.batches) == 1
    batched = {row["custom_id"] for row in provider.asked_in_batches()}
    assert {provider.paid[one] for one in batched} == {1}


@pytest.mark.parametrize("keeps_metadata", [True, False])
def test_a_job_is_found_again_among_many(provider, keeps_metadata):
    provider.keeps_metadata = keeps_metadata
    for name in ("before-1", "before-2", "mine", "after-1", "after-2", "after-3"):
        file = provider.upload(f"{name}.jsonl", b"")["id"]
        provider.make({"endpoint": "/", "input_file_id": file, "metadata": {"evaluator": f"content of {name}"}})

    async def found(content, name):
        async with Client(Endpoint(provider.base_url, "fast")) as client:
            return await Batches(client).find(content, name)

    assert asyncio.run(found("content of mine", "mine.jsonl")).id == "batch-3"
    assert asyncio.run(found("content of another", "another.jsonl")) is None


def test_a_file_of_answers_follows_no_redirect(provider, tmp_path):
    provider.redirects = {"/v1/files": "http://127.0.0.1:9/v1/files"}
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b"{}")

    async def sent():
        async with Client(Endpoint(provider.base_url, "fast")) as client:
            await Batches(client).upload(path)

    with pytest.raises(EndpointRejected) as caught:
        asyncio.run(sent())
    assert caught.value.cause == "redirected"


def test_a_connection_that_breaks_when_the_job_is_made_makes_no_second_one(desk, provider):
    broken = []

    def once(method, path):
        if (method, path) == ("POST", "/v1/batches") and not broken:
            broken.append(1)
            raise ConnectionError

    provider.before_reply = once
    assert desk.run().exit_code == 0
    assert (len(provider.batches), provider.times_paid()) == (1, 1)


def test_a_job_whose_making_could_not_be_seen_is_looked_for_before_another_is_made(desk, provider, monkeypatch):
    make, failed = Batches.create, []

    async def unseen(self, *arguments):
        made = await make(self, *arguments)
        if not failed:
            failed.append(made)
            raise EndpointUnavailable("gone", cause="connection")
        return made

    monkeypatch.setattr(Batches, "create", unseen)
    assert desk.run().exit_code == 0
    assert (len(failed), len(provider.batches), provider.times_paid()) == (1, 1, 1)


def test_a_provider_that_takes_no_metadata_is_sent_none(desk, provider):
    provider.refuses_metadata = True
    assert desk.run().exit_code == 0
    assert desk.all_scored


def test_an_interrupt_while_waiting_leaves_the_job_to_the_next_run(desk, provider):
    provider.states = ["in_progress"] * 10_000
    child = desk.begin("--poll", "0.05")
    while provider.requests.count("GET /v1/batches/batch-1") < 2 and child.poll() is None:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    provider.states = []
    assert desk.run().exit_code == 0
    assert (len(provider.batches), provider.times_paid(), desk.all_scored) == (1, 1, True)


# --- what a job leaves ---


SERVER_ERROR = (500, {"error": {"message": "internal error", "type": "server_error"}})
LEFT = {
    "a row that failed": {"fails": {"第 003": SERVER_ERROR, "第 004": (400, {"error": {"message": "bad request"}})}},
    "a row with an error and no response": {"fails": {"第 003": (0, {"code": "oops", "message": "unknown"})}},
    "an error that calls itself well": {"fails": {"第 003": (200, {"error": {"message": "rate limit reached"}})}},
    "rows that came back in no file": {"missing": ("第 003", "第 007")},
    "a job that expired": {"end": "expired", "done_at_most": 4},
    "a job that failed as a whole": {"end": "failed"},
}


@pytest.mark.parametrize("how", LEFT.values(), ids=LEFT)
def test_what_a_job_leaves_is_asked_live(desk, provider, how):
    for name, value in how.items():
        setattr(provider, name, value)
    done = desk.run()
    assert done.exit_code == 0, done.output
    assert desk.all_scored
    assert (len(provider.batches), provider.times_paid()) == (1, 1)
    assert len(provider.live) > 1


@pytest.mark.parametrize("how", LEFT.values(), ids=LEFT)
def test_without_fallback_it_fails_and_can_be_sent_again(desk, provider, how):
    for name, value in how.items():
        setattr(provider, name, value)
    done = desk.run("--no-fallback")
    assert done.exit_code == 3, done.output
    assert len(provider.live) == 1
    failed = [row["failure"] for row in desk.rows if row["failure"]]
    assert failed
    provider.fails, provider.missing, provider.end, provider.done_at_most = {}, (), "completed", 10**9
    again = desk.run("--no-fallback", "--retry-errors")
    assert again.exit_code == 0, again.output
    assert desk.all_scored
    assert (len(provider.live), len(provider.batches), provider.times_paid()) == (1, 2, 1)
    assert len(provider.asked_in_batches()) == PEOPLE - 1 + len(failed)


def test_a_reply_that_is_no_use_is_asked_for_live_and_the_others_are_not(desk, provider):
    provider.odd, provider.odd_live = {"第 003": "这不是所要的格式", "第 005": "", "第 007": "{"}, False
    assert desk.run().exit_code == 0
    assert (desk.all_scored, len(provider.batches), len(provider.live)) == (True, 1, 1 + 3)


def test_many_follow_ups_make_another_round(desk, provider):
    desk.lay_out(60)
    provider.odd = {f"第 {n:03}": "这不是所要的格式" for n in range(1, 60)}
    desk.run()
    sizes = [len(provider.lines(one["input_file_id"])) for one in provider.batches.values()]
    assert sizes == [59, 59]
    assert (len(provider.live), provider.times_paid()) == (1, 1)


def test_a_full_queue_is_waited_for_and_a_job_that_never_fits_is_sent_in_parts(desk, provider):
    desk.lay_out(121)
    provider.room, provider.why = 64, "Enqueued token limit reached for fast"
    done = desk.run()
    assert done.exit_code == 0, done.output
    finished = [one for one in provider.batches.values() if one["status"] == "completed"]
    assert [one["request_counts"]["completed"] for one in finished] == [60, 60]
    assert (len(provider.live), provider.times_paid(), desk.all_scored) == (1, 1, True)


def test_one_question_a_key_point_takes_two_rounds(desk, provider):
    desk.lay_out(30)
    desk.monkeypatch.setenv("EVALUATOR_ASK", "per_point")
    assert desk.run().exit_code == 0
    sizes = [len(provider.lines(one["input_file_id"])) for one in provider.batches.values()]
    assert sizes == [29 * 4, 29 * 4]  # the verdicts, then the evidence
    assert {row["body"]["messages"][-1]["content"].count("第 000") for row in provider.asked_in_batches()} == {0}
    assert provider.times_paid() == 1


def test_three_votes_take_one_round(desk, provider):
    desk.monkeypatch.setenv("EVALUATOR_SAMPLES", "3")
    assert desk.run().exit_code == 0
    assert [len(provider.lines(one["input_file_id"])) for one in provider.batches.values()] == [3 * (PEOPLE - 1)]
    assert (len(provider.live), provider.times_paid()) == (3, 1)


def test_what_is_done_when_a_job_is_cancelled_is_kept_and_the_rest_can_go_live(desk, provider):
    provider.states, provider.done_at_most = ["in_progress"] * 100, 5
    name = run_id(desk.run("--no-wait").output)
    assert desk.evaluator("batch", "cancel", name).exit_code == 0
    collected = desk.evaluator("batch", "collect", name)
    assert (collected.exit_code, "已取消" in collected.stderr) == (0, True)
    assert (desk.scores.count(7.0), len(provider.live), len(provider.batches)) == (6, 1, 1)
    assert desk.run(via="live").exit_code == 0
    assert desk.all_scored
    assert provider.times_paid() == 1


# --- money, and where there is no such thing ---


def test_the_batch_factor_of_the_price_table_halves_what_a_job_costs(desk, own_folders):
    table = '[models."fast"]\nprompt = 1000\ncompletion = 0\nbatch = 0.5\n'
    (own_folders / "prices.toml").write_text(table, encoding="utf-8")
    desk.run()
    costs = sorted(row["grade"]["trace"]["usage"]["cost"] for row in desk.rows)
    assert costs == pytest.approx([0.5] * (PEOPLE - 1) + [1.0])


def test_a_job_that_may_cost_more_than_the_limit_is_not_sent(desk, provider, own_folders):
    (own_folders / "prices.toml").write_text('[models."fast"]\nprompt = 1000\ncompletion = 1000\n', encoding="utf-8")
    refused = desk.run("--max-cost", "0.01")
    assert "--max-cost" in str(refused.exception)
    assert provider.requests == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--judge", "keyword"), "要有一个配置好的模型服务"), (("--provider", "deepseek"), "没有批量接口")],
)
def test_where_there_is_no_batch_api_it_is_said_before_anything_is_sent(desk, monkeypatch, words, said):
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-nothing")
    files = (str(desk.sheet), "-o", str(desk.output), "-r", str(desk.rubric))
    refused = desk.evaluator("batch", "run", *files, *words, "--yes", "--via", "batch-api")
    assert said in str(refused.exception)


# --- the relay by itself ---


class Post:
    """A relay that knows some answers and puts the rest down."""

    def __init__(self):
        self.known, self.asked = {}, []

    def ask(self, request, body, *, again):
        self.asked.append((request, again))
        if request not in self.known or again:
            raise Deferred
        return self.known[request]


def chat(provider, relay, schema=None):
    async def reply():
        async with Client(Endpoint(provider.base_url, "fast"), relay=relay) as client:
            return await client.chat([{"role": "user", "content": "问"}], schema=schema, max_tokens=50)

    return asyncio.run(reply())


def test_what_a_relay_knows_is_asked_of_nobody(provider):
    relay = Post()
    with pytest.raises(Deferred):
        chat(provider, relay)
    relay.known[relay.asked[0][0]] = provider.reply({"model": "fast"})
    assert chat(provider, relay).text == "A"
    assert provider.requests == []


def test_an_answer_that_is_no_use_is_not_handed_out_again(provider):
    relay = Post()
    with pytest.raises(Deferred):
        chat(provider, relay)
    request, _ = relay.asked.pop()
    relay.known[request] = provider.reply({}) | {"choices": [{"finish_reason": "stop", "message": {"content": ""}}]}
    with pytest.raises(Deferred):
        chat(provider, relay)
    assert relay.asked == [(request, False), (request, True)]


def test_a_deferred_answer_is_no_failed_one(provider):
    relay = Post()

    async def grade():
        async with Client(Endpoint(provider.base_url, "fast"), relay=relay) as client:
            return await Grader(OneCallJudge(client, Prompts())).grade(RUBRIC, answers(1)[0])

    with pytest.raises(Deferred):
        asyncio.run(grade())


def test_a_request_is_known_by_what_it_says_whatever_the_order_of_its_fields():
    one, other = {"model": "m", "messages": [{"role": "user", "content": "问"}]}, {"messages": [], "model": "m"}
    assert request_id(one) == request_id(dict(reversed(one.items()))) != request_id(other)
    assert len(request_id(one)) == 64


def test_lines_that_nobody_can_read_are_passed_over(tmp_path):
    path = tmp_path / "out.jsonl"
    key, body = "a" * 64, {"choices": [{}]}
    rows = [
        {"custom_id": key, "response": {"status_code": 200, "body": body}},
        {"custom_id": key, "response": {"status_code": 200, "body": json.dumps(body)}},
        {"custom_id": key, "response": {"status_code": 200, "body": {"error": "x"}}},
        {"custom_id": key, "response": {"status_code": "what", "body": {}}},
        {"custom_id": key, "response": None, "error": {"message": "x"}},
        {"custom_id": "not ours", "response": {"status_code": 200, "body": body}},
        {"custom_id": 3},
        ["no object"],
    ]
    path.write_text("not json\n\n" + "\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [(request, came.status) for request, came in post_office.responses(path)] == [
        (key, 200), (key, 200), (key, 0), (key, 0), (key, 0),
    ]  # fmt: skip
