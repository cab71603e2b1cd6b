"""Cards → files, in every form in which they can be read. What is written reads back as it was.

RDF knows no order of plain values: a list of them comes back sorted from Turtle, N-Triples and JSON-LD.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any, Literal, get_args

import pyoxigraph as ox

from samtaler_kg.cards import Card, Data, Grammar, as_text
from samtaler_kg.cards.rdf import as_jsonld, many_to_triples
from samtaler_kg.forms.cells import ADDRESSES, joined
from samtaler_kg.forms.columns import PARENT, TABLES, Path, plan_of
from samtaler_kg.places import put
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.stores import serialized
from samtaler_kg.terms import PREFIXES
from samtaler_kg.words import Language

Form = Literal["yaml", "json", "jsonld", "turtle", "ntriples", "rdfxml", "csv", "xlsx"]
FORMS: tuple[Form, ...] = get_args(Form)

_BY_SUFFIX: Mapping[str, Form] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonld": "jsonld",
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
_RDF = {"turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES, "rdfxml": ox.RdfFormat.RDF_XML}


def as_files(cards: Sequence[Card], form: Form, grammar: Grammar, lang: Language = "en") -> dict[str, bytes]:
    """The files that hold the cards, by name: one for each card in YAML, one for each table in CSV, else one.

    *lang* is the language of a workbook's notes. Raises Refused where the form cannot hold a card.
    """
    if form == "yaml":
        texts = {f"{card.data['id']}.yaml": as_text(card.data, card.kind, grammar) for card in cards}
        return {name: text.encode("utf-8") for name, text in texts.items()}
    if form == "csv":
        return {f"{name}.csv": content for name, content in _tables(cards, grammar)}
    if form == "xlsx":
        from samtaler_kg.forms.template import as_workbook

        filled = {table: rows(kind, cards, grammar) for kind, table in TABLES.items()}
        return {"cards.xlsx": as_workbook(filled, grammar, lang)}
    if form in ("json", "jsonld"):
        body = _json(cards, grammar) if form == "json" else _jsonld(cards, grammar)
        return {f"cards.{form}": (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")}
    triples = [triple for kind in TABLES for triple in many_to_triples(_of(kind, cards), kind, grammar)]
    suffix = next(suffix for suffix, named in _BY_SUFFIX.items() if named == form)
    return {f"cards{suffix}": serialized(sorted(triples, key=str), _RDF[form], PREFIXES)}


def write(path: File, cards: Sequence[Card], grammar: Grammar, form: Form | None = None) -> list[File]:
    """Write the cards to *path*, each file whole or not at all, and give the files written.

    The form is that of the file's name unless given. Forms of several files (CSV, several cards in YAML) take *path*
    for a folder.
    """
    form = form or _BY_SUFFIX.get(path.suffix.lower(), "yaml")
    files = as_files(cards, form, grammar)
    alone = len(files) == 1 and form != "csv" and path.suffix
    written = [path if alone else path / name for name in files]
    try:
        for file, content in zip(written, files.values(), strict=True):
            put(file, content)
    except OSError as error:
        raise Refused(Problem("unwritable", Where(str(path)), {"reason": error.strerror or error})) from None
    return written


def _of(kind: str, cards: Sequence[Card]) -> list[Data]:
    return [card.data for card in cards if card.kind == kind]


def _json(cards: Sequence[Card], grammar: Grammar) -> Any:
    """One card as a mapping, several as a list, keys in the order of card.toml."""
    bodies = [{key: card.data[key] for key in grammar.kinds[card.kind].keys if key in card.data} for card in cards]
    return bodies[0] if len(bodies) == 1 else bodies


def _jsonld(cards: Sequence[Card], grammar: Grammar) -> Any:
    nodes = [as_jsonld(card.data, grammar.kinds[card.kind], grammar) for card in cards]
    return {"@context": grammar.context, "@graph": nodes}


def _tables(cards: Sequence[Card], grammar: Grammar) -> Iterator[tuple[str, bytes]]:
    """The tables of studies and results, and of trials where there are any."""
    for kind, table in TABLES.items():
        found = rows(kind, cards, grammar)
        if not found and kind == "trial":
            continue
        stream = io.StringIO()
        columns = list(plan_of(kind, grammar).columns)
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(found)
        yield table, stream.getvalue().encode("utf-8")


def rows(kind: str, cards: Sequence[Card], grammar: Grammar) -> list[dict[str, str]]:
    """The rows of the table of *kind*, the texts of their cells by column. A trial has one for each of its studies."""
    plan = plan_of(kind, grammar)
    found = []
    for around, data in _parts(kind, cards):
        row = {}
        for column, path in plan.columns.items():
            value = around if path == PARENT and kind == "result" else _at(data, path)
            if value:
                row[column] = value if isinstance(value, str) else _cell(value, path)
        found.append(row)
    return found


def _parts(kind: str, cards: Sequence[Card]) -> Iterator[tuple[str, Data]]:
    """What makes a row: a study, a result with the id of its study, a trial with one of its members."""
    for card in cards:
        if kind == "result" and card.kind == "study":
            yield from ((card.data.get("id", ""), result) for result in card.data.get("results", ()))
        elif kind == "trial" and card.kind == "trial":
            yield from (("", {**card.data, "members": member}) for member in card.data.get("members", ({},)))
        elif kind == card.kind:
            yield "", card.data


def _at(data: Data, path: Path) -> Any:
    value: Any = data
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _cell(value: list[Any], path: Path) -> str:
    if all(isinstance(item, str) for item in value):
        return joined(value, path[-1] in ADDRESSES)
    return json.dumps(value, ensure_ascii=False)
