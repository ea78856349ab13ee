"""Calibration in the page, without a browser: in, judged, and the same figures as the command's."""

import asyncio
import json
import re
import sys
import time

import pytest
from small_rubric import RUBRIC
from typer.testing import CliRunner
from web_client import opened

from evaluator.batch.session import opened as journal_opened
from evaluator.cli.main import app
from evaluator.errors import PromptError, Words
from evaluator.models import Level
from evaluator.testing import ScriptedJudge
from evaluator.web.calibrating.kept import Calibrations

REFERENCE = "首先耐心倾听客户的抱怨，其次真诚道歉，最后给出退款方案。"
GOOD = "我会耐心倾听客户的抱怨，真诚道歉，再给出退款方案。"
EVIL = "<script>alert(1)</script>先耐心倾听，再说</main><main>"


def table(rows=4, scores=True):
    """Answers to one question with totals, levels of two key points and a second rater's totals."""
    lines = ["考号,complaint,complaint 评委甲,complaint 评委乙,complaint/comfort 评委甲,complaint/solve 评委甲"]
    texts = ["先耐心倾听，真诚道歉", "不理他", "退款或换货，并且回访客户", EVIL]
    for number in range(rows):
        given = (
            (number % 9, (number + 1) % 9, "命中" if number % 2 else "未命中", "部分") if scores else ("", "", "", "")
        )
        lines.append(f"{number:03},{texts[number % 4]}（第{number}份）,{','.join(map(str, given))}")
    return "\n".join(lines).encode()


def gold(**changes):
    """Three questions of two answers each, scored by two people."""
    lines = [
        {"id": f"q{key}-{turn}", "question": f"第{key}题：怎样安抚客户？", "reference": REFERENCE, "max_score": 10,
         "answer": text, "human_score": score,
         "extra": {"q_id": str(key), "score_1": score, "score_2": min(score + 1, 10)}} | changes
        for key in (1, 2, 3) for turn, (text, score) in enumerate([(GOOD, 9), (f"让他等着，第{key}次再说。", 1)])
    ]  # fmt: skip
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines).encode()


@pytest.fixture
def browser(tmp_path):
    with opened(tmp_path) as browser:
        yield browser


def handed_in(browser, content=b"", name="已评分.csv", **fields):
    files = {"file": (name, content or table())}
    return browser.client.post("/calibrations", data={"csrf": browser.token(), **fields}, files=files)


def wait(browser, address):
    for _ in range(600):
        now = browser.get(f"{address}/state").json()
        if "location" in now:
            return now["stage"]
        time.sleep(0.02)
    raise AssertionError(now)


def judged(browser, content=b"", name="已评分.csv", **fields):
    """The address of a calibration that is over."""
    reply = handed_in(browser, content, name, **fields)
    assert reply.status_code == 200, reply.text
    address = reply.url.path
    browser.post(f"{address}/start")
    assert wait(browser, address) == "judged"
    return address


def timeless(text):
    found = json.loads(text)
    del found["made"]
    return found


# --- in ---


def test_what_was_understood_is_shown_before_anything_is_judged(browser):
    page = handed_in(browser).text
    for words in ("已评分.csv", "4 份答案", "1 道题", "2 位评分人", "人工分", "complaint / comfort / 评委甲"):
        assert words in page
    assert "4 份待评，不用问模型" in page
    assert "<script>alert" not in page
    assert "还没有开始" in browser.get("/calibrations").text


def files(tmp_path):
    return list((tmp_path / "uploads").glob("*/file.*"))


def test_the_file_is_kept_no_longer_than_its_columns_can_be_mended(browser, tmp_path):
    address = handed_in(browser).url.path
    assert len(files(tmp_path)) == 1
    browser.post(f"{address}/start")
    assert not files(tmp_path)
    wait(browser, address)
    assert "/calibrations/new/" not in browser.get(address).text


@pytest.mark.parametrize("do", ["delete", "gold"])
def test_of_what_is_removed_or_has_no_columns_no_file_stays(browser, tmp_path, do):
    if do == "gold":
        handed_in(browser, gold(), "a.jsonl")
    else:
        browser.post(f"{handed_in(browser).url.path}/delete")
    assert not files(tmp_path)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7", "a.pdf", "这种文件读不了"),
        (b"\x89PNG\r\n", "a.xlsx", "这是图片"),
        (gold(human_score="much", extra={}), "a.jsonl", "读不懂"),
        (gold(extra={"physicians": 3}), "a.jsonl", "读不懂"),
        (gold(reference=""), "a.jsonl", "没有人工分"),
        (b"x\n", "a.csv", "a.csv"),
        (b"", "", "请先选一个文件"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_serve_is_told_in_words(browser, content, name, words):
    files = {"file": (name, content)} if name else {"other": ("", b"")}
    reply = browser.client.post("/calibrations", data={"csrf": browser.token()}, files=files)
    assert reply.status_code == 422, reply.text
    told = re.search(r'role="alert"><p class="lines">(.*?)</p>', reply.text, re.DOTALL)[1]
    assert words in told
    assert "--" not in told
    assert "file.csv" not in told
    assert "还没有校准过" in reply.text


def test_a_file_that_cannot_be_taken_in_need_not_be_chosen_again(browser):
    upload = re.search(r'name="upload" value="(\w+)"', handed_in(browser, gold(reference=""), "a.jsonl").text)[1]
    again = browser.client.post(
        "/calibrations", data={"csrf": browser.token(), "upload": upload}, files={"other": ("", b"")}
    )
    assert again.status_code == 422
    assert "已收到：a.jsonl" in again.text


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "C:\\x\\<b>.csv", "a\n\u202eb.csv", "x" * 300 + ".csv"])
def test_a_name_is_shown_and_never_a_path(browser, tmp_path, name):
    before = {path.name for path in tmp_path.parent.iterdir()}
    reply = handed_in(browser, name=name)
    assert reply.status_code == 200
    assert "<b>.csv" not in reply.text
    assert {path.name for path in tmp_path.parent.iterdir()} == before


def test_the_samples_can_be_tried_without_any_file(browser):
    reply = browser.client.post(
        "/calibrations", data={"csrf": browser.token(), "from": "samples"}, files={"other": ("", b"")}
    )
    assert "里面没有人工分" in reply.text  # none of the shipped samples is to the rubric of this shelf


def test_a_form_that_is_not_ours_and_a_switched_off_history_take_nothing_in(browser, tmp_path):
    files = {"file": ("a.csv", table())}
    assert browser.client.post("/calibrations", data={"csrf": "x"}, files=files).status_code == 403
    folder = tmp_path / "off"
    folder.mkdir()
    with opened(folder, history=False) as other:
        assert "历史已在设置里关闭" in handed_in(other).text
        assert not (folder / "calibrations").exists()


# --- the report ---


@pytest.mark.parametrize(("content", "name"), [(table(40), "scored.csv"), (gold(), "gold.jsonl")])
def test_the_page_and_the_command_report_the_same(browser, tmp_path, monkeypatch, content, name):
    address = judged(browser, content, name)
    in_page = browser.get(f"{address}/report.json")
    source, out, lines = tmp_path / name, tmp_path / "r.json", tmp_path / "r.jsonl"
    source.write_bytes(content)
    monkeypatch.setenv("EVALUATOR_DATA_DIR", str(tmp_path / "terminal"))
    words = ["calibrate", str(source), "--judge", "keyword", "-o", str(out), "-o", str(lines)]
    words += [] if name.endswith("jsonl") else ["--rubrics", str(tmp_path / "rubrics")]
    monkeypatch.setattr(sys, "argv", ["evaluator", *words])
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert timeless(in_page.text) == timeless(out.read_text("utf-8"))
    ours, theirs = (
        [json.loads(line) for line in text.splitlines()]
        for text in (browser.get(f"{address}/answers.jsonl").text, lines.read_text("utf-8"))
    )
    for one in (*ours, *theirs):
        one.get("grade", {}).pop("trace", None)
    assert ours == theirs


def test_the_verdict_comes_first_then_figures_then_the_worst_answers(browser):
    page = browser.get(judged(browser, table(40))).text
    order = [page.index(words) for words in ('id="verdict"', 'id="figures"', 'id="worst"')]
    assert order == sorted(order)
    for words in ("人与人", "平均差 MAE", "评委甲", "比人", "95 % 区间"):
        assert words in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_answers_are_found_by_question_and_key_point_and_read_one_after_the_other(browser):
    address = judged(browser, table(40))
    every = browser.get(address).text
    assert "得分点</label>" not in every
    of_one = browser.get(f"{address}?question=complaint&key_point=comfort").text
    links = re.findall(r'<h3><a href="([^"]+)"', of_one)
    assert links
    first = browser.get(links[0].replace("&amp;", "&")).text
    assert 'id="p-comfort" class="differs"' in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert browser.get(f"{address}?question=nothing").text.count("<h3><a") == 0


def test_an_answer_is_read_in_full_and_as_it_was_written(browser):
    address = judged(browser, table(4))
    page = browser.get(f"{address}/answers/4").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;/main&gt;&lt;main&gt;" in page
    assert "评委乙" in page
    assert "已评分.csv:5" in page or "003" in page


def test_the_whole_report_stands_under_our_policy_and_can_be_taken_along(browser):
    address = judged(browser, table(40))
    shown = browser.get(f"{address}/report")
    assert "<style" not in shown.text
    assert 'http-equiv="Content-Security-Policy"' not in shown.text
    assert shown.text.count('href="/calibrations/report.css"') == 1
    assert "style-src" not in shown.headers["content-security-policy"]
    assert browser.get("/calibrations/report.css").headers["content-type"].startswith("text/css")
    taken = browser.get(f"{address}/report.html")
    assert "<style>" in taken.text
    assert "filename*=UTF-8''%E5%B7%B2%E8%AF%84%E5%88%86.html" in taken.headers["content-disposition"]


def test_a_report_is_worked_out_once(browser, tmp_path):
    address = judged(browser)
    first = browser.get(f"{address}/report.json").text
    browser.get(address)
    assert browser.get(f"{address}/report.json").text == first
    assert len(list((tmp_path / "calibrations").glob("*.report.json"))) == 1


def test_judging_twice_measures_noise_and_lists_one_calibration(browser):
    address = judged(browser, repeat="2")
    made = browser.get(f"{address}/report.json").json()
    assert made["noise"]["runs"] == 2
    assert browser.get("/calibrations").text.count('class="whole"') == 1


def test_what_a_terminal_did_is_listed_and_read_here(browser, tmp_path, monkeypatch):
    source = tmp_path / "terminal.csv"
    source.write_bytes(table())
    monkeypatch.setenv("EVALUATOR_DATA_DIR", str(tmp_path))
    words = ["calibrate", str(source), "--judge", "keyword", "--rubrics", str(tmp_path / "rubrics")]
    monkeypatch.setattr(sys, "argv", ["evaluator", *words])
    assert CliRunner().invoke(app, words).exit_code == 0
    listed = browser.get("/calibrations").text
    assert "在终端里做的" in listed
    address = re.search(r'class="whole" href="([^"]+)">terminal.csv', listed)[1]
    browser.get(address)
    wait(browser, address)
    assert 'id="verdict"' in browser.get(address).text


# --- on the way ---


class Halting(ScriptedJudge):
    """Judges two answers, then no more until it is mended."""

    broken = True
    asked = 0

    async def judge(self, task):
        self.asked += 1
        if self.broken and self.asked > 2:
            raise PromptError(Words("提示词坏了", "the prompt is broken"))
        return await super().judge(task)


def test_answers_that_failed_are_told_and_can_be_tried_again(tmp_path):
    judge = Halting({"comfort": Level.HIT})
    with opened(tmp_path, judge=judge) as browser:
        address = judged(browser, table(12))
        page = browser.get(address).text
        assert "提示词坏了" in page
        assert "再试一次" in page
        judge.broken = False
        browser.post(f"{address}/start", retry="on")
        assert wait(browser, address) == "judged"
        assert browser.get(f"{address}/report.json").json()["scored"] == 12


def test_where_nothing_could_be_judged_the_causes_are_told_in_place_of_a_report(tmp_path):
    judge = Halting({})
    judge.asked = 2
    with opened(tmp_path, judge=judge) as browser:
        address = handed_in(browser, table(3)).url.path
        browser.post(f"{address}/start")
        assert wait(browser, address) == "failed"
        page = browser.get(address).text
        assert "一份也没有评成" in page
        assert "提示词坏了" in page
        assert "再试一次" in page
        assert browser.get(f"{address}/report.json").status_code == 404


def test_another_process_at_work_is_told_in_words(browser, tmp_path):
    address = judged(browser)
    with journal_opened(tmp_path / "calibrations" / f"{address.split('/')[-1]}.sqlite3"):
        for path in (address, f"{address}/answers/1", f"{address}/report"):
            reply = browser.get(path)
            assert reply.status_code == 422
            assert "另一个进程" in reply.text
        assert "另一个进程" in browser.get("/calibrations").text
    assert browser.get(address).status_code == 200


def test_answers_leave_this_machine_only_after_consent(tmp_path):
    with opened(tmp_path, judged_by="llm", judge=ScriptedJudge({}), base_url="https://model.example/v1", model="m",
                api_key="k") as browser:  # fmt: skip
        page = handed_in(browser)
        assert "同意把这些答案发到 model.example" in page.text
        reply = browser.post(f"{page.url.path}/start")
        assert reply.status_code == 422
        assert "没有同意" in reply.text


def test_deleting_removes_everything_of_it(browser, tmp_path):
    address = judged(browser, repeat="2")
    assert "已删除" in browser.post(f"{address}/delete").text
    assert browser.get(address).status_code == 404
    assert not [path for path in (tmp_path / "calibrations").iterdir() if path.suffix != ".lock"]


def test_what_there_is_not_is_not_found(browser):
    address = judged(browser, repeat="2")
    paths = ["nothing", "..%2F..%2Fevaluator", "page-0", "%00", "x.2", "x" * 300]
    inside = [".2", "/answers/0", "/answers/5", "/answers/-1", "/answers/²", "/answers/" + "9" * 5000, "/other"]
    for path in [f"/calibrations/{path}" for path in paths] + [f"{address}{path}" for path in inside]:
        assert browser.get(path).status_code == 404, path


def test_nonsense_in_an_address_does_no_harm(browser):
    address = judged(browser)
    for query in ("most=999999999999", "most=-1", "question=%00&key_point=<b>", "so_far=1", "most=²"):
        reply = browser.get(f"{address}?{query}")
        assert reply.status_code == 200, query
        assert "<b>" not in reply.text


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_every_view_speaks_the_language_of_its_reader(browser, lang):
    address = judged(browser, table(40))
    header = {"accept-language": lang}
    pages = [browser.get(path, headers=header).text for path in ("/calibrations", address, f"{address}/answers/1")]
    words = {"en": ("A new calibration", "The figures that decide", "Both views"),
             "zh-TW": ("新的校準", "要緊的數字", "雙方怎麼看")}[lang]  # fmt: skip
    for page, word in zip(pages, words, strict=True):
        assert word in page
    assert RUBRIC.question in pages[2]


class Stepping(ScriptedJudge):
    """Judges as many answers as it was let."""

    def __init__(self):
        super().__init__({"comfort": Level.HIT})
        self.let = asyncio.Semaphore(0)

    async def judge(self, task):
        await self.let.acquire()
        return await super().judge(task)


def test_one_that_ends_while_it_is_looked_at_does_not_look_paused(tmp_path, monkeypatch):
    judge = Stepping()
    with opened(tmp_path, judge=judge) as browser:
        address = handed_in(browser, table(2)).url.path
        browser.post(f"{address}/start")
        underway = browser.client.app.state.calibrating
        read = Calibrations.standing

        def ends_meanwhile(calibrations, one):
            found = read(calibrations, one)
            monkeypatch.setattr(Calibrations, "standing", read)
            for _ in range(2):
                browser.client.portal.call(judge.let.release)
            while underway.get(one).live:
                time.sleep(0.01)
            return found

        monkeypatch.setattr(Calibrations, "standing", ends_meanwhile)
        page = browser.get(address).text
        assert 'http-equiv="refresh"' in page
        assert f'action="{address}/start"' not in page
        assert "cal-verdict" in browser.get(address).text


def test_one_that_is_paused_can_be_read_so_far_and_goes_on(tmp_path):
    judge = Stepping()
    with opened(tmp_path, judge=judge) as browser:
        address = handed_in(browser, table(6)).url.path
        browser.post(f"{address}/start")
        assert browser.get(f"{address}/state").json()["stage"] in {"waiting", "judging"}
        assert "正在评分，不能删除" in browser.post(f"{address}/delete").text
        for _ in range(3):
            judge.let.release()
        browser.post(f"{address}/pause")
        judge.let.release()
        assert wait(browser, address) == "paused"
        page = browser.get(address).text
        assert "继续" in page
        done = browser.get(f"{address}/state").json()["done"]
        assert 0 < done < 6
        browser.get(f"{address}?so_far=1")
        wait(browser, address)
        so_far = browser.get(f"{address}?so_far=1").text
        assert "还没有评完" in so_far
        assert "so_far=1" in re.search(r'<h3><a href="([^"]+)"', so_far)[1]
        for _ in range(9):
            judge.let.release()
        browser.post(f"{address}/start")
        assert wait(browser, address) == "judged"
        assert browser.get(f"{address}/report.json").json()["pending"] == 0
