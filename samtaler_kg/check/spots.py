"""From what a shape found to what a reader is told: file, line and key of a card, the value there, the way to mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

import pyoxigraph as ox

from samtaler_kg.cards import Grammar, Kind
from samtaler_kg.cards.read import Path_
from samtaler_kg.check.engine import Finding
from samtaler_kg.check.entry import Spot
from samtaler_kg.check.shapes import Shape
from samtaler_kg.forms.cells import NUMBERS
from samtaler_kg.problems import Problem, Where
from samtaler_kg.stores import Term
from samtaler_kg.terms import BASE, PREFIXES, SH, short

#: What a rule concluded stands on a card under the key of what it was concluded from.
_FROM = {
    PREFIXES["sam"] + name: PREFIXES["sam"] + printed
    for name, printed in {
        "value": "printedValue",
        "low": "printedLow",
        "high": "printedHigh",
        "ciLow": "printedCiLow",
        "ciHigh": "printedCiHigh",
        "standardError": "printedStandardError",
        "pBound": "printedPBound",
        "nullValue": "unit",
        "intervalKey": "printedValue",
        "dataFrom": "dataPeriod",
        "dataTo": "dataPeriod",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: the node in a card, the key, and whether the card has a value there."""

    spot: Spot
    path: Path_
    value: str

    @property
    def where(self) -> Where:
        """File, line, column and key."""
        return self.spot.card.where(self.path)


@dataclass(frozen=True)
class Teller:
    """Tells findings about the nodes at *spots*; *triples* say where codes and keys are used."""

    spots: Mapping[str, Spot]
    triples: Sequence[ox.Triple]
    grammar: Grammar

    @cached_property
    def _said(self) -> Mapping[tuple[str, str], list[str]]:
        """The subjects of the entry by predicate and object."""
        found: dict[tuple[str, str], list[str]] = {}
        for triple in self.triples:
            key = (triple.predicate.value, str(triple.object))
            found.setdefault(key, []).append(str(triple.subject.value))  # type: ignore[union-attr]
        return found

    def places(self, finding: Finding, shape: Shape) -> Iterator[Place]:
        """Where a finding stands: at its node, or where a code that it is about is used."""
        focus = str(finding.focus.value)
        if focus in self.spots:
            yield self._place(focus, finding.path or shape.path, finding.value)
            return
        for way, prop in shape.targets:
            if way == SH.targetObjectsOf:
                for subject in self._said.get((prop, str(finding.focus)), ()):
                    if subject in self.spots and self.key(self.spots[subject].kind, prop):
                        yield self._place(subject, prop, finding.focus)

    def _place(self, focus: str, prop: str, value: Term | None) -> Place:
        spot = self.spots[focus]
        key = self.key(spot.kind, prop)
        if not key:
            return Place(spot, spot.path, "")
        node = _at(spot.card.data, spot.path)
        if isinstance(node, str):  # written as plain text: the text is the one thing that it says
            return Place(spot, spot.path, node)
        key = self._number_key(spot.kind, key, node, value)
        path, data = (*spot.path, key), _under(node, key)
        if isinstance(data, list) and value is not None:
            word = short(str(value.value))
            if word in data:
                path, data = (*path, data.index(word)), word
        return Place(spot, path, _words(data))

    def _number_key(self, kind: Kind, key: str, node: object, value: Term | None) -> str:
        """The key of the printed number that a finding names, where a rule looks at several; else *key*."""
        said = number(str(value.value)) if value is not None else None
        if said is None or self.grammar.meanings[key].prop not in _FROM.values() or number(_under(node, key)) == said:
            return key
        return next((k for k in kind.keys if k in NUMBERS and number(_under(node, k)) == said), key)

    def key(self, kind: Kind, prop: str) -> str:
        """The key under which a card of *kind* says *prop*, or that from which a rule concludes it; else empty."""
        for wanted in (prop, _FROM.get(prop)):
            for key in kind.keys:
                meaning = self.grammar.meanings.get(key)
                if meaning and meaning.prop == wanted and not meaning.reverse:
                    return key
        return ""

    def tell(self, finding: Finding, shape: Shape, other: str = "") -> Iterator[Problem]:
        """The problem at each place of a finding; *other* describes another thing that it is about."""
        for place in self.places(finding, shape):
            yield problem(finding, shape, place.where, place.value, other)


def problem(finding: Finding, shape: Shape, where: Where, value: str, other: str = "") -> Problem:
    """A finding in words, at a place."""
    key = where.key or short(str(finding.focus.value))
    shown = value or _shown(finding)
    facts = {"key": key, "value": shown, "rule": shape.rule, "mend": shape.mend, "other": other}
    severity, focus = shape.severity, str(finding.focus.value)
    if finding.component == SH.MinCountConstraintComponent or not shown:
        return Problem("shape-missing", where, facts, severity, shape=shape.iri, focus=focus)
    if other:
        return Problem("shape-other", where, facts, severity, shape=shape.iri, focus=focus)
    if finding.component == SH.MaxCountConstraintComponent:
        return Problem("shape-too-many", where, facts, severity, shape=shape.iri, focus=focus)
    return Problem("shape-value", where, facts, severity, shape=shape.iri, focus=focus)


def knock_on(finding: Finding, shape: Shape, where: Where) -> Problem:
    """What an entry does to a thing that is in the base already."""
    focus = str(finding.focus.value)
    facts = {"other": focus.removeprefix(BASE + "id/"), "rule": shape.rule, "mend": shape.mend}
    return Problem("shape-of-other", where, facts, shape.severity, shape=shape.iri, focus=focus)


def _shown(finding: Finding) -> str:
    if finding.component == SH.MaxCountConstraintComponent and finding.value is None:
        return "…"
    return short(str(finding.value.value)) if finding.value is not None else ""


def _under(data: object, part: object) -> object:
    return data.get(part) if isinstance(data, dict) else None


def _at(data: object, path: Path_) -> object:
    for part in path:
        data = data[part] if isinstance(data, list) and isinstance(part, int) else _under(data, part)
    return data


def _words(data: object) -> str:
    """A text, or a list of texts, as a reader reads it; empty where there is neither."""
    texts = [data] if isinstance(data, str) else data if isinstance(data, list) else []
    return "; ".join(text for text in texts if isinstance(text, str))


def number(text: object) -> Decimal | None:
    """The number that a text is; None where it is none.

    >>> number("1.30") == number("1.3"), number("about 3")
    (True, None)
    """
    try:
        found = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def order(problem: Problem) -> tuple[str, int, int, str, str]:
    """By file and place."""
    where = problem.where
    return where.file, where.line or 0, where.column or 0, where.key, problem.shape or problem.name


def same_place(problem: Problem) -> tuple[str, str]:
    """What two problems share that are about one value."""
    return problem.where.file, problem.where.key
