"""Rubric files: load, write, check."""

from evaluator.rubrics.folders import files_in, find, load_files, load_folder
from evaluator.rubrics.hashing import content_hash, judging_hash
from evaluator.rubrics.loading import load, parse
from evaluator.rubrics.schema import json_schema, schema_path, schema_text
from evaluator.rubrics.writing import dump, write

__all__ = [
    "content_hash",
    "dump",
    "files_in",
    "find",
    "json_schema",
    "judging_hash",
    "load",
    "load_files",
    "load_folder",
    "parse",
    "schema_path",
    "schema_text",
    "write",
]
