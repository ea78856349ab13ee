from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from evaluator.errors import StoreError
from evaluator.models import (
    Evidence,
    Grade,
    Judgement,
    KeyPoint,
    KeyPointGrade,
    Level,
    QuestionKind,
    Rubric,
    Trace,
    Verdict,
)
from evaluator.store import SqliteStore, Store
from evaluator.store.migrations import MIGRATIONS
from evaluator.testing import MemoryStore

SECRET = "我在上海浦东做过三年客户经理"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


def judgement_of(level: Level = Level.HIT, text: str = "答案") -> Judgement:
    evidence = (Evidence(start=0, end=len(text), text=text),)
    return Judgement(judge="fake", verdicts=(Verdict(key_point="k0", level=level, evidence=evidence),))


def grade_of(rubric: str = "r", text: str = "答案", score: float = 2) -> Grade:
    return Grade(
        rubric=rubric,
        score=score,
        max_score=2,
        range=(score, score),
        complete=True,
        needs_review=False,
        key_points=(
            KeyPointGrade(
                id="k0",
                name="点",
                points=2,
                earned=score,
                verdict=Level.HIT,
                evidence=(Evidence(start=0, end=len(text), text=text),),
            ),
        ),
        judge="fake",
        trace=Trace(rubric_hash="r", answer_hash="a"),
    )


RUBRIC = Rubric(
    id="r",
    question="问",
    kind=QuestionKind.SHORT_ANSWER,
    max_score=2,
    key_points=(KeyPoint(id="k0", name="点", points=2),),
)


class StoreContract:
    """What every store does; a subclass says which one `store` is."""

    @pytest.fixture
    def clock(self):
        return Clock()

    def test_a_judgement_comes_back_as_it_was_put(self, store: Store):
        store.put_judgement("a", judgement_of())
        assert store.get_judgement("a") == judgement_of()
        assert store.get_judgement("b") is None

    def test_many_judgements_are_kept_at_once(self, store):
        store.put_judgements({"a": judgement_of(), "b": judgement_of(Level.MISSED)})
        store.put_judgements({"b": judgement_of(Level.HIT)})
        assert store.get_judgement("a") == judgement_of()
        assert store.get_judgement("b") == judgement_of(Level.HIT)

    def test_which_of_many_keys_have_a_judgement(self, store):
        store.put_judgements({"a": judgement_of(), "b”'，": judgement_of(Level.MISSED)})
        assert store.kept(["a", "b”'，", "c", "a"]) == {"a", "b”'，"}
        assert store.kept([]) == frozenset()
        assert store.kept({str(number): number for number in range(2_000)}.keys()) == frozenset()

    def test_a_later_judgement_takes_the_place_of_an_earlier_one(self, store: Store):
        store.put_judgement("a", judgement_of(Level.UNSCORED))
        store.put_judgement("a", judgement_of(Level.HIT))
        assert store.get_judgement("a") == judgement_of(Level.HIT)

    def test_a_number_comes_back_exactly_and_a_later_one_takes_its_place(self, store: Store):
        numbers = {"zero": 0.0, "third": -1 / 3, "small": 5e-324, "large": 1.7976931348623157e308, "一": 2.0}
        for key, number in numbers.items():
            store.put_number(key, 9.5)
            store.put_number(key, number)
        assert {key: store.get_number(key) for key in numbers} == numbers
        assert store.get_number("") is None
        assert store.get_number("ZERO") is None

    def test_numbers_and_judgements_of_one_key_are_two_things(self, store: Store):
        store.put_number("a", 1.5)
        assert store.get_judgement("a") is None
        store.put_judgement("a", judgement_of())
        assert (store.get_number("a"), store.get_judgement("a")) == (1.5, judgement_of())

    def test_numbers_stay_when_answers_go(self, store: Store):
        store.put_number("a", 1.5)
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        store.delete(grade_id)
        store.purge(None)
        assert store.get_number("a") == 1.5

    def test_a_grade_comes_back_with_answer_and_candidate(self, store: Store):
        grade_id = store.add_grade(grade_of(), answer="答案\n第二行", key="a", candidate="张三")
        record = store.get(grade_id)
        assert record is not None
        assert (record.id, record.grade, record.answer) == (grade_id, grade_of(), "答案\n第二行")
        assert (record.key, record.candidate, record.created) == ("a", "张三", "2025-03-01T08:00:00.000+00:00")
        assert store.get("nothing") is None

    def test_the_rubric_of_a_grade_is_kept_until_everything_goes(self, store: Store):
        store.add_grade(grade_of(), answer="", key="", rubric=RUBRIC)
        store.add_grade(grade_of(), answer="", key="")
        rubric_hash = grade_of().trace.rubric_hash
        assert store.get_rubric(rubric_hash) == RUBRIC
        assert store.get_rubric("another") is None
        store.purge(0)
        assert store.get_rubric(rubric_hash) == RUBRIC
        store.purge(None)
        assert store.get_rubric(rubric_hash) is None

    def test_ids_sort_as_grades_came_even_within_one_moment(self, store: Store):
        ids = [store.add_grade(grade_of(), answer="", key="") for _ in range(50)]
        assert ids == sorted(set(ids))
        assert max(map(len, ids)) <= 9

    def test_an_id_is_not_given_again_after_its_grade_is_gone(self, store: Store):
        first = store.add_grade(grade_of(), answer="", key="")
        store.delete(first)
        assert store.add_grade(grade_of(), answer="", key="") != first

    def test_the_list_is_newest_first_and_limited(self, store: Store):
        ids = [store.add_grade(grade_of(), answer="", key="") for _ in range(4)]
        assert [record.id for record in store.list()] == ids[::-1]
        assert [record.id for record in store.list(limit=2)] == ids[:1:-1]
        assert len(store.list(limit=None)) == 4
        assert store.list(limit=0) == ()

    @pytest.mark.parametrize(
        ("rubric", "text", "expected"),
        [
            ("r1", "", {"客户", "100% sure"}),
            ("", "客户", {"客户", "大客户"}),
            ("r1", "客户", {"客户"}),
            ("", "SURE", {"100% sure"}),
            ("", "%", {"100% sure"}),
            ("", "_", set()),
            ("r", "", set()),
        ],
    )
    def test_the_list_is_filtered_by_rubric_and_words_of_the_answer(self, store: Store, rubric, text, expected):
        for its_rubric, answer in (("r1", "客户"), ("r2", "大客户"), ("r1", "100% sure")):
            store.add_grade(grade_of(its_rubric), answer=answer, key="")
        assert {record.answer for record in store.list(rubric=rubric, text=text)} == expected

    def test_deleting_a_grade_takes_its_judgement_and_overrides_with_it(self, store: Store):
        store.put_judgement("a", judgement_of())
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        store.add_override(grade_id, "k0", Level.MISSED, "王", "没有")
        assert store.delete(grade_id) is True
        assert (store.get(grade_id), store.get_judgement("a"), store.overrides(grade_id)) == (None, None, ())
        assert store.delete(grade_id) is False

    def test_a_judgement_stays_while_another_grade_was_made_from_it(self, store: Store):
        store.put_judgement("a", judgement_of())
        first, second = (store.add_grade(grade_of(), answer="答案", key="a") for _ in range(2))
        store.delete(first)
        assert store.get_judgement("a") is not None
        store.delete(second)
        assert store.get_judgement("a") is None

    def test_purging_by_age_keeps_what_is_younger(self, store: Store, clock: Clock):
        store.put_judgement("orphan", judgement_of())
        store.put_judgement("old", judgement_of())
        store.put_judgement("shared", judgement_of())
        store.add_grade(grade_of(), answer="旧", key="old")
        store.add_grade(grade_of(), answer="旧", key="shared")
        clock.pass_days(10)
        store.put_judgement("new orphan", judgement_of())
        young = store.add_grade(grade_of(), answer="新", key="shared")
        assert store.purge(7) == 2
        assert [record.id for record in store.list()] == [young]
        kept = {key for key in ("orphan", "old", "shared", "new orphan") if store.get_judgement(key)}
        assert kept == {"shared", "new orphan"}
        assert store.purge(7) == 0

    def test_purging_all_leaves_nothing(self, store: Store):
        store.put_judgement("orphan", judgement_of())
        store.put_judgement("a", judgement_of())
        store.add_grade(grade_of(), answer="答案", key="a")
        assert store.purge(None) == 1
        assert (store.list(), store.get_judgement("a"), store.get_judgement("orphan")) == ((), None, None)

    def test_overrides_are_layers_in_the_order_they_came(self, store: Store, clock: Clock):
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        other = store.add_grade(grade_of(), answer="答案", key="a")
        first = store.add_override(grade_id, "k0", Level.PARTIAL, "王老师", "只说了一半")
        clock.pass_days(1)
        second = store.restore(grade_id, "k0", "李老师", "看错了")
        assert store.overrides(grade_id) == (first, second)
        assert (first.level, first.author, first.created) == (Level.PARTIAL, "王老师", "2025-03-01T08:00:00.000+00:00")
        assert (second.level, second.author, second.created) == (None, "李老师", "2025-03-02T08:00:00.000+00:00")
        assert store.overrides(other) == ()

    def test_an_override_leaves_the_automatic_result_as_it_was(self, store: Store):
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        before = store.get(grade_id)
        store.add_override(grade_id, "k0", Level.MISSED, "王", "没有")
        assert store.get(grade_id) == before

    def test_nobody_can_override_a_grade_that_is_not_there(self, store: Store):
        with pytest.raises(StoreError, match="nothing"):
            store.add_override("nothing", "k0", Level.HIT, "王", "有")
        with pytest.raises(StoreError, match="nothing"):
            store.restore("nothing", "k0", "王")

    def test_closing_twice_is_no_error(self, store: Store):
        store.close()
        store.close()


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, clock):
        return MemoryStore(clock=clock)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "history.db"


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, path, clock):
        with SqliteStore(path, clock=clock) as store:
            yield store

    def test_what_was_written_is_there_after_opening_again(self, store, path):
        store.put_judgement("a", judgement_of())
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        layer = store.add_override(grade_id, "k0", Level.MISSED, "王", "没有")
        store.put_number("a", -1 / 3)
        store.close()
        with SqliteStore(path) as again:
            assert again.get_number("a") == -1 / 3
            assert again.get_judgement("a") == judgement_of()
            assert again.get(grade_id).grade == grade_of()
            assert again.overrides(grade_id) == (layer,)

    def test_only_the_owner_can_read_the_files(self, store, path):
        store.add_grade(grade_of(), answer=SECRET, key="a")
        files = list(path.parent.iterdir())
        assert len(files) == 3
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_a_file_that_others_can_read_is_closed_to_them(self, store, path):
        store.close()
        path.chmod(0o644)
        SqliteStore(path).close()
        assert path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize(
        "remove", [lambda store, grade_id: store.delete(grade_id), lambda store, _: store.purge(None)]
    )
    def test_nothing_of_a_removed_answer_stays_in_the_files(self, store, path, remove):
        answer = (SECRET + "。") * 2000  # more than a page
        kept = store.add_grade(grade_of(), answer="留下的", key="other")
        store.put_judgement("a", judgement_of(text=SECRET))
        grade_id = store.add_grade(grade_of(text=SECRET), answer=answer, key="a", candidate="张小三")
        store.add_override(grade_id, "k0", Level.MISSED, "王", f"他说{SECRET}")
        traces = [SECRET.encode(), "张小三".encode(), SECRET[:6].encode()]
        assert all(trace in bytes_on_disk(path) for trace in traces)
        remove(store, grade_id)
        assert not any(trace in bytes_on_disk(path) for trace in traces)
        store.get(kept)

    def test_the_log_is_written_ahead_and_synced_at_checkpoints(self, store):
        with store._reading() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA synchronous").fetchone() == (1,)

    def test_rows_of_overrides_cannot_be_changed(self, store):
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        store.add_override(grade_id, "k0", Level.MISSED, "王", "没有")
        with pytest.raises(StoreError, match="only ever added"), store._writing() as connection:
            connection.execute("UPDATE act SET author = 'somebody else'")
        assert store.overrides(grade_id)[0].author == "王"

    def test_a_failed_write_leaves_nothing_behind_and_the_store_usable(self, store):
        with pytest.raises(KeyboardInterrupt), store._writing() as connection:
            connection.execute("INSERT INTO judgement VALUES ('a', '{}', '2025')")
            raise KeyboardInterrupt
        assert store.get_judgement("a") is None
        store.put_judgement("a", judgement_of())

    def test_a_judgement_in_a_form_no_longer_understood_counts_as_absent(self, store):
        with store._writing() as connection:
            connection.execute("INSERT INTO judgement VALUES ('a', '{\"old\": 1}', '2025')")
        assert store.get_judgement("a") is None

    def test_a_grade_in_a_form_no_longer_understood_is_named(self, store):
        grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        with store._writing() as connection:
            connection.execute("UPDATE grade SET body = '{\"old\": 1}'")
        with pytest.raises(StoreError, match=f"history delete {grade_id}"):
            store.list()
        assert store.delete(grade_id)

    def test_ids_go_on_upwards_when_the_clock_goes_back(self, store, clock):
        first = store.add_grade(grade_of(), answer="", key="")
        clock.pass_days(-400)
        assert store.add_grade(grade_of(), answer="", key="") > first

    def test_threads_take_turns(self, store):
        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(lambda n: store.add_grade(grade_of(), answer=f"{n}", key=""), range(200)))
        assert len(set(ids)) == len(store.list(limit=None)) == 200

    def test_it_serves_from_the_threads_of_an_event_loop(self, store):
        async def work() -> list[Judgement | None]:
            await asyncio.gather(*(asyncio.to_thread(store.put_judgement, f"{n}", judgement_of()) for n in range(20)))
            return await asyncio.gather(*(asyncio.to_thread(store.get_judgement, f"{n}") for n in range(20)))

        assert asyncio.run(work()) == [judgement_of()] * 20

    def test_a_closed_store_says_so(self, store, path):
        store.close()
        with pytest.raises(StoreError, match=r"history\.db"):
            store.get("x")


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.parametrize(
    "content", [b"this is no database, but long enough to be read as one" * 20, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_refused_in_both_languages_and_left_alone(tmp_path, content):
    path = tmp_path / "history.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        SqliteStore(path)
    assert str(path) in caught.value.text("zh")
    assert "损坏" in caught.value.text("zh")
    assert "damaged" in caught.value.text("en")
    assert path.read_bytes() == content


def test_damage_found_while_reading_is_a_store_error(tmp_path):
    path = tmp_path / "history.db"
    with SqliteStore(path) as store:
        for n in range(200):
            store.add_grade(grade_of(), answer=f"{n}" * 100, key="")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StoreError, match="损坏"), SqliteStore(path) as store:
        store.list(limit=None)


def test_a_folder_in_the_place_of_the_file_is_explained(tmp_path):
    with pytest.raises(StoreError, match="权限"):
        SqliteStore(tmp_path)


def test_a_file_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "history.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="升级"):
        SqliteStore(path)


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="别的程序"):
        SqliteStore(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS)))
def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path, steps):
    path = tmp_path / "history.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for step in MIGRATIONS[:steps]:
        step(connection)
    connection.execute(f"PRAGMA user_version = {steps}")
    connection.execute("INSERT INTO judgement VALUES ('a', ?, '2025')", (judgement_of().model_dump_json(),))
    connection.close()
    with SqliteStore(path) as store:
        assert store.get_judgement("a") == judgement_of()
        assert store.overrides(store.add_grade(grade_of(), answer="", key="a")) == ()
        assert store.get_number("a") is None
        store.put_number("a", 1.5)
        assert store.get_number("a") == 1.5
    with SqliteStore(path) as again:
        assert (again.get_judgement("a"), again.get_number("a")) == (judgement_of(), 1.5)


def test_a_store_that_another_holds_for_too_long_says_so(tmp_path):
    path = tmp_path / "history.db"
    with SqliteStore(path) as holder, SqliteStore(path, patience=0.05) as waiting, holder._writing():
        with pytest.raises(StoreError, match="占用"):
            waiting.put_judgement("a", judgement_of())
        assert waiting.get_judgement("a") is None  # reading never waits


WRITER = """
import sys
from evaluator.store import SqliteStore
from tests_support import grade_of, judgement_of
store = SqliteStore(sys.argv[1])
print("ready", flush=True)
for n in range(int(sys.argv[3])):
    store.put_judgement(f"{sys.argv[2]}-{n}", judgement_of())
    grade_id = store.add_grade(grade_of(), answer=f"{sys.argv[2]}-{n}", key=f"{sys.argv[2]}-{n}")
    print(grade_id, flush=True)
store.close()
"""


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    code = WRITER.replace("tests_support", Path(__file__).stem)
    folders = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
    )


def test_a_writer_that_is_killed_loses_nothing_it_has_committed(path):
    for round_ in range(3):
        writer = start_writer(path, f"w{round_}", 1_000_000)
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _ in range(40)][1:]
        writer.send_signal(signal.SIGKILL)
        told += [line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        with SqliteStore(path) as store:
            kept = {record.id: record for record in store.list(limit=None)}
            assert set(told) <= set(kept)
            assert all(store.get_judgement(record.key) == judgement_of() for record in kept.values())
            with store._reading() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_many_can_open_a_new_file_in_the_same_moment(tmp_path):
    together = Barrier(6)

    def open_at_once(path: Path) -> None:
        together.wait()
        SqliteStore(path).close()

    with ThreadPoolExecutor(6) as pool:
        for number in range(20):
            list(pool.map(open_at_once, [tmp_path / f"{number}.db"] * 6))


def test_processes_that_open_a_new_file_and_write_at_once_all_get_through(path):
    writers = [start_writer(path, name, 60) for name in ("a", "b", "c")]
    ids = [line for writer in writers for line in writer.communicate()[0].split()[1:]]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with SqliteStore(path) as store:
        assert sorted(ids) == sorted(record.id for record in store.list(limit=None))
        assert len(set(ids)) == 180
        assert all(store.get_judgement(f"{name}-{n}") for name in "abc" for n in range(60))
