"""An answer as it may stand in a prompt: it reads the same, and nothing in it can pass for structure."""

from __future__ import annotations

import re

from evaluator.text import BLANKS, invisible

_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_ROLE = r"system|assistant|user|developer|human|tool|function|系统|用户|助手|开发者"
_ENDING = (
    r"答案|作答|回答|答卷|考生|候选人|系统|评分|阅卷|指令|结束|完毕|开始"
    r"|answer|system|end|begin|start|instruction|grader|examiner"
)

_BREAKS: tuple[tuple[re.Pattern[str], str], ...] = (
    # <tag>, </tag>, <|im_start|>, <!-- -->, <<SYS>>: full-width brackets are no tag and no token of a chat template.
    (re.compile(r"<([^\W\d][^<>\n]{0,200}|[/!?|][^<>\n]{0,200})>"), r"＜\1＞"),
    (re.compile(r"<(?=[^\W\d]|[/!?|<＜])"), "＜"),
    (re.compile(r"(?<=[|>＞-])>"), "＞"),
    (re.compile(r"\[(\s?/?\s?(?:INST|SYS)\s?)\]", re.IGNORECASE), r"［\1］"),
    # A line that looks like a number of our own clauses.
    (re.compile(r"^([ \t]*)\[(\s?\d+\s?)\]", re.MULTILINE), r"\1［\2］"),
    (re.compile(rf"【([^【】\n]{{0,20}}?(?:{_ENDING})[^【】\n]{{0,20}})】", re.IGNORECASE), r"〔\1〕"),
    (re.compile(rf"^([ \t#*>]*(?:{_ROLE})[ \t*]*):", re.IGNORECASE | re.MULTILINE), r"\1："),
    # Fences and rules that frame blocks.
    (re.compile(r"`{3,}"), "''"),
    (re.compile(r"\"{3,}|'{3,}"), "''"),
    (re.compile(r"^([ \t]*)([=\-#*_~+])\2{2,}", re.MULTILINE), r"\1\2\2"),
    (re.compile(r"~{3,}"), "~~"),
)
"""What could pass for structure, and the least change that a reader does not stumble over."""

_ALONE = rf"<>\[【:{''.join(sorted(BLANKS))}\ufe00-\ufe0f\U000e0100-\U000e01ef"
_REPEATED = "=\\-#*_~+`\"'"
_SUSPECT = re.compile(rf"[{_ALONE}{_REPEATED}](?:(?<![{_REPEATED}])|(?<=([{_REPEATED}]))\1\1)")
"""A printable text without these, or three of a kind of the latter, has nothing to break and nothing to drop."""


def harmless(text: str) -> bool:
    """True only where neutralising would change neither the text nor any part of it; False says nothing."""
    return text.isprintable() and not _SUSPECT.search(text)


def neutralise(text: str) -> str:
    """The same text for a reader, with no tag, fence, role marker or delimiter that could close a block of a prompt.

    Invisible and control characters are dropped, every kind of line end becomes a line feed, half characters become
    U+FFFD. Neutralising twice changes nothing more.
    """
    if harmless(text):
        return text
    text = _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    text = "".join(char for char in text if not invisible(char))
    while (broken := _broken(text)) != text:
        text = broken
    return text


def _broken(text: str) -> str:
    for pattern, instead in _BREAKS:
        text = pattern.sub(instead, text)
    return text
