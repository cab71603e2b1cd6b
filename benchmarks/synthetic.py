"""Bases of any size that are built like the shipped one and say nothing about the world.

Every study, result, trial and coding of the coded layer is copied *k* times. A copy's identifiers begin with
``synthetic-``, each code is drawn anew from those that the real layer has in that field, its free text says that it
is synthetic; numbers, years and ties between the copies stay as they are. The stored rules run on the copies.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from samtaler_kg.build import as_ntriples
from samtaler_kg.derive import derive
from samtaler_kg.graph import Graph
from samtaler_kg.terms import BASE, PREFIXES

Part = TypeVar("Part", bound=ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple)

IDS = BASE + "id/"
KINDS = ("study", "result", "trial", "coding")

#: Text that is marked in a copy. All other literals are numbers, dates or printed forms of numbers.
FREE = {PREFIXES["dcterms"] + "title", PREFIXES["rdfs"] + "label"} | {
    PREFIXES["sam"] + name
    for name in (
        "authorName", "comment", "doi", "guessReason", "interventionText", "note", "otherUrl", "relatedDoi",
        "sourceUrl", "treatment", "url", "venue",
    )
}  # fmt: skip


Drawn = Mapping[str, Sequence[ox.NamedNode]]


def coded(graph: Graph, copies: int, seed: int = 1) -> Iterator[ox.Triple]:
    """The coded layer of a synthetic base: *copies* times the shipped one. The same seed gives the same base."""
    draw = random.Random(seed)
    told = [triple for triple in graph.triples("coded") if _kind(triple.subject) in KINDS]
    used: defaultdict[str, list[ox.NamedNode]] = defaultdict(list)
    for triple in told:
        if isinstance(triple.object, ox.NamedNode) and triple.object.value in graph.codes.concepts:
            used[triple.predicate.value].append(triple.object)
    for copy in range(1, copies + 1):
        yield from _copied(told, f"synthetic-{copy}-", used, draw)


def _copied(told: Iterable[ox.Triple], mark: str, used: Drawn, draw: random.Random) -> Iterator[ox.Triple]:
    for triple in told:
        value, codes = triple.object, used.get(triple.predicate.value)
        if codes:
            value = draw.choice(codes)
        elif isinstance(value, ox.Literal) and triple.predicate.value in FREE:
            value = ox.Literal(f"{value.value} ({mark}text)")
        yield ox.Triple(_renamed(triple.subject, mark), triple.predicate, _renamed(value, mark))


def write(graph: Graph, folder: Path, copies: int, seed: int = 1) -> list[Path]:
    """The files of a synthetic data set (ontology, layer, conclusions) below *folder*, as ``build`` writes them."""
    ontology = graph.base.graph / "ontology.nt"
    said = list(coded(graph, copies, seed))
    known = [quad.triple for quad in ox.parse(path=str(ontology), format=ox.RdfFormat.N_TRIPLES)]
    concluded = derive("coded", [*known, *said], graph.catalogue)
    files = {"coded.nt": said, **{f"{rule}.nt": triples for rule, triples in concluded.items()}}
    return [ontology, *(_put(folder / name, triples) for name, triples in files.items())]


def _put(path: Path, triples: Iterable[ox.Triple]) -> Path:
    path.write_bytes(as_ntriples(triples))
    return path


def _kind(term: object) -> str:
    iri = term.value if isinstance(term, ox.NamedNode) else ""
    return iri.removeprefix(IDS).partition("/")[0] if iri.startswith(IDS) else ""


def _renamed(term: Part, mark: str) -> Part:
    if not isinstance(term, ox.NamedNode) or _kind(term) not in KINDS:
        return term
    kind, _, name = term.value.removeprefix(IDS).partition("/")
    # A membership's IRI ends in the study's id: trial/<trial>/member/<study>.
    renamed = f"{IDS}{kind}/{mark}{name.replace('/member/', f'/member/{mark}')}"
    return ox.NamedNode(renamed)  # type: ignore[return-value]
