"""GBK damage: what a site broke comes back where only one reading is left, and everything else is marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.models import WarningCode
from evaluator.papers.repair import Mended, mend
from evaluator.papers.traditional import simplified

GLOSSES = dict(
    re.findall(
        r"([\u3400-\u9fff])([^\u3400-\u9fff]+)",
        "業yè務wù團tuán隊duì經jīng規guī應yīng責zé驗yàn數shù權quán優yōu驅qū爲wèi執zhí調diào專zhuān",
    )
)
CUTS = (b"\xa3\xbf|\xa3\xa1|\xa3\xbb", b"\xa3\xac|\xa1\xa3")


def damaged(text: str) -> str:
    """What a document site makes of `text`: it takes bytes for characters where it glosses and where it cuts."""
    data = text.encode("gbk")
    for char, syllable in GLOSSES.items():
        code = char.encode("gbk")
        data = data.replace(code, code + f"({syllable})".encode("gbk"))
    return "".join(map(_decoded, _cut(data)))


def _cut(data: bytes) -> list[bytes]:
    pieces = re.split(b"(" + CUTS[0] + b")", data)
    return [part for piece in pieces for part in re.split(b"(" + CUTS[1] + b")", piece)]


def _decoded(data: bytes) -> str:
    shown, at = "", 0
    while at < len(data):
        pair = data[at : at + 2]
        if data[at] < 0x80:
            shown += chr(data[at])
            at += 1
        elif len(pair) < 2 or pair[1] < 0x40:
            shown += "?"
            at += 2
        else:
            found = pair.decode("gbk", "ignore")
            shown += found if len(found) == 1 and not found.isascii() else ""
            at += 2
    return shown


OWN = """花店店長筆試題庫及參考答案
一、專業知識
1.顧客來到門店以後，你會如何接待顧客？參考答案：我會主動迎接顧客，認真瞭解顧客的需要。顧客的需要是第一位的，因此我會耐心傾聽，並且給出合理的建議。
2.客人對花束不滿意，你怎樣處理？參考答案：首先向客人致歉。客人的感受最重要，我會重新包裝花束。客人要求退款，我會按照規定辦理，保證客人滿意。
3.店員經常遲到，你作爲店長如何管理？參考答案：我會和店員談話，可能的原因要弄清楚。可能是路途太遠，也可能是家庭的原因。回應要及時，回訪要認真。
4.你如何安排節日的工作？參考答案：節日的訂單數量很大，我會提前安排團隊的工作，因爲我們的團隊責任明確，隊員應該互相幫助。
"""


def losses(mended: Mended) -> list[str]:
    return [warning.zh for warning in mended.warnings if warning.code is WarningCode.DAMAGED_TEXT]


def agrees(line: str, true: str) -> bool:
    """Whether `line` is `true` but for marked places, each of which may hide a few characters."""
    return re.fullmatch(".{1,6}?".join(map(re.escape, re.split("□+", line))), true) is not None


def test_a_damaged_paper_reads_as_before_but_for_what_is_marked():
    broken = damaged(OWN)
    assert "?" in broken
    mended = mend(broken)
    lost = [warning.place for warning in mended.warnings]
    for number, (line, true) in enumerate(zip(mended.text.split("\n"), simplified(OWN).split("\n"), strict=True)):
        start = sum(len(before) + 1 for before in broken.split("\n")[:number])
        marked = [place for place in lost if start <= place.start < start + len(broken.split("\n")[number])]
        untouched = any(broken[place.start : place.end] in line for place in marked)
        assert untouched or agrees(line, true)
        assert bool(marked) == (line != true)
    assert 0 < len(lost) < mended.damaged


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("我會重視需要。客人的感受A", "我会重视需要。客人的感受A"),
        ("我會重視需要。可能A", "我会重视需要。可能A"),
        ("我會給出建議。”在門店的工作", "我会给出建议。”在门店的工作"),
        ("我會提前安排。回應要及時", "我会提前安排。回应要及时"),
        ("我會提前安排，因爲我們的團隊", "我会提前安排，因为我们的团队"),
        ("我們的團隊應該認真", "我们的团队应该认真"),
    ],
)
def test_what_is_certain_is_mended(sentence, expected):
    mended = mend(OWN + damaged(sentence) + "。\n")
    assert mended.text.splitlines()[-1].startswith(expected)
    assert losses(mended) == []


def test_the_example_of_a_shifted_run():
    source = (
        OWN
        + "5.他準確把握客戶需求。這是客戶的語言和客戶需求。\n他準確把握客戶需求??蛻舻恼Z言表達不完全清晰，同理心。\n"
    )
    mended = mend(source)
    assert mended.text.splitlines()[-1] == "他准确把握客户需求。客户的语言表达不完全清晰，同理心。"


def test_a_character_that_was_dropped_is_marked_and_its_place_given():
    source = OWN + "店長認真負責??头枪久嫦蚩腿说拇翱冢谷恕。\n"
    mended = mend(source)
    assert len(losses(mended)) == 1
    (place,) = (warning.place for warning in mended.warnings if warning.code is WarningCode.DAMAGED_TEXT)
    assert source[place.start : place.start + 3] == "??头"
    assert "非咕" not in mended.text


def test_two_readings_that_the_paper_supports_alike_leave_a_gap():
    # 重要 and 重視 begin with the same bytes where the last one is gone.
    assert "最重□，你呢" in mend(OWN + damaged("我會重視需要。客人的感受最重要，你呢") + "。\n").text


def test_a_lost_character_is_never_invented():
    # 不 follows a comma whose second byte was dropped with the first of 不: without it the sentence says the opposite.
    source = OWN + "店長談?wù)摽腿诵畔ⅲ浑S意轉發。\n"
    text = mend(source).text.splitlines()[-1]
    assert "；随" not in text
    assert "□" in text or "?" in text


def test_torn_text_that_nothing_explains_stays_as_it_is_and_is_marked():
    source = OWN + "店長?xìng)鑫龘饕。\n"
    mended = mend(source)
    assert mended.text.splitlines()[-1] == "店长?xìng)鑫龙扰饕。" or "?xìng)" in mended.text
    assert len(losses(mended)) == 1


@pytest.mark.parametrize(
    "sentence",
    ["什么??真的吗？", "难道?!你不知道", "他说：“为什么？！”", "怎么办？？先致歉", "Really?! Yes??", "a?b:c ??= d"],
)
def test_marks_that_an_author_doubles_are_no_damage(sentence):
    mended = mend(sentence)
    assert mended.text == sentence
    assert mended.warnings == ()


def test_the_real_damaged_paper_loses_little_and_invents_nothing():
    papers = list((Path(__file__).parents[2] / "shared" / "papers").glob("001_*.txt"))
    if not papers:
        pytest.skip("the real papers are not here")
    mended = mend(papers[0].read_text(encoding="utf-8"))
    assert mended.damaged >= 30
    assert len(losses(mended)) <= 8
    for rest in "蛻舻嫦枰匦槲揖":
        assert rest not in mended.text
    assert re.search("[āáǎàēéěèīíǐìōóǒòūúǔù]", mended.text) is None
    assert "客户信息；随" not in mended.text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "顧客",
                "客人",
                "可能",
                "回應",
                "團隊",
                "因爲",
                "我們",
                "規定",
                "認真",
                "重要",
                "。",
                "，",
                "？",
                "；",
                "”",
                "原因",
                "A",
                "工作",
            ]
        ),
        min_size=1,
        max_size=20,
    )
)
def test_no_damage_makes_mending_raise_or_lose_its_way(words):
    source = OWN + damaged("".join(words)) + "\n"
    mended = mend(source)
    assert len(mended.origins) == len(mended.text)
    assert list(mended.origins) == sorted(mended.origins)
    assert mended.text.startswith("花店店长笔试题库及参考答案\n一、专业知识\n1.顾客来到门店")


def test_text_before_and_behind_a_damaged_place_keeps_its_place():
    source = OWN + damaged("我會提前安排。客人的感受最重要，你呢") + "結尾"
    mended = mend(source)
    at = mended.text.rindex("结尾")
    span = mended.span(at, at + 2)
    assert source[span.start : span.end] == "結尾"
