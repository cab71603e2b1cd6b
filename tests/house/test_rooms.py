"""The rooms: each has a floor, arrows point down only, none goes in a circle even lazily, names say what is inside."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest

if TYPE_CHECKING:
    from tests.house.conftest import Module

FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "misc", "core", "api", "manager", "base"}
LINT = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"


def lint_imports(folder: Path) -> tuple[int, str]:
    """Hold the package in *folder* against the contract of the pyproject.toml beside it."""
    pytest.importorskip("importlinter", reason="import-linter is not installed: pip install 'samtaler-kg[dev]'")
    ran = subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def copy(repo: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the package and of its contract, to break."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(repo / "samtaler_kg", tmp_path / "samtaler_kg", ignore=ignored)
    shutil.copy(repo / "pyproject.toml", tmp_path)
    return tmp_path


def test_arrows_point_down(repo: Path) -> None:
    code, told = lint_imports(repo)
    assert code == 0, told


def test_a_room_without_a_floor_breaks_the_contract(copy: Path) -> None:
    (copy / "samtaler_kg" / "attic.py").write_text('"""A room that nobody gave a floor."""\n', encoding="utf-8")
    code, told = lint_imports(copy)
    assert code != 0
    assert "attic" in told


def test_an_arrow_upwards_breaks_the_contract(copy: Path) -> None:
    terms = copy / "samtaler_kg" / "terms.py"
    lazily = "\n\ndef climb() -> object:\n    from samtaler_kg import graph\n\n    return graph\n"
    terms.write_text(terms.read_text(encoding="utf-8") + lazily, encoding="utf-8")
    code, told = lint_imports(copy)
    assert code != 0
    assert "samtaler_kg.terms -> samtaler_kg.graph" in told


def test_no_import_goes_in_a_circle_even_lazily(modules: list[Module]) -> None:
    arrows = nx.DiGraph()
    names = {module.name for module in modules}
    for module in modules:
        arrows.add_edges_from((module.name, target) for target in imported(module, names))
    assert arrows.number_of_edges() > len(modules)
    circles = [sorted(ring) for ring in nx.strongly_connected_components(arrows) if len(ring) > 1]
    assert [*circles, *nx.nodes_with_selfloops(arrows)] == []


def imported(module: Module, names: set[str]) -> Iterator[str]:
    """The modules of the package that *module* imports, at its top, in a function or for type checkers."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield from {full if full in names else node.module} & names
        elif isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & names


def test_imports_name_their_module_in_full(modules: list[Module]) -> None:
    relative = [
        f"{module.path}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_names_of_rooms_say_what_is_inside(modules: list[Module]) -> None:
    named = [module.name for module in modules if FORBIDDEN & {part.strip("_") for part in module.name.split(".")}]
    assert named == []
