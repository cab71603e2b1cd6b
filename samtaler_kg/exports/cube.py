"""The tables of counts as cubes: which stored answers are cubes, their cells, and the things that each cell counts.

A cube knows no vocabulary: the rooms ``cube_qb`` and ``cube_link`` write the same cubes in two of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg.ask import ask
from samtaler_kg.catalogue import Column, StoredQuery
from samtaler_kg.codes import Concept
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.tables import Table, Term, plain
from samtaler_kg.terms import BASE, SAM, code_iri
from samtaler_kg.words import Language, both

#: The cells of a dimension that no code list has: a value that is not known, and the two sides of a yes-or-no column.
OWN_CODES = ("not-known", "yes", "no")

Row = Mapping[str, Term | None]
Text = Mapping[Language, str]


@dataclass(frozen=True)
class Dimension:
    """What the cells of a cube are sorted by: a column of the answer, its titles and its codes.

    ``schemes`` are the code lists that the codes are from, ``kind_of`` the common dimension that this is a kind of.
    """

    name: str
    title: Mapping[str, str]
    codes: tuple[Concept, ...]
    schemes: tuple[str, ...] = ()
    kind_of: str = ""


@dataclass(frozen=True)
class Measure:
    """What the cells of a cube count: a kind of thing (result, study, cluster), of one verdict or of any."""

    name: str
    title: Mapping[str, str]
    counts: str
    verdict: str = ""


@dataclass(frozen=True)
class Count:
    """The number in a cell: its lowest and highest value, which differ where it is not identified; what it counts."""

    low: int
    high: int
    things: tuple[str, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the number is one number."""
        return self.low == self.high


@dataclass(frozen=True)
class Cell:
    """One place in a cube: its code in each dimension, the scope first, and its count for each measure."""

    codes: tuple[Concept, ...]
    counts: Mapping[str, Count]

    @property
    def path(self) -> str:
        """The codes as one path, which is unique in its cube."""
        return "/".join(code.notation for code in self.codes)


@dataclass(frozen=True)
class Cube:
    """A stored answer on one layer in every scope: its dimensions, the scope first, its measures and its cells.

    ``notes`` are what a reader must know, by scope; ``terms`` the labels of the ontology's properties. Where the cube is
    ``open_ended`` its counts have two ends.
    """

    query: StoredQuery
    layer: Layer
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    cells: tuple[Cell, ...]
    notes: Mapping[str, tuple[Text, ...]]
    terms: Mapping[str, Mapping[str, str]]
    open_ended: bool = False

    @property
    def name(self) -> str:
        """The name of the stored query and of the layer."""
        return f"{self.query.name}/{self.layer}"

    def within(self, scope: Concept) -> list[Cell]:
        """The cells of one scope."""
        return [cell for cell in self.cells if cell.codes[0] == scope]


def own_code(name: str) -> Concept:
    """A code that only cubes have."""
    labels = {str(lang): label for lang, label in both(f"cube.codes.{name}").items()}
    return Concept(f"{BASE}id/cube/code/{name}", notation=name, labels=labels)


def cubes(graph: Graph, layer: Layer) -> list[Cube]:
    """Every cube of a layer, by the name of its query.

    Raises Damaged where a cell counts another number of things than its answer says.
    """
    return [maker.cube() for maker in _makers(graph, layer)]


def cube_queries(graph: Graph, layer: Layer) -> list[StoredQuery]:
    """The stored queries whose answers on *layer* are cubes."""
    return [maker.query for maker in _makers(graph, layer)]


def _makers(graph: Graph, layer: Layer) -> list[_Maker]:
    declared = _read(graph.base.queries / "cubes.toml")
    lists: dict[tuple[str, str], Table] = {}
    makers = [_Maker(graph, query, layer, declared, lists) for query in graph.catalogue.all()]
    return [maker for maker in makers if maker.is_cube]


@dataclass(frozen=True)
class _Declared:
    """What ``queries/cubes.toml`` says: what each measure counts, and with which verdict; lists; common dimensions."""

    measures: Mapping[str, tuple[str, str]]
    every: Mapping[str, str]
    listed_by: Mapping[str, Mapping[str, str]]
    kind_of: Mapping[str, str]


def _read(path: Path) -> _Declared:
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        measures = {name: (told["counts"], told.get("verdict", "")) for name, told in said["measures"].items()}
        every = {layer: said["listed_by"]["every"][layer] for layer in ("coded", "reconstructed")}
        listed_by = {name: dict(lists) for name, lists in said["listed_by"].items()}
        return _Declared(measures, every, listed_by, dict(said.get("kind_of", {})))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # what is no TOML is a ValueError
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": repr(error)})) from None


@dataclass
class _Maker:
    graph: Graph
    query: StoredQuery
    layer: Layer
    declared: _Declared
    lists: dict[tuple[str, str], Table]

    @property
    def is_cube(self) -> bool:
        """Whether the answer takes a scope, counts something, and has nothing but codes beside its counts."""
        known = self.query.head.get("layer_params", {}).get(self.layer, self.query.params)
        if self.layer not in self.query.layers or "scope" not in known:
            return False
        known_columns = self.graph.catalogue.columns
        kinds = {known_columns[name].type if name in known_columns else "" for name in self.sorted_by}
        return len(self.sorted_by) < len(self.query.columns) and kinds <= {"code", "boolean"}

    @cached_property
    def scope(self) -> Dimension:
        title = self.graph.codes.terms[SAM.inScope]
        return Dimension("scope", title, tuple(self.graph.codes.by_list["scope"].values()), (f"{BASE}code/scope",))

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The answer in each scope."""
        scopes = [scope.notation for scope in self.scope.codes]
        return {scope: ask(self.graph, self.query.name, self.layer, scope) for scope in scopes}

    @cached_property
    def sorted_by(self) -> tuple[str, ...]:
        return tuple(name for name in self.query.columns if name not in self.declared.measures)

    def cube(self) -> Cube:
        measures = tuple(self._measures())
        dimensions = (self.scope, *map(self._dimension, self.sorted_by))
        cells = [cell for scope in self.scope.codes for cell in self._cells(scope, measures)]
        caveats = [both("memo.vote")] if any(measure.verdict for measure in measures) else []
        notes = {scope: (*table.notes, *caveats) for scope, table in self.tables.items()}
        ends = any(column.name.endswith("_low") for table in self.tables.values() for column in table.columns)
        return Cube(self.query, self.layer, dimensions, measures, tuple(cells), notes, self.graph.codes.terms, ends)

    def _measures(self) -> Iterator[Measure]:
        """The counts that have a number somewhere: records of the reconstruction belong to no study."""
        for name in self.query.columns:
            if name in self.declared.measures and any(_ends(row, name) for row in self._rows()):
                counts, verdict = self.declared.measures[name]
                yield Measure(name, self.graph.catalogue.columns[name].title, counts, verdict)

    def _rows(self) -> Iterator[Row]:
        for table in self.tables.values():
            yield from rows(table)

    def _dimension(self, name: str) -> Dimension:
        column = self.graph.catalogue.columns[name]
        if column.type == "boolean":
            return Dimension(name, column.title, tuple(map(own_code, ("yes", "no"))))
        codes = {code.iri: code for code in self.graph.codes.by_list.get(self._list(column), {}).values()}
        for code in sorted(map(self._code, self._terms(name)), key=lambda code: code.iri):
            codes.setdefault(code.iri, code)  # an outcome stands as its own group, and is of another list
        codes |= {code.iri: code for code in [own_code("not-known")]}
        schemes = tuple(dict.fromkeys(code.scheme for code in codes.values() if code.scheme))
        return Dimension(name, column.title, tuple(codes.values()), schemes, self.declared.kind_of.get(name, ""))

    def _terms(self, name: str) -> set[Term | None]:
        return {row[name] for row in self._rows()}

    def _list(self, column: Column) -> str:
        parameter = self.graph.catalogue.params.get(column.name)
        return parameter.list if parameter else column.name.replace("_", "-")

    def _cells(self, scope: Concept, measures: tuple[Measure, ...]) -> Iterator[Cell]:
        listed = self._listed(scope.notation, {part for m in measures for part in (m.counts, m.verdict and "verdict")})
        for row in rows(self.tables[scope.notation]):
            behind = listed.get(tuple(row[name] for name in self.sorted_by), [])
            counts = {measure.name: self._count(row, measure, behind) for measure in measures}
            yield Cell((scope, *(self._code(row[name]) for name in self.sorted_by)), counts)

    def _listed(self, scope: str, counted: set[str]) -> dict[tuple[Term | None, ...], list[Row]]:
        """The rows behind the cells, by the terms that the cells are sorted by."""
        name = self.declared.listed_by.get(self.query.name, {}).get(self.layer) or self.declared.every[self.layer]
        if (name, scope) not in self.lists:
            self.lists[name, scope] = ask(self.graph, name, self.layer, scope)
        table = self.lists[name, scope]
        if lacking := {*self.sorted_by, *counted} - {column.name for column in table.columns} - {""}:
            facts = {"list": name, "column": ", ".join(sorted(lacking)), "query": self.query.name}
            raise Damaged(Problem("cube-list-lacks-column", Where(str(self.query.path)), facts))
        found: dict[tuple[Term | None, ...], list[Row]] = {}
        for row in rows(table):
            found.setdefault(tuple(row[key] for key in self.sorted_by), []).append(row)
        return found

    def _code(self, term: Term | None) -> Concept:
        if isinstance(term, ox.NamedNode):
            return self.graph.codes.concepts[term.value]
        return own_code("not-known" if term is None else "yes" if plain(term) is True else "no")

    def _count(self, row: Row, measure: Measure, behind: list[Row]) -> Count:
        low, high = _ends(row, measure.name) or (0, 0)
        if low != high:
            return Count(low, high)
        of = code_iri("verdict", measure.verdict) if measure.verdict else ""
        found = {_iri(listed[measure.counts]) for listed in behind if not of or _iri(listed["verdict"]) == of}
        things = tuple(sorted(found - {""}))
        if len(things) != low:
            facts = {"query": self.query.name, "column": measure.name, "said": low, "found": len(things)}
            raise Damaged(Problem("cube-does-not-add-up", Where(str(self.query.path)), facts))
        return Count(low, high, things)


def rows(table: Table) -> Iterator[Row]:
    """The rows of a table by the names of its columns."""
    names = [column.name for column in table.columns]
    for row in table.rows:
        yield dict(zip(names, row, strict=True))


def _ends(row: Row, name: str) -> tuple[int, int] | None:
    """The lowest and the highest value of a count; None where the answer gives none."""
    low, high = (plain(row.get(f"{name}_{end}", row[name])) for end in ("low", "high"))
    return (low, high) if isinstance(low, int) and isinstance(high, int) else None


def _iri(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
