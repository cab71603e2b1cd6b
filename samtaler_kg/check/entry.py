"""Cards on their way in: what their form forbids, and the triples of all that can be read of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from samtaler_kg.cards import Card, Data, Grammar, Kind, to_triples
from samtaler_kg.cards import check as check_form
from samtaler_kg.cards.rdf import names
from samtaler_kg.cards.read import MAX_PROBLEMS, Path_
from samtaler_kg.check.prune import Origins, prune, unfit
from samtaler_kg.problems import Problem, Severity
from samtaler_kg.terms import BASE

#: The key under which a result says which other it restates, and the keys that do not set two results apart.
RESTATES = "same_effect_as"
_OWN = ("id", "note", "confidence", "mechanism_reason")

#: The kinds of card that are checked on their way in.
KINDS = ("study", "trial")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a node of the entry stands: its card, its path in the card, and its kind."""

    card: Card
    path: Path_
    kind: Kind


@dataclass
class Entry:
    """Cards, what is wrong with their form, the triples of what could be read, and where each node stands."""

    cards: Sequence[Card]
    grammar: Grammar
    problems: list[Problem] = field(default_factory=list)
    triples: list[ox.Triple] = field(default_factory=list)
    spots: dict[str, Spot] = field(default_factory=dict)


def read(cards: Sequence[Card], grammar: Grammar) -> Entry:
    """Check the form of *cards* and make triples of what their form allows, so that all can be told at once."""
    entry = Entry(cards, grammar)
    for card in cards:
        found = check_form(card, grammar)
        entry.problems += [*found, *_twins(card)]
        if card.kind in KINDS and len(found) < MAX_PROBLEMS:
            _take(entry, card, *prune(card.data, unfit(card, found, grammar)), sound=not found)
    return entry


def _take(entry: Entry, card: Card, data: Data, origins: Origins, sound: bool) -> None:
    """Add the triples and spots of a card; one that is not *sound* in form may give none."""
    named = list(names(data, entry.grammar.kinds[card.kind], entry.grammar))
    if twice := list(_twice(card, named, origins, entry)):
        entry.problems += twice
        return
    allowed = () if sound else (ValueError, KeyError, TypeError, SyntaxError)
    triples: list[ox.Triple] = []
    with contextlib.suppress(*allowed):
        triples = to_triples(data, card.kind, entry.grammar)
    if triples:
        entry.triples += triples
        for name, path in named:
            entry.spots[f"{BASE}id/{name}"] = Spot(card, origins[path], _kind_at(card.kind, path, entry.grammar))


def _twins(card: Card) -> Iterator[Problem]:
    """Results that say the same as an earlier one of their study, and do not say that they restate it."""
    results = card.data.get("results")
    first: dict[str, int] = {}
    for n, result in enumerate(results if isinstance(results, list) else ()):
        if not isinstance(result, dict) or RESTATES in result:
            continue
        said = json.dumps({key: value for key, value in result.items() if key not in _OWN}, sort_keys=True)
        if (known := first.setdefault(said, n)) != n:
            facts = {"key": f"results[{n}]", "first": f"results[{known}]"}
            yield Problem("result-twin", card.where(("results", n)), facts, Severity.WARNS)


def _twice(card: Card, named: Sequence[tuple[str, Path_]], origins: Origins, entry: Entry) -> Iterator[Problem]:
    """Names that an earlier card of the entry has given already."""
    for name, path in named:
        known = entry.spots.get(f"{BASE}id/{name}")
        if known and name.count("/") == 1:  # what is inside it is there again too
            facts = {"value": name.partition("/")[2], "first": known.card.where(known.path)}
            yield Problem("id-twice", card.where(origins[path]), facts)


def _kind_at(kind: str, path: Path_, grammar: Grammar) -> Kind:
    """The kind of the card at *path* inside a card of *kind*."""
    for part in path:
        if isinstance(part, str):
            kind = grammar.kinds[kind].children[part]
    return grammar.kinds[kind]
