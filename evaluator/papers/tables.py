"""Tables of a document -> lines, and questions out of the two tables that papers are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.papers.labels import part_of

Cell = Sequence[str]
"""Lines of one cell."""

_TALL_CELL = 60
"""A cell with more characters than this stands on lines of its own."""
_ROLES = {
    "number": r"题号|序号|编号|no\.?|#",
    "stem": r"(?:试题|题目|考题|面试)?(?:题目|题干|试题|问题|内容)|questions?|stem",
    "option": r"(?:选项|答案)?([A-HＡ-Ｈ])(?:选项|项)?",
    "options": r"选项|备选答案|options?|choices",
    "answer": r"(?:参考|标准|正确)?答案|答题要点|answers?|(?:sample|model|correct)\s*answer",
    "analysis": r"(?:答案|试题|题目)?解析|(?:答案)?解释|explanation|analysis",
    "marking": r"评分(?:标准|要点|细则)|采分点|得分点|marking\s*scheme|key\s*points?",
    "points": r"分值|分数|分值?[（(]分[）)]|points?|marks?",
    "kind": r"题型|类型|题目类型|type",
}
_ROLE = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _ROLES.items()}
_LABELS = {"answer": "答案：", "analysis": "解析：", "marking": "评分标准："}
_NUMBER = re.compile(r"\d{1,3}")
_ANSWERS = re.compile(r"(?:参考|标准|正确)?答案")


def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """The lines of a table.

    A table with a column of questions and a column of answers gives each question as a paper prints it; one that sets
    question numbers over answers gives `number.answer` pairs. Any other gives a line a row with tabs between the
    cells, or, where a cell is long, the lines of its cells one after the other.
    """
    rows = [row for row in rows if any("".join(cell) for cell in row)]
    if not rows:
        return []
    if roles := _columns(rows[0]):
        return [line for index, row in enumerate(rows[1:], 1) for line in _question(row, roles, index)]
    return _answers(rows) or [line for row in rows for line in _plain(row)]


def from_tabs(text: str) -> str:
    """`text` with the tables in it read whose cells have tabs between them and whose first row names what they hold."""
    if "\t" not in text:
        return text
    read: list[str] = []
    rows: list[str] = []
    for line in [*text.split("\n"), ""]:
        if rows and "\t" in line:
            rows.append(line)
            continue
        if rows:
            read += lines([[[cell.strip()] for cell in row.split("\t")] for row in rows])
            rows = []
        if "\t" in line and _columns([[cell] for cell in line.split("\t")]):
            rows = [line]
        else:
            read.append(line)
    return "\n".join(read[:-1] if read and not read[-1] else read)


def _columns(head: Sequence[Cell]) -> list[str]:
    """The role of each column ("" for none), an empty list where the table is none of questions and answers."""
    roles = [_role("".join(cell)) for cell in head]
    once = all(roles.count(role) <= 1 for role in roles if role and not role.startswith("option "))
    told = any(role in {"answer", "marking"} or role.startswith("label ") for role in roles)
    return roles if once and "stem" in roles and told else []


def _role(title: str) -> str:
    title = re.sub(r"\s+", "", title)
    for name, pattern in _ROLE.items():
        if found := pattern.fullmatch(title):
            return f"option {found[1]}" if name == "option" else name
    try:
        part_of(title)
    except KeyError:
        return ""
    return f"label {title}"


def _question(row: Sequence[Cell], roles: Sequence[str], index: int) -> list[str]:
    """The lines of a row; `index` numbers it where the table does not."""
    cells = {role: cell for role, cell in zip(roles, row, strict=False) if role and "".join(cell)}
    if "stem" not in cells:
        return _plain(row)
    stem = list(cells["stem"])
    number = "".join(cells.get("number", ())).rstrip(".．、")
    numbered = _NUMBER.match(stem[0])
    if kind := "".join(cells.get("kind", ())).strip("【】"):
        stem[0] = f"【{kind}】{stem[0]}"
    if not numbered and (number or not ({"number", "kind"} & set(roles))):
        stem[0] = f"{number or index}. {stem[0]}"
    points = "".join(cells.get("points", ()))
    if _NUMBER.fullmatch(points.rstrip("分 ")):
        stem[-1] += f"（{points.rstrip('分 ')}分）"
    stem += [f"{role[-1]}. {' '.join(cell)}" for role, cell in cells.items() if role.startswith("option ")]
    stem += cells.get("options", ())
    for role, said in cells.items():
        if label := _LABELS.get(role) or (f"{role[6:]}：" if role.startswith("label ") else ""):
            stem += [f"{label}{said[0]}", *said[1:]]
    return stem


def _answers(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Pairs of numbers and answers, where every two rows are one row of either."""
    texts = [["".join(cell) for cell in row] for row in rows]
    pairs: list[str] = []
    for numbers, answers in zip(texts[::2], texts[1::2], strict=False):
        if _role(numbers[0]) != "number" or not _ANSWERS.fullmatch(re.sub(r"\s+", "", answers[0])):
            return []
        for number, answer in zip(numbers[1:], answers[1:], strict=False):
            if not _NUMBER.fullmatch(number or "0"):
                return []
            if number and answer:
                pairs.append(f"{number}.{answer}")
    return ["参考答案", *pairs] if pairs and len(texts) % 2 == 0 else []


def _plain(row: Sequence[Cell]) -> list[str]:
    if all(len(cell) < 2 and len("".join(cell)) <= _TALL_CELL for cell in row):
        return ["\t".join("".join(cell) for cell in row).rstrip("\t")]
    return [line for cell in row for line in cell]
