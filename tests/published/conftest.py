"""The account of the import: which triples each cell of the handed-over tables stands for, and in which graph file.

``columns.toml`` says what a column became; what that means stands in ``ontology/context.jsonld`` alone.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

ID = "https://w3id.org/samtaler/id/"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
PLAN: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "columns.toml").read_text("utf-8"))

Row = Mapping[str, str]
Tables = Mapping[str, list[Row]]


class Cell(NamedTuple):
    """One filled cell of a table."""

    table: str
    row: str
    column: str


class Told(NamedTuple):
    """One triple that a cell stands for, and the graph file that must say it."""

    cell: Cell
    file: str
    triple: ox.Triple


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of table and column runs once for every column; of table and valued, for those with a property."""
    for name, without in (("column", []), ("valued", ["", "*"])):
        if {"table", name} <= set(metafunc.fixturenames):
            columns = PLAN["columns"].items()
            pairs = [(table, column) for table, found in columns for column in found if found[column][1] not in without]
            metafunc.parametrize(("table", name), pairs)


def rows_of(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@dataclass(frozen=True)
class Account:
    """The tables as handed over, and what each cell stands for."""

    repo: Path

    @property
    def plan(self) -> Mapping[str, Any]:
        """What ``columns.toml`` says."""
        return PLAN

    @cached_property
    def context(self) -> Mapping[str, Any]:
        """The terms of the one context."""
        path = self.repo / "ontology" / "context.jsonld"
        terms: Mapping[str, Any] = json.loads(path.read_text("utf-8"))["@context"]
        return terms

    @cached_property
    def frozen(self) -> Tables:
        """The tables as they were handed over."""
        folder = self.repo / "tests" / "fixtures" / "import"
        return {name: rows_of(folder / f"{name}.csv") for name in PLAN["tables"]}

    @cached_property
    def corrections(self) -> list[Row]:
        """What was mended since, each with reason and date."""
        return rows_of(self.repo / "data" / "corrections.csv")

    @cached_property
    def tables(self) -> Tables:
        """The tables with every correction made."""
        return self.corrected(self.corrections)[0]

    def corrected(self, corrections: Iterable[Row]) -> tuple[Tables, list[str]]:
        """The tables with corrections made, and those corrections that do not fit what was handed over."""
        tables = {name: [dict(row) for row in rows] for name, rows in self.frozen.items()}
        rows = {(name, self.row(name, row)): row for name, found in tables.items() for row in found}
        faults = []
        for told in corrections:
            row = rows.get((told["table"], told["row"]))
            name = f"{told['table']} {told['row']} {told['column']}"
            if row is None or told["column"] not in PLAN["columns"][told["table"]]:
                faults.append(f"{name}: no such cell")
            elif row.get(told["column"], "") != told["was"] or told["now"] == told["was"]:
                faults.append(f"{name}: was '{row.get(told['column'], '')}', not '{told['was']}'")
            elif not (told["why"] and told["date"]):
                faults.append(f"{name}: without reason or date")
            else:
                row[told["column"]] = told["now"]
        return tables, faults

    def row(self, table: str, row: Row) -> str:
        """How a row is named."""
        name: str = PLAN["tables"][table]["row"]
        return name.format(**row)

    def told(self, tables: Tables) -> Iterator[Told]:
        """Every triple of every filled cell."""
        for table, rows in tables.items():
            for row in rows:
                for column in PLAN["columns"][table]:
                    if row.get(column):
                        file = PLAN["derived"].get(column, PLAN["tables"][table]["graph"])
                        for triple in self.says(table, column, row):
                            yield Told(Cell(table, self.row(table, row), column), file, triple)

    def says(self, table: str, column: str, row: Row) -> Iterator[ox.Triple]:
        """The triples that one filled cell stands for; each also says that its node is there."""
        kind, key = PLAN["columns"][table][column]
        for n, (name, text) in enumerate(self._pairs(key, column, row[column]), start=1):
            kind = "claim" if name == "topic" else kind
            place = n if kind == "author" else 1
            if column not in PLAN["derived"]:
                yield from self._being(kind, row, place)
            if name:
                yield ox.Triple(self._node(kind, row, place), self.property(name), self.term(name, text))
            if kind == "author":
                yield ox.Triple(self._node(kind, row, n), self.property("position"), self.term("position", str(n)))

    def _pairs(self, key: str, column: str, text: str) -> Iterator[tuple[str, str]]:
        if key != "*":
            yield from ((key, part) for part in (text.split(PLAN["split"].get(column, "\0"))))
            return
        for name, values in (pair.split("=") for pair in text.split("; ")):
            if name == "years":
                yield from zip(("year_from", "year_to"), values.split("-"), strict=True)
            else:
                yield from (({"unit": "counted_unit"}.get(name, name), value) for value in values.split("|"))

    def _being(self, kind: str, row: Row, n: int) -> Iterator[ox.Triple]:
        sort, me = PLAN["nodes"][kind], self._node(kind, row, n)
        yield ox.Triple(me, TYPE, ox.NamedNode(self.class_iri(sort["class"])))
        if tie := sort.get("tie"):
            other = ox.NamedNode(ID + sort["other"].format(**row))
            ends = (me, other) if "@reverse" in self.context[tie] else (other, me)
            yield ox.Triple(ends[0], self.property(tie), ends[1])

    def _node(self, kind: str, row: Row, n: int) -> ox.NamedNode:
        return ox.NamedNode(ID + PLAN["nodes"][kind]["name"].format(n=n, **row))

    def property(self, key: str) -> ox.NamedNode:
        """The property of a card's key."""
        entry = self.context[key]
        return ox.NamedNode(self._expand(entry.get("@id") or entry["@reverse"]))

    def of(self, key: str, triple: ox.Triple) -> bool:
        """Whether a triple says what *key* says: its property, in its language."""
        language = getattr(triple.object, "language", None)
        return triple.predicate == self.property(key) and language == self.context[key].get("@language")

    def term(self, key: str, text: str) -> ox.NamedNode | ox.Literal:
        """What the context makes of *text* under *key*."""
        entry = self.context[key]
        if entry.get("@type") == "@vocab":
            scoped = entry["@context"]
            return ox.NamedNode(scoped.get(text) or scoped["@vocab"] + text)
        if "@language" in entry:
            return ox.Literal(text, language=entry["@language"])
        kind = self._expand(entry.get("@type", "xsd:string"))
        return ox.Literal(text, datatype=ox.NamedNode(kind))

    def class_iri(self, name: str) -> str:
        """The IRI of a class as the context names it."""
        return self._expand(self.context[name])

    def vocabulary(self, key: str) -> str:
        """What the codes of *key* begin with; nothing where it takes text."""
        return str(self.context[key].get("@context", {}).get("@vocab", ""))

    def _expand(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return f"{self.context[prefix]}{local}" if colon and prefix in self.context else name

    def stated(self, folder: Path) -> dict[str, set[ox.Triple]]:
        """What the files of a built graph say; of the derived ones, what they say of studies."""
        found = {}
        for name in {plan["graph"] for plan in PLAN["tables"].values()}:
            found[name] = {quad.triple for quad in ox.parse(path=str(folder / name), format=ox.RdfFormat.N_TRIPLES)}
        for name in PLAN["derived"].values():
            quads = ox.parse(path=str(folder / name), format=ox.RdfFormat.N_TRIPLES)
            found[name] = {quad.triple for quad in quads if quad.subject.value.startswith(f"{ID}study/")}
        return found

    def beside(self, triples: set[ox.Triple]) -> set[ox.Triple]:
        """Those of the triples that say what no table had a column for."""
        plan = PLAN["beside"]
        kind = ox.NamedNode(self.class_iri(plan["class"]))
        nodes = {triple.subject for triple in triples if triple.predicate == TYPE and triple.object == kind}
        return {
            triple
            for triple in triples
            if any(self.of(key, triple) for key in plan["keys"])
            or triple.subject in nodes
            or triple.subject.value.startswith(ID + plan["subjects"])
        }

    def differences(self, folder: Path) -> list[str]:
        """Every cell that a built graph does not say, and every triple of it that no cell says."""
        graph, wanted = self.stated(folder), dict[str, set[ox.Triple]]()
        faults = []
        for cell, file, triple in self.told(self.tables):
            wanted.setdefault(file, set()).add(triple)
            if triple not in graph[file]:
                faults.append(f"{' '.join(cell)}: {file} lacks {triple}")
        extra = {file: graph[file] - wanted[file] - self.beside(graph[file]) for file in graph}
        return [*faults, *(f"no cell: {file} says {triple}" for file in extra for triple in extra[file])]


@pytest.fixture(scope="session")
def account(repo: Path) -> Account:
    """The account of the import."""
    return Account(repo)
