"""Exports of the shipped base, each written once for all the tests of a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from samtaler_kg.exports import export
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.places import shipped

GRAPH = Graph(shipped())


@cache
def exported(layer: Layer, form: str) -> Mapping[str, bytes]:
    """The files of an export by name."""
    return export(GRAPH, layer, form)
