"""Whether a file says who somebody is: for deleting what was handed in and never taken in."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from evaluator.errors import InputError, Words
from evaluator.papers import read_document
from evaluator.submissions.cells import text_of
from evaluator.submissions.handed_in import Documents, who
from evaluator.submissions.opening import may_be_document, tables_in
from evaluator.submissions.record_lines import Lines
from evaluator.submissions.sniffing import Kind, kind_of


def mentions(path: Path, named: str) -> bool:
    """Whether that id or name stands in the file: as a cell, as a value of a record, in name or text of a document.

    In tables and records only what is exactly the same counts. True for what cannot be read, a row or all of it:
    nobody can say that it does not.
    """
    try:
        kind, encoding = kind_of(path)
        if kind is Kind.RECORDS:
            return any(_in_record(record, named) for _, record in Lines(path, encoding))
        tables = tables_in(path, kind, encoding)
        document = not tables or may_be_document(path)
        if any(named in row.cells or (row.broken and not document) for table in tables for row in table.rows()):
            return True
        documents = Documents(path, archive=kind is Kind.ARCHIVE) if document else ()
        return any(_in_document(name, content, named) for name, content in documents)
    except (InputError, OSError):
        return True


def _in_record(record: dict[str, Any] | Words, named: str) -> bool:
    if isinstance(record, Words):
        return True
    nested = [inner for value in record.values() if isinstance(value, dict) for inner in value.values()]
    return any(text_of(value).strip() == named for value in (*record.values(), *nested))


def _in_document(name: str, content: bytes | InputError, named: str) -> bool:
    if isinstance(content, InputError):
        raise content
    if named in {*who(name), PurePosixPath(name).stem}:
        return True
    return len(named) > 1 and named in read_document(content, name=name).text
