"""运行信息: what is known of the run as a whole, as pairs of a name and a value."""

from __future__ import annotations

from evaluator.batch import Results, RunInfo
from evaluator.report.labels import JUDGES, number
from evaluator.workbook.survey import Survey
from evaluator.workbook.words import say, state


def facts(results: Results, survey: Survey, groups: int | None, lang: str) -> list[tuple[str, str]]:
    """Everything that another person needs to judge or repeat the run; `groups` is None where nobody looked for any."""
    info = results.info
    used = info.usage
    pairs = [
        ("run_id", info.id),
        ("input", info.source),
        ("state", _state(info, lang)),
        ("judge", JUDGES[info.judge].text(lang) if info.judge in JUDGES else info.judge),
        ("model", info.model),
        ("host", _host(info, lang)),
        ("prompt_hash", info.prompt_hash),
        ("started", info.started),
        ("finished", info.finished),
        ("version", info.version),
        ("candidates", str(survey.candidates)),
        ("answers", str(survey.answers)),
        ("scored", str(survey.answers - survey.unscored)),
        ("failed", str(survey.unscored + survey.rejected)),
        ("review", str(sum(question.review for question in survey.questions.values()))),
        ("alike_groups", say("not_checked", lang) if groups is None else str(groups)),
        ("calls", str(info.calls)),
        ("tokens", f"{used.prompt} ({used.cached}) + {used.completion}" if used.calls else ""),
        ("model_seconds", f"{used.seconds:.1f}" if used.calls else ""),
        ("cost", _cost(info, lang)),
        ("blind", say("yes" if info.blind else "no", lang)),
    ]
    named = [(say(key, lang), value) for key, value in pairs if value]
    for place, rubric in enumerate(survey.rubrics, 1):
        hashes = survey.questions[rubric.id].hashes
        if hashes:
            named.append((f"{say('rubric_hash', lang)} {place} {rubric.id}", "\n".join(sorted(hashes))))
    return named


def _state(info: RunInfo, lang: str) -> str:
    told = state(info.state, lang)
    if not info.reason:
        return told
    reason = state(info.reason, lang)
    return f"{told} ({reason})" if lang.startswith("en") else f"{told}（{reason}）"


def _host(info: RunInfo, lang: str) -> str:
    """Where the answers went. Nothing is claimed where a model was asked and nobody says where it is."""
    stayed = info.host == "local" or not (info.host or info.model)
    return say("here", lang) if stayed else info.host


def _cost(info: RunInfo, lang: str) -> str:
    if not info.usage.calls:
        return ""
    if info.usage.cost is None:
        return say("unknown_price", lang)
    return (
        f"{info.usage.cost:.4f} {info.currency}".strip()
        if info.usage.cost < 1
        else (f"{number(info.usage.cost)} {info.currency}".strip())
    )
