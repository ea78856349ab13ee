"""Draft rubrics from a paper, and what changed between two of them."""

from evaluator.drafting.comparing import changes, matched
from evaluator.drafting.drafting import Draft, draft, drafts
from evaluator.drafting.enriching import Enriched, enrich
from evaluator.drafting.naming import Named, named
from evaluator.drafting.numbering import slug
from evaluator.drafting.rules import tests
from evaluator.drafting.shelving import Action, Outcome, Shelf, shelve
from evaluator.drafting.taking import Dropped, carried

__all__ = [
    "Action",
    "Draft",
    "Dropped",
    "Enriched",
    "Named",
    "Outcome",
    "Shelf",
    "carried",
    "changes",
    "draft",
    "drafts",
    "enrich",
    "matched",
    "named",
    "shelve",
    "slug",
    "tests",
]
