"""What a person should know about a source, gathered as it is read, in bounded memory."""

from __future__ import annotations

from evaluator.errors import Words

_SHOWN = 5
_REMEMBERED = 50_000
_TEXTS: dict[str, Words] = {
    "repeated": Words(
        "同一考生出现不止一次，以后出现的为准（{n} 处）：{places}",
        "a candidate appears more than once, the later one counts ({n}): {places}",
    ),
    "same_name": Words(
        "以姓名作编号，但有重名，会被当成同一人（{n} 处）：{places}",
        "names serve as ids and repeat: they are taken for one person ({n}): {places}",
    ),
    "rounded": Words(
        "编号被 Excel 存成了数值，末尾几位已经丢失，请用文本格式重新导出（{n} 处）：{places}",
        "ids were stored as numbers by Excel and have lost their last digits; export them as text ({n}): {places}",
    ),
    "no_id": Words("没有编号，以 row-行号 作编号（{n} 行）：{places}", "no id, `row-<n>` serves ({n} rows): {places}"),
    "name_as_id": Words(
        "没有编号，以姓名作编号（{n} 行）：{places}", "no id, the name serves as one ({n} rows): {places}"
    ),
    "fault": Words(
        "公式出错的单元格按空白处理（{n} 处）：{places}", "failed formulas are taken as blank ({n}): {places}"
    ),
    "long": Words("答案超过 5000 字（{n} 份）：{places}", "answers longer than 5,000 characters ({n}): {places}"),
    "score": Words(
        "人工分不是数字或超出 0–满分，已忽略（{n} 处）：{places}",
        "human scores that are no number or lie outside 0–maximum were ignored ({n}): {places}",
    ),
    "level": Words(
        "看不懂的得分点判定，已忽略；可写 1、0.5、0 或 命中、部分、未命中（{n} 处）：{places}",
        "levels of key points that say nothing were ignored; write 1, 0.5, 0 or hit, partial, missed ({n}): {places}",
    ),
    "levels_alone": Words(
        "得分点判定不全，又没有人工分，已忽略（{n} 处）：{places}",
        "levels without a score, and not of all key points, were ignored ({n}): {places}",
    ),
    "summary": Words(
        "合计、平均分等统计行已跳过（{n} 行）：{places}", "rows of sums and means were skipped ({n}): {places}"
    ),
    "stray": Words(
        "表头以外的列里有内容，未读（{n} 处）：{places}", "cells without a header were not read ({n}): {places}"
    ),
    "header_again": Words(
        "表头在数据中重复出现，已跳过（{n} 行）：{places}", "repeated header rows were skipped ({n}): {places}"
    ),
    "left_out": Words(
        "题目在列映射里标为不读，已跳过（{n} 处）：{places}",
        "answers that the map leaves out were skipped ({n}): {places}",
    ),
    "preamble": Words(
        "文首没有归到题目的文字（{n} 份）：{places}", "text before the first question, of no question ({n}): {places}"
    ),
    "other_id": Words(
        "文件名里的编号与文中写的不同，以文件名为准（{n} 份）：{places}",
        "the id in the file's name differs from the one inside, the name counts ({n}): {places}",
    ),
    "document": Words(
        "文档里有没读到的部分，如图片、页眉（{n} 份）：{places}",
        "parts of documents were not read, such as pictures or page headers ({n}): {places}",
    ),
}
LONG_ANSWER = 5000


class Notes:
    """Notes of a source: those known when it is opened, and those met at the latest pass over it."""

    def __init__(self) -> None:
        self._fixed: list[Words] = []
        self._met: dict[str, tuple[int, list[str]]] = {}
        self._rows: dict[int, int] = {}

    def add(self, zh: str, en: str) -> None:
        """A note that does not depend on the rows."""
        words = Words(zh, en)
        if words not in self._fixed:
            self._fixed.append(words)

    def restart(self) -> None:
        """A new pass begins: what the last one met is met again."""
        self._met.clear()
        self._rows.clear()

    def met(self, kind: str, place: str) -> None:
        """Something of a known kind at a place."""
        count, places = self._met.get(kind, (0, []))
        if len(places) < _SHOWN:
            places.append(place)
        self._met[kind] = (count + 1, places)

    def earlier(self, key: tuple[str, ...], row: int) -> int:
        """The row where `key` was seen first, 0 for none.

        Only the first 50,000 are remembered, so that a stream of any length takes the same memory.
        """
        marked = hash(key)
        first = self._rows.get(marked)
        if first is None:
            if len(self._rows) < _REMEMBERED:
                self._rows[marked] = row
            return 0
        return first

    def all(self) -> tuple[Words, ...]:
        """All notes, those of the source first."""
        found = list(self._fixed)
        for kind, (count, places) in self._met.items():
            more = count - len(places)
            text = _TEXTS[kind]
            zh = "、".join(places) + (" 等" if more else "")
            en = ", ".join(places) + (", …" if more else "")
            found.append(Words(text.zh.format(n=count, places=zh), text.en.format(n=count, places=en)))
        if len(self._rows) >= _REMEMBERED:
            found.append(
                Words(
                    f"人数很多，重复只在前 {_REMEMBERED} 人里查过",
                    f"repeated candidates were looked for among the first {_REMEMBERED:,} only",
                )
            )
        return tuple(found)
