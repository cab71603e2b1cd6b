"""The cards of a layer, rebuilt from the graph: what exports that are not triples are written from."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from samtaler_kg.cards import Data, Grammar, from_triples
from samtaler_kg.cards.rdf import index
from samtaler_kg.exports.plan import Described
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.sources import KINDS
from samtaler_kg.terms import PREFIXES, RDF, id_iri


def cards(graph: Graph, layer: Layer) -> Iterator[tuple[str, Data]]:
    """Every card of *layer*: kind and data, by kind and identifier."""
    grammar = Grammar.of(graph.base, graph.codes)
    found = index(graph.triples(layer))
    for kind in KINDS[layer]:
        cls = ox.NamedNode(PREFIXES["sam"] + grammar.kinds[kind].cls)
        for iri in sorted(iri for iri, about in found.items() if cls in about.get(RDF.type, [])):
            yield kind, from_triples(iri, kind, found, grammar)


def described(graph: Graph, layer: Layer, thing: Described) -> list[dict[str, str]]:
    """The rows of things that are no cards, by identifier."""
    found = index(graph.triples(layer))
    cls, start = ox.NamedNode(PREFIXES["sam"] + thing.cls), id_iri(thing.kind, "")
    rows = []
    for iri in sorted(iri for iri, about in found.items() if cls in about.get(RDF.type, [])):
        row = {f"{thing.kind}_id": iri.removeprefix(start)}
        for said in thing.columns:
            values = [
                v.value for v in found[iri].get(said.prop, []) if (getattr(v, "language", None) or "") == said.language
            ]
            row |= {said.name: values[0]} if values else {}
        rows.append(row)
    return rows
