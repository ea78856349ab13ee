"""What every model shares: frozen, closed; and the kinds of field that recur."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Place = tuple[str | int, ...]
"""A path into a rubric, such as `("key_points", 2, "points")`."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
Points = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Parameters = dict[str, str | int | float | bool | None]
Share = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """Frozen, and no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
