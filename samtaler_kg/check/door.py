"""One base, opened for checking: its shapes, codes and layer are read once, each entry is checked in constant time.

An entry is checked on a slice: what the shapes can reach from its nodes, in the entry itself with what the rules
conclude from it, and in the base. The shapes look at the nodes of the entry, and at the nodes of the base that refer to
them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyoxigraph as ox

from samtaler_kg.build import checked
from samtaler_kg.cards import Card, Grammar
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.check import acknowledged, entry, reach, shapes, spots, standing
from samtaler_kg.check.engine import SHARED, Finding, Prepared, validate
from samtaler_kg.check.entry import Entry, Spot
from samtaler_kg.check.lookups import Loaded, Lookups, Stored
from samtaler_kg.check.reach import Slice, View
from samtaler_kg.check.stock import Stock
from samtaler_kg.derive import derive
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Severity
from samtaler_kg.sources import turtle
from samtaler_kg.stores import Term
from samtaler_kg.terms import BASE, RDF, SH

#: The kinds of card whose names may stand once in a base.
_NAMED = ("study", "result")

#: The nodes that shapes are to look at, by shape.
Focus = dict[str, list[Term]]


@dataclass(frozen=True)
class Looked:
    """What was found about an entry, which nodes of the base it replaces, its own triples, the size of the slice."""

    findings: Sequence[Finding]
    replaced: set[str]
    mine: Sequence[ox.Triple]
    size: int


@dataclass
class Door:
    """What checking needs of a base. With a *graph*, entries are held against what the base has already.

    What is there is looked up in the files of the graph, or in *lookups* where they are given.
    """

    base: Base
    graph: Graph | None = None
    lookups: Lookups | None = None
    prepared: Prepared = field(default_factory=lambda: SHARED, repr=False)
    _ways: dict[str, tuple[reach.Step, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def grammar(self) -> Grammar:
        """What a card may say."""
        return Grammar.of(self.base)

    @cached_property
    def shapes(self) -> shapes.Shapes:
        """The shapes of the base."""
        return shapes.read(self.base)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The stored rules and checks of the base."""
        return Catalogue(self.base)

    @cached_property
    def ontology(self) -> list[ox.Triple]:
        """Classes, properties, codes."""
        files = [*self.base.ontology.glob("*.ttl"), *self.base.ontology.glob("codes/*.ttl")]
        return [triple for path in sorted(files) for triple in turtle(self.base, path)]

    @cached_property
    def stock(self) -> Stock:
        """The coded layer with ontology and conclusions; the ontology alone where there is no graph."""
        words = Loaded(store_of(self.ontology))
        found = words if self.graph is None else Stored(self.graph, words)
        return Stock(self.base, self.lookups or found)

    @cached_property
    def acknowledged(self) -> acknowledged.Acknowledged:
        """The pairs that were looked at already."""
        return acknowledged.read(self.base)

    def check(self, cards: Sequence[Card]) -> list[Problem]:
        """Every problem of *cards*, by file and place. Raises Damaged where the built graph is."""
        return self.graph.steady(lambda: self._check(cards)) if self.graph else self._check(cards)

    def _check(self, cards: Sequence[Card]) -> list[Problem]:
        try:
            return self._found(entry.read(cards, self.grammar))
        finally:
            self.stock.lookups.close()

    def _found(self, read: Entry) -> list[Problem]:
        taken = list(self._taken(read))
        found = [*read.problems, *taken]
        if self.graph and not any(problem.severity is Severity.BLOCKS for problem in found):
            found += standing.differences(self.base, [card for card in read.cards if not self._in_place(card)])
        if read.triples:
            found = merged(found, [problem for problem in self._ruled(read) if not _follows(problem, taken)])
        return sorted(found, key=spots.order)

    def _taken(self, read: Entry) -> Iterator[Problem]:
        """Studies and results with the name of one of the base in another file. A card of a trial may extend one."""
        replaced = self._replaced(read)
        for iri, spot in read.spots.items():
            known = spot.kind.name in _NAMED and self.stock.has(iri)
            if known and (iri not in replaced or (not spot.path and not self._stored(iri, spot))):
                facts = {"value": iri.rpartition("/")[2]}
                yield Problem("name-taken", spot.card.where((*spot.path, "id")), facts, focus=iri)

    def _in_place(self, card: Card) -> bool:
        """Whether a card is the file of the base about its study or trial."""
        return self.stock.is_file(f"{BASE}id/{card.kind}/{card.data.get('id')}", card.file)

    def _stored(self, iri: str, spot: Spot) -> bool:
        """Whether a card is the file of the base about *iri*."""
        return self.stock.is_file(iri, spot.card.file)

    def _replaced(self, read: Entry) -> set[str]:
        """The nodes of the base that the cards of an entry take the place of."""
        cards = {iri: spot for iri, spot in read.spots.items() if not spot.path}
        mended = [iri for iri, spot in cards.items() if spot.card.kind == "study" or self._stored(iri, spot)]
        return {node for iri in mended for node in self.stock.parts(iri)}

    def _ruled(self, read: Entry) -> Iterator[Problem]:
        """What the shapes and the stored checks find, in words."""
        looked = self.look(read)
        told = list(self.told(looked, read))
        yield from told
        if not any(problem.severity is Severity.BLOCKS for problem in [*read.problems, *told]):
            yield from self._checked(read, looked.mine)

    def look(self, read: Entry) -> Looked:
        """What the shapes find about the nodes of an entry and about those that refer to them."""
        concluded = derive("coded", [*self.ontology, *read.triples], self.catalogue)
        mine = [*read.triples, *(t for made in concluded.values() for t in made if subject(t) in read.spots)]
        replaced = self._replaced(read)
        around = self.stock.around(replaced | set(read.spots), replaced | set(read.spots))
        focus = self._focus(mine)
        others = self._focus((triple for said in around.values() for triple in said), around)
        piece = Slice(View(Loaded(store_of(mine)), self.stock.lookups, frozenset(replaced)))
        for nodes in (focus, others):
            for iri, terms in nodes.items():
                piece.take(self._way(iri), terms)
        findings = validate(piece.triples, self.shapes.aimed(_joined(focus, others)), self.prepared)
        return Looked(findings, replaced, mine, len(piece.triples))

    def _checked(self, read: Entry, mine: Iterable[ox.Triple]) -> Iterator[Problem]:
        """What the stored checks find where nothing else blocks: most say again what a shape says better."""
        for found in checked("coded", [*self.ontology, *mine], self.catalogue):
            if found.focus in read.spots:
                spot = read.spots[found.focus]
                yield replace(found, where=spot.card.where(spot.path))

    def _way(self, iri: str) -> tuple[reach.Step, ...]:
        """How to reach what a shape looks at."""
        if iri not in self._ways:
            self._ways[iri] = reach.steps(self.shapes.by_iri[iri])
        return self._ways[iri]

    def _focus(self, triples: Iterable[ox.Triple], only: Iterable[str] | None = None) -> Focus:
        """The nodes of *triples* that each shape looks at; of these *only* those named, where names are given."""
        by: dict[tuple[str, str], set[Term]] = {}
        for triple in triples:
            prop = triple.predicate.value
            by.setdefault((SH.targetSubjectsOf, prop), set()).add(triple.subject)  # type: ignore[arg-type]
            by.setdefault((SH.targetObjectsOf, prop), set()).add(triple.object)  # type: ignore[arg-type]
            if prop == RDF.type:
                kind = str(triple.object.value)  # type: ignore[union-attr]
                by.setdefault((SH.targetClass, kind), set()).add(triple.subject)  # type: ignore[arg-type]
        names = None if only is None else set(only)
        found: Focus = {}
        for iri, shape in self.shapes.by_iri.items():
            nodes = {node for target in shape.targets for node in by.get(target, ())}
            if chosen := sorted((node for node in nodes if names is None or str(node.value) in names), key=str):
                found[iri] = chosen
        return found

    def told(self, looked: Looked, read: Entry) -> Iterator[Problem]:
        """The findings about the nodes of *read* in words; of others those that name nodes it brings or takes away."""
        teller = spots.Teller(read.spots, looked.mine, self.grammar)
        moved = {*looked.replaced, *read.spots}
        for finding in looked.findings:
            shape = self.shapes.by_iri[finding.shape]
            value = str(finding.value.value) if finding.value is not None else ""
            if self.acknowledged.reason(shape.iri, str(finding.focus.value), value):
                continue
            other = self.other(value, read.spots)
            told = list(teller.tell(finding, shape, other))
            yield from told
            if not told and value in moved:
                yield spots.knock_on(finding, shape, read.cards[0].where(()))

    def other(self, value: str, brought: Container[str] = ()) -> str:
        """The study or result that a finding names, described; empty where it names none that is there or *brought*."""
        named = value.startswith((BASE + "id/study/", BASE + "id/result/")) and "/author/" not in value
        return self.stock.described(value) if named and (value in brought or self.stock.has(value)) else ""


def _follows(problem: Problem, taken: Sequence[Problem]) -> bool:
    """Whether a thing has several values only because another thing has its name."""
    return problem.name == "shape-too-many" and any(problem.focus == other.focus for other in taken)


def merged(form: list[Problem], ruled: list[Problem]) -> list[Problem]:
    """Both kinds of problem, one at each place: the rule speaks of what is missing, the form of what is misspelt."""
    by_place = {spots.same_place(problem): problem for problem in reversed(ruled)}
    kept: list[Problem] = []
    told: set[tuple[str, str]] = set()
    for problem in form:
        place = spots.same_place(problem)
        rule = by_place.get(place)
        if problem.name == "missing-key" and rule is not None:
            continue
        told.add(place)
        kept.append(replace(problem, shape=rule.shape, focus=rule.focus) if rule is not None else problem)
    return [*kept, *(p for p in ruled if spots.same_place(p) not in told or p.severity is not Severity.BLOCKS)]


def _joined(one: Focus, other: Focus) -> Focus:
    return {iri: [*one.get(iri, ()), *other.get(iri, ())] for iri in sorted({*one, *other})}


def store_of(triples: Iterable[ox.Triple]) -> ox.Store:
    """A new store with *triples*."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    return store


def subject(triple: ox.Triple) -> str:
    """The subject's IRI."""
    return str(triple.subject.value)  # type: ignore[union-attr]
