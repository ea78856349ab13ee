"""Rubrics in the page, without a browser."""

import asyncio
import hashlib
import html
import re
import time
from contextlib import contextmanager

import pytest
from small_rubric import ANSWER, RUBRIC
from starlette.testclient import TestClient
from web_client import ORIGIN, Browser, opened

from evaluator.api import score_batch
from evaluator.batch.answers import Answers
from evaluator.batch.blinding import Blinded, blinding_secret
from evaluator.batch.journalled import Journalled
from evaluator.batch.session import opened as opened_run
from evaluator.batch.session import runs
from evaluator.grader import Grader
from evaluator.judging import KeywordJudge
from evaluator.models import Level, Provenance, SourceSpan
from evaluator.resources import folder
from evaluator.rubrics import content_hash, load, parse, write
from evaluator.settings import load as settings
from evaluator.store import SqliteStore
from evaluator.web import create_app

SHIPPED = "csm-02-performance-drop"
SORRY, REFUND, VISIT = "我会真诚道歉，请他消气。", "我马上给他退款或换货的办法。", "事后我会回访客户，问问情况。"
SCRIPT = "<script>alert('x')</script>\"'&<b>"


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def fields_of(page):
    """What a browser would send with the form of this page."""
    form = re.search(r'<form[^>]*id="editing".*?</form>', page, re.DOTALL)[0]
    found = {
        name: html.unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    found |= {name: html.unescape(text) for name, text in texts}
    return found | {"status": re.search(r'value="(\w+)" selected', form)[1]} if "text" not in found else found


def edited(browser, changes, rubric=RUBRIC.id, do="preview"):
    """The reply to the form with these fields changed."""
    fields = fields_of(browser.get(f"/rubrics/{rubric}/edit").text) | changes
    return browser.post(f"/rubrics/{rubric}/edit", **fields | {"do": do})


def saved(browser, preview, **more):
    """The reply to what the page that shows who changes would send."""
    page = preview.text
    text = html.unescape(re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1])
    version = re.search(r'name="version" value="(\w+)"', page)[1]
    ticked = dict.fromkeys(re.findall(r'name="([^"]+)" checked', page), "on")
    rubric = re.search(r'action="/rubrics/([\w-]+)/save"', page)[1]
    back = {"back": "1"} if 'name="back" value="1"' in page else {}
    sent = {"text": text, "version": version, "author": "李老师"} | back | ticked | more
    return browser.post(f"/rubrics/{rubric}/save", **{name: value for name, value in sent.items() if value is not None})


@contextmanager
def with_shipped(tmp_path):
    """The page with the rubrics of the program and those of a data folder of its own."""
    found = settings({"judge": "keyword", "data_dir": tmp_path}, env={}, cwd=tmp_path)
    with SqliteStore(found.store_path) as store, TestClient(create_app(found, store), base_url=ORIGIN) as client:
        yield Browser(client, store)


def weights(comfort, solve, visit):
    return {f"key_points[{index}].points": str(points) for index, points in enumerate((comfort, solve, visit))}


# --- reading ---


def test_a_rubric_is_found_by_words_paper_and_state(tmp_path):
    (tmp_path / "rubrics").mkdir()
    write(
        RUBRIC.model_copy(update={"id": "other", "status": "draft", "question": "另一道题"}),
        tmp_path / "rubrics" / "o.yaml",
    )
    with opened(tmp_path) as browser:
        assert "2 份细则" in browser.get("/rubrics").text
        assert "1 份细则" in browser.get("/rubrics?q=投诉 回访").text
        drafts = browser.get("/rubrics?status=draft").text
        assert "另一道题" in drafts
        assert RUBRIC.question not in drafts
        assert "没有符合条件的细则" in browser.get("/rubrics?q=nothing").text


def test_a_rubric_shows_every_field_and_where_its_key_points_come_from(tmp_path):
    points = list(RUBRIC.key_points)
    points[0] = points[0].model_copy(update={"source": SourceSpan(part="analysis", start=30, end=34, words="先安抚他")})
    points[2] = points[2].model_copy(update={"source": SourceSpan(part="reference", start=9, end=12, words="回访他")})
    paper = Provenance(paper="客服面试题", sha256="0" * 64, section="情景题", number="3")
    rubric = RUBRIC.model_copy(
        update={"key_points": tuple(points), "reference": "道歉，三天后回访他。", "provenance": paper}
    )
    with opened(tmp_path, rubrics=[rubric]) as browser:
        page = browser.get("/rubrics/complaint").text
    for point in rubric.key_points:
        assert all(text in page for text in (point.name, point.hit, point.partial, point.follow_up, *point.accept))
    for text in ("让客户自己修", "答案把责任推给客户。", "客服面试题", "第 3 题", content_hash(rubric)[:8]):
        assert text in page
    assert '<mark id="w1" data-points="1"' in page
    assert 'href="#k-comfort"' in page
    assert 'href="#w1" data-point="1">先安抚他' in page
    assert '<mark data-points="3">回访他</mark>' in page
    assert "没有 partial" in page  # what the linter says stands beside the key point
    assert page.index("没有 partial") > page.index('id="k-return-visit"')


def test_markup_in_every_field_is_shown_and_never_obeyed(tmp_path):
    points = tuple(
        one.model_copy(update=dict.fromkeys(("name", "hit", "partial", "follow_up"), SCRIPT) | {
            "accept": (SCRIPT,), "reject": (SCRIPT + "!",), "source": SourceSpan(part="analysis", start=1, end=2, words=SCRIPT),
        }) for one in RUBRIC.key_points
    )  # fmt: skip
    rubric = RUBRIC.model_copy(
        update={
            "question": SCRIPT, "reference": SCRIPT, "tests": (SCRIPT,), "key_points": points,
            "deductions": (RUBRIC.deductions[0].model_copy(update={"name": SCRIPT, "when": SCRIPT}),),
            "provenance": Provenance(paper=SCRIPT, sha256="0" * 64, section=SCRIPT, number=SCRIPT),
        }
    )  # fmt: skip
    with opened(tmp_path, rubrics=[rubric]) as browser:
        browser.scored(SCRIPT, candidate=SCRIPT)
        pages = [
            browser.get(path)
            for path in ("/rubrics", "/rubrics/complaint", "/rubrics/complaint/edit", "/rubrics/complaint/edit?as=yaml")
        ]
        pages += [edited(browser, weights(4, 2, 2)), edited(browser, weights(4, 2, 2) | {"version": "old"})]
        pages += [edited(browser, {"max_score": SCRIPT})]
        plain = browser.get("/rubrics/complaint/yaml")
    for page in pages:
        assert "alert(&#39;x&#39;)" in page.text
        assert "<script>alert" not in page.text
        assert "<b>" not in page.text
    assert plain.headers["content-type"].startswith("text/plain")


# --- editing ---


@pytest.mark.parametrize(
    ("changes", "at", "said"),
    [
        ({"key_points[0].points": "abc"}, "key_points[0].points", "这里要写数，不是 'abc'。写一个 0 或更大的数"),
        ({"key_points[0].points": ""}, "key_points[0].points", "没有写内容"),
        ({"key_points[0].points": "-1"}, "key_points[0].points", "不能小于 0"),
        ({"key_points[0].points": "3"}, "max_score", "得分点合计 9.0 分，满分写的是 8 分。改满分或各点的分值"),
        ({"question": " "}, "question", "不能为空。写上内容"),
        ({"key_points[1].name": ""}, "key_points[1].name", "不能为空。写上内容"),
        ({"deductions[0].when": ""}, "deductions[0].when", "不能为空"),
        ({"partial_share": "2"}, "partial_share", "不能大于 1。写一个 0 到 1 的数"),
        ({"key_points[0].id": "solve"}, "key_points[1]", "id 'solve' 重复"),
        ({"key_points[0].hit": ""}, "key_points[0]", "谁也不知道怎样才算命中"),
        ({"key_points[0].hit": "回答合理、清晰。"}, "key_points[0].hit", "没有可核对的内容"),
        ({"key_points[0].accept": "管理\n退款或换货"}, "key_points[0].accept", "太常见"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_as_one_types(browser, changes, at, said):
    fields = fields_of(browser.get("/rubrics/complaint/edit").text) | changes
    notes = browser.post("/rubrics/complaint/check", **fields).json()["notes"]
    assert said in " ".join(note["text"] for note in notes[at])


def test_without_a_script_the_same_is_told_when_the_form_is_sent_and_all_that_was_typed_is_there(browser):
    reply = edited(browser, {"key_points[0].points": "many", "key_points[1].hit": "我写的新标准"})
    assert reply.status_code == 422
    place = re.search(r'data-at="key_points\[0\]\.points"[^>]*>(.*?)</div>', reply.text, re.DOTALL)[1]
    assert "这里要写数" in place
    assert 'name="key_points[0].points" value="many"' in reply.text
    assert "我写的新标准" in reply.text
    assert "有 1 处要改" in reply.text


def test_points_are_summed_while_one_types_and_full_width_digits_are_digits(browser):
    fields = fields_of(browser.get("/rubrics/complaint/edit").text)
    check = lambda points: browser.post("/rubrics/complaint/check", **fields | {"key_points[0].points": points}).json()  # noqa: E731
    assert (check("２")["sum"], check("２")["agrees"]) == ("得分点合计 8 分，与满分 8 分一致", True)
    assert (check("5")["sum"], check("5")["agrees"]) == ("得分点合计 11 分，满分写的是 8 分", False)


@pytest.mark.parametrize(
    ("todo", "order"),
    [
        ("up:key_points:1", ["solve", "comfort", "return-visit"]),
        ("down:key_points:1", ["comfort", "return-visit", "solve"]),
        ("up:key_points:0", ["comfort", "solve", "return-visit"]),
        ("down:key_points:99", ["comfort", "solve", "return-visit"]),
        ("remove:key_points:1", ["comfort", "return-visit"]),
        ("add:key_points", ["comfort", "solve", "return-visit", "kp1"]),
        ("explode:key_points:1", ["comfort", "solve", "return-visit"]),
        ("remove:key_points:x", ["comfort", "solve", "return-visit"]),
    ],
)
def test_key_points_are_added_removed_and_moved_with_what_was_typed(browser, tmp_path, todo, order):
    before = (tmp_path / "rubrics" / "complaint.yaml").read_bytes()
    page = edited(browser, {"key_points[0].name": "改过的名字"}, do=todo).text
    fields = fields_of(page)
    assert [fields[f"key_points[{index}].id"] for index in range(len(order))] == order
    assert f"key_points[{len(order)}].id" not in fields
    assert fields[f"key_points[{order.index('comfort')}].name"] == "改过的名字"
    assert (tmp_path / "rubrics" / "complaint.yaml").read_bytes() == before


def test_deductions_too_and_a_form_that_says_nothing_is_no_disaster(browser):
    fields = fields_of(edited(browser, {}, do="add:deductions").text)
    assert fields["deductions[1].id"] == "minus1"
    assert "deductions[0].id" not in fields_of(edited(browser, {}, do="remove:deductions:0").text)
    assert browser.post("/rubrics/complaint/edit", do="preview").status_code == 422


def test_the_form_leaves_alone_what_it_does_not_show(tmp_path):
    source = SourceSpan(part="analysis", start=3, end=7, words="安抚情绪")
    points = (
        RUBRIC.key_points[0].model_copy(update={"source": source, "from_model": ("hit", "partial")}),
        *RUBRIC.key_points[1:],
    )
    rubric = RUBRIC.model_copy(update={"key_points": points, "tests": ("沟通",), "rounding": 1.0})
    with opened(tmp_path, rubrics=[rubric]) as browser:
        saved(browser, edited(browser, {"key_points[0].hit": "人写的句子：先道歉。"}))
        now = load(tmp_path / "rubrics" / "complaint.yaml")
    assert now.key_points[0].source == source
    assert now.key_points[0].from_model == ("partial",)  # the other sentence is a person's now
    assert (now.tests, now.rounding, now.deductions) == (rubric.tests, rubric.rounding, rubric.deductions)


def test_as_yaml_mistakes_are_told_by_line_and_comments_stay(browser, tmp_path):
    file = tmp_path / "rubrics" / "complaint.yaml"
    text = file.read_text("utf-8").replace("max_score: 8", "max_score: 8  # 和试卷一致")
    wrong = browser.post(
        "/rubrics/complaint/edit", text=text.replace("points: 4", "points: vier"), version="x", do="preview"
    )
    assert wrong.status_code == 422
    assert re.search(r"第 \d+ 行：key_points\[1\]\.points: 这里要写数", html.unescape(wrong.text))
    other = browser.post(
        "/rubrics/complaint/edit", text=text.replace("id: complaint", "id: other"), version="x", do="preview"
    )
    assert "编号要保持 complaint" in other.text
    version = fields_of(browser.get("/rubrics/complaint/edit?as=yaml").text)["version"]
    preview = browser.post("/rubrics/complaint/edit", text=text.replace("\n", "\r\n"), version=version, do="preview")
    assert saved(browser, preview).status_code == 200
    assert file.read_text("utf-8") == text
    assert "用表单保存会去掉注释" in browser.get("/rubrics/complaint/edit").text


# --- where it is kept ---


def test_a_file_of_ones_own_is_edited_in_place_and_its_last_version_kept_beside(browser, tmp_path):
    file = tmp_path / "rubrics" / "complaint.yaml"
    before = file.read_text("utf-8")
    page = saved(browser, edited(browser, weights(4, 2, 2))).text
    assert "已保存" in page
    assert [point.points for point in load(file).key_points] == [4, 2, 2]
    assert file.with_name("complaint.yaml.bak").read_text("utf-8") == before
    assert [act.kind for act in browser.store.audit.of("complaint")] == ["rubric"]
    act = browser.store.audit.of("complaint")[0]
    assert (act.author, act.body) == ("李老师", {"old": content_hash(RUBRIC), "new": content_hash(load(file))})


def test_a_shipped_rubric_is_never_touched_and_can_be_gone_back_to(tmp_path):
    def shipped():
        return {
            file: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder("rubrics").rglob("*"))
            if file.is_file()
        }

    before = shipped()
    copy = tmp_path / "rubrics" / f"{SHIPPED}.yaml"
    with with_shipped(tmp_path) as browser:
        assert "这是软件自带的细则，不会被改动" in browser.get(f"/rubrics/{SHIPPED}/edit").text
        assert browser.scored("我排班不合理。", rubric=SHIPPED)
        preview = edited(browser, weights(4, 2, 2), rubric=SHIPPED)
        assert "2.5 / 8 → <strong>4 / 8</strong>" in preview.text
        page = saved(browser, preview).text
        assert "与自带版本的差别" in page
        assert "识别管理问题 · 分值：2.67 → 4" in page
        assert load(copy).key_points[0].points == 4
        assert browser.score("我排班不合理。", rubric=SHIPPED).text.count("4 / 8")
        back = browser.post(f"/rubrics/{SHIPPED}/edit", do="shipped")
        assert copy.exists()  # nothing happens before somebody says yes
        assert "4 / 8 → <strong>2.5 / 8</strong>" in back.text
        assert "已回到自带版本" in saved(browser, back).text
        assert not copy.exists()
        assert "与自带版本的差别" not in browser.get(f"/rubrics/{SHIPPED}").text
        assert browser.post(f"/rubrics/{SHIPPED}/edit", do="shipped").status_code == 404
    assert parse(copy.with_name(f"{copy.name}.bak").read_text("utf-8")).key_points[0].points == 4
    assert shipped() == before


def test_of_two_people_who_edit_at_once_the_second_sees_both_and_loses_nothing(browser, tmp_path):
    first, second = (fields_of(browser.get("/rubrics/complaint/edit").text) for _ in range(2))
    early = browser.post("/rubrics/complaint/edit", **second | {"question": "第二个人的题干", "do": "preview"})
    saved(browser, browser.post("/rubrics/complaint/edit", **first | {"question": "第一个人的题干", "do": "preview"}))
    late = saved(browser, early)
    assert late.status_code == 409
    for text in ("别人也改了这份细则", "第一个人的题干", "第二个人的题干"):
        assert text in late.text
    assert load(tmp_path / "rubrics" / "complaint.yaml").question == "第一个人的题干"
    again = browser.post("/rubrics/complaint/edit", **second | {"question": "第二个人的题干", "do": "preview"})
    assert again.status_code == 409
    version, text = re.search(
        r'name="version" value="(\w+)">\n?<textarea id="text"[^>]*>\n(.*?)</textarea>', again.text, re.DOTALL
    ).groups()
    mine = browser.post("/rubrics/complaint/edit", text=html.unescape(text), version=version, do="preview")
    assert saved(browser, mine).status_code == 200
    assert load(tmp_path / "rubrics" / "complaint.yaml").question == "第二个人的题干"


def test_who_saves_gives_a_name(browser, tmp_path):
    before = (tmp_path / "rubrics" / "complaint.yaml").read_bytes()
    reply = saved(browser, edited(browser, weights(4, 2, 2)), author=" ")
    assert reply.status_code == 422
    assert "请写下你的名字" in reply.text
    assert (tmp_path / "rubrics" / "complaint.yaml").read_bytes() == before


# --- who changes ---


def rows(page):
    """Who, the two scores and the difference of each line of the table."""
    cells = re.findall(
        r"<tr><th scope=\"row\"><a[^>]*>(.*?)</a>.*?</th>\n<td>(.*?)</td><td>(.*?)</td>", page, re.DOTALL
    )
    return [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in cells]


def test_who_changes_is_what_scoring_by_hand_says(browser):
    for who, text in (("甲", ANSWER), ("乙", SORRY), ("丙", REFUND)):
        browser.scored(text, candidate=who)
    visit = browser.scored(VISIT, candidate="丁")
    browser.store.add_override(visit, "comfort", Level.HIT, "王老师", "口头道过歉")
    browser.scored(VISIT.replace("。", "。\n"), candidate="丁")  # the same answer again: counted once, by its newest
    browser.store.add_override(browser.store.list(limit=1)[0].id, "comfort", Level.HIT, "王老师", "口头道过歉")
    preview = edited(browser, weights(5, 2, 1))
    # comfort 2 → 5, solve 4 → 2, return-visit 2 → 1: 乙 2 → 5, 丙 4 → 2, 丁 2 + 2 → 1 + 5, 甲 8 → 8
    assert rows(preview.text) == [
        ("乙", "2 / 8 → 5 / 8", "+3"),
        ("丁", "4 / 8 → 6 / 8", "+2"),
        ("丙", "4 / 8 → 2 / 8", "-2"),
    ]
    assert "3 份答案的得分会变" in preview.text
    assert "2 份升，1 份降，平均 +1.00 分" in preview.text
    assert "1 份不变" in preview.text
    assert preview.text.count("有改判：安抚情绪") == 1
    assert "不调用模型" in preview.text


def test_weights_score_the_history_anew_without_a_call(browser):
    for who, text in (("乙", SORRY), ("丁", VISIT)):
        last = browser.scored(text, candidate=who)
    browser.store.add_override(last, "comfort", Level.HIT, "王老师", "口头道过歉")
    page = saved(browser, edited(browser, weights(5, 2, 1))).text
    assert "历史中 2 份答案有了新的得分" in page
    records = browser.store.list(rubric="complaint")
    assert [(one.candidate, one.grade.score) for one in records] == [("丁", 1), ("乙", 5), ("丁", 2), ("乙", 2)]
    assert f"scored anew from {records[2].id}: edited rubric" in records[0].grade.trace.notes
    assert records[0].grade.trace.key == records[2].grade.trace.key  # the same verdicts
    layer = browser.store.overrides(records[0].id)[0]
    assert (layer.key_point, layer.author, layer.reason) == ("comfort", "王老师", "口头道过歉")
    assert "6 / 8" in browser.get(f"/grades/{records[0].id}").text
    # A grade that was given before is no longer what changes when the points do once more.
    assert rows(edited(browser, weights(2, 4, 2)).text) == [
        ("乙", "5 / 8 → 2 / 8", "-3"),
        ("丁", "6 / 8 → 4 / 8", "-2"),
    ]
    assert "还没有用这份细则评过答案" in edited(browser, {}).text


def test_what_is_not_ticked_stays(browser):
    browser.scored(SORRY)
    page = saved(browser, edited(browser, weights(5, 2, 1)), rescore=None).text
    assert "已保存" in page
    assert "有了新的得分" not in page
    assert [one.grade.score for one in browser.store.list()] == [2]


def test_a_rubric_that_was_approved_no_longer_asks_for_review_of_what_it_scored(tmp_path):
    with opened(tmp_path, rubrics=[RUBRIC.model_copy(update={"status": "draft"})]) as browser:
        browser.scored(SORRY)
        saved(browser, edited(browser, weights(5, 2, 1) | {"status": "reviewed"}))
        reasons = [one.grade.review_reasons for one in browser.store.list()]
    assert ["draft_rubric" in one for one in reasons] == [False, True]


def test_another_wording_judges_again_just_what_it_touches(browser):
    first = browser.scored(SORRY, candidate="乙")
    browser.store.add_override(first, "solve", Level.PARTIAL, "王老师", "面谈时说过")
    preview = edited(browser, {"key_points[0].accept": "赔个不是", "key_points[1].hit": "写出退款的办法。"})
    assert rows(preview.text) == [("乙", "4 / 8", "?")]
    assert "1 份要重新判定才知道" in preview.text
    assert "有改判：给出方案" in preview.text
    saved(browser, preview, again="on")
    for _ in range(100):
        if "已完成 1 / 1 份" in browser.get("/rubrics/complaint").text:
            break
        time.sleep(0.05)
    newest, oldest = browser.store.list(rubric="complaint")
    assert oldest.id == first
    assert (oldest.grade.score, newest.grade.score) == (2, 0)
    assert newest.grade.trace.rubric_hash != oldest.grade.trace.rubric_hash
    assert browser.store.overrides(newest.id)[0].author == "王老师"


def judged_again(browser, told):
    for _ in range(200):
        if told in browser.get("/rubrics/complaint").text:
            return True
        time.sleep(0.05)
    return False


class AllAtOnce:
    """Gives no verdict before so many answers are with it."""

    name, key = "keyword", "all at once"

    def __init__(self, several):
        self.several = several
        self.waiting, self.gone_on = 0, asyncio.Event()

    async def judge(self, task):
        self.waiting += 1
        if self.waiting >= self.several:
            self.gone_on.set()
        await self.gone_on.wait()
        return await KeywordJudge().judge(task)


def test_what_is_judged_at_the_same_time_is_counted_one_by_one(tmp_path):
    with opened(tmp_path, judge=AllAtOnce(3)) as browser:
        for text in (SORRY, REFUND, VISIT):
            grade = asyncio.run(Grader(KeywordJudge()).grade(RUBRIC, text))
            browser.store.add_grade(grade, answer=text, key="", rubric=RUBRIC)
        saved(browser, edited(browser, {"key_points[0].accept": "请他消气"}), again="on")
        assert judged_again(browser, "已完成 3 / 3 份")


def test_what_was_deleted_meanwhile_is_not_judged_again(tmp_path):
    with opened(tmp_path) as browser:
        first = browser.scored(SORRY, candidate="甲")
        browser.scored(REFUND, candidate="乙")
        preview = edited(browser, {"key_points[0].accept": "请他消气"})
        found = browser.store.list()
        browser.store.list = lambda **_: found  # as it stood when the work was begun
        browser.store.delete(first)
        saved(browser, preview, again="on")
        del browser.store.list
        assert judged_again(browser, "已完成 1 / 2 份")
        assert browser.store.list(candidate="甲") == ()


def finished_run(tmp_path):
    place = tmp_path / "rubrics"
    place.mkdir()
    write(RUBRIC, place / "complaint.yaml")
    table = tmp_path / "answers.csv"
    table.write_text(f"candidate,complaint\n甲,{SORRY}\n乙,{REFUND}\n丙,{SORRY}\n", encoding="utf-8")
    score_batch(table, [tmp_path / "out.jsonl"], rubrics=[place], judge="keyword", data_dir=tmp_path)
    return runs(settings({"data_dir": tmp_path}, env={}, cwd=tmp_path))[0]


def in_run(path):
    with opened_run(path) as journal:
        return [(row.candidate, row.grade and row.grade.score) for row in Answers(journal).of("complaint")]


def test_a_finished_run_is_scored_anew_where_that_is_ticked(tmp_path):
    path = finished_run(tmp_path)
    with opened(tmp_path) as browser:
        preview = edited(browser, weights(5, 2, 1))
        with opened_run(path) as journal:  # nobody is named before the run was reviewed
            named = Blinded(Journalled(journal), blinding_secret(tmp_path)).id_of
        assert rows(preview.text) == [
            (named("甲"), "2 / 8 → 5 / 8", "+3"),
            (named("丙"), "2 / 8 → 5 / 8", "+3"),
            (named("乙"), "4 / 8 → 2 / 8", "-2"),
        ]
        assert in_run(path) == [("甲", 2), ("乙", 4), ("丙", 2)]
        assert "1 个批次已改用新细则" in saved(browser, preview).text
    assert in_run(path) == [("甲", 5), ("乙", 2), ("丙", 5)]


def test_after_another_wording_a_run_waits_where_that_is_ticked_and_is_left_alone_where_not(tmp_path):
    path = finished_run(tmp_path)
    with opened(tmp_path) as browser:
        preview = edited(browser, {"key_points[0].accept": "请他消气"})
        assert f'name="run:{path.stem}">' in preview.text  # not ticked by itself
        saved(browser, preview)
        assert in_run(path) == [("甲", 2), ("乙", 4), ("丙", 2)]
        page = saved(browser, edited(browser, {}), **{f"run:{path.stem}": "on"}).text
        assert "等下次评分时重新判定" in page
    assert in_run(path) == [("甲", None), ("乙", None), ("丙", None)]


def test_a_run_that_somebody_works_on_is_left_out_and_told(tmp_path):
    path = finished_run(tmp_path)
    with opened(tmp_path) as browser, opened_run(path):
        page = edited(browser, weights(5, 2, 1)).text
        assert f"{path.stem}：" in page
        assert "正由另一个进程运行" in page


# --- drafting ---

PAPER = """仓库管理员面试题

一、情景题（共2题，每题10分）

1. 到货数量与送货单不符，你会怎么做？
参考答案：先当面清点并请司机签字确认，再通知采购。
解析：答案要体现“当面清点”、“签字确认”和“通知采购”。

2. 夜里发现货架倾斜，你会怎么做？

二、单选题（每题2分）

1. 先进先出说的是什么？
A. 先到的货先发
B. 后到的货先发
答案：A
解析：先到的先发。
"""


def handed_in(browser, name="仓库.txt", content=PAPER):
    return browser.client.post("/rubrics/draft", data={"csrf": browser.token()}, files={"file": (name, content)})


def test_a_paper_becomes_questions_and_those_chosen_become_drafts(browser, tmp_path):
    page = handed_in(browser)
    assert "读到 3 道题" in page.text
    assert "没有参考答案和解析" in page.text
    assert "没读懂或要核对的地方" in page.text
    names = re.findall(r'name="(q-[\w-]+)"', page.text)
    assert len(names) == 2
    form = browser.post(str(page.url.path), **{names[0]: "on"})
    assert form.url.path.endswith("/edit")
    made = load(next((tmp_path / "rubrics").glob("*-1-01.yaml")))
    assert (made.status, [point.name for point in made.key_points]) == ("draft", ["当面清点", "签字确认", "通知采购"])
    assert made.key_points[0].source.words in form.text
    again = browser.get(page.url.path).text
    assert [(act.kind, act.subject) for act in browser.store.audit.all()] == [("rubric", made.id)]
    assert "已经起草过" in again
    assert re.findall(r'name="(q-[\w-]+)"', again) == names[1:]
    assert "请至少选一道" in browser.post(str(page.url.path)).text


def test_what_somebody_else_drafted_at_the_same_moment_is_left_alone(browser, tmp_path):
    page = handed_in(browser, "ware.txt")
    theirs = RUBRIC.model_copy(update={"id": "ware-1-01"})
    write(theirs, tmp_path / "rubrics" / "ware-1-01.yaml")
    reply = browser.post(str(page.url.path), **{"q-ware-1-01": "on"})
    assert reply.status_code == 422
    assert load(tmp_path / "rubrics" / "ware-1-01.yaml") == theirs
    assert not list(browser.store.audit.all())


def test_a_draft_takes_no_id_that_another_rubric_has(tmp_path):
    (tmp_path / "rubrics").mkdir()
    write(RUBRIC.model_copy(update={"id": "ware-1-01"}), tmp_path / "rubrics" / "w.yaml")
    with opened(tmp_path) as browser:
        page = handed_in(browser, "ware.txt")
        assert re.search(r"ware-[0-9a-f]{6}-1-01", page.text)
        assert "已经起草过" not in page.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.exe", b"MZ", "这种文件读不了"), ("a.docx", b"PK\x03\x04nonsense", "已损坏"), ("a.txt", b"   ", "文件是空的")],
)
def test_a_file_that_is_no_paper_is_told_beside_the_form(browser, tmp_path, name, content, said):
    reply = handed_in(browser, name, content)
    assert reply.status_code == 422
    assert said in reply.text
    assert 'type="file"' in reply.text
    assert not list((tmp_path / "uploads").glob("*/file.*"))


def test_a_text_without_questions_and_no_file_at_all_say_so(browser):
    assert "没有读到题目" in handed_in(browser, content="今天天气很好。").text
    reply = browser.client.post("/rubrics/draft", data={"csrf": browser.token()}, files={"file": ("", b"")})
    assert "请先选择一个文件" in reply.text


# --- nothing else ---


@pytest.mark.parametrize(
    "path", ["nobody", "nobody/edit", "nobody/yaml", "draft/0123456789abcdef", "draft/..%2f..", "..%2f..%2fetc"]
)
def test_what_is_not_there_is_a_404(browser, path):
    assert browser.get(f"/rubrics/{path}").status_code == 404


@pytest.mark.parametrize("path", ["nobody/edit", "nobody/check", "nobody/save", "draft/0123456789abcdef"])
def test_nothing_is_sent_to_what_is_not_there(browser, path):
    assert browser.post(f"/rubrics/{path}", do="preview", author="甲").status_code == 404


@pytest.mark.parametrize("path", ["edit", "check", "save"])
def test_a_form_that_is_not_ours_is_refused(browser, tmp_path, path):
    before = (tmp_path / "rubrics" / "complaint.yaml").read_bytes()
    reply = browser.client.post(
        f"/rubrics/complaint/{path}", data={"csrf": "no", "text": "id: complaint", "author": "甲"}
    )
    assert reply.status_code == 403
    assert (tmp_path / "rubrics" / "complaint.yaml").read_bytes() == before
