"""A layer with its conclusions as RDF that any reader takes: Turtle, and N-Quads and TriG with each graph apart."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.statements import remarks
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.stores import serialized
from samtaler_kg.terms import PREFIXES

#: One graph: its IRI and what it says.
Named = tuple[str, list[ox.Triple]]


def turtle(graph: Graph, layer: Layer) -> Files:
    """What the layer says and what the rules conclude from it, in one graph."""
    triples = sorted({triple for _, some in named(graph, layer) for triple in some}, key=str)
    return {f"{layer}.ttl": remarks([f"layers.{layer}"]) + serialized(triples, ox.RdfFormat.TURTLE, PREFIXES)}


def nquads(graph: Graph, layer: Layer) -> Files:
    """What the layer says and what each rule concludes from it, each in its own graph; sorted."""
    return {f"{layer}.nq": b"".join(sorted(_lines(graph, layer)))}


def trig(graph: Graph, layer: Layer) -> Files:
    """What the layer says and what each rule concludes from it, each in its own graph, with prefixes."""
    quads = [
        ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))
        for name, triples in sorted(named(graph, layer))
        for triple in sorted(set(triples), key=str)
    ]
    return {f"{layer}.trig": remarks([f"layers.{layer}"]) + serialized(quads, ox.RdfFormat.TRIG, PREFIXES)}


def named(graph: Graph, layer: Layer) -> list[Named]:
    """The graphs of a layer by name, ontology apart, each as the manifest says."""
    return graph.steady(lambda: list(_read(graph, layer)))


def _read(graph: Graph, layer: Layer) -> Iterator[Named]:
    graph.files(layer)  # compares every file with the manifest
    for name, entry in graph.manifest.items():
        if name == f"{layer}.nt" or name.startswith((f"{layer}/", f"derived/{layer}/")):
            content = (graph.base.graph / name).read_bytes()
            yield entry["graph"], [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]


def _lines(graph: Graph, layer: Layer) -> Iterator[bytes]:
    for name, triples in named(graph, layer):
        place = ox.NamedNode(name)
        quads = [ox.Quad(triple.subject, triple.predicate, triple.object, place) for triple in triples]
        yield from serialized(quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)
