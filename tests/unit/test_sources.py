"""The shipped sources: sound, counted, and every reference among them resolved."""

from __future__ import annotations

from collections import Counter

import pytest

from samtaler_kg.cards.rdf import names
from samtaler_kg.places import Base
from samtaler_kg.sources import Sources, read_all, shown


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """What reading told."""
    return []


@pytest.fixture(scope="module")
def sources(base: Base, heard: list[str]) -> Sources:
    """Every source of the shipped base."""
    return read_all(base, heard.append)


def test_every_file_is_read_once_and_told(base: Base, sources: Sources, heard: list[str]) -> None:
    files = [shown(base, path) for folder in ("studies", "trials") for path in (base.data / folder).rglob("*.yaml")]
    assert sorted(heard) == sorted(files)
    assert {card.file for kind in ("study", "trial") for card in sources.cards[kind]} == set(files)


def test_nothing_is_wrong_and_nothing_unread(sources: Sources) -> None:
    assert sources.problems == []
    assert sources.unread == set()


def test_the_layers_have_their_numbers(sources: Sources) -> None:
    counted = {kind: len(cards) for kind, cards in sources.cards.items()}
    assert {kind: counted[kind] for kind in ("claim", "slot", "record")} == {"claim": 40, "slot": 40, "record": 72}
    assert counted["study"] >= 153
    assert counted["trial"] >= 22
    assert counted["coding"] >= 40


def test_a_reconstructed_thing_carries_no_bibliography(sources: Sources) -> None:
    keys = {kind: {key for card in sources.cards[kind] for key in card.data} for kind in ("slot", "record")}
    assert keys["slot"] == {"id", "source", "year_from", "year_to", "quality", "derived_from"}
    assert keys["record"] == {"id", "region", "period", "mechanism", "verdict", "country", "derived_from"}


def test_no_two_things_have_one_name(sources: Sources) -> None:
    counted = Counter(
        name
        for kind, cards in sources.cards.items()
        for card in cards
        for name, _ in names(card.data, sources.grammar.kinds[kind], sources.grammar)
    )
    assert [name for name, times in counted.items() if times > 1] == []


def test_the_triples_of_all_kinds_are_distinct(sources: Sources) -> None:
    triples = sources.triples(*sources.cards)
    assert len(triples) == len(set(triples))
