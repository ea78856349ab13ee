"""A 参考答案 that is a marking key, as school examinations have it: every item of it is a key point."""

import pytest

from evaluator.drafting.enumerating import enumerated
from evaluator.drafting.keying import examined, keyed
from evaluator.drafting.naming import named
from evaluator.drafting.rules import comments
from evaluator.models.paper import Question
from evaluator.papers import unwrapped

KEY = "（1）原因：气候转干；人口增多；过度放牧。（2）措施：退耕还草；轮牧休牧，划区管理；推广节水灌溉等。"


def items(rule, text):
    return [f"{piece.under}：{piece.of(text)}" if piece.under else piece.of(text) for piece in rule(text)]


def of(reference, analysis=""):
    question = Question(
        number="1", stem="简述其原因和措施。", kind="short_answer", reference=reference, analysis=analysis
    )
    found = named(question)
    return found.part, found.rule, [term.of(found.text) for term in found.terms]


def test_every_item_of_a_key_stands_under_its_heading():
    assert items(keyed, KEY) == [
        "原因：气候转干", "原因：人口增多", "原因：过度放牧", "措施：退耕还草", "措施：轮牧休牧，划区管理", "措施：推广节水灌溉",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("修建水库；种草固沙；控制人口。", ["修建水库", "种草固沙", "控制人口"]),
        ("特点：分布不均；季节变化大；总量少。", ["分布不均", "季节变化大", "总量少"]),
        ("有利：带动就业。增加税收。不利：占用耕地。污染水源。", ["有利：带动就业", "有利：增加税收", "不利：占用耕地", "不利：污染水源"]),
        ("大会选出新的领导层；通过新的章程。意义：稳定了局面；统一了认识。", ["大会选出新的领导层", "通过新的章程", "意义：稳定了局面", "意义：统一了认识"]),
        ("原因：滥捕；湿地缩小；水质变差．（其他合理答案酌情评分） 措施：禁捕；护湿地；治污等．（答出两项即可得满分．其他合理答案酌情评分）",
         ["原因：滥捕", "原因：湿地缩小", "原因：水质变差", "措施：禁捕", "措施：护湿地", "措施：治污"]),
        ("示例：\n观点：开放带来进步。\n论述：海港通商；书籍传入；新作物推广。", ["观点：开放带来进步", "论述：海港通商", "论述：书籍传入", "论述：新作物推广"]),
        ("先看第一问再看第二问。故答案为：降水多；地势低；排水差。", ["降水多", "地势低", "排水差"]),
        ("（1）反对专制；主张分权．（2）仿照外国；设立议会；推动了变法．", ["反对专制", "主张分权", "仿照外国", "设立议会", "推动了变法"]),
        ("（1）观点：赞成。理由：成本低；见效快。答案示例二：反对。理由：风险大；周期长。（2）扩大宣传；健全法规。", ["观点：赞成", "理由：成本低", "理由：见效快", "扩大宣传", "健全法规"]),
    ],
)  # fmt: skip
def test_keys_of_many_forms(text, found):
    assert items(keyed, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "先安抚客户的情绪，再核实情况；给出方案。",
        "首先，我会向主管说明；其次，查阅录像；最后，办理移交。",
        "①统计口径不一；②重复录入；③缺少复核。",
        "1.发通知；\n2.订会场；\n3.布置座位。",
        "一是建台账；二是上门走访；三是限期整改。",
        "班会是每天开工前的短会。作用：(1)布置任务；(2)提示风险；(3)鼓舞士气。",
        "(1)质量问题：材料、做工等；\n(2)服务问题：态度、速度等；\n(3)物流问题：配送范围、配送状态等。",
        "周转率等于成本除以库存。途径：清理呆滞品；缩短周期；优化库存。",
        "这件事让明白了很多道理，" * 6
        + "；"
        + "后来每次遇到类似的情况都会先停下来想一想再做决定，" * 4
        + "；再也没有出过错。",
    ],
)
def test_prose_and_counted_points_are_no_key(text):
    assert keyed(text) == []


def test_a_key_of_several_parts_is_believed_before_any_analysis():
    analysis = "答案要体现“因地制宜”和“标本兼治”。"
    assert of(KEY, analysis)[:2] == ("reference", "examined")
    assert examined("修建水库；种草固沙；控制人口。") == []
    assert of("修建水库；种草固沙；控制人口。", analysis) == ("analysis", "quoted", ["因地制宜", "标本兼治"])


COMMENTARY = "本题考查区域环境。第一小问的原因，根据材料归纳即可；第二小问结合所学知识，从“标本兼治”的角度回答。"


def test_a_commentary_on_how_to_answer_names_no_key_point():
    assert comments(COMMENTARY)
    assert of("修建水库；种草固沙；控制人口。", COMMENTARY)[1] == "keyed"
    assert not comments("此题考察应变能力。答案要体现“先后有序”和“事后跟进”，举例说明即可。")
    assert comments("解：由图可知，降水集中在夏季。")


def test_a_commentary_is_all_there_is_where_nothing_else_says_anything():
    assert of("", COMMENTARY)[0] == "analysis"


def test_numbers_of_the_parts_of_a_question_are_no_key_points():
    text = (
        "（1）\n①意识有能动作用；\n②实践决定认识。\n（2）\n①调动积极性；\n②凝聚共识。\n（3）\n①推动发展。\n②造福人民。"
    )
    assert items(enumerated, text) == [
        "意识有能动作用", "实践决定认识", "调动积极性", "凝聚共识", "推动发展", "造福人民",
    ]  # fmt: skip


PAGE = (
    "（1）问要求说明这一制度对后世的影响，可以从材料中提取有关信息再结合课本上学过\n"
    "的知识概括；（2）问要求分析这一制度最终没有能够推行到全国各地去的主要原因，可\n"
    "以从各个阶层的利益来谈。"
)


def test_lines_that_a_page_cut_are_put_together():
    text = "影响：加强了对地方的控制；减轻了农民的负担，使农民有更多的时间从事生产，社会经\n济得到恢复；\n措施：编户"
    assert unwrapped(text, PAGE) == text.replace("经\n济", "经济")
    assert unwrapped(PAGE).count("\n") == 0


@pytest.mark.parametrize("text", ["", "核对姓名\n核对剂量\n核对时间", "A short line\nand another one", KEY, "甲" * 60])
def test_lines_that_nothing_cut_stay(text):
    assert unwrapped(text) == text


def test_a_paragraph_that_fills_its_line_ends_with_its_sentence():
    full = "第一段话正好写满了一行，所以下一行不是它的后半句，而是另一段话，不能接在后面去读。"
    assert unwrapped(f"{full}\n第二段话。", PAGE) == f"{full}\n第二段话。"


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        ("（1）\n①改组后，目标更清楚，定位更准；\n②分工明确，运转更快；\n③多劳多得，人人有干劲。", ["改组后，目标更清楚", "分工明确", "多劳多得"]),
        ("（1）意识反作用于物质。\n（2）传统是今天的根。\n（3）答案示例：\n史实俱在，不容抵赖。", ["意识反作用于物质", "传统是今天的根", "史实俱在"]),
        ("（1）地势低。\n（2）降水多。\n（3）参考答案二：排水不畅，积水难退。", ["地势低", "降水多", "排水不畅"]),
    ],
)  # fmt: skip
def test_what_says_only_when_or_that_it_is_an_example_names_nothing(reference, names):
    assert of(reference)[2] == names


def test_a_closing_phrase_a_year_and_what_stands_for_an_answer_name_nothing():
    reference = (
        "略（开放题，言之有理即可）\n【参考示例】铁路国家，靠铁路连起内陆与港口。战后各国重建缓慢。1951年，六国签下煤钢条约，关税逐年下降。"
        "综上所述，联合比对抗更得利。"
    )
    _, rule, names = of(reference)
    assert rule == "sentences"
    assert names == ["铁路国家", "战后各国重建缓慢", "六国签下煤钢条约", "联合比对抗更得利"]
