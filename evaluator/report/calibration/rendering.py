"""The templates of these pages, and what all of them may say: words of the language, numbers, texts without harm."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evaluator.report.calibration.numerals import percent
from evaluator.report.calibration.words import say

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def _safe(value: object) -> object:
    """Text without what HTML and UTF-8 cannot hold; everything is escaped after that."""
    return _FORBIDDEN.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT = Environment(
    loader=PackageLoader("evaluator.report.calibration", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_safe,
)


def rendered(template: str, lang: str, **values: object) -> str:
    """The page of that template."""
    return _ENVIRONMENT.get_template(f"{template}.html.j2").render(
        lang="en" if lang.startswith("en") else "zh-CN",
        percent=percent,
        say=lambda key: say(key, lang),
        words=lambda words: words.text(lang),
        **values,
    )
