"""The stored queries: finds them, reads their heads, fills their parameters. It never runs one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from numbers import Integral
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox

from samtaler_kg.codes import CodeLists
from samtaler_kg.guard import inspect
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.terms import BASE, XSD, id_iri

Shelf = Literal["answers", "rules", "checks"]
Given = Mapping[str, str | int | Sequence[str]]

_SWITCH = re.compile(r"^(\s*)#\?\s+(\w+)\s+(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, as ``queries/params.toml`` declares it: of a code list, an identifier's kind, or a plain type."""

    name: str
    help: Mapping[str, str]
    list: str = ""
    id: str = ""
    type: str = ""

    def term(self, value: str, codes: CodeLists, where: Where) -> str:
        """The SPARQL term of *value*. Raises Refused where no list has it or the type does not fit."""
        if self.list:
            known = codes.by_list[self.list]
            if value not in known:
                facts = {"value": value, "list": self.list, "hint": nearest(value, known)}
                raise Refused(Problem("unknown-code", where, facts))
            return str(ox.NamedNode(known[value].iri))
        if self.id or self.type == "path":
            if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
                raise Refused(Problem("bad-id", where, {"value": value}))
            return str(ox.NamedNode(id_iri(self.id, value) if self.id else f"{BASE}id/{value}"))
        if self.type == "integer":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
                raise Refused(Problem("bad-value", where, {"value": value, "type": self.type}))
            return str(ox.Literal(value, datatype=ox.NamedNode(XSD.integer)))
        return str(ox.Literal(value))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer, as ``queries/columns.toml`` declares it: its type and its title per language."""

    name: str
    type: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """One ``.rq`` file: its head and its text. The text as it stands is a whole query that restricts nothing.

    ``also`` names the layers that it looks into beside the one that is asked: nothing mixes layers that does not say so.
    """

    name: str
    shelf: Shelf
    path: Path
    text: str
    asks: Mapping[str, str]
    columns: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    head: Mapping[str, Any] = field(default_factory=dict)

    def filled(self, terms: Mapping[str, Sequence[str]]) -> str:
        """The text with the parameters of *terms* switched on; several terms of one parameter mean either."""
        text = self.text
        for name, given in terms.items():
            values = f"VALUES ?{name} {{ {' '.join(given)} }}"
            switch = re.compile(rf"^(\s*)#\?\s+{name}\s+(.*)$", re.MULTILINE)
            text = switch.sub(lambda line, v=values: f"{line[1]}{line[2]} {v}", text)  # type: ignore[misc]
            text = re.sub(rf"VALUES \?{name} \{{[^}}]*\}}", lambda _, v=values: v, text)  # type: ignore[misc]
        return text


@dataclass(frozen=True)
class Catalogue:
    """Every stored query of a base, with the shared tables of columns and parameters."""

    base: Base

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns that answers may have, by name."""
        table = _toml(self.base.queries / "columns.toml")
        return {name: Column(name, entry["type"], entry) for name, entry in table.items()}

    @cached_property
    def params(self) -> Mapping[str, Parameter]:
        """The parameters that queries may take, by name."""
        table = _toml(self.base.queries / "params.toml")
        return {
            name: Parameter(name, entry, entry.get("list", ""), entry.get("id", ""), entry.get("type", ""))
            for name, entry in table.items()
        }

    def names(self, shelf: Shelf = "answers") -> list[str]:
        """The names of the queries on a shelf, sorted."""
        return sorted(path.stem for path in (self.base.queries / shelf).glob("*.rq"))

    def all(self, shelf: Shelf = "answers") -> list[StoredQuery]:
        """The queries on a shelf, by name."""
        return [self.find(name, shelf) for name in self.names(shelf)]

    def find(self, name: str, shelf: Shelf = "answers") -> StoredQuery:
        """The query *name*. Raises Refused where there is none, Damaged where its head cannot be read."""
        path = self.base.queries / shelf / f"{name}.rq"
        if name not in self.names(shelf):
            raise Refused(Problem("unknown-query", facts={"value": name, "hint": nearest(name, self.names(shelf))}))
        return parse(path, shelf)

    def terms(self, query: StoredQuery, given: Given, codes: CodeLists) -> dict[str, list[str]]:
        """What the reader gave, as SPARQL terms by parameter. Raises Refused with every problem at once."""
        problems: list[Problem] = []
        terms: dict[str, list[str]] = {}
        for name in query.needs:
            if name not in given:
                problems.append(Problem("missing-parameter", facts={"query": query.name, "value": name}))
        for name, value in given.items():
            if name not in query.params:
                hint = ", ".join(query.params) or "-"
                facts = {"query": query.name, "value": name, "hint": hint}
                problems.append(Problem("unknown-parameter", facts=facts))
                continue
            try:
                terms[name] = [self.params[name].term(part, codes, Where(key=name)) for part in split(name, value)]
            except Refused as error:
                problems.extend(error.problems)
        if problems:
            raise Refused(problems)
        return terms


def split(name: str, value: object) -> list[str]:
    """The values given for the parameter *name*: of a text split by ``|``, a whole number, or several of them.

    Raises Refused for what is none of these: a value that is missing must not widen a count in silence.

    >>> split("country", "DNK|SWE"), split("country", ["DNK"]), split("year_from", 2010)
    (['DNK', 'SWE'], ['DNK'], ['2010'])
    """
    several = list(value) if isinstance(value, Sequence | Set) and not isinstance(value, str) else [value]
    strange = [each for each in several if not isinstance(each, str | Integral)]
    if strange or not several:
        facts = {"value": strange[0] if strange else value, "type": "string / integer"}
        raise Refused(Problem("bad-value", Where(key=name), facts))
    return str(value).split("|") if several == [value] else [str(each) for each in several]


def parse(path: Path, shelf: Shelf) -> StoredQuery:
    """Read one stored query.

    Raises Damaged where the file or its head is not as it must be, or where the query would do more than read the base.
    """
    try:
        return _query(path.read_text(encoding="utf-8"), path, shelf)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise Damaged(Problem("bad-query-file", Where(str(path)), {"reason": error})) from None


@lru_cache(maxsize=1024)
def _query(text: str, path: Path, shelf: Shelf) -> StoredQuery:
    """The query of a file with this text; a file that says what it said is not read into its parts again."""
    head = tomllib.loads("\n".join(line[2:].lstrip() for line in text.splitlines() if line.startswith("#+")))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"
    _must_only_read(body, path)
    return StoredQuery(
        name=path.stem,
        shelf=shelf,
        path=path,
        text=body,
        asks=head["asks"],
        columns=tuple(head.get("columns", ())),
        params=tuple(head.get("params", ())),
        needs=tuple(head.get("needs", ())),
        layers=tuple(head["layers"]),
        also=tuple(head.get("also", ())),
        head=head,
    )


def _must_only_read(text: str, path: Path) -> None:
    """Raises Damaged where a query would change data, call a server or read a graph of elsewhere, as it stands or filled in.

    A base may come from anybody, and its queries run wherever it is opened.
    """
    for each in (text, _SWITCH.sub(r"\1\3", text)):
        found = inspect(each)
        if found.services or found.updates or found.froms:
            raise Damaged(Problem("query-acts", Where(str(path))))


def switches(query: StoredQuery) -> set[str]:
    """The parameters that the text of *query* can switch on or replace."""
    found = {line[2] for line in _SWITCH.finditer(query.text)}
    return found | set(re.findall(r"VALUES \?(\w+) \{", query.text))


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
