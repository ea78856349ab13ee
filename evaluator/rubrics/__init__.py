"""Rubric files: load, write, check."""

from evaluator.rubrics.folders import files_in, find, load_files, load_folder
from evaluator.rubrics.loading import load, parse

__all__ = ["files_in", "find", "load", "load_files", "load_folder", "parse"]
