"""What every test may lean on: the repository, the shipped base and its graph, and no setting of the reader's shell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from samtaler_kg import places, words
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base

# No deadline: a slow machine is no counter-example. In CI the same examples every time: a red run can be repeated.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(scope="session")
def repo() -> Path:
    """The folder of the repository, or of the unpacked archive, that these tests stand in."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def base() -> Base:
    """The base that came with the package. Read-only: a test that writes works on a copy."""
    return places.shipped()


@pytest.fixture(scope="session")
def graph(base: Base) -> Graph:
    """The built graph of the shipped base. Read-only."""
    return Graph(base)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test meets the shipped base in English, whatever the reader's shell says."""
    for variable in (places.VARIABLE, words.VARIABLE):
        monkeypatch.setenv(variable, "")  # so that what the test leaves there goes with it
        monkeypatch.delenv(variable)
