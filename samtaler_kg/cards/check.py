"""Keys and codes of a card against context and lists, before JSON-LD sees them.

JSON-LD drops an unknown key and mints an IRI from an unknown code, both in silence; here each is a Problem.
So is what a card could say and triples could not keep: an empty text, list or mapping, a value said twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

from samtaler_kg.cards.grammar import Grammar, Kind
from samtaler_kg.cards.rdf import names
from samtaler_kg.cards.read import CONTROL, MAX_PROBLEMS, Card, Path_
from samtaler_kg.problems import Problem, nearest
from samtaler_kg.terms import XSD

#: What an identifier may look like: it becomes the last part of an IRI and the name of a file. It may be no term
#: of the context either: JSON-LD would take it for that term.
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")

#: The one form of each value, so that no engine writes it otherwise than the card does.
_LEXICAL = {
    XSD.integer: re.compile(r"0|-?[1-9][0-9]{0,17}"),
    XSD.boolean: re.compile(r"true|false"),
    XSD.date: re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]"),
    XSD.dateTime: re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z"),
}


def check(card: Card, grammar: Grammar) -> list[Problem]:
    """The problems of the card's keys, codes and data types, as the file has them; at most MAX_PROBLEMS."""
    found = chain(_card(card, card.data, (), grammar.kinds[card.kind], grammar), _twice(card, grammar))
    return sorted(islice(found, MAX_PROBLEMS), key=lambda p: (p.where.line or 0, p.where.column or 0))


def _twice(card: Card, grammar: Grammar) -> Iterator[Problem]:
    """Two cards inside this one that would become one node; the outermost is told."""
    first: dict[str, Path_] = {}
    again: Path_ | None = None
    for name, path in names(card.data, grammar.kinds[card.kind], grammar):
        if first.setdefault(name, path) != path and (again is None or path[: len(again)] != again):
            again = path  # what is inside it is there again too
            facts = {"value": name.partition("/")[2], "first": card.where(first[name])}
            yield Problem("id-twice", card.where(path), facts)


def _card(card: Card, data: object, path: Path_, kind: Kind, grammar: Grammar) -> Iterator[Problem]:
    if kind.bare and isinstance(data, str):
        yield from _text(card, data, path, kind.bare)
        return
    if not isinstance(data, dict) or not (data or card.blank.get(path)):
        yield Problem("not-a-mapping", card.where(path), {"kind": kind.name})
        return
    for key in kind.keys:
        if key in kind.required and key not in data:
            yield Problem("missing-key", card.where_key((*path, key)), {"key": key, "kind": kind.name})
    known = [key for key in kind.keys if key != kind.number]  # the number is the place in the list
    for key in [*data, *card.blank.get(path, ())]:
        inner = (*path, key)
        if key not in known:
            hint = grammar.called(key, known) or nearest(key, known)
            yield Problem("unknown-key", card.where_key(inner), {"key": key, "hint": hint})
        elif key in data:
            yield from _entry(card, data[key], inner, kind, grammar)


def _entry(card: Card, value: object, path: Path_, kind: Kind, grammar: Grammar) -> Iterator[Problem]:
    """The problems of what stands under one key: a value or a card, or a list of them."""
    key = str(path[-1])
    items = [(path, value)]
    if key in kind.lists:
        if not isinstance(value, list) or not value:
            yield Problem("not-a-list", card.where(path), {"key": key})
            return
        items = [((*path, n), item) for n, item in enumerate(value)]
    said: set[object] = set()
    for place, item in items:
        if key in kind.children:
            yield from _card(card, item, place, grammar.kinds[kind.children[key]], grammar)
            continue
        yield from _value(card, item, place, key, grammar)
        if isinstance(item, str) and item in said:
            yield Problem("value-twice", card.where(place), {"key": key, "value": item})
        said.add(str(item))


def _value(card: Card, value: object, path: Path_, key: str, grammar: Grammar) -> Iterator[Problem]:
    if not isinstance(value, str) or not value.strip() or CONTROL.search(value):
        yield from _text(card, value, path, key)
    elif key == "id":
        if not _names(value, grammar):
            yield Problem("bad-id", card.where(path), {"value": value})
    elif grammar.meanings[key].coded:
        yield from _code(card, value, path, key, grammar)
    else:
        kind = grammar.meanings[key].datatype
        if kind in _LEXICAL and not _fits(kind, value):
            yield Problem("bad-value", card.where(path), {"value": value, "type": kind.rpartition("#")[2]})


def _fits(kind: str, value: str) -> bool:
    """Whether *value* has the form of the data type; a date must also be one of the calendar."""
    if not _LEXICAL[kind].fullmatch(value):
        return False
    try:
        return kind not in (XSD.date, XSD.dateTime) or bool(datetime.fromisoformat(value.removesuffix("Z")))
    except ValueError:
        return False


def _text(card: Card, value: object, path: Path_, key: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not value.strip():
        yield Problem("not-text", card.where(path), {"key": key})
    elif control := CONTROL.search(value):
        yield Problem("bad-character", card.where(path), {"character": f"U+{ord(control[0]):04X}"})


def _code(card: Card, value: str, path: Path_, key: str, grammar: Grammar) -> Iterator[Problem]:
    words = grammar.code_words(key)
    if words and value not in words:
        hint = grammar.labelled(value, words) or nearest(value, words)
        facts = {"value": value, "list": key, "hint": hint}
        yield Problem("unknown-code", card.where(path), facts)
    elif not words and not all(_names(part, grammar) for part in value.split("/")):
        yield Problem("bad-id", card.where(path), {"value": value})


def _names(text: str, grammar: Grammar) -> bool:
    return IDENTIFIER.fullmatch(text) is not None and text not in grammar.context
