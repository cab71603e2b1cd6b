"""Sources → graph: reads everything, concludes, checks, and writes the graph whole or not at all.

The files are sorted N-Triples, one a graph, and a manifest; the same sources give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from samtaler_kg import margins, reconstruct
from samtaler_kg.catalogue import Catalogue, StoredQuery
from samtaler_kg.claims import COLUMNS, read_rows
from samtaler_kg.derive import derive, graph_name
from samtaler_kg.graph import LAYERS, MANIFEST
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.sources import Sources, Triples, read_all, turtle
from samtaler_kg.stores import Oxigraph, Term, serialized
from samtaler_kg.terms import RDF, RDFS, SAM, graph_iri, id_iri, short

#: Which kinds of card each layer is made of.
KINDS = {"coded": ("study", "trial", "coding"), "reconstructed": ("slot", "record"), "memo": ("claim", "reading")}

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
    for layer in LAYERS:
        told(layer)
        said = _said(layer, sources)
        graphs[f"{layer}.nt"] = (graph_iri(layer), said)
        concluded = derive(layer, [*known, *said], catalogue)
        for rule, triples in concluded.items():
            graphs[f"derived/{layer}/{rule}.nt"] = (graph_name(layer, rule), triples)
        problems += _checked(layer, [*known, *said, *(t for ts in concluded.values() for t in ts)], catalogue)
    if problems:
        raise Damaged(problems)
    files = {name: as_ntriples(triples) for name, (_, triples) in graphs.items()}
    files[MANIFEST] = _manifest({name: iri for name, (iri, _) in graphs.items()}, files)
    return files


def build(base: Base, told: Told = lambda _: None) -> Files:
    """Make the graph anew and put it in the place of the old one.

    Raises Damaged where the sources are at fault, Refused where the place cannot be written; then the old one stays.
    """
    files = assemble(base, told)
    try:
        _swap(base.graph, files)
    except OSError as error:
        where = Where(str(base.graph))
        raise Refused(Problem("unwritable", where, {"reason": error.strerror or error})) from None
    return files


def differences(base: Base, told: Told = lambda _: None) -> list[str]:
    """The files in which the built graph is not what the sources give: changed, missing or too many."""
    wanted = assemble(base, told)
    there = {path.relative_to(base.graph).as_posix() for path in base.graph.rglob("*") if not path.is_dir()}
    return sorted(
        name
        for name in there | set(wanted)
        if name not in wanted or name not in there or (base.graph / name).read_bytes() != wanted[name]
    )


def reconstruct_table(base: Base) -> None:
    """Compute the reconstruction's table anew from the claims. Raises Damaged naming the claims that clash."""
    from samtaler_kg.bounds import Infeasible

    path = base.data / "memo" / "claims.csv"
    try:
        table = reconstruct.nearest_table(margins.margins_from_claims(read_rows(path, COLUMNS)))
    except Infeasible as clash:
        raise Damaged(Problem("margins-clash", Where(str(path)), {"claims": ", ".join(clash.claims)})) from None
    reconstruct.write_table(base.data / "reconstruction" / "table.csv", table)


def as_ntriples(triples: Iterable[ox.Triple]) -> bytes:
    """Sorted N-Triples without repetition: one order for one content."""
    text = serialized(triples, ox.RdfFormat.N_TRIPLES)
    return b"".join(sorted(set(text.splitlines(keepends=True))))


def _said(layer: str, sources: Sources) -> Triples:
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


def _checked(layer: str, triples: Triples, catalogue: Catalogue) -> Iterator[Problem]:
    """A problem for every row that a stored check of the layer finds. Raises Damaged where a check is no SELECT."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    for query in catalogue.all("checks"):
        if layer not in query.layers:
            continue
        for row in _rows(query, store):
            values = ", ".join(short(str(term.value)) for term in row if term is not None)
            facts = {"check": query.name, "row": values, "remedy": query.head["remedy"]}
            yield Problem("check-failed", Where(f"graph/{layer}"), facts)


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


def _manifest(graphs: dict[str, str], files: Files) -> bytes:
    entries = {
        name: {
            "graph": graphs[name],
            "sha256": hashlib.sha256(files[name]).hexdigest(),
            "triples": files[name].count(b"\n"),
        }
        for name in sorted(graphs)
    }
    return (json.dumps({"files": entries}, indent=1) + "\n").encode()


def _swap(place: Path, files: Files) -> None:
    """Write all files beside *place*, then change folders; whatever fails, the old graph stays or comes back."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=place.parent, prefix=".graph-"))
    try:
        for name, content in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        aside.chmod(0o755)
        _change(place, aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _change(place: Path, new: Path) -> None:
    old = new.with_name(f"{new.name}-old")
    if not place.exists():
        new.rename(place)
        return
    place.rename(old)
    try:
        new.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
