"""The words of the ontology: code lists (``ontology/codes/*.ttl``) and the labels of its own terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.terms import RDFS, SAM, SKOS
from samtaler_kg.words import Language


@dataclass(slots=True)
class Concept:
    """One code: its IRI, the list it stands in, its notation, label and definition per language, what it falls under.

    ``broader`` is the code above it in its list, ``group`` a group of codes of another list (a country's region).
    """

    iri: str
    scheme: str = ""
    notation: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    broader: str = ""
    group: str = ""

    def label(self, lang: Language) -> str:
        """The label in *lang*, else the notation."""
        return self.labels.get(lang, self.notation)


@dataclass(frozen=True)
class CodeLists:
    """All concepts of a base by IRI, its lists by name, labels and definitions of classes and properties."""

    concepts: Mapping[str, Concept]
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    definitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def by_list(self) -> Mapping[str, Mapping[str, Concept]]:
        """Each list's concepts by notation; a list is named by the last part of its scheme's IRI."""
        lists: dict[str, dict[str, Concept]] = {}
        for concept in self.concepts.values():
            name = concept.scheme.rpartition("/")[2]
            lists.setdefault(name, {})[concept.notation] = concept
        return lists

    def label(self, iri: str, lang: Language) -> str | None:
        """The label of the concept, class or property *iri*, or None where the ontology has none."""
        concept = self.concepts.get(iri)
        return concept.label(lang) if concept else self.terms.get(iri, {}).get(lang)

    def under(self, vocabulary: str) -> Iterator[Concept]:
        """The concepts whose IRIs start with *vocabulary* (a ``@vocab`` of the card context)."""
        return (concept for iri, concept in self.concepts.items() if iri.startswith(vocabulary))


def read(base: Base) -> CodeLists:
    """Read every code list of *base*. Raises Damaged where the folder is empty or a file is not Turtle."""
    files = sorted((base.ontology / "codes").glob("*.ttl"))
    if not files:
        raise Damaged(Problem("no-base", Where(str(base.root))))
    concepts: dict[str, Concept] = {}
    for path in files:
        for quad in _parsed(path):
            _take(quad, concepts)
    terms: dict[str, dict[str, str]] = {}
    definitions: dict[str, dict[str, str]] = {}
    said = {RDFS.label: terms, SKOS.definition: definitions}
    for quad in _parsed(base.ontology / "samtaler.ttl"):
        value, found = quad.object, said.get(quad.predicate.value)
        if found is not None and isinstance(value, ox.Literal) and value.language:
            found.setdefault(str(quad.subject.value), {})[value.language] = value.value  # type: ignore[union-attr]
    return CodeLists({iri: concept for iri, concept in concepts.items() if concept.scheme}, terms, definitions)


#: What ties a concept to its list, to the code above it and to its group, by predicate.
_LINKS = {
    SKOS.inScheme: "scheme",
    SKOS.broader: "broader",
    SAM.inRegion: "group",
    SAM.inOutcomeGroup: "group",
}


def _parsed(path: Path) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except (SyntaxError, OSError) as error:
        raise Damaged(Problem("unreadable-rdf", Where(str(path)), {"reason": error})) from None


def _take(quad: ox.Quad, concepts: dict[str, Concept]) -> None:
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    if not isinstance(subject, ox.NamedNode):
        return
    concept = concepts.setdefault(subject.value, Concept(subject.value))
    if isinstance(value, ox.NamedNode):
        if name := _LINKS.get(predicate):
            setattr(concept, name, value.value)
    elif isinstance(value, ox.Literal):
        if predicate == SKOS.notation:
            concept.notation = value.value
        elif predicate == SKOS.prefLabel and value.language:
            concept.labels[value.language] = value.value
        elif predicate == SKOS.definition and value.language:
            concept.definitions[value.language] = value.value


