"""The card that waits to be filled in: YAML with every key, what it is for and its codes, in the reader's language."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping

from samtaler_kg.cards import Data, Grammar, Kind, as_text
from samtaler_kg.forms.wording import concepts, definition, grouped, label, word
from samtaler_kg.words import Language, say

#: Columns of a comment, and codes of a list up to which each is told with its definition.
WIDE, FEW = 110, 7

#: Keys that only the product itself fills in.
OWN = frozenset({"history"})

#: Letters that lose more than an accent in an identifier.
_FOLDED = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "þ": "th", "ð": "d"}
)


def as_form(data: Data, grammar: Grammar, lang: Language, left: Mapping[str, str] | None = None) -> str:
    """The YAML of a study with a comment above each key; what *data* holds is filled in, the rest is empty.

    *left* is what a reference says under a key without it being certain: it is told beside the key.
    """
    lines = say("new.card", lang).strip().split("\n")
    head = [part for line in lines for part in _wrapped(line, WIDE, then="") or ["#"]]
    writing = _Writing(grammar, lang, left or {})
    return "\n".join([*head, *writing.keys(grammar.kinds["study"], data, "")]) + "\n"


class _Writing:
    """The lines of one form."""

    def __init__(self, grammar: Grammar, lang: Language, left: Mapping[str, str]) -> None:
        self.grammar = grammar
        self.lang = lang
        self.left = left

    def keys(self, kind: Kind, data: Data, indent: str) -> Iterator[str]:
        """Every key of a card of *kind*."""
        for key in kind.keys:
            if key in OWN or key == kind.number:
                continue
            yield ""
            yield from (f"{indent}{line}" for line in self._comment(kind, key, len(indent)))
            if key in data:
                yield from (indent + line for line in as_text({key: data[key]}, kind.name, self.grammar).splitlines())
                continue
            yield f"{indent}{key}:"
            child = self.grammar.kinds[kind.children[key]] if key in kind.children else None
            if child is not None and not child.bare:
                several = key in kind.lists
                if several:
                    yield f"{indent}  -"
                yield from self.keys(child, {}, indent + "    " if several else indent + "  ")

    def _comment(self, kind: Kind, key: str, indent: int) -> Iterator[str]:
        width = WIDE - indent
        mark = f" {say('new.required', self.lang)}" if key in kind.needed else ""
        meant = definition((key,), self.grammar, self.lang)
        name = label((key,), self.grammar, self.lang)
        yield from _wrapped(f"{name[:1].upper()}{name[1:]}{mark}: {meant}", width)
        if key in kind.lists and not (key in kind.children and not self.grammar.kinds[kind.children[key]].bare):
            yield from _wrapped(say("new.list", self.lang), width)
        if key in self.left:
            yield from _wrapped(say("new.reference", self.lang, value=self.left[key]), width)
        yield from self._codes(key, width)

    def _codes(self, key: str, width: int) -> Iterator[str]:
        """The codes of a key: few with what they mean, many by groups with their labels."""
        found = concepts(key, self.grammar)
        if len(found) <= FEW:
            for concept in found:
                meant = concept.definitions.get(self.lang, "")
                text = f"{word(concept, key, self.grammar)} ({concept.label(self.lang)})"
                yield from _wrapped(f"{text}: {meant}" if meant else text, width, "  ", "      ")
            return
        for above, codes in grouped(key, self.grammar, self.lang):
            texts = [f"{word(concept, key, self.grammar)} ({concept.label(self.lang)})" for concept in codes]
            yield from _wrapped(f"{above}: " * bool(above) + "; ".join(texts), width, "  ", "      ")


def _wrapped(text: str, width: int, first: str = "", then: str = "  ") -> list[str]:
    wrapper = textwrap.TextWrapper(
        width,
        initial_indent=f"# {first}",
        subsequent_indent=f"# {then}",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.wrap(" ".join(text.split()))


def proposed_id(data: Data) -> str:
    """An identifier from the first author's family name, the year and the title; empty where none can be made.

    >>> proposed_id({"authors": ["Sørensen, Bo"], "year": "2015", "title": "The effect of early meetings"})
    'soerensen-2015-effect-early-meetings'
    """
    family = str((data.get("authors") or [""])[0]).partition(",")[0]
    words = [part for part in re.findall(r"\w+", _plain(str(data.get("title", "")))) if len(part) > 3]
    parts = [*re.findall("[a-z0-9]+", _plain(family)), *re.findall("[0-9]+", str(data.get("year", ""))), *words[:3]]
    return "-".join(parts)[:80].strip("-")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED))
    return "".join(letter for letter in folded if letter.isascii())
