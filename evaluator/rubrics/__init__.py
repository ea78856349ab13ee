"""Rubric files: load, write, check."""

from evaluator.rubrics.finding import Finding, Severity
from evaluator.rubrics.folders import files_in, find, load_files, load_folder, preferred_files
from evaluator.rubrics.hashing import content_hash, judging_hash
from evaluator.rubrics.lint import lint
from evaluator.rubrics.loading import Source, check, load, parse, read
from evaluator.rubrics.schema import json_schema, schema_path, schema_text, write_schema
from evaluator.rubrics.writing import dump, lay_schema, schema_line, text_for, write, write_text

__all__ = [
    "Finding",
    "Severity",
    "Source",
    "check",
    "content_hash",
    "dump",
    "files_in",
    "find",
    "json_schema",
    "judging_hash",
    "lay_schema",
    "lint",
    "load",
    "load_files",
    "load_folder",
    "parse",
    "preferred_files",
    "read",
    "schema_line",
    "schema_path",
    "schema_text",
    "text_for",
    "write",
    "write_schema",
    "write_text",
]
