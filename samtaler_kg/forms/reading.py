"""Files → cards, whatever their form. Every complaint is told at once, and one bad file does not hide another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from samtaler_kg.cards import Card, Grammar, as_text
from samtaler_kg.cards import read as read_yaml
from samtaler_kg.cards.rdf import names
from samtaler_kg.cards.read import MAX_BYTES, MAX_PROBLEMS, Path_
from samtaler_kg.forms import csvpair, jsonform, jsontext, linked, raw, references, rows
from samtaler_kg.problems import Problem, Refused, Severity, Where

#: The forms that can be read, by the end of a file's name.
SUFFIXES = (".yaml", ".yml", ".json", ".jsonld", ".ttl", ".nt", ".rdf", ".xml", ".csv", ".xlsx", ".ris", ".bib", ".csl")

#: Marks that change the order in which a text is shown, or that nobody sees.
HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

Found = tuple[list[Card], list[Problem]]


def read(path: Path, grammar: Grammar) -> Found:
    """The cards in one file, in a CSV file and its neighbours, or in a folder; and every problem.

    A card comes as far as it could be read; only problems of the severity ``blocks`` stand against it. What the card
    says is not checked here.
    """
    return read_all([path], grammar)


def read_all(paths: Sequence[Path], grammar: Grammar) -> Found:
    """The cards in several files, each file once, and every problem, two cards of one name included."""
    cards: list[Card] = []
    problems: list[Problem] = []
    for group in _groups(paths):
        try:
            found, told = _read_group(group, grammar)
        except Refused as error:
            found, told = [], error.problems
        cards += found
        problems += told
    told = [problem for card in cards for problem in islice(_beyond(card, grammar), MAX_PROBLEMS)]
    problems += [*told, *_twice(cards, grammar)]
    return cards, sorted(problems, key=lambda problem: problem.severity != Severity.BLOCKS)[:MAX_PROBLEMS]


def _groups(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The files that are read together: a CSV file with its neighbours, any other by itself."""
    listed = [file for path in paths for file in _files(path)]
    tables = csvpair.together(path for path in listed if path.suffix.lower() == ".csv")
    first = {group[0].resolve(): group for group in tables}
    passed = {path.resolve() for group in tables for path in group}
    for path in dict.fromkeys(listed):
        if path.suffix.lower() != ".csv":
            yield [path]
        elif group := next((group for group in tables if path in group), None):
            if first.pop(group[0].resolve(), None):
                yield group
        elif path.resolve() not in passed:
            yield [path]


def _files(path: Path) -> list[Path]:
    """A file, or the readable files of a folder; of a folder of tables, the tables."""
    if not path.is_dir():
        return [path]
    if tables := csvpair.neighbours(path):
        return tables
    found = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    return sorted(islice((file for file in found if not file.name.startswith(".")), raw.MAX_CARDS)) or [path]


def _read_group(group: Sequence[Path], grammar: Grammar) -> Found:
    path, shown = group[0], str(group[0])
    suffix = path.suffix.lower()
    if not all(map(raw.regular, group)):
        raise Refused(Problem("unknown-form", Where(shown), {"forms": ", ".join(SUFFIXES)}))
    if suffix == ".csv":
        tables = [csvpair.table_of(file, str(file)) for file in group]
        lacking = csvpair.lacking(tables, group)
        cards, problems = ([], []) if lacking else rows.cards_of(tables, grammar)
        return cards, [lacking] if lacking else problems
    if suffix in (".yaml", ".yml"):
        card, problems = read_yaml(path, "study")
        return [] if card is None else [replace(card, kind=jsonform.kind_of(card.data, grammar))], problems
    if suffix in (".json", ".jsonld", ".csl"):
        return _read_json(path, shown, grammar)
    if suffix in linked.FORMATS:
        return linked.cards_in(raw.raw_bytes(path, shown), linked.FORMATS[suffix], shown, grammar)
    if suffix == ".xlsx":
        from samtaler_kg.forms import workbook

        return workbook.cards_in(raw.raw_bytes(path, shown, workbook.MAX_BOOK), shown, grammar)
    if suffix in references.SUFFIXES:
        content = raw.raw_bytes(path, shown, references.MAX_REFERENCES)
        return references.cards_in(raw.as_text(content, shown), suffix, shown)
    raise Refused(Problem("unknown-form", Where(shown), {"forms": ", ".join(SUFFIXES)}))


def _read_json(path: Path, shown: str, grammar: Grammar) -> Found:
    tree, problems = jsontext.parse(raw.as_text(raw.raw_bytes(path, shown), shown), shown)
    if path.suffix.lower() == ".jsonld" or linked.linked(tree):
        cards, told = linked.cards_in_jsonld(tree, shown, grammar)
    elif path.suffix.lower() == ".csl" or references.is_csl(tree):
        cards, told = references.cards_in_csl(tree, shown)
    else:
        cards, told = jsonform.cards_in(tree, shown, grammar)
    return cards, [*problems, *told]


def _beyond(card: Card, grammar: Grammar) -> Iterator[Problem]:
    """What no check of keys and codes sees: a card too large for a file of its own, marks that nobody sees."""
    texts = list(_texts(card.data, ()))
    size = sum(len(text.encode("utf-8", "replace")) for _, text in texts)
    if size > MAX_BYTES or (size > MAX_BYTES // 3 and _written(card, grammar) > MAX_BYTES):
        yield Problem("card-too-large", card.where(()), {"limit": MAX_BYTES})
        return
    for path, text in texts:
        if mark := HIDDEN.search(text):
            facts = {"character": f"U+{ord(mark[0]):04X}"}
            yield Problem("hidden-character", card.where(path), facts, Severity.WARNS)


def _written(card: Card, grammar: Grammar) -> int:
    known = grammar.kinds[card.kind].keys
    data = {key: value for key, value in card.data.items() if key in known}
    try:
        return len(as_text(data, card.kind, grammar).encode("utf-8", "replace"))
    except KeyError:  # an unknown key further in: told when the card is checked
        return 0


def _texts(value: object, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _texts(inner, (*path, n))
    elif isinstance(value, str):
        yield path, value


def _twice(cards: Sequence[Card], grammar: Grammar) -> Iterator[Problem]:
    """Two cards, or parts of two cards, that would become one node; within one card ``cards.check`` says so."""
    first: dict[str, tuple[int, Path_]] = {}
    for number, card in enumerate(cards):
        for name, path in names(card.data, grammar.kinds[card.kind], grammar):
            known, place = first.setdefault(name, (number, path))
            if known != number and name.count("/") == 1:
                facts = {"value": name.partition("/")[2], "first": cards[known].where(place)}
                yield Problem("id-twice", card.where(path), facts)
