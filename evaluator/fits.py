"""Calibration files on disk."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from evaluator.errors import InputError, Problem, Words
from evaluator.models import Fit


def load_fit(path: Path) -> Fit:
    """What the file says. Raises InputError where it cannot be read or is no calibration file."""
    try:
        return Fit.model_validate_json(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem(Words(f"读不了：{reason}", f"cannot read: {reason}"), file=str(path))) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            Problem(
                Words(f"不是校准文件：{first['msg']}", f"no calibration file: {first['msg']}"),
                file=str(path),
                field=".".join(map(str, first["loc"])),
                hint=Words(
                    "用 evaluator calibrate … --fit 文件 生成", "make one with `evaluator calibrate … --fit FILE`"
                ),
            )
        ) from error
