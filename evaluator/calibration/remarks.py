"""What a calibration says beside its figures, in words: what it took, and what attempts to steer came to."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.calibration.model import Calibration
from evaluator.errors import Words


def cost_words(made: Calibration) -> Iterator[Words]:
    """Time and tokens an answer that the model was asked about; nothing where it was asked about none."""
    usage, called = made.made.usage, made.made.called
    if not called:
        return
    seconds, prompt, completion = (one / called for one in (usage.seconds, usage.prompt, usage.completion))
    cached = usage.cached / usage.prompt if usage.prompt else 0.0
    yield Words(
        f"问了模型 {called} 份：每份 {seconds:.1f} 秒（含排队），提示 {prompt:.0f} 词元（缓存供给 {cached:.0%}），"
        f"输出 {completion:.0f} 词元",
        f"asked about {called}: {seconds:.1f} s with waiting in line, {prompt:.0f} prompt tokens "
        f"({cached:.0%} cached), {completion:.0f} completion tokens an answer",
    )


def steering_words(made: Calibration) -> Iterator[Words]:
    """What became of answers that tell the examiner what to give."""
    found = made.steering
    if found is None:
        return
    paid = "" if not found.overpaid or found.most is None else f" (≤ {found.most:.0%})"
    yield Words(
        f"藏着指令的答案 {found.answers} 份：标出 {found.flagged} 份，比人给的多的 {found.overpaid} 份{paid}",
        f"answers with instructions to the examiner: {found.answers}, flagged {found.flagged}, "
        f"paid more than people gave {found.overpaid}{paid}",
    )
