"""The gate in front of an endpoint, on a clock that only moves when somebody sleeps."""

import asyncio

import pytest
from fake_endpoint import CHAT, Time, call, ok, refusal

from evaluator.client import Limiter, Patience
from evaluator.client.limiting import Rate
from evaluator.errors import EndpointUnavailable


def limiter(time=None, **values):
    time = time or Time()
    return Limiter(clock=time.clock, sleep=time.sleep, **values)


def taken(gate):
    """How many requests the gate lets through at this moment."""

    async def fill():
        before = gate.in_flight
        tries = [asyncio.ensure_future(gate.acquire()) for _ in range(gate.most + 5)]
        await asyncio.sleep(0)
        done = [one for one in tries if one.done()]
        for one in tries:
            one.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
        assert gate.in_flight == before + len(done)
        return len(done)

    return asyncio.run(fill())


def a_round(gate, outcome="served"):
    """As many requests at once as the limit allows, all ending that way."""

    async def run():
        count = int(gate.limit)
        for _ in range(count):
            await gate.acquire()
        for _ in range(count):
            gate.release(outcome)

    asyncio.run(run())


def test_no_more_requests_than_the_limit_are_let_through():
    assert taken(limiter(start=7)) == 7


def test_the_limit_doubles_after_a_clean_full_round_and_stops_at_the_most():
    gate = limiter(start=20, most=64)
    limits = []
    for _ in range(4):
        a_round(gate)
        limits.append(gate.limit)
    assert limits == [40, 64, 64, 64]


def test_a_round_that_used_little_of_the_limit_does_not_grow_it():
    gate = limiter(start=20)

    async def one_by_one():
        for _ in range(60):
            await gate.acquire()
            gate.release("served")

    asyncio.run(one_by_one())
    assert gate.limit == 20


def test_the_first_429_halves_the_limit_later_ones_take_a_fifth_and_growth_is_slow_from_then_on():
    time = Time()
    gate = limiter(time, start=40)

    async def limited():
        await gate.acquire()
        gate.release("limited")

    asyncio.run(limited())
    assert gate.limit == 20
    time.now += 5
    asyncio.run(limited())
    assert gate.limit == 16
    time.now += 5
    a_round(gate)
    assert gate.limit == 17


def test_429s_of_one_episode_cut_once():
    gate = limiter(start=40)

    async def many():
        for _ in range(10):
            await gate.acquire()
        for _ in range(10):
            gate.release("limited")

    asyncio.run(many())
    assert (gate.limit, gate.limited) == (20, 10)


def test_what_is_refused_right_after_a_pause_halves_the_limit_again():
    """Else a limit far above what is allowed would meet the same refusals after every pause."""
    time = Time()
    gate = limiter(time, start=256)
    limits = []

    async def run():
        for _ in range(4):
            for _ in range(int(gate.limit)):
                await gate.acquire()
            time.now += 0.02
            for _ in range(int(gate.limit)):
                gate.release("limited", retry_after=5.0)
            limits.append(gate.limit)
            while gate.in_flight:
                gate.release("limited", retry_after=5.0)

    asyncio.run(run())
    assert limits == [128, 64, 32, 16]


def test_the_limit_stays_below_where_it_was_cut_for_ten_pauses_and_then_tries_again():
    time = Time()
    gate = limiter(time, start=100)

    async def limited():
        await gate.acquire()
        gate.release("limited", retry_after=2.0)

    asyncio.run(limited())
    for _ in range(30):
        time.now += 0.5
        a_round(gate)
    assert gate.limit == pytest.approx(90)
    time.now += 10
    a_round(gate)
    assert gate.limit > 90


def test_a_retry_after_holds_everybody_back_until_it_is_over():
    time = Time()
    gate = limiter(time, start=4)

    async def run():
        await gate.acquire()
        gate.release("limited", retry_after=7.0)
        await gate.acquire()

    asyncio.run(run())
    assert time.now == pytest.approx(7.0)


def test_trouble_of_the_server_stops_growth_for_a_round_and_cuts_nothing():
    gate = limiter(start=10)

    async def run():
        for _ in range(10):
            await gate.acquire()
        gate.release("troubled")
        for _ in range(9):
            gate.release("served")

    asyncio.run(run())
    assert gate.limit == 10
    a_round(gate)
    assert gate.limit == 20


@pytest.mark.parametrize(
    ("troubles", "seconds", "gone"), [(9, 60, False), (10, 29, False), (10, 30, True), (200, 5, False)]
)
def test_an_endpoint_is_gone_when_nothing_but_trouble_came_back_for_a_while(troubles, seconds, gone):
    time = Time()
    gate = limiter(time, start=256)

    async def run():
        for _ in range(troubles):
            await gate.acquire()
        time.now += seconds
        for _ in range(troubles):
            gate.release("troubled")

    asyncio.run(run())
    assert gate.gone is gone


@pytest.mark.parametrize(("limit", "enough"), [(1, 3), (4, 4), (20, 10)])
def test_where_few_requests_are_in_flight_few_tell_that_the_endpoint_is_gone(limit, enough):
    time = Time()
    gate = limiter(time, start=limit)

    async def run():
        told = []
        for _ in range(enough):
            await gate.acquire()
            time.now += 120
            gate.release("troubled")
            told.append(gate.gone)
        return told

    assert asyncio.run(run()) == [False] * (enough - 1) + [True]


@pytest.mark.parametrize("outcome", ["served", "limited"])
def test_one_sign_of_life_and_the_endpoint_is_there_again(outcome):
    time = Time()
    gate = limiter(time, start=20)

    async def run():
        for _ in range(20):
            await gate.acquire()
        time.now += 60
        for _ in range(19):
            gate.release("troubled")
        assert gate.gone
        gate.release(outcome)

    asyncio.run(run())
    assert not gate.gone


def test_nothing_is_sent_to_an_endpoint_that_is_gone(httpx2_mock):
    time = Time()
    gate = limiter(time)
    route = httpx2_mock.post(CHAT).mock(return_value=refusal(503, "overloaded"))
    patient = Patience(attempts=20, total_seconds=3_600, first_wait=10.0, sleep=time.sleep, clock=time.clock)
    with pytest.raises(EndpointUnavailable, match="503"):
        call(time=time, client={"limiter": gate, "patience": patient, "max_attempts": 20})
    assert gate.gone
    assert 10 <= route.call_count < 20


def test_the_limit_never_falls_below_one_and_nobody_waits_for_ever():
    time = Time()
    gate = limiter(time, start=1)

    async def run():
        for _ in range(5):
            await gate.acquire()
            gate.release("limited")
            time.now += 10
        await gate.acquire()

    asyncio.run(run())
    assert gate.limit == 1


def test_who_gives_up_waiting_leaves_the_place_to_the_next():
    gate = limiter(start=1)

    async def run():
        await gate.acquire()
        first, second = (asyncio.ensure_future(gate.acquire()) for _ in range(2))
        await asyncio.sleep(0)
        gate.release("served")  # the place goes to the first,
        first.cancel()  # who has just given up
        await asyncio.wait_for(second, 5)
        assert gate.in_flight == 1

    asyncio.run(run())


def test_requests_a_minute_are_kept_after_the_first_seconds_worth():
    time = Time()
    gate = limiter(time, start=100, requests_a_minute=600)

    async def run():
        for _ in range(110):
            await gate.acquire()
            gate.release("served")

    asyncio.run(run())
    assert 10.0 <= time.now <= 10.6  # 110 requests at 600 a minute, ten of them at once, with a margin of 3 %


def test_tokens_a_minute_are_kept_and_estimates_corrected():
    time = Time()
    rate = Rate(6_000, time.clock)
    assert rate.reserve(100) == pytest.approx(0.0)
    assert rate.reserve(100) == pytest.approx(2 / 0.97 * 100 / 200 - 0.0, abs=1.1)
    rate.correct(1_000)
    assert rate.reserve(1) > 9
    rate.correct(-2_000)
    assert rate.reserve(1) == 0


def test_a_client_behind_a_limiter_waits_out_more_429s_than_it_has_attempts(httpx2_mock):
    time = Time()
    gate = limiter(time)
    limited = refusal(429, "slow down")
    httpx2_mock.post(CHAT).mock(side_effect=[*[limited] * 8, ok()])
    reply = call(time=time, client={"limiter": gate})
    assert reply.data == {"verdict": "hit"}
    assert (gate.limited, gate.in_flight) == (8, 0)
