"""A run without people in it: stable ids in place of candidates, nothing else of them; and who is who, apart."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from evaluator.batch.results import AnswerResult, CandidateResult, Results, RunInfo
from evaluator.masking import mask
from evaluator.models import Evidence, Grade, Rejected, Rubric

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is read as another."""
_LENGTH = 7


class Blinded:
    """`Results` in which nobody can be recognised: id, name and columns of a candidate give way to a stable id.

    The same candidate gets the same id in every run on this machine and on no other: `secret` makes it so. Names,
    phone numbers and the like are masked in the answers too.
    """

    def __init__(self, results: Results, secret: bytes) -> None:
        self._results = results
        self._secret = secret

    @property
    def info(self) -> RunInfo:
        """The run as a whole, marked as blind."""
        return self._results.info.model_copy(update={"blind": True})

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """As in the run."""
        return self._results.rubrics

    @property
    def columns(self) -> tuple[str, ...]:
        """None: a department and a date can be enough to know somebody."""
        return ()

    def candidates(self) -> Iterator[CandidateResult]:
        """All candidates in the order of the source."""
        for one in self._results.candidates():
            answers = {key: masked(answer, one.name) for key, answer in one.answers.items()}
            yield CandidateResult(one.number, self.id_of(one.candidate), answers=answers)

    def rejected(self) -> Iterator[Rejected]:
        """Rows that no answer could be read from; their place is in the source, which nobody sees who is blind."""
        return self._results.rejected()

    def roster(self) -> Iterator[tuple[str, str, str]]:
        """Blind id, candidate and name of everybody: for whoever may know."""
        for one in self._results.candidates():
            yield self.id_of(one.candidate), one.candidate, one.name

    def id_of(self, candidate: str) -> str:
        """The stable id of a candidate."""
        digest = hmac.new(self._secret, candidate.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        number = int.from_bytes(digest[:8], "big")
        return "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))


def blinding_secret(data_dir: Path) -> bytes:
    """The secret of this machine, made at first use; only its owner can read it."""
    path = data_dir / "blinding.key"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_bytes(secrets.token_bytes(32))
        try:
            os.link(partial, path)  # whoever comes second keeps what is there
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_bytes()


def masked(one: AnswerResult, name: str) -> AnswerResult:
    """The answer and its evidence without personal data; a mask is as long as what it hides, so spans hold."""
    text = mask(one.answer.text, (name,) if name else ())
    answer = one.answer.model_copy(update={"text": text, "place": ""})
    if one.grade is None or text == one.answer.text:
        return AnswerResult(answer, one.grade, one.failure)
    return AnswerResult(answer, _recut(one.grade, text), one.failure)


def _recut(grade: Grade, text: str) -> Grade:
    def again(spans: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(span.model_copy(update={"text": text[span.start : span.end]}) for span in spans)

    return grade.model_copy(
        update={
            "key_points": tuple(
                point.model_copy(update={"evidence": again(point.evidence)}) for point in grade.key_points
            ),
            "deductions": tuple(
                item.model_copy(update={"evidence": again(item.evidence)}) for item in grade.deductions
            ),
        }
    )
