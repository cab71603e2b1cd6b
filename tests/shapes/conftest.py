"""The base that the fixtures are checked against, and the fixtures themselves."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.build import build
from samtaler_kg.cards import Card
from samtaler_kg.cards import read as read_card
from samtaler_kg.check import Door
from samtaler_kg.check.engine import Finding, Prepared, validate
from samtaler_kg.check.shapes import SHAPE
from samtaler_kg.derive import derive
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base, shipped
from samtaler_kg.problems import Problem, Severity
from samtaler_kg.terms import BASE

HERE = Path(__file__).resolve().parent

#: What the first part of a fixture's name says of the gravest problem in it.
GRAVITY = {"invalid": Severity.BLOCKS, "warning": Severity.WARNS, "info": Severity.INFORMS}


@dataclass(frozen=True)
class Fixture:
    """One card or one file of triples, and what it is expected to tell: shape or name, severity, key or thing."""

    path: Path

    def __str__(self) -> str:
        return f"{self.folder}/{self.path.name}"

    @property
    def folder(self) -> str:
        return self.path.parent.name

    @property
    def gravity(self) -> str:
        return self.path.name.split(".")[0]

    @property
    def fault(self) -> str:
        return self.path.name.split(".")[1]

    @property
    def expected(self) -> list[tuple[str, str, str]]:
        path = self.path.with_suffix(".expected.toml")
        told = tomllib.loads(path.read_text(encoding="utf-8"))["problem"] if path.is_file() else []
        return sorted((p.get("shape", p.get("name")), p["severity"], p.get("key", p.get("focus"))) for p in told)


FIXTURES = [
    Fixture(path)
    for path in sorted(HERE.glob("*/*"))
    if path.suffix in {".yaml", ".ttl"} and path.parent.name != "given"
]


@pytest.fixture(scope="session")
def given_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The given base of the stored queries and one study more, under the real ontology and queries."""
    root = tmp_path_factory.mktemp("given")
    shutil.copytree(HERE.parent / "queries" / "given", root / "data")
    shutil.copytree(HERE / "given", root / "data" / "studies", dirs_exist_ok=True)
    for name in ("ontology", "queries"):
        (root / name).symlink_to(shipped().root / name, target_is_directory=True)
    base = Base(root)
    build(base)
    return base


@pytest.fixture(scope="session")
def door(given_base: Base) -> Door:
    return Door(given_base, Graph(given_base))


def card_at(path: Path) -> Card:
    kind = "trial" if "\nmembers:" in path.read_text(encoding="utf-8") else "study"
    card, problems = read_card(path, kind)
    assert card is not None, problems
    return card


def told(fixture: Fixture, door: Door) -> list[tuple[str, str, str]]:
    """What is told of a fixture, in the form in which it is expected."""
    if fixture.path.suffix == ".ttl":
        found = findings(triples(fixture.path, door), door)
        return sorted((short(f.shape), severity(f, door), thing(f)) for f in found)
    return sorted(
        (short(p.shape) or p.name, p.severity.value, p.where.key) for p in door.check([card_at(fixture.path)])
    )


def short(shape: str) -> str:
    return shape.removeprefix(SHAPE)


def severity(finding: Finding, door: Door) -> str:
    return door.shapes.by_iri[finding.shape].severity.value


def thing(finding: Finding) -> str:
    return str(finding.focus.value).removeprefix(f"{BASE}id/").removeprefix(BASE)


def triples(path: Path, door: Door) -> list[ox.Triple]:
    """What a file says, the ontology, and what the rules conclude."""
    said = [*door.ontology, *(quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))]
    return [*said, *(triple for made in derive("coded", said, door.catalogue).values() for triple in made)]


def findings(data: Iterable[ox.Triple], door: Door, prepared: Prepared | None = None) -> set[Finding]:
    """What all shapes find, each thing once for each shape."""
    found = validate(data, door.shapes.triples, prepared or door.prepared)
    return {Finding(f.shape, f.focus) for f in found}


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.BLOCKS]
