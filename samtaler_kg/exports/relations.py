"""A layer as normalised tables: one for each kind of card, one for each key that holds several values.

What a column means (property, data type, the template of the IRI that its value stands for) comes from ``card.toml``
and ``context.jsonld``: triples made from the tables by these meanings are the triples of the layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from samtaler_kg.cards import Data, Grammar, Kind
from samtaler_kg.codes import Concept
from samtaler_kg.exports import wording
from samtaler_kg.exports.plan import Described, Tables, tables_of
from samtaler_kg.exports.stored import cards, described
from samtaler_kg.exports.wording import Worded
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.sources import KINDS
from samtaler_kg.terms import BASE, PREFIXES
from samtaler_kg.words import both

#: Where the IRI of every stored thing begins.
_THINGS = f"{BASE}id/"

#: The column that says in which key of the card around it a nested card stands.
PART = "part"

Row = Mapping[str, str]

#: Columns of a table that hold the same as the columns of another.
Tie = tuple[tuple[str, ...], str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. *prop* is empty where a triple of its own says nothing; *about* and *value* are IRI templates."""

    name: str
    titles: Worded
    prop: str = ""
    datatype: str = "string"
    language: str = ""
    about: str = ""
    value: str = ""
    required: bool = False
    definition: Worded = field(default_factory=dict)
    codes: str = ""


@dataclass(frozen=True)
class Relation:
    """One table: the template of its rows' IRIs, their class, its columns, key, ties to other tables, and rows."""

    name: str
    titles: Worded
    about: str
    cls: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    rows: list[Row] = field(default_factory=list)


def relations(graph: Graph, layer: Layer) -> list[Relation]:
    """The tables of *layer* with their rows, those that others refer to first; code lists are not among them."""
    grammar, tables = Grammar.of(graph.base, graph.codes), tables_of(graph.base)
    things = tables.described.get(layer, ())
    made = {name: relation for thing in things for name, relation in _described(thing, tables, grammar)}
    builder = _Builder(grammar, tables, made)
    for kind in KINDS[layer]:
        builder.table(kind)
    builder.close_ties()
    for kind, data in cards(graph, layer):
        builder.fill(kind, data)
    for thing in things:
        made[tables.names[thing.kind]].rows.extend(described(graph, layer, thing))
    return list(made.values())


def _described(thing: Described, tables: Tables, grammar: Grammar) -> Iterator[tuple[str, Relation]]:
    name, key = tables.names[thing.kind], f"{thing.kind}_id"
    columns = [Column(key, wording.identifier(thing.cls, grammar), required=True)]
    for said in thing.columns:
        columns.append(Column(said.name, both(f"export.columns.{said.name}"), said.prop, said.datatype, said.language))
    about = _THINGS + re.sub(r"\{", "{+", thing.iri)
    yield (
        name,
        Relation(name, wording.named(thing.cls, grammar), about, PREFIXES["sam"] + thing.cls, tuple(columns), (key,)),
    )


@dataclass
class _Builder:
    """The tables made so far, by name."""

    grammar: Grammar
    tables: Tables
    made: dict[str, Relation]

    def table(self, kind_name: str, around: Kind | None = None, key: str = "") -> None:
        """Make the table of a kind, of its lists of values, and of the kinds inside it."""
        kind, name = self.grammar.kinds[kind_name], self.tables.names[kind_name]
        if name in self.made:
            return
        about, key_columns = _template(kind, around)
        columns = [*self._key(kind, key_columns), *self._tie(kind, around, key, about)]
        ties: list[Tie] = [self._up(around)] if around else []
        lists = [own for own in kind.keys if own in kind.lists and own not in kind.children]
        for own in kind.keys:
            if own not in kind.children and own not in lists and own != "id":
                columns += self._columns(own, own in kind.required)
        ties += [tie for own in kind.keys if own not in lists and (tie := self._refers(own))]
        titles, cls = wording.named(kind.cls, self.grammar), PREFIXES["sam"] + kind.cls
        ordered = tuple(_in_order(columns, key_columns))
        self.made[name] = Relation(name, titles, about, cls, ordered, key_columns, tuple(dict.fromkeys(ties)))
        for own in lists:
            self._list(self.made[name], own)
        for own, child in kind.children.items():
            self.table(child, kind, own)

    def _key(self, kind: Kind, names: tuple[str, ...]) -> Iterator[Column]:
        """The columns that only name a row; those that are keys of the card come with its other columns."""
        for name in names:
            if name == f"{kind.name}_id":
                yield Column(name, wording.identifier(kind.cls, self.grammar))
            elif name == PART:
                yield Column(PART, both("export.part"))

    def _tie(self, kind: Kind, around: Kind | None, key: str, about: str) -> Iterator[Column]:
        """The column that says which card is around this one, with the triple that ties the two."""
        if around is None:
            return
        meaning, outer = self.grammar.meanings[key], _template(around, None)[0]
        name, titles = f"{around.name}_id", wording.identifier(around.cls, self.grammar)
        if meaning.reverse:
            yield Column(name, titles, meaning.prop, value=outer, required=True)
        else:  # where the row says in which key it stands, it says which property ties the two
            prop = meaning.prop.removesuffix(key) + f"{{{PART}}}" if "{key}" in kind.iri else meaning.prop
            yield Column(name, titles, prop, about=outer, value=about, required=True)

    def _columns(self, key: str, required: bool) -> Iterator[Column]:
        """The column of one key. A code whose word is no part of its IRI has a second column with the IRI."""
        meaning = self.grammar.meanings[key]
        titles, codes = wording.title(key, self.grammar), self._codes(key)
        column = Column(
            key, titles, "", definition=wording.definition(key, self.grammar), required=required, codes=codes
        )
        if meaning.words:
            yield column
            iris = {lang: f"{text} (IRI)" for lang, text in titles.items()}
            yield Column(f"{key}_iri", iris, meaning.prop, value=f"{{+{key}_iri}}", required=required)
        elif meaning.coded:
            yield replace(column, prop=meaning.prop, value=f"{meaning.vocabulary}{{+{key}}}")
        else:
            datatype = meaning.datatype.removeprefix(PREFIXES["xsd"]) or "string"
            yield replace(column, prop=meaning.prop, datatype=datatype, language=meaning.language)

    def _codes(self, key: str) -> str:
        """The name of the list whose codes stand under *key*; empty where things of the graph do."""
        for iri in self.grammar.code_words(key).values():
            if iri in self.grammar.codes.concepts:
                return self.grammar.codes.concepts[iri].scheme.rpartition("/")[2]
        return ""

    def _list(self, outer: Relation, key: str) -> None:
        """The table of a key that holds several values: one a row."""
        name, own = f"{outer.name}-{key.replace('_', '-')}", outer.key
        columns = [replace(column, prop="", about="", value="") for column in outer.columns if column.name in own]
        columns += self._columns(key, True)
        up: Tie = (own, outer.name, own)
        ties = [up, *filter(None, [self._refers(key)])]
        self.made[name] = Relation(
            name, wording.title(key, self.grammar), outer.about, "", tuple(columns), (*own, key), tuple(ties)
        )

    def _up(self, around: Kind) -> Tie:
        key = _template(around, None)[1]
        return key, self.tables.names[around.name], key

    def _refers(self, column: str) -> Tie | None:
        """The tie of a key whose values are things of another table."""
        meaning = self.grammar.meanings.get(column)
        kind = (
            meaning.vocabulary.removeprefix(_THINGS).rstrip("/")
            if meaning and meaning.vocabulary.startswith(_THINGS)
            else ""
        )
        return ((column,), self.tables.names[kind], (f"{kind}_id",)) if kind in self.tables.names else None

    def close_ties(self) -> None:
        """Leave out ties to tables that this layer does not have."""
        for name, relation in self.made.items():
            self.made[name] = replace(relation, ties=tuple(tie for tie in relation.ties if tie[1] in self.made))

    def fill(self, kind_name: str, data: Data, around: Row | None = None, key: str = "", place: int = 1) -> None:
        """Put a card, its lists and the cards inside it into their tables."""
        kind, relation = self.grammar.kinds[kind_name], self.made[self.tables.names[kind_name]]
        row = {f"{kind.name}_id": data["id"]} if "id" in data else {}
        row |= around or {}
        row |= {PART: key} if "{key}" in kind.iri else {}
        row |= {kind.number: str(place)} if kind.number else {}
        for own, value in data.items():
            if isinstance(value, str) and own != "id":
                row |= {own: value} | self._iri(own, value)
        relation.rows.append(row)
        for own, value in data.items():
            if own in kind.children:
                self._inside(kind, own, value, row)
            elif isinstance(value, list):
                self._values(relation, own, value, row)

    def _iri(self, key: str, word: str) -> dict[str, str]:
        words = self.grammar.meanings[key].words
        return {f"{key}_iri": words[word]} if words else {}

    def _inside(self, kind: Kind, key: str, value: object, row: Row) -> None:
        child, up = self.grammar.kinds[kind.children[key]], {f"{kind.name}_id": row[f"{kind.name}_id"]}
        for place, item in enumerate(value if isinstance(value, list) else [value], start=1):
            data: Data = {child.bare: item} if isinstance(item, str) else item
            self.fill(child.name, data, up, key, place)

    def _values(self, outer: Relation, key: str, values: list[str], row: Row) -> None:
        rows = self.made[f"{outer.name}-{key.replace('_', '-')}"].rows
        rows += [{**{name: row[name] for name in outer.key}, key: value} | self._iri(key, value) for value in values]


def _in_order(columns: list[Column], key: tuple[str, ...]) -> Iterator[Column]:
    """Every column once, as said last, those of the key first."""
    last = {column.name: column for column in columns}
    for name in dict.fromkeys((*key, *last)):
        yield replace(last[name], required=last[name].required or name in key)


def _template(kind: Kind, around: Kind | None) -> tuple[str, tuple[str, ...]]:
    """The template of the IRIs of a kind's rows, and the columns that it is filled from."""
    names = {"id": f"{kind.name}_id", "n": kind.number, "key": PART}
    if around is not None:
        names["parent"] = f"{around.name}_id"
    parts = [names.get(part, part) for part in re.findall(r"\{(\w+)\}", kind.iri)]
    about = re.sub(r"\{(\w+)\}", lambda found: f"{{+{names.get(found[1], found[1])}}}", kind.iri)
    return _THINGS + about, tuple(parts)


def lists(graph: Graph, tables: list[Relation]) -> list[tuple[str, list[Concept]]]:
    """The code lists that the *tables* use, with their codes."""
    used = dict.fromkeys(column.codes for table in tables for column in table.columns if column.codes)
    return [(name, list(graph.codes.by_list[name].values())) for name in sorted(used)]
