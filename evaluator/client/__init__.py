"""The client: presets, the output ladder, retries, prices. Only this room knows the SDK."""

from evaluator.client.batches import ENDED, WITHOUT, Batches, BatchRules, BatchState, rules_for
from evaluator.client.causes import CAUSES, explain
from evaluator.client.client import Client, Starting
from evaluator.client.endpoint import Endpoint, Quirks, Rung
from evaluator.client.ladder import Ability, Capabilities
from evaluator.client.limiting import Limiter
from evaluator.client.prices import Price, Prices
from evaluator.client.providers import PRESETS, Preset, endpoint
from evaluator.client.relay import Deferred, Relay, each, failure, learnt_text, recall, together
from evaluator.client.reply import Reply
from evaluator.client.retrying import Patience
from evaluator.client.tokens import estimated_tokens

__all__ = [
    "CAUSES",
    "ENDED",
    "PRESETS",
    "WITHOUT",
    "Ability",
    "BatchRules",
    "BatchState",
    "Batches",
    "Capabilities",
    "Client",
    "Deferred",
    "Endpoint",
    "Limiter",
    "Patience",
    "Preset",
    "Price",
    "Prices",
    "Quirks",
    "Relay",
    "Reply",
    "Rung",
    "Starting",
    "each",
    "endpoint",
    "estimated_tokens",
    "explain",
    "failure",
    "learnt_text",
    "recall",
    "rules_for",
    "together",
]
