"""What a release says of itself in ``release.json``: its graphs with their hashes, what is in them, what follows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Grammar
from samtaler_kg.graph import Graph
from samtaler_kg.release.canonical import digest, merged
from samtaler_kg.release.policy import corrections, policy
from samtaler_kg.release.standing import conclusions
from samtaler_kg.terms import DCTERMS, PREFIXES, RDF, SAM, id_iri

#: The form of ``release.json``; another number means that its keys have changed.
FORM = 1

Record = dict[str, Any]


def described(graph: Graph) -> Record:
    """What is to be said of a built base, without version and date. The same base gives the same record."""
    return {
        "form": FORM,
        "licence": _licence(graph),
        "dataset": dataset(graph),
        "graphs": graphs(graph),
        "counts": _counts(graph),
        **conclusions(graph),
        "policy": policy(graph.base),
        "corrections": corrections(graph.base),
    }


def layer_of(file: str) -> str:
    """The layer that a file of the graph belongs to: what is concluded on a layer goes with it.

    >>> layer_of("coded.nt"), layer_of("derived/coded/study-region.nt")
    ('coded', 'coded')
    """
    parts = file.removesuffix(".nt").split("/")
    return parts[1] if parts[0] == "derived" else parts[0]


def layers(graph: Graph) -> dict[str, dict[str, Path]]:
    """The graphs of a base, by layer: the file of each by its IRI, as the manifest says."""
    found: dict[str, dict[str, Path]] = {}
    paths = graph.named_graphs()
    for file, entry in graph.manifest.items():
        found.setdefault(layer_of(file), {})[entry["graph"]] = paths[entry["graph"]]
    return {layer: found[layer] for layer in sorted(found)}


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, one at a time."""
    with path.open("rb") as stream:
        yield from stream


def dataset(graph: Graph) -> Record:
    """The whole data set: how many statements, and the SHA-256 of its canonical N-Quads."""
    quads = sum(entry["triples"] for entry in graph.manifest.values())
    lines = merged({iri: read_lines(path) for iri, path in graph.named_graphs().items()})
    return {"canonical": "RDFC-1.0", "quads": quads, "sha256": digest(lines)}


def graphs(graph: Graph) -> list[Record]:
    """Each graph: the SHA-256 is that of its own statements, as canonical N-Triples."""
    found = []
    for layer, paths in layers(graph).items():
        for iri, path in sorted(paths.items()):
            content = path.read_bytes()
            sha, triples = hashlib.sha256(content).hexdigest(), content.count(b"\n")
            found.append({"graph": iri, "layer": layer, "triples": triples, "sha256": sha})
    return found


def _counts(graph: Graph) -> dict[str, int]:
    """How many cards of each kind there are, and how many of the studies and results are retracted."""
    kinds = {PREFIXES["sam"] + kind.cls: name for name, kind in Grammar.of(graph.base, graph.codes).kinds.items()}
    found: Counter[str] = Counter()
    retracted: Counter[str] = Counter()
    for iri, path in graph.named_graphs().items():
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES):
            prop, value = quad.predicate.value, quad.object
            if prop == RDF.type and isinstance(value, ox.NamedNode) and "/derived/" not in iri:
                found[kinds.get(value.value, "")] += 1
            elif prop == SAM.retracted and isinstance(quad.subject, ox.NamedNode):
                retracted[quad.subject.value.removeprefix(id_iri("", "")[:-1]).partition("/")[0]] += 1
    del found[""]
    gone = {f"retracted_{kind}": retracted[kind] for kind in ("study", "result")}
    return {**dict.fromkeys(sorted(kinds.values()), 0), **found, **gone}


def _licence(graph: Graph) -> str | None:
    """The licence that the ontology states for the base; None where it states none."""
    path = layers(graph)["ontology"].values()
    for quad in (quad for file in path for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES)):
        if quad.predicate.value == DCTERMS.license and isinstance(quad.object, ox.NamedNode):
            return quad.object.value
    return None
