"""From what is to be shown to a page: templates, words and the numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from evaluator.messages import FLAGS, LEVELS, SYMBOLS, review_reason
from evaluator.models import Grade, Level, Note
from evaluator.report.item import segments
from evaluator.report.labels import CAUSES, JUDGES, duration, follow_ups, label, number, score_text
from evaluator.version import __version__
from evaluator.web.access import Access
from evaluator.web.guard import cookies_of
from evaluator.web.speech import LOCALES, Speech, wanted

LANG = "evaluator_lang"
THEME = "evaluator_theme"
THEMES = ("auto", "light", "dark")

_ENVIRONMENT = Environment(
    loader=PackageLoader("evaluator.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def speech_of(request: Request) -> Speech:
    """The language that this request is answered in."""
    default = "en" if request.app.state.settings.lang == "en" else "zh-CN"
    chosen = cookies_of(request.scope).get(LANG, "")
    return Speech(wanted(chosen, request.headers.get("accept-language", ""), default))


def page(request: Request, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """The template of that name as a reply."""
    speech = speech_of(request)
    theme = cookies_of(request.scope).get(THEME, "auto")
    access: Access = request.app.state.access
    text = _ENVIRONMENT.get_template(f"{name}.html.j2").render(
        _helpers(speech),
        locales=LOCALES,
        theme=theme if theme in THEMES else "auto",
        next_theme=THEMES[(THEMES.index(theme) + 1) % len(THEMES)] if theme in THEMES else "light",
        csrf=access.form_token(getattr(request.state, "visitor", "")),
        here=request.url.path + (f"?{request.url.query}" if request.method == "GET" and request.url.query else ""),
        history=request.app.state.settings.history,
        version=__version__,
        **values,
    )
    return HTMLResponse(text, status_code=status)


def _helpers(speech: Speech) -> dict[str, object]:
    def of_kind(judge: str) -> str:
        return speech.words(JUDGES[judge]) if judge in JUDGES else judge

    return {
        "speech": speech,
        "say": speech.say,
        "words": speech.words,
        "label": lambda key: speech.chars(label(key, speech.lang)),
        "level": lambda value: speech.words(LEVELS[value]),
        "symbol": lambda value: SYMBOLS[value],
        "review": lambda code: speech.chars(review_reason(code, speech.lang)),
        "cause": lambda code: speech.words(CAUSES[code]) if code in CAUSES else code,
        "flag": lambda value: speech.words(FLAGS[value]),
        "judge_kind": of_kind,
        "number": number,
        "score_text": score_text,
        "segments": segments,
        "places": places,
        "follow_ups": follow_ups,
        "when": local_time,
        "duration": duration,
        "levels": [Level.HIT, Level.PARTIAL, Level.MISSED],
        "asset": lambda name: f"/static/{name}",
    }


def places(answer: str, grade: Grade, notes: Sequence[Note] = ()) -> dict[tuple[int, int], int]:
    """Which segment of the answer, from 1, a span of evidence begins with: by number of the key point and start."""
    begins: dict[int, int] = {}
    at = 0
    for index, part in enumerate(segments(answer, grade, notes), 1):
        begins[at] = index
        at += len(part.text)
    return {
        (number, evidence.start): begins.get(evidence.start, 1)
        for number, point in enumerate(grade.key_points, 1)
        for evidence in point.evidence
    }


def local_time(moment: str) -> str:
    """A stored time on the clock of this machine, to the minute; what is no time is shown as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment
