import re
from pathlib import Path

import pytest
from generated_docs import REFERENCE, options, pages

from evaluator import __version__

ROOT = Path(__file__).resolve().parent.parent
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/*.md")]
READMES = [ROOT / "README.md", ROOT / "README.en.md"]

LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
HEADING = re.compile(r"^#+\s+(.+)$", re.MULTILINE)
# Written so that this line does not match itself.
MACHINE_PATHS = re.compile(r"/(?:[w]ork|[r]oot|[h]ome/\w|[U]sers/\w|[p]rivate/var)/|[A-Z]:\\[U]sers")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """As GitHub makes them: lower case, blanks to hyphens, punctuation dropped."""
    headings = HEADING.findall(re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_every_link_leads_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target, anchor in LINK.findall(text):
        place = (path.parent / target) if target else path
        assert place.exists(), f"{name_of(path)} links to {target}"
        if anchor and place.suffix == ".md":
            assert anchor[1:] in anchors(place), f"{name_of(path)} links to {target}{anchor}"


@pytest.mark.parametrize("path", [REFERENCE, *READMES], ids=name_of)
def test_what_the_program_says_of_itself_is_what_the_documents_show(path):
    assert path.read_text("utf-8") == pages()[path], "run: make docs"


def test_every_command_and_option_has_a_help_text_in_the_reference():
    page = REFERENCE.read_text("utf-8")
    for command, option in options():
        section = re.search(rf"^#+ {command}$(.*?)(?=^#+ |\Z)", page, re.DOTALL | re.MULTILINE)
        assert section is not None, command
        row = re.search(rf"^- .*`{re.escape(option)}`.*: \w.+$", section[1], re.MULTILINE)
        assert row is not None, f"{command} {option}"


@pytest.mark.parametrize("path", [*READMES, *ROOT.glob("docs/*.md")], ids=name_of)
def test_commands_shown_in_the_documents_exist(path):
    known: dict[str, set[str]] = {}
    for command, option in options():
        known.setdefault(command, {"--help", "-h", "--install-completion"}).add(option)
    lines = [
        line
        for language in ("sh", "bash", "console")
        for block in blocks(path, language)
        for line in block.splitlines()
    ]
    for line in lines:
        words = line.removeprefix("$ ").partition("#")[0].split()
        if "evaluator" not in words:
            continue
        words = words[words.index("evaluator") :]
        if words[1:2] == ["batch"] and " ".join(words[:3]) not in known:
            words.insert(2, "run")  # what `evaluator batch FILE` stands for
        command = " ".join(words[:2]) if " ".join(words[:2]) in known else "evaluator"
        if len(words) > 2 and " ".join(words[:3]) in known:
            command = " ".join(words[:3])
        flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert command in known or len(words) < 3, f"{name_of(path)}: {line}"
        assert flags <= known.get(command, set()) | {"--help"}, f"{name_of(path)}: {line}"


@pytest.mark.parametrize("path", READMES, ids=name_of)
def test_the_readmes_name_the_two_commands_and_each_other(path):
    text = path.read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert next(other.name for other in READMES if other != path) in text


def test_the_change_log_has_this_version():
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert __version__ in headings


def test_the_code_of_the_api_page_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code = blocks(ROOT / "docs" / "api.md", "python")
    assert len(code) > 5
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in code:
        exec(compile(block, "docs/api.md", "exec"), namespace)  # noqa: S102


def test_no_path_of_a_machine_stands_in_what_is_shipped():
    places = [*DOCS, ROOT / "Makefile", ROOT / "pyproject.toml"]
    for folder in ("evaluator", "prompts", "rubrics", "samples", "tests", "docs"):
        places += [
            file
            for file in (ROOT / folder).rglob("*")
            if file.suffix in {".py", ".j2", ".yaml", ".json", ".jsonl", ".md"}
        ]
    found = [
        f"{name_of(file)}: {match[0]}" for file in places for match in MACHINE_PATHS.finditer(file.read_text("utf-8"))
    ]
    assert found == []
