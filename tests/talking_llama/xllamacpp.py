"""The library of `fake_llama/`, whose server also talks: what it says is in `loopback_model.py`."""

import importlib.util
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.append(str(TESTS))
spec = importlib.util.spec_from_file_location("silent_llama", TESTS / "fake_llama" / "xllamacpp.py")
silent = importlib.util.module_from_spec(spec)
spec.loader.exec_module(silent)

from loopback_model import handler  # noqa: E402 - found only now

_silent_handler = silent.handler_for
silent.handler_for = lambda params, fault: handler([], also=_silent_handler(params, fault))

llama_load_mode = silent.llama_load_mode
get_system_info = silent.get_system_info
CommonParams = silent.CommonParams
Server = silent.Server
