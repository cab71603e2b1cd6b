"""Terms that mean something: none stands anywhere that its vocabulary does not define, no node is without a name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib

from samtaler_kg import terms
from samtaler_kg.guard import inspect, tokens
from samtaler_kg.places import Base
from samtaler_kg.terms import BASE, PREFIXES, Namespace

if TYPE_CHECKING:
    from tests.house.conftest import Asked, Vocabulary


def triples(path: Path) -> Iterator[ox.Triple]:
    """The triples of a Turtle or N-Triples file."""
    yield from (quad.triple for quad in ox.parse(path=str(path)))


def iris(found: Iterable[ox.Triple]) -> Iterator[str]:
    """Every IRI in some triples, data types too."""
    for triple in found:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


@pytest.fixture(scope="module")
def written(base: Base) -> list[Path]:
    """Every Turtle file of the base."""
    return sorted([*base.ontology.rglob("*.ttl"), *base.data.rglob("*.ttl"), *base.queries.rglob("*.ttl")])


@pytest.fixture(scope="module")
def built(base: Base) -> list[Path]:
    """Every file of the built graph that holds triples."""
    return sorted(base.graph.rglob("*.nt"))


def test_a_misspelt_term_is_recognised(vocabulary: Vocabulary) -> None:
    wrong = [
        PREFIXES["sam"] + "verdikt",
        BASE + "code/verdict/pos",
        BASE + "code/verdicts",
        PREFIXES["country"] + "DEN",
        PREFIXES["skos"] + "preferredLabel",
        PREFIXES["xsd"] + "int64",
    ]
    right = [PREFIXES["sam"] + "verdict", BASE + "code/verdict/none", BASE + "id/claim/M07", PREFIXES["rdf"] + "type"]
    assert vocabulary.unknown([*wrong, *right]) == sorted(wrong)


def test_written_turtle_uses_defined_terms_only(written: list[Path], vocabulary: Vocabulary) -> None:
    assert {str(path): unknown for path in written if (unknown := vocabulary.unknown(iris(triples(path))))} == {}


def test_the_built_graph_uses_defined_terms_only(built: list[Path], vocabulary: Vocabulary) -> None:
    assert built
    assert {path.name: unknown for path in built if (unknown := vocabulary.unknown(iris(triples(path))))} == {}


def test_queries_use_defined_terms_only(asked: list[Asked], vocabulary: Vocabulary) -> None:
    assert asked
    assert {str(query): unknown for query in asked if (unknown := vocabulary.unknown(named(query.text)))} == {}


def named(text: str) -> Iterator[str]:
    """The IRIs of a query, in full; the namespace of a PREFIX line is none."""
    prefixes, before = inspect(text).prefixes, ""
    for token in tokens(text):
        if token.kind == "iri" and not before.endswith(":"):
            yield token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        if token.kind == "pname" and local:
            yield prefixes.get(prefix, "") + local
        before = token.text if token.kind == "pname" else ""


def test_the_card_context_uses_defined_terms_only(base: Base, vocabulary: Vocabulary) -> None:
    context = json.loads((base.ontology / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    prefixes = {key: value for key, value in context.items() if isinstance(value, str) and value.endswith(("#", "/"))}
    assert {key: iri for key, iri in prefixes.items() if PREFIXES.get(key) != iri} == {}
    said = [(key, expanded(word, prefixes)) for key, word in words(context)]
    vocabularies = [iri for key, iri in said if key == "@vocab" and not iri.startswith(BASE + "id/")]
    meant = [iri for key, iri in said if key not in {"@vocab", "@language"} and not iri.startswith("@")]
    assert vocabulary.unknown(meant) == []
    assert [iri for iri in meant if ":" not in iri] == []
    assert [iri for iri in vocabularies if not any(own.startswith(iri) for own in vocabulary.own)] == []


def words(entry: Any) -> Iterator[tuple[str, str]]:
    """What the entries of a context stand for, with their key: the IRIs of keys, types, code words, vocabularies."""
    for key, value in entry.items():
        if isinstance(value, dict):
            yield from words(value)
        elif isinstance(value, str) and (key == "@vocab" or value not in PREFIXES.values()):
            yield key, value


def expanded(word: str, prefixes: dict[str, str]) -> str:
    """A word of the context as a full IRI."""
    prefix, _, local = word.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else word


def test_the_closed_namespaces_hold_existing_terms_only(vocabulary: Vocabulary) -> None:
    spaces = {name: value for name, value in vars(terms).items() if isinstance(value, Namespace)}
    assert {"SAM", "SKOS", "PROV"} <= set(spaces)
    open_to_judge = (rdflib.RDF, rdflib.RDFS, rdflib.SH, rdflib.SKOS, rdflib.PROV, rdflib.XSD, rdflib.DCTERMS)
    judged = (BASE, *map(str, open_to_judge))
    assert [name for name, space in spaces.items() if not space.base.startswith(judged)] == []
    assert {n: u for n, s in spaces.items() if (u := vocabulary.unknown(s.base + local for local in s.names))} == {}


def test_the_prefix_table_has_the_published_namespaces() -> None:
    for name in ("dcterms", "owl", "prov", "rdf", "rdfs", "skos", "xsd"):
        assert PREFIXES[name] == str(getattr(rdflib, name.upper()))


def test_written_turtle_declares_prefixes_as_the_table_does(written: list[Path]) -> None:
    other = {}
    for path in written:
        parser = ox.parse(path=str(path))
        list(parser)
        other |= {(path.name, p): iri for p, iri in parser.prefixes.items() if p in PREFIXES and PREFIXES[p] != iri}
    assert other == {}


def test_nothing_stored_has_a_blank_node(written: list[Path], built: list[Path]) -> None:
    with_blank = [
        path.name
        for path in [*written, *built]
        if any(isinstance(term, ox.BlankNode) for triple in triples(path) for term in (triple.subject, triple.object))
    ]
    assert with_blank == []
