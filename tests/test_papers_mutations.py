"""Mutilated papers: whatever a file holds, reading ends in a paper or in one of the project's own errors."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from soaking import often

from evaluator.errors import EvaluatorError
from evaluator.models import Paper
from evaluator.papers import mend, parse, read_document

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "papers"
"""Mutilated, too, where they are present."""
SOURCES = [path.read_bytes() for path in sorted((ROOT / "samples" / "papers").iterdir())]
SOURCES += [path.read_bytes() for path in sorted(REAL.glob("*.txt"))] if REAL.is_dir() else []
WINDOW = 1200
"""Bytes of a paper that are kept; the longer a paper, the less each mutation matters."""
ROUNDS, EACH = often(5, 40), 250
ENCODINGS = ("gb18030", "big5", "utf-16", "utf-8-sig", "utf-16-le", "latin-1")
SCRAPS = ("一、", "1.", "（1）", "①", "A.", "答案", "答案：", "解析：", "【答案】", "（2分）", "题号 1 2\n答案 A", "1-5 ", "\n", "###", "|", "\x00", "案例二\n", "根据以下材料回答1～3题\n", "第1题", "____")  # fmt: skip


def cut(data: bytes, dice: random.Random) -> bytes:
    start, end = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
    return data[start:end]


def shuffled(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


def doubled(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + data + data[at:]


def encoded_again(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8", errors="ignore")
    return text.encode(dice.choice(ENCODINGS), errors="ignore")


def flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 12)):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def shifted(data: bytes, dice: random.Random) -> bytes:
    """GBK with a byte lost: what follows is read as other characters."""
    old = data.decode("utf-8", errors="ignore").encode("gb18030")
    at = dice.randrange(len(old) + 1)
    return old[:at] + old[at + 1 :]


def littered(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8", errors="ignore")
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice(SCRAPS) + text[at:]
    return text.encode()


def in_one_line(data: bytes, dice: random.Random) -> bytes:
    return data.replace(b"\n", dice.choice((b"", b" ", b"\r", b"\t")))


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut,
    shuffled,
    doubled,
    encoded_again,
    flipped,
    shifted,
    littered,
    in_one_line,
)


def mutant(dice: random.Random) -> bytes:
    source = dice.choice(SOURCES)
    start = dice.randrange(max(1, len(source) - WINDOW))
    data = source[start : start + WINDOW]
    for mutate in dice.choices(MUTATIONS, k=dice.randrange(1, 4)):
        data = mutate(data, dice)
    return data


def read(data: bytes) -> tuple[Paper, int] | None:
    """The paper and the length of its text; None where the file is refused."""
    try:
        document = read_document(data)
    except EvaluatorError:
        return None
    return parse(document, mend(document.text)), len(document.text)


def places(paper: Paper) -> list[tuple[int, int]]:
    spans = [warning.place for warning in paper.warnings]
    for question in paper.questions:
        spans += [question.stem_span, question.reference_span, question.analysis_span]
    return [(span.start, span.end) for span in spans if span is not None]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_mutilated_file_ends_in_another_error_or_a_span_outside_its_text(seed: int) -> None:
    dice = random.Random(seed)
    papers = 0
    for _ in range(EACH):
        found = read(mutant(dice))
        if found is None:
            continue
        paper, length = found
        papers += bool(paper.questions)
        assert paper.questions or any(warning.code == "no_questions" for warning in paper.warnings)
        assert all(0 <= start <= end <= length for start, end in places(paper))
    assert papers > EACH / 10
