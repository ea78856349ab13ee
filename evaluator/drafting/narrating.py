"""Answers that name nothing: headings in running text, the clauses of one sentence, the steps of an account."""

from __future__ import annotations

import re
from dataclasses import replace

from evaluator.drafting.pieces import Piece, kept, listed, sentences, trimmed

_HEADING = 20
"""Characters that a heading has at most."""
_LEAD = re.compile(
    r"[\s”’]*(?:[^：:。]{0,80}[：:])?\s*(?:(?:接下来|紧接着|同时|此外|另外|然后|随后|首先|其次|再次|最后|当然)[，,]\s*)?"
)
_INTRO = re.compile(r"几[个条点项方]|以下|下列|如下|[二两三四五六七八][个条点项大]")
_COMMA = re.compile("[，,？?]")
_VERDICT = re.compile(r"(?:不能|不可以?|可以|不行|不对|不应该?|应该|能|是|否|不是)[。！]")
"""What an answer to a yes-or-no question begins with."""
_SERVES = re.compile(
    r"[^。；;，,、]{2,30}?(?:有助于|有利于|(?:意义|作用|目的|好处)(?:是|在于))[：:]?|[^。；;、]{2,30}?[，,]即(?=.{2})"
    r"|[^。；;，,、：:\n]{1,40}[：:](?=[^：:]+$)"
)
_IS = re.compile(
    r"[A-Z][^.;,]{2,60}?(?:duties|steps|stages|reasons|benefits|roles|aims|types|factors|elements|advantages|components|parts"
    r"|principles|functions|purposes|ways|methods|tasks|rules|causes)\b[^.;,]{0,40}?\b(?:are|includes?)\b:?\s+(?=[^,.]+,)"
)
_ASIDE = re.compile(
    r"\s*(?:例如|比如|譬如|诸如|举例|这(?!次|时|位|些客|种情况下)|如此|因为|由此|毕竟|可见"
    r"|略(?![\u4e00-\u9fff])|For (?:example|instance)|This |That |In this way|E\.g)",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(r"\s*(?:通过|尤其|特别是|也就是说|换句话说|换言之|[“「『])")
_OPENING = re.compile(
    r"(?:[\s，,]|同时|此外|另外|其次|首先|再次|最后|然后|接着|接下来|紧接着|随后|之后|当然|并且|而且|因此|所以|总之|然而|但是"
    r"|(?:综上(?:所述)?|由此可[知见]|总的来说|总而言之|\d{4}年)[，,]"
    r"|(?:面对|对于|针对|作为|基于|鉴于|由于|尽管|虽然|即使|无论|不管|当|如果|若|如|在|待|一旦|为了?|根据|按照|遇到|发现|通过"
    r"|看到|经过|比如|例如)"
    r"[^，,。；;（(]{1,40}[，,]"
    r"|[^，,。；;：:]{1,16}(?:时|后|中|之前|期间|方面|来说|的是)[，,])*"
    r"(?:我们?(?:首先|通常|一般|就|也|便|还|再)*(?:会|将|要|应该?|需要|必须|可以|得|能够?|认为|觉得|相信|深知|意识到|了解到)(?:首先|先|再|也|还)?"
    r"(?:我?自己)?)?",
)
_TOPIC = re.compile(
    r"[^，,。；;]{2,30}[，,]\s*(?:主要|首先|就|正|也)?(?:是因为|是由于|源于|在于|得益于|因为)(?=[^，,。；;]{4})"
)
_THEN = re.compile(r"[，,；;]\s*(?:再|然后|接着|随后|最后|同时)(?=[^，,。；;]{4})|[；;](?=[^；;]{4})")
_STEPS_FOLLOW = re.compile(r"[^。：:]{0,80}[：:]\s*(?=[^。：:“「『]{6})")
_OPENING_EN = re.compile(
    r"\s*(?:(?:then|next|after that|finally|also|first|secondly?|lastly)\b,?\s*"
    r"|(?:if|when|once|after|before)\b[^,]{3,60},\s*)*"
    r"(?:(?:I|we)(?: would|['’]d| will|['’]ll| should| must)?"
    r"|(?:they|he|she|it|(?:an?|the) \w+) (?:would|will|should|must))"
    r"(?: also| then| first)?\s+",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[，,：:；;（(]")
_ACTS = re.compile(
    r"我们?(?:就|也|还|首?先)*(?:会|将|要)|首先|其次|再次|接着|接下来|然后|随后|此外|同时|最后"
    r"|\bI(?: would|['’]d|\s+will)\b|\bthen\b",
    re.IGNORECASE,
)
_IN_TURN = re.compile(r"先[^。]*[，,；;]\s*(?:再|后|然后|最后)")
_MOST = 8
"""Key points that are drafted from an account at most."""
_SHORTEST = 4


def headings(reference: str) -> list[Piece]:
    """Short sentences that the longer ones behind them explain, three or more."""
    found = [_without_lead(reference, sentence) for sentence in sentences(reference)]
    heads = []
    place = 0
    while place < len(found):
        explained = _explained(reference, found, place)
        if explained:
            heads.append(found[place])
        place += explained or 1
    neat = kept(reference, heads)
    return neat if len(neat) > 2 else []


def _explained(reference: str, found: list[Piece], place: int) -> int:
    """How many sentences the heading and the beginning of its explanation take; 0 where it is no heading."""
    if not _short(reference, found[place]) or _INTRO.search(reference, found[place].start, found[place].end):
        return 0
    room = found[place].end - found[place].start
    behind = [one.end - one.start for one in found[place + 1 : place + 3]]
    enough = max(14, room + 6)
    if behind and behind[0] >= enough:
        return 2
    if len(behind) > 1 and behind[1] >= enough and _short(reference, found[place + 1]):
        return 0 if not place and behind[0] < room else 3
    return 0


def _short(reference: str, sentence: Piece) -> bool:
    return sentence.end - sentence.start <= _HEADING and not _COMMA.search(reference, sentence.start, sentence.end)


def _without_lead(reference: str, sentence: Piece) -> Piece:
    """Without 以下几个方面： and 接下来， in front."""
    lead = _LEAD.match(reference, sentence.start, sentence.end)
    return replace(sentence, start=lead.end()) if lead else sentence


def clauses(reference: str) -> list[Piece]:
    """The clauses of an answer that is one sentence."""
    verdict = _VERDICT.match(reference)
    if len(sentences(reference, verdict.end() if verdict else 0)) != 1 or len(reference) > 200:
        return []
    subject = _SERVES.match(reference) or _IS.match(reference)
    start = subject.end() if subject else verdict.end() if verdict else 0
    pieces = listed(reference, start, len(reference))
    shortest = 2 if "、" in reference or _IN_TURN.search(reference) else _SHORTEST
    found = [piece for piece in pieces if piece.end - piece.start >= shortest]
    if verdict and len(found) > 1 and not subject:
        found = [Piece(0, verdict.end() - 1), *found]
    return found if len(found) > 1 else []


def by_sentence(text: str) -> list[Piece]:
    """The first clause of every step, without 面对这种情况，我会; what only explains is left out."""
    found = [sentence for sentence in sentences(text) if not _ASIDE.match(text, sentence.start, sentence.end)]
    plain = [sentence for sentence in found if not _EXPLAINS.match(text, sentence.start, sentence.end)]
    parts = [part for sentence in (plain if len(plain) > 2 else found) for part in _turns(text, sentence)]
    if len(parts) > _MOST:
        acts = sorted(parts, key=lambda part: not _ACTS.search(text, part.start, part.end))
        parts = sorted(acts[:_MOST], key=lambda part: part.start)
    return kept(text, [_step(text, part) for part in parts])


def _turns(text: str, sentence: Piece) -> list[Piece]:
    """我会先甲，再乙，同时丙 are three steps; 我会采取以下步骤： is none."""
    lead = _STEPS_FOLLOW.match(text, sentence.start, sentence.end)
    start = lead.end() if lead else sentence.start
    cuts = list(_THEN.finditer(text, start, sentence.end))
    edges = [start, *(edge for cut in cuts for edge in cut.span()), sentence.end]
    return [Piece(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _step(text: str, sentence: Piece) -> Piece:
    neat = trimmed(text, sentence)
    if neat is None:
        return sentence
    opening = _OPENING_EN.match(text, neat.start, neat.end) or _OPENING.match(text, neat.start, neat.end)
    start = opening.end() if opening and neat.end - opening.end() >= _SHORTEST else neat.start
    if topic := _TOPIC.match(text, start, neat.end):
        start = topic.end()
    cut = _CLAUSE_END.search(text, start + _SHORTEST, neat.end)
    return replace(neat, start=start, end=cut.start() if cut else neat.end)
