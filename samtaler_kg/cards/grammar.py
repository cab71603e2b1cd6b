"""What a card may say: kinds and keys from ``ontology/card.toml``, meanings from its ``context.jsonld``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from samtaler_kg.codes import CodeLists
from samtaler_kg.codes import read as read_codes
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of card, as ``card.toml`` declares it."""

    name: str
    cls: str
    iri: str
    keys: tuple[str, ...]
    required: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    children: Mapping[str, str] = field(default_factory=dict)
    bare: str = ""
    number: str = ""
    demanded: frozenset[str] = frozenset()

    @property
    def needed(self) -> frozenset[str]:
        """The keys that a card must have to be taken in."""
        return self.required | self.demanded


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the context says of a key: property, whether it points the other way, data type, codes by word."""

    prop: str
    reverse: bool = False
    datatype: str = ""
    language: str = ""
    coded: bool = False
    vocabulary: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grammar:
    """Everything that reading, checking and writing cards needs to know of a base."""

    kinds: Mapping[str, Kind] = field(repr=False)
    meanings: Mapping[str, Meaning] = field(repr=False)
    codes: CodeLists = field(repr=False)
    context: Mapping[str, Any] = field(repr=False)

    def code_words(self, key: str) -> Mapping[str, str]:
        """The words that may stand under the coded *key*, each with its concept's IRI; {} without a list."""
        return self._words.get(key, {})

    def labelled(self, text: str, words: Mapping[str, str]) -> str:
        """The word whose concept, class or property is labelled *text* in some language; empty where none is.

        *words* gives the IRI of each word.
        """
        for word, iri in words.items():
            concept = self.codes.concepts.get(iri)
            labels = concept.labels if concept else self.codes.terms.get(iri, {})
            if text.strip().casefold() in (label.casefold() for label in labels.values()):
                return word
        return ""

    def called(self, text: str, keys: Iterable[str]) -> str:
        """The key of *keys* whose property is labelled *text* in some language; empty where none is."""
        return self.labelled(text, {key: self.meanings[key].prop for key in keys if key in self.meanings})

    @cached_property
    def _words(self) -> Mapping[str, Mapping[str, str]]:
        return {
            key: {concept.notation: concept.iri for concept in self.codes.under(meaning.vocabulary)}
            if meaning.vocabulary
            else meaning.words
            for key, meaning in self.meanings.items()
        }

    @classmethod
    def of(cls, base: Base, codes: CodeLists | None = None) -> Grammar:
        """Read kinds, context and code lists of *base*. Raises Damaged where one cannot be read."""
        card, context = base.ontology / "card.toml", base.ontology / "context.jsonld"
        codes = codes or read_codes(base)
        try:
            plan = tomllib.loads(card.read_text(encoding="utf-8"))
            terms = json.loads(context.read_text(encoding="utf-8"))["@context"]
            kinds = {name: _kind(name, entry) for name, entry in plan.items()}
            meanings = {key: _meaning(entry, terms) for key, entry in terms.items() if isinstance(entry, dict)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            where = Where(str(getattr(error, "filename", None) or base.ontology))
            raise Damaged(Problem("unreadable-file", where, {"reason": error})) from None
        return cls(kinds, meanings, codes, terms)


def _kind(name: str, entry: Mapping[str, Any]) -> Kind:
    return Kind(
        name,
        entry["class"],
        entry["iri"],
        tuple(entry["keys"]),
        frozenset(entry.get("required", ())),
        frozenset(entry.get("lists", ())),
        entry.get("children", {}),
        entry.get("bare", ""),
        entry.get("number", ""),
        frozenset(entry.get("demanded", ())),
    )


def _meaning(entry: Mapping[str, Any], terms: Mapping[str, Any]) -> Meaning:
    scoped = entry.get("@context", {})
    kind = entry.get("@type", "")
    return Meaning(
        prop=_expand(entry.get("@id") or entry["@reverse"], terms),
        reverse="@reverse" in entry,
        datatype="" if kind == "@vocab" else _expand(kind, terms),
        language=entry.get("@language", ""),
        coded=kind == "@vocab",
        vocabulary=scoped.get("@vocab", ""),
        words={word: iri for word, iri in scoped.items() if not word.startswith("@")},
    )


def _expand(name: str, terms: Mapping[str, Any]) -> str:
    prefix, colon, local = name.partition(":")
    return f"{terms[prefix]}{local}" if colon and prefix in terms else name
