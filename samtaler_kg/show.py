"""One study, result, trial, claim, slot or record in words, with its sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Data, Grammar, Kind, from_triples
from samtaler_kg.cards.rdf import Index, index
from samtaler_kg.graph import CARD_LAYERS, Graph, Layer
from samtaler_kg.problems import Problem, Refused, nearest
from samtaler_kg.tables import cell
from samtaler_kg.terms import BASE, SAM, id_iri, short
from samtaler_kg.words import Language, say

#: The kinds that can be shown, by the layer that holds them.
KINDS: dict[Layer, tuple[str, ...]] = {
    "coded": ("study", "result", "trial", "coding"),
    "memo": ("claim",),
    "reconstructed": ("slot", "record"),
}


#: Keys whose property is not the project's own or points the other way: their labels stand in the text files.
_WORDED = {"id", "title", "language", "label", "activity", "at", "results", "members", "derived_from"}

#: Keys whose several values mean one of them, not all.
_EITHER = {"quality", "region", "period", "country", "mechanism", "verdict", "source"}

Derived = dict[str, list[ox.NamedNode | ox.Literal]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a description: how deep it stands, what it is about, and what is said."""

    depth: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Description:
    """A thing in words: its kind, IRI and layer, its card as plain data, and its lines."""

    kind: str
    iri: str
    layer: Layer
    data: Data
    derived: Derived
    lines: tuple[Line, ...]


def show(graph: Graph, name: str, lang: Language) -> Description:
    """Describe the thing called *name*: an id, kind/id, or a whole IRI. Raises Refused where nothing is called so."""
    return _Describer(graph, lang).describe(*_find(graph, name))


def _find(graph: Graph, name: str) -> tuple[Layer, str, str]:
    wanted = name.removeprefix(BASE + "id/")
    known: list[str] = []
    for layer in CARD_LAYERS:
        found = index(graph.triples(layer))
        for kind in KINDS[layer]:
            prefix = id_iri(kind, "")
            ids = {iri[len(prefix) :] for iri in found if iri.startswith(prefix) and "/" not in iri[len(prefix) :]}
            for candidate in (wanted, wanted.removeprefix(f"{kind}/")):
                if candidate in ids and (kind != "coding" or wanted.startswith("coding/")):
                    return layer, kind, candidate
            known += ids
    raise Refused(Problem("unknown-id", facts={"value": name, "hint": _near(wanted, known)}))


def _near(wanted: str, known: list[str]) -> str:
    inside = [name for name in known if wanted.lower() in name.lower()]
    return ", ".join(sorted(set(inside))[:5]) if inside else nearest(wanted, known)[:200]


class _Describer:
    def __init__(self, graph: Graph, lang: Language) -> None:
        self.graph = graph
        self.lang = lang
        self.grammar = Grammar.of(graph.base, graph.codes)

    def describe(self, layer: Layer, kind: str, name: str) -> Description:
        said = index(self.graph.triples(layer))
        iri = id_iri(kind, name)
        data = from_triples(iri, kind, said, self.grammar)
        derived = self._derived(layer, iri, data)
        lines = [*self._card(data, self.grammar.kinds[kind], 0), *self._conclusions(derived)]
        lines += self._around(kind, iri, said)
        return Description(kind, iri, layer, data, derived, tuple(lines))

    def _label(self, key: str) -> str:
        prop = self.grammar.meanings[key].prop if key in self.grammar.meanings else key
        return say(f"keys.{key}", self.lang) if key in _WORDED else self._named(prop)

    def _named(self, prop: str) -> str:
        return self.graph.codes.label(prop, self.lang) or short(prop)

    def _card(self, data: Data, kind: Kind, depth: int) -> Iterator[Line]:
        for key, value in data.items():
            label = self._label(key)
            if key in kind.children and key != "authors":
                yield Line(depth, label, "")
                inner = self.grammar.kinds[kind.children[key]]
                for child in value if isinstance(value, list) else [value]:
                    yield from self._card(child, inner, depth + 1)
                    if isinstance(value, list):
                        yield Line(depth + 1, "", "")
            else:
                yield Line(depth, label, self._text(key, value, data))

    def _text(self, key: str, value: Any, data: Data) -> str:
        if isinstance(value, list):
            between = say("show.either", self.lang) if key in _EITHER else "; "
            return between.join(self._text(key, part, data) for part in value)
        words = self.grammar.code_words(key) if key in self.grammar.meanings else {}
        text = self.graph.codes.label(words[value], self.lang) or value if value in words else str(value)
        mirror = {"url": "url_kind", "source_url": "source_kind"}.get(key, "")
        if data.get(mirror) == "mirror":
            text += " " + say("show.mirror", self.lang)
        return text

    def _derived(self, layer: Layer, iri: str, data: Data) -> Derived:
        """What rules concluded about the thing, by property, beyond what its card says itself."""
        said = {self.grammar.meanings[key].prop for key in data if key in self.grammar.meanings}
        found: Derived = {}
        for triple in self.graph.conclusions(layer):
            if triple.subject == ox.NamedNode(iri) and triple.predicate.value not in said:
                found.setdefault(triple.predicate.value, []).append(triple.object)  # type: ignore[arg-type]
        return found

    def _conclusions(self, derived: Derived) -> Iterator[Line]:
        if derived:
            yield Line(0, say("show.derived", self.lang), "")
        for prop, values in sorted(derived.items()):
            texts = sorted(cell(value, self.graph.codes, self.lang) for value in values)
            yield Line(1, self._named(prop), "; ".join(texts))

    def _around(self, kind: str, iri: str, said: Index) -> Iterator[Line]:
        """What ties the thing to others: a result's study, a claim's readings."""
        if kind == "result":
            for study in said[iri].get(SAM.ofStudy, []):
                yield Line(0, self._named(SAM.ofStudy), short(study.value))
        for link in said.get(iri, {}).get("^" + SAM.onClaim, []):
            card = from_triples(link.value, "reading", said, self.grammar)
            label = self._text("reading_kind", card["reading_kind"], card)
            yield Line(0, label, f"{card['evidence']}: {card['reason']}")

