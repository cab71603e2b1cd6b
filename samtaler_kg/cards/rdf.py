"""Card data ⇄ triples.

The way out is JSON-LD through the one context, read by pyoxigraph, the one named processor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards.grammar import Grammar, Kind, Meaning
from samtaler_kg.cards.read import Data, Path_
from samtaler_kg.terms import BASE, RDF

ByPredicate = Mapping[str, list[ox.NamedNode | ox.Literal]]
Index = dict[str, dict[str, list[Any]]]


def to_triples(data: Data, kind: str, grammar: Grammar) -> list[ox.Triple]:
    """The triples of one checked card. No blank nodes: a nested card gets an IRI from its kind's pattern."""
    return many_to_triples([data], kind, grammar)


def many_to_triples(cards: Iterable[Data], kind: str, grammar: Grammar) -> list[ox.Triple]:
    """The triples of many checked cards of one kind, through one JSON-LD document.

    What goes in is counted out again: JSON-LD passes over what it does not know. Raises ValueError where it did.
    """
    graph = [as_jsonld(data, grammar.kinds[kind], grammar) for data in cards]
    document = json.dumps({"@context": grammar.context, "@graph": graph}).encode()
    triples = [quad.triple for quad in ox.parse(document, format=ox.RdfFormat.JSON_LD)]
    if len(set(triples)) != (said := sum(map(_statements, graph))):
        raise ValueError(f"of {said} statements in cards of the kind {kind}, {len(set(triples))} came out")
    return triples


def _statements(node: Mapping[str, Any]) -> int:
    """How many triples the values of a node and of the nodes inside it must give."""
    values = [value for key, value in node.items() if key != "id"]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return len(items) + sum(_statements(item) for item in items if isinstance(item, dict))


def as_jsonld(
    data: Data, kind: Kind, grammar: Grammar, around: str = "", key: str = "", n: int = 1
) -> dict[str, Any]:
    """The JSON-LD node of a card without its context: IRI and class added, nested cards likewise."""
    identifier = data.get("id", around)
    tail = kind.iri.format_map({"parent": around, "key": key, "n": n, **data})
    node: dict[str, Any] = {**data, "id": f"{BASE}id/{tail}", "type": kind.cls}
    for name, child in kind.children.items():
        if name not in data:
            continue
        inner = grammar.kinds[child]
        if isinstance(data[name], list):
            node[name] = [
                as_jsonld(_full(item, inner, place), inner, grammar, identifier, name, place)
                for place, item in enumerate(data[name], start=1)
            ]
        else:
            node[name] = as_jsonld(data[name], inner, grammar, identifier, name)
    return node


def names(
    data: object, kind: Kind, grammar: Grammar, path: Path_ = (), around: str = "", key: str = "", n: int = 1
) -> Iterator[tuple[str, Path_]]:
    """The name (its IRI behind ``id/``) and path of a card and of each card inside, as far as given."""
    data = {kind.bare: data} if kind.bare and isinstance(data, str) else data
    if not isinstance(data, dict):
        return
    try:
        yield kind.iri.format_map({"parent": around, "key": key, "n": n, **data}), path
    except KeyError:  # the key that names it is missing: another problem, told elsewhere
        return
    identifier = str(data.get("id", around))
    for inner, child in kind.children.items():
        value = data.get(inner)
        items = enumerate(value, start=1) if isinstance(value, list) else [(1, value)]
        for place, item in items:
            where = (*path, inner, place - 1) if isinstance(value, list) else (*path, inner)
            yield from names(item, grammar.kinds[child], grammar, where, identifier, inner, place)


def _full(item: Any, kind: Kind, place: int) -> Data:
    data: Data = {kind.bare: item} if kind.bare and isinstance(item, str) else dict(item)
    if kind.number:
        data[kind.number] = str(place)
    return data


def index(triples: Iterable[ox.Triple]) -> Index:
    """Triples by subject and predicate, and by object under ``^predicate``."""
    found: Index = {}
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, ox.NamedNode):
            continue
        found.setdefault(subject.value, {}).setdefault(predicate, []).append(value)
        if isinstance(value, ox.NamedNode) and predicate != RDF.type:
            found.setdefault(value.value, {}).setdefault("^" + predicate, []).append(subject)
    return found


def from_triples(iri: str, kind: str, found: Index, grammar: Grammar) -> Data:
    """The card of *kind* about *iri*, rebuilt from an ``index`` of triples.

    A list of plain values comes back sorted, a list of numbered cards in its order, other nested cards by
    identifier.
    """
    return _rebuild(iri, grammar.kinds[kind], found, grammar)


def _rebuild(iri: str, kind: Kind, found: Index, grammar: Grammar) -> Data:
    about = found.get(iri, {})
    data: Data = {}
    for key in kind.keys:
        if key == "id":
            data["id"] = iri.rpartition("/")[2]
            continue
        meaning = grammar.meanings[key]
        values = _values(about, meaning)
        if not values:
            continue
        if key in kind.children:
            inner = grammar.kinds[kind.children[key]]
            cards = [_rebuild(value.value, inner, found, grammar) for value in values]
            data[key] = _in_order(cards, inner) if key in kind.lists else cards[0]
        else:
            words = sorted(_word(value, key, meaning, grammar) for value in values)
            data[key] = words if key in kind.lists else words[0]
    return data


def _values(about: Mapping[str, list[Any]], meaning: Meaning) -> list[Any]:
    """What is said of the key's property, in the key's language: two languages of one property are two keys."""
    said = about.get(("^" if meaning.reverse else "") + meaning.prop, [])
    return [value for value in said if (getattr(value, "language", None) or "") == meaning.language]


def _in_order(cards: list[Data], kind: Kind) -> list[Any]:
    if kind.number:
        cards = sorted(cards, key=lambda card: int(card[kind.number]))
        bare = [{key: value for key, value in card.items() if key != kind.number} for card in cards]
        return [card[kind.bare] for card in bare] if kind.bare else bare
    return sorted(cards, key=lambda card: _natural(card.get("id") or card[kind.keys[0]]))


def _natural(identifier: str) -> tuple[str, int, str]:
    head = identifier.rstrip("0123456789")
    tail = identifier[len(head) :]
    return head, int(tail or 0), tail


def _word(value: Any, key: str, meaning: Meaning, grammar: Grammar) -> str:
    if not isinstance(value, ox.NamedNode):
        return str(value.value)
    for word, iri in meaning.words.items():
        if iri == value.value:
            return word
    return value.value.removeprefix(meaning.vocabulary)
