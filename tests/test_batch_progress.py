"""How fast a run goes and how long it will take, as it is told while it goes."""

import pytest

from evaluator.batch.progress import Meter
from evaluator.cli.batch_view import line
from evaluator.report.labels import duration, pace


class Going:
    """A run whose clock stands still until a text is done; a progress line is asked for each half second."""

    def __init__(self, total):
        self.now = 0.0
        self.meter = Meter(total, lambda: self.now)

    def take(self, seconds, texts=1):
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            self.meter.progress()
        self.meter.done += texts
        return self.meter.progress()


@pytest.mark.parametrize("seconds", [2, 20, 31, 60, 200])
def test_the_time_to_go_is_right_for_fast_and_for_slow_judges(seconds):
    going = Going(100)
    for done in range(1, 13):
        progress = going.take(seconds)
        assert progress.eta == pytest.approx((100 - done) * seconds)
        assert progress.rate == pytest.approx(1 / seconds)


def test_it_is_told_between_two_answers_of_a_slow_judge_too():
    going = Going(100)
    going.take(60)
    going.now += 45
    assert going.meter.progress().eta == pytest.approx(99 * 105)


def test_the_rate_follows_a_judge_that_changes_its_pace():
    going = Going(1_000)
    for _ in range(60):
        progress = going.take(1)
    assert progress.rate == pytest.approx(1)
    for _ in range(60):
        progress = going.take(1, texts=4)
    assert progress.rate == pytest.approx(4)
    for _ in range(7):
        progress = going.take(60)
    assert progress.rate == pytest.approx(1 / 60)


def test_the_marks_of_a_long_wait_do_not_pile_up():
    going = Going(10)
    going.take(1)
    going.take(3_600)
    assert len(going.meter._marks) <= 3


@pytest.mark.parametrize(
    ("rate", "zh", "en"),
    [
        (12.34, "每秒 12.3 份", "12.3 a second"),
        (1, "每秒 1.0 份", "1.0 a second"),
        (1 / 60, "每份 60.0 秒", "60.0 s each"),
    ],
)
def test_a_pace_is_told_in_the_unit_that_has_a_number(rate, zh, en):
    assert (pace(rate).zh, pace(rate).en) == (zh, en)


@pytest.mark.parametrize(("seconds", "text"), [(187, "3:07"), (3765, "1:02:45"), (59.6, "1:00")])
def test_a_duration_reads_like_a_clock(seconds, text):
    assert duration(seconds) == text


def test_the_line_of_a_slow_run_says_seconds_each():
    going = Going(10)
    assert line(going.take(60), "en") == "1/10, 60.0 s each, 9:00 to go"
    assert line(going.take(60), "zh") == "2/10 份，每份 60.0 秒，还要 8:00"
