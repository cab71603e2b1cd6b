"""Bases of any size that are built like the shipped one and say nothing about the world.

Every study, result, trial and coding of the coded layer is copied *k* times. A copy's identifiers begin with
``synthetic-``, each code is drawn anew from those that the real layer has in that field, its free text says that it
is synthetic; numbers, years and ties between the copies stay as they are. The stored rules run on the copies.
"""

from __future__ import annotations

import hashlib
import heapq
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from samtaler_kg import mentions
from samtaler_kg.build import as_ntriples, manifest_text
from samtaler_kg.derive import derive
from samtaler_kg.graph import MANIFEST, Graph
from samtaler_kg.places import Base
from samtaler_kg.terms import BASE, PREFIXES

Part = TypeVar("Part", bound=ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple)

IDS = BASE + "id/"
KINDS = ("study", "result", "trial", "coding")

#: How many copies are drawn for an enlarged base.
DRAWN = 8

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


def enlarged(source: Base, folder: Path, times: int, seed: int = 1) -> Base:
    """A base in *folder* like *source* whose coded layer is there *times* times: itself, and copies that have no cards.

    At most DRAWN copies are drawn; each further one is one of them under another name. Nothing is held in memory but
    those, so that a base of ten million triples takes minutes and not gigabytes.
    """
    for name in ("ontology", "queries", "data"):
        shutil.copytree(source.root / name, folder / name)
    base, graph = Base(folder), Graph(source)
    drawn = [_lines(graph, seed + n) for n in range(min(times - 1, DRAWN))]
    entries = {name: dict(told) for name, told in {**graph.manifest, **graph.indexes}.items()}
    for name, told in entries.items():
        if name.startswith(("coded.nt", "derived/coded/", mentions.FILE)):
            own = iter((source.graph / name).read_bytes().splitlines(keepends=True))
            copies = (_renumbered(drawn[n % DRAWN][name], n + 1) for n in range(times - 1))
            told |= _write(base.graph / name, heapq.merge(own, *copies), "triples" in told)
    files, indexes = ({name: entries[name] for name in names} for names in (graph.manifest, graph.indexes))
    (base.graph / MANIFEST).write_bytes(manifest_text(files, indexes))
    return base


def _lines(graph: Graph, seed: int) -> dict[str, list[bytes]]:
    """The sorted lines of one drawn copy, by file."""
    ontology = graph.base.graph / "ontology.nt"
    known = [quad.triple for quad in ox.parse(path=str(ontology), format=ox.RdfFormat.N_TRIPLES)]
    said = list(coded(graph, 1, seed))
    concluded = derive("coded", [*known, *said], graph.catalogue)
    parts = {"coded.nt": said, **{f"derived/coded/{rule}.nt": triples for rule, triples in concluded.items()}}
    lines = {name: as_ntriples(triples).splitlines(keepends=True) for name, triples in parts.items()}
    lines[mentions.FILE] = sorted({row for rows in lines.values() for row in mentions.turned(rows)})
    return lines


def _renumbered(rows: Iterable[bytes], number: int) -> Iterator[bytes]:
    """The lines of the first copy under the number of another: their order stays, since they differ elsewhere."""
    mark, key = b"synthetic-%d-" % number, b"synthetic%dtext" % number
    return (row.replace(b"synthetic-1-", mark).replace(b"synthetic1text", key) for row in rows)


def _write(path: Path, rows: Iterable[bytes], graph: bool) -> dict[str, object]:
    """Write sorted lines, each once, and tell what the manifest says of them."""
    found, size, count, before = hashlib.sha256(), 0, 0, b""
    with path.open("wb") as stream:
        for row in rows:
            if row != before:
                assert row > before, row
                stream.write(row)
                found.update(row)
                size, count, before = size + len(row), count + 1, row
    return {"sha256": found.hexdigest(), "bytes": size, **({"triples": count} if graph else {})}


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
