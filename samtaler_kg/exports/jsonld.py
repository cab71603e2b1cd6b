"""The cards of a layer as JSON-LD, with the context inside: no reader needs to fetch anything."""

from __future__ import annotations

import json

from samtaler_kg.cards import Grammar
from samtaler_kg.cards.rdf import as_jsonld
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.stored import cards
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import BASE


def jsonld(graph: Graph, layer: Layer) -> Files:
    """The cards as they were written, each a tree of its own."""
    grammar = Grammar.of(graph.base, graph.codes)
    nodes = [as_jsonld(data, grammar.kinds[kind], grammar) for kind, data in cards(graph, layer)]
    document = {"@context": grammar.context, "id": f"{BASE}graph/{layer}", "@graph": nodes}
    return {f"{layer}.jsonld": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")}
