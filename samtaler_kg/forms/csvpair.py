"""CSV files → tables. Studies and results stand in two files whose names differ in that word alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from samtaler_kg.forms.cells import BLANK
from samtaler_kg.forms.columns import OTHER_NAMES, TABLES
from samtaler_kg.forms.jsontext import MAX_KEY, MAX_VALUES
from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.forms.rows import Row, Table
from samtaler_kg.problems import Problem, Refused, Where

#: The marks that may split cells, most usual first.
DELIMITERS = ",;\t"

#: Excel's own first line, which names the mark.
_NAMED = re.compile(r"sep=([,;\t])\r?\n")

_WORDS = {**{name: name for name in TABLES.values()}, **OTHER_NAMES}


def table_of(path: Path, shown: str) -> Table:
    """The table in a CSV file. Raises Refused where it cannot be read as one."""
    return read_table(as_text(raw_bytes(path, shown), shown), shown)


def read_table(text: str, shown: str) -> Table:
    """The table in the text of a CSV file: commas, semicolons or tabs, as its header has them.

    A row is counted as a spreadsheet does: the header is row 1, a cell with a line break in it is in one row.
    """
    named = _NAMED.match(text)
    start = named.end() if named else 0
    mark = named[1] if named else _mark(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=mark, strict=True)
    first = 2 if named else 1
    table = Table(shown, {}, first)
    count = 0
    try:
        for line, cells in enumerate(reader, start=first):
            count += len(cells)
            if count > MAX_VALUES:
                raise Refused(too_much(Where(shown, line), "cells", MAX_VALUES))
            filled = {n: cell for n, cell in enumerate(cells, start=1) if cell.strip(BLANK)}
            if not table.header:
                table.header = {n: cell.strip(BLANK).casefold()[:MAX_KEY] for n, cell in enumerate(cells, start=1)}
                table.header_line = line
            elif filled:
                table.rows.append(Row(line, filled))
    except csv.Error as error:
        raise Refused(Problem("bad-csv", Where(shown, reader.line_num), {"reason": error})) from None
    return table


def _mark(text: str) -> str:
    """The mark that splits the first line into the most cells."""
    line = text.partition("\n")[0]
    return max(DELIMITERS, key=lambda mark: line.count(mark))


def neighbours(path: Path) -> list[Path]:
    """The files that belong to the table in *path*: those in its folder named alike but for the word for the table.

    >>> [p.name for p in neighbours(Path("nowhere/my-studies.csv"))]
    ['my-studies.csv']
    """
    if path.is_dir():
        found = [other for other in sorted(path.glob("*.csv")) if _split(other) is not None]
        return neighbours(found[0]) if found else []
    parts = _split(path)
    if parts is None:
        return [path]
    known = {parts[1]: path}
    for other in sorted(path.parent.glob("*.csv")) if path.parent.is_dir() else ():
        split = _split(other)
        if split is not None and (split[0], split[2]) == (parts[0], parts[2]):
            known.setdefault(split[1], other)
    return [known[table] for table in TABLES.values() if table in known]


def _split(path: Path) -> tuple[str, str, str] | None:
    """A file's name before and after the word for a table, and that table."""
    stem = path.stem.casefold()
    for word, table in _WORDS.items():
        before, found, after = stem.rpartition(word)
        if found:
            return before, table, after
    return None


def together(paths: Iterable[Path]) -> list[list[Path]]:
    """CSV files in the groups in which they are read: each once, with its neighbours."""
    groups: list[list[Path]] = []
    seen: set[Path] = set()
    for path in paths:
        group = [other for other in neighbours(path) if other.resolve() not in seen]
        if path.resolve() not in seen and group:
            groups.append(group)
            seen.update(other.resolve() for other in group)
    return groups


def lacking(tables: Sequence[Table], paths: Sequence[Path]) -> Problem | None:
    """The problem that results stand without the table of their studies."""
    names = {name for table in tables for name in table.header.values()}
    if any(split[1] == TABLES["study"] for path in paths if (split := _split(path))):
        return None  # the table is there: what is wrong with its columns is told of them
    if "title" in names or "trial_id" in names or not names & {"result_id", "verdict"}:
        return None
    name = paths[0].name
    wanted = re.sub("results|resultater", "studies", name, flags=re.IGNORECASE)
    return Problem("lacks-studies", Where(tables[0].file), {"file": wanted if wanted != name else "studies.csv"})
