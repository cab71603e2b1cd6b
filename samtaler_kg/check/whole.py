"""A whole base held against all its shapes and stored checks, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from samtaler_kg.build import checked
from samtaler_kg.cards import read as read_card
from samtaler_kg.check import entry, spots
from samtaler_kg.check.door import Door, subject
from samtaler_kg.check.engine import Finding, validate
from samtaler_kg.check.entry import Entry
from samtaler_kg.check.lookups import Loaded
from samtaler_kg.check.reach import MOST
from samtaler_kg.check.shapes import Shape
from samtaler_kg.graph import LAYERS, Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Where
from samtaler_kg.stores import Oxigraph
from samtaler_kg.terms import SH

#: The files that the nodes of the other layers come from.
_SOURCES = {
    "claim": "data/memo/claims.csv",
    "coding": "data/codings",
    "slot": "data/reconstruction/table.csv",
    "record": "data/reconstruction/table.csv",
    "mapping": "data/links",
    "mapping-set": "data/links",
}

Told = Callable[[str], None]


def check_base(base: Base, told: Told = lambda _: None) -> list[Problem]:
    """Every problem of a whole base, by file and place; *told* hears which layer is being checked.

    Raises Damaged where the base cannot be read.
    """
    graph = Graph(base)
    whole = _Whole(Door(base, graph, loaded(graph)))
    problems: list[Problem] = []
    for layer in LAYERS:
        if layer == "foreign":  # other bases are not held to the rules of this one
            continue
        told(layer)
        problems += whole.problems(layer)
    return sorted(problems, key=spots.order)


def loaded(graph: Graph) -> Loaded:
    """Look-ups in the coded layer, held in memory whole: a base that is checked whole asks for most of it."""
    layer = graph.layer("coded")
    if not isinstance(layer, Oxigraph):
        raise TypeError("checking looks up in pyoxigraph's store")
    return Loaded(layer.store)


def layer_triples(graph: Graph, layer: Layer) -> list[ox.Triple]:
    """The data set of a layer: what it says, the ontology, and the conclusions."""

    def parsed() -> list[ox.Triple]:
        return [
            quad.triple
            for path in graph.files(layer)
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)
        ]

    return graph.steady(parsed)


@dataclass
class _Whole:
    door: Door
    _cards: dict[str, Entry] = field(default_factory=dict)

    def problems(self, layer: Layer) -> Iterator[Problem]:
        """What the shapes and the stored checks find in a layer, each thing told once."""
        if self.door.graph is None:
            return
        triples = layer_triples(self.door.graph, layer)
        seen: set[str] = set()
        for finding in validate(triples, self.door.shapes.triples, self.door.prepared):
            for problem in self._told(finding):
                seen.add(problem.focus)
                yield problem
        yield from (problem for problem in checked(layer, triples, self.door.catalogue) if problem.focus not in seen)

    def _told(self, finding: Finding) -> Iterator[Problem]:
        shape, focus = self.door.shapes.by_iri[finding.shape], str(finding.focus.value)
        value = str(finding.value.value) if finding.value is not None else ""
        if self.door.acknowledged.reason(shape.iri, focus, value):
            return
        users = self._users(finding, shape)
        roots = sorted({root for iri in (focus, *map(subject, users)) if (root := self.door.stock.root(iri))})
        known = {iri: spot for root in roots for iri, spot in self._entry(root).spots.items()}
        teller = spots.Teller(known, users, self.door.grammar)
        other = self.door.other(value)
        if told := list(teller.tell(finding, shape, other)):
            yield from told
        else:
            where = Where(_SOURCES.get(focus.split("/")[5] if focus.count("/") > 4 else "", ""))
            yield spots.problem(finding, shape, where, "", other)

    def _users(self, finding: Finding, shape: Shape) -> list[ox.Triple]:
        """Where the code or key that a finding is about is used, MOST times at the most."""
        return [
            triple
            for way, prop in shape.targets
            if way == SH.targetObjectsOf
            for triple in islice(self.door.stock.lookups.saying(finding.focus, prop), MOST)
        ]

    def _entry(self, iri: str) -> Entry:
        """The card of the base about a study or trial, with its triples; an empty entry where it cannot be read."""
        if iri not in self._cards:
            file = self.door.stock.file(iri)
            card, _ = read_card(self.door.base.root / file, "trial" if "/trials/" in file else "study", file)
            self._cards[iri] = entry.read([card] if card else [], self.door.grammar)
        return self._cards[iri]
