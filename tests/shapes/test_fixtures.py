"""Every rule has an entry that breaks it and a neighbour that does not, and each tells what it is expected to tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from samtaler_kg.check import Door
from samtaler_kg.check.shapes import read
from samtaler_kg.places import shipped
from tests.shapes.conftest import FIXTURES, GRAVITY, HERE, Fixture, told

FAULTY = [fixture for fixture in FIXTURES if fixture.gravity != "valid"]
SOUND = [fixture for fixture in FIXTURES if fixture.gravity == "valid"]
SHAPES = read(shipped())


def test_every_file_here_is_a_fixture_or_belongs_to_one() -> None:
    there = {path for path in HERE.glob("*/*") if path.is_file() and path.parent.name not in {"given", "__pycache__"}}
    known = {fixture.path for fixture in FIXTURES} | {f.path.with_suffix(".expected.toml") for f in FAULTY}
    assert there == known
    assert {fixture.folder for fixture in FIXTURES} == {path.stem for path in (shipped().ontology / "shapes").iterdir()}
    assert {fixture.gravity for fixture in FIXTURES} == {"valid", *GRAVITY}


@pytest.mark.parametrize("fixture", FAULTY, ids=str)
def test_a_faulty_entry_tells_what_is_expected_and_nothing_else(fixture: Fixture, door: Door) -> None:
    assert fixture.expected
    assert told(fixture, door) == fixture.expected
    assert GRAVITY[fixture.gravity].value in {severity for _, severity, _ in fixture.expected}


@pytest.mark.parametrize("fixture", SOUND, ids=str)
def test_a_sound_entry_tells_nothing(fixture: Fixture, door: Door) -> None:
    assert told(fixture, door) == []


def test_every_faulty_entry_has_a_sound_neighbour() -> None:
    neighbours = {(fixture.folder, fixture.fault, fixture.path.suffix) for fixture in SOUND}
    assert neighbours == {(fixture.folder, fixture.fault, fixture.path.suffix) for fixture in FAULTY}


def test_every_shape_is_broken_by_an_entry_of_its_own_folder() -> None:
    broken = {(fixture.folder, name) for fixture in FAULTY for name, _, _ in fixture.expected}
    shapes = {(shape.file, shape.name) for shape in SHAPES.by_iri.values()}
    assert len(shapes) > 150
    assert shapes - broken == set()


def test_every_stored_check_has_a_fault_that_it_finds(repo: Path) -> None:
    checks = {path.stem for path in (shipped().queries / "checks").glob("*.rq")}
    found = {path.parent.name for path in (repo / "tests" / "queries").glob("*/expected.*fault*.csv")}
    assert checks - found == set()
