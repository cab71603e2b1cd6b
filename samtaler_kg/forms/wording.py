"""How keys and codes are put to people: labels and definitions of the ontology, codes in groups."""

from __future__ import annotations

from collections.abc import Iterator

from samtaler_kg.cards import Grammar
from samtaler_kg.codes import Concept
from samtaler_kg.forms.columns import PARENT, Path
from samtaler_kg.words import Language, say

#: Keys whose property is of another vocabulary and has no words in the ontology: they stand in the text files.
WORDED = frozenset({"id", "title", "language", "label", "activity", "results", "members"})

#: Keys of which a form says more than the ontology: how the value is to be written.
_TOLD = frozenset({"authors", "data_period", "doi"})


def label(path: Path, grammar: Grammar, lang: Language) -> str:
    """What a key is called. A result's tie to its study is called as the study's own key."""
    key = "id" if path == PARENT else path[-1]
    if key in WORDED:
        return say(f"keys.{key}", lang)
    return grammar.codes.label(grammar.meanings[key].prop, lang) or key


def definition(path: Path, grammar: Grammar, lang: Language) -> str:
    """What a key is for."""
    key = "study_id" if path == PARENT else path[-1]
    if key in WORDED | _TOLD or path == PARENT:
        return say(f"new.about.{key}", lang)
    meaning = grammar.meanings[key]
    return grammar.codes.definitions.get(meaning.prop, {}).get(lang, "")


def concepts(key: str, grammar: Grammar) -> list[Concept]:
    """The codes that may stand under *key*, in the order of their list; [] where any text may."""
    if key not in grammar.meanings or not grammar.meanings[key].coded:
        return []
    words = grammar.code_words(key)
    return [grammar.codes.concepts[iri] for iri in words.values() if iri in grammar.codes.concepts]


def word(concept: Concept, key: str, grammar: Grammar) -> str:
    """What is written for a code under *key*: languages have words of their own."""
    return next(word for word, iri in grammar.code_words(key).items() if iri == concept.iri)


def grouped(key: str, grammar: Grammar, lang: Language) -> Iterator[tuple[str, list[Concept]]]:
    """The codes under *key* in groups, each with the name of what they fall under; "" for those under nothing."""
    groups: dict[str, list[Concept]] = {}
    for concept in concepts(key, grammar):
        groups.setdefault(concept.broader or concept.group, []).append(concept)
    for above, found in groups.items():
        yield (grammar.codes.label(above, lang) or "" if above else ""), found
