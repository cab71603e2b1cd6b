"""The wheel carries the base: every file of ontology, data and queries, texts and licences, and nothing besides."""

from __future__ import annotations

import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

FOLDERS = ("ontology", "data", "queries")

#: The files beside them that say who made the base and what may be done with it.
ABOUT = ("CITATION.cff", "LICENSE", "LICENSE-DATA")


@pytest.fixture(scope="module")
def members(repo: Path, files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a copy of the repository's own files, without a network."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed: pip install hatchling")
    copy = tmp_path_factory.mktemp("copy")
    for path in files:
        if path.parts[0] != "tests":
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repo / path, copy / path)
    (built,) = wheel.WheelBuilder(str(copy)).build(directory=str(copy / "dist"), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_folders_that_the_wheel_takes_exist(repo: Path) -> None:
    hatch = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    taken = hatch["targets"]["wheel"]["force-include"]
    assert taken == {name: f"samtaler_kg/_base/{name}" for name in (*FOLDERS, *ABOUT)}
    assert [name for name in FOLDERS if not any((repo / name).iterdir())] == []


def test_the_wheel_holds_the_base_and_the_package_whole(members: set[str], files: list[Path]) -> None:
    base = {f"samtaler_kg/_base/{path.as_posix()}" for path in files if path.parts[0] in (*FOLDERS, *ABOUT)}
    package = {path.as_posix() for path in files if path.parts[0] == "samtaler_kg"}
    held = {name for name in members if ".dist-info/" not in name}
    assert (sorted((base | package) - held), sorted(held - base - package)) == ([], [])
    assert {"samtaler_kg/py.typed", "samtaler_kg/texts/da.toml"} <= held


def test_the_wheel_holds_the_licences_and_the_command(members: set[str]) -> None:
    about = {name.partition(".dist-info/")[2] for name in members if ".dist-info/" in name}
    assert {"METADATA", "RECORD", "entry_points.txt", "licenses/LICENSE", "licenses/LICENSE-DATA"} <= about
