"""Answers as tables, and the forms that a table takes: text, CSV, JSON, Turtle, pandas."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from samtaler_kg.catalogue import Column
from samtaler_kg.codes import CodeLists
from samtaler_kg.stores import serialized
from samtaler_kg.terms import PREFIXES, RDF, XSD, short
from samtaler_kg.words import Language

if TYPE_CHECKING:
    import pandas as pd

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Value = str | int | bool | Decimal | float | None

#: The W3C vocabulary for the rows of a SELECT as RDF.
RESULT_SET = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_NUMBERS: Mapping[str, Callable[[str], Value]] = {
    XSD.integer: int,
    XSD.decimal: Decimal,
    XSD.double: float,
    XSD.boolean: _TRUTH.__getitem__,
}
_CSV_MARKS = re.compile(r'[",\r\n]')
_DTYPES: Mapping[str, Any] = {"integer": "Int64", "decimal": "Float64", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of terms under typed columns, with what a reader must know of them.

    *notes* are texts by language; *about* says which query, layer, scope and parameters gave the rows.
    """

    columns: Sequence[Column]
    rows: Sequence[tuple[Term | None, ...]]
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[Mapping[Language, str]] = ()

    def records(self) -> list[dict[str, Value]]:
        """The rows as plain values by column name: numbers as numbers, codes and ids in their short form."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, map(plain, row), strict=True)) for row in self.rows]


def plain(term: Term | None) -> Value:
    """A term as a plain value; an unbound one as None. What is no value of its datatype stays the text it is.

    >>> plain(ox.Literal(7)), plain(ox.NamedNode(PREFIXES["country"] + "DNK")), plain(None)
    (7, 'DNK', None)
    """
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return _value(term)
    return short(term.value) if isinstance(term, ox.NamedNode) else f"_:{term.value}"


def _value(literal: ox.Literal) -> Value:
    try:
        value = _NUMBERS.get(literal.datatype.value, str)(literal.value)
    except (ValueError, ArithmeticError, LookupError):
        return literal.value
    # JSON has no number for an infinity, and a Decimal can be one only by a fault.
    infinite = isinstance(value, Decimal | float) and not math.isfinite(value)
    return literal.value if infinite else value


def _digits(value: Value) -> str:
    """A number as text; a small decimal without an exponent, as RDF writes it."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def as_csv(table: Table) -> str:
    """CSV with column names in the first line; an unbound cell is empty."""
    lines = [[column.name for column in table.columns]]
    lines += [["" if value is None else _machine(value) for value in map(plain, row)] for row in table.rows]
    return "".join(map(_csv_line, lines))


def _csv_line(cells: Sequence[str]) -> str:
    # Python's csv writer leaves a lone carriage return bare, and readers then end the row there.
    quoted = ['"' + cell.replace('"', '""') + '"' if _CSV_MARKS.search(cell) else cell for cell in cells]
    return (",".join(quoted) or '""') + "\n"


def _machine(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else _digits(value)


def as_json(table: Table) -> str:
    """JSON: what was asked, the columns, the rows by column name; decimals as numbers, unbound as null."""
    names = [column.name for column in table.columns]
    body = {**table.about, "notes": list(table.notes), "columns": names, "rows": table.records()}
    return json.dumps(body, ensure_ascii=False, indent=1, default=float, allow_nan=False) + "\n"


def as_turtle(table: Table) -> str:
    """The rows as RDF in the W3C result-set vocabulary."""
    top = ox.BlankNode("answer")
    triples = [ox.Triple(top, ox.NamedNode(RDF.type), _rs("ResultSet"))]
    triples += [ox.Triple(top, _rs("resultVariable"), ox.Literal(column.name)) for column in table.columns]
    for n, row in enumerate(table.rows, start=1):
        solution = ox.BlankNode(f"row{n}")
        triples.append(ox.Triple(top, _rs("solution"), solution))
        triples.append(ox.Triple(solution, _rs("index"), ox.Literal(n)))
        for column, term in zip(table.columns, row, strict=True):
            triples += _binding(solution, column.name, term)
    prefixes = {"rs": RESULT_SET, **PREFIXES}
    return serialized(triples, ox.RdfFormat.TURTLE, prefixes).decode()


def _binding(solution: ox.BlankNode, name: str, term: Term | None) -> list[ox.Triple]:
    if term is None:
        return []
    # A column may be called 1a: the underscore keeps row 1's 1a apart from row 11's a.
    binding = ox.BlankNode(f"{solution.value}_{name}")
    return [
        ox.Triple(solution, _rs("binding"), binding),
        ox.Triple(binding, _rs("variable"), ox.Literal(name)),
        ox.Triple(binding, _rs("value"), term),
    ]


def _rs(name: str) -> ox.NamedNode:
    return ox.NamedNode(RESULT_SET + name)


def triples_as_turtle(triples: Sequence[ox.Triple]) -> str:
    """Triples as Turtle with the prefixes of the project, in a fixed order."""
    ordered = sorted(set(triples), key=str)
    return serialized(ordered, ox.RdfFormat.TURTLE, PREFIXES).decode()


def as_pandas(table: Table) -> pd.DataFrame:
    """A pandas DataFrame: integers as Int64, decimals as Float64, text as string; an unbound cell is missing.

    ``attrs`` holds what was asked: query, layer, scope, parameters, notes.
    """
    import pandas as pd

    frame = pd.DataFrame(table.records(), columns=[column.name for column in table.columns], dtype="object")
    for column in table.columns:
        values = frame[column.name]
        if column.type == "decimal":
            values = values.map(lambda value: None if value is None else float(value))
        frame[column.name] = values.astype(_DTYPES.get(column.type, "string"))
    frame.attrs.update({**table.about, "notes": list(table.notes)})
    return frame


def cells(table: Table, codes: CodeLists, lang: Language) -> list[list[str]]:
    """The rows as a reader sees them: codes by label, decimals in the language's form, unbound as empty."""
    return [[cell(term, codes, lang) for term in row] for row in table.rows]


def narrow(table: Table) -> Table:
    """The table for reading: a count with its lowest and highest value (``x``, ``x_low``, ``x_high``) as one column.

    The cell is the number where the two agree, else both with a dash between: an interval, not a count.
    """
    names = [column.name for column in table.columns]
    ends = {f"{name}_{end}" for name in names for end in ("low", "high") if f"{name}_low" in names}
    kept = [n for n, name in enumerate(names) if name not in ends]

    def joined(row: tuple[Term | None, ...], n: int) -> Term | None:
        if f"{names[n]}_low" not in names or row[n] is not None:
            return row[n]
        low, high = (plain(row[names.index(f"{names[n]}_{end}")]) for end in ("low", "high"))
        return None if low is None else ox.Literal(f"{low}–{'…' if high is None else high}")

    rows = [tuple(joined(row, n) for n in kept) for row in table.rows]
    return Table([table.columns[n] for n in kept], rows, table.about, table.notes)


def cell(term: Term | None, codes: CodeLists, lang: Language) -> str:
    """One term as a reader sees it."""
    if isinstance(term, ox.NamedNode) and (label := codes.label(term.value, lang)):
        return label
    value = plain(term)
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"da": ("nej", "ja"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, Decimal | float):
        return _digits(value).replace(".", "," if lang == "da" else ".")
    return str(value)
