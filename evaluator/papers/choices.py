"""What a stem and an answer of an objective question hold: options, right labels, right or wrong, blanks."""

from __future__ import annotations

import re

from evaluator.models import Option, QuestionKind

_OPTION = re.compile(
    r"(?:^|(?<=[\s　;；。)）]))[(（]?([A-H])\s*[.．、:：)）]\s*|(?:^|(?<=\s))([A-H])(?=[\u4e00-\u9fff])", re.MULTILINE
)
_LOOSE_OPTION = re.compile(r"([A-H])\s*[.．、]\s*")
_LABELS = re.compile(
    r"^\s*(?:选|应选|为|是|[:：])?\s*([A-H](?:\s*[,，、;；和与及/]?\s*[A-H])*)(?![A-Za-z])\s*(?=[.．、。;；,，:：\s)）(（]|$|[\u4e00-\u9fff])"
)
_RIGHT = r"√|✓|✔|对|正确|是|真|true|right|yes|t|v"
_WRONG = r"×|✗|✘|❌|x|╳|错误|不正确|错|否|假|不对|false|wrong|no|f"
_JUDGED = re.compile(rf"^\s*(?:(?P<right>{_RIGHT})|(?P<wrong>{_WRONG}))(?=[\s。.，,;；:：()（）]|$)", re.IGNORECASE)
_BRACKET_LABELS = re.compile(r"[(（【]\s*([A-H](?:\s*[,，、]?\s*[A-H])*)\s*[)）】]")
_BRACKET_JUDGED = re.compile(r"[(（【]\s*(√|✓|✔|×|✗|✘|╳|对|错|正确|错误|T|F)\s*[)）】]\s*[。.]?\s*$")
_EMPTY_BRACKET = re.compile(r"[(（]\s*[)）]")
_BLANK = re.compile(r"_{2,}|[(（]\s{2,}[)）]|﹍{2,}|……_+")
MIN_OPTIONS = 2


def split_options(stem: str) -> tuple[str, tuple[Option, ...]]:
    """The stem without its options, and the options: the first run A, B, C… in `stem`, one a line or several."""
    for pattern in (_OPTION, _LOOSE_OPTION):
        run = _run(list(pattern.finditer(stem)))
        if len(run) >= MIN_OPTIONS:
            ends = [match.start() for match in run[1:]] + [len(stem)]
            pairs = [
                (match[1] or match[match.re.groups], stem[match.end() : end].strip(" \t\n　;；"))
                for match, end in zip(run, ends, strict=True)
            ]
            options = tuple(Option(label=label, text=text) for label, text in pairs if text)
            if len(options) >= MIN_OPTIONS:
                return stem[: run[0].start()].rstrip(" \t\n(（"), options
    return stem, ()


def _run(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """The matches that spell A, B, C… from the first A on that is followed by a B."""
    run: list[re.Match[str]] = []
    for match in matches:
        label = match[1] or match[match.re.groups]
        if label == chr(ord("A") + len(run)):
            run.append(match)
        elif label == "A" and len(run) < MIN_OPTIONS:
            run = [match]
    return run


def right_labels(answer: str) -> tuple[str, ...]:
    """Labels at the start of `answer` (`B`, `A、B、D`, `ABD`, `B.耐心`), in order, each once."""
    match = _LABELS.match(answer)
    return tuple(sorted(set(re.findall("[A-H]", match[1])))) if match else ()


def beyond_labels(answer: str) -> str:
    """What `answer` says behind its labels: B（因为…）."""
    match = _LABELS.match(answer)
    return answer[match.end() :].strip(" \t\n　.．、。;；,，:：()（）") if match else ""


def judged(answer: str) -> tuple[str, ...]:
    """`("true",)` or `("false",)` where `answer` begins with a judgement, else nothing."""
    match = _JUDGED.match(answer)
    if not match:
        return ()
    return ("true",) if match["right"] else ("false",)


def blanks(stem: str) -> int:
    """How many blanks `stem` leaves."""
    return len(_BLANK.findall(stem))


def has_bracket(stem: str) -> bool:
    """Whether `stem` leaves an empty bracket for a letter or a mark."""
    return bool(_EMPTY_BRACKET.search(stem))


def fillings(answer: str, count: int) -> tuple[str, ...]:
    """What fills `count` blanks. The strongest separator that gives as many texts is taken, else the strongest used."""
    text = answer.strip().rstrip("。.;；")
    for separator in (r"[;；\n|]+", r"[、]+", r"[,，]+", r"[\s　]+"):
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        parts = [re.sub(r"^(?:[(（]?\d{1,2}[)）.、]|[①-⑳])\s*", "", part) or part for part in parts]
        if len(parts) == count or (separator.startswith("[;") and len(parts) > 1):
            return tuple(parts)
    return (text,) if text else ()


def from_bracket(stem: str, kind: QuestionKind | None) -> tuple[str, tuple[str, ...]]:
    """A stem with the answer in its bracket taken out, and that answer: 最重要的是（B）。 / ……。（√）"""
    if kind is QuestionKind.TRUE_FALSE or kind is None:
        match = _BRACKET_JUDGED.search(stem)
        if match:
            return stem[: match.start()].rstrip() + "（ ）", judged(match[1])
    if kind in {None, QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}:
        found = list(_BRACKET_LABELS.finditer(stem))
        if len(found) == 1:
            match = found[0]
            return stem[: match.start()] + "（ ）" + stem[match.end() :], right_labels(match[1])
    return stem, ()
