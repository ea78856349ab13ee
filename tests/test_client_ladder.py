"""How a structured reply is asked for: probing, what is learnt from refusals, and what is not mistaken for one."""

import httpx
import pytest
from fake_endpoint import CHAT, GOOD, MESSAGES, SCHEMA, call, ok, place, refusal, sent
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.client import Ability, Quirks, Rung
from evaluator.client.faults import Scene, of_status
from evaluator.client.ladder import Wish, bare_note, first_ability, learn, request_body
from evaluator.errors import EndpointRejected, InvalidReply


def shape(body):
    """Which rung a body was sent on."""
    if "tools" in body:
        return "tool"
    return body.get("response_format", {}).get("type", "text")


def tool_reply(arguments=GOOD):
    calls = [{"id": "1", "type": "function", "function": {"name": "reply", "arguments": arguments}}]
    return ok(None, finish="tool_calls", message={"tool_calls": calls})


def refusing(*rungs):
    """An endpoint that refuses these rungs in its own words, and serves the others."""
    words = {
        "json_schema": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        "tool": "this model does not support tools",
        "json_object": "response_format json_object is not supported",
    }

    def answer(request):
        import json

        used = shape(json.loads(request.content))
        if used in rungs:
            return refusal(400, words[used])
        return tool_reply() if used == "tool" else ok()

    return answer


@pytest.mark.parametrize(
    ("refused", "path"),
    [
        ((), ["json_schema"]),
        (("json_schema",), ["json_schema", "tool"]),
        (("json_schema", "tool"), ["json_schema", "tool", "json_object"]),
        (("json_schema", "tool", "json_object"), ["json_schema", "tool", "json_object", "text"]),
    ],
)
def test_the_ladder_is_walked_down_to_what_is_taken_and_remembered(httpx2_mock, refused, path):
    httpx2_mock.post(CHAT).mock(side_effect=refusing(*refused))
    learnt = {}
    reply = call(capabilities=learnt)
    assert [shape(body) for body in sent(httpx2_mock)] == path
    assert (reply.rung, reply.data) == (path[-1], {"verdict": "hit"})
    call(capabilities=learnt)
    assert [shape(body) for body in sent(httpx2_mock)] == [*path, path[-1]]


def test_what_is_learnt_of_one_model_says_nothing_of_another(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=refusing("json_schema"))
    learnt = {}
    call(capabilities=learnt)
    call(place(model="other"), capabilities=learnt)
    assert [shape(body) for body in sent(httpx2_mock)] == ["json_schema", "tool"] * 2


def test_many_calls_at_once_step_down_together_and_no_further_than_needed(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=refusing("json_schema"))
    learnt = {}
    replies = call(capabilities=learnt, many=20)
    assert {reply.rung for reply in replies} == {"tool"}
    assert learnt[place().key].rung is Rung.TOOL


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "'response_format' is not supported"),
        (422, "Extra inputs are not permitted: json_schema"),
        (400, "Json mode response is not supported when enable_thinking is true"),
        (400, "Invalid schema for response_format 'reply'"),
        (400, "failed to parse grammar"),
        (500, "json_schema is not supported by this backend, it requires grammar"),
        (404, "No endpoints found that support structured output"),
    ],
)
def test_refusals_of_the_schema_are_understood_in_many_words(httpx2_mock, status, message):
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(status, message), tool_reply()])
    assert call().rung == "tool"


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
        "Invalid value for 'messages[0].role'",
        "The request body could not be parsed",
        "Model is not available in your plan",
    ],
)
def test_a_complaint_about_something_else_teaches_nothing(httpx2_mock, message):
    route = httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message)])
    learnt = {}
    with pytest.raises(EndpointRejected):
        call(capabilities=learnt)
    assert route.call_count == 1
    assert learnt == {}


def test_a_schema_that_is_taken_and_ignored_is_noticed(httpx2_mock):
    """GLM drops fields that it does not know and answers in prose."""
    httpx2_mock.post(CHAT).mock(side_effect=[ok("命中。"), ok('{"answer": 42}'), ok(GOOD)])
    reply = call()
    assert [shape(body) for body in sent(httpx2_mock)] == ["json_schema", "tool", "json_object"]
    assert reply.data == {"verdict": "hit"}


def test_once_a_rung_has_proved_itself_one_bad_reply_does_not_lower_it(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=[ok(), ok("嗯"), ok()])
    learnt = {}
    call(capabilities=learnt)
    with pytest.raises(InvalidReply):
        call(capabilities=learnt)
    assert call(capabilities=learnt).rung == "json_schema"


def test_data_that_lacks_what_was_asked_for_is_left_to_the_judge(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok('{"reason": "…", "surprise": 1}'))
    reply = call()
    assert reply.data == {"reason": "…", "surprise": 1}
    assert len(httpx2_mock.calls) == 1


@pytest.mark.parametrize(
    ("message", "fields", "options", "gone"),
    [
        ("Unsupported value: 'temperature' does not support 0 with this model.", {"param": "temperature"}, {}, "temperature"),
        ("invalid temperature: only 1 is allowed for this model", {}, {}, "temperature"),
        ("Unrecognized request argument supplied: seed", {}, {"seed": 7}, "seed"),
        ("logprobs is not supported with this model", {}, {"top_logprobs": 5}, "logprobs"),
        ("This model does not support log probabilities: logprobs, top_logprobs", {}, {"top_logprobs": 5}, "top_logprobs"),
        ("Extra inputs are not permitted", {"param": "cache_prompt"}, {"extra": {"cache_prompt": True}}, "cache_prompt"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_refused_is_dropped_and_remembered(httpx2_mock, message, fields, options, gone):
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message, **fields), ok(), ok()])
    learnt = {}
    reply = call(capabilities=learnt, **options)
    call(capabilities=learnt, **options)
    first, second, third = sent(httpx2_mock)
    assert gone in first
    assert gone not in second
    assert gone not in third
    assert shape(third) == "json_schema"
    assert f"dropped:{gone}" in reply.notes


@pytest.mark.parametrize(
    ("message", "body"),
    [
        ("thinking.type only supports enabled", {"thinking": {"type": "disabled"}}),
        ("current model does not support parameter `enable_thinking`", {"enable_thinking": False}),
        ("invalid reasoning value: 'none'", {"reasoning_effort": "none"}),
        (
            "chat_template is not supported for Mistral tokenizers.",
            {"chat_template_kwargs": {"enable_thinking": False}},
        ),
    ],
)
def test_a_model_that_cannot_stop_thinking_is_let_think(httpx2_mock, message, body):
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message), ok()])
    call(place(quirks=Quirks(body=body)))
    first, second = sent(httpx2_mock)
    assert body.items() <= first.items()
    assert not set(body) & set(second)


def test_the_limit_is_renamed_where_the_endpoint_wants_the_other_name(httpx2_mock):
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message, param="max_tokens"), ok()])
    call()
    first, second = sent(httpx2_mock)
    assert first["max_tokens"] == second["max_completion_tokens"] == 100
    assert "max_tokens" not in second


def test_an_endpoint_that_takes_neither_name_is_not_asked_for_ever(httpx2_mock):
    refuse = refusal(400, "max_tokens and max_completion_tokens are not supported")
    httpx2_mock.post(CHAT).mock(return_value=refuse)
    with pytest.raises(EndpointRejected):
        call()
    assert len(httpx2_mock.calls) == 2


@pytest.mark.parametrize(
    ("message", "options", "name", "value"),
    [
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 64]", {}, "max_tokens", 64),
        ("max_tokens is too large: 100. This model supports at most 80 completion tokens", {}, "max_tokens", 80),
        ("top_logprobs must be less than or equal to 5", {"top_logprobs": 20}, "top_logprobs", 5),
        ("Range of top_logprobs should be [0, 5]", {"top_logprobs": 20}, "top_logprobs", 5),
    ],
)
def test_a_number_that_is_too_large_is_lowered_to_what_is_allowed(httpx2_mock, message, options, name, value):
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message), ok()])
    call(**options)
    assert sent(httpx2_mock)[1][name] == value


def test_the_limit_shrinks_to_what_the_context_has_room_for(httpx2_mock):
    message = (
        "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4096 tokens "
        "and your request has 3000 input tokens (4096 > 4096 - 3000)."
    )
    httpx2_mock.post(CHAT).mock(side_effect=[refusal(400, message), ok()])
    call(max_tokens=4096)
    assert sent(httpx2_mock)[1]["max_tokens"] == 1096


def test_several_refusals_in_a_row_are_all_learnt_from(httpx2_mock):
    def picky(request):
        import json

        body = json.loads(request.content)
        for name in ("seed", "temperature", "logprobs"):
            if name in body:
                return refusal(400, f"unknown field {name}")
        return refusing("json_schema", "tool")(request)

    httpx2_mock.post(CHAT).mock(side_effect=picky)
    reply = call(seed=1, top_logprobs=3)
    assert reply.rung == "json_object"
    assert {note for note in reply.notes if note.startswith("dropped:")} == {
        "dropped:seed", "dropped:temperature", "dropped:logprobs", "dropped:top_logprobs"
    }  # fmt: skip


def test_a_models_name_is_not_mistaken_for_a_parameter():
    wish = Wish(MESSAGES, None, 10, 0.0, 0, 7, {})
    endpoint = place(model="doubao-seed-2-0")
    body = request_body(wish, endpoint, first_ability(endpoint), 10, bare_note)
    fault = of_status(400, {"error": {"message": "doubao-seed-2-0 is not supported here"}}, Scene("h"))
    assert learn(first_ability(endpoint), body, fault) is None


# --- the body --------------------------------------------------------------------------------------------------------


def body_at(rung, **quirks):
    endpoint = place(quirks=Quirks(rung=rung, **quirks))
    return request_body(Wish(MESSAGES, SCHEMA, 10, 0.0, 0, None, {}), endpoint, first_ability(endpoint), 10, bare_note)


def test_the_schema_is_told_in_the_prompt_only_where_it_cannot_be_given():
    assert body_at(Rung.JSON_SCHEMA)["messages"] == MESSAGES
    assert body_at(Rung.TOOL)["messages"] == MESSAGES
    for rung in (Rung.JSON_OBJECT, Rung.TEXT):
        system, user = body_at(rung)["messages"]
        assert system["content"].startswith("judge\n\n")
        assert '"verdict"' in system["content"]
        assert "json" in system["content"].lower()
        assert user == MESSAGES[1]


def test_the_note_is_the_callers(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok())
    call(
        place(quirks=Quirks(rung=Rung.JSON_OBJECT)), client={"schema_note": lambda schema: f"按 JSON：{sorted(schema)}"}
    )
    assert sent(httpx2_mock)[0]["messages"][0]["content"].endswith(
        "按 JSON：['additionalProperties', 'properties', 'required', 'type']"
    )


def test_a_prompt_without_system_message_gets_one_for_the_note():
    wish = Wish([{"role": "user", "content": "x"}], SCHEMA, 10, None, 0, None, {})
    body = request_body(wish, place(), Ability(Rung.TEXT), 10, bare_note)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_the_callers_messages_are_never_changed(httpx2_mock):
    httpx2_mock.post(CHAT).mock(side_effect=refusing("json_schema", "tool", "json_object"))
    before = [dict(message) for message in MESSAGES]
    call()
    assert before == MESSAGES


def test_no_temperature_is_sent_where_none_may_be(httpx2_mock):
    assert "temperature" not in body_at(Rung.TEXT, temperature=False)
    assert body_at(Rung.TEXT)["temperature"] == 0.0


@settings(deadline=None, max_examples=100)
@given(
    status=st.sampled_from([400, 404, 422, 500]),
    message=st.lists(
        st.sampled_from(
            [
                "response_format",
                "tools",
                "unsupported",
                "temperature",
                "seed",
                "max_tokens",
                "[1, 5]",
                "logprobs",
                "schema",
            ]
        ),
        max_size=6,
    ).map(" ".join),
)
def test_learning_always_comes_to_an_end(status, message):
    """Whatever an endpoint complains about, again and again, each lesson takes something away."""
    endpoint, wish = place(), Wish(MESSAGES, SCHEMA, 100, 0.0, 5, 1, {})
    ability = first_ability(endpoint)
    for _ in range(16):
        body = request_body(wish, endpoint, ability, 100, bare_note)
        fault = of_status(status, {"error": {"message": message}}, Scene("h"))
        taught = learn(ability, body, fault)
        if taught is None:
            break
        assert taught != ability
        ability = taught
    else:
        pytest.fail("did not end")


def test_seeds_and_extras_are_sent_as_they_are(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=httpx.Response(200, json=ok().json()))
    call(seed=7, extra={"id_slot": 3})
    body = sent(httpx2_mock)[0]
    assert (body["seed"], body["id_slot"]) == (7, 3)
