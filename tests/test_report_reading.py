"""What a person reads of a grade: terminal, Markdown and HTML, in Chinese and in English."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from evaluator.messages import LEVELS, SYMBOLS
from evaluator.models import (
    Deduction,
    DeductionGrade,
    Evidence,
    Flag,
    Grade,
    KeyPoint,
    KeyPointGrade,
    Level,
    QuestionKind,
    Rubric,
    Trace,
    Usage,
)
from evaluator.report import Item, as_html, as_markdown, as_text, page
from evaluator.report.item import segments
from evaluator.report.labels import LABELS, applying, follow_ups, number, score_text

ANSWER = "先道歉，再退款，\n还要三天内回访。<b>谢谢</b>"
LANGS = ["zh", "en"]
WAYS = {"text": as_text, "markdown": as_markdown, "html": as_html}


def span(start, end, answer=ANSWER):
    return Evidence(start=start, end=end, text=answer[start:end])


def point(name, verdict, earned, **more):
    return KeyPointGrade(id=more.pop("id", name), name=name, points=2, earned=earned, verdict=verdict, **more)


POINTS = (
    point("安抚", Level.HIT, 2.0, id="comfort", reason="写了道歉", evidence=(span(0, 3),), confidence=0.93),
    point("方案", Level.PARTIAL, 1.0, id="solve", reason="只说退款", evidence=(span(4, 8),), follow_up="退多少？"),
    point("回访", Level.MISSED, 0.0, id="visit"),
    point("升级", Level.UNSCORED, None, id="escalate", cause="timeout"),
)
TRACE = Trace(
    rubric_hash="0123456789abcdef", answer_hash="a", model="qwen_2*5", host="local", created="2026-01-02T03:04:05+00:00",
    usage=Usage(calls=2, prompt=900, completion=40, cached=700, seconds=3.25),
)  # fmt: skip


def grade(points=POINTS, **changes):
    values = {
        "rubric": "complaint", "score": None, "max_score": 8.0, "range": (3.0, 5.0), "complete": False,
        "needs_review": True, "review_reasons": ("incomplete", "injection"), "flags": (Flag.INJECTION,),
        "key_points": points, "judge": "llm", "confidence": 0.93, "trace": TRACE,
    }  # fmt: skip
    return Grade(**(values | changes))


RUBRIC = Rubric(
    id="complaint",
    question="客户投诉 <怎么> 处理？",
    kind=QuestionKind.SITUATIONAL,
    max_score=8,
    key_points=tuple(KeyPoint(id=one.id, name=one.name, points=2) for one in POINTS),
    deductions=(Deduction(id="blame", name="指责客户", points=1, when="x"),),
)


def shown(way, given=None, answer=ANSWER, rubric=RUBRIC, lang="zh"):
    return WAYS[way](given or grade(), answer, rubric, lang)


# --- what stands there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", WAYS)
def test_every_key_point_has_its_symbol_word_points_reason_and_evidence(way, lang):
    text = shown(way, lang=lang)
    for one in POINTS:
        mark = f"{SYMBOLS[one.verdict]} {LEVELS[one.verdict].text(lang)}"
        assert mark in text
        assert one.name in text
        assert one.reason in text
        assert all(evidence.text.strip() in text for evidence in one.evidence)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", WAYS)
def test_an_incomplete_grade_is_a_range_and_says_why(way, lang):
    text = shown(way, lang=lang)
    assert "3–5 / 8" in text
    assert LABELS["incomplete"].text(lang) in text
    assert {"zh": "等待回复超时", "en": "no reply in time"}[lang] in text
    whole = shown(way, grade(score=5.0, range=(5.0, 5.0), complete=True), lang=lang)
    assert "5 / 8" in whole
    assert LABELS["incomplete"].text(lang) not in whole


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", WAYS)
def test_follow_ups_review_reasons_and_the_notice_stand_there(way, lang):
    text = shown(way, lang=lang)
    assert "退多少？" in text
    for words in (
        ("有得分点未判定", "答案里有写给评分者的指令") if lang == "zh" else ("are unscored", "instructions to the")
    ):
        assert words in text
    for name in ("first_pass", "notice", "review", "follow_ups"):
        assert LABELS[name].text(lang) in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", WAYS)
def test_no_word_of_the_other_language_stands_there(way, lang):
    plain = grade(
        tuple(one.model_copy(update={"reason": "", "name": one.id, "evidence": ()}) for one in POINTS),
        flags=(),
        judge="keyword",
    )
    text = shown(way, plain, "", RUBRIC.model_copy(update={"question": "?"}), lang)
    body = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).replace("退多少？", "")
    if lang == "en":
        assert re.findall(r"[\u4e00-\u9fff]+", body) == []
    for name, words in LABELS.items():
        if words.zh != words.en and len(words.text("en")) > 8 and lang == "zh":
            assert words.en not in body, name


@pytest.mark.parametrize("way", WAYS)
def test_who_judged_by_which_rubric_is_named(way):
    text = shown(way).replace("\\", "")
    assert "大模型 · qwen_2*5" in text
    assert "01234567" in text


def test_the_terminal_tells_what_it_cost_or_that_it_cost_nothing():
    assert "3.2 s" in as_text(grade(), ANSWER)
    assert "900+40 (缓存 700)" in as_text(grade(), ANSWER)
    kept = grade(trace=TRACE.model_copy(update={"cached": True, "usage": Usage()}))
    assert "取自本机记录" in as_text(kept, ANSWER)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("taken", "sign"), [(1.0, r"[−-]1\b"), (0.5, r"[−-]0\.5"), (None, r"\?"), (0.0, None)])
def test_a_deduction_is_shown_where_it_applies_or_could_not_be_judged(way, taken, sign):
    item = DeductionGrade(id="blame", name="指责客户", points=1, taken=taken, reason="说是客户的错", evidence=())
    text = shown(way, grade(deductions=(item,)))
    assert ("指责客户" in text) is (sign is not None)
    assert ("说是客户的错" in text) is (sign is not None)
    if sign:
        near = text[text.index("指责客户") - 60 : text.index("指责客户") + 60]
        assert re.search(sign, near)
    assert applying(grade(deductions=(item,))) == ((item,) if sign else ())


@pytest.mark.parametrize("way", WAYS)
def test_a_key_point_that_a_choose_k_rule_left_out_says_so(way):
    spare = POINTS[2].model_copy(update={"counted": False})
    assert LABELS["not_counted"].zh in shown(way, grade((*POINTS[:2], spare)))
    assert LABELS["not_counted"].zh not in shown(way)


@pytest.mark.parametrize("way", WAYS)
def test_a_grade_without_its_rubric_is_readable_too(way):
    assert "complaint" in shown(way, rubric=None)


@pytest.mark.parametrize("way", ["markdown", "html"])
@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_answer_says_so(way, lang):
    empty = grade(tuple(point(str(n), Level.MISSED, 0.0) for n in range(2)), score=0.0, complete=True, range=(0, 0))
    assert LABELS["none"].text(lang) in shown(way, empty, "", lang=lang)


def test_what_to_ask_next_is_asked_of_what_is_not_fully_there():
    spare = point("spare", Level.MISSED, 0.0, counted=False)
    assert follow_ups(grade((*POINTS, spare))) == ("退多少？", "回访")


@pytest.mark.parametrize(
    ("value", "text"), [(8.0, "8"), (2.5, "2.5"), (2.666666, "2.67"), (0.0, "0"), (10.0, "10"), (100.0, "100")]
)
def test_points_have_no_needless_zeros(value, text):
    assert number(value) == text
    assert score_text(grade(score=value, complete=True, max_score=200.0)).startswith(f"{text} / 200")


# --- HTML ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags, and the text of the answer without the numbers of key points."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.answer, self._inside, self._sup = [], [], 0, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "div":
            self._inside = self._inside + 1 if self._inside else int(("class", "answer") in attrs)
        self._sup = tag == "sup"

    def handle_endtag(self, tag):
        if tag == "div" and self._inside:
            self._inside -= 1
        self._sup = self._sup and tag != "sup"

    def handle_data(self, data):
        if self._inside and not self._sup:
            self.answer.append(data)


NASTY = "<script>alert(1)</script>“'&amp;</div></article>{{ 7*7 }}{% raw %}"


def test_the_answer_on_the_page_is_the_answer_whatever_stands_in_it():
    text = as_html(grade(()), NASTY)
    read = Page(text)
    assert "".join(read.answer) == NASTY
    assert "script" not in read.tags
    assert "49" not in text.replace(NASTY, "")


@pytest.mark.parametrize("where", ["name", "reason", "follow_up"])
def test_what_comes_from_rubrics_and_models_is_escaped(where):
    one = POINTS[1].model_copy(update={where: NASTY})
    text = as_html(grade((one,)), ANSWER, RUBRIC.model_copy(update={"question": NASTY}))
    assert "<script" not in text
    assert "script" not in Page(text).tags


def test_the_page_asks_for_nothing_and_runs_nothing():
    text = page([Item(grade(), ANSWER, RUBRIC, title="一"), Item(grade(), ANSWER, RUBRIC, title="二")])
    read = Page(text)
    assert not {"script", "link", "img", "iframe"} & set(read.tags)
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text
    assert text.count("<article") == 2
    assert 'href="#a2"' in text


@pytest.mark.parametrize(("lang", "attribute"), [("zh", 'lang="zh-CN"'), ("en", 'lang="en"')])
def test_the_page_names_its_language(lang, attribute):
    assert attribute in page([Item(grade(), ANSWER)], lang)


def test_what_people_gave_stands_beside_the_verdict():
    item = Item(grade(), ANSWER, RUBRIC, expected={"comfort": Level.HIT, "visit": Level.HIT})
    text = page([item])
    assert "人工: ✓ 命中 · 一致" in text
    assert "人工: ✓ 命中 · 不同" in text
    assert "人工 ✓" in as_text(item.grade, ANSWER, item=item)


def test_a_summary_stands_on_top():
    text = page([Item(grade(), ANSWER)], title="示例", summary=[("判定与人工一致", "12 / 15")])
    assert "12 / 15" in text
    assert "<title>示例</title>" in text


@settings(max_examples=100)
@given(
    st.text(alphabet="甲乙a <&\n", min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30)), max_size=8),
)
def test_segments_join_to_the_answer_and_know_every_span(answer, places):
    spans = [(start, min(end, len(answer))) for start, end in places if start < min(end, len(answer))]
    points = tuple(
        point(f"p{index}", Level.HIT, 2.0, evidence=(span(start, end, answer),))
        for index, (start, end) in enumerate(spans)
    )
    found = segments(answer, grade(points))
    assert "".join(part.text for part in found) == answer
    assert all(part.text for part in found)
    place = 0
    for part in found:
        covering = {n for n, (start, end) in enumerate(spans, 1) if start <= place and place + len(part.text) <= end}
        assert set(part.points) == covering
        place += len(part.text)
    assert "".join(Page(as_html(grade(points), answer)).answer) == answer


def test_an_empty_answer_has_no_segments():
    assert segments("", grade(())) == ()


def test_overlapping_evidence_is_marked_once_with_both_numbers():
    points = (
        point("one", Level.HIT, 2.0, evidence=(span(0, 5),)),
        point("two", Level.HIT, 2.0, evidence=(span(3, 8),)),
    )
    text = as_html(grade(points), ANSWER)
    assert '<mark class="many">，再<sup>1,2</sup></mark>' in text


# --- Markdown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("# 标题", r"> \# 标题"),
        ("- 一项", r"> \- 一项"),
        ("+ 一项", r"> \+ 一项"),
        ("1. 一项", r"> 1\. 一项"),
        ("12) 一项", r"> 12\) 一项"),
        ("---", r"> \---"),
        ("===", r"> \==="),
        ("> 引用", r"> \> 引用"),
        ("| a | b |", r"> \| a \| b \|"),
        ("```python", r"> \`\`\`python"),
        ("~~没有~~", r"> \~\~没有\~\~"),
        ("**加粗** _斜_", r"> \*\*加粗\*\* \_斜\_"),
        ("[链接](http://x)", r"> \[链接\](http://x)"),
        ("<script>", r"> \<script\>"),
        ("&lt;b&gt;", r"> \&lt;b\&gt;"),
        ("a\\b", r"> a\\b"),
        ("    代码", "> 代码"),
        ("3.5 折，2-3 天", "> 3.5 折，2-3 天"),
    ],
)
def test_nothing_in_an_answer_is_markdown(line, escaped):
    assert escaped in as_markdown(grade(), line).splitlines()


def test_markdown_of_rubrics_and_models_is_escaped_too():
    one = POINTS[1].model_copy(update={"name": "**名**", "reason": "# 理由\n- 二", "follow_up": "[问](x)"})
    text = as_markdown(grade((one,)), ANSWER, RUBRIC)
    assert r"**\*\*名\*\***" in text
    assert r"  只说" not in text
    assert r"  \# 理由 - 二" in text
    assert r"- \[问\](x)" in text
    assert r"qwen\_2\*5" in text
    assert "\n## 客户投诉 \\<怎么\\> 处理？\n" in "\n" + text


# --- terminal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("where", ["name", "reason", "follow_up", "evidence", "model"])
def test_an_answer_cannot_steer_the_terminal(colour, where):
    attack = "好\x1b[2J\x1b]0;标题\x07\x9b31m\u202e反\x00\x08"
    one = POINTS[1]
    if where == "evidence":
        one = one.model_copy(update={"evidence": (Evidence(start=0, end=len(attack), text=attack),)})
    elif where != "model":
        one = one.model_copy(update={where: attack})
    trace = TRACE.model_copy(update={"model": attack}) if where == "model" else TRACE
    text = as_text(grade((one,), trace=trace), attack, colour=colour)
    assert "好" in text
    own = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", own)
    assert colour or "\x1b" not in text


@pytest.mark.parametrize("width", [40, 60, 88, 120])
def test_no_line_is_wider_than_the_terminal(width):
    long = POINTS[0].model_copy(update={"reason": "理由" * 80, "name": "很长的名字" * 8})
    text = as_text(grade((long, *POINTS[1:])), ANSWER, RUBRIC, width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize(("score", "bars"), [(0.0, 0), (4.0, 12), (8.0, 24)])
def test_the_bar_shows_the_share(score, bars):
    text = as_text(grade(score=score, range=(score, score), complete=True), ANSWER)
    assert text.count("█") == bars
    assert text.count("█") + text.count("░") == 24
