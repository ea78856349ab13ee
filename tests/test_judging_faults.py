"""Every fault of an endpoint, through the real client and the real SDK, ends in a right grade or an honest unscored."""

import asyncio
import json
from math import log

import httpcore2
import httpx
import httpx2
import pytest
from fake_endpoint import CHAT, Time, completion, ok, place, refusal, sent
from small_rubric import ANSWER, IDS, RUBRIC

from evaluator.client import Client
from evaluator.grader import Grader
from evaluator.judging import OneCallJudge, PerPointJudge, Profile
from evaluator.models import Flag, Level
from evaluator.prompts import Prompts
from evaluator.report.labels import CAUSES

PROMPTS = Prompts()
HTML = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
HIT, MISSED = ({"reason": "r", "evidence": [1], "verdict": "hit"}, {"reason": "r", "evidence": [], "verdict": "missed"})
WHOLE = {"about_question": True, "comfort": HIT, "solve": HIT, "return-visit": MISSED, "blame": MISSED}


def reply(data=None, **more):
    text = json.dumps(WHOLE if data is None else data, ensure_ascii=False)
    return ok(text, **more)


def without(*names, **changed):
    return {name: value for name, value in WHOLE.items() if name not in names} | changed


GOOD = reply()
CUT_OFF = ok(json.dumps(WHOLE)[:60], finish="length")
THOUGHT = ok("<think>第一点……所以都给 hit。</think>\n" + json.dumps(WHOLE))
FENCED = ok("评分如下：\n```json\n" + json.dumps(WHOLE, ensure_ascii=False, indent=1) + "\n```\n以上。")
DECLINED = ok("", message={"refusal": "I can't help with that."})
HTML_PAGE = httpx.Response(200, text=HTML, headers={"content-type": "text/html"})
RATE = httpx.Response(429, json={"error": {"message": "Rate limit reached"}})
RATE_7 = httpx.Response(429, json={"error": {"message": "Rate limit reached"}}, headers={"Retry-After": "7"})
BROKEN = ok('{"about_question": true, "comfort": {"reason": "r", "evidence": [1], "verdict": ')

FULL = "hit hit missed"
LOST = "unscored unscored unscored"

FAULTS = {
    # name: (responses, levels, score, range, cause of what is unscored)
    "no fault": ([GOOD], FULL, 6.0, None),
    "429, then right": ([RATE, GOOD], FULL, 6.0, None),
    "429 with Retry-After, then right": ([RATE_7, GOOD], FULL, 6.0, None),
    "429 for ever": ([RATE] * 3, LOST, None, "rate_limited"),
    "429 with Retry-After for ever": ([RATE_7] * 3, LOST, None, "rate_limited"),
    "500, then right": ([refusal(500, "oops"), GOOD], FULL, 6.0, None),
    "500 for ever": ([refusal(500, "oops")] * 3, LOST, None, "server_error"),
    "time-out, then right": ([httpcore2.ReadTimeout("slow"), GOOD], FULL, 6.0, None),
    "time-out for ever": ([httpcore2.ReadTimeout("slow")] * 3, LOST, None, "timeout"),
    "reset, then right": ([httpcore2.ReadError("reset by peer"), GOOD], FULL, 6.0, None),
    "reset for ever": ([httpcore2.ReadError("reset by peer")] * 3, LOST, None, "connection"),
    "refused connection for ever": ([httpcore2.ConnectError("refused")] * 3, LOST, None, "connection"),
    "empty, then right": ([ok(""), GOOD], FULL, 6.0, None),
    "empty, also after the repair turn": ([ok("")] * 6, LOST, None, "empty"),
    "cut off, then right": ([CUT_OFF, GOOD], FULL, 6.0, None),
    "cut off for ever": ([CUT_OFF] * 8, LOST, None, "truncated"),
    "prose, then right": ([ok("答得不错，给满分！"), GOOD], FULL, 6.0, None),
    "another object, then right": ([ok('{"score": 8}'), GOOD], FULL, 6.0, None),
    "broken JSON, then right": ([BROKEN, GOOD], FULL, 6.0, None),
    "wrong ids, then right": ([reply({"a": HIT, "b": HIT, "about_question": True}), GOOD], FULL, 6.0, None),
    "wrong ids twice": ([reply({"a": HIT, "about_question": True})] * 2, LOST, None, "missing_key_point"),
    "a key point left out, then given": ([reply(without("solve")), reply({"solve": HIT})], FULL, 6.0, None),
    "a key point left out twice": (
        [reply(without("solve")), reply({"about_question": True})], "hit unscored missed", None, "missing_key_point",
    ),
    "a key point too many": ([reply(without(bonus=HIT))], FULL, 6.0, None),
    "an unknown clause, then right": (
        [reply(without("comfort", comfort=HIT | {"evidence": [70]})), reply({"comfort": HIT})], FULL, 6.0, None,
    ),
    "a hit without evidence twice": (
        [reply(without("comfort", comfort=HIT | {"evidence": []}))] * 2, "unscored hit missed", None, "no_evidence",
    ),
    "a repair turn that times out": (
        [reply(without("solve")), *[httpcore2.ReadTimeout("slow")] * 3], "hit unscored missed", None, "missing_key_point",
    ),
    "a refusal": ([DECLINED], LOST, None, "refused"),
    "a content filter": ([ok("", finish="content_filter")], LOST, None, "content_filter"),
    "thinking in front": ([THOUGHT], FULL, 6.0, None),
    "nothing but thinking, then right": ([ok("<think>嗯……"), GOOD], FULL, 6.0, None),
    "a fence and words around": ([FENCED], FULL, 6.0, None),
    "an HTML page with status 502, then right": ([httpx.Response(502, text=HTML), GOOD], FULL, 6.0, None),
    "an HTML page with status 200": ([HTML_PAGE], LOST, None, "not_an_api"),
    "status 200 with an error that passes": ([httpx.Response(200, json={"error": {"code": 429, "message": "slow down"}}), GOOD], FULL, 6.0, None),
    "status 200 with an error that stays": ([httpx.Response(200, json={"error": {"code": 401, "message": "bad key"}})], LOST, None, "auth"),
    "a wrong key": ([refusal(401, "bad key")], LOST, None, "auth"),
    "no credit": ([refusal(402, "Insufficient Balance")], LOST, None, "quota"),
    "no such model": ([refusal(404, "The model `m` does not exist")], LOST, None, "model_not_found"),
    "too long": ([refusal(400, "This model's maximum context length is 8192 tokens")], LOST, None, "context_length"),
    "no JSON schema, then by tool": (
        [refusal(400, "response_format json_schema is not supported"), reply()], FULL, 6.0, None,
    ),
    "no log-probabilities": ([refusal(400, "logprobs is not supported by this model"), reply()], FULL, 6.0, None),
}  # fmt: skip


def graded(judge_of, time):
    async def go():
        async with httpx2.AsyncClient(verify=False) as network:
            client = Client(place(), max_attempts=3, patience=time.patience(), capabilities={}, http_client=network)
            async with client:
                return await Grader(judge_of(client)).grade(RUBRIC, ANSWER)

    return asyncio.run(go())


@pytest.mark.parametrize(("responses", "levels", "score", "cause"), FAULTS.values(), ids=FAULTS)
def test_a_fault_ends_in_a_right_grade_or_an_honest_unscored(httpx2_mock, responses, levels, score, cause):
    route = httpx2_mock.post(CHAT).mock(side_effect=responses)
    time = Time()
    grade = graded(lambda client: OneCallJudge(client, PROMPTS), time)
    assert [point.verdict.value for point in grade.key_points] == levels.split()
    assert (grade.score, grade.complete) == (score, score is not None)
    lost = [point for point in grade.key_points if point.verdict is Level.UNSCORED]
    assert {point.cause for point in lost} == ({cause} if cause else set())
    assert all(point.earned is None and not point.evidence for point in lost)
    low, high = grade.range
    assert low <= high
    assert ("incomplete" in grade.review_reasons) is (score is None)
    if lost:
        assert CAUSES[cause].zh
        assert CAUSES[cause].en
        assert high - low >= sum(point.points for point in lost) - 1  # a lost deduction may take one off
    assert route.call_count == len(responses)
    assert time.now < 200
    for point in grade.key_points:
        assert all(ANSWER[span.start : span.end] == span.text for span in point.evidence)


def test_nothing_is_ever_counted_as_missed_because_of_a_fault():
    for responses, levels, _, cause in FAULTS.values():
        assert responses
        assert (cause is None) == ("unscored" not in levels)


def test_a_wait_that_the_server_asked_for_is_kept(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[RATE_7, GOOD])
    time = Time()
    graded(lambda client: OneCallJudge(client, PROMPTS), time)
    assert 7 <= time.now < 8


def test_the_repair_turn_shows_the_model_its_reply_and_asks_for_what_is_missing(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[reply(without("solve")), reply({"solve": HIT})])
    graded(lambda client: OneCallJudge(client, PROMPTS), Time())
    first, second = sent(httpx2_mock)
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "user"]
    assert "solve：没有给出判断" in second["messages"][-1]["content"]
    schema = second["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["about_question", "solve"]


def test_one_question_that_fails_costs_only_its_key_point(httpx2_mock):
    def answer(request):
        asked = json.loads(request.content)["messages"][-1]["content"]
        if "【得分点】给出方案" in asked:
            return refusal(500, "oops")
        if "JSON" in asked:
            return ok('{"clauses": [1]}')
        return httpx.Response(200, json=completion("A"))

    httpx2_mock.post(CHAT).mock(side_effect=answer)
    grade = graded(lambda client: PerPointJudge(client, PROMPTS), Time())
    assert [point.verdict.value for point in grade.key_points] == ["hit", "unscored", "hit"]
    assert grade.key_points[1].cause == "server_error"
    assert (grade.score, Flag.UNVERIFIED_EVIDENCE in grade.flags) == (None, False)


def yes_or_no(share):
    body = completion("是")
    top = [{"token": "是", "logprob": log(share)}, {"token": "否", "logprob": log(1 - share)}]
    body["choices"][0]["logprobs"] = {"content": [top[0] | {"top_logprobs": top}]}
    return httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("response", "cause"),
    [
        (refusal(500, "oops"), "server_error"),
        (httpcore2.ReadTimeout, "timeout"),
        (httpcore2.ConnectError, "connection"),
        (RATE, "rate_limited"),
        (HTML_PAGE, "not_an_api"),
        (refusal(401, "bad key"), "auth"),
        (DECLINED, "refused"),
    ],
)
def test_a_background_question_that_fails_is_never_counted_against_the_answer(httpx2_mock, response, cause):
    def answer(request):
        asked = json.loads(request.content)["messages"][-1]["content"]
        if "我会认真负责" not in asked:
            return ok('{"clauses": [1]}') if "JSON" in asked else yes_or_no(0.9)
        if isinstance(response, type):
            raise response("broken")
        return response

    httpx2_mock.post(CHAT).mock(side_effect=answer)
    time = Time()
    profile = Profile(cut_partial=0.0, cut_hit=1.0)
    grade = graded(lambda client: PerPointJudge(client, PROMPTS, profile=profile), time)
    assert {(point.verdict, point.cause) for point in grade.key_points} == {(Level.UNSCORED, cause)}
    assert (grade.score, grade.complete) == (None, False)
    assert time.now < 200


def test_an_endpoint_that_refuses_log_probabilities_is_asked_for_letters_in_spite_of_its_profile(httpx2_mock):
    def answer(request):
        body = json.loads(request.content)
        if body.get("logprobs"):
            return refusal(400, "logprobs is not supported by this model")
        asked = body["messages"][-1]["content"]
        return ok('{"clauses": [1]}') if "JSON" in asked else ok("B" if "只回答一个字母" in asked else "是")

    httpx2_mock.post(CHAT).mock(side_effect=answer)
    profile = Profile(cut_partial=0.0, cut_hit=1.0)
    grade = graded(lambda client: PerPointJudge(client, PROMPTS, profile=profile), Time())
    assert [point.verdict for point in grade.key_points] == [Level.PARTIAL] * 3
    assert {point.confidence for point in grade.key_points} == {None}
    questions = [body["messages"][-1]["content"] for body in sent(httpx2_mock) if not body.get("logprobs")]
    assert sum("我会认真负责" in asked for asked in questions) == len(IDS)


def test_probabilities_of_the_verdict_words_become_the_confidence(httpx2_mock):
    pieces = []
    for index, part in enumerate(json.dumps(WHOLE).split('"verdict": "')):
        pieces += ['"verdict": "'] if index else []
        word = next((one for one in ("hit", "missed") if index and part.startswith(one)), "")
        pieces += [word, part[len(word) :]] if word else [part]
    logprobs = [
        {
            "token": piece,
            "logprob": -0.01,
            "top_logprobs": [{"token": piece, "logprob": -0.01}, {"token": "partial", "logprob": -2.0}],
        }
        for piece in pieces
    ]
    body = completion("".join(pieces))
    body["choices"][0]["logprobs"] = {"content": logprobs}
    httpx2_mock.post(CHAT).mock(side_effect=[httpx.Response(200, json=body)])
    grade = graded(lambda client: OneCallJudge(client, PROMPTS), Time())
    assert [point.confidence for point in grade.key_points] == [pytest.approx(0.880, abs=0.001)] * 3
    assert grade.confidence == pytest.approx(0.880, abs=0.001)
    assert set(IDS) > {point.id for point in grade.key_points}
