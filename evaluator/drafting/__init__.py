"""Draft rubrics from a paper, and what changed between two of them."""

from evaluator.drafting.comparing import changes, matched
from evaluator.drafting.drafting import Draft, draft, drafts
from evaluator.drafting.naming import Named, named
from evaluator.drafting.numbering import slug
from evaluator.drafting.rules import tests
from evaluator.drafting.shelving import Action, Outcome, shelve

__all__ = [
    "Action",
    "Draft",
    "Named",
    "Outcome",
    "changes",
    "draft",
    "drafts",
    "matched",
    "named",
    "shelve",
    "slug",
    "tests",
]
