"""Triples → cards, and every triple that no card can carry as a problem: nothing is passed over.

``from_triples`` takes what it knows and leaves the rest. Here the nodes of each study and trial are walked first: each
belongs to one card, has the name that the card would give it, and says each thing once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Card, Data, Grammar, Kind, from_triples
from samtaler_kg.cards.rdf import Index, index, names
from samtaler_kg.cards.read import MAX_PROBLEMS, Path_, Place
from samtaler_kg.forms.jsonform import KINDS
from samtaler_kg.forms.raw import MAX_CARDS, too_much
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.terms import BASE, PREFIXES, RDF, SAM, short
from samtaler_kg.words import both

#: Where a node stands, or what is said of it by a predicate, or one such value: (node, predicate, value) → place.
Finder = Callable[[str, str, str], Place | None]

#: Characters of the longest IRI that a card may get.
MAX_IRI = 300

#: The property that ties a node to the card around it where the card's key points the other way.
_UPWARDS = {"result": SAM.ofStudy, "member": SAM.ofTrial}


def cards_from(
    triples: Sequence[ox.Triple], shown: str, grammar: Grammar, finder: Finder
) -> tuple[list[Card], list[Problem]]:
    """The card of every study and trial in some triples, and what none of them can carry."""
    walk = _Walk(index(triples), shown, grammar, finder)
    roots = [(iri, kind) for kind in KINDS for iri in walk.of_kind(kind)]
    if len(roots) > MAX_CARDS:
        raise Refused(too_much(Where(shown), "cards", MAX_CARDS))
    for iri, kind in roots:
        walk.root(iri, kind)
    walk.account(triples)
    if not roots and not walk.problems:
        return [], [Problem("nothing-filled", Where(shown))]
    if walk.problems:
        return [], walk.problems[:MAX_PROBLEMS]
    return [_card(iri, kind, walk) for iri, kind in roots], []


def _card(iri: str, kind: str, walk: _Walk) -> Card:
    data = from_triples(iri, kind, walk.found, walk.grammar)
    return Card(kind, data, Places(data, walk.grammar.kinds[kind], walk.grammar, walk.finder), walk.shown)


class _Walk:
    """The nodes that belong to cards, each visited once, so that the work grows with the triples alone."""

    def __init__(self, found: Index, shown: str, grammar: Grammar, finder: Finder) -> None:
        self.found = found
        self.shown = shown
        self.grammar = grammar
        self.finder = finder
        self.kinds: dict[str, Kind] = {}
        self.problems: list[Problem] = []
        self.languages: dict[tuple[str, str], set[str]] = {}
        self.classes: dict[str, str] = {}

    def of_kind(self, kind: str) -> list[str]:
        """The nodes that are said to be of the class of *kind*."""
        cls = ox.NamedNode(PREFIXES["sam"] + self.grammar.kinds[kind].cls)
        return sorted(iri for iri, about in self.found.items() if cls in about.get(RDF.type, []))

    def root(self, iri: str, kind: str) -> None:
        """Walk one study or trial."""
        self._visit(iri, self.grammar.kinds[kind], "", "")

    def _where(self, iri: str, predicate: str = "", value: str = "") -> Where:
        line, column = self.finder(iri, predicate, value) or self.finder(iri, "", "") or (None, None)
        return Where(self.shown, line, column, short(predicate) if predicate else "")

    def _visit(self, iri: str, kind: Kind, parent: str, key: str) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            return
        if iri in self.kinds:
            self.problems.append(Problem("node-shared", self._where(iri), {"node": short(iri)}))
            return
        self.kinds[iri] = kind
        about = self.found.get(iri, {})
        own = self._own(iri, kind, about)
        naming = (kind.bare, kind.number, "study_id" if kind.name == "member" else "")
        missing = [key for key in naming if key and key not in own]
        for name in missing:
            self.problems.append(Problem("missing-key", self._where(iri), {"key": name, "kind": kind.name}))
        facts = {"parent": parent, "key": key, "n": own.get(kind.number, ""), **own}
        wanted = "" if missing else f"{BASE}id/{kind.iri.format_map(facts)}"
        if not missing and (iri != wanted or len(iri) > MAX_IRI):
            shown = {"value": iri[:MAX_IRI], "wanted": wanted[:MAX_IRI]}
            self.problems.append(Problem("bad-iri", self._where(iri), shown))
            return
        for name, child in kind.children.items():
            self._children(about, name, self.grammar.kinds[child], own.get("id", parent))

    def _own(self, iri: str, kind: Kind, about: Mapping[str, list[Any]]) -> dict[str, str]:
        """What a node says itself, by key; what it says twice under a key for one value is a problem."""
        own = {"id": iri.rpartition("/")[2]} if "id" in kind.keys else {}
        for key in kind.keys:
            if key == "id" or (key in kind.children and key in kind.lists):
                continue
            meaning = self.grammar.meanings[key]
            said = [value for value in about.get(meaning.prop, []) if isinstance(value, ox.NamedNode | ox.Literal)]
            values = [value for value in said if (getattr(value, "language", "") or "") == meaning.language]
            if len(values) > 1 and key not in kind.lists:
                facts = {"key": key, "node": short(iri), "count": len(values)}
                self.problems.append(Problem("several-values", self._where(iri, meaning.prop), facts))
            elif values:
                own[key] = values[0].value.removeprefix(meaning.vocabulary)
        return own

    def _children(self, about: Mapping[str, list[Any]], key: str, kind: Kind, parent: str) -> None:
        meaning = self.grammar.meanings[key]
        nodes = about.get(("^" if meaning.reverse else "") + meaning.prop, [])
        numbers = []
        for node in nodes:
            if not isinstance(node, ox.NamedNode):  # a blank node is told by account
                if isinstance(node, ox.Literal):
                    facts = {"value": node.value[:MAX_IRI], "wanted": f"{BASE}id/{kind.iri}"}
                    self.problems.append(Problem("bad-iri", self._where(nodes[0].value), facts))
                continue
            self._visit(node.value, kind, parent, key)
            if kind.number:
                said = self.found.get(node.value, {}).get(self.grammar.meanings[kind.number].prop, [])
                numbers.append(said[0].value if said else "")
        if kind.number and sorted(numbers) != sorted(str(n) for n in range(1, len(numbers) + 1)):
            facts = {"key": key, "numbers": ", ".join(numbers)[:80]}
            self.problems.append(Problem("bad-order", self._where(nodes[0].value), facts))

    def account(self, triples: Sequence[ox.Triple]) -> None:
        """Tell every triple that no card carries, once for each reason and property or class."""
        left: dict[tuple[str, str], list[ox.Triple]] = {}
        for triple in triples:
            if (why := self._left(triple)) is not None:
                left.setdefault(why, []).append(triple)
        for (reason, what), found in islice(left.items(), MAX_PROBLEMS):
            subject = found[0].subject
            node = subject.value if isinstance(subject, ox.NamedNode) else ""
            facts = {
                "what": short(what),
                "count": len(found),
                "node": short(node) or "_:",
                "reason": both(f"forms.left.{reason}"),
                "remedy": both(f"forms.remedy.{reason}"),
            }
            where = self._where(node, found[0].predicate.value) if node else Where(self.shown)
            self.problems.append(Problem("not-carried", where, facts))

    def _left(self, triple: ox.Triple) -> tuple[str, str] | None:
        """Why no card carries a triple, and the property or class that it is about; None where one does."""
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
            return "blank", predicate
        kind = self.kinds.get(subject.value)
        if kind is None:
            return "other-thing", self._class(subject.value) or predicate
        if predicate == RDF.type:
            allowed = {PREFIXES["sam"] + kind.cls, SAM.Finding if kind.name == "result" else ""}
            return None if value.value in allowed else ("other-class", value.value)
        languages = self._languages(kind, predicate)
        if not languages:
            return "other-property", predicate
        said = getattr(value, "language", None) or ""
        return None if said in languages else ("other-language", predicate)

    def _class(self, iri: str) -> str:
        """One class of a thing that is no part of a card, "" where none is said."""
        if iri not in self.classes:
            said = self.found.get(iri, {}).get(RDF.type, [])
            self.classes[iri] = min((cls.value for cls in said if isinstance(cls, ox.NamedNode)), default="")
        return self.classes[iri]

    def _languages(self, kind: Kind, predicate: str) -> set[str]:
        """The languages in which a node of *kind* can say *predicate*, "" for none; empty where it cannot say it."""
        if (known := self.languages.get((kind.name, predicate))) is None:
            keys = [self.grammar.meanings[key] for key in kind.keys if key != "id"]
            known = {meaning.language for meaning in keys if not meaning.reverse and meaning.prop == predicate}
            if _UPWARDS.get(kind.name) == predicate:
                known.add("")
            self.languages[kind.name, predicate] = known
        return known


class Places(Mapping[Path_, Place]):
    """The places of a card's values in a text, each looked up when it is asked for: few ever are."""

    def __init__(self, data: Data, kind: Kind, grammar: Grammar, finder: Finder) -> None:
        """Keep what is needed to look up."""
        self.data = data
        self.grammar = grammar
        self.finder = finder
        self.nodes = {path: BASE + "id/" + name for name, path in names(data, kind, grammar)}

    def __getitem__(self, path: Path_) -> Place:
        """The place of the value at *path*. Raises KeyError where it is not found."""
        around = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in self.nodes or not end)
        node, rest = self.nodes.get(around, ""), path[len(around) :]
        value: Any = self.data
        try:
            for step in path:
                value = value[step]
        except (IndexError, TypeError):
            raise KeyError(path) from None
        meaning = self.grammar.meanings.get(str(rest[0])) if rest else None
        word = value if isinstance(value, str) else ""
        found = self.finder(node, meaning.prop if meaning else "", word)
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[Path_]:
        """The paths of the nodes."""
        return iter(self.nodes)

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.nodes)
