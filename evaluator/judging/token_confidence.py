"""How sure the model was of each verdict word, read from the log-probabilities of the reply's tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from evaluator.client import Reply

_WORDS = ("hit", "partial", "missed")


def verdict_confidences(reply: Reply, ids: Sequence[str]) -> dict[str, float]:
    """Requirement id -> probability of the verdict word given, among the three; ids that cannot be read are left out.

    The tokens joined give the reply as it was written, so a place in it tells the token and its alternatives.
    """
    if not reply.logprobs:
        return {}
    text, starts = "", []
    for token in reply.tokens:
        starts.append(len(text))
        text += token
    found: dict[str, float] = {}
    for item in ids:
        match = re.search(rf'"{re.escape(item)}"\s*:\s*\{{.*?"verdict"\s*:\s*"', text, re.DOTALL)
        if match is None:
            continue
        place = match.end()
        index = max((i for i, start in enumerate(starts) if start <= place), default=0)
        share = _share(reply.logprobs[index], text[starts[index] : place], text[place:])
        if share is not None:
            found[item] = share
    return found


def _share(alternatives: Mapping[str, float], before: str, rest: str) -> float | None:
    """Probability of the word that `rest` starts with; `before` is what the token holds in front of the word."""
    given = next((word for word in _WORDS if rest.startswith(word)), None)
    mass = dict.fromkeys(_WORDS, 0.0)
    for token, logprob in alternatives.items():
        if not token.startswith(before):
            continue
        piece = token[len(before) :].strip('"} ,\n')
        fitting = [word for word in _WORDS if piece and word.startswith(piece)]
        if len(fitting) == 1:
            mass[fitting[0]] += math.exp(logprob)
    # Where the endpoint tells nothing but the token itself, the rest of the mass is somebody else's.
    total = sum(mass.values()) if len(alternatives) > 1 else 1.0
    return min(mass[given] / total, 1.0) if given and total else None
