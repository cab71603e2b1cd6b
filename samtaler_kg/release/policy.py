"""What a base declares beside its data: how grave each rule is, what is concluded and asked, how votes are counted."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samtaler_kg.build import as_ntriples
from samtaler_kg.catalogue import Catalogue, Shelf
from samtaler_kg.check import shapes
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.sources import shown
from samtaler_kg.terms import SH

#: Declared things by section and name: each key with its value as text; ``text`` is the SHA-256 of the wording.
Policy = Mapping[str, Mapping[str, Mapping[str, str]]]

#: The tables whose keys are declared one by one, by section: what counts, and with which weight.
TABLES = {"counting": "rules.toml", "weights": "jobeffekter.toml"}

#: The stored queries by section.
SHELVES: Mapping[str, Shelf] = {"checks": "checks", "rules": "rules", "questions": "answers"}

Rows = list[dict[str, str]]


def policy(base: Base) -> Policy:
    """Everything declared in *base*. Raises Damaged where a file of it cannot be read."""
    catalogue = Catalogue(base)
    queries = {section: dict(_queries(catalogue, shelf)) for section, shelf in SHELVES.items()}
    tables = {section: _table(base, name) for section, name in TABLES.items()}
    return {"shapes": dict(_shapes(base)), **queries, **tables}


def _shapes(base: Base) -> Iterator[tuple[str, Mapping[str, str]]]:
    found = shapes.read(base)
    for iri, shape in found.by_iri.items():
        nodes = [iri, *(str(node.value) for node in shape.about.get(SH.sparql, ()))]
        text = as_ntriples(triple for node in nodes for triple in found.about.get(node, ()))
        yield shape.name, {"severity": shape.severity.value, "text": _sha(text)}


def _queries(catalogue: Catalogue, shelf: Shelf) -> Iterator[tuple[str, Mapping[str, str]]]:
    for query in catalogue.all(shelf):
        severity = {"severity": str(query.head["severity"])} if "severity" in query.head else {}
        yield query.name, {**severity, "text": _sha(query.path.read_bytes())}


def _table(base: Base, name: str) -> Mapping[str, Mapping[str, str]]:
    path = base.data / name
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Damaged(Problem("unreadable-file", Where(shown(base, path)), {"reason": error})) from None
    return {entry: dict(_flat(value)) for entry, value in table.items()}


def _flat(value: Any, around: str = "") -> Iterator[tuple[str, str]]:
    """The values of a table by their dotted key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{around}.{key}" if around else key)
    else:
        yield around, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sha(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def corrections(base: Base) -> Rows:
    """The corrected values that ``data/corrections.csv`` lists; none where a base has no such file."""
    path: Path = base.data / "corrections.csv"
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [
                {str(key): value or "" for key, value in row.items()} for row in csv.DictReader(stream, strict=True)
            ]
    except (OSError, ValueError, csv.Error) as error:
        raise Damaged(Problem("unreadable-file", Where(shown(base, path)), {"reason": error})) from None
