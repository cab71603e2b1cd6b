"""What columns and tables are called and what they are for, in Danish and English, as the ontology says."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from samtaler_kg.cards import Grammar
from samtaler_kg.forms import wording
from samtaler_kg.places import Base
from samtaler_kg.sources import turtle
from samtaler_kg.terms import DCTERMS, PREFIXES
from samtaler_kg.words import LANGUAGES, Language, say

#: A text in each language.
Worded = Mapping[Language, str]

#: Keys of other vocabularies that only an export has a column for.
_BESIDES = frozenset({"at", "derived_from"})


def title(key: str, grammar: Grammar) -> Worded:
    """What a key is called."""
    if key in _BESIDES:
        return {lang: say(f"keys.{key}", lang) for lang in LANGUAGES}
    return {lang: wording.label((key,), grammar, lang) for lang in LANGUAGES}


def definition(key: str, grammar: Grammar) -> Worded:
    """What a key is for; empty where the ontology does not say."""
    if key in wording.WORDED or key == "id":
        return {}
    return grammar.codes.definitions.get(grammar.meanings[key].prop, {})  # type: ignore[return-value]


def identifier(cls: str, grammar: Grammar) -> Worded:
    """What the identifier of a class of things is called."""
    return {lang: f"{named(cls, grammar)[lang]}: {say('keys.id', lang)}" for lang in LANGUAGES}


def named(term: str, grammar: Grammar) -> Worded:
    """The label of a class or property of the ontology; its name where it has none."""
    iri = term if ":" in term else PREFIXES["sam"] + term
    return {lang: grammar.codes.label(iri, lang) or term for lang in LANGUAGES}


def defined(term: str, grammar: Grammar) -> Worded:
    """The definition of a class or property of the ontology; empty where it has none."""
    iri = term if ":" in term else PREFIXES["sam"] + term
    return grammar.codes.definitions.get(iri, {})  # type: ignore[return-value]


def lists(base: Base) -> Mapping[str, Worded]:
    """What each code list is called."""
    found: dict[str, dict[Language, str]] = {}
    for path in sorted((base.ontology / "codes").glob("*.ttl")):
        for subject, predicate, value in turtle(base, path):
            if predicate.value == DCTERMS.title and isinstance(value, ox.Literal) and value.language in LANGUAGES:
                lang: Language = "da" if value.language == "da" else "en"
                found.setdefault(str(subject).strip("<>").rpartition("/")[2], {})[lang] = value.value
    return found
