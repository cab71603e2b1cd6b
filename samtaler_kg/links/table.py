"""SSSOM TSV → mappings: a head of ``#`` lines in YAML, then a table. Small, strict, within bounds; all problems at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from samtaler_kg.cards import read_text
from samtaler_kg.cards.read import MAX_PROBLEMS
from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.links.model import Link, LinkSet, Plan
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, SamtalerError, Where, nearest
from samtaler_kg.terms import BASE, id_iri, short

#: Where tables of mappings stand.
PLACE = "data/links/<name>.sssom.tsv"

#: Where the IRI of a table of this project's own begins.
SET = id_iri("mapping-set", "")

#: Limits of one table: bytes of the file, lines of its head, mappings, characters of a cell.
MAX_TABLE, MAX_HEAD, MAX_LINKS, MAX_CELL = 20_000_000, 1_000, 100_000, 20_000

_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(?!//)(.*)", re.DOTALL)
_SHARE = re.compile(r"[01](\.[0-9]{1,10})?")

#: A line of the table: its number in the file, and its cells.
Line = tuple[int, list[str]]


def read_all(base: Base) -> list[LinkSet]:
    """Every table of mappings of *base*. Raises Damaged with the problems of all of them."""
    plan, folder = Plan.of(base), base.data / "links"
    found: list[LinkSet] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.tsv")):
        shown = path.relative_to(base.root).as_posix()
        if not path.name.endswith(".sssom.tsv"):
            problems.append(Problem("wrong-place", Where(shown), {"place": PLACE}))
            continue
        try:
            found.append(read(path, plan, shown))
        except SamtalerError as error:
            problems += error.problems
    if problems:
        raise Damaged(problems)
    return found


def read(path: Path, plan: Plan, shown: str = "") -> LinkSet:
    """The mappings in one file; *shown* is its name in messages.

    Raises Refused where it cannot be read at all, Damaged with every problem of head and rows.
    """
    shown = shown or str(path)
    return parsed(as_text(raw_bytes(path, shown, MAX_TABLE), shown), plan, shown)


def parsed(text: str, plan: Plan, shown: str) -> LinkSet:
    """The mappings in the text of a file that is *shown* by that name; raises as ``read`` does."""
    lines = io.StringIO(text).readlines()
    top = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if top > MAX_HEAD:
        raise Refused(too_much(Where(shown, MAX_HEAD + 1), "head", MAX_HEAD))
    about, prefixes, problems = _head(lines[:top], plan, shown)
    links: list[Link] = []
    try:
        links += _links(_table(lines[top:], top, plan, shown), _Cells(prefixes, plan, shown), problems)
    except Damaged as damage:
        problems += damage.problems
    if problems:
        raise Damaged(problems[:MAX_PROBLEMS])
    return LinkSet(about.pop("mapping_set_id"), about.pop("license"), about, tuple(links), shown)


def _head(lines: Sequence[str], plan: Plan, shown: str) -> tuple[dict[str, str], Mapping[str, str], list[Problem]]:
    """The keys of the head with their texts, its prefixes, and what is wrong with them."""
    marks = 2 if lines and all(line.startswith("# ") for line in lines) else 1
    card, problems = read_text("".join(line[marks:] for line in lines), "mapping-set", shown)
    data = dict(card.data) if card else {}
    missing = [key for key in plan.head if not data.get(key)]
    problems += [Problem("head-lacks", Where(shown, 1), {"key": key}) for key in missing]
    known = {*plan.head, *plan.sets}
    for key, value in data.items():
        where = Where(shown, card.where((key,)).line if card else None, key=key)
        if key not in known:
            problems.append(Problem("unknown-key", where, {"key": key, "hint": nearest(key, known)}))
        elif isinstance(value, str) == (key == "curie_map"):
            problems.append(Problem("sssom-head-value", where, {"key": key}))
        elif key == "curie_map":
            problems += _prefix_problems(value, where)
        elif key in ("mapping_set_id", "license") and not is_iri(value):
            problems.append(Problem("no-iri", where, {"value": value}))
        elif key == "mapping_set_id" and value.startswith(BASE) and not value.startswith(SET):
            problems.append(Problem("bad-id", where, {"value": value}))
    prefixes = data.pop("curie_map", {})
    about = {key: value for key, value in data.items() if key in known}
    return about, prefixes if isinstance(prefixes, Mapping) else {}, problems


def _prefix_problems(prefixes: object, where: Where) -> Iterator[Problem]:
    for prefix, iri in prefixes.items() if isinstance(prefixes, dict) else ():
        if not isinstance(iri, str) or not is_iri(iri):
            yield Problem("no-iri", Where(where.file, where.line, key=f"curie_map.{prefix}"), {"value": iri})


def is_iri(value: str) -> bool:
    """Whether *value* is a whole IRI with nothing in it that an IRI may not hold.

    >>> is_iri("https://example.org/a"), is_iri("example"), is_iri("https://example.org/a b")
    (True, False, False)
    """
    try:
        ox.NamedNode(value)
    except ValueError:
        return False
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:.", value) is not None


def _table(lines: Sequence[str], above: int, plan: Plan, shown: str) -> tuple[list[str], list[Line]]:
    """The header and the rows. Raises Damaged where the table as a whole is not what it must be."""
    reader = csv.reader(lines, delimiter="\t", strict=True)
    try:
        header = next(reader, [])
        rows = [(above + reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise Damaged(Problem("unreadable-file", Where(shown, above + reader.line_num), {"reason": error})) from None
    problems = list(_header_problems(header, Where(shown, above + 1), plan))
    if len(rows) > MAX_LINKS:
        problems.append(too_much(Where(shown, rows[MAX_LINKS][0]), "links", MAX_LINKS))
    facts = ((Where(shown, line), {"cells": len(cells), "columns": len(header)}) for line, cells in rows)
    problems += [Problem("bad-row", where, said) for where, said in facts if said["cells"] != said["columns"]]
    if problems:
        raise Damaged(problems[:MAX_PROBLEMS])
    return header, rows


def _header_problems(header: Sequence[str], where: Where, plan: Plan) -> Iterator[Problem]:
    for number, name in enumerate(header):
        if name not in plan.columns:
            yield Problem("unknown-column", where, {"column": name, "hint": nearest(name, plan.columns)})
        elif name in header[:number]:
            yield Problem("key-twice", where, {"key": name})
    for name in plan.required:
        if name not in header:
            yield Problem("sssom-column-lacks", where, {"column": name})


class _Cells:
    """The cells of rows as what they mean, each held against what its column may hold."""

    def __init__(self, prefixes: Mapping[str, str], plan: Plan, shown: str) -> None:
        self.prefixes = prefixes
        self.plan = plan
        self.shown = shown

    def problems(self, where: Where, name: str, value: str) -> Iterator[Problem]:
        """What is wrong with one cell that is not empty."""
        if len(value) > MAX_CELL:
            yield too_much(where, "field", MAX_CELL)
        elif name in self.plan.things:
            found = _CURIE.fullmatch(value)
            if found and found[1] not in self.prefixes and not value.startswith("urn:"):
                yield Problem("unknown-prefix", where, {"value": found[1], "hint": nearest(found[1], self.prefixes)})
            elif not is_iri(self.iri(value)):
                yield Problem("no-iri", where, {"value": value})
        elif name == "confidence" and not (_SHARE.fullmatch(value) and Decimal(value) <= 1):
            yield Problem("bad-confidence", where, {"value": value})
        elif name == "mapping_date" and not _is_day(value):
            yield Problem("bad-value", where, {"value": value, "type": "date"})

    def iri(self, value: str) -> str:
        """The IRI that a cell names by prefix or in full."""
        found = _CURIE.fullmatch(value)
        return str(self.prefixes[found[1]]) + found[2] if found and found[1] in self.prefixes else value


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _links(table: tuple[list[str], list[Line]], cells: _Cells, problems: list[Problem]) -> Iterator[Link]:
    """The mappings of a table; what is wrong with a row is added to *problems*, and the row left out."""
    header, rows = table
    for line, values in rows:
        row = {name: value.strip() for name, value in zip(header, values, strict=True)}
        found = [
            problem
            for name, value in row.items()
            if value
            for problem in cells.problems(Where(cells.shown, line, key=name), name, value)
        ]
        empty = (name for name in cells.plan.required if not row[name])
        found += [Problem("empty-cell", Where(cells.shown, line, key=name), {"column": name}) for name in empty]
        if not found:
            made = {name: cells.iri(value) if name in cells.plan.things else value for name, value in row.items()}
            where = Where(cells.shown, line)
            link = Link(made["subject_id"], made["predicate_id"], made["object_id"], made, where)
            found = list(_meaning_problems(link, cells.plan))
            if not found:
                yield link
        problems += found


def _meaning_problems(link: Link, plan: Plan) -> Iterator[Problem]:
    """A predicate or justification that the plan has not."""
    asked = {"predicate_id": plan.predicates(link.subject), "mapping_justification": plan.justifications}
    for name, known in asked.items():
        if link.cells[name] not in known:
            where = Where(link.where.file, link.where.line, key=name)
            facts = {"value": short(link.cells[name]), "hint": nearest(short(link.cells[name]), map(short, known))}
            yield Problem("not-of-sssom", where, facts)
