"""The page stands alone, escapes everything, and says the same as the workbook."""

import re
from html.parser import HTMLParser

import pytest
from small_run import GOOD, Run

from evaluator.batch.alike import Alike
from evaluator.workbook import page, write

GROUPS = (Alike("complaint", ("0001", "A-3"), 0.97, "先耐心<b>倾听</b>"),)
VOID = {"meta", "br", "line", "img", "input", "hr", "link"}


class Reader(HTMLParser):
    """Checks that tags close in order; keeps text, ids, links and tags."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.words = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


def source_of(tmp_path, run=None, *, lang="zh", groups=GROUPS):
    path = tmp_path / "results.html"
    write(run or Run(), path, lang=lang, alike=groups)
    return path.read_text("utf-8")


def read(source):
    reader = Reader()
    reader.feed(source)
    assert reader.open == []
    return reader


@pytest.fixture
def zh(tmp_path):
    return source_of(tmp_path)


def test_the_page_is_one_file_without_script_or_address(zh):
    assert zh.startswith("<!doctype html>")
    assert "<script" not in zh
    assert re.findall(r"(?:src|href|url\()\s*=?\s*[\"'(]?https?:", zh) == []
    assert "default-src 'none'" in zh
    assert not any(key.startswith("on") for _, attributes in read(zh).tags for key in attributes)


def test_what_candidates_wrote_is_text(zh):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in zh
    assert "&lt;b&gt;倾听&lt;/b&gt;" in zh
    assert "\x07" not in zh
    assert "<script>alert(1)</script>" in read(zh).text


def test_ids_are_unique_and_every_link_leads_to_one(zh):
    reader = read(zh)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    labelled = {given["aria-labelledby"] for _, given in reader.tags if "aria-labelledby" in given}
    assert labelled <= set(reader.ids)


def test_every_picture_says_in_words_what_it_shows(zh):
    pictures = [given for tag, given in read(zh).tags if tag == "svg"]
    assert len(pictures) == 2 + 4
    assert all(given["role"] == "img" and given["aria-label"] for given in pictures)
    assert "安抚情绪: ✓ 命中 75%, ✗ 未命中 25%" in zh
    assert "得分分布: 0–1: 1 份，2–3: 1 份，3–4: 1 份，7–8: 1 份" in zh


def test_the_page_shows_points_ranges_reasons_failures_and_groups(zh):
    text = read(zh).text
    for words in ("5–9", "未作答", "模型超时 3 次", "没有编号", "答案里有写给评分者的指令", "0001 张三", "部分已确认",
                  "AI 辅助初评，最终由人决定", "运行尚未评到这里", "人工 评委A 7"):  # fmt: skip
        assert words in text, words


def test_marks_joined_with_the_rest_are_the_answer_again(zh):
    answer = re.search(r'<div class="answer" dir="auto">(.*?)</div>', zh, re.DOTALL)[1]
    assert re.sub(r"<sup>.*?</sup>|</?mark[^>]*>", "", answer) == GOOD
    assert answer.count("<mark") == 5


def test_an_english_page_says_what_the_page_says_in_english(tmp_path):
    source = source_of(tmp_path, lang="en")
    assert '<html lang="en">' in source
    own = re.sub(r"[^\x00-\x7f]+", "", read(source).text)
    for words in ("Summary", "first pass", "AI-assisted first pass; people decide", "no answer", "each other"):
        assert words in own


def test_more_answers_than_a_browser_likes_are_left_to_the_other_formats(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "LISTED_UP_TO", 3)
    source = source_of(tmp_path)
    assert "答案太多" in source
    assert GOOD[:4] not in read(source).text.split("明细")[-1]
    assert {link.removeprefix("#") for link in read(source).links} <= set(read(source).ids)


def test_groups_are_left_out_where_nobody_looked_and_denied_where_none_was_found(tmp_path):
    assert 'id="alike"' not in source_of(tmp_path, groups=None)
    assert "没有发现雷同答案" in source_of(tmp_path, groups=())


def test_a_run_without_candidates_is_a_page_too(tmp_path):
    read(source_of(tmp_path, Run(people=(), refused=()), groups=()))
