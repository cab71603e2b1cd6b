"""Card → YAML → card, card → triples → card, triples → N-Triples → triples: nothing is lost, added or altered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from samtaler_kg.build import as_ntriples
from samtaler_kg.cards import Card, Data, Grammar, as_text, check, from_triples, read, read_text, to_triples, write
from samtaler_kg.cards.grammar import Kind
from samtaler_kg.cards.rdf import as_jsonld, index
from samtaler_kg.places import Base

Cards = Callable[[str], st.SearchStrategy[Data]]

SHIPPED = {"study": "studies/*/*.yaml", "trial": "trials/*.yaml"}


def settled(data: Any, kind: Kind, grammar: Grammar) -> Any:
    """A card with the lists that triples keep no order of in one order."""
    if not isinstance(data, dict):
        return data
    found = {}
    for key, value in data.items():
        if key in kind.children:
            child = grammar.kinds[kind.children[key]]
            items = value if isinstance(value, list) else [value]
            value = [settled(item, child, grammar) for item in items]
            found[key] = value if child.number else sorted(value, key=json.dumps)
        else:
            found[key] = sorted(value) if isinstance(value, list) else value
    return found


@settings(max_examples=25)
@given(data=st.data())
def test_a_card_is_read_as_it_was_written(kind: str, data: st.DataObject, cards: Cards, grammar: Grammar) -> None:
    given_card = data.draw(cards(kind))
    text = as_text(given_card, kind, grammar)
    card, problems = read_text(text, kind)
    assert problems == []
    assert card is not None
    assert card.data == given_card
    assert list(card.data) == [key for key in grammar.kinds[kind].keys if key in given_card]
    assert as_text(card.data, kind, grammar) == text
    assert YAML(typ="base", pure=True).load(text) == given_card


@settings(max_examples=250)
@given(data=st.data())
def test_any_text_comes_back(data: st.DataObject, texts: st.SearchStrategy[str], grammar: Grammar) -> None:
    text = data.draw(texts)
    result = {"note": text, "estimate": {"text": text}}
    given_card = {"id": "a", "title": text, "authors": [text, text], "results": [result]}
    card, problems = read_text(as_text(given_card, "study", grammar), "study")
    assert problems == []
    assert card is not None
    assert card.data == given_card


@pytest.mark.parametrize("tail", ["y", "#y", "# y", "'y", '"y\\', "- y", ": y", "\u2028y"])
@pytest.mark.parametrize("gap", [" ", "  ", "   "])
def test_text_comes_back_wherever_the_line_is_folded(gap: str, tail: str, grammar: Grammar) -> None:
    for length in range(92, 114):
        text = "x" * length + gap + tail
        given_card = {"id": "a", "title": text, "results": [{"note": text, "estimate": {"text": f"b {text}"}}]}
        card, problems = read_text(as_text(given_card, "study", grammar), "study")
        assert problems == []
        assert card is not None
        assert card.data == given_card


@settings(max_examples=20)
@given(data=st.data())
def test_the_file_holds_what_the_text_holds(
    data: st.DataObject, cards: Cards, grammar: Grammar, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_card = data.draw(cards("trial"))
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    write(path, given_card, "trial", grammar)
    card, _ = read(path, "trial")
    assert card is not None
    assert card.data == given_card


@settings(max_examples=25)
@given(data=st.data())
def test_a_card_comes_back_from_its_triples(kind: str, data: st.DataObject, cards: Cards, grammar: Grammar) -> None:
    given_card = data.draw(cards(kind))
    assert check(Card(kind, given_card), grammar) == []
    triples = to_triples(given_card, kind, grammar)
    assert not any(isinstance(term, ox.BlankNode) for triple in triples for term in triple)
    iri = as_jsonld(given_card, grammar.kinds[kind], grammar)["id"]
    plan, back = grammar.kinds[kind], from_triples(iri, kind, index(triples), grammar)
    assert settled(back, plan, grammar) == settled(given_card, plan, grammar)


@settings(max_examples=25)
@given(data=st.data())
def test_ntriples_hold_the_triples(kind: str, data: st.DataObject, cards: Cards, grammar: Grammar) -> None:
    triples = to_triples(data.draw(cards(kind)), kind, grammar)
    written = as_ntriples([*triples, *triples])
    assert {quad.triple for quad in ox.parse(written, format=ox.RdfFormat.N_TRIPLES)} == set(triples)
    assert written.count(b"\n") == len(set(triples))
    assert as_ntriples(reversed(triples)) == written
    other = rdflib.Graph().parse(data=written, format="nt")
    assert {(s.n3(), p.n3()) for s, p, _ in other} == {(str(t.subject), str(t.predicate)) for t in triples}
    assert {str(o) for o in other.objects()} == {t.object.value for t in triples}


def shipped(base: Base) -> list[tuple[str, Path]]:
    """Every card file of the base with its kind."""
    return [(kind, path) for kind, pattern in SHIPPED.items() for path in sorted(base.data.glob(pattern))]


def test_every_shipped_card_comes_back_from_file_and_triples(base: Base, grammar: Grammar) -> None:
    found = shipped(base)
    assert len(found) >= 153 + 22
    for kind, path in found:
        card, problems = read(path, kind)
        assert card is not None, problems
        again, _ = read_text(as_text(card.data, kind, grammar), kind)
        assert again is not None
        assert again.data == card.data, path
        iri = as_jsonld(card.data, grammar.kinds[kind], grammar)["id"]
        back = from_triples(iri, kind, index(to_triples(card.data, kind, grammar)), grammar)
        plan = grammar.kinds[kind]
        assert settled(back, plan, grammar) == settled(card.data, plan, grammar), path
