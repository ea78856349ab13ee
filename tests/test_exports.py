import subprocess
import sys

import pytest

import evaluator
from evaluator import api


def test_every_public_name_can_be_imported() -> None:
    for name in evaluator.__all__:
        assert getattr(evaluator, name) is not None
        assert name in dir(evaluator)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        evaluator.nonsense  # noqa: B018


def test_public_names_are_the_ones_of_the_rooms() -> None:
    assert evaluator.score is api.score
    assert evaluator.load_settings.__module__ == "evaluator.settings.loading"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import evaluator", ("pydantic", "evaluator.models", "openai", "asyncio")),
        ("from evaluator import score, Grader, Rubric, Settings", ("openai", "tenacity", "xllamacpp", "rich")),
        ("import evaluator.cli.main", ("openai", "tenacity", "xllamacpp", "jinja2", "ruamel.yaml", "httpx2")),
    ],
)
def test_imports_leave_out_what_only_a_model_needs(statement: str, absent: tuple[str, ...]) -> None:
    code = f"{statement}\nimport sys\nprint(*sorted(set({absent!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
