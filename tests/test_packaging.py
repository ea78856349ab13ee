import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evaluator import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built by the backend itself: nothing is downloaded."""
    place = tmp_path_factory.mktemp("dist")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(place)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return place / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the package and nothing else of this project."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return target


@pytest.fixture
def run(installed, tmp_path):
    def run(*words, text=""):
        environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", "evaluator", *words],
            cwd=tmp_path,
            env=environment,
            input=text,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )

    return run


def test_the_wheel_holds_what_is_needed_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert f"answer_evaluator-{__version__}.dist-info/METADATA" in names
    assert "evaluator/py.typed" in names
    for folder, pattern in (("prompts", "**/*.j2"), ("rubrics", "**/*.yaml"), ("samples", "*.jsonl")):
        shipped = {f"evaluator/data/{file.relative_to(ROOT)}" for file in (ROOT / folder).glob(pattern)}
        assert shipped, folder
        assert shipped <= names
    code = {str(file.relative_to(ROOT)) for file in (ROOT / "evaluator").rglob("*") if file.is_file()}
    assert {name for name in code if "__pycache__" not in name} <= names
    allowed = ("evaluator/", f"answer_evaluator-{__version__}.dist-info/")
    assert [name for name in names if not name.startswith(allowed)] == []
    assert [name for name in names if "test_" in name or "__pycache__" in name] == []


def test_the_metadata_names_command_licence_and_extras(wheel):
    with zipfile.ZipFile(wheel) as archive:
        about = f"answer_evaluator-{__version__}.dist-info"
        metadata = archive.read(f"{about}/METADATA").decode("utf-8")
        scripts = archive.read(f"{about}/entry_points.txt").decode("utf-8")
    assert "evaluator = evaluator.cli.main:run" in scripts
    assert "License-Expression: MIT" in metadata
    assert "Provides-Extra: local" in metadata
    assert "make demo" in metadata


def test_an_installed_wheel_finds_its_rubrics_samples_and_prompts(run, installed):
    assert "csm-02-performance-drop" in run("rubric", "list", "--json").stdout
    checked = run("doctor").stdout
    assert str(installed / "evaluator" / "data" / "rubrics") in checked
    assert str(installed / "evaluator" / "data" / "prompts") in checked


def test_an_installed_wheel_scores_an_answer_into_a_page(run, tmp_path):
    answer = "我先看每周的数据，再逐个面谈。"
    run("score", "-r", "csm-02", "--judge", "keyword", "-f", "html", "-o", "report.html", text=answer)
    assert answer[:8] in (tmp_path / "report.html").read_text("utf-8")
