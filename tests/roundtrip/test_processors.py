"""The JSON-LD of a card means the same to every processor: pyoxigraph, rdflib and pyld give the same triples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from samtaler_kg.cards import Data, Grammar
from samtaler_kg.cards.rdf import as_jsonld, many_to_triples
from samtaler_kg.places import Base
from samtaler_kg.sources import Sources, read_all

Cards = Callable[[str], st.SearchStrategy[Data]]
Statement = tuple[str, str, str]

STRING = "http://www.w3.org/2001/XMLSchema#string"


def document(cards: Iterable[Data], kind: str, grammar: Grammar) -> str:
    """The cards as one JSON-LD document."""
    graph = [as_jsonld(data, grammar.kinds[kind], grammar) for data in cards]
    return json.dumps({"@context": grammar.context, "@graph": graph})


def named(term: rdflib.term.Node) -> str:
    """A term of rdflib as N-Triples would name it, with the data type of every string written out."""
    if isinstance(term, rdflib.Literal):
        kind = term.datatype or (rdflib.RDF.langString if term.language else rdflib.URIRef(STRING))
        return f"{json.dumps(str(term))}^^{kind}@{term.language}"
    return f"{type(term).__name__} {term}"


def by_rdflib(text: str) -> set[Statement]:
    """What rdflib reads."""
    return {(named(s), named(p), named(o)) for s, p, o in rdflib.Graph().parse(data=text, format="json-ld")}


def by_oxigraph(triples: Iterable[ox.Triple]) -> set[Statement]:
    """What pyoxigraph read, in the same words."""
    return {(term_of(t.subject), term_of(t.predicate), term_of(t.object)) for t in triples}


def term_of(term: object) -> str:
    if isinstance(term, ox.Literal):
        return f"{json.dumps(term.value)}^^{term.datatype.value}@{term.language}"
    assert isinstance(term, ox.NamedNode)
    return f"URIRef {term.value}"


def by_pyld(text: str) -> set[Statement]:
    """What pyld reads."""
    dataset = jsonld.to_rdf(json.loads(text))
    assert list(dataset) == ["@default"]
    return {tuple(pyld_term(t[part]) for part in ("subject", "predicate", "object")) for t in dataset["@default"]}


def pyld_term(term: dict[str, str]) -> str:
    if term["type"] == "literal":
        return f"{json.dumps(term['value'])}^^{term.get('datatype', STRING)}@{term.get('language')}"
    assert term["type"] == "IRI"
    return f"URIRef {term['value']}"


@settings(max_examples=15)
@given(data=st.data())
def test_made_up_cards(kind: str, data: st.DataObject, cards: Cards, grammar: Grammar) -> None:
    card = data.draw(cards(kind))
    said = by_oxigraph(many_to_triples([card], kind, grammar))
    text = document([card], kind, grammar)
    assert by_pyld(text) == said
    assert by_rdflib(text) == said


@pytest.fixture(scope="module")
def sources(base: Base) -> Sources:
    """Everything that the shipped graph is made of."""
    return read_all(base)


def test_the_longest_shipped_cards_and_some_others(kind: str, sources: Sources) -> None:
    found = sorted((card.data for card in sources.cards[kind]), key=lambda data: -len(json.dumps(data)))
    cards = [*found[:3], *found[3 :: max(1, len(found) // 8)]]
    assert len(cards) >= min(8, len(found))
    text = document(cards, kind, sources.grammar)
    said = by_oxigraph(many_to_triples(cards, kind, sources.grammar))
    assert by_pyld(text) == said
    assert by_rdflib(text) == said
