"""A layer in the forms that strangers read: Turtle, N-Quads, JSON-LD with the card context, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Literal, get_args

import pyoxigraph as ox

from samtaler_kg.cards import Data, Grammar, from_triples
from samtaler_kg.cards.rdf import as_jsonld, index
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.stores import serialized
from samtaler_kg.terms import BASE, PREFIXES, RDF
from samtaler_kg.words import LANGUAGES, say

Format = Literal["turtle", "nquads", "jsonld", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)

#: The kinds of card that each layer holds, the ones that stand alone.
_KINDS: dict[Layer, tuple[str, ...]] = {
    "coded": ("study", "trial", "coding"),
    "reconstructed": ("slot", "record"),
    "memo": ("claim", "reading"),
}


def export(graph: Graph, layer: Layer, form: Format) -> bytes:
    """All that *layer* says. Turtle and N-Quads carry its conclusions too, N-Quads each in its own graph.

    JSON-LD holds the cards as they were written, with the context inside; CSV holds one row a result (a study without
    results keeps one row), or one row a card on the other layers.
    """
    if form == "csv":
        return _csv(graph, layer).encode("utf-8")
    if form == "jsonld":
        return _jsonld(graph, layer)
    if form == "nquads":
        return b"".join(sorted(_quads(graph, layer)))
    return _turtle(graph, layer)


def _files(graph: Graph, layer: Layer) -> list[tuple[str, list[ox.Triple]]]:
    """The graphs of a layer by name, ontology apart, each as the manifest says."""
    return graph.steady(lambda: list(_read(graph, layer)))


def _read(graph: Graph, layer: Layer) -> Iterator[tuple[str, list[ox.Triple]]]:
    graph.files(layer)  # compares every file with the manifest
    for name, entry in graph.manifest.items():
        if name == f"{layer}.nt" or name.startswith(f"derived/{layer}/"):
            content = (graph.base.graph / name).read_bytes()
            yield entry["graph"], [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]


def _quads(graph: Graph, layer: Layer) -> Iterator[bytes]:
    for name, triples in _files(graph, layer):
        place = ox.NamedNode(name)
        quads = [ox.Quad(triple.subject, triple.predicate, triple.object, place) for triple in triples]
        yield from serialized(quads, ox.RdfFormat.N_QUADS).splitlines(keepends=True)


def _turtle(graph: Graph, layer: Layer) -> bytes:
    triples = sorted({t for _, some in _files(graph, layer) for t in some}, key=str)
    head = "".join(f"# {say(f'layers.{layer}', lang)}\n" for lang in LANGUAGES)
    return head.encode() + serialized(triples, ox.RdfFormat.TURTLE, PREFIXES)


def cards(graph: Graph, layer: Layer) -> Iterator[tuple[str, Data]]:
    """Every card of *layer*, rebuilt from its triples: kind and data, by kind and identifier."""
    grammar = Grammar.of(graph.base, graph.codes)
    found = index(graph.triples(layer))
    for kind in _KINDS[layer]:
        cls = ox.NamedNode(PREFIXES["sam"] + grammar.kinds[kind].cls)
        for iri in sorted(iri for iri, about in found.items() if cls in about.get(RDF.type, [])):
            yield kind, from_triples(iri, kind, found, grammar)


def _jsonld(graph: Graph, layer: Layer) -> bytes:
    grammar = Grammar.of(graph.base, graph.codes)
    nodes = [as_jsonld(data, grammar.kinds[kind], grammar) for kind, data in cards(graph, layer)]
    document = {"@context": grammar.context, "id": f"{BASE}graph/{layer}", "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _csv(graph: Graph, layer: Layer) -> str:
    rows = [row for kind, data in cards(graph, layer) for row in _rows(kind, data)]
    header = ["layer", *dict.fromkeys(key for row in rows for key in row)]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"layer": layer, **row} for row in rows)
    return stream.getvalue()


def _rows(kind: str, data: Data) -> Iterator[Data]:
    """A card as flat rows: a study once for each of its results, any other card once."""
    around = {"kind": kind, **_flat({key: value for key, value in data.items() if key != "results"}, kind)}
    if kind != "study":
        yield around
        return
    for result in data.get("results") or [{}]:
        yield {**around, **_flat(result, "result")}


def _flat(data: Data, kind: str) -> Data:
    flat: Data = {}
    for key, value in data.items():
        name = f"{kind}_id" if key == "id" else key
        if isinstance(value, dict):
            flat |= {f"{key}_{inner}": part for inner, part in _flat(value, key).items()}
        elif isinstance(value, list):
            parts = [" ".join(map(str, part.values())) if isinstance(part, dict) else str(part) for part in value]
            flat[name] = "; ".join(parts)
        else:
            flat[name] = value
    return flat
