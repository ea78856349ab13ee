"""What people decide in the page: the same for a grade of the history and for an answer of a batch."""

import asyncio
import json

import pytest
from small_rubric import ANSWER, RUBRIC
from web_client import opened

from evaluator.batch.answers import Answers
from evaluator.batch.items import Done
from evaluator.batch.journal import Journal
from evaluator.batch.session import RUNS
from evaluator.grader import Grader
from evaluator.judging import KeywordJudge
from evaluator.models import Answer, Level, Submission
from evaluator.rubrics import content_hash
from evaluator.testing import ScriptedJudge

SOLVED, WAITS, FAILS = "真诚道歉。\r\n三天之内😀回访客户。", "还没有评", "评不了"
ACTS = ("override", "restore", "note", "unnote", "final", "unfinal", "confirm", "unconfirm", "flag", "unflag")


def batch(folder):
    """A journal with a graded, a waiting and a failed answer of 甲, 乙 and 丙."""
    grade = asyncio.run(Grader(KeywordJudge()).grade(RUBRIC, SOLVED))
    rows = [
        Submission(candidate=who, name=name, columns={"电话": f"1380000000{who}"}, answers=(Answer(rubric=RUBRIC.id, text=text),))
        for who, name, text in (("1", "甲某", SOLVED), ("2", "乙某", WAITS), ("3", "丙某", FAILS))
    ]  # fmt: skip
    with Journal(folder / RUNS / "first.sqlite3") as journal:
        journal.take_in(rows)
        journal.work_with([RUBRIC], {RUBRIC.id: "k"})
        items = {item.text: item.id for item in journal.pending()}
        journal.put(
            [
                Done(items[SOLVED], grade, "", "k", content_hash(RUBRIC)),
                Done(items[FAILS], None, "timeout", "k", ""),
            ]
        )


@pytest.fixture
def browser(tmp_path):
    batch(tmp_path)
    with opened(tmp_path) as browser:
        yield browser


@pytest.fixture(params=["history", "batch"])
def address(request, browser):
    """The page of the same answer, in either place."""
    return (
        f"/grades/{browser.scored(SOLVED, candidate='甲某')}"
        if request.param == "history"
        else "/batches/first/answers/1/complaint"
    )


def act(browser, address, what, **fields):
    reply = browser.post(f"{address}/{what}", **{"author": "李四", **fields})
    assert reply.status_code == 200, reply.text
    assert reply.url.path == address
    return reply.text


def said(browser, address):
    if address.startswith("/grades/"):
        return browser.store.said(address.removeprefix("/grades/"))
    with browser.client.app.state.runs.using("first") as journal:
        return Answers(journal).get(1, RUBRIC.id).said


def test_a_verdict_is_overridden_and_the_automatic_one_restored(browser, address):
    page = act(browser, address, "override", key_point="solve", level="partial", reason="说到了方向")
    assert "自动 4 / 8 → 人工 6 / 8" in page
    page = act(browser, address, "restore", key_point="solve")
    assert "→ 人工" not in page
    assert [layer.level for layer in said(browser, address).overrides] == [Level.PARTIAL, None]
    assert page.count("人工记录") == 1


def test_confirmed_is_no_longer_a_first_pass_until_it_is_taken_back(browser, address):
    page = act(browser, address, "confirm", text="看过录音")
    assert "✓ 已确认" in page
    assert "初评</span>" not in page
    assert "看过录音" in page
    for form in ("text", "markdown", "chat"):
        copied = browser.get(f"{address}/{form}").text
        assert "已确认：看过录音 · 李四" in copied
        assert "AI 辅助初评，最终由人决定" in copied
        assert "· 初评" not in copied
    page = act(browser, address, "unconfirm")
    assert "初评</span>" in page


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("override", {"key_point": "solve", "level": "hit", "reason": "有"}),
        ("final", {"score": "3", "reason": "有"}),
    ],
)
def test_who_decides_otherwise_lets_the_confirmation_fall_and_is_told(browser, address, what, fields):
    act(browser, address, "confirm")
    page = act(browser, address, what, **fields)
    assert "确认已失效" in page
    assert "初评</span>" in page
    assert "确认已失效" not in act(browser, address, "confirm")


def test_what_changed_behind_ones_back_is_not_confirmed(browser, address):
    act(browser, address, "override", key_point="solve", level="hit", reason="有")
    reply = browser.post(f"{address}/confirm", author="李四", seen="0")
    assert (reply.status_code, "又有人改过" in reply.text) == (422, True)
    assert said(browser, address).confirmed is None


def test_a_range_cannot_be_confirmed_but_a_final_score_can(tmp_path):
    judge = ScriptedJudge({"comfort": Level.HIT, "solve": Level.UNSCORED})
    with opened(tmp_path, judge=judge) as browser:
        address = browser.score(ANSWER).url.path
        assert "现在不能确认" in browser.get(address).text
        assert browser.post(f"{address}/confirm", author="李四").status_code == 422
        page = act(browser, address, "final", score="5", reason="按录音定")
        assert "自动 2–6 / 8 → 人工 5 / 8" in page
        assert "已确认" in act(browser, address, "confirm")


@pytest.mark.parametrize("score", ["0", "0.5", "8", "７.25"])
def test_a_final_score_counts_whatever_the_points_add_up_to(browser, address, score):
    page = act(browser, address, "final", score=score, reason="整体看")
    given = f"{float(score):g}"
    assert f"定分：自动 4 / 8 → 人工 {given} / 8" in page
    assert said(browser, address).final.score == float(score)
    assert "→ 人工" not in act(browser, address, "unfinal")


@pytest.mark.parametrize("score", ["", " ", "8.01", "9", "-1", "1e1", "nan", "1.234", "三", "0x1"])
def test_a_final_score_that_is_empty_or_out_of_range_is_refused(browser, address, score):
    reply = browser.post(f"{address}/final", author="李四", score=score, reason="x")
    assert (reply.status_code, "0 到 8 之间" in reply.text) == (422, True)
    assert said(browser, address).final is None


@pytest.mark.parametrize(
    ("what", "fields", "told"),
    [
        ("final", {"score": "3", "reason": " "}, "定分要写明理由"),
        ("flag", {"text": "\n"}, "要写明哪里异常"),
        ("note", {"text": ""}, "批注没有内容"),
        ("note", {"text": "x", "key_point": "nothing"}, "没有这个得分点"),
        ("note", {"text": "x", "start": "3", "end": "1", "quote": ""}, "对不上"),
        ("note", {"text": "x", "start": "0", "end": "2", "quote": "别的"}, "对不上"),
        ("note", {"text": "x", "start": "0", "end": "9999", "quote": "真诚"}, "对不上"),
        ("note", {"text": "x", "start": "٣", "end": "-1", "quote": "真诚"}, "对不上"),
        ("unnote", {"note": "77"}, "没有这条批注"),
        ("unnote", {"note": "²"}, "没有这条批注"),
        ("unfinal", {}, "没有可以撤销的"),
        ("unconfirm", {}, "没有可以撤销的"),
        ("unflag", {}, "没有可以撤销的"),
        ("restore", {"key_point": "solve"}, "没有这个得分点"),
        ("confirm", {"author": ""}, "请写上你的名字"),
        ("override", {"key_point": "solve", "level": "hit", "reason": "x", "author": " "}, "改判要写明理由"),
    ],
)
def test_nonsense_is_refused_in_words_and_leaves_nothing(browser, address, what, fields, told):
    reply = browser.post(f"{address}/{what}", **{"author": "李四", **fields})
    assert (reply.status_code, told in reply.text) == (422, True), reply.text
    assert said(browser, address) == type(said(browser, address))()


def test_notes_stand_on_the_answer_on_a_point_and_on_the_words_selected(browser, address):
    act(browser, address, "note", text="整体不错")
    act(browser, address, "note", text="方向对", key_point="solve")
    # The browser counts the line break as one character.
    page = act(browser, address, "note", text="几天?", start="6", end="13", quote="三天之内😀回访")
    notes = said(browser, address).notes
    start = 7 if address.startswith("/batches/") else 6  # what is pasted into the page is kept without its \r
    assert [(one.text, one.key_point, one.start, one.end) for one in notes] == [
        ("整体不错", "", None, None), ("方向对", "solve", None, None), ("几天?", "", start, start + 7),
    ]  # fmt: skip
    assert SOLVED[7:14] == "三天之内😀回访"
    assert '<span class="noted">' in page
    assert f'href="#n-{notes[2].id}"' in page
    copied = browser.get(f"{address}/markdown").text
    for words in ("批注：整体不错", "批注「给出方案」：方向对", "批注「三天之内😀回访」：几天?"):
        assert words in copied
    page = act(browser, address, "unnote", note=str(notes[0].id))
    assert "批注：整体不错" not in browser.get(f"{address}/text").text
    assert "撤回批注" in page
    assert [one.id for one in said(browser, address).notes] == [notes[1].id, notes[2].id]


def test_an_answer_is_flagged_with_a_remark_and_unflagged(browser, address):
    page = act(browser, address, "flag", text="与另一份雷同")
    assert "与另一份雷同" in page
    assert "异常：与另一份雷同 · 李四" in browser.get(f"{address}/chat").text
    act(browser, address, "unflag")
    assert said(browser, address).flagged is None


def test_everything_that_was_done_stays_in_the_log_at_the_end(browser, address):
    act(browser, address, "flag", text="雷同")
    act(browser, address, "unflag", author="王五")
    act(browser, address, "final", score="0", reason="雷同", author="王五")
    act(browser, address, "unfinal")
    page = act(browser, address, "confirm")
    log = page[page.index("人工记录") :]
    for words in ("标为异常 · 雷同", "取消异常", "定分 → 0 · 雷同", "定分 → 撤销", "确认"):
        assert words in log
    assert log.count("李四") >= 3
    assert log.count("王五") == 2


def test_the_name_is_asked_for_once_and_kept_in_the_browser(browser, address):
    act(browser, address, "flag", text="x", author="赵六")
    assert 'value="赵六"' in browser.get(address).text
    reply = browser.post(f"{address}/unflag")
    assert reply.status_code == 200
    assert "赵六" in reply.text[reply.text.index("人工记录") :]


def test_who_is_not_known_cannot_undo_in_the_name_of_another(browser, address):
    act(browser, address, "override", key_point="solve", level="hit", reason="有")
    browser.client.cookies.delete("evaluator_author")
    assert browser.post(f"{address}/restore", key_point="solve").status_code == 422
    assert len(said(browser, address).standing) == 1


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/batches/first/review?at=3", "/batches/first/review?at=3"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_an_act_leads_back_to_where_one_came_from_and_never_away_from_here(browser, address, target, lands):
    reply = browser.post(f"{address}/confirm", follow=False, author="李四", next=target)
    assert (reply.status_code, reply.headers["location"]) == (303, lands)
    shown = browser.get(address, params={"next": target}).text
    assert "evil" not in shown[shown.index("<main") :]
    assert ('name="next" value="/batches/first/review?at=3"' in shown) == (lands == target)


def test_markup_in_what_people_write_is_shown_and_never_obeyed(browser, address):
    nasty = "<script>alert(1)</script><b>x</b>"
    act(browser, address, "note", text=nasty, author="<i>李</i>")
    act(browser, address, "note", text=nasty, key_point="solve")
    act(browser, address, "flag", text=nasty)
    act(browser, address, "override", key_point="solve", level="hit", reason=nasty)
    act(browser, address, "final", score="1", reason=nasty)
    page = act(browser, address, "confirm", text=nasty)
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<script>alert" not in page
    assert page.count("&lt;b&gt;x") >= 8
    assert "\\<b\\>" in browser.get(f"{address}/markdown").text
    assert "＜b＞" in browser.get(f"{address}/chat").text


@pytest.mark.parametrize("what", ACTS)
def test_no_act_is_done_without_the_token_of_the_form(browser, address, what):
    fields = {"key_point": "solve", "level": "hit", "reason": "x", "text": "x", "score": "1", "note": "1"}
    for token in ("0" * 64, ""):
        reply = browser.client.post(f"{address}/{what}", data={**fields, "author": "x", "csrf": token})
        assert reply.status_code == 403
    assert said(browser, address) == type(said(browser, address))()


@pytest.mark.parametrize(
    "path",
    [
        "/batches/none/answers/1/complaint", "/batches/first/answers/9/complaint", "/batches/first/answers/1/other",
        "/batches/first/answers/x/complaint", "/batches/first/answers/²/complaint", "/batches/..%2ffirst/answers/1/complaint",
        "/batches/first/answers/99999999999999999999/complaint", "/grades/none",
    ],
)  # fmt: skip
def test_where_there_is_no_answer_there_is_no_page_and_nothing_to_decide(browser, path):
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}/text").status_code == 404
    assert browser.post(f"{path}/confirm", author="x").status_code == 404


@pytest.mark.parametrize(("key", "words"), [(2, "还没有评分"), (3, "没有评成")])
def test_an_answer_without_a_grade_says_so_in_words(browser, key, words):
    page = browser.get(f"/batches/first/answers/{key}/complaint")
    assert page.status_code == 200
    assert words in page.text
    assert (WAITS if key == 2 else FAILS) in page.text
    assert browser.get(f"/batches/first/answers/{key}/complaint/text").status_code == 404
    assert browser.post(f"/batches/first/answers/{key}/complaint/confirm", author="x").status_code == 404


def test_copies_for_taiwan_are_in_its_characters_and_keep_what_people_wrote(browser, address):
    act(browser, address, "note", text="这里说得对")
    for form in ("text", "markdown", "chat"):
        copied = browser.get(f"{address}/{form}", headers={"accept-language": "zh-TW"}).text
        assert "AI 輔助初評，最終由人決定" in copied
        assert "批註：这里说得对" in copied
        assert "回访客户" in copied
        assert "關鍵詞" in copied


def test_a_chat_gets_no_heading_table_or_html(browser, address):
    copied = browser.get(f"{address}/chat").text
    assert "**得分** 4 / 8 · 初评" in copied
    assert not any(line.startswith(("#", "|", "- ")) for line in copied.splitlines())
    assert "<" not in copied


class TestHistory:
    """Filters, clearing out, and the data of one candidate."""

    @pytest.fixture
    def three(self, browser):
        first, second, third = (
            browser.scored(text, candidate=who)
            for text, who in (("真诚道歉。", "甲某"), ("当天退款或换货。", "乙某"), ("回访客户", "甲某"))
        )
        act(browser, f"/grades/{first}", "confirm")
        act(browser, f"/grades/{second}", "flag", text="雷同")
        return first, second, third

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, "123"), ({"show": "confirmed"}, "1"), ({"show": "unconfirmed"}, "23"), ({"show": "flagged"}, "2"),
            ({"show": "review"}, "23"), ({"candidate": "甲某"}, "13"), ({"candidate": "甲"}, ""),
            ({"candidate": "甲某", "show": "unconfirmed"}, "3"), ({"show": "nonsense"}, "123"),
        ],
    )  # fmt: skip
    def test_the_list_shows_what_is_asked_for(self, browser, three, query, found):
        page = browser.get("/grades", params=query).text
        assert "".join(str(n) for n, id_ in enumerate(three, 1) if f"/grades/{id_}" in page) == found

    def test_the_list_says_where_each_stands(self, browser, three):
        page = browser.get("/grades").text
        assert page.count("✓ 已确认") == 1
        assert page.count("⚑ 异常") == 1

    @pytest.mark.parametrize(
        ("fields", "left"),
        [
            ({"what": "everything", "sure": "清除"}, 0), ({"what": "everything", "sure": "清"}, 3),
            ({"what": "older", "days": "1", "sure": "清除"}, 3), ({"what": "older", "days": "nan", "sure": "清除"}, 3),
            ({"what": "older", "days": "0", "sure": "清除"}, 3), ({"what": "older", "days": "", "sure": "清除"}, 3),
            ({"sure": "清除"}, 3), ({}, 3),
        ],
    )  # fmt: skip
    def test_clearing_out_wants_a_word_typed_and_sensible_days(self, browser, three, fields, left):
        reply = browser.post("/grades/purge", **fields)
        refused = fields.get("sure") != "清除" or fields.get("days", "1") != "1" or "what" not in fields
        assert reply.status_code == (422 if refused else 200)
        assert len(browser.store.list()) == left

    def test_everything_kept_of_a_candidate_is_found_and_taken_away(self, browser, three):
        act(browser, "/batches/first/answers/1/complaint", "note", text="批中的批注")
        page = browser.get("/candidates", params={"name": "甲某"}).text
        assert "历史里 2 份" in page
        assert "1 份答案" in page
        reply = browser.get("/candidates/export", params={"name": "甲某"})
        assert "attachment" in reply.headers["content-disposition"]
        found = json.loads(reply.text)
        assert [one["id"] for one in found["history"]] == [three[2], three[0]]
        assert [act["kind"] for act in found["history"][1]["people"]] == ["confirm"]
        (one,) = found["batches"]
        assert (one["run"], one["answer"], one["columns"]) == ("first", SOLVED, {"电话": "13800000001"})
        assert one["people"][0]["text"] == "批中的批注"
        assert one["grade"]["score"] == 4

    @pytest.mark.parametrize("named", ["", "甲", "没有的人"])
    def test_of_nobody_there_is_nothing(self, browser, three, named):
        assert browser.get("/candidates", params={"name": named}).status_code == 200
        found = json.loads(browser.get("/candidates/export", params={"name": named}).text)
        assert (found["history"], found["batches"]) == ([], [])

    def test_a_candidate_is_deleted_for_good_and_the_others_stay(self, browser, three, tmp_path):
        act(
            browser,
            "/batches/first/answers/1/complaint",
            "override",
            key_point="solve",
            level="hit",
            reason="独特的理由",
        )
        assert browser.post("/candidates/delete", name="甲某", sure="甲").status_code == 422
        assert browser.post("/candidates/delete", name="", sure="").status_code == 422
        assert len(browser.store.list()) == 3
        assert "已删除这位考生" in browser.post("/candidates/delete", name="甲某", sure="甲某").text
        assert [one.id for one in browser.store.list()] == [three[1]]
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.sqlite3*"))
        for gone in ("甲某", "13800000001", "之内😀回访", "独特的理由"):
            assert gone.encode() not in kept, gone
        assert WAITS.encode() in kept
        assert browser.get("/batches/first/answers/1/complaint").status_code == 404
        assert browser.get("/batches/first/answers/2/complaint").status_code == 200
        with browser.client.app.state.runs.using("first") as journal:
            assert journal.audit.verify().fault == ""
            assert [one.kind for one in journal.audit.all()] == ["override", "delete"]
