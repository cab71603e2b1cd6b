"""What cards, keys, codes and rules are called in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from samtaler_kg import places
from samtaler_kg.cards import Grammar
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.count import read_rules
from samtaler_kg.places import Base
from samtaler_kg.words import Language, say

#: Characters of a value that are told.
LONGEST = 200

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def md(value: object) -> str:
    r"""A value as text that means nothing to Markdown and stands on one line; cut where nobody would read on.

    >>> md("a *b*\n<c>")
    'a \\*b\\* \\<c\\>'
    """
    line = " ".join(str(value).split())
    line = "".join(character for character in line if character.isprintable())
    cut = f"{line[:LONGEST]}…" if len(line) > LONGEST else line
    return _MARKS.sub(r"\\\1", cut)


class Names:
    """The names that a base gives; those of the shipped base where there is none."""

    def __init__(self, base: Base | None, lang: Language) -> None:
        """Read nothing before it is asked for."""
        self.base = base or places.shipped()
        self.lang = lang

    @cached_property
    def grammar(self) -> Grammar:
        """The keys and codes of the base."""
        return Grammar.of(self.base)

    @cached_property
    def _rules(self) -> Mapping[str, Any]:
        return read_rules(self.base)

    def _known(self, key: str, otherwise: str) -> str:
        """The text with the *key*, where there is one."""
        try:
            return say(key, self.lang)
        except KeyError:
            return md(otherwise)

    def kind(self, kind: str) -> str:
        """Cards of a kind, in the plural."""
        return self._known(f"release.kinds.{kind}", kind)

    def column(self, name: str) -> str:
        """The title of a number of a count."""
        return self._known(f"counting.columns.{name}", name)

    def label(self, label: str | None) -> str:
        """A conclusion."""
        return "–" if label is None else self._known(f"counting.labels.{label}", label)

    def severity(self, severity: str) -> str:
        """How grave breaking a rule is."""
        return self._known(f"severity.{severity}", severity)

    def rule(self, name: str) -> str:
        """A counting rule by its label."""
        return md(self._rules[name].label[self.lang]) if name in self._rules else md(name)

    def group(self, by: str, group: str | None) -> str:
        """A group of a count by what it is grouped by and its label."""
        label = say("counting.not-coded", self.lang) if group is None else self._code(by, group)
        return f"{self.key(by)}: {label}"

    def outcomes(self, group: str | None) -> str:
        """A group of outcomes by its label."""
        lists = self.grammar.codes.by_list
        for name in ("outcome-group", "outcome"):
            if group in lists.get(name, {}):
                return md(lists[name][str(group)].label(self.lang))
        return "–" if group is None else md(group)

    def figure(self, figure: Mapping[str, Any]) -> str:
        """What a figure of the memo counts."""
        unit = self._known(f"memo.units.{figure['unit']}", figure["unit"])
        told = [self._either(name, value) for name, value in figure["params"].items()]
        return f"{unit}: {', '.join(told)}" if told else unit

    def _either(self, name: str, value: str) -> str:
        parts = [self._code(name, part) for part in value.split("|")]
        return say("show.either", self.lang).join(parts)

    def _code(self, param: str, value: str) -> str:
        """A code of the list that a parameter takes its values from."""
        known = self._params.get(param)
        concept = self.grammar.codes.by_list.get(known.list, {}).get(value) if known else None
        return md(concept.label(self.lang) if concept else value)

    @cached_property
    def _params(self) -> Mapping[str, Any]:
        return Catalogue(self.base).params

    def key(self, key: str, prop: str = "") -> str:
        """A key of a card by its label; a key of a part of the card behind where the part is."""
        around, _, own = key.rpartition(".")
        meaning = self.grammar.meanings.get(own)
        label = self.grammar.codes.label(prop or (meaning.prop if meaning else ""), self.lang)
        label = self._known(f"keys.{own}", label or own)
        return f"{md(around)}, {label}" if around else label

    def value(self, key: str, value: str) -> str:
        """A value of a card's key: a code by its label, else as it stands."""
        words = self.grammar.code_words(key.rpartition(".")[2])
        return md(self.grammar.codes.label(words[value], self.lang) or value if value in words else value)
