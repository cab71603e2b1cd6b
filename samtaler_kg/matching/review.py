"""The file that a person edits: one row a record, a decision behind each. What was decided stays when it is made anew.

A spreadsheet takes a cell that begins with = + - or @ for a formula: such a cell is written with an apostrophe before
it and read without.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from samtaler_kg.forms.csvpair import read_table
from samtaler_kg.forms.jsontext import MAX_VALUES
from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.matching.matching import Candidate
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import Language

#: The columns of a review file. A person fills in decision and comment, and may correct study and version.
COLUMNS = (
    "decision", "comment", "group", "score", "version", "study", "study_title", "study_authors", "study_year", "title",
    "authors", "year", "doi", "object", "reasons", "suggested", "source", "place",
)  # fmt: skip

#: The columns without which a file is none for review.
_NEEDED = ("decision", "study", "version", "object", "source")

#: What the name of another base may be: it becomes part of a file's name.
SOURCE = re.compile("[a-z0-9][a-z0-9-]{0,40}")

_FORMULA = re.compile("'*[=+\\-@\t\r]")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a person left it."""

    where: Where
    cells: Cells

    def __getitem__(self, column: str) -> str:
        """The text of a cell; empty where nothing stands in it."""
        return self.cells.get(column, "")

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What a record is known by from one time to the next: its object, and what it says where it has none."""
        said = (self["title"], self["authors"], self["year"])
        return ((self["object"],), said) if self["object"] else (said,)

    @property
    def suggested(self) -> bool:
        """Whether study and version stand as they were suggested: the score is theirs."""
        return [self["study"], self["version"]] == self["suggested"].split(" ")[:2]

    @property
    def by_rule(self) -> bool:
        """Whether the row was accepted without a person, and nobody changed what it links."""
        links = f"{self['study']} {self['version']} {self['object']}"
        return self["group"] == "accepted" and links == self["suggested"]


def shielded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> shielded("=1+1"), shielded("'=1"), shielded("plain"), bare(shielded("'=1"))
    ("'=1+1", "''=1", 'plain', "'=1")
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """A cell as it was before it was shielded.

    >>> bare("'=1+1"), bare("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def rows(
    candidates: Iterable[Candidate], source: str, lang: Language, everything: bool = False
) -> list[dict[str, str]]:
    """A row for each record that is accepted or to be reviewed; *everything* adds those without a match.

    What is accepted and can be linked to has its decision filled in.
    """
    kept = [each for each in candidates if everything or each.group != "no-match"]
    order = {"accepted": 1, "review": 0, "no-match": 2}
    return [_row(each, source, lang) for each in sorted(kept, key=lambda each: (order[each.group], -each.score))]


def _row(each: Candidate, source: str, lang: Language) -> dict[str, str]:
    theirs, ours = each.record, each.ours
    chosen = ours.id if ours and each.group != "no-match" else ""
    return {
        "decision": "accept" if each.group == "accepted" and theirs.object else "",
        "group": each.group,
        "score": f"{each.score:.2f}",
        "version": each.version or "",
        "study": chosen,
        "study_title": ours.label if ours else "",
        "study_authors": ours.printed if ours else "",
        "study_year": str(ours.year or "") if ours else "",
        "title": theirs.label,
        "authors": "; ".join(theirs.authors)[:500],
        "year": str(theirs.year or ""),
        "doi": theirs.doi,
        "object": theirs.object,
        "reasons": "; ".join(each.told(lang)),
        "suggested": f"{chosen} {each.version or ''} {theirs.object}",
        "source": source,
        "place": str(theirs.where),
    }


def as_csv(made: Sequence[Cells]) -> bytes:
    """The file: UTF-8 with a mark by which spreadsheets know it. Raises Refused where it could not be read again."""
    if (len(made) + 1) * len(COLUMNS) > MAX_VALUES:
        raise Refused(too_much(Where(), "cells", MAX_VALUES))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({column: shielded(cell) for column, cell in row.items()} for row in made)
    return stream.getvalue().encode("utf-8-sig")


def read(path: Path) -> list[Row]:
    """The rows of a review file. Raises Refused where it is none."""
    shown = str(path)
    table = read_table(as_text(raw_bytes(path, shown), shown), shown)
    columns = {name: column for column, name in table.header.items()}
    if not set(_NEEDED) <= set(columns):
        raise Refused(Problem("bad-table", Where(shown, table.header_line), {"columns": ", ".join(COLUMNS)}))
    return [
        Row(Where(shown, row.line), {name: bare(row.cells.get(column, "").strip()) for name, column in columns.items()})
        for row in table.rows
    ]


def kept(made: Sequence[Cells], earlier: Sequence[Row]) -> tuple[list[dict[str, str]], int]:
    """New rows with what a person wrote into earlier ones, and how many decisions were kept.

    A decision on a record that is not found any more stays as a row of its own.
    """
    known = [row for row in earlier if row["comment"] or _decided(row)]
    by_key = {key: row for row in known for key in row.keys}
    rows: list[dict[str, str]] = []
    carried: set[int] = set()
    for row in made:
        before = by_key.get(Row(Where(), row).keys[0])
        if before is not None:
            carried.add(id(before))
        rows.append({**row, **_carried(before, row)})
    left = [{column: row[column] for column in COLUMNS} for row in known if id(row) not in carried]
    return [*rows, *left], sum(map(_decided, known))


def _carried(before: Row | None, row: Cells) -> dict[str, str]:
    """What a person wrote into the row of a record: a comment, a decision with what it rests on."""
    if before is None:
        return {}
    decided = ("decision", "study", "version") if _decided(before) else ()
    found = () if row["object"] else ("object",)
    return {column: before[column] for column in ("comment", *decided, *found)}


def _decided(row: Row) -> bool:
    """Whether a person decided: not what was accepted without one and left as it was."""
    return bool(row["decision"]) and not (row.by_rule and row["decision"] == "accept")
