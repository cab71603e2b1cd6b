"""A table with one record a row, whatever its columns are called; ``foreign.toml`` says what they may be called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from samtaler_kg.forms.cells import items
from samtaler_kg.forms.csvpair import table_of
from samtaler_kg.forms.references import LANGUAGES
from samtaler_kg.forms.rows import Table
from samtaler_kg.matching.jsonworks import year
from samtaler_kg.matching.records import MOST_AUTHORS, Record, clean, doi, iri
from samtaler_kg.matching.settings import Settings
from samtaler_kg.problems import Problem, Refused, Where

_AND = re.compile(r"\s+(?:and|og|&|und|och|et)\s+(?!al\b)")
_OTHERS = re.compile(r"(?:et\.? al|others|m\.? ?fl)\.?", re.IGNORECASE)


def records(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    """The records of a CSV file. Raises Refused where no column holds titles or DOIs."""
    table = table_of(path, shown)
    columns = _columns(table, settings.foreign["csv"])
    if not {"title", "doi"} & set(columns):
        known = ", ".join([*settings.foreign["csv"]["title"], *settings.foreign["csv"]["doi"]])
        raise Refused(Problem("bad-table", Where(shown, table.header_line), {"columns": known}))
    for row in table.rows:
        said = {name: row.cells.get(column, "") for name, column in columns.items()}
        yield _record(Where(shown, row.line), said, settings)


def _columns(table: Table, names: Mapping[str, list[str]]) -> dict[str, int]:
    """The column of each part of a record: the first name that the header has."""
    by_name = {name: column for column, name in reversed(table.header.items())}
    found = {part: next((by_name[name] for name in known if name in by_name), 0) for part, known in names.items()}
    return {part: column for part, column in found.items() if column}


def _record(where: Where, said: Mapping[str, str], settings: Settings) -> Record:
    titles = filter(None, (clean(said.get(name, "")) for name in ("title", "other_title")))
    return Record(
        where,
        iri(said.get("id", "")),
        tuple(titles),
        tuple(authors(said.get("authors", ""))),
        year(said.get("year", "")),
        doi(said.get("doi", "")) or doi(said.get("address", "")),
        country(said.get("country", ""), settings),
        language=LANGUAGES.get(re.split("[-_;, ]", clean(said.get("language", "")).casefold())[0], ""),
    )


def authors(cell: str) -> list[str]:
    """The names in one cell: split by semicolons, else by "and", else by the commas between whole names.

    >>> authors("Rosholm, Michael; Svarer, Michael"), authors("Jonas Maibom, Michael Rosholm and Michael Svarer")
    (['Rosholm, Michael', 'Svarer, Michael'], ['Jonas Maibom', 'Michael Rosholm', 'Michael Svarer'])
    >>> authors("Department for Work and Pensions")
    ['Department for Work and Pensions']
    """
    text = clean(cell, 10_000)
    if ";" in text:
        found = items(text)
    elif "|" in text:
        found = text.split("|")
    else:
        found = [name for part in _by_and(text) for name in _by_commas(part)]
    names = [name.strip() for name in found]
    return [name for name in names if name and not _OTHERS.fullmatch(name)][:MOST_AUTHORS]


def _by_and(text: str) -> list[str]:
    """The parts of an enumeration; an institution with "and" in its name is one: a part of it is a word alone."""
    parts = _AND.split(text)
    alone = [" " not in part.strip() for part in parts]
    return parts if all(alone) or not any(alone) else [text]


def _by_commas(text: str) -> list[str]:
    """Whole names between commas; one comma alone stands between family name and first names."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    whole = len(parts) > 2 or (len(parts) == 2 and all(" " in part for part in parts))
    return parts if whole and all(" " in part for part in parts) else [text]


def country(cell: str, settings: Settings) -> str:
    """The code of the country in a cell; one that no study here is from by its own three letters, else nothing.

    >>> from samtaler_kg.places import shipped
    >>> known = Settings.of(shipped())
    >>> country("Danmark", known), country("DK", known), country("USA", known), country("many", known)
    ('DNK', 'DNK', 'USA', '')
    """
    bare = clean(cell)
    if (code := settings.countries.get(bare.casefold())) is not None:
        return code
    return bare if re.fullmatch("[A-Z]{3}", bare) else ""
