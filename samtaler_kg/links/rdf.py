"""Mappings as triples: each said plainly, and as a thing of its own with its justification, author and date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from samtaler_kg.links.model import STUDY, Link, LinkSet, Plan, expanded
from samtaler_kg.terms import DCTERMS, PREFIXES, RDF, XSD

_MAPPING, _SET, _HAS = map(expanded, ("sssom:Mapping", "sssom:MappingSet", "sssom:mappings"))

#: The data type of a column that holds no plain text.
_TYPES = {"confidence": XSD.decimal, "mapping_date": XSD.date}


def triples(sets: Iterable[LinkSet], plan: Plan) -> list[ox.Triple]:
    """All that the tables say."""
    return [triple for one in sets for triple in _set(one, plan)]


def _set(one: LinkSet, plan: Plan) -> Iterator[ox.Triple]:
    node = ox.NamedNode(one.iri)
    yield _triple(one.iri, RDF.type, ox.NamedNode(_SET))
    yield _triple(one.iri, DCTERMS.license, ox.NamedNode(one.license))
    for key, value in one.about.items():
        yield _triple(one.iri, plan.sets[key], ox.Literal(value))
    for link in one.links:
        yield ox.Triple(node, ox.NamedNode(_HAS), ox.NamedNode(link.iri))
        yield from _link(link, plan)


def _link(link: Link, plan: Plan) -> Iterator[ox.Triple]:
    yield _triple(link.iri, RDF.type, ox.NamedNode(_MAPPING))
    for column, value in link.cells.items():
        if not value:
            continue
        if column in plan.things:
            yield _triple(link.iri, plan.things[column], ox.NamedNode(value))
        else:
            kind = ox.NamedNode(_TYPES.get(column, XSD.string))
            yield _triple(link.iri, plan.texts[column], ox.Literal(value, datatype=kind))
    if _plain(link):
        yield _triple(link.subject, link.predicate, ox.NamedNode(link.object))


def _plain(link: Link) -> bool:
    """Whether the mapping may be said without its node.

    SKOS mappings tie concepts: said plainly of a study they would make it one.
    """
    return not (link.subject.startswith(STUDY) and link.predicate.startswith(PREFIXES["skos"]))


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
