"""A file -> text -> mended text -> `Paper`."""

from evaluator.papers.linebreaks import unwrapped
from evaluator.papers.parsing import parse, read_paper
from evaluator.papers.reading import Document, read_document
from evaluator.papers.repair import Mended, mend

__all__ = ["Document", "Mended", "mend", "parse", "read_document", "read_paper", "unwrapped"]
