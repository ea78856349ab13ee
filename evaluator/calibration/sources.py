"""Where scored answers come from: the shipped samples, or any source narrowed to what people scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Answer, Rejected, Rubric, Sample, Submission
from evaluator.submissions import ColumnMap, Layout, Source

Part = Literal["dev", "test", "all"]


class SampleSource:
    """The samples as submissions, a candidate each; those of questions that are not among `rubrics` are left out.

    Samples are taken from the questions in turn, so that any beginning of them covers as many questions as there are.
    """

    columns: tuple[str, ...] = ("type",)
    column_map = ColumnMap(layout=Layout.RECORDS)

    def __init__(self, samples: Iterable[Sample], rubrics: Iterable[Rubric], *, split: Part = "test") -> None:
        self.name = f"samples ({split})"
        known = {one.id: one for one in rubrics}
        every = [one for one in samples if split in {one.split, "all"}]
        self._samples = _in_turn([one for one in every if one.rubric in known])
        used = {one.rubric for one in self._samples}
        self.rubrics = tuple(one for one in known.values() if one.id in used)
        left = len(every) - len(self._samples)
        self.notes = (_no_rubric(left),) if left else ()

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """One submission a sample, with what people gave it."""
        for one in self._samples:
            answer = Answer(rubric=one.rubric, text=one.answer, place=one.id, human=(one.human,))
            yield Submission(candidate=one.id, columns={"type": one.type}, answers=(answer,))


class Scored:
    """A source without the answers that nobody scored, and with the first `limit` of the others only.

    Answers to objective questions are left out too: code scores them, and their agreement says nothing of a judge.
    Reads the source once when it is made.
    """

    def __init__(self, source: Source, *, limit: int | None = None) -> None:
        self._source = source
        self._limit = limit
        self._objective = frozenset(one.id for one in source.rubrics if one.kind.objective)
        self._used = {answer.rubric for row in self if isinstance(row, Submission) for answer in row.answers}
        self.by_code = sum(
            bool(one.human) and one.rubric in self._objective
            for row in source
            if self._objective and isinstance(row, Submission)
            for one in row.answers
        )
        """Scored answers to objective questions."""

    @property
    def name(self) -> str:
        """That of the source."""
        return self._source.name

    @property
    def column_map(self) -> ColumnMap:
        """That of the source."""
        return self._source.column_map

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """Those of the source that a scored answer is to."""
        return tuple(one for one in self._source.rubrics if one.id in self._used)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of the source."""
        return self._source.columns

    @property
    def notes(self) -> tuple[Words, ...]:
        """Those of the source, and how many answers code scores."""
        return (*self._source.notes, *((_left_to_code(self.by_code),) if self.by_code else ()))

    def __iter__(self) -> Iterator[Submission | Rejected]:
        """The rows, each with its scored answers; rows without any are left out.

        What another rater gave an answer, in a row of its own, comes with it and does not count against the limit.
        """
        taken: set[tuple[str, str]] = set()
        for row in self._source:
            if isinstance(row, Rejected):
                if len(taken) != self._limit:
                    yield row
            elif scored := tuple(one for one in row.answers if self._wanted((row.candidate, one.rubric), one, taken)):
                yield row.model_copy(update={"answers": scored})

    def _wanted(self, key: tuple[str, str], answer: Answer, taken: set[tuple[str, str]]) -> bool:
        if not answer.human or answer.rubric in self._objective:
            return False
        if self._limit is None or key in taken:
            return True
        if len(taken) == self._limit:
            return False
        taken.add(key)
        return True


def _in_turn(samples: list[Sample]) -> list[Sample]:
    turns: dict[str, int] = {}
    keyed = []
    for place, one in enumerate(samples):
        turns[one.rubric] = turns.get(one.rubric, -1) + 1
        keyed.append((turns[one.rubric], place, one))
    return [one for _, _, one in sorted(keyed, key=lambda entry: entry[:2])]


def _no_rubric(count: int) -> Words:
    return Words(
        f"{count} 份样本的题目不在给出的细则里，没有用", f"{count} samples are to questions without a rubric here"
    )


def _left_to_code(count: int) -> Words:
    return Words(
        f"{count} 份客观题答案由程序判分，不参加校准",
        f"{count} answers to objective questions are scored by code and left out",
    )


def with_rubrics(source: Source, rubrics: Iterable[Rubric]) -> Source:
    """The same answers under other rubrics of the same ids, such as drafts that a person mended.

    Questions without one keep theirs. Raises InputError where full marks differ: human scores would mean another share.
    """
    given = {one.id: one for one in rubrics}
    for one in source.rubrics:
        if one.id in given and given[one.id].max_score != one.max_score:
            raise InputError(
                Problem(
                    Words(
                        f"满分是 {given[one.id].max_score:g}，人工分按 {one.max_score:g} 分打",
                        f"max_score is {given[one.id].max_score:g}, people scored out of {one.max_score:g}",
                    ),
                    one.id,
                    field="max_score",
                )
            )
    return _Under(source, given)


class _Under:
    """A source with rubrics of its own."""

    def __init__(self, source: Source, given: Mapping[str, Rubric]) -> None:
        self._source = source
        self.rubrics = tuple(given.get(one.id, one) for one in source.rubrics)
        self.name, self.column_map, self.columns, self.notes = (
            source.name, source.column_map, source.columns, source.notes,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Submission | Rejected]:
        return iter(self._source)
