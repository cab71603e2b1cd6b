"""Tables of text → cards: what CSV files and workbooks share.

A study is a row of the table of studies, a result a row of the table of results, a trial one row for each study that
rests on it. A table with the columns of both studies and results, as ``samtaler export`` writes it, holds both.
What goes in is counted out again: every filled cell stands in a card, or in a problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from samtaler_kg.cards import Card, Data, Grammar
from samtaler_kg.cards.read import Path_, Place, key_text
from samtaler_kg.forms.cells import ADDRESSES, BLANK, NUMBERS, has_comma, items, number
from samtaler_kg.forms.columns import DERIVED, PARENT, TABLES, Path, kinds_of, plan_of
from samtaler_kg.forms.jsontext import parse, plain
from samtaler_kg.forms.raw import MAX_CARDS, too_much
from samtaler_kg.problems import Problem, Refused, Severity, Where, nearest


@dataclass(slots=True)
class Row:
    """The filled cells of one row by number of column; ``exact`` are the columns that held a number, not text."""

    line: int
    cells: dict[int, str]
    exact: frozenset[int] = frozenset()


@dataclass
class Table:
    """A table as read: its file or sheet, its header by number of column, its rows."""

    file: str
    header: dict[int, str]
    header_line: int = 1
    rows: list[Row] = field(default_factory=list)


@dataclass
class _Draft:
    """A card in the making."""

    kind: str
    file: str
    data: Data = field(default_factory=dict)
    places: dict[Path_, Place] = field(default_factory=dict)
    files: dict[Path_, str] = field(default_factory=dict)

    def card(self) -> Card:
        """The finished card."""
        return Card(self.kind, self.data, self.places, self.file, files=self.files)


@dataclass
class _Part:
    """The cells of one row that belong to one card: values by path, and the column of each."""

    table: Table
    line: int
    values: dict[Path, Any] = field(default_factory=dict)
    columns: dict[Path, int] = field(default_factory=dict)

    def where(self, path: Path, key: str = "") -> Where:
        """The place of the cell, or of its row."""
        return Where(self.table.file, self.line, self.columns.get(path, 1), key or key_text(path))


def cards_of(tables: Sequence[Table], grammar: Grammar) -> tuple[list[Card], list[Problem]]:
    """The cards in some tables that belong together, in the order of their rows, and every problem found."""
    reading = _Reading(grammar)
    planned = [(table, reading.planned(table)) for table in tables]
    for table, mapped in sorted(planned, key=lambda pair: "result" in pair[1]):  # studies before their results
        reading.take(table, mapped)
    drafts = [*reading.drafts["study"].values(), *reading.again, *reading.drafts["trial"].values()]
    if not drafts and not reading.problems:
        where = Where(tables[0].file) if tables else Where()
        return [], [Problem("nothing-filled", where)]
    return [draft.card() for draft in drafts], reading.problems


#: For each kind of card in a table: number of column → path of the key.
Mapped = dict[str, dict[int, Path]]


class _Reading:
    """One pass over the tables of one entry. ``danish`` once a number in them has a decimal comma for certain."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.plans = {kind: plan_of(kind, grammar) for kind in TABLES}
        self.problems: list[Problem] = []
        self.drafts: dict[str, dict[str, _Draft]] = {"study": {}, "trial": {}}
        self.again: list[_Draft] = []
        self.danish = False

    def planned(self, table: Table) -> Mapped:
        """Which column of *table* goes where; a column that goes nowhere is a problem."""
        kinds = kinds_of(table.header, self.plans)
        if not kinds and table.header:
            columns = ", ".join(self.plans["study"].columns)
            self.problems.append(Problem("bad-table", Where(table.file, table.header_line), {"columns": columns}))
        if not kinds:
            return {}
        mapped: Mapped = {kind: {} for kind in kinds}
        seen: dict[tuple[str, Path], int] = {}
        for column, name in table.header.items():
            paths = [(kind, path) for kind in kinds if (path := self.plans[kind].path(name)) is not None]
            where = Where(table.file, table.header_line, column, name)
            if not paths:
                self._unknown(table, column, name, kinds, where)
            for kind, path in paths:
                if seen.setdefault((kind, path), column) != column:
                    self.problems.append(Problem("column-twice", where, {"column": name}))
                else:
                    mapped[kind][column] = path
        numbers = {column for columns in mapped.values() for column, path in columns.items() if path[-1] in NUMBERS}
        self.danish = self.danish or any(has_comma(row.cells.get(n, "")) for row in table.rows for n in numbers)
        return mapped

    def _unknown(self, table: Table, column: int, name: str, kinds: Sequence[str], where: Where) -> None:
        exported = _of_all_kinds(set(table.header.values()))
        if name in DERIVED and not exported:
            self.problems.append(Problem("column-not-read", where, {"column": name}, Severity.INFORMS))
        elif not exported and (name or any(column in row.cells for row in table.rows)):
            known = [known for kind in kinds for known in self.plans[kind].columns]
            hint = self.grammar.called(name, known) or nearest(name, known)
            self.problems.append(Problem("unknown-column", where, {"column": name, "hint": hint}))

    def take(self, table: Table, mapped: Mapped) -> None:
        """The rows of one table."""
        kinds = {name: column for column, name in table.header.items()}
        others = [row for row in table.rows if _of_all_kinds(set(kinds)) and _other(row, kinds["kind"])]
        if others:
            facts = {"rows": len(others), "kinds": ", ".join(sorted({row.cells[kinds["kind"]] for row in others}))}
            where = Where(table.file, others[0].line, kinds["kind"])
            self.problems.append(Problem("rows-not-read", where, facts, Severity.INFORMS))
        passed = set(map(id, others))
        for row in table.rows:
            if mapped and id(row) not in passed:
                self._row(table, row, mapped)

    def _row(self, table: Table, row: Row, mapped: Mapped) -> None:
        if extra := [column for column in row.cells if column not in table.header]:
            where = Where(table.file, row.line, extra[0])
            self.problems.append(Problem("bad-row", where, {"cells": max(row.cells), "columns": max(table.header)}))
        parts = {kind: self._part(table, row, columns, kind) for kind, columns in mapped.items()}
        if "trial" in parts:
            self._trial(parts["trial"])
        if "study" in parts and parts["study"].values:
            self._study(parts["study"], wide="result" in parts)
        if "result" in parts and set(parts["result"].values) - {PARENT}:
            self._result(parts["result"])

    def _part(self, table: Table, row: Row, columns: dict[int, Path], kind: str) -> _Part:
        part = _Part(table, row.line)
        for column, path in columns.items():
            text = row.cells.get(column, "")
            where = Where(table.file, row.line, column, key_text(path))
            value = self._value(text, kind, path, where, column in row.exact, part) if text.strip(BLANK) else ""
            if value:
                part.values[path] = value
                part.columns[path] = column
        return part

    def _value(self, text: str, kind: str, path: Path, where: Where, exact: bool, part: _Part) -> Any:
        """What a cell says: text, several values, or a number with a point whatever its mark was."""
        key, around = path[-1], self.grammar.kinds[kind]
        if len(path) > 1:
            around = self.grammar.kinds[around.children[path[0]]]
        if key in around.lists:
            child = self.grammar.kinds[around.children[key]] if key in around.children else None
            return self._json(text, where) if child and not child.bare else items(text, key in ADDRESSES)
        if key in NUMBERS and not exact:
            return self._number(text, path, where, part)
        meaning = self.grammar.meanings.get(key)
        return text.strip(BLANK) if key == "id" or (meaning and (meaning.coded or meaning.datatype)) else text

    def _number(self, text: str, path: Path, where: Where, part: _Part) -> str:
        read = number(text, self.danish)
        if read is None:
            self.problems.append(Problem("ambiguous-number", where, {"value": text}))
            return text
        printed = (*path[:-1], "text")
        if read not in (text, text.strip(BLANK)) and path[-1] == "value" and printed not in part.values:
            part.values[printed] = text.strip(BLANK)
            part.columns[printed] = where.column or 1
        return read

    def _json(self, text: str, where: Where) -> Any:
        try:
            node, problems = parse(text, where.file)
        except Refused as error:
            node, problems = None, error.problems
        self.problems += [replace(problem, where=where) for problem in problems]
        return plain(node) if node is not None else text

    def _study(self, part: _Part, wide: bool) -> None:
        identifier = str(part.values.get(("id",), ""))
        known = self.drafts["study"].get(identifier)
        if known is not None and wide:
            self._same(known, part)
            return
        if len(self.drafts["study"]) + len(self.again) >= MAX_CARDS:
            raise Refused(too_much(part.where(()), "cards", MAX_CARDS))
        draft = _Draft("study", part.table.file)
        _fill(draft, (), part)
        if known is not None:  # told where the cards of all files are at hand
            self.again.append(draft)
        else:
            self.drafts["study"][identifier or f"\n{len(self.drafts['study'])}"] = draft

    def _same(self, known: _Draft, part: _Part) -> None:
        """A row that repeats what stands of a study or trial in an earlier one must repeat it unchanged."""
        for path, value in part.values.items():
            if known.data.get(path[0]) != value:
                facts = {"column": path[0], "first": known.places[()][0]}
                self.problems.append(Problem("rows-disagree", part.where(path), facts))
        if missing := [key for key in known.data if key not in ("results", "members") and (key,) not in part.values]:
            facts = {"column": missing[0], "first": known.places[()][0]}
            self.problems.append(Problem("rows-disagree", part.where((), missing[0]), facts))

    def _result(self, part: _Part) -> None:
        identifier = str(part.values.pop(PARENT, ""))
        draft = self.drafts["study"].get(identifier)
        if draft is None:
            known = [name for name in self.drafts["study"] if name.strip()]
            facts = {"value": identifier, "hint": nearest(identifier, known)[:200]}
            self.problems.append(Problem("row-without-study", part.where(PARENT), facts))
            return
        results = draft.data.setdefault("results", [])
        path: Path_ = ("results", len(results))
        results.append({})
        if part.table.file != draft.file:
            draft.files[("results",)] = draft.files[path] = part.table.file
        _fill(draft, path, part)

    def _trial(self, part: _Part) -> None:
        identifier = str(part.values.get(("id",), ""))
        member = _Part(part.table, part.line)
        for path in [path for path in part.values if path[0] == "members"]:
            member.values[path[1:]], member.columns[path[1:]] = part.values.pop(path), part.columns[path]
        draft = self.drafts["trial"].get(identifier)
        if draft is None:
            draft = self.drafts["trial"][identifier] = _Draft("trial", part.table.file)
            _fill(draft, (), part)
        else:
            self._same(draft, part)
        if member.values:
            members = draft.data.setdefault("members", [])
            members.append({})
            _fill(draft, ("members", len(members) - 1), member)


def _of_all_kinds(header: set[str]) -> bool:
    """Whether a header is that of the one table of an export, where cards of all kinds stand below each other."""
    return {"layer", "kind"} <= header and ("trial_id" not in header or "verification" in header)


def _other(row: Row, column: int) -> bool:
    """Whether a row of an export is about something else than a study and its result."""
    return row.cells.get(column, "study") != "study"


def _fill(draft: _Draft, at: Path_, part: _Part) -> None:
    """Put the cells of a row into the card at the path *at*, with their places."""
    data: Any = draft.data
    for step in at:
        data = data[step]
    draft.places.setdefault(at, (part.line, 1))
    for path, value in part.values.items():
        target = data
        for step in path[:-1]:
            target = target.setdefault(step, {})
        target[path[-1]] = value
        place = (part.line, part.columns[path])
        for inner in _paths(value, (*at, *path)):
            draft.places[inner] = place


def _paths(value: Any, path: Path_) -> Iterator[Path_]:
    yield path
    if isinstance(value, list):
        yield from (((*path, n)) for n in range(len(value)))
