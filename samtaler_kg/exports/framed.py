"""A layer as JSON-LD framed by ``ontology/frames.json``: trees of cards and all that the layer says besides.

Made from the triples by pyld (BSD-3), with the project's own context inside. What goes in is counted out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg.exports.forms import Files
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.terms import RDF, XSD, graph_iri

#: Everything once, nothing that a card does not say, the cards in a list even where there is only one.
_OPTIONS = {"embed": "@once", "omitDefault": True, "omitGraph": False}


def framed(graph: Graph, layer: Layer) -> Files:
    """The framed document of *layer*.

    Raises Refused where pyld is not installed, Damaged where the frame or the context lets something out.
    """
    try:
        from pyld import jsonld
    except ImportError:
        raise Refused(Problem("needs-extra", facts={"package": "samtaler-kg[interchange]"})) from None
    path = graph.base.ontology / "frames.json"
    context, frame = _json(graph.base.ontology / "context.jsonld")["@context"], _json(path)[layer]
    triples = graph.triples(layer)
    document = jsonld.frame(expanded(sorted(triples, key=str)), {"@context": context, **frame}, _OPTIONS)
    whole = {"@context": context, "id": graph_iri(layer), "@graph": document["@graph"]}
    raw = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    if lost := set(triples) - {quad.triple for quad in ox.parse(raw, format=ox.RdfFormat.JSON_LD)}:
        facts = {"number": len(lost), "example": min(map(str, lost))}
        raise Damaged(Problem("frame-loses", Where(str(path)), facts))
    return {f"{layer}.framed.jsonld": raw}


def expanded(triples: Iterable[ox.Triple]) -> list[dict[str, Any]]:
    """The expanded JSON-LD of triples without blank nodes: one object for each subject."""
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in triples:
        name = str(getattr(subject, "value", subject))
        node = nodes.setdefault(name, {"@id": name})
        if predicate.value == RDF.type:
            node.setdefault("@type", []).append(value.value)
        else:
            node.setdefault(predicate.value, []).append(_value(value))
    return list(nodes.values())


def _value(value: Any) -> Mapping[str, str]:
    if not isinstance(value, ox.Literal):
        return {"@id": value.value}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    if value.datatype.value == XSD.string:
        return {"@value": value.value}
    return {"@value": value.value, "@type": value.datatype.value}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
