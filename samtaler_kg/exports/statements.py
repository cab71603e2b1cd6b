"""Triples as they are said, one statement a line of code, written as Turtle in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

from samtaler_kg.exports.vocabularies import EXPORT_PREFIXES
from samtaler_kg.stores import serialized
from samtaler_kg.terms import RDF, XSD
from samtaler_kg.words import LANGUAGES, Language, say

Plain = str | int | bool | Decimal | ox.Literal


@dataclass
class Statements:
    """A set of triples that grows. Every subject is an IRI: nothing that is exported is a blank node."""

    triples: set[ox.Triple] = field(default_factory=set)

    def say(self, subject: str, predicate: str, *objects: str) -> None:
        """The subject stands to each of the *objects*, IRIs all."""
        for iri in objects:
            self._add(subject, predicate, ox.NamedNode(iri))

    def kind(self, subject: str, *classes: str) -> None:
        """The subject is of these classes."""
        self.say(subject, RDF.type, *classes)

    def tell(self, subject: str, predicate: str, text: Mapping[str, str] | Mapping[Language, str]) -> None:
        """The subject has a text in each language."""
        for lang in LANGUAGES:
            self._add(subject, predicate, ox.Literal(text[lang], language=lang))

    def value(self, subject: str, predicate: str, value: Plain, datatype: str = "") -> None:
        """The subject has a plain value; of *datatype* where it is given."""
        literal = value if isinstance(value, ox.Literal) else _literal(value, datatype)
        self._add(subject, predicate, literal)

    def listed(self, stem: str, *items: str) -> str:
        """An RDF list of IRIs, its nodes named below *stem*; its head."""
        nodes = [f"{stem}/{n}" for n in range(1, len(items) + 1)]
        for node, item, rest in zip(nodes, items, [*nodes[1:], RDF.nil], strict=True):
            self.say(node, RDF.first, item)
            self.say(node, RDF.rest, rest)
        return nodes[0] if nodes else RDF.nil

    def turtle(self) -> bytes:
        """The triples as Turtle, sorted, with the prefixes that occur."""
        used = " ".join({str(term) for triple in self.triples for term in triple})
        prefixes = {name: base for name, base in EXPORT_PREFIXES.items() if base in used}
        return serialized(sorted(self.triples, key=str), ox.RdfFormat.TURTLE, prefixes)

    def _add(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        self.triples.add(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value))


def remarks(keys: Iterable[str]) -> bytes:
    """The texts with these keys as remarks at the head of a file, in every language."""
    return "".join(f"# {say(key, lang)}\n" for key in keys for lang in LANGUAGES).encode()


def _literal(value: str | int | bool | Decimal, datatype: str) -> ox.Literal:
    kinds: Mapping[type, str] = {bool: XSD.boolean, int: XSD.integer, Decimal: XSD.decimal, str: XSD.string}
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return ox.Literal(text, datatype=ox.NamedNode(datatype or kinds[type(value)]))
