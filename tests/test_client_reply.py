"""Reading what came back: thinking, JSON, probabilities, tokens and what they cost."""

import json

import pytest
from fake_endpoint import CHAT, GOOD, call, ok
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.client import Prices
from evaluator.client.reply import keeps_to, parse_json, read_choice, strip_thinking, usage_of
from evaluator.errors import SettingsError
from evaluator.models import Usage

DATA = {"verdict": "hit"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>hm</think>A", "A"),
        ("<think>\n第一步\n</think>\n\nA", "A"),
        ("<Thinking>x</Thinking> A", "A"),
        ("<think>a</think><think>b</think>A", "A"),
        ("<think>never closed", ""),
        ("no opening</think>\nA", "A"),
        ("A", "A"),
        (" A ", "A"),
        ("", ""),
        ("<think></think>", ""),
        ('{"quote": "</think>"}', '{"quote": "</think>"}'),
        ("<b>A</b>", "<b>A</b>"),
    ],
)
def test_what_a_model_thought_is_taken_off(text, expected):
    assert strip_thinking(text) == expected


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        (GOOD, False),
        (f"\n {GOOD}\n", False),
        (f"```json\n{GOOD}\n```", False),
        (f"```\n{GOOD}\n```", False),
        (f"好的，结果如下：\n```json\n{GOOD}\n```\n希望有帮助。", False),
        (f"结果：{GOOD}", False),
        (f'格式是 {{"a": 1}} 这样的：{json.dumps({"verdict": "hit"})}', False),
        ('{"verdict": "hit",}', True),
        ("{'verdict': 'hit'}", True),
        ('{"verdict": "hit"', True),
        ('```json\n{"verdict": "hit",}\n```', True),
    ],
)
def test_json_is_found_wherever_it_stands(text, repaired):
    assert parse_json(text) == (DATA, repaired)


@pytest.mark.parametrize("text", ["", "命中", "42", '"hit"', "null", "true", "(hit)"])
def test_a_text_without_an_object_or_list_holds_no_json(text):
    assert parse_json(text) == (None, False)


def test_a_number_that_is_none_is_not_taken_for_json():
    data, repaired = parse_json('{"confidence": NaN, "verdict": "hit"}')
    assert repaired or data is None


def test_an_inner_object_of_a_broken_reply_is_not_taken_for_the_reply():
    broken = (
        '{"key_points": {"a": {"verdict": "hit"}, "b": {"verdict": "missed", "reason": "没有提到任何与要点有关的内容'
    )
    data, repaired = parse_json(broken)
    assert repaired
    assert set(data) == {"key_points"}


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text):
    strip_thinking(text)
    data, repaired = parse_json(text)
    assert data is not None or not repaired


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers() | st.none() | st.booleans(), min_size=1),
    st.sampled_from(["{}", "```json\n{}\n```", "<think>x</think>{}", "\n{}\n"]),
)
def test_valid_json_always_comes_back_unrepaired(data, frame):
    text = frame.replace("{}", json.dumps(data, ensure_ascii=False))
    assert parse_json(strip_thinking(text)) == (data, False)


def test_deeply_nested_rubbish_is_refused_quietly():
    data, _ = parse_json("[" * 100_000)
    assert not data


def test_keeping_to_a_schema_means_at_least_one_of_its_properties():
    schema = {"properties": {"a": {}, "b": {}}}
    assert keeps_to({"a": 1}, schema)
    assert keeps_to({"a": 1, "z": 1}, schema)
    assert not keeps_to({"z": 1}, schema)
    assert not keeps_to([1], schema)
    assert not keeps_to(None, schema)
    assert keeps_to([1], {"type": "array"})
    assert not keeps_to(None, {})


@pytest.mark.parametrize(
    "message",
    [
        {"content": GOOD},
        {"content": [{"type": "text", "text": '{"verdict":'}, {"type": "text", "text": ' "hit"}'}]},
        {"content": None, "tool_calls": [{"function": {"name": "reply", "arguments": GOOD}}]},
        {"content": "", "tool_calls": [{"function": {"name": "reply", "arguments": DATA}}]},
        {"content": GOOD, "reasoning_content": "hm"},
        {"content": f"<think>hm</think>{GOOD}"},
    ],
)
def test_the_text_is_found_in_every_shape_of_message(message):
    choice = read_choice({"choices": [{"finish_reason": "stop", "message": message}]})
    assert json.loads(choice.text) == DATA


@pytest.mark.parametrize(
    "body", [{}, {"choices": None}, {"choices": [None]}, {"choices": [{"message": "text"}]}, {"choices": [{}]}]
)
def test_a_body_without_a_message_is_not_read(body):
    assert read_choice(body) is None


# --- probabilities ---------------------------------------------------------------------------------------------------


def token(text, logprob, **others):
    top = [{"token": other, "logprob": value} for other, value in others.items()]
    return {"token": text, "logprob": logprob, "bytes": [1], "top_logprobs": top}


def with_logprobs(text, *content):
    body = ok(text).json()
    body["choices"][0]["logprobs"] = {"content": list(content)}
    return body


def test_probabilities_come_with_their_alternatives(httpx2_mock):
    httpx2_mock.post(CHAT).respond(json=with_logprobs("A", token("A", -0.1, A=-0.1, B=-2.5, C=-5.0)))
    reply = call(schema=None, top_logprobs=3, max_tokens=1)
    assert reply.logprobs == ({"A": -0.1, "B": -2.5, "C": -5.0},)
    assert reply.tokens == ("A",)


def test_the_chosen_token_counts_also_where_no_alternatives_are_given():
    assert read_choice(with_logprobs("A", token("A", -0.1))).logprobs == ({"A": -0.1},)


def test_of_two_tokens_that_read_the_same_the_likelier_counts():
    entry = token("A", -3.0) | {"top_logprobs": [{"token": "A", "logprob": -0.5}, {"token": "A", "logprob": -4.0}]}
    assert read_choice(with_logprobs("A", entry)).logprobs == ({"A": -0.5},)


def test_tokens_of_thinking_are_taken_off_with_the_text():
    content = [token(text, -0.1) for text in ("<think>", "hm", "</think>", "\n\n", "A")]
    choice = read_choice(with_logprobs("<think>hm</think>\n\nA", *content))
    assert (choice.text, choice.tokens) == ("A", ("A",))
    assert len(choice.logprobs) == 1


@pytest.mark.parametrize("block", [None, {}, {"content": None}, {"content": [1]}, {"content": [{"logprob": 1}]}, "x"])
def test_odd_probabilities_count_as_none(block):
    body = ok("A").json()
    body["choices"][0]["logprobs"] = block
    assert read_choice(body).logprobs == ()


# --- tokens and cost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (0, 0, 0)),
        ({"usage": None}, (0, 0, 0)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2}}, (9, 0, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}}, (9, 4, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": None}}, (9, 0, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 8}}, (9, 8, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 3}}, (9, 3, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2}, "timings": {"cache_n": 7}}, (9, 7, 2)),
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 2}, "timings": {"cache_n": 70}}, (9, 9, 2)),
        ({"usage": {"prompt_tokens": "x", "completion_tokens": -1}}, (0, 0, 0)),
    ],
)  # fmt: skip
def test_tokens_are_read_as_each_endpoint_counts_them(body, expected):
    usage = usage_of(body)
    assert (usage.prompt, usage.cached, usage.completion) == expected
    assert usage.calls == 1


PRICES = """
currency = "CNY"

[models.m]
prompt = 2.0
cached = 0.5
completion = 8.0
"""


def test_what_replies_cost_is_counted_also_for_those_that_were_thrown_away(httpx2_mock, tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES)
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_cache_hit_tokens": 400}
    httpx2_mock.post(CHAT).mock(side_effect=[ok("{", finish="length", usage=usage), ok(usage=usage)])
    reply = call(client={"prices": Prices.load(tmp_path / "prices.toml")})
    assert (reply.usage.calls, reply.usage.prompt, reply.usage.cached, reply.usage.completion) == (2, 2000, 800, 200)
    assert reply.usage.cost == pytest.approx((1200 * 2.0 + 800 * 0.5 + 200 * 8.0) / 1e6)


def test_an_unknown_price_gives_no_cost(httpx2_mock):
    httpx2_mock.post(CHAT).mock(return_value=ok())
    assert call().usage.cost is None


def test_a_price_is_found_by_host_then_name_then_longest_pattern(tmp_path):
    (tmp_path / "p.toml").write_text(
        "\n".join(
            f'[models."{name}"]\nprompt = {price}\ncompletion = 0'
            for name, price in [("*", 1), ("qwen-*", 2), ("qwen-plus", 3), ("api.x.cn/qwen-plus", 4), ("api.x.cn/*", 5)]
        )
    )
    prices = Prices.load(tmp_path / "p.toml")
    cases = [
        ("gpt", "", 1),
        ("qwen-max", "", 2),
        ("qwen-plus", "", 3),
        ("qwen-plus", "api.x.cn", 4),
        ("glm", "api.x.cn", 5),
    ]
    assert [prices.of(model, host).prompt for model, host, _ in cases] == [price for *_, price in cases]


def test_without_a_cached_price_cached_tokens_cost_as_the_others(tmp_path):
    (tmp_path / "p.toml").write_text("[models.m]\nprompt = 1\ncompletion = 1")
    assert Prices.load(tmp_path / "p.toml").cost(Usage(prompt=10, cached=5, completion=10), "m") == pytest.approx(2e-5)


@pytest.mark.parametrize(
    "text",
    [
        "[models.m]\nprompt = -1\ncompletion = 1",
        "[models.m]\nprompt = 1",
        "[models",
        "modles = 1",
        '[models.m]\nprompt = "x"\ncompletion = 1',
    ],
)
def test_a_broken_price_table_is_told_with_its_file(tmp_path, text):
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"p\.toml"):
        Prices.load(tmp_path / "p.toml")


def test_no_price_table_means_no_prices(tmp_path):
    assert Prices.load(tmp_path / "none.toml").models == {}
    assert Prices.load(None).models == {}
