"""What tokens cost, out of a small table that the user writes. Nothing is shipped: prices move.

::

    currency = "CNY"

    [models."deepseek-flash"]      # a model name, host/model, or a pattern with *
    prompt = 1.0                   # per million tokens
    cached = 0.02                  # of those, read from the provider's cache; default: as prompt
    completion = 4.0
    batch = 0.5                    # of all that, what the provider's batch API takes; default: 1
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from evaluator.errors import Problem, SettingsError, Words
from evaluator.models import Model, Usage

MILLION = 1_000_000
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Model):
    """Per million tokens."""

    prompt: Amount
    completion: Amount
    cached: Amount | None = None
    """None: as `prompt`."""
    batch: Amount = 1.0
    """Factor for what the provider's batch API answers."""


class _Table(Model):
    currency: str = ""
    models: dict[str, Price] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table. An unknown price gives no cost, never a guess."""

    models: dict[str, Price] = field(default_factory=dict)
    currency: str = ""

    @classmethod
    def load(cls, path: Path | None) -> Prices:
        """The table in that file; empty where there is none. Raises SettingsError."""
        if path is None or not path.is_file():
            return cls()
        try:
            table = _Table.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise SettingsError(_broken(path, error)) from None
        return cls(dict(table.models), table.currency)

    def of(self, model: str, host: str = "") -> Price | None:
        """The price of a model: `host/model` before `model` before the longest pattern that fits."""
        names = (f"{host}/{model}", model)
        for name in names:
            if name in self.models:
                return self.models[name]
        fitting = [pattern for pattern in self.models if any(fnmatchcase(name, pattern) for name in names)]
        return self.models[max(fitting, key=len)] if fitting else None

    def cost(self, usage: Usage, model: str, host: str = "", *, batched: Usage | None = None) -> float | None:
        """What the tokens cost in `currency`, those in `batched` by the batch API; None where no price is known."""
        price = self.of(model, host)
        if price is None:
            return None
        saved = (1 - price.batch) * _full(price, batched) if batched else 0.0
        return (_full(price, usage) - saved) / MILLION


def _full(price: Price, usage: Usage) -> float:
    cached = price.prompt if price.cached is None else price.cached
    fresh = max(usage.prompt - usage.cached, 0)
    return fresh * price.prompt + usage.cached * cached + usage.completion * price.completion


def _broken(path: Path, error: Exception) -> Problem:
    place = ""
    if isinstance(error, ValidationError):
        detail = error.errors(include_url=False)[0]
        place, reason = ".".join(str(part) for part in detail["loc"]), detail["msg"]
    else:
        reason = str(error)
    return Problem(
        Words(f"价目表有误：{reason}", f"the price table is not right: {reason}"),
        str(path),
        field=place,
        hint=Words(
            "每个模型写 prompt、completion 两个数（每百万 token）",
            "each model has `prompt` and `completion`, per million tokens",
        ),
    )
