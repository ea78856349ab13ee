"""How `evaluator model serve` tells other processes of this user where the model already runs."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model answers. `base_url` ends in `/v1`, as OpenAI clients want it."""

    base_url: str
    api_key: str = field(repr=False)
    model_name: str
    pid: int

    def answers(self, timeout: float = 2.0) -> bool:
        """Whether our model is there: it knows the key, and names the model."""
        request = urllib.request.Request(  # noqa: S310 - always http on loopback
            self.base_url + "/models", headers={"Authorization": f"Bearer {self.api_key}"}
        )
        # No proxy: a request to this machine stays on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout) as response:
                models = json.load(response)["data"]
                return self.model_name in {model["id"] for model in models}
        except (OSError, ValueError, LookupError, TypeError, urllib.error.URLError):
            return False


def run_folder(data_dir: Path) -> Path:
    """Where the lock, the log and the announcement lie."""
    return data_dir / "run"


def announce(address: Address, data_dir: Path) -> None:
    """Write it where only this user can read it: it holds the key."""
    path = _file(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(address), file)
    draft.replace(path)


def withdraw(data_dir: Path) -> None:
    """Take the announcement back."""
    _file(data_dir).unlink(missing_ok=True)


def announced(data_dir: Path) -> Address | None:
    """The server that was announced and answers; None where there is none."""
    try:
        address = Address(**json.loads(_file(data_dir).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return address if address.base_url.startswith("http://127.0.0.1:") and address.answers() else None


def _file(data_dir: Path) -> Path:
    return run_folder(data_dir) / "local-model.json"
