"""A layer described for users of linked data, in VoID: how large it is, what it is made of, what it links to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from samtaler_kg.exports.dcat import data_set
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.rdf import named
from samtaler_kg.exports.statements import Statements, remarks
from samtaler_kg.exports.vocabularies import LICENCE, MAKERS, VOID
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import BASE, DCTERMS, RDF, RDFS, SKOS, graph_iri, short
from samtaler_kg.words import both


def void(graph: Graph, layer: Layer) -> Files:
    """The layer with its conclusions as a data set, each of its graphs as a part of it."""
    to, iri = Statements(), data_set(layer)
    parts = named(graph, layer)
    triples = {triple for _, some in parts for triple in some}
    to.kind(iri, VOID.Dataset)
    to.tell(iri, DCTERMS.title, both(f"describing.titles.{layer}"))
    to.tell(iri, DCTERMS.description, both(f"layers.{layer}"))
    to.say(iri, DCTERMS.license, LICENCE)
    to.say(iri, DCTERMS.publisher, MAKERS)
    to.value(iri, VOID.uriSpace, BASE)
    for name, some in parts:
        to.say(iri, VOID.subset, name)
        to.kind(name, VOID.Dataset)
        to.value(name, VOID.triples, len(set(some)))
    _sizes(iri, triples, to)
    _classes(iri, triples, to)
    _properties(iri, triples, to)
    _links(iri, triples, to)
    _ontology(graph, to)
    return {f"{layer}.void.ttl": remarks([f"layers.{layer}"]) + to.turtle()}


#: The properties by which the ontology ties its terms to those of others.
TIES = {
    *(SKOS.base + name for name in ("broadMatch", "closeMatch", "exactMatch", "narrowMatch", "relatedMatch")),
    RDFS.seeAlso,
    RDFS.subPropertyOf,
}


def _ontology(graph: Graph, to: Statements) -> None:
    """The graph of classes, properties and codes, and its ties to the vocabularies of others."""
    iri = graph_iri("ontology")
    content = graph.steady(lambda: graph.named_graphs()[iri].read_bytes())
    triples = {quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)}
    to.kind(iri, VOID.Dataset)
    to.tell(iri, DCTERMS.title, both("describing.linked.ontology"))
    to.value(iri, VOID.triples, len(triples))
    _links(iri, [triple for triple in triples if triple.predicate.value in TIES], to)


def _sizes(iri: str, triples: set[ox.Triple], to: Statements) -> None:
    subjects = {triple.subject for triple in triples}
    to.value(iri, VOID.triples, len(triples))
    to.value(iri, VOID.entities, len(subjects))
    to.value(iri, VOID.distinctSubjects, len(subjects))
    to.value(iri, VOID.distinctObjects, len({triple.object for triple in triples}))
    to.value(iri, VOID.properties, len({triple.predicate for triple in triples}))
    to.value(iri, VOID.classes, len({triple.object for triple in triples if triple.predicate.value == RDF.type}))


def _classes(iri: str, triples: set[ox.Triple], to: Statements) -> None:
    """A part for each class, with the number of its things and the first of them as an example."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == RDF.type:
            members[_iri(triple.object)].add(_iri(triple.subject))
    for cls, found in members.items():
        part = f"{iri}/class/{slug(cls)}"
        to.say(iri, VOID.classPartition, part)
        to.say(part, f"{VOID.base}class", cls)
        to.value(part, VOID.entities, len(found))
        to.say(iri, VOID.exampleResource, min(found))


def _properties(iri: str, triples: set[ox.Triple], to: Statements) -> None:
    """A part for each property, with the number of its triples; the vocabularies that the terms are from."""
    used = Counter(triple.predicate.value for triple in triples)
    for name, number in used.items():
        part = f"{iri}/property/{slug(name)}"
        to.say(iri, VOID.propertyPartition, part)
        to.say(part, VOID.property, name)
        to.value(part, VOID.triples, number)
    classes = (_iri(triple.object) for triple in triples if triple.predicate.value == RDF.type)
    to.say(iri, VOID.vocabulary, *{space(term) for term in [*used, *classes]})


def _links(iri: str, triples: Iterable[ox.Triple], to: Statements) -> None:
    """A set of links for each property that leads to terms of another party."""
    found = Counter(
        (triple.predicate.value, space(triple.object.value))
        for triple in triples
        if isinstance(triple.object, ox.NamedNode)
        and triple.predicate.value != RDF.type
        and not triple.object.value.startswith(BASE)
    )
    for (predicate, where), number in found.items():
        links, outside = f"{iri}/links/{slug(predicate)}/{slug(where)}", f"{iri}/outside/{slug(where)}"
        to.say(iri, VOID.subset, links)
        to.kind(links, VOID.Linkset)
        to.tell(links, DCTERMS.title, both("describing.linked.links"))
        to.say(links, VOID.linkPredicate, predicate)
        to.say(links, VOID.subjectsTarget, iri)
        to.say(links, VOID.objectsTarget, outside)
        to.value(links, VOID.triples, number)
        to.kind(outside, VOID.Dataset)
        to.tell(outside, DCTERMS.title, both("describing.linked.outside"))
        to.value(outside, VOID.uriSpace, where)


def space(iri: str) -> str:
    """The namespace of an IRI.

    >>> space("http://www.w3.org/ns/prov#wasDerivedFrom")
    'http://www.w3.org/ns/prov#'
    """
    return re.sub(r"[^#/]*$", "", iri)


def slug(iri: str) -> str:
    """An IRI as a part of another.

    >>> slug("http://www.w3.org/ns/prov#wasDerivedFrom"), slug("http://www.w3.org/ns/prov#")
    ('prov-wasDerivedFrom', 'http-www.w3.org-ns-prov')
    """
    return re.sub(r"[^\w.]+", "-", short(iri) or iri).strip("-")


def _iri(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term.value) if isinstance(term, ox.NamedNode) else ""
