"""What has changed in the data: the statements of two sides held against each other, told as cards and their keys.

Both sides are sorted, so each is read once, line by line; only what differs is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Grammar
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.release.sides import Side
from samtaler_kg.terms import BASE, RDF, SAM, graph_iri, short

_THINGS, _CODES = f"{BASE}id/", f"{BASE}code/"

#: What is not a card but a word of the ontology.
TERM = "term"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a card with its values before and after; *prop* is its property."""

    key: str
    prop: str
    before: Sequence[str]
    after: Sequence[str]

    def as_record(self) -> dict[str, Any]:
        """The key as a plain record."""
        return {"key": self.key, "before": list(self.before), "after": list(self.after)}


@dataclass(frozen=True, slots=True)
class Moved:
    """One card that is not what it was: ``added``, ``removed``, ``retracted``, ``reinstated`` or ``changed``.

    *of* is the study of a result; *events* is what its history says has happened since.
    """

    layer: str
    kind: str
    id: str
    what: str
    keys: Sequence[Key] = ()
    events: Sequence[Mapping[str, str]] = ()
    of: str = ""

    def as_record(self) -> dict[str, Any]:
        """The card as a plain record."""
        told = {"layer": self.layer, "kind": self.kind, "id": self.id, "what": self.what, "of": self.of or None}
        return {
            **told,
            "events": [dict(event) for event in self.events],
            "keys": [key.as_record() for key in self.keys],
        }


@dataclass
class Difference:
    """What differs between two sides: by graph how many statements came and went, and every card that moved."""

    came: Counter[str] = field(default_factory=Counter)
    went: Counter[str] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)


#: The statements about one card that only one side makes: inner path, property, value; those gone, those come.
_Said = tuple[str, str, Any]
_Sides = tuple[list[_Said], list[_Said]]


def difference(old: Side, new: Side, grammar: Grammar) -> Difference:
    """Every statement that only one of two sides makes, told as cards."""
    found = Difference()
    for layer in sorted({*old.layers, *new.layers}):
        lines = [side.layers[layer]() if layer in side.layers else iter(()) for side in (old, new)]
        found.moved += _moved(layer, differing(*lines), grammar, found)
    return found


def differing(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The lines that only one of two sorted inputs has, each with whether it is the new one.

    >>> list(differing([b"a", b"b", b"d"], [b"a", b"c", b"d"]))
    [(False, b'b'), (True, b'c')]
    """
    before, after = _sorted(old), _sorted(new)
    one, other = next(before, None), next(after, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(before, None), next(after, None)
        elif other is None or (one is not None and one < other):
            yield False, one or b""
            one = next(before, None)
        else:
            yield True, other
            other = next(after, None)


def _sorted(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line <= last:
            raise Refused(Problem("release-not-sorted", Where(), {"line": line.decode("utf-8", "replace").strip()}))
        yield line
        last = line


def _moved(layer: str, lines: Iterable[tuple[bool, bytes]], grammar: Grammar, found: Difference) -> list[Moved]:
    about: defaultdict[tuple[str, str], _Sides] = defaultdict(lambda: ([], []))
    retracted: dict[tuple[str, str], bool] = {}
    sorts: tuple[list[bytes], list[bytes]] = ([], [])
    for is_new, line in lines:
        sorts[is_new].append(line)
    for is_new in (False, True):
        for quad in ox.parse(b"".join(sorts[is_new]), format=ox.RdfFormat.N_QUADS):
            graph, subject = str(quad.graph_name.value), str(quad.subject.value)
            (found.came if is_new else found.went)[graph] += 1
            kind, name, inner = _place(subject)
            if graph == graph_iri(layer):
                about[kind, name][is_new].append((inner, quad.predicate.value, quad.object))
            elif quad.predicate.value == SAM.retracted:
                retracted[kind, name] = is_new
    words = Words(grammar)
    places = dict.fromkeys((*about, *retracted))
    return [_told(layer, place, about[place], retracted.get(place), words) for place in sorted(places)]


def _place(iri: str) -> tuple[str, str, str]:
    """Kind and identifier of the card that a thing belongs to, and where in the card it is.

    >>> _place("https://w3id.org/samtaler/id/result/x-r1/estimate")
    ('result', 'x-r1', 'estimate')
    >>> _place("https://w3id.org/samtaler/code/verdict/none")
    ('term', 'code/verdict/none', '')
    """
    if not iri.startswith(_THINGS):
        return TERM, iri.removeprefix(BASE) if iri.startswith(_CODES) else short(iri), ""
    kind, _, rest = iri.removeprefix(_THINGS).partition("/")
    name, _, inner = rest.partition("/")
    return kind, name, inner


def _told(layer: str, place: tuple[str, str], said: _Sides, retracted: bool | None, words: Words) -> Moved:
    gone, come = said
    there = [any(prop == RDF.type and not inner for inner, prop, _ in side) for side in said]
    what = {(True, False): "removed", (False, True): "added"}.get((there[0], there[1]), "changed")
    if retracted is not None and what == "changed":
        what = "retracted" if retracted else "reinstated"
    of = next((short(value.value) for _, prop, value in (*come, *gone) if prop == SAM.ofStudy), "")
    return Moved(layer, *place, what, tuple(words.keys(gone, come)), tuple(words.events(come)), of)


class Words:
    """From statements to the keys and words that cards are written with."""

    def __init__(self, grammar: Grammar) -> None:
        """Turn the meanings of keys round."""
        self.grammar = grammar
        known = grammar.meanings.items()
        self._by_prop = {(meaning.prop, meaning.language): key for key, meaning in known if not meaning.reverse}
        self._numbers = {kind.number for kind in grammar.kinds.values() if kind.number}

    def keys(self, gone: Iterable[_Said], come: Iterable[_Said]) -> Iterator[Key]:
        """The keys that differ, history apart, in the order of their names."""
        found: defaultdict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for n, side in enumerate((gone, come)):
            for inner, prop, value in side:
                key = self._key(inner, prop, value)
                if not self._structure(inner, prop, value):
                    found[key, prop][n].append(self._word(value))
        for (key, prop), (before, after) in sorted(found.items()):
            yield Key(key, prop, tuple(sorted(before)), tuple(sorted(after)))

    def _structure(self, inner: str, prop: str, value: Any) -> bool:
        """Whether a statement only ties a card together: its class, its parts and their numbers; or is its history."""
        if inner.startswith("event/") or prop in {RDF.type, SAM.ofStudy}:
            return True
        if isinstance(value, ox.NamedNode):
            return value.value.startswith(_THINGS) and bool(_place(value.value)[2])
        return bool(inner) and self._by_prop.get((prop, "")) in self._numbers

    def events(self, come: Iterable[_Said]) -> Iterator[Mapping[str, str]]:
        """What a card's history says has happened since, in its order."""
        steps: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for inner, prop, value in come:
            head, _, step = inner.partition("/")
            if head == "event" and step.isdigit() and prop != RDF.type:
                steps[int(step)][self._key("", prop, value)] = self._word(value)
        for _, event in sorted(steps.items()):
            yield {key: event[key] for key in ("event", "at", "by", "why") if key in event}

    def _key(self, inner: str, prop: str, value: Any) -> str:
        key = self._by_prop.get((prop, getattr(value, "language", None) or ""), short(prop))
        return ".".join([*inner.split("/"), key]) if inner else key

    def _word(self, value: Any) -> str:
        if not isinstance(value, ox.NamedNode):
            return str(value.value)
        concept = self.grammar.codes.concepts.get(value.value)
        return concept.notation if concept else short(value.value)
