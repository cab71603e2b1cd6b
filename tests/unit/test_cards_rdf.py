"""Cards and triples: names without blank nodes, nothing dropped in silence, and an order that does not waver."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from samtaler_kg.cards import Data, Grammar, as_text, from_triples, to_triples
from samtaler_kg.cards.rdf import as_jsonld, index, many_to_triples, names
from samtaler_kg.codes import CodeLists
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged

ID = "https://w3id.org/samtaler/id/"
STUDY: Data = {
    "id": "s",
    "title": "T",
    "authors": ["B", "A"],
    "purposes": ["mixed", "availability-testing"],
    "results": [
        {"id": "s-r10", "estimate": {"value": "0.80"}},
        {"id": "s-r2"},
        {"id": "s-r9", "same_effect_as": "s-r2"},
    ],
}


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    """What a card of the shipped base may say."""
    return Grammar.of(base)


def test_each_nested_card_that_names_itself_has_its_name(grammar: Grammar) -> None:
    assert list(names(STUDY, grammar.kinds["study"], grammar)) == [
        ("study/s", ()),
        ("study/s/author/1", ("authors", 0)),
        ("study/s/author/2", ("authors", 1)),
        ("result/s-r10", ("results", 0)),
        ("result/s-r10/estimate", ("results", 0, "estimate")),
        ("result/s-r2", ("results", 1)),
        ("result/s-r9", ("results", 2)),
    ]


def test_the_names_are_the_subjects_of_the_triples(grammar: Grammar) -> None:
    subjects = {triple.subject.value.removeprefix(ID) for triple in to_triples(STUDY, "study", grammar)}
    authors = {"study/s/author/1", "study/s/author/2"}
    assert subjects == {name for name, _ in names(STUDY, grammar.kinds["study"], grammar)} | authors


def test_a_card_without_its_name_has_no_names(grammar: Grammar) -> None:
    unnamed = {"title": "T", "results": [{"id": "r"}]}
    assert list(names(unnamed, grammar.kinds["study"], grammar)) == []
    assert list(names("x", grammar.kinds["study"], grammar)) == []


def test_printed_numbers_stay_text_and_years_are_integers(grammar: Grammar) -> None:
    triples = to_triples({**STUDY, "year": "2010"}, "study", grammar)
    said = {(t.predicate.value.rpartition("#")[2], str(t.object)) for t in triples if isinstance(t.object, ox.Literal)}
    assert ("printedValue", '"0.80"') in said
    assert ("year", '"2010"^^<http://www.w3.org/2001/XMLSchema#integer>') in said


@pytest.mark.parametrize(
    "data",
    [
        {"id": "s", "titel": "a key that the context does not know"},
        {"id": "s", "title": "T", "other_urls": ["said", "said"]},
        {"id": "s", "country": None},
        {"id": "s", "results": [{"id": "r", "note": "a"}, {"id": "r", "note": "a"}]},
        {"id": "s", "activity": "id"},
        {"id": "s", "results": [{"id": "r", "same_effect_as": "type"}]},
    ],
)
def test_what_json_ld_would_drop_is_counted_and_raises(grammar: Grammar, data: Data) -> None:
    with pytest.raises(ValueError, match="statements in cards of the kind study"):
        to_triples(data, "study", grammar)


def test_two_cards_of_one_name_do_not_melt_into_one(grammar: Grammar) -> None:
    with pytest.raises(ValueError, match="of 4 statements"):
        many_to_triples([{"id": "s", "title": "T"}, {"id": "s", "title": "T"}], "study", grammar)


def test_lists_come_back_in_a_stated_order(grammar: Grammar) -> None:
    triples = to_triples(STUDY, "study", grammar)
    back = from_triples(f"{ID}study/s", "study", index(reversed(triples)), grammar)
    assert back["authors"] == ["B", "A"]
    assert back["purposes"] == ["availability-testing", "mixed"]
    assert [result["id"] for result in back["results"]] == ["s-r2", "s-r9", "s-r10"]


def test_a_code_is_told_from_one_of_another_list(grammar: Grammar) -> None:
    data = {"id": "s", "results": [{"id": "r", "verdict": "none", "bundle": "none", "purpose": "mixed"}]}
    node: Any = as_jsonld(data, grammar.kinds["study"], grammar)
    assert node["results"][0]["verdict"] == "none"
    objects = {t.object.value for t in to_triples(data, "study", grammar) if "/code/" in str(t.object)}
    lists = {iri.removeprefix("https://w3id.org/samtaler/code/") for iri in objects}
    assert lists == {"verdict/none", "bundle/none", "purpose/mixed"}


def test_what_is_not_there_gives_an_empty_card(grammar: Grammar) -> None:
    assert from_triples(f"{ID}study/nobody", "study", {}, grammar) == {"id": "nobody"}


def test_a_key_that_the_kind_does_not_have_is_not_written(grammar: Grammar) -> None:
    with pytest.raises(KeyError, match="titel"):
        as_text({"id": "s", "titel": "T"}, "study", grammar)
    with pytest.raises(KeyError, match="valeu"):
        as_text({"id": "s", "results": [{"id": "r", "estimate": {"valeu": "1"}}]}, "study", grammar)


def test_keys_are_written_in_the_order_of_the_kind_and_empty_ones_are_not(grammar: Grammar) -> None:
    text = as_text({"doi": "", "title": "T", "venue": None, "results": [], "id": "s"}, "study", grammar)
    assert text == "id: s\ntitle: T\n"


def test_no_line_ends_in_a_space(grammar: Grammar) -> None:
    long = "http://example.org/" + "x" * 120
    text = as_text({"id": "s", "url": long, "title": f"{long} b {long}", "venue": f"it's {long} so"}, "study", grammar)
    assert [line for line in text.splitlines() if line.endswith(" ")] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("card.toml", b"[study\n"),
        ("card.toml", b"[study]\nkeys = []\n"),
        ("card.toml", b"study = 3\n"),
        ("card.toml", b"\xff"),
        ("context.jsonld", b"{"),
        ("context.jsonld", b"{}"),
        ("context.jsonld", b'{"@context": {"title": {}}}'),
        ("context.jsonld", b"[]"),
    ],
)
def test_a_damaged_grammar_is_told(base: Base, tmp_path: Any, name: str, content: bytes) -> None:
    folder = tmp_path / "ontology"
    folder.mkdir()
    for part in ("card.toml", "context.jsonld"):
        (folder / part).write_bytes(content if part == name else (base.ontology / part).read_bytes())
    with pytest.raises(Damaged) as caught:
        Grammar.of(Base(tmp_path), CodeLists({}))
    assert [problem.name for problem in caught.value.problems] == ["unreadable-file"]
