"""Checking an entry on a slice finds what checking the whole base with it would find, and leaves the base as it was."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samtaler_kg.cards import Card, as_text, read_text
from samtaler_kg.check import Door, check, entry
from samtaler_kg.check.door import subject
from samtaler_kg.check.engine import Finding, validate
from samtaler_kg.check.reach import KEYS, steps
from samtaler_kg.derive import derive
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.terms import PREFIXES
from tests.shapes.conftest import FIXTURES, HERE, card_at

SAM = PREFIXES["sam"]
CARDS = [fixture.path for fixture in FIXTURES if fixture.path.suffix == ".yaml"]
#: Those of studies; a card with an unknown key cannot be written anew.
STUDIES = [
    path
    for path in CARDS
    if "\nmembers:" not in path.read_text(encoding="utf-8") and path.name != "invalid.key-misspelt.yaml"
]

#: What may be put under a key of a card, or of its first result, to make rules meet that no fixture brings together.
CHANGES: list[tuple[tuple[Any, ...], Any]] = [
    (("doi",), "10.1234/given.a"),
    (("year",), "2005"),
    (("year",), "2012"),
    (("title",), "Given study A (synthetic)"),
    (("authors",), ["Author One"]),
    (("authors",), ["Jensen, B."]),
    (("results", 0, "verdict"), "negative"),
    (("results", 0, "verdict"), "none"),
    (("results", 0, "favours"), "neither"),
    (("results", 0, "id"), "given-b-2013-r1"),
    (("results", 0, "same_effect_as"), "given-a-2005-r1"),
    (("results", 0, "same_effect_as"), "given-a-2005-r3"),
    (("results", 0, "estimate"), {"value": "1.20", "unit": "hazard-ratio", "ci_low": "1.05", "ci_high": "1.37"}),
    (("activity",), "coding-1999"),
    (("country",), "SWE"),
]


def changed(card: Card, changes: Sequence[tuple[tuple[Any, ...], Any]], door: Door) -> Card:
    data = copy.deepcopy(card.data)
    for path, value in changes:
        around: Any = data
        for part in path[:-1]:
            around = around[part]
        around[path[-1]] = copy.deepcopy(value)
    made, problems = read_text(as_text(data, card.kind, door.grammar), card.kind, card.file)
    assert made is not None, problems
    return made


def whole(door: Door, cards: Sequence[Card]) -> set[tuple[str, ...]]:
    """What all shapes find in the whole base with the entry in it, about the nodes of the entry."""
    assert door.graph is not None
    read = entry.read(cards, door.grammar)
    replaced = door.look(read).replaced
    kept = [triple for triple in door.graph.triples("coded") if subject(triple) not in replaced]
    said = [*door.ontology, *kept, *read.triples]
    everything = [*said, *(triple for made in derive("coded", said, door.catalogue).values() for triple in made)]
    found = validate(everything, door.shapes.triples, door.prepared)
    return about(found, read)


def about(found: Iterable[Finding], read: entry.Entry) -> set[tuple[str, ...]]:
    """The findings about the nodes of an entry, and about the codes that it uses."""
    used = {triple.object for triple in read.triples}
    mine = (f for f in found if str(f.focus.value) in read.spots or f.focus in used)
    return {(f.shape, str(f.focus), f.path, str(f.value)) for f in mine}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(STUDIES), changes=st.lists(st.sampled_from(CHANGES), max_size=4))
def test_an_entry_is_found_to_be_as_it_is_in_the_whole(door: Door, path: Path, changes: list[Any]) -> None:
    card = card_at(path)
    if "results" not in card.data:
        changes = [change for change in changes if change[0][0] != "results"]
    made = changed(card, changes, door)
    read = entry.read([made], door.grammar)
    assert about(door.look(read).findings, read) == whole(door, [made])


def test_a_card_of_the_base_is_not_its_own_duplicate(door: Door, given_base: Base) -> None:
    for path in sorted((given_base.data / "studies").rglob("*.yaml")):
        assert [p for p in door.check([card_at(path)]) if p.shape.rpartition("/")[2] != "study-data-period-form"] == []


def test_the_name_of_a_card_of_the_base_is_taken(door: Door, given_base: Base) -> None:
    card = card_at(given_base.data / "studies" / "DNK" / "given-b-2013.yaml")
    assert [(p.name, p.where.key) for p in door.check([replace(card, file="elsewhere.yaml")])] == [("name-taken", "id")]


def test_two_cards_of_one_name_are_told(door: Door) -> None:
    card = card_at(HERE / "structure" / "valid.no-title.yaml")
    told = door.check([card, replace(card, file="again.yaml")])
    assert [(p.name, p.where.file, p.where.key) for p in told] == [
        ("id-twice", "again.yaml", key) for key in ("", "results[0]")
    ]


def test_an_entry_that_makes_others_invalid_names_them(door: Door, given_base: Base) -> None:
    path = given_base.data / "studies" / "DNK" / "given-a-2005.yaml"
    card = card_at(path)
    left = [result for result in card.data["results"] if result["id"] == "given-a-2005-r2"]
    told = door.check([Card(card.kind, {**card.data, "results": left}, {}, str(path))])
    others = {(p.name, p.shape.rpartition("/")[2], p.focus.rpartition("/id/")[2]) for p in told}
    assert ("shape-of-other", "coding-result-known", "coding/given-a-2005-r1") in others
    assert all("given-a-2005" in p.what("en") for p in told)


def test_the_other_study_is_named_with_its_title(door: Door) -> None:
    (told,) = door.check([card_at(HERE / "duplicates" / "invalid.doi-taken.yaml")])
    assert "study/given-a-2005 (Given study A (synthetic))" in told.what("en")
    assert "study/given-a-2005 (Given study A (synthetic))" in told.what("da")


def rows(graph: Graph) -> list[tuple[str, ...]]:
    text = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"
    return [tuple(map(str, row)) for row in graph.layer("coded").query(text).rows]


def test_checking_leaves_the_base_as_it_was(given_base: Base) -> None:
    graph = Graph(given_base)
    before = rows(graph)
    Door(given_base, graph).check([card_at(path) for path in (STUDIES[0], STUDIES[-1])])
    assert rows(graph) == before
    files = {path: path.read_bytes() for path in sorted(given_base.root.rglob("*")) if path.is_file()}
    check(given_base, [card_at(STUDIES[0])])
    assert {path: path.read_bytes() for path in sorted(given_base.root.rglob("*")) if path.is_file()} == files


def test_checking_alone_knows_no_other_study(given_base: Base) -> None:
    card = card_at(HERE / "duplicates" / "invalid.doi-taken.yaml")
    assert [p.shape.rpartition("/")[2] for p in check(given_base, [card])] == ["same-doi"]
    assert check(given_base, [card], against=False) == []


def test_backward_steps_lead_only_where_few_can_stand(door: Door, base: Base) -> None:
    things = {
        quad.subject.value
        for quad in ox.parse(path=str(base.ontology / "samtaler.ttl"), format=ox.RdfFormat.TURTLE)
        if quad.predicate.value == PREFIXES["rdfs"] + "range" and quad.object.value.startswith(SAM)
    }
    backward = {
        step.pattern.predicate for shape in door.shapes.by_iri.values() for step in steps(shape) if not step.ahead
    }
    assert backward
    assert backward - KEYS <= things
