"""What document sites put around a paper: notices, watermarks, page marks, lists of other documents, comment boxes.

A line is judged as a whole, never a part of it, and in simplified characters without pinyin. A *sure* line is a notice
wherever it stands. A *neighbour* could be a line of a paper, and counts only beside a line that is a notice. An
*opener* heads a list that belongs to the site. A new site is added by its lines, in the tables below.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from evaluator.models import Span
from evaluator.papers.pinyin import without_pinyin
from evaluator.papers.tracing import Traced
from evaluator.papers.traditional import simplified


class Notice(StrEnum):
    """What kind of text of the site it is."""

    SITE = "site_notice"
    PAGE = "page_mark"
    OTHERS = "other_documents"
    COMMENTS = "comment_box"
    WATERMARK = "watermark"


@dataclass(frozen=True, slots=True)
class Removed:
    """Text that was taken out."""

    span: Span
    kind: Notice
    text: str


_BULLET = r"(?:[-•·●▪*#]|\d+[.、])?\s*"
_FILE = r"\.(?:docx?|pdf|pptx?|xlsx?|txt|wps)"


def _table(*rows: tuple[Notice, str]) -> tuple[tuple[Notice, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(_BULLET + f"(?:{pattern})" + r"\s*", re.IGNORECASE)) for kind, pattern in rows)


_SURE = _table(
    (
        Notice.PAGE,
        r"第\s*(?:PAGE|\d+|[一二三四五六七八九十]+)\s*页\s*[,，/、;；(（]?\s*共\s*(?:NUMPAGES|\d+|[一二三四五六七八九十]+)\s*页\s*[)）]?",
    ),
    (
        Notice.PAGE,
        r"第\s*PAGE\s*页|PAGE\s*\\?\*?\s*MERGEFORMAT\s*\d*|Page\s+\d+\s+of\s+\d+|[-—–]\s*\d{1,3}\s*[-—–]|.{2,80}_第\d+页",
    ),
    (Notice.PAGE, r"[=*~_—–-]{2,}\s*第\s*\d{1,3}\s*页\s*[=*~_—–-]{2,}"),
    (Notice.PAGE, r"已阅读\d+页[，,].*|还剩\d+页未读.*|继续免费阅读.*"),
    (Notice.SITE, r"下载本文档|版权说明[:：].*(?:用户|上传|下载).*|文档简介|文档介绍|.{1,80}" + _FILE + r"\s*VIP"),
    (
        Notice.SITE,
        r".*(?:原创力文档|人人文库|百度文库|道客巴巴|豆丁网|book118|docin\.com|renrendoc|doc88|wenku\.baidu).*",
    ),
    (Notice.SITE, r"本(?:文档|文|资料|资源|试卷)由.{0,12}(?:用户|会员|网友|AI).{0,40}(?:上传|创建|提供|整理|生成).*"),
    (Notice.SITE, r".*(?:本站|本网站).*(?:下载|上传|文档|版权|资源|附件|会员|VIP|侵权).*"),
    (
        Notice.SITE,
        r".*(?:成为VIP|VIP文档|VIP会员|下载权益|侵权.{0,12}(?:联系|举报|删除)|文件的所有权益归|未经权益所有人).*",
    ),
    (Notice.SITE, r"约[\d.]+[千万]?字|约\s*\d+\s*页|\d{4}-\d{2}-\d{2}\s*发布于.{0,12}"),
    (Notice.SITE, r"(?:版权归|来源于|来自|整理自|转载自).{0,20}(?:网络|互联网|原作者).*(?:删除|侵权|联系).*"),
    (
        Notice.OTHERS,
        r"1亿VIP精品文档|相关(?:文档|资料|推荐)\s*[=＝-]{2,}|您可能(?:关注|感兴趣|喜欢)的(?:文档|资料|试卷).*|.{2,80}"
        + _FILE
        + r"\s+VIP",
    ),
    (
        Notice.COMMENTS,
        r"文档评论\s*[(（]\s*\d*\s*[)）]|\d+\s*/\s*\d{2,4}\s*(?:字)?|提交评论|发表评论|我要评论|暂无评论.{0,12}|写评论",
    ),
    (
        Notice.SITE,
        r"(?:上|下)一(?:篇|题|章|页)\s*[:：].*|版权所有.{0,40}|(?:Copyright|©).{0,60}|(?:当前|您的|你的)?位置\s*[:：].*[>»›].*|首页\s*[>»›].*",
    ),
    (
        Notice.SITE,
        r".*盗版.{0,20}客服.*|(?:Thank you for|Thanks for) (?:using|downloading).*",
    ),
    (Notice.SITE, r".*\bvisit (?:our|us)\b.*(?:site|more|www).*"),
    (
        Notice.WATERMARK,
        r"\W{0,4}(?:点击)?关注(?:本)?公众号.*|\W*END\W*|\W{0,4}(?:点个?|点亮|点击)[“\"「]?(?:在看|赞|分享).{0,30}|\W{0,4}回复[“\"「].{1,12}[”\"」].{0,4}(?:领取|获取).*",
    ),
    (
        Notice.WATERMARK,
        r".{0,16}点[个亮击]?[“\"「]?在看.{0,30}|\W{0,4}点击[上下]方.{0,6}(?:蓝字|关注|卡片|名片).{0,12}",
    ),
    (Notice.COMMENTS, r"文档贡献者|该用户很懒.*|.{1,16}\s*\+\s*关注"),
    (
        Notice.WATERMARK,
        r".{0,12}(?:微信|公众号|QQ群?|淘宝店铺?)\s*[:：号]\s*[\w-]{4,20}.{0,20}|(?:https?://|www\.)[\w./%?=&#-]+",
    ),
    (
        Notice.WATERMARK,
        r"(?:扫码|扫一扫|扫描二维码|长按二维码).{0,12}(?:关注|领取|下载|加群|获取).*|更多(?:试题|资料|真题|文档|题库).{0,12}(?:请|关注|下载|访问|尽在).*",
    ),
)
_OPENERS = _table(
    (Notice.SITE, r"温馨提示\s*[:：]?"),
    (
        Notice.OTHERS,
        r"最新文档|相关文档|相关资料|相关推荐|最近下载|猜你喜欢|热门文档|推荐文档|大家都在看|您可能.{0,6}的文档",
    ),
    (Notice.COMMENTS, r"评论|网友评论|用户评论"),
)
_NEIGHBOURS = _table(
    (
        Notice.SITE,
        r"\d{1,4}|举报|收藏|分享|下载|查看更多|展开全部|点击查看.{0,10}|实名认证|已认证|.{1,80}"
        + _FILE
        + r"|.{0,10}发布于.{1,12}",
    ),
    (
        Notice.SITE,
        r"(?:\d+[.、]\s*){0,2}.*(?:文档|付费|付費|VIP|网站|客服电话|举报电话|上传者|下载).*(?:免责|自行承担|不支持退款|权益|举报|版权|贡献者|鉴别|点击|用户).*",
    ),
)
_LISTED = re.compile(r"\s*(?:[-•·●▪*]\s|\d+\s*[.、]\s*\S)")
_LISTED_SITE = re.compile(
    "本站|文库|文档|版权|下载|上传|VIP|会员|压缩|图纸|CAD|RAR|阅读器|网站|附件|预览|侵权|权益|用户|" + _FILE,
    re.IGNORECASE,
)
_WARNED = re.compile(r"温馨提示\s*[:：]?.*(?:本站|文库|文档|下载|版权|VIP|付费|充值|会员|扫码|关注|网站).*")
_REPEATED = 3
_LONGEST = 250
"""Characters of a line; a longer one holds text of the paper, whatever else it says."""


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    plain: str
    kind: Notice | None = None


def found(traced: Traced) -> tuple[tuple[int, int, Notice], ...]:
    """The stretches of `traced.text` that are the site's, whole lines without their line feeds."""
    lines = _lines(traced.text)
    for line in lines:
        line.kind = _sure(line.plain)
    _repeated_pages(lines)
    _mark_lists(lines)
    _mark_neighbours(lines)
    return tuple((line.start, line.end, line.kind) for line in lines if line.kind)


def without_notices(traced: Traced) -> tuple[Traced, tuple[Removed, ...]]:
    """The text without what the site put around it, and what was taken out."""
    stretches = found(traced)
    removed = tuple(
        Removed(traced.span(start, end), kind, traced.text[start:end])
        for start, end, kind in _merged(traced.text, stretches)
    )
    length = len(traced.text)
    return traced.edited((start, min(end + 1, length), "") for start, end, _ in stretches), removed


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for source in text.split("\n"):
        plain = without_pinyin(Traced.of(source)).text if "(" in source or "（" in source else source
        lines.append(_Line(start, start + len(source), simplified(plain).strip()))
        start += len(source) + 1
    return lines


def _sure(plain: str) -> Notice | None:
    if len(plain) <= _LONGEST and _WARNED.fullmatch(plain):
        return Notice.SITE
    return _match(_SURE, plain)


def _match(table: tuple[tuple[Notice, re.Pattern[str]], ...], plain: str) -> Notice | None:
    if not plain or len(plain) > _LONGEST:
        return None
    return next((kind for kind, pattern in table if pattern.fullmatch(plain)), None)


def _repeated_pages(lines: list[_Line]) -> None:
    # The name of a site or a school on every page: a line that comes again and again and says where to get more.
    counts = Counter(
        line.plain for line in lines if re.search("资料|文库|网校|教育网|题库网|学习网|内部资料|下载", line.plain)
    )
    for line in lines:
        if (
            counts[line.plain] >= _REPEATED
            and len(line.plain) < 60
            and not re.match("答案|参考答案|解析|[A-H][.、．]", line.plain)
        ):
            line.kind = line.kind or Notice.WATERMARK


def _mark_lists(lines: list[_Line]) -> None:
    for at, line in enumerate(lines):
        kind = _match(_OPENERS, line.plain)
        if not kind:
            continue
        items = _items_behind(lines, at)
        if items or at + 6 >= len(lines) or any(near.kind for near in _near(lines, at)):
            line.kind = line.kind or kind
            for item in items:
                item.kind = item.kind or kind


def _items_behind(lines: list[_Line], at: int) -> list[_Line]:
    # 温馨提示 heads sentences about the site, the other openers head names of documents: both as lists.
    items: list[_Line] = []
    about_site = "温馨提示" in lines[at].plain
    for line in lines[at + 1 :]:
        if not line.plain:
            continue
        named = re.search("[。？?]", line.plain) is None
        if not _LISTED.match(line.plain) or not (_LISTED_SITE.search(line.plain) if about_site else named):
            break
        items.append(line)
    return items


def _mark_neighbours(lines: list[_Line]) -> None:
    for order in (lines, lines[::-1]):
        beside = False
        for line in order:
            if not line.plain:
                continue
            if not line.kind and beside:
                line.kind = _match(_NEIGHBOURS, line.plain)
            beside = line.kind is not None and line.kind != Notice.PAGE


def _near(lines: list[_Line], at: int) -> list[_Line]:
    before = [line for line in lines[:at] if line.plain][-1:]
    return before + [line for line in lines[at + 1 :] if line.plain][:1]


def _merged(text: str, stretches: tuple[tuple[int, int, Notice], ...]) -> list[tuple[int, int, Notice]]:
    merged: list[tuple[int, int, Notice]] = []
    for start, end, kind in stretches:
        if merged and merged[-1][2] == kind and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], end, kind)
        else:
            merged.append((start, end, kind))
    return merged
