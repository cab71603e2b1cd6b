"""A layer as flat tables for people and statistics: a row a card, several values in one cell, conclusions beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from samtaler_kg.cards import Card, Grammar
from samtaler_kg.cards.rdf import Index, index
from samtaler_kg.exports import wording
from samtaler_kg.exports.plan import Described, Said, Tables, tables_of
from samtaler_kg.exports.stored import cards, described
from samtaler_kg.exports.wording import Worded
from samtaler_kg.forms.cells import joined
from samtaler_kg.forms.columns import PARENT, Path, plan_of
from samtaler_kg.forms.writing import rows
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.sources import KINDS
from samtaler_kg.terms import PREFIXES, id_iri, short
from samtaler_kg.words import LANGUAGES, both, say

#: What the columns of the code lists are called, and what stands in them.
CODES = ("list", "code", "iri", *(f"label_{lang}" for lang in LANGUAGES), *(f"definition_{lang}" for lang in LANGUAGES))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the property that its values are of, data type, and what it is called and for."""

    name: str
    titles: Worded
    iri: str = ""
    datatype: str = "string"
    definition: Worded = field(default_factory=dict)
    concluded: bool = False


@dataclass(frozen=True)
class Table:
    """One flat table; a cell that is missing from a row is not known."""

    name: str
    titles: Worded
    cls: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, str]]


def flat_tables(graph: Graph, layer: Layer, numbers: bool = False) -> list[Table]:
    """The tables of *layer*; with the decimal values of printed numbers where *numbers* are wanted.

    Every row says its layer in the first column.
    """
    return list(_Flattening(graph, layer, numbers).tables())


def code_rows(graph: Graph) -> list[dict[str, str]]:
    """A row for each code of every list: CODES say the columns."""
    found = []
    for name, concepts in sorted(graph.codes.by_list.items()):
        for concept in concepts.values():
            row = {"list": name, "code": concept.notation, "iri": concept.iri}
            row |= {f"label_{lang}": concept.labels.get(lang, "") for lang in LANGUAGES}
            found.append(row | {f"definition_{lang}": concept.definitions.get(lang, "") for lang in LANGUAGES})
    return found


class _Flattening:
    """The tables of one layer, made one by one."""

    def __init__(self, graph: Graph, layer: Layer, numbers: bool) -> None:
        self.graph, self.layer, self.numbers = graph, layer, numbers
        self.grammar = Grammar.of(graph.base, graph.codes)
        self.plan: Tables = tables_of(graph.base)
        self.cards = [Card(kind, data) for kind, data in cards(graph, layer)]
        self.concluded: Index = index(graph.conclusions(layer))

    def tables(self) -> Iterator[Table]:
        for kind in KINDS[self.layer]:
            yield self.table(kind)
            if kind == "study":
                yield self.table("result")
        for thing in self.plan.described.get(self.layer, ()):
            yield self.described(thing)

    def table(self, kind: str) -> Table:
        cls = self.grammar.kinds[kind].cls
        besides = dict(self._besides(kind))
        plan = plan_of(kind, self.grammar).columns
        columns = [self._column(name, path, kind) for name, path in plan.items()]
        columns += [self._concluded(name, said) for name, said in besides.items()]
        found = []
        for row in rows(kind, self.cards, self.grammar):
            iri = id_iri(kind, row.get(f"{kind}_id", ""))
            found.append({"layer": self.layer, **row, **self._conclusions(iri, besides)})
        titles = wording.named(cls, self.grammar)
        return Table(self.plan.names[kind], titles, PREFIXES["sam"] + cls, (_layer(), *columns), found)

    def described(self, thing: Described) -> Table:
        key = Column(f"{thing.kind}_id", wording.identifier(thing.cls, self.grammar))
        columns = [Column(said.name, both(f"export.columns.{said.name}"), said.prop) for said in thing.columns]
        found = [{"layer": self.layer, **row} for row in described(self.graph, self.layer, thing)]
        titles = wording.named(thing.cls, self.grammar)
        name = self.plan.names[thing.kind]
        return Table(name, titles, PREFIXES["sam"] + thing.cls, (_layer(), key, *columns), found)

    def _column(self, name: str, path: Path, kind: str) -> Column:
        if path in (("id",), PARENT):
            return Column(name, wording.identifier(self.grammar.kinds[name.removesuffix("_id")].cls, self.grammar))
        meaning, titles = self.grammar.meanings[path[-1]], wording.title(path[-1], self.grammar)
        if len(path) > 1 and name != path[-1]:
            around = wording.title(path[0], self.grammar)
            titles = {lang: f"{around[lang]}: {titles[lang]}" for lang in LANGUAGES}
        several = path[-1] in self.grammar.kinds[kind].lists or (len(path) > 1 and self._several(kind, path))
        datatype = "" if several else meaning.datatype.removeprefix(PREFIXES["xsd"])
        return Column(name, titles, meaning.prop, datatype or "string", wording.definition(path[-1], self.grammar))

    def _several(self, kind: str, path: Path) -> bool:
        return path[-1] in self.grammar.kinds[self.grammar.kinds[kind].children[path[0]]].lists

    def _besides(self, kind: str) -> Iterator[tuple[str, Said]]:
        """The columns of a table that hold conclusions."""
        yield from ((said.name, said) for said in self.plan.concluded.get(kind, ()))
        for key, child in self.grammar.kinds[kind].children.items():
            if self.numbers and key not in self.grammar.kinds[kind].lists:
                yield from ((f"{key}_{said.name}_number", said) for said in self.plan.numbers.get(child, ()))

    def _concluded(self, name: str, said: Said) -> Column:
        titles = wording.named(said.prop, self.grammar)
        if said.datatype == "decimal":
            titles = {lang: say("export.number", lang, name=title) for lang, title in titles.items()}
        return Column(name, titles, said.prop, said.datatype, wording.defined(said.prop, self.grammar), concluded=True)

    def _conclusions(self, iri: str, besides: Mapping[str, Said]) -> dict[str, str]:
        row = {}
        for name, said in besides.items():
            node = f"{iri}/{name.partition('_')[0]}" if said.datatype == "decimal" else iri
            values = self.concluded.get(node, {}).get(said.prop, [])
            if said.datatype == "boolean":
                row[name] = "true" if values else "false"
            elif values:
                row[name] = joined(sorted(_text(value) for value in values))
        return row


def _layer() -> Column:
    return Column("layer", both("export.layer"))


def _text(value: ox.NamedNode | ox.Literal) -> str:
    return short(value.value) if isinstance(value, ox.NamedNode) else value.value
