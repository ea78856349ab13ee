"""What a stem and an answer of an objective question hold: options, right labels, right or wrong, blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluator.models import Option, QuestionKind
from evaluator.papers.numerals import CIRCLED

_STYLES = (
    (r"(?:^|(?<=[\s　;；。)）]))[(（【\[]?([A-H])\s*[.．、:：)）】\]]\s*", 2),
    (r"[(（]([A-H])[)）]\s*", 2),
    (r"([A-H])\s*[.．、]\s*", 2),
    (r"(?:^|(?<=[\s　)）]))([A-H])(?=[\u4e00-\u9fff]|[^\S\n]+\S)", 3),
    (r"(?:^|(?<=\s))[(（]?([a-h])\s*[.)）、]\s*", 3),
)
"""Ways to print the label of an option, and how many must stand in order; from the surest to the vaguest."""
_CIRCLED_STYLE = (rf"([{CIRCLED[:8]}])\s*", 3)
"""Only in choices: elsewhere these are the points of a list."""
_OPTIONS_AHEAD = re.compile(r"\s*[【\[]?选项[】\]]?[:：]?\s*$|[\s(（]+$")
_LABELS = re.compile(
    r"^\s*(?:(?:应?选择?|为|是|[:：])\s*)?[(（【\[]?\s*([A-H](?:\s*[,，、;；和与及/]?\s*[A-H])*)(?![A-Za-z])"
    r"\s*(?=[.．、。;；,，:：\s)）(（】\]]|$|[\u4e00-\u9fff])"
)
_SMALL_LABELS = re.compile(r"^\s*[(（]?([a-h](?:[\s,，、]*[a-h])*)[)）]?\s*[.。]?\s*$")
_CIRCLED_LABELS = re.compile(rf"^\s*([{CIRCLED[:8]}](?:[\s,，、]*[{CIRCLED[:8]}])*)\s*[.。]?\s*$")
_RIGHT = r"√|✓|✔|○|对|正确|是|真|true|right|yes|t|v"
_WRONG = r"×|✗|✘|❌|x|╳|错误|不正确|错|否|假|不对|false|wrong|no|f"
_JUDGED = re.compile(
    rf"^\s*[(（【\[]?\s*(?:(?P<right>{_RIGHT})|(?P<wrong>{_WRONG}))(?=[\s。.，,;；:：()（）】\]]|$)", re.IGNORECASE
)
_REASON = re.compile(r"^(?:理由|原因|改正|更正|依据)[:：]\s*")
_MARK = r"√|✓|✔|○|×|✗|✘|╳|对|错|正确|错误|T|F"
_BRACKET_LABELS = re.compile(r"[(（【\[]\s*([A-H](?:\s*[,，、]?\s*[A-H])*)\s*[)）】\]]")
_BRACKET_CIRCLED = re.compile(rf"[(（【\[]\s*([{CIRCLED[:8]}](?:\s*[,，、]?\s*[{CIRCLED[:8]}])*)\s*[)）】\]]")
_BRACKET_JUDGED = re.compile(
    rf"[(（【\[]\s*({_MARK})\s*[)）】\]]\s*[。.]?\s*$|^\s*[(（【\[]\s*({_MARK})\s*[)）】\]](?=\s*\S)"
)
_TAIL_JUDGED = re.compile(rf"(?<=[\s。.；;])\s*({_MARK})\s*$")
_EMPTY_BRACKET = re.compile(r"[(（]\s*[)）]")
_PLACEHOLDER = re.compile(r"\s*[(（【]\s*[)）】]\s*([。.]?)\s*$")
_PLACEHOLDER_BEHIND = re.compile(r"(?<=[?？。！!：:”])\s*[(（【]\s*[)）】]\s*[。.]?\s*$")
_BLANK = re.compile(r"_{2,}|[(（]\s{2,}[)）]|﹍{2,}|……_+|【\s*】")
_DECLARED_BLANK = re.compile(rf"{_BLANK.pattern}|[(（\[]\s*[)）\]]")
_FILLED_BLANK = re.compile(r"[(（【]\s*([^()（）【】\n]{1,40}?)\s*[)）】]|_+\s*([^_\s][^_\n]{0,40}?)\s*_+")
_ITEM = re.compile(
    rf"(?:^|(?<=[\s;；,，、。]))(?:[(（]\d{{1,2}}[)）]|\d{{1,2}}[.．、)）](?!\d))|[(（]\d{{1,2}}[)）]|[{CIRCLED}]"
)


def split_options(stem: str, *, choice: bool = False) -> tuple[str, tuple[Option, ...]]:
    """The stem without its options, and the options: the first run A, B, C… in `stem`, one a line or several.

    `choice` says that this is a choice question, which may label its options ①②③; they become A, B, C.
    """
    for pattern, fewest in (*_STYLES, _CIRCLED_STYLE) if choice else _STYLES:
        run = _run(list(re.finditer(pattern, stem, re.MULTILINE)))
        if len(run) < fewest:
            continue
        ends = [match.start() for match in run[1:]] + [len(stem)]
        pairs = [
            (_label(match[1]), stem[match.end() : end].strip(" \t\n　;；|"))
            for match, end in zip(run, ends, strict=True)
        ]
        options = tuple(Option(label=label, text=text) for label, text in pairs if text)
        if len(options) >= fewest:
            return _OPTIONS_AHEAD.sub("", stem[: run[0].start()].rstrip(" \t\n")), options
    return stem, ()


def _label(printed: str) -> str:
    return chr(ord("A") + CIRCLED.index(printed)) if printed in CIRCLED else printed.upper()


def _run(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The matches that spell A, B, C… from the first A on that is followed by a B."""
    run: list[re.Match[str]] = []
    for match in matches:
        label = _label(match[1])
        if label == chr(ord("A") + len(run)):
            run.append(match)
        elif label == "A" and len(run) < 2:
            run = [match]
    return run


def right_labels(answer: str) -> tuple[str, ...]:
    """Labels at the start of `answer` (`B`, `A、B、D`, `ABD`, `(B)`, `B.耐心`), in order, each once."""
    if match := _LABELS.match(answer):
        return tuple(sorted(set(re.findall("[A-H]", match[1]))))
    match = _SMALL_LABELS.match(answer) or _CIRCLED_LABELS.match(answer)
    return tuple(sorted({_label(sign) for sign in match[1] if sign.isalpha() or sign in CIRCLED})) if match else ()


def beyond_labels(answer: str) -> str:
    """What `answer` says behind its labels: B（因为…）."""
    match = _LABELS.match(answer)
    return _bared(answer[match.end() :]) if match else ""


def _bared(said: str) -> str:
    said = said.strip().lstrip(".．、。;；,，:：)）】]").strip()
    return said[1:-1].strip() if said[:1] in "(（" and said[-1:] in ")）" else said


def judged(answer: str) -> tuple[str, ...]:
    """`("true",)` or `("false",)` where `answer` begins with a judgement, else nothing."""
    match = _JUDGED.match(answer)
    if not match:
        return ()
    return ("true",) if match["right"] else ("false",)


def judging(options: Sequence[Option]) -> dict[str, tuple[str, ...]]:
    """What each of two options stands for where they are 正确 and 错误; empty where they are not."""
    stands = {option.label: judged(option.text) for option in options if len(option.text) <= 3}
    return stands if len(stands) == len(options) == 2 and len(set(stands.values()) - {()}) == 2 else {}


def beyond_judgement(answer: str) -> str:
    """What `answer` says behind its judgement: 错误，应为…, without a label 理由."""
    match = _JUDGED.match(answer)
    return _REASON.sub("", _bared(answer[match.end() :])) if match else ""


def blanks(stem: str, *, declared: bool = False) -> int:
    """How many blanks `stem` leaves; an empty bracket is one only where the question is `declared` to be 填空."""
    return len((_DECLARED_BLANK if declared else _BLANK).findall(stem))


def has_bracket(stem: str) -> bool:
    """Whether `stem` leaves an empty bracket for a letter or a mark."""
    return bool(_EMPTY_BRACKET.search(stem))


def without_placeholder(stem: str, kind: QuestionKind) -> str:
    """The stem of a choice or a judgement without the empty bracket behind its sentence; a bracket in it is a blank."""
    if kind is QuestionKind.TRUE_FALSE:
        return _PLACEHOLDER.sub(r"\1", stem)
    if kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}:
        return _PLACEHOLDER_BEHIND.sub("", stem)
    return stem


def fillings(answer: str, count: int) -> tuple[str, ...]:
    """What fills `count` blanks. The strongest separator that gives as many texts is taken, else the strongest used."""
    text = answer.strip().rstrip("。.;；")
    items = [part.strip(" \t\n;；,，、。") for part in _ITEM.split(text)]
    if len(items) == count + 1 and not items[0] and all(items[1:]):
        return tuple(items[1:])
    for separator in (r"[;；\n|]+", r"[、]+", r"[,，]+", r"[\s　]+"):
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        parts = [re.sub(r"^(?:[(（]?\d{1,2}[)）.、]|[①-⑳])\s*", "", part) or part for part in parts]
        if len(parts) == count or (separator.startswith("[;") and len(parts) > 1):
            return tuple(parts)
    return (text,) if text else ()


def filled_in(stem: str) -> tuple[str, tuple[str, ...]]:
    """A stem whose blanks are filled in with the blanks emptied, and what filled them: 宗旨是（服务）。"""
    found = [match[1] or match[2] for match in _FILLED_BLANK.finditer(stem)]
    return _FILLED_BLANK.sub(lambda match: "（ ）" if match[1] else "____", stem), tuple(found)


def from_bracket(stem: str, kind: QuestionKind | None) -> tuple[str, tuple[str, ...]]:
    """A stem with the answer in its bracket taken out, and that answer: 最重要的是（B）。 / ……。（√）"""
    if kind is QuestionKind.TRUE_FALSE or kind is None:
        if match := _BRACKET_JUDGED.search(stem):
            return f"{stem[: match.start()].rstrip()}（ ）{stem[match.end() :].rstrip()}", judged(match[1] or match[2])
        if kind and (match := _TAIL_JUDGED.search(stem)):
            return stem[: match.start()].rstrip(), judged(match[1])
    if kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE} and not _BRACKET_LABELS.search(stem):
        found = list(_BRACKET_CIRCLED.finditer(stem))
        if len(found) == 1:
            return _BRACKET_CIRCLED.sub("（ ）", stem), right_labels(found[0][1])
    if kind in {None, QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}:
        found = list(_BRACKET_LABELS.finditer(stem))
        if len(found) == 1:
            match = found[0]
            return stem[: match.start()] + "（ ）" + stem[match.end() :], right_labels(match[1])
    return stem, ()
