"""The memo's claims: rows of ``data/memo/claims.csv`` → cards, and the counts that they print."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from samtaler_kg.cards import Card, Data
from samtaler_kg.problems import Damaged, Problem, Where

COLUMNS = (
    "claim_id",
    "section",
    "paragraph",
    "kind",
    "dimensions",
    "denominator_dimensions",
    "numerator",
    "denominator",
    "note",
    "note_da",
    "query",
)

#: The dimensions a claim may name, and the card key of each. ``years`` is a span and becomes two keys.
DIMENSIONS = {
    "unit": "counted_unit",
    "region": "region",
    "period": "period",
    "country": "country",
    "mechanism": "mechanism",
    "verdict": "verdict",
    "source": "source",
    "quality": "quality",
}
_PARTS = {"numerator": "dimensions", "denominator": "denominator_dimensions"}
_LISTS = {"region", "period", "country", "mechanism", "verdict", "source", "quality"}


class Row(dict[str, str]):
    """The cells of one row of a table by column, with the line that it ends on."""

    line: int = 0


def read_rows(path: Path, columns: Iterable[str], shown: str = "") -> list[Row]:
    """The rows of a CSV file, cells as text; *shown* is the file's name in messages.

    Raises Damaged where the file, its header or the length of a row is not as expected.
    """
    shown, wanted = shown or str(path), list(columns)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            lines = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Damaged(Problem("unreadable-file", Where(shown), {"reason": error})) from None
    if header != wanted:
        raise Damaged(Problem("bad-table", Where(shown, 1), {"columns": ", ".join(wanted)}))
    if uneven := [(line, cells) for line, cells in lines if len(cells) != len(wanted)]:
        raise Damaged(
            Problem("bad-row", Where(shown, line), {"cells": len(cells), "columns": len(wanted)})
            for line, cells in uneven
        )
    return [_row(line, dict(zip(wanted, cells, strict=True))) for line, cells in lines]


def _row(line: int, cells: Mapping[str, str]) -> Row:
    row = Row(cells)
    row.line = line
    return row


def cards(rows: Iterable[Row], shown: str) -> list[Card]:
    """Each row of claims.csv as a card of the kind ``claim``.

    Raises Damaged with every cell that cannot be read; none is passed over.
    """
    found: list[Card] = []
    problems: list[Problem] = []
    for row in rows:
        data: Data = {
            "id": row["claim_id"],
            "section": row["section"],
            "paragraph": row["paragraph"],
            "claim_kind": row["kind"],
            "note": row["note"],
            "note_da": row["note_da"],
            "query": row["query"],
        }
        for part, column in _PARTS.items():
            said = _said(row[column], Where(shown, row.line, key=column), problems)
            if part == "numerator" and "topic" in said and not row[part]:
                data["topic"] = said.pop("topic")
            if said or row[part]:
                data[part] = _published(said, row[part], Where(shown, row.line, key=part), problems)
        filled = {key: value for key, value in data.items() if value}
        found.append(Card("claim", filled, {(): (row.line, 1)}, shown))
    if problems:
        raise Damaged(problems)
    return found


def _said(text: str, where: Where, problems: list[Problem]) -> dict[str, str]:
    """The dimensions in a cell of the form ``key=value; key=value``."""
    said: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = pair.partition("=")
        if not equals or not value or key not in {*DIMENSIONS, "years", "topic"}:
            hint = ", ".join([*DIMENSIONS, "years", "topic"])
            problems.append(Problem("bad-dimension", where, {"value": pair, "hint": hint}))
        elif key in said:
            problems.append(Problem("key-twice", where, {"key": key}))
        else:
            said[key] = value
    return said


def _published(said: Mapping[str, str], count: str, where: Where, problems: list[Problem]) -> Data:
    if not count.isdecimal():
        problems.append(Problem("bad-number", where, {"value": count}))
    data: Data = {"printed_count": count}
    for key, value in said.items():
        if key == "years" and (years := re.fullmatch("([0-9]{4})-([0-9]{4})", value)):
            data["year_from"], data["year_to"] = years.groups()
        elif key not in DIMENSIONS:
            facts = {"value": f"{key}={value}", "hint": ", ".join([*DIMENSIONS, "years"])}
            problems.append(Problem("bad-dimension", where, facts))
        else:
            data[DIMENSIONS[key]] = value.split("|") if key in _LISTS else value
    return data
