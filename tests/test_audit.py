"""Who decided what: a log that is only added to, and that shows when somebody changed it behind its back."""

import hashlib
import json
import sqlite3

import pytest
from small_rubric import RUBRIC
from test_store import Clock, grade_of

from evaluator.batch.journal import Journal
from evaluator.batch.schema import subject_of
from evaluator.errors import StoreError
from evaluator.models import Level, said
from evaluator.scoring import decided
from evaluator.store import SqliteStore, deciding
from evaluator.store.audit import FIRST


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with SqliteStore(tmp_path / "kept.db", clock=clock) as store:
        yield store


def behind_its_back(store, *statements):
    with sqlite3.connect(store.path) as db:
        for trigger in ("act_stays", "act_unchanged"):
            db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            db.execute(statement)
    db.close()


def filled(store):
    log = store.audit
    deciding.override(log, "g1", "k0", Level.HIT, author="王", reason="说到了")
    deciding.annotate(log, "g1", "再问一次", author="王")
    deciding.confirm(log, "g2", author="李", text="")
    deciding.flag(log, "g2", author="李", text="字迹不同")
    return log


def test_a_hash_is_made_of_the_one_before_and_of_all_that_the_row_says(store):
    first, second = deciding.confirm(store.audit, "g", author="王"), deciding.unconfirm(store.audit, "g", author="李")
    with store._reading() as db:
        rows = db.execute("SELECT body, digest FROM act ORDER BY sequence").fetchall()
    before = FIRST
    for act, (body, digest) in zip((first, second), rows, strict=True):
        assert digest == hashlib.sha256(body.encode()).hexdigest()
        row = [before, act.sequence, act.created, act.author, act.kind, act.subject, digest]
        assert act.hash == hashlib.sha256(json.dumps(row).encode()).hexdigest()
        before = act.hash
    assert store.audit.verify().head == before


def test_what_is_as_it_was_written_is_verified(store):
    log = filled(store)
    found = log.verify()
    assert (found.acts, found.emptied, found.broken, found.fault) == (4, 0, None, "")
    assert log.verify(next(iter(log.all())).hash).fault == ""


@pytest.mark.parametrize(
    ("done", "place", "fault"),
    [
        ("UPDATE act SET author = '张' WHERE sequence = 2", 2, "chain"),
        ("UPDATE act SET created = '2020' WHERE sequence = 1", 1, "chain"),
        ("UPDATE act SET body = replace(body, 'hit', 'missed') WHERE sequence = 1", 1, "body"),
        ("UPDATE act SET body = NULL WHERE sequence = 3", 3, "emptied"),
        ("DELETE FROM act WHERE sequence = 1", 1, "missing"),
        ("DELETE FROM act WHERE sequence = 3", 3, "missing"),
        ("UPDATE act SET sequence = 9 WHERE sequence = 4", 4, "missing"),
    ],
)
def test_a_change_behind_its_back_is_found_where_it_is(store, done, place, fault):
    log = filled(store)
    behind_its_back(store, done)
    found = log.verify()
    assert (found.broken, found.fault) == (place, fault)


def test_an_end_cut_off_is_found_by_who_kept_the_last_hash(store):
    log = filled(store)
    head = log.verify().head
    behind_its_back(store, "DELETE FROM act WHERE sequence = 4")
    assert log.verify().fault == ""
    assert log.verify(head).fault == "head"


@pytest.mark.parametrize("done", ["DELETE FROM act", "UPDATE act SET subject = 'x'", "UPDATE act SET body = '{}'"])
def test_the_database_itself_refuses_to_change_a_row(store, done):
    log = filled(store)
    with pytest.raises(StoreError, match="only ever added"), store._writing() as db:
        db.execute(done)
    assert log.verify().fault == ""


def test_what_was_said_goes_with_the_grade_and_that_it_went_stays(store):
    grade_id = store.add_grade(grade_of(), answer="答案", key="a")
    store.add_override(grade_id, "k0", Level.MISSED, "王", "抄了小明的")
    store.delete(grade_id)
    found = store.audit.verify()
    assert (found.acts, found.emptied, found.fault) == (2, 1, "")
    acts = store.audit.of(grade_id)
    assert [(act.kind, act.body) for act in acts] == [("override", None), ("delete", {})]
    assert store.said(grade_id) == said(())


def test_the_same_words_twice_have_digests_that_tell_nothing(store):
    for _ in range(2):
        deciding.confirm(store.audit, "g", author="王")
    with store._reading() as db:
        assert len(set(db.execute("SELECT digest FROM act").fetchall())) == 2


class TestWhatHolds:
    """The fold over what was said of one answer."""

    def of(self, store):
        return store.audit.said("g")

    def test_notes_stay_until_they_are_withdrawn(self, store):
        first = deciding.annotate(store.audit, "g", "好", author="王", key_point="k0")
        second = deciding.annotate(store.audit, "g", "这里", author="王", span=(2, 5))
        assert self.of(store).notes == (first, second)
        deciding.withdraw(store.audit, "g", first.id, author="李")
        assert self.of(store).notes == (second,)

    @pytest.mark.parametrize("span", [(5, 2), (-1, 2)])
    def test_a_note_on_a_span_that_is_none_is_refused(self, store, span):
        with pytest.raises(ValueError, match=r"span|greater"):
            deciding.annotate(store.audit, "g", "这里", author="王", span=span)

    def test_each_person_has_one_second_score_and_can_take_it_back(self, store):
        for author, score in (("王", 3.0), ("李", 0.0), ("王", 4.0)):
            deciding.mark(store.audit, "g", "second", score, author=author)
        assert [(one.author, one.score) for one in self.of(store).second] == [("李", 0.0), ("王", 4.0)]
        deciding.mark(store.audit, "g", "second", None, author="王")
        assert [one.author for one in self.of(store).second] == ["李"]

    @pytest.mark.parametrize(
        "then",
        [
            lambda log: deciding.override(log, "g", "k0", Level.HIT, author="王", reason="有"),
            lambda log: deciding.mark(log, "g", "final", 2.0, author="王", reason="综合"),
            lambda log: deciding.unconfirm(log, "g", author="王"),
        ],
    )
    def test_deciding_otherwise_makes_it_a_first_pass_again(self, store, then):
        deciding.confirm(store.audit, "g", author="李")
        assert self.of(store).confirmed.author == "李"
        then(store.audit)
        assert self.of(store).confirmed is None

    def test_a_flag_stands_until_it_is_lifted(self, store):
        deciding.flag(store.audit, "g", author="王", text="疑似代答")
        assert self.of(store).flagged.text == "疑似代答"
        deciding.unflag(store.audit, "g", author="李")
        assert self.of(store).flagged is None

    def test_a_final_score_counts_whatever_the_points_add_up_to(self, store):
        grade = grade_of()
        deciding.mark(store.audit, "g", "final", 0.0, author="王", reason="整段抄袭")
        deciding.confirm(store.audit, "g", author="王")
        held = decided(grade, RUBRIC, self.of(store))
        assert (held.score, held.range, held.complete) == (0.0, (0.0, 0.0), True)
        assert (held.status, held.needs_review) == ("confirmed", False)
        assert "human_override" in held.review_reasons
        assert held.key_points == grade.key_points


class TestEarlierFiles:
    """Overrides of files that had a table of their own for them."""

    OLD = (
        "CREATE TABLE override (sequence INTEGER PRIMARY KEY AUTOINCREMENT, {} key_point TEXT NOT NULL, level TEXT, "
        "author TEXT NOT NULL, reason TEXT NOT NULL, created TEXT NOT NULL)"
    )

    def test_a_store_keeps_them_in_their_order(self, tmp_path):
        path = tmp_path / "old.db"
        with SqliteStore(path) as store:
            grade_id = store.add_grade(grade_of(), answer="答案", key="a")
        with sqlite3.connect(path) as db:
            db.execute("DROP TABLE act")
            db.execute(self.OLD.format("grade TEXT NOT NULL,"))
            for level in ("hit", None):
                row = (grade_id, "k0", level, "王", "有", "2025")
                db.execute("INSERT INTO override VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
            db.execute("PRAGMA user_version = 5")
        db.close()
        with SqliteStore(path) as store:
            layers = store.overrides(grade_id)
            assert [(one.level, one.author, one.created) for one in layers] == [
                (Level.HIT, "王", "2025"), (None, "王", "2025")
            ]  # fmt: skip
            assert store.audit.verify().fault == ""

    def test_a_journal_keeps_them_with_their_candidate(self, tmp_path):
        path = tmp_path / "old.sqlite3"
        Journal(path).close()
        with sqlite3.connect(path) as db:
            db.execute("DROP TABLE act")
            db.execute(self.OLD.format("candidate TEXT NOT NULL, rubric TEXT NOT NULL,"))
            row = ("考生甲", "q1", "k0", "hit", "王", "有", "2025")
            db.execute("INSERT INTO override VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
            db.execute("PRAGMA user_version = 1")
        db.close()
        with Journal(path) as journal:
            (layer,) = journal.said()[subject_of("考生甲", "q1")].overrides
            assert (layer.key_point, layer.level, layer.author) == ("k0", Level.HIT, "王")
