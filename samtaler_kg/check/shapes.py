"""The shapes of a base as data: what each looks at, which rule it holds, how it says to mend, how grave it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Severity, Where
from samtaler_kg.sources import shown, turtle
from samtaler_kg.stores import Term
from samtaler_kg.terms import BASE, PREFIXES, RDFS, SH
from samtaler_kg.words import LANGUAGES

#: Where the IRI of every shape begins.
SHAPE = BASE + "shape/"

#: The severities of SHACL as those of a problem.
SEVERITIES = {SH.Violation: Severity.BLOCKS, SH.Warning: Severity.WARNS, SH.Info: Severity.INFORMS}

#: The ways in which a shape says what it looks at.
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)

_FIXTURE_ONLY = PREFIXES["sam"] + "fixtureOnly"


@dataclass(frozen=True)
class Shape:
    """One shape: what is said of it by predicate, and the file it stands in."""

    iri: str
    file: str
    about: Mapping[str, list[Term]]
    select: str = ""

    @property
    def name(self) -> str:
        """The last part of its IRI."""
        return self.iri.removeprefix(SHAPE)

    @property
    def path(self) -> str:
        """The property that it looks at; empty where it looks at the thing itself."""
        return self.one(SH.path)

    @property
    def severity(self) -> Severity:
        """What breaking it does."""
        return SEVERITIES[self.one(SH.severity)]

    @property
    def rule(self) -> dict[str, str]:
        """The rule that it holds, by language."""
        return self._texts(RDFS.label)

    @property
    def mend(self) -> dict[str, str]:
        """How to mend what breaks it, by language."""
        return self._texts(SH.message)

    @property
    def fixture_only(self) -> dict[str, str]:
        """Why no stored data can meet it, by language; empty where they can."""
        return self._texts(_FIXTURE_ONLY)

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        """What it looks at: pairs of the way and the class or property."""
        for way in TARGETS:
            for term in self.about.get(way, ()):
                yield way, str(term.value)

    def one(self, predicate: str) -> str:
        """The value of *predicate*, empty where it has none."""
        return str(self.about[predicate][0].value) if predicate in self.about else ""

    def _texts(self, predicate: str) -> dict[str, str]:
        found = (term for term in self.about.get(predicate, ()) if isinstance(term, ox.Literal))
        return {term.language or "": term.value for term in found}


@dataclass(frozen=True)
class Shapes:
    """All shapes of a base by IRI, and every triple of their files."""

    by_iri: Mapping[str, Shape]
    triples: tuple[ox.Triple, ...]

    @cached_property
    def about(self) -> Mapping[str, list[ox.Triple]]:
        """The triples by subject."""
        found: dict[str, list[ox.Triple]] = {}
        for triple in self.triples:
            found.setdefault(str(triple.subject.value), []).append(triple)  # type: ignore[union-attr]
        return found

    @cached_property
    def declared(self) -> list[ox.Triple]:
        """What is said of the prefixes of the shapes' queries."""
        heads = {str(t.subject.value) for t in self.triples if t.predicate.value == SH.declare}  # type: ignore[union-attr]
        names = heads | {str(t.object.value) for iri in heads for t in self.about[iri]}  # type: ignore[union-attr]
        return [triple for iri in sorted(names) for triple in self.about[iri]]

    def aimed(self, focus: Mapping[str, Iterable[Term]]) -> Iterator[ox.Triple]:
        """The shapes that *focus* names, each looking at the nodes given for it and at nothing else."""
        yield from self.declared
        for iri, nodes in focus.items():
            for triple in self.about[iri]:
                if triple.predicate.value not in TARGETS:
                    yield triple
                if triple.predicate.value == SH.sparql:
                    yield from self.about[str(triple.object.value)]  # type: ignore[union-attr]
            for node in nodes:
                yield ox.Triple(ox.NamedNode(iri), ox.NamedNode(SH.targetNode), node)


def read(base: Base) -> Shapes:
    """Read the shapes of *base*.

    Raises Damaged where a file is not Turtle, holds a blank node, or a shape lacks its severity, rule or messages.
    """
    shapes: dict[str, Shape] = {}
    triples: list[ox.Triple] = []
    for path in sorted((base.ontology / "shapes").glob("*.ttl")):
        found = turtle(base, path)
        triples += found
        shapes |= {shape.iri: shape for shape in _shapes(found, path.stem)}
        for shape in shapes.values():
            if not _whole(shape):
                reason = f"the shape {shape.name} lacks its severity, its rule or a message in Danish or English"
                raise Damaged(Problem("unreadable-rdf", Where(shown(base, path)), {"reason": reason}))
    return Shapes(dict(sorted(shapes.items())), tuple(triples))


def _shapes(triples: Iterable[ox.Triple], file: str) -> Iterator[Shape]:
    about: dict[str, dict[str, list[Term]]] = {}
    for triple in triples:
        said = about.setdefault(str(triple.subject.value), {})  # type: ignore[union-attr]
        said.setdefault(triple.predicate.value, []).append(triple.object)  # type: ignore[arg-type]
    for iri, said in about.items():
        if SH.severity in said:
            queries = [about[str(node.value)][SH.select] for node in said.get(SH.sparql, ())]
            yield Shape(iri, file, said, str(queries[0][0].value) if queries else "")


def _whole(shape: Shape) -> bool:
    told = (shape.rule, shape.mend)
    return shape.one(SH.severity) in SEVERITIES and all(set(texts) == set(LANGUAGES) for texts in told)
