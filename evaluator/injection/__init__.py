"""An answer is data: find what in it speaks to the examiner, and make it harmless for a prompt."""

from evaluator.injection.finding import Suspicion, find
from evaluator.injection.neutralising import harmless, neutralise

__all__ = ["Suspicion", "find", "harmless", "neutralise"]
