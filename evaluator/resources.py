"""Where `prompts/`, `rubrics/` and `samples/` lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from evaluator.errors import InputError, Problem, Words

Folder = Literal["prompts", "rubrics", "samples"]

_PACKAGE = Path(__file__).resolve().parent


def folder(name: Folder) -> Path:
    """The shipped folder of that name.

    Raises InputError where the installation is broken.
    """
    checkout = _PACKAGE.parent
    candidates = [_PACKAGE / "data" / name]
    if (checkout / "pyproject.toml").is_file():
        candidates.insert(0, checkout / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise InputError(
        Problem(
            Words(f"安装不完整：找不到 {name}/", f"broken installation: {name}/ is missing"),
            hint=Words("重新安装本软件包", "install the package again"),
        )
    )
