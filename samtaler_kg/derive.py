"""What follows from what was coded: the stored rules, run in their order, each into a graph of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from samtaler_kg.catalogue import Catalogue, StoredQuery
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.stores import Oxigraph
from samtaler_kg.terms import PROV, RDF, RDFS, SAM, graph_iri, id_iri


def graph_name(layer: str, rule: str) -> str:
    """IRI of the graph that holds what *rule* concludes on *layer*."""
    return graph_iri(f"derived/{layer}/{rule}")


def derive(layer: str, known: Iterable[ox.Triple], catalogue: Catalogue) -> dict[str, list[ox.Triple]]:
    """The conclusions of every rule of *layer* from the *known* triples, by rule. What is known is not concluded again.

    Raises Damaged where a rule is no CONSTRUCT or makes a blank node.
    """
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in known)
    concluded: dict[str, list[ox.Triple]] = {}
    rules = [rule for rule in catalogue.all("rules") if layer in rule.layers]
    for rule in sorted(rules, key=lambda rule: (rule.head.get("stage", 1), rule.name)):
        fresh = [triple for triple in _run(rule, store) if ox.Quad(*triple) not in store]
        store.extend(ox.Quad(*triple) for triple in fresh)
        concluded[rule.name] = [*fresh, *_origin(layer, rule)]
    return concluded


def _run(rule: StoredQuery, store: ox.Store) -> Sequence[ox.Triple]:
    where = Where(str(rule.path))
    try:
        triples = Oxigraph(store=store).query(rule.text).triples
        if triples is None:
            raise ValueError("a rule is a CONSTRUCT")
    except (SyntaxError, ValueError, RuntimeError) as error:
        raise Damaged(Problem("bad-query-file", where, {"reason": error})) from None
    if any(isinstance(term, ox.BlankNode) for triple in triples for term in triple):
        raise Damaged(Problem("bad-query-file", where, {"reason": "it makes a blank node"}))
    return triples


def _origin(layer: str, rule: StoredQuery) -> Iterator[ox.Triple]:
    graph = ox.NamedNode(graph_name(layer, rule.name))
    maker = ox.NamedNode(id_iri("rule", rule.name))
    yield ox.Triple(graph, ox.NamedNode(PROV.wasGeneratedBy), maker)
    yield ox.Triple(graph, ox.NamedNode(PROV.wasDerivedFrom), ox.NamedNode(graph_iri(layer)))
    yield ox.Triple(maker, ox.NamedNode(RDF.type), ox.NamedNode(SAM.Rule))
    for lang in ("da", "en"):
        yield ox.Triple(maker, ox.NamedNode(RDFS.label), ox.Literal(rule.asks[lang], language=lang))
