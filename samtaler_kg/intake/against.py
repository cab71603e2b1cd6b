"""New cards against the base that they are to stand in: no name twice, no reference to what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from samtaler_kg.cards import Card, Data, Grammar
from samtaler_kg.cards.rdf import names
from samtaler_kg.intake.shelf import near
from samtaler_kg.lines import Lines
from samtaler_kg.problems import Problem
from samtaler_kg.sources import references
from samtaler_kg.terms import BASE, id_iri


def conflicts(cards: Sequence[Card], grammar: Grammar, coded: Lines, replaced: Sequence[Data] = ()) -> list[Problem]:
    """What stands against taking *cards* into the base whose lines are *coded*, in place of the cards *replaced*."""
    own = {name for data in replaced for name, _ in names(data, grammar.kinds["trial"], grammar)}
    return [*_twice(cards, grammar, coded, own), *_dangling(cards, grammar, coded)]


def _twice(cards: Sequence[Card], grammar: Grammar, coded: Lines, own: set[str]) -> Iterator[Problem]:
    first: dict[str, tuple[int, str]] = {}
    for number, card in enumerate(cards):
        for name, path in names(card.data, grammar.kinds[card.kind], grammar):
            value, where = name.partition("/")[2], card.where(path or ("id",))
            known, place = first.setdefault(name, (number, str(where)))
            if known != number:
                yield Problem("id-twice", where, {"value": value, "first": place})
            elif name not in own and coded.about(f"{BASE}id/{name}"):
                yield Problem("name-taken", where, {"value": value})
                if not path:  # the card itself is there: all in it is there too
                    break


def _dangling(cards: Sequence[Card], grammar: Grammar, coded: Lines) -> Iterator[Problem]:
    new = {name for card in cards for name, _ in names(card.data, grammar.kinds[card.kind], grammar)}
    for kind, value, where in references(cards):
        if kind in {"study", "result", "activity"} and f"{kind}/{value}" not in new:
            iri = id_iri(kind, value)
            if not coded.about(iri):
                yield Problem("no-such", where, {"kind": kind, "value": value, "hint": near(coded, kind, value)})
