"""Markdown -> the text that its signs dress up."""

from __future__ import annotations

import re
from html import unescape

from evaluator.papers import tables
from evaluator.papers.titles import titled

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)([^\n]{0,400}?\S)\*\*|(?<![_\w])__(?=[^\s_])([^_\n]*[^\s_])__(?![_\w])")
_ITALIC = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![A-Za-z0-9*])|(?<![A-Za-z0-9*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])"
)
"""Between two words the stars multiply."""
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\((?:https?:|mailto:|/|#|\.)[^)\n]{0,2000}\)")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINE_SIGNS = re.compile(r"^[ \t]*(?:>[ \t]?)+|^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:(?:[-*_][ \t]*){3,}|={3,}|(?:```|~~~).*)$", re.MULTILINE)
_TABLE = re.compile(r"(?:^[ \t]*\|[^\n]*\|[ \t]*(?:\n|\Z))+", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*$\n?", re.MULTILINE)
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_BLANK = re.compile(r"_{3,}")
_STRONG_SIGNS = 2


def looks_like(text: str) -> bool:
    """Whether a text carries so many headings and bold words, or a table, that it can only be Markdown."""
    strong = max(len(_HEADING.findall(text)), len(_BOLD.findall(text)))
    return strong >= _STRONG_SIGNS or (_TABLE_RULE.search(text) is not None and _TABLE.search(text) is not None)


def plain(text: str) -> str:
    """`text` without the signs of Markdown, line for line; rows of tables have tabs between their cells.

    Numbers of lists stay, and so do the underscores of blanks to fill in.
    """
    text = _TABLE.sub(_rows, _TABLE_RULE.sub("", text))
    text = _RULE.sub(lambda rule: rule.group() if _BLANK.search(rule.group()) else "", text)
    for sign in (_LINE_SIGNS, _IMAGE):
        text = sign.sub("", text)
    text = _HEADING.sub(_title, text)
    for sign in (_BOLD, _ITALIC):
        text = sign.sub(lambda found: found[1] or found[2] or "", text)
    for sign in (_LINK, _CODE, _ESCAPED):
        text = sign.sub(r"\1", text)
    return unescape(_BREAK.sub("\n", text))


def _title(heading: re.Match[str]) -> str:
    text = heading[1].rstrip()
    bare = text.rstrip("#")
    return titled(bare.rstrip() if bare.endswith((" ", "\t")) or not bare else text)


def _rows(table: re.Match[str]) -> str:
    rows = [row.strip().removeprefix("|").removesuffix("|").split("|") for row in table.group().splitlines()]
    split = [[[line.strip() for line in _BREAK.split(cell) if line.strip()] for cell in row] for row in rows]
    return "\n".join(tables.lines(split)) + ("\n" if table.group().endswith("\n") else "")
