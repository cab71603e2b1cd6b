"""What a table of mappings is made of, and the plan of its columns (``ontology/sssom.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.terms import BASE, PREFIXES, id_iri

#: Where the IRI of every study begins.
STUDY = id_iri("study", "")


@dataclass(frozen=True)
class Plan:
    """What a table of mappings may hold: IRIs of predicates and justifications, columns and keys with their property."""

    head: tuple[str, ...]
    required: tuple[str, ...]
    concepts: tuple[str, ...]
    studies: tuple[str, ...]
    justifications: tuple[str, ...]
    sets: Mapping[str, str]
    things: Mapping[str, str]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, base: Base) -> Plan:
        """Read the plan of *base*. Raises Damaged where it cannot be read."""
        path = base.ontology / "sssom.toml"
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls(
                head=tuple(told["head"]),
                required=tuple(told["required"]),
                concepts=tuple(map(expanded, told["concepts"])),
                studies=tuple(map(expanded, told["studies"])),
                justifications=tuple(map(expanded, told["justifications"])),
                sets=_properties(told["sets"]),
                things=_properties(told["things"]),
                texts=_properties(told["texts"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None

    @property
    def columns(self) -> list[str]:
        """Every column that a table may have."""
        return [*self.things, *self.texts]

    def predicates(self, subject: str) -> tuple[str, ...]:
        """The predicates that may stand behind *subject*: a study has others than a code."""
        return self.studies if subject.startswith(STUDY) else self.concepts


def _properties(words: Mapping[str, str]) -> dict[str, str]:
    return {key: expanded(word) for key, word in words.items()}


def expanded(word: str) -> str:
    """The IRI of a word of the plan, whose prefixes are those of the project's table.

    >>> expanded("skos:exactMatch")
    'http://www.w3.org/2004/02/skos/core#exactMatch'
    """
    prefix, _, local = word.partition(":")
    return PREFIXES[prefix] + local


@dataclass(frozen=True, slots=True)
class Link:
    """One mapping: subject, predicate and object as IRIs, the cells of its row by column, and where it stands."""

    subject: str
    predicate: str
    object: str
    cells: Mapping[str, str] = field(default_factory=dict)
    where: Where = field(default_factory=Where)

    @property
    def iri(self) -> str:
        """Its own IRI, made of what it ties: the same in whatever file and with whatever prefixes it stands.

        >>> Link(BASE + "code/unit/odds-ratio", PREFIXES["skos"] + "closeMatch", "http://example.org/o").iri
        'https://w3id.org/samtaler/id/mapping/unit/odds-ratio/closeMatch/http%3A%2F%2Fexample.org%2Fo'
        """
        mine = self.subject.removeprefix(BASE).removeprefix("code/").removeprefix("id/")
        name = self.predicate.rpartition("#")[2].rpartition("/")[2]
        return id_iri("mapping", f"{quote(mine, safe='/')}/{name}/{quote(self.object, safe='')}")


@dataclass(frozen=True, slots=True)
class LinkSet:
    """One table: its IRI, its licence, the other values of its head by key, its mappings."""

    iri: str
    license: str
    about: Mapping[str, str]
    links: tuple[Link, ...]
    file: str = ""
