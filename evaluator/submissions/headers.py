"""Words of header rows: what they are for, whatever form, language or script they come in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from evaluator.papers import numerals
from evaluator.submissions.column_map import Role
from evaluator.text import normalise, simplified

_CANDIDATES = (
    """准考证号 准考证 准考证号码 考号 考生号 考生编号 考生id 报名号 报名序号 candidate candidateid candidateno
    candidatenumber examno examid registrationnumber registrationno""",
    "学号 studentid studentno studentnumber matriculationnumber",
    "工号 员工号 员工编号 职工号 employeeid employeeno staffid staffno",
    """候选人编号 候选人id 应聘编号 应聘者编号 简历编号 applicantid 用户标识 用户id userid uid openid
    身份证号 身份证号码 身份证""",
    "编号 id 答卷编号 答卷id responseid respondentid submissionid",
    "序号 行号 答卷序号 no number index",
)
"""Ids, the surest first: of several the first is the candidate's id, the others stay beside the results."""
_NAMES = (
    """姓名 名字 考生姓名 学生姓名 候选人姓名 应聘者姓名 应聘人姓名 员工姓名 真实姓名 name fullname studentname
    candidatename applicantname yourname""",
    "考生 候选人 应聘者 应聘人 答题人 作答人 提交者 提交人 填写人 填写者 submitter respondent",
    "昵称 用户昵称 微信昵称 nickname username 用户名",
)
_OTHERS: dict[Role, str] = {
    Role.PHONE: """手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 移动电话 微信 微信号 qq qq号
    phone phonenumber mobile mobilephone mobilenumber tel telephone cellphone""",
    Role.EMAIL: "邮箱 电子邮箱 电子邮件 邮箱地址 邮件 邮件地址 电邮 email emailaddress mail",
    Role.TIME: """时间 日期 提交时间 提交答卷时间 提交日期 交卷时间 开始时间 开始答题时间 结束时间 结束答题时间 完成时间
    答题时长 答题时间 所用时间 用时 时长 创建时间 更新时间 修改时间 填写时间 填表时间 timestamp starttime completiontime
    endtime submittedat createdat date time duration lastmodifiedtime submittime""",
    Role.META: """部门 单位 公司 团队 组别 小组 岗位 职位 职务 应聘岗位 应聘职位 报考岗位 报考职位 城市 地区 省份
    来源 来源详情 来自ip ip ip地址 ua useragent referrer referer 语言 清洗数据结果 智能清洗数据无效概率
    地理位置 地理位置国家和地区 地理位置国家 地理位置省 地理位置市 用户类型 自定义字段 班级 学院 学校 专业 年级 学历
    性别 年龄 民族 籍贯 备注 评语 状态 考场 考场号 座位号 渠道 场次 试卷 试卷名称 考试名称 考试 批次 标签 附件
    邮编 邮政编码 面试官 考官 阅卷人 阅卷老师 评分人 提交人部门
    department dept team position job jobtitle company organization city country region gender sex age remark remarks
    note notes comment comments status language source browser tag tags postcode zipcode zip postalcode school class
    grade major section submissiontype exam paper session split type""",
}
QUESTION_KEYS = (
    "rubric rubricid 评分细则 细则 题目id 试题id 题目编号 试题编号 questionid itemid 题id",
    "题目 问题 试题 题干 试题内容 题目内容 question prompt item questiontext stem",
    "题号 题序 第几题 questionnumber questionno qno",
)
"""Long tables: which question; ids, then stems, then numbers."""
ANSWERS = """答案 回答 作答 作答内容 答题内容 回答内容 答案内容 考生答案 考生作答 学生答案 作答答案 答卷 答复
answer answers answertext response responsetext text reply content"""
_RATERS = "评委 评分人 阅卷人 阅卷老师 评阅人 rater grader judge examiner reviewer ratername"
POSTCODES = frozenset({"邮编", "邮政编码", "postcode", "zipcode", "zip", "postalcode"})
TOTALS = frozenset(
    {"总分", "总得分", "总成绩", "总评分", "合计", "总计", "合计得分", "得分合计", "人工总分", "总分人工"}
    | {"total", "totalscore", "grandtotal", "sum"}
)
_POLITE = re.compile(r"^(?:请(?:您)?(?:输入|填写|选择|写下)|您的|你的|考生)+")
_TAGS = re.compile(
    r"\s*(?:[（(【\[]\s*(?:必填|选填|必答|选答|自动|[单多]选题?|填空题?|简答题?|问答题?|判断题?|文本题?|主观题|客观题|论述题?|案例题?|"
    r"[^（()）【】\[\]]{0,20}?\d+(?:\.\d+)?\s*(?:分(?!钟)|字)[^（()）【】\[\]]{0,20}?|"
    r"(?:本[题小]|每[题小]|满分|共)*\s*\d+(?:\.\d+)?\s*分|required|optional|\d+\s*(?:points?|marks?))\s*[)）】\]]|[*＊])\s*",
    re.IGNORECASE,
)
_CHINESE = numerals.CHINESE
_NUMBER = re.compile(
    rf"\s*(?:第\s*(?P<a>\d{{1,3}}|[{_CHINESE}]{{1,4}})\s*[题道问]|(?:试题|题目|问题|题|答案)\s*(?P<b>\d{{1,3}}|[{_CHINESE}]{{1,4}})(?!\d)"
    rf"|(?:Q|Question|Answer|A)\s*[.#_-]?\s*(?P<c>\d{{1,3}})(?![\dA-Za-z])|[（(]\s*(?P<d>\d{{1,3}})\s*[)）]"
    rf"|(?P<e>\d{{1,3}})(?=\s*[、:：)）_]|\s*[.．](?!\d)|\s*$)|(?P<f>[{_CHINESE}]{{1,4}})(?=\s*[、]))\s*[、.．:：)）_\-]*\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header without what forms put around it."""

    number: int
    """Number that it starts with; 0 for none."""
    rest: str
    """What stands behind the number."""
    key: str
    """`rest`, normalised."""


@functools.lru_cache(maxsize=4096)
def read(printed: str) -> Header:
    """Take a header apart."""
    text = _TAGS.sub(" ", "".join(map(simplified, printed))).strip()
    found = _NUMBER.match(text)
    number = numerals.value(next(part for part in found.groups() if part)) if found else 0
    rest = text[found.end() :].strip() if found and number else text
    return Header(number, rest, normalise(rest).text)


def _ranked(groups: tuple[str, ...]) -> dict[str, int]:
    return {normalise(word).text: rank for rank, words in enumerate(groups) for word in words.split()}


@functools.cache
def _known() -> dict[str, Role]:
    known = {normalise(word).text: role for role, words in _OTHERS.items() for word in words.split()}
    known |= dict.fromkeys(_ranked(_NAMES), Role.NAME)
    return known | dict.fromkeys(_ranked(_CANDIDATES), Role.CANDIDATE)


@functools.cache
def _ranks() -> dict[str, int]:
    return _ranked(_NAMES) | _ranked(_CANDIDATES)


def _short(header: Header) -> str:
    """The word itself: 您的姓名 is 姓名."""
    if header.key in _known():
        return header.key
    return _POLITE.sub("", header.key)


def role(printed: str) -> Role | None:
    """What a known word of a header is for; None for all others."""
    return _known().get(_short(read(printed)))


def rank(printed: str) -> int:
    """How sure an id or a name is, 0 the surest."""
    return _ranks().get(_short(read(printed)), 99)


@functools.cache
def _long_words() -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    return _ranked(QUESTION_KEYS), _ranked((ANSWERS,)), _ranked((_RATERS,))


def question_key_rank(printed: str) -> int | None:
    """0 for ids, 1 for stems, 2 for numbers, where the header says which question a row answers."""
    return _long_words()[0].get(read(printed).key)


def is_answer(printed: str) -> bool:
    """Whether the header says that answers stand below it, without saying to what."""
    return not read(printed).number and read(printed).key in _long_words()[1]


def is_rater(printed: str) -> bool:
    """Whether the header says that names of raters stand below it."""
    return read(printed).key in _long_words()[2]


def is_postcode(printed: str) -> bool:
    """Whether post codes stand below it."""
    return _short(read(printed)) in POSTCODES


def is_total(printed: str) -> bool:
    """Whether the totals of whole papers stand below it."""
    return read(printed).key in TOTALS
