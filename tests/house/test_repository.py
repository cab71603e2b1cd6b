"""The repository: what stands at its top, no trace of the machine it was made on, every test file run, docs in step."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import samtaler_kg

FIXED = {"ontology", "data", "samtaler_kg", "queries", "tests", "pyproject.toml"}
USUAL = {"README.md", "CHANGELOG.md", "LICENSE", "LICENSE-DATA", "CITATION.cff", ".ci", ".gitignore"}
WHEN_FILLED = {"docs", "benchmarks"}

#: Folders that only a particular machine has; put together here, so that this file does not name one itself.
MACHINE = [f"/{name}/" for name in ("home", "root", "tmp", "Users")]

#: Where such a folder may be named: file, the text around it, and why. One that is not found any more fails.
ALLOWED_PATHS: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def project(repo: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))


def test_nothing_else_stands_at_the_top(files: list[Path]) -> None:
    top = {path.parts[0] for path in files}
    assert top >= FIXED
    assert top - FIXED - USUAL - WHEN_FILLED == set()


def test_what_every_project_has_is_there(files: list[Path]) -> None:
    assert {path.parts[0] for path in files} >= USUAL


def test_no_file_names_a_folder_of_a_machine(repo: Path, files: list[Path]) -> None:
    wanted = [*MACHINE, *([f"{repo}/"] if len(repo.parts) > 2 else [])]
    found = [(path.as_posix(), line) for path in files for line in lines(repo / path) if any(w in line for w in wanted)]
    allowed = {key: [hit for hit in found if hit[0] == key[0] and key[1] in hit[1]] for key in ALLOWED_PATHS}
    assert [hit for hit in found if not any(hit in hits for hits in allowed.values())] == []
    assert [key for key, hits in allowed.items() if not hits] == []


def lines(path: Path) -> list[str]:
    """The lines of a text file, as far as they are UTF-8."""
    return path.read_bytes().decode("utf-8", errors="replace").splitlines()


@pytest.fixture(scope="module")
def written(repo: Path, files: list[Path]) -> dict[Path, str]:
    """The text of every Python file under tests."""
    paths = [path for path in files if path.parts[0] == "tests" and path.suffix == ".py"]
    return {path: (repo / path).read_text(encoding="utf-8") for path in paths}


def test_every_file_under_tests_is_run_or_used(written: dict[Path, str]) -> None:
    idle = [
        path.as_posix()
        for path, text in written.items()
        if not (path.name.startswith("test_") and named_tests(text))
        and path.name != "conftest.py"
        and not any(path.stem in other for at, other in written.items() if at != path)
    ]
    assert idle == []


def named_tests(text: str) -> list[str]:
    """The names of the test functions in a file."""
    defined = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [node.name for node in defined if node.name.startswith("test_")]


def test_no_test_hides_another_of_its_name(written: dict[Path, str]) -> None:
    names = {path: named_tests(text) for path, text in written.items()}
    assert sum(map(len, names.values())) > 100
    assert [(path.as_posix(), n) for path, found in names.items() for n in found if found.count(n) > 1] == []


def test_every_fixture_is_used(files: list[Path], written: dict[Path, str]) -> None:
    tests = "\n".join(written.values())
    fixtures = [path for path in files if path.parts[:2] == ("tests", "fixtures")]
    assert fixtures
    globbed = {(folder, end) for folder, end in re.findall(r"[\"/](\w+)\"\)\.r?glob\(\"[*/]*(\.\w+)\"\)", tests)}
    idle = [path for path in fixtures if path.name not in tests and (path.parent.name, path.suffix) not in globbed]
    assert [path.as_posix() for path in idle] == []


def test_every_query_has_its_expected_rows(files: list[Path]) -> None:
    """Rules have theirs in tests/queries/test_rules.py, which names each; ``given`` is the base that they all look at."""
    shelves = {("queries", "answers"), ("queries", "checks")}
    stored = {path.stem for path in files if path.parts[:2] in shelves and path.suffix == ".rq"}
    held = {path.parts[2] for path in files if path.parts[:2] == ("tests", "queries") and len(path.parts) > 3}
    assert (sorted(stored - held), sorted(held - stored)) == ([], ["given"])


def test_versions_and_licences_agree(repo: Path, project: dict[str, Any]) -> None:
    citation = YAML(typ="safe", pure=True).load((repo / "CITATION.cff").read_text(encoding="utf-8"))
    assert project["project"]["version"] == samtaler_kg.__version__ == citation["version"]
    assert project["project"]["license"] == " AND ".join(citation["license"])
    assert citation["cff-version"] == "1.2.0"
    assert {"title", "message", "type", "authors"} <= set(citation)
    for name, begin in (("LICENSE", "MIT License"), ("LICENSE-DATA", "Creative Commons Attribution 4.0 International")):
        assert begin in (repo / name).read_text(encoding="utf-8")
        assert name in project["project"]["license-files"]


def test_no_person_is_named_as_author(repo: Path) -> None:
    citation = YAML(typ="safe", pure=True).load((repo / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["authors"] == [{"name": "samtaler_kg contributors"}]


@pytest.mark.parametrize("name", ["main", "tests"])
def test_the_readme_has_the_two_commands_each_on_one_line(repo: Path, name: str) -> None:
    readme = (repo / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^<!-- command: {name} -->\n+```\w*\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert [block.count("\n") for block in blocks] == [1]
