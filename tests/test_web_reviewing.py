"""Reviewing a batch in the page: the queue, groups, the matrix, marking beside the judge, arbitration, and who is seen."""

import csv
import io
import re
from html import unescape

import pytest
from reviewed_run import ANSWERS, COPIED, SECOND, make_run
from small_rubric import RUBRIC
from web_client import opened

from evaluator.batch.blinding import Blinded, blinding_secret
from evaluator.batch.journal import Journal
from evaluator.batch.journalled import Journalled
from evaluator.batch.schema import subject_of
from evaluator.batch.session import opened as opened_run
from evaluator.models import Level
from evaluator.web.reviewing import keyboard

RUN = "/batches/run"
QUEUE = f"{RUN}/review/complaint"
NAMES = [name for name, *_ in ANSWERS.values()]
KEYS = {candidate: key for key, candidate in enumerate(ANSWERS, 1)}


@pytest.fixture
def folder(tmp_path):
    make_run(tmp_path)
    return tmp_path


@pytest.fixture
def browser(folder):
    with opened(folder, rubrics=(RUBRIC, SECOND)) as browser:
        yield browser


def acted(browser, path, *, follow=True, **fields):
    return browser.post(path, follow=follow, **{"author": "陈老师", **fields})


def decide(browser, candidate, act, **fields):
    reply = acted(browser, f"{RUN}/answers/{KEYS[candidate]}/complaint/{act}", follow=False, **fields)
    assert reply.status_code == 303, reply.text
    return reply


def said(folder, candidate, rubric="complaint"):
    with Journal(folder / "runs" / "run.sqlite3") as journal:
        return journal.audit.said(subject_of(candidate, rubric))


def blind(folder, candidate):
    with Journal(folder / "runs" / "run.sqlite3") as journal:
        return Blinded(Journalled(journal), blinding_secret(folder)).id_of(candidate)


def listed(reply):
    """The candidates of a queue, in its order."""
    keys = re.findall(r'class="whole"[^>]* href="[^"]*/answers/(\d+)', reply.text)
    return [list(ANSWERS)[int(key) - 1] for key in keys]


# --- the queue -------------------------------------------------------------------------------------------------------


def test_the_overview_says_of_each_question_where_it_stands(browser):
    decide(browser, "A02", "confirm")
    decide(browser, "A07", "flag", text="看不懂")
    text = browser.get(f"{RUN}/review").text
    first, second = text.split('<li class="card">')[1:]
    for words in ("待看 7", "已确认 1 / 8", "异常 1"):
        assert words in first
    assert "待看 8" in second
    assert "已确认 0 / 8" in second


def test_a_queue_begins_with_what_is_least_sure_and_says_so(browser):
    reply = browser.get(QUEUE)
    assert listed(reply) == ["A07", "A02", "A05", "A04", "A08", "A01", "A03", "A06"]
    assert "把握小的在前" in reply.text
    reasons = re.findall(r'class="badge why-\w+">([^<]+)<', reply.text)
    assert reasons == ["没有判全", "需要复核", "需要复核", "需要复核", "需要复核", "抽查", "空白，复查", "空白，复查"]


def test_filters_stand_in_the_address(browser):
    decide(browser, "A02", "confirm")
    decide(browser, "A04", "override", key_point="solve", level="partial", reason="不具体")
    decide(browser, "A07", "flag", text="看不懂")
    found = {show: listed(browser.get(f"{QUEUE}?show={show}")) for show in ("open", "flagged", "apart", "confirmed")}
    assert found["flagged"] == ["A07"]
    assert found["apart"] == ["A04"]
    assert found["confirmed"] == ["A02"]
    assert "A02" not in found["open"]
    assert len(listed(browser.get(f"{QUEUE}?show=all"))) == 8
    assert listed(browser.get(f"{QUEUE}?show=<b>")) == found["open"]


def test_an_answer_is_found_by_its_words_and_by_its_id_but_not_by_the_name_that_is_hidden(browser, folder):
    assert listed(browser.get(f"{QUEUE}?show=all&q=看情况")) == ["A02"]
    assert listed(browser.get(f"{QUEUE}?show=all&q={blind(folder, 'A05').lower()}")) == ["A05"]
    assert listed(browser.get(f"{QUEUE}?show=all&q=张三丰")) == []


def test_one_answer_shows_its_place_and_confirming_leads_to_the_next_that_waits(browser, folder):
    page = browser.get(f"{QUEUE}/answers/{KEYS['A02']}").text
    assert "第 2 份，共 8 份" in page
    assert f"/answers/{KEYS['A07']}?show=open" in page
    assert f"/answers/{KEYS['A05']}?show=open" in page
    form = re.search(r'action="([^"]+/confirm)".*?name="next" value="([^"]+)"', page, re.DOTALL)
    assert form[1] == f"{RUN}/answers/{KEYS['A02']}/complaint/confirm"
    reply = acted(browser, form[1], follow=False, next=unescape(form[2]))
    assert reply.headers["location"] == f"{QUEUE}/answers/{KEYS['A05']}?show=open"
    assert said(folder, "A02").confirmed.author == "陈老师"
    assert "还有 7 份没有确认" in browser.get(reply.headers["location"]).text


def test_the_question_beside_begins_with_what_is_to_be_looked_at_first(browser):
    page = browser.get(f"{QUEUE}/answers/{KEYS['A02']}?show=all").text
    assert f'data-go="question_next" href="{RUN}/review/greeting/first?show=all"' in page
    assert "question_previous" not in page.partition("<main")[2].partition("</main>")[0]
    reply = browser.get(f"{RUN}/review/greeting/first?show=all", follow_redirects=False)
    assert reply.headers["location"] == f"{RUN}/review/greeting/answers/{KEYS['A07']}?show=all"
    empty = browser.get(f"{RUN}/review/greeting/first?show=flagged", follow_redirects=False)
    assert empty.headers["location"].startswith(f"{RUN}/review/greeting/answers/")


def test_after_the_last_one_the_queue_says_that_all_is_done(browser):
    decide(browser, "A07", "final", score="3", reason="看不清")
    for candidate in ANSWERS:
        page = browser.get(f"{QUEUE}/answers/{KEYS[candidate]}").text
        target = unescape(re.search(r'/confirm".*?name="next" value="([^"]+)"', page, re.DOTALL)[1])
        reply = decide(browser, candidate, "confirm", next=target)
    assert reply.headers["location"] == f"{QUEUE}?show=open&done=1"
    assert "这道题待看的都确认了" in browser.get(reply.headers["location"]).text


def test_a_run_of_any_name_leads_on_within_itself(tmp_path):
    make_run(tmp_path, "答卷a-3f0c")
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        page = browser.get("/batches/答卷a-3f0c/review/complaint/answers/2").text
        target = unescape(re.search(r'/confirm".*?name="next" value="([^"]+)"', page, re.DOTALL)[1])
        reply = acted(browser, "/batches/答卷a-3f0c/answers/2/complaint/confirm", next=target)
        assert reply.url.path.endswith("/review/complaint/answers/5")
        assert "还有 7 份没有确认" in reply.text


def test_every_act_comes_back_to_the_answer_in_its_queue(browser):
    page = browser.get(f"{QUEUE}/answers/{KEYS['A02']}?show=all").text
    targets = re.findall(r'action="[^"]+/(\w+)" class="saying">.*?name="next" value="([^"]+)"', page, re.DOTALL)
    here = f"{QUEUE}/answers/{KEYS['A02']}?show=all"
    assert {unescape(target) for act, target in targets if act != "confirm"} == {here}
    assert {act for act, _ in targets} >= {"override", "note", "final", "flag", "confirm"}


def test_the_last_ones_that_were_confirmed_can_be_gone_back_to(browser, folder):
    for candidate in ("A02", "A05"):
        decide(browser, candidate, "confirm")
    last = browser.get(f"{QUEUE}/answers/{KEYS['A04']}").text.partition("最近确认")[2]
    assert re.findall(r'<li><a href="[^"]+/answers/(\d+)', last) == [str(KEYS["A05"]), str(KEYS["A02"])]


def test_what_needs_no_review_is_confirmed_together_once_the_rest_was_looked_at(tmp_path):
    sure = (Level.HIT, Level.HIT, Level.HIT)
    people = {f"C{number}": (f"人{number}", f"第 {number} 份答案", sure, 0.9, number == 0) for number in range(11)}
    make_run(tmp_path, answers=people, rubrics=(RUBRIC,))
    with opened(tmp_path) as browser:
        assert "确认其余" not in browser.get(QUEUE).text
        assert acted(browser, f"{QUEUE}/rest").status_code == 422
        acted(browser, f"{RUN}/answers/1/complaint/confirm")
        for key in re.findall(r'class="whole"[^>]* href="[^"]*/answers/(\d+)', browser.get(QUEUE).text):
            acted(browser, f"{RUN}/answers/{key}/complaint/confirm")
        unseen = re.findall(r'href="[^"]*/answers/(\d+)\?show=all">', browser.get(f"{QUEUE}?show=all").text)
        flagged = next(key for key in unseen if said(tmp_path, f"C{int(key) - 1}").confirmed is None)
        acted(browser, f"{RUN}/answers/{flagged}/complaint/flag", text="像代写")
        assert "确认其余 7 份" in browser.get(QUEUE).text
        acted(browser, f"{QUEUE}/rest")
        assert "已确认 10 / 11" in browser.get(f"{RUN}/review").text


def test_every_key_means_one_thing():
    for table in (keyboard.REVIEW, keyboard.QUEUE, keyboard.MARKING):
        pressed = [key for row in table for key in row.keys]
        assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize(
    "path",
    [
        "/batches/no-such-run/review", "/batches/no-such-run/matrix", f"{RUN}/review/nothing", f"{QUEUE}/answers/99",
        f"{QUEUE}/answers/0", f"{QUEUE}/answers/-1", f"{QUEUE}/answers/x", f"{QUEUE}/answers/{'9' * 30}",
        f"{QUEUE}/groups/1", f"{QUEUE}/groups/x", f"{QUEUE}/arbitrate/1", f"{QUEUE}/arbitrate/٣",
        f"{RUN}/matrix?rubric=nothing", f"{RUN}/matrix.csv?rubric=nothing",
    ],
)  # fmt: skip
def test_what_there_is_not_is_a_404(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/review", "/review/complaint", "/review/complaint/answers/1", "/matrix", "/matrix.csv"]
)
def test_a_run_that_another_process_works_on_says_so(browser, folder, path, monkeypatch):
    with opened_run(folder / "runs" / "run.sqlite3"):
        reply = browser.get(RUN + path)
    assert reply.status_code == 422
    assert "正由另一个进程运行" in reply.text


@pytest.mark.parametrize(
    "path",
    ["/review", "/review/complaint?show=all", "/review/complaint/answers/2", "/review/complaint/groups/4",
     "/review/complaint/second", "/review/greeting/scores", "/matrix"],
)  # fmt: skip
def test_what_people_wrote_never_becomes_markup(browser, path):
    text = browser.get(RUN + path).text
    assert "<script>alert" not in text
    assert "<b>问候" not in text


# --- who is seen -----------------------------------------------------------------------------------------------------

PAGES = (
    "/review", "/review/complaint?show=all", "/review/complaint/answers/1?show=all", "/review/complaint/groups",
    "/review/complaint/groups/4", "/review/complaint/second", "/review/complaint/scores", "/matrix", "/matrix.csv",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_named_while_there_is_something_to_decide(browser, path):
    text = browser.get(RUN + path).text
    assert not [one for one in (*NAMES, *ANSWERS) if one in text]


@pytest.mark.parametrize("form", ["", "/text", "/markdown", "/chat"])
def test_the_page_of_an_answer_and_its_copies_hide_who_wrote_it_as_the_review_does(browser, folder, form):
    path = f"{RUN}/answers/{KEYS['A01']}/complaint{form}"
    text = browser.get(path).text
    assert not [one for one in (*NAMES, *ANSWERS) if one in text]
    assert "我是＊＊＊" in text
    assert form or blind(folder, "A01") in text
    acted(browser, f"{RUN}/review/names", show="1")
    assert "我是张三丰" in browser.get(path).text


def test_an_answer_that_waits_for_its_judge_hides_who_wrote_it_too(tmp_path):
    make_run(tmp_path, waiting=("A01",))
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        text = browser.get(f"{RUN}/answers/1/complaint").text
        assert "还没有评分" in text
        assert not [one for one in (*NAMES, *ANSWERS) if one in text]


def test_names_are_shown_when_somebody_wants_it_and_the_log_says_who(browser, folder):
    text = acted(browser, f"{RUN}/review/names", show="1").text
    assert "陈老师 在" in text
    assert "A01 张三丰" in browser.get(f"{QUEUE}?show=all").text
    assert "我是张三丰" in browser.get(f"{QUEUE}/answers/1").text
    acted(browser, f"{RUN}/review/names", show="0")
    assert "张三丰" not in browser.get(f"{QUEUE}?show=all").text
    with Journal(folder / "runs" / "run.sqlite3") as journal:
        assert [(act.kind, act.author) for act in journal.audit.of("names")] == [
            ("note", "陈老师"),
            ("unnote", "陈老师"),
        ]


def test_names_are_shown_once_everything_of_a_question_is_confirmed(browser):
    decide(browser, "A07", "final", score="3", reason="看不清")
    for candidate in ANSWERS:
        decide(browser, candidate, "confirm")
    assert "A01 张三丰" in browser.get(f"{QUEUE}?show=all").text
    assert "张三丰" not in browser.get(f"{RUN}/review/greeting?show=all").text
    assert "张三丰" not in browser.get(f"{RUN}/matrix").text
    assert "A01 张三丰" in browser.get(f"{RUN}/matrix?rubric=complaint").text


def test_names_stay_hidden_while_the_run_has_answers_to_judge(tmp_path):
    make_run(tmp_path, waiting=("A01",), rubrics=(RUBRIC,))
    with opened(tmp_path) as browser:
        decide(browser, "A07", "final", score="3", reason="看不清")
        for candidate in list(ANSWERS)[1:]:
            decide(browser, candidate, "confirm")
        text = browser.get(f"{QUEUE}?show=all").text
        assert not [name for name in NAMES if name in text]
        assert "1 份还没有评分" in browser.get(f"{RUN}/review").text


def test_a_name_is_asked_for_before_anything_is_done(browser, folder):
    reply = browser.post(f"{RUN}/review/names", show="1")
    assert reply.status_code == 422
    assert "名字" in reply.text
    assert browser.post(f"{QUEUE}/scores/accept").status_code == 422
    with Journal(folder / "runs" / "run.sqlite3") as journal:
        assert list(journal.audit.all()) == []


@pytest.mark.parametrize("path", ["/review/names", "/review/complaint/groups/4", "/review/complaint/second",
                                  "/review/complaint/terms", "/matrix/decide"])  # fmt: skip
def test_a_form_of_another_page_is_refused(browser, path):
    assert browser.client.post(RUN + path, data={"csrf": "x", "author": "某人"}).status_code == 403


# --- groups ----------------------------------------------------------------------------------------------------------


def test_blank_same_and_nearly_same_answers_are_listed(browser):
    text = browser.get(f"{QUEUE}/groups").text
    assert re.findall(r"(空白答案|相同答案|相近答案) · (\d) 份", text) == [("空白答案", "2"), ("相同答案", "3")]


def test_the_differences_of_a_member_stand_out(browser):
    text = browser.get(f"{QUEUE}/groups/{KEYS['A04']}").text
    assert "<ins>。</ins>" in text
    assert "将改 1 个得分点" in text


def follow(browser, members, example="A04", **fields):
    ticked = {f"m-{KEYS[one]}": "1" for one in members}
    return acted(browser, f"{QUEUE}/groups/{KEYS['A04']}", **{"from": str(KEYS[example])}, **ticked, **fields)


def test_before_a_group_is_decided_it_is_said_for_how_many(browser, folder):
    reply = follow(browser, ["A05", "A08"])
    assert "确定用到 2 份答案" in reply.text
    assert said(folder, "A05").confirmed is None


def test_each_member_that_was_ticked_gets_acts_of_its_own(browser, folder):
    decide(browser, "A04", "override", key_point="solve", level="missed", reason="没有时限")
    reply = follow(browser, ["A05"], sure="1")
    assert "已对 2 份答案" in reply.text
    example, member, other = (said(folder, candidate) for candidate in ("A04", "A05", "A08"))
    assert example.confirmed.author == "陈老师"
    [layer] = member.overrides
    assert (layer.key_point, layer.level) == ("solve", Level.MISSED)
    assert layer.reason == f"与 {blind(folder, 'A04')} 同组 没有时限"
    assert member.confirmed.author == "陈老师"
    assert (other.overrides, other.confirmed) == ((), None)
    page = browser.get(f"{QUEUE}?show=confirmed")
    assert re.findall(r"<strong>([\d.]+ / 8)</strong>", page.text) == ["2 / 8", "2 / 8"]


def test_what_a_member_has_beyond_the_example_is_lifted_and_a_final_score_goes_along(browser, folder):
    decide(browser, "A08", "override", key_point="comfort", level="missed", reason="没有道歉")
    decide(browser, "A04", "final", score="5", reason="整体看")
    follow(browser, ["A08"], sure="1")
    member = said(folder, "A08")
    assert member.standing == {}
    assert len(member.overrides) == 2
    assert member.final.score == 5


def test_what_is_not_fully_judged_cannot_be_followed(tmp_path):
    answers = {"A1": ("甲", COPIED, (Level.HIT, Level.UNSCORED, Level.HIT), 0.5, True), "A2": ("乙", COPIED, (Level.HIT, Level.UNSCORED, Level.HIT), 0.5, True)}  # fmt: skip
    make_run(tmp_path, answers=answers, rubrics=(RUBRIC,))
    with opened(tmp_path) as browser:
        reply = acted(browser, f"{QUEUE}/groups/1", **{"from": "1", "m-2": "1", "sure": "1"})
        assert reply.status_code == 422
        assert "没判出来" in reply.text


def test_a_group_of_three_hundred_blank_answers_is_decided_at_once(tmp_path):
    none = (Level.MISSED, Level.MISSED, Level.MISSED)
    make_run(
        tmp_path,
        answers={f"B{number:03}": (f"人{number}", "", none, 1.0, False) for number in range(300)},
        rubrics=(RUBRIC,),
    )
    with opened(tmp_path) as browser:
        ticked = {f"m-{key}": "1" for key in range(2, 301)}
        reply = acted(browser, f"{QUEUE}/groups/1", **{"from": "1", "sure": "1"}, **ticked)
        assert "已对 300 份答案" in reply.text
        assert "已确认 300 / 300" in browser.get(f"{RUN}/review").text


# --- marked beside the judge -----------------------------------------------------------------------------------------


def next_key(reply):
    found = re.search(r'name="key" value="(\d+)"', reply.text)
    return found and int(found[1])


def test_the_judge_is_not_seen_before_a_person_has_marked(browser):
    text = browser.get(f"{QUEUE}/second").text
    main = text.partition("<main")[2].partition("</main>")[0]
    for trace in ("命中", "把握", "看到了相应的做法", "初评", "✓", "✗", "/ 8", "mark-", "small-model", "待复核"):
        assert trace not in main, trace
    assert "写出倾听、道歉等安抚客户情绪的做法" in main


def test_marking_goes_on_to_the_next_and_leaves_blank_answers_out(browser, folder):
    seen = []
    reply = browser.get(f"{QUEUE}/second")
    while (key := next_key(reply)) is not None:
        seen.append(key)
        reply = acted(browser, f"{QUEUE}/second", key=str(key), score="0")
        assert reply.status_code == 200
    assert sorted(seen) == [KEYS[one] for one in ("A01", "A02", "A04", "A05", "A07", "A08")]
    assert "都评过了" in reply.text
    assert said(folder, "A01").second[0].score == 0


@pytest.mark.parametrize("score", ["", " ", "8.1", "-1", "9", "五", "1e1", "nan", "3.333"])
def test_what_is_no_score_is_refused_and_zero_must_be_typed(browser, folder, score):
    reply = acted(browser, f"{QUEUE}/second", key="1", score=score)
    assert reply.status_code == 422
    assert "0 分也要写" in reply.text
    assert next_key(reply) == 1
    assert said(folder, "A01").second == ()


def test_full_width_digits_are_digits(browser, folder):
    acted(browser, f"{QUEUE}/second", key="1", score="７.５")
    assert said(folder, "A01").second[0].score == 7.5


def marked(browser, candidate, score, author="李四"):
    reply = acted(browser, f"{QUEUE}/second", key=str(KEYS[candidate]), score=score, author=author)
    assert reply.status_code == 200, reply.text


def test_exactly_at_the_tolerance_the_mean_is_proposed_and_beyond_it_somebody_must_arbitrate(browser, folder):
    marked(browser, "A01", "7.2")  # the judge: 8, a tenth of 8 apart
    marked(browser, "A04", "5.19")  # the judge: 6
    text = browser.get(f"{QUEUE}/scores").text
    disputed, agreeing = text.partition("允差以内 1")[::2]
    assert "待仲裁 1" in disputed
    assert blind(folder, "A04") in disputed
    assert blind(folder, "A01") in agreeing
    assert "<strong>7.5</strong>" in agreeing
    assert re.search(r"份数 2 · 加权一致性 QWK -?[\d.]+ · 平均相差（分） 0\.8", text)
    acted(browser, f"{QUEUE}/scores/accept")
    first, second = said(folder, "A01"), said(folder, "A04")
    assert (first.final.score, first.final.reason) == (7.5, "双评均分（AI 8，人 7.2）")
    assert first.confirmed is not None
    assert second.final is None


def test_a_third_person_arbitrates_and_sees_both_scores(browser, folder):
    marked(browser, "A04", "2")
    marked(browser, "A05", "8")
    path = f"{QUEUE}/arbitrate/{KEYS['A04']}"
    text = browser.get(path).text
    assert "二评 · 李四" in text
    assert "看到了相应的做法" in text
    for fields, words in (
        ({"author": "李四", "score": "4", "reason": "折中"}, "要由另一个人仲裁"),
        ({"score": "", "reason": "折中"}, "0 分也要写"),
        ({"score": "4", "reason": ""}, "理由"),
    ):
        refused = acted(browser, path, **fields)
        assert refused.status_code == 422
        assert words in refused.text
    reply = acted(browser, path, follow=False, score="4", reason="方案不完整")
    assert reply.headers["location"] == f"{QUEUE}/arbitrate/{KEYS['A05']}"
    last = acted(browser, reply.headers["location"], follow=False, score="8", reason="很完整")
    assert last.headers["location"].startswith(f"{QUEUE}/scores")
    found = said(folder, "A04")
    assert (found.final.score, found.final.author, found.final.reason) == (4, "陈老师", "方案不完整")
    assert found.confirmed is not None
    assert "待仲裁" not in browser.get(last.headers["location"]).text.partition("</nav>")[2]


def test_the_terms_of_a_question_are_kept_with_the_run(browser):
    marked(browser, "A04", "3")
    assert "待仲裁 1" in browser.get(f"{QUEUE}/scores").text
    acted(browser, f"{QUEUE}/terms", tolerance="3", checked="0", again="50")
    text = browser.get(f"{QUEUE}/scores").text
    assert "待仲裁 1" not in text
    assert re.findall(r'name="(?:tolerance|checked|again)"[^>]*value="([\d.]+)"', text) == ["3", "0", "50"]
    assert "抽查" not in re.findall(r'why-\w+">([^<]+)<', browser.get(f"{QUEUE}?show=all").text)
    assert browser.get(f"{RUN}/review/greeting/scores").text.count('value="0.8"') == 1


@pytest.mark.parametrize("wrong", [{"tolerance": "9"}, {"tolerance": ""}, {"checked": "101"}, {"again": "-1"}])
def test_terms_that_make_no_sense_are_refused(browser, wrong):
    fields = {"tolerance": "1", "checked": "20", "again": "5"} | wrong
    assert acted(browser, f"{QUEUE}/terms", **fields).status_code == 422


def test_a_share_of_what_somebody_marked_comes_once_more_and_says_how_far_they_agree(browser, folder):
    acted(browser, f"{QUEUE}/terms", tolerance="1", checked="20", again="25", author="李四")
    reply, again = browser.get(f"{QUEUE}/second"), []
    while (key := next_key(reply)) is not None:
        repeated = "再评一次" in reply.text
        again += [key] if repeated else []
        fields = {"again": "1"} if repeated else {}
        reply = acted(browser, f"{QUEUE}/second", key=str(key), score="5" if repeated else "4", author="李四", **fields)
    assert len(again) == 1
    text = browser.get(f"{QUEUE}/scores").text
    assert re.search(r"同一人前后两次</dt><dd>份数 1 · 加权一致性 QWK \S+ · 平均相差（分） 1\.00", text)


# --- the matrix ------------------------------------------------------------------------------------------------------


def test_the_matrix_has_a_symbol_and_a_word_in_every_cell_and_ranks_nobody(browser, folder):
    text = browser.get(f"{RUN}/matrix?rubric=complaint").text
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = re.findall(r'<td class="(hit|partial|missed|unscored)">(.)<i>([^<]+)</i></td>', body)
    assert len(cells) == 8 * 3
    assert {
        ("hit", "✓", "命中"),
        ("partial", "◐", "部分"),
        ("missed", "✗", "未命中"),
        ("unscored", "?", "未判定"),
    } == set(cells)
    order = re.findall(r'class="who">(\w+)<', body)
    assert order == [blind(folder, candidate) for candidate in ANSWERS]
    assert "排名" not in body
    assert "第 1" not in body


def test_the_matrix_is_sorted_by_hits_and_equals_stay_as_in_the_source(browser, folder):
    text = browser.get(f"{RUN}/matrix?rubric=complaint&sort=hits").text
    order = re.findall(r'class="who">(\w+)<', text.partition("<tbody>")[2])
    assert order == [blind(folder, one) for one in ("A01", "A04", "A08", "A05", "A02", "A07", "A03", "A06")]


def test_what_people_conclude_of_a_candidate_stands_beside_and_can_be_taken_back(browser, folder):
    fields = {"key": "2", "rubric": "complaint", "sort": "hits"}
    reply = acted(browser, f"{RUN}/matrix/decide", follow=False, text="约面试 <b>", **fields)
    assert reply.headers["location"] == f"{RUN}/matrix?rubric=complaint&sort=hits#c-2"
    assert "约面试 &lt;b&gt;" in browser.get(f"{RUN}/matrix").text
    acted(browser, f"{RUN}/matrix/decide", text="", **fields)
    assert "约面试" not in browser.get(f"{RUN}/matrix").text
    with Journal(folder / "runs" / "run.sqlite3") as journal:
        assert [act.kind for act in journal.audit.of(subject_of("A02", "*"))] == ["note", "unnote"]
    assert acted(browser, f"{RUN}/matrix/decide", text="x", key="99").status_code == 404


def test_the_file_for_a_spreadsheet_holds_no_formula(tmp_path):
    good = (Level.HIT, Level.HIT, Level.HIT)
    make_run(
        tmp_path,
        answers={"=1+1": ("@x", "先耐心倾听", good, 0.9, False), "B": ("乙", "换货", good, 0.8, True)},
        rubrics=(RUBRIC,),
    )
    with opened(tmp_path) as browser:
        acted(browser, f"{RUN}/matrix/decide", key="2", text="=HYPERLINK(1)")
        acted(browser, f"{RUN}/review/names", show="1")
        reply = browser.get(f"{RUN}/matrix.csv")
    assert reply.content.startswith(b"\xef\xbb\xbf")
    head, first, second = csv.reader(io.StringIO(reply.content.decode("utf-8-sig")))
    assert head[-1] == "AI 辅助初评，最终由人决定"
    assert first[0] == "'=1+1 @x"
    assert first[1:6] == ["8 / 8", "✓ 命中", "✓ 命中", "✓ 命中", "3"]
    assert second[6:9] == ["'=HYPERLINK(1)", "陈老师", "初评"]


def test_three_hundred_candidates_and_sixty_key_points_are_one_page_of_bearable_size(tmp_path):
    points = tuple(RUBRIC.key_points[0].model_copy(update={"id": f"p{number}", "points": 1}) for number in range(60))
    wide = RUBRIC.model_copy(update={"key_points": points, "max_score": 60})
    levels = tuple(list(Level)[number % 4] for number in range(60))
    people = {f"C{number:04}": (f"人{number}", f"第 {number} 份答案", levels, 0.5, True) for number in range(300)}
    make_run(tmp_path, answers=people, rubrics=(wide,))
    with opened(tmp_path, rubrics=(wide,)) as browser:
        reply = browser.get(f"{RUN}/matrix")
        assert reply.text.count("<i>") == 300 * 60
        assert len(reply.content) < 1_500_000
        assert "第 1 页" not in reply.text


def test_more_than_a_page_holds_goes_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluator.web.reviewing.matrix._MOST_CELLS", 8)
    monkeypatch.setattr("evaluator.web.reviewing.matrix._LEAST_LINES", 3)
    make_run(tmp_path)
    with opened(tmp_path, rubrics=(RUBRIC, SECOND)) as browser:
        pages = [browser.get(f"{RUN}/matrix?page={number}").text for number in (1, 3, "99", "x")]
    counts = [text.count('id="c-') for text in pages]
    assert counts == [3, 2, 2, 3]
    assert "第 3 页，共 3 页" in pages[1]
