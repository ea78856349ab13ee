"""Personal data is starred out before anything leaves the machine, and nothing else is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.masking import MASK, mask


def hidden(text, names=()):
    """What of the text was starred out, in its order."""
    masked = mask(text, names)
    assert len(masked) == len(text)
    found, run = [], ""
    for before, after in zip(text, masked, strict=True):
        if after == MASK != before:
            run += before
        else:
            assert before == after
            found, run = ([*found, run], "") if run else (found, run)
    return [*found, run] if run else found


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("电话13812345678。", "13812345678"),
        ("电话 138-1234-5678", "138-1234-5678"),
        ("138 1234 5678", "138 1234 5678"),
        ("+86 13812345678", "+86 13812345678"),
        ("008613812345678", "008613812345678"),
        ("Tel:19912345678!", "19912345678"),
        ("１３８１２３４５６７８", "１３８１２３４５６７８"),
        ("138\u200b12345678", "138\u200b12345678"),
        ("座机 010-12345678", "010-12345678"),
        ("0755 1234567", "0755 1234567"),
        ("（0755）12345678", "（0755）12345678"),
        ("身份证11010519491231002X", "11010519491231002X"),
        ("11010519491231002x。", "11010519491231002x"),
        ("440524188001010014", "440524188001010014"),
        ("110105 19491231 002X", "110105 19491231 002X"),
        ("卡号4539 1488 0343 6467", "4539 1488 0343 6467"),
        ("4539148803436467", "4539148803436467"),
        ("邮箱 zhang.san+hr@mail.example.com.cn，", "zhang.san+hr@mail.example.com.cn"),
        ("ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("微信号：zhang_san88", "zhang_san88"),
        ("微信 zhang88888", "zhang88888"),
        ("微信是zhangsan", "zhangsan"),
        ("WeChat ID: zhang-san", "zhang-san"),
        ("wx:abcde1", "abcde1"),
        ("QQ：123456789", "123456789"),
        ("qq123456", "123456"),
        ("我叫张小明，今年毕业。", "张小明"),
        ("我叫欧阳娜娜。", "欧阳娜娜"),
        ("我叫王芳是一名客服", "王芳"),
        ("姓名：李雷", "李雷"),
        ("我的名字是赵六。", "赵六"),
        ("My name is John Smith and I", "John Smith"),
    ],
)
def test_personal_data_is_starred_out(text, secret):
    assert hidden(text) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "订单号 138123456789012",
        "1381234567",
        "12812345678",
        "满意度从 85.5% 升到 92.3%，共 13,812 单",
        "2024-01-31 到 2024-12-31",
        "110105194912310021",  # the check digit is X
        "11010519491231002Y",
        "4539148803436468",  # fails Luhn
        "1234567890123456789012",
        "邮箱格式是 名字@域名",
        "@所有人 请注意",
        "打 400-800-1234 热线",
        "12345 热线",
        "微信群里发通知",
        "We use wechat marketing and wechat groups",
        "企业微信 CRM 系统",
        "QQ群、微信都行",
        "我叫客户先坐下，",
        "我叫同事来，",
        "我叫他们等一下。",
        "客户姓名要核对，",
        "The name is important.",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("names", "secrets"),
    [
        (["张三"], ["张三", "张三"]),
        (["张三丰"], ["张三丰"]),
        (["张三", "张三丰"], ["张三丰", "张三"]),
        ([" Ann "], ["ANN"]),
        (["三"], []),  # a name of one character would hide too much
        (["", "  "], []),
        (["李四"], []),
    ],
)
def test_known_names_are_starred_out_wherever_they_stand(names, secrets):
    assert hidden("同事张三丰和张三，还有 ANN 的 annual plan", names) == secrets


def test_a_name_is_no_pattern():
    assert hidden("a.c abc (x", ["a.c", "(x"]) == ["a.c", "(x"]


def test_several_in_one_line_are_all_starred_out():
    text = "我叫张小明，电话13812345678，邮箱a@b.cn，谢谢"
    assert hidden(text) == ["张小明", "13812345678", "a@b.cn"]


@settings(max_examples=100)
@given(st.text(alphabet="1389086-+ Xx@a.张三，\u200b１我叫微信:", max_size=60))
def test_the_length_is_always_kept_and_masking_twice_changes_nothing(text):
    once = mask(text, ["张三"])
    assert len(once) == len(text)
    assert mask(once, ["张三"]) == once


@pytest.mark.parametrize("unit", ["a", "1", "a@", "微信", "138", "1 ", "0-", "我叫张"])
def test_very_long_runs_are_masked_at_once(unit):
    text = unit * (20_000 // len(unit))
    assert len(mask(text, ["张三"])) == len(text)
