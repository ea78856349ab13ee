"""The page as a recruiter uses it, without a browser."""

import asyncio
import json
import subprocess
import sys

import pytest
from small_rubric import ANSWER, RUBRIC
from web_client import opened

from evaluator.grader import Grader
from evaluator.judging import KeywordJudge
from evaluator.models import KeyPoint, Level, QuestionKind, Rubric
from evaluator.rubrics import write
from evaluator.settings import load
from evaluator.testing import ScriptedJudge


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def test_the_front_page_offers_every_question_with_points_and_its_id(browser):
    page = browser.get("/").text
    assert RUBRIC.question in page
    assert 'value="complaint"' in page
    assert "8 分 · 3 个得分点" in page
    assert "关键词评分器" in page


def test_an_answer_becomes_a_grade_with_a_page_of_its_own(browser):
    reply = browser.score(ANSWER, candidate="王小明")
    assert reply.url.path.startswith("/grades/")
    for words in ("8 / 8", "命中", "安抚情绪", "王小明", "AI 辅助初评，最终由人决定", "关键词（下限参考）"):
        assert words in reply.text
    assert "由关键词评分器初判" in reply.text
    kept = browser.store.list()[0]
    assert (kept.answer, kept.candidate, kept.id) == (ANSWER, "王小明", reply.url.path.split("/")[-1])


def test_page_and_json_and_command_line_give_the_same_grade(browser, tmp_path):
    own = asyncio.run(Grader(KeywordJudge()).grade(RUBRIC, ANSWER)).model_dump(mode="json", by_alias=True)
    shown = browser.store.get(browser.scored(ANSWER)).grade.model_dump(mode="json", by_alias=True)
    replied = browser.client.post("/api/score", json={"rubric": "complaint", "answer": ANSWER}).json()
    command = [sys.executable, "-m", "evaluator", "score", "-r", str(tmp_path / "rubrics" / "complaint.yaml")]
    printed = subprocess.run(
        [*command, "--judge", "keyword", "-f", "json", "--no-save"],
        input=ANSWER,
        capture_output=True,
        text=True,
        check=True,
    )
    for grade in (shown, replied, json.loads(printed.stdout)):
        assert {**grade, "trace": {**grade["trace"], "created": "", "cached": False}} == {
            **own, "trace": {**own["trace"], "created": "", "cached": False}
        }  # fmt: skip


def test_evidence_is_marked_in_the_answer_and_linked_both_ways(browser):
    page = browser.score(ANSWER).text
    assert '<mark id="s' in page
    assert 'href="#p-comfort"' in page
    assert 'id="p-comfort"' in page
    assert 'href="#s1" data-point="1"' in page
    assert "得分点 1 的依据 开始" in page


def test_a_missed_point_brings_its_follow_up_question(browser):
    page = browser.score("当天给出退款或换货的办法。").text
    assert page.count("客户一直骂，你第一句话说什么？") == 2  # on top, and at the point
    assert page.index("客户一直骂") < page.index("答案</h2>")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rubric": "complaint", "answer": " \n"}, "请先粘贴答案"),
        ({"rubric": "", "answer": "x"}, "请先选择一道题目"),
        ({"rubric": "../complaint", "answer": "x"}, "请先选择一道题目"),
        ({"rubric": "complaint", "answer": "长" * 20_001}, "超过上限 20000 字"),
    ],
)
def test_what_cannot_be_scored_comes_back_with_what_was_typed(browser, fields, said):
    reply = browser.post("/score", **fields)
    assert reply.status_code == 422
    assert said in reply.text
    assert fields["answer"].strip() in reply.text
    assert browser.store.list() == ()


def test_markup_in_answer_candidate_and_rubric_is_shown_and_never_obeyed(tmp_path):
    nasty = RUBRIC.model_copy(
        update={"id": "nasty", "question": "<img src=x onerror=alert(1)>", "key_points": (
            *RUBRIC.key_points[:2], RUBRIC.key_points[2].model_copy(update={"name": "</h3><script>1</script>"}))}
    )  # fmt: skip
    with opened(tmp_path, rubrics=(nasty,)) as browser:
        reply = browser.score('真诚道歉<script>alert("x")</script>', "nasty", candidate='"><script>2</script>')
        override = browser.post(
            f"{reply.url.path}/override", key_point="solve", level="hit", reason="<b>r</b>", author="<i>a</i>"
        )
        for page in (browser.get("/").text, reply.text, override.text, browser.get("/grades?q=<script>").text):
            assert "<script>" not in page.replace('<script type="module"', "")
            assert "<img" not in page
            assert "<b>" not in page
        assert "&lt;script&gt;alert" in reply.text
        assert "&lt;b&gt;r&lt;/b&gt;" in override.text


def test_an_override_is_laid_over_the_automatic_verdict_and_can_be_lifted(browser):
    grade_id = browser.scored("真诚道歉。")
    page = browser.post(
        f"/grades/{grade_id}/override", key_point="solve", level="partial", reason="说到了方向", author="李四"
    ).text
    assert "自动 2 / 8 → 人工 4 / 8" in page
    assert "李四 改判：说到了方向" in page
    assert "自动判定：✗ 未命中" in page
    assert "有人工改判" in page
    assert browser.store.get(grade_id).grade.score == 2  # kept as it was
    page = browser.post(f"/grades/{grade_id}/restore", key_point="solve").text
    assert "2 / 8" in page
    assert "→ 人工" not in page
    assert [layer.level for layer in browser.store.overrides(grade_id)] == [Level.PARTIAL, None]
    assert "恢复自动判定" in page  # stays in the record


def test_a_deduction_can_be_overridden_too(browser):
    grade_id = browser.scored(ANSWER)
    page = browser.post(
        f"/grades/{grade_id}/override", key_point="blame", level="hit", reason="语气", author="李四"
    ).text
    assert "自动 8 / 8 → 人工 7 / 8" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"key_point": "solve", "level": "hit", "reason": " ", "author": "李四"}, "理由"),
        ({"key_point": "solve", "level": "hit", "reason": "x", "author": ""}, "改判要写明理由"),
        ({"key_point": "nothing", "level": "hit", "reason": "x", "author": "y"}, "没有这个得分点"),
        ({"key_point": "solve", "level": "unscored", "reason": "x", "author": "y"}, "没有这个得分点"),
    ],
)
def test_an_override_without_reason_name_or_sense_is_refused(browser, fields, said):
    grade_id = browser.scored(ANSWER)
    reply = browser.post(f"/grades/{grade_id}/override", **fields)
    assert reply.status_code == 422
    assert said in reply.text
    assert browser.store.overrides(grade_id) == ()


def test_overrides_of_a_rubric_that_is_gone_are_told_and_not_scored(browser, tmp_path):
    grade = asyncio.run(Grader(KeywordJudge()).grade(RUBRIC, ANSWER))
    other = grade.model_copy(update={"trace": grade.trace.model_copy(update={"rubric_hash": "0" * 64})})
    grade_id = browser.store.add_grade(other, answer=ANSWER, key="")
    browser.store.add_override(grade_id, "solve", Level.MISSED, "李四", "x")
    page = browser.get(f"/grades/{grade_id}").text
    assert "改判没有算进去" in page
    assert "8 / 8" in page


def test_history_lists_finds_and_forgets(browser):
    first, second = browser.scored("真诚道歉。"), browser.scored("当天退款或换货。")
    page = browser.get("/grades").text
    assert page.index(f"/grades/{second}") < page.index(f"/grades/{first}")
    found = browser.get("/grades", params={"q": "退款"}).text
    assert f"/grades/{second}" in found
    assert f"/grades/{first}" not in found
    assert "没有符合条件" in browser.get("/grades", params={"rubric": "other"}).text
    assert "已删除" in browser.post(f"/grades/{second}/delete").text
    assert browser.get(f"/grades/{second}").status_code == 404
    assert browser.post(f"/grades/{second}/delete").status_code == 404
    assert [record.id for record in browser.store.list()] == [first]


def test_more_than_a_page_of_history_leads_on(browser):
    grade = asyncio.run(Grader(KeywordJudge()).grade(RUBRIC, ANSWER))
    for _ in range(3):
        browser.store.add_grade(grade, answer=ANSWER, key="")
    page = browser.get("/grades?most=2").text
    assert page.count('href="/grades/') == 2
    assert "most=4" in page
    assert "显示更多" not in browser.get("/grades?most=nonsense").text


@pytest.mark.parametrize("how", ["setting", "box"])
def test_what_is_not_to_be_kept_is_shown_once_and_leaves_nothing(tmp_path, how):
    with opened(tmp_path, history=how == "box") as browser:
        fields = {"save": "on"} if how == "setting" else {}
        reply = browser.post("/score", rubric="complaint", answer=ANSWER, **fields)
        assert reply.url.path.startswith("/jobs/")
        assert "8 / 8" in reply.text
        assert "没有记入历史" in reply.text
        assert "改判为" not in reply.text
        assert browser.store.list() == ()
        assert ANSWER.encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("*.sqlite3*"))


def test_a_grade_can_be_taken_along_as_text_and_markdown(browser):
    grade_id = browser.scored("真诚道歉 *粗体*")
    text, markdown = (browser.get(f"/grades/{grade_id}/{form}") for form in ("text", "markdown"))
    assert "得分 2 / 8" in text.text
    assert "\\*粗体\\*" in markdown.text
    for reply in (text, markdown):
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        assert "AI 辅助初评" in reply.text


def test_points_that_could_not_be_judged_show_a_range_and_why(tmp_path):
    judge = ScriptedJudge({"comfort": Level.HIT, "solve": Level.UNSCORED})
    with opened(tmp_path, judge=judge) as browser:
        page = browser.score(ANSWER).text
    assert "2–6 / 8" in page
    assert "有得分点未判定，分数在此范围内" in page
    assert "? / 4" in page


def test_a_choice_question_shows_its_options_and_is_scored_by_code(tmp_path):
    choice = Rubric(
        id="pick", question="哪一项是对的？", kind=QuestionKind.SINGLE_CHOICE, max_score=2,
        key_points=(KeyPoint(id="right", name="选对", points=2),), correct=("B",),
        options=({"label": "A", "text": "甲方案"}, {"label": "B", "text": "乙方案"}),
    )  # fmt: skip
    with opened(tmp_path, rubrics=(choice,), judged_by="llm") as browser:
        assert "B. 乙方案" in browser.get("/").text
        assert "2 / 2" in browser.score("B", "pick").text


def test_without_a_judge_the_page_says_what_to_do(tmp_path):
    with opened(
        tmp_path, judged_by="llm", base_url="https://llm.example/v1", model="m", api_key="sk-secret-1"
    ) as browser:
        page = browser.get("/").text
        assert "还没有同意把答案发送到 llm.example" in page
        assert "consent_host" in page
        reply = browser.score(ANSWER)
        assert reply.status_code == 422
        assert "没有同意" in reply.text
        asked = browser.client.post("/api/score", json={"rubric": "complaint", "answer": ANSWER})
        assert (asked.status_code, asked.json()["error"]["code"]) == (422, "user")
        for path in ("/", "/grades", "/api/rubrics", "/nothing"):
            assert "sk-secret" not in browser.get(path).text


def test_a_rubric_that_changes_on_the_disk_is_read_again_and_a_broken_one_is_told(tmp_path):
    with opened(tmp_path) as browser:
        browser.client.app.state.shelf._clock = iter(range(0, 1_000, 10)).__next__
        browser.client.app.state.shelf._looked = float("-inf")
        assert "换一个问法" not in browser.get("/").text
        write(RUBRIC.model_copy(update={"question": "换一个问法？"}), tmp_path / "rubrics" / "complaint.yaml")
        (tmp_path / "rubrics" / "broken.yaml").write_text("id: [", encoding="utf-8")
        page = browser.get("/").text
    assert "换一个问法" in page
    assert "处细则错误" in page


def test_rubrics_are_read_from_yaml_once_and_from_the_cache_afterwards(tmp_path, monkeypatch):
    with opened(tmp_path) as browser:
        assert RUBRIC.question in browser.get("/").text
    monkeypatch.setattr("evaluator.web.shelf.read", lambda file: pytest.fail(f"{file} is read again"))
    with opened(tmp_path) as browser:
        assert RUBRIC.question in browser.get("/").text


def test_a_damaged_cache_does_not_matter(tmp_path):
    data = load({"data_dir": tmp_path}, env={}, cwd=tmp_path).data_dir
    with opened(tmp_path) as browser:
        browser.get("/")
    (cache,) = data.glob("rubrics-*.json")
    for damage in ("", "[]", '{"a": 1}', '{"a": "{}"}'):
        cache.write_text(damage, encoding="utf-8")
        with opened(tmp_path) as browser:
            assert RUBRIC.question in browser.get("/").text
