"""The given base, built once, and the real graph, each opened with both engines."""

import shutil
from pathlib import Path

import pytest

from samtaler_kg.build import build
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base, shipped

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def given_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The synthetic cards of ``given`` under the real ontology and the real queries."""
    root = tmp_path_factory.mktemp("given")
    shutil.copytree(HERE / "given", root / "data")
    for name in ("ontology", "queries"):
        (root / name).symlink_to(shipped().root / name, target_is_directory=True)
    base = Base(root)
    build(base)
    return base


@pytest.fixture(scope="session")
def given(given_base: Base) -> dict[str, Graph]:
    return {"oxigraph": Graph(given_base, "oxigraph"), "rdflib": Graph(given_base, "rdflib")}


@pytest.fixture(scope="session")
def real() -> dict[str, Graph]:
    return {"oxigraph": Graph(shipped(), "oxigraph"), "rdflib": Graph(shipped(), "rdflib")}
