"""Mending the text of a paper: what a site added goes, what it broke is restored where that is certain.

Honest text is kept character for character, and every character of the mended text knows where it stood. The steps
go from the site back to the author: notices first, then the damage that came last.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.errors import Words
from evaluator.models import PaperWarning, Span, WarningCode
from evaluator.papers.gbk_damage import Damage, mended_gbk
from evaluator.papers.linebreaks import joined
from evaluator.papers.notices import Notice, Removed, without_notices
from evaluator.papers.pinyin import without_pinyin
from evaluator.papers.spacing import closed_up
from evaluator.papers.tracing import Traced
from evaluator.papers.traditional import in_simplified
from evaluator.papers.widths import chinese_marks, visible

_KINDS = {
    Notice.SITE: Words("网站提示", "site notice"),
    Notice.PAGE: Words("页码标记", "page mark"),
    Notice.OTHERS: Words("其他文档列表", "list of other documents"),
    Notice.COMMENTS: Words("评论区", "comment box"),
    Notice.WATERMARK: Words("水印或推广", "watermark or advertisement"),
}
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Mended:
    """The mended text and the way back to the source."""

    text: str
    origins: tuple[int, ...]
    """`origins[i]` is the index of the source character that `text[i]` stands for; never falling."""
    removed: tuple[Removed, ...]
    warnings: tuple[PaperWarning, ...]
    length: int
    """Length of the source."""
    damaged: int = 0
    """Places whose encoding was damaged; those that have no `damaged_text` warning are mended."""

    def span(self, start: int, end: int) -> Span:
        """The stretch of the source behind `text[start:end]`; raises ValueError where that lies outside the text."""
        return Traced(self.text, self.origins, self.length).span(start, end)


def mend(text: str) -> Mended:
    """Mend `text` as it was read. Never raises; a clean text comes back as it is."""
    traced, removed = without_notices(Traced.of(text))
    read = traced
    traced, damages = mended_gbk(read)
    traced = without_pinyin(visible(traced))
    traced = joined(closed_up(chinese_marks(in_simplified(traced))))
    warnings = [*map(_removal, removed), *(_loss(read, damage) for damage in damages if damage.lost)]
    return Mended(traced.text, traced.origins, removed, tuple(warnings), len(text), len(damages))


def _removal(removed: Removed) -> PaperWarning:
    kind = _KINDS[removed.kind]
    shown = " ".join(removed.text.split())
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return PaperWarning(
        code=WarningCode.REMOVED_TEXT,
        zh=f"已去掉{kind.zh}：{shown}",
        en=f"removed a {kind.en}: {shown}",
        place=removed.span,
    )


def _loss(read: Traced, damage: Damage) -> PaperWarning:
    shown = read.text[max(0, damage.start - 6) : damage.end]
    zh, en = (
        f"文字因编码损坏，无法可靠还原：…{shown}",
        f"text damaged by its encoding, not restored with certainty: …{shown}",
    )
    if damage.mended is not None:
        zh, en = f"{zh}（已还原为“{damage.mended}”，□ 处缺字）", f"{en} (restored as “{damage.mended}”; □ is lost)"
    place = read.span(damage.start, damage.end)
    return PaperWarning(code=WarningCode.DAMAGED_TEXT, zh=zh, en=en, place=place)
