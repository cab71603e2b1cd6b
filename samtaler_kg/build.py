"""Sources → graph: reads everything, concludes, checks, and writes the graph whole or not at all.

The files are sorted N-Triples, one a graph, and a manifest; the same sources give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from samtaler_kg import commits, disk, links, margins, mentions, reconstruct
from samtaler_kg.catalogue import Catalogue, StoredQuery
from samtaler_kg.claims import COLUMNS, read_rows
from samtaler_kg.derive import derive, graph_name
from samtaler_kg.graph import CARD_LAYERS, MANIFEST
from samtaler_kg.links import foreign
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.sources import KINDS, Sources, Triples, read_all, shown, turtle
from samtaler_kg.stores import Oxigraph, Term, serialized
from samtaler_kg.terms import RDF, RDFS, SAM, graph_iri, id_iri, short

#: Where the IRI of every stored thing begins.
_THINGS = id_iri("", "")[:-1]

Files = dict[str, bytes]
Told = Callable[[str], None]


def assemble(base: Base, told: Told = lambda _: None) -> Files:
    """The files of the built graph, by name below ``data/graph``. *told* hears what is being done.

    Raises Damaged with every problem of the sources, or with every row that a stored check finds.
    """
    sources = read_all(base, told)
    catalogue = Catalogue(base)
    graphs = {"ontology.nt": (graph_iri("ontology"), _ontology(base, catalogue))}
    known = graphs["ontology.nt"][1]
    problems: list[Problem] = []
    for layer in (*CARD_LAYERS, "links"):
        told(layer)
        said = _said(layer, sources)
        graphs[f"{layer}.nt"] = (graph_iri(layer), said)
        concluded = derive(layer, [*known, *said], catalogue)
        for rule, triples in concluded.items():
            graphs[f"derived/{layer}/{rule}.nt"] = (graph_name(layer, rule), triples)
        problems += checked(layer, [*known, *said, *(t for ts in concluded.values() for t in ts)], catalogue)
    if problems:
        raise Damaged(problems)
    graphs |= foreign.graphs(sources.foreign)
    files = {name: as_ntriples(triples) for name, (_, triples) in graphs.items()}
    entries = {name: entry(iri, files[name]) for name, (iri, _) in graphs.items()}
    files[mentions.FILE] = index(files)
    files[MANIFEST] = manifest_text(entries, {mentions.FILE: sums(files[mentions.FILE])})
    return files


def build(base: Base, told: Told = lambda _: None) -> Files:
    """Make the graph anew and put it in the place of the old one.

    Raises Damaged where the sources are at fault, Refused where the base cannot be written, Stopped where another
    writer is at work; then the old one stays.
    """
    with commits.writing(base) as change:
        files = assemble(base, told)
        folder = change.graph()
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            disk.write(folder / name, content)
    return files


def differences(base: Base, told: Told = lambda _: None) -> list[str]:
    """The files in which the built graph is not what the sources give: changed, missing or too many."""
    with commits.locked(base):
        return _differences(base, assemble(base, told))


def _differences(base: Base, wanted: Files) -> list[str]:
    there = {path.relative_to(base.graph).as_posix() for path in base.graph.rglob("*") if not path.is_dir()}
    return sorted(
        name
        for name in there | set(wanted)
        if name not in wanted or name not in there or (base.graph / name).read_bytes() != wanted[name]
    )


def reconstruct_table(base: Base) -> None:
    """Compute the reconstruction's table anew from the claims.

    Raises Damaged naming the claims that clash or are no counts, Refused where the table cannot be written.
    """
    from samtaler_kg.bounds import Infeasible

    path, target = base.data / "memo" / "claims.csv", base.data / "reconstruction" / "table.csv"
    where = Where(shown(base, path))
    try:
        table = reconstruct.nearest_table(margins.margins_from_claims(read_rows(path, COLUMNS, where.file)))
    except Infeasible as clash:
        raise Damaged(Problem("margins-clash", where, {"claims": ", ".join(clash.claims)})) from None
    except margins.MarginError as error:
        raise Damaged(Problem("unreadable-file", where, {"reason": error})) from None
    try:
        reconstruct.write_table(target, table)
    except OSError as error:
        raise Refused(Problem("unwritable", Where(shown(base, target)), {"reason": error.strerror or error})) from None


def as_ntriples(triples: Iterable[ox.Triple]) -> bytes:
    """Sorted N-Triples without repetition: one order for one content."""
    text = serialized(triples, ox.RdfFormat.N_TRIPLES)
    return b"".join(sorted(set(text.splitlines(keepends=True))))


def _said(layer: str, sources: Sources) -> Triples:
    if layer == "links":
        return links.triples(sources.links, links.Plan.of(sources.base))
    triples = sources.triples(*KINDS[layer])
    return [*triples, *sources.activities] if layer == "coded" else triples


def _ontology(base: Base, catalogue: Catalogue) -> Triples:
    triples: Triples = []
    for path in sorted([*base.ontology.glob("*.ttl"), *base.ontology.glob("codes/*.ttl")]):
        triples += turtle(base, path)
    for query in catalogue.all("answers"):
        iri = ox.NamedNode(id_iri("query", query.name))
        triples.append(ox.Triple(iri, ox.NamedNode(RDF.type), ox.NamedNode(SAM.StoredQuery)))
        for lang in ("da", "en"):
            triples.append(ox.Triple(iri, ox.NamedNode(RDFS.label), ox.Literal(query.asks[lang], language=lang)))
    return triples


def checked(layer: str, triples: Triples, catalogue: Catalogue) -> Iterator[Problem]:
    """A problem for every row that a stored check of the layer finds, about the first thing that it names.

    Raises Damaged where a check is no SELECT.
    """
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    for query in catalogue.all("checks"):
        if layer not in query.layers:
            continue
        for row in _rows(query, store):
            values = ", ".join(short(str(term.value)) for term in row if term is not None)
            facts = {"check": query.name, "row": values, "remedy": query.head["remedy"]}
            things = (term.value for term in row if isinstance(term, ox.NamedNode) and term.value.startswith(_THINGS))
            yield Problem("check-failed", Where(f"graph/{layer}"), facts, focus=next(things, ""))


def _rows(query: StoredQuery, store: ox.Store) -> Sequence[tuple[Term | None, ...]]:
    where = Where(str(query.path))
    try:
        found = Oxigraph(store=store).query(query.text)
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise Damaged(Problem("bad-query-file", where, {"reason": error})) from None
    if not found.columns or not {"da", "en"} <= set(query.head.get("remedy", ())):
        reason = "a check is a SELECT and has a remedy in Danish and English"
        raise Damaged(Problem("bad-query-file", where, {"reason": reason}))
    return found.rows


def index(files: Mapping[str, bytes]) -> bytes:
    """Who mentions what in the coded layer and its conclusions; see ``samtaler_kg.mentions``."""
    layer = mentions.LAYER
    told = (content for name, content in files.items() if name.startswith((f"{layer}.nt", f"derived/{layer}/")))
    return b"".join(sorted({line for content in told for line in mentions.turned(content.splitlines(keepends=True))}))


def entry(graph: str, content: bytes) -> dict[str, Any]:
    """What the manifest says of the file of one graph."""
    return {"graph": graph, **sums(content), "triples": content.count(b"\n")}


def sums(content: bytes) -> dict[str, Any]:
    """What proves the content of a file."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def manifest_text(entries: Mapping[str, Mapping[str, Any]], indexes: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The manifest of a graph, from what it says of the file of each graph and of each index."""
    told = {"files": entries, "indexes": indexes}
    return (
        json.dumps({part: {name: told[part][name] for name in sorted(told[part])} for part in told}, indent=1) + "\n"
    ).encode()
