"""The ontology and the code lists as records for the pages of reference: read from the Turtle, nothing added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from samtaler_kg.codes import Concept, read
from samtaler_kg.places import Base
from samtaler_kg.terms import PREFIXES

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Term:
    """A class or a property: its name and IRI, its texts per language, and what it is tied to by other terms' names."""

    name: str
    iri: str
    label: Texts
    definition: Texts
    example: Texts
    note: Texts
    domain: tuple[str, ...]
    range: tuple[str, ...]
    parents: tuple[str, ...]
    disjoint: tuple[str, ...]
    compare: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class CodeList:
    """A code list: its name and IRI, title and description per language, and its codes."""

    name: str
    iri: str
    title: Texts
    description: Texts
    codes: tuple[Concept, ...]


def classes(base: Base) -> list[Term]:
    """The classes in the order of the ontology file."""
    return list(_terms(base, {str(OWL.Class)}))


def properties(base: Base) -> list[Term]:
    """The properties, by name."""
    kinds = {str(OWL.ObjectProperty), str(OWL.DatatypeProperty), str(OWL.AnnotationProperty)}
    return sorted(_terms(base, kinds), key=lambda term: term.name.lower())


def code_lists(base: Base) -> list[CodeList]:
    """Every code list, by name."""
    graph = rdflib.Graph()
    for path in sorted((base.ontology / "codes").glob("*.ttl")):
        graph.parse(path)
    codes = read(base).by_list
    found = []
    for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str):
        name = str(scheme).rpartition("/")[2]
        title, about = _texts(graph, scheme, DCTERMS.title), _texts(graph, scheme, DCTERMS.description)
        found.append(CodeList(name, str(scheme), title, about, tuple(codes[name].values())))
    return found


def _terms(base: Base, kinds: set[str]) -> Iterator[Term]:
    graph, links = rdflib.Graph(), rdflib.Graph()
    graph.parse(base.ontology / "samtaler.ttl")
    links.parse(base.ontology / "links.ttl")
    keys = _keys(base)
    for term in graph.subjects(RDF.type, None):
        if {str(kind) for kind in graph.objects(term, RDF.type)} & kinds:
            yield Term(
                name=short(term),
                iri=str(term),
                label=_texts(graph, term, RDFS.label),
                definition=_texts(graph, term, SKOS.definition),
                example=_texts(graph, term, SKOS.example),
                note=_texts(graph, term, SKOS.scopeNote),
                domain=_names(graph, term, RDFS.domain),
                range=_names(graph, term, RDFS.range),
                parents=_names(graph, term, RDFS.subClassOf) + _names(links, term, RDFS.subPropertyOf),
                disjoint=_names(graph, term, OWL.disjointWith),
                compare=_names(links, term, RDFS.seeAlso),
                keys=tuple(keys.get(short(term), ())),
            )


def short(iri: object) -> str:
    """The IRI with its prefix, as in ``sam:Study``; the IRI itself where no prefix of the project fits."""
    for prefix, space in PREFIXES.items():
        if str(iri).startswith(space):
            return f"{prefix}:{str(iri).removeprefix(space)}"
    return str(iri)


def _names(graph: rdflib.Graph, term: rdflib.term.Node, predicate: rdflib.URIRef) -> tuple[str, ...]:
    return tuple(sorted(short(value) for value in graph.objects(term, predicate)))


def _texts(graph: rdflib.Graph, term: rdflib.term.Node, predicate: rdflib.URIRef) -> Texts:
    values = (value for value in graph.objects(term, predicate) if isinstance(value, rdflib.Literal))
    return {value.language or "": str(value) for value in values}


def _keys(base: Base) -> dict[str, list[str]]:
    context = json.loads((base.ontology / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    found: dict[str, list[str]] = {}
    for key, meaning in context.items():
        target = meaning.get("@id", meaning.get("@reverse")) if isinstance(meaning, dict) else meaning
        if isinstance(target, str) and target.startswith("sam:") and target.removeprefix("sam:")[:1].islower():
            found.setdefault(target, []).append(key)
    return found
