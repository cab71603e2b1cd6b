"""Card → any form → card: nothing is lost, added or altered, on made-up cards and on every shipped one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from samtaler_kg.cards import Card, Data, Grammar, check
from samtaler_kg.forms import FORMS, Form, as_files, read, read_all, write
from samtaler_kg.forms.cells import BLANK, NUMBERS, has_comma, number
from samtaler_kg.forms.workbook import MAX_CELL
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused

Cards = Callable[[str], st.SearchStrategy[Data]]

#: The forms that keep no order of plain values.
UNORDERED = {"jsonld", "turtle", "ntriples", "rdfxml"}
TABLES = {"csv", "xlsx"}


def settled(data: Any, key: str = "") -> Any:
    """A card with the lists that triples keep no order of in one order."""
    if isinstance(data, dict):
        return {name: settled(value, name) for name, value in data.items()}
    if isinstance(data, list) and key not in ("authors", "history"):
        return sorted(map(settled, data), key=json.dumps)
    return [settled(item) for item in data] if isinstance(data, list) else data


def for_tables(data: Any, key: str = "") -> Any:
    """A card as a table can say it: no text of blanks alone, numbers without a Danish comma or a doubtful mark."""
    if isinstance(data, dict):
        return {name: for_tables(value, name) for name, value in data.items()}
    if isinstance(data, list):
        return [for_tables(value) for value in data]
    if key in NUMBERS and (has_comma(data) or number(data, False) != data or number(data, True) != data):
        return "0.80"
    return data if data.strip(BLANK) else "x"


def come_back(cards: Sequence[Card], form: Form, grammar: Grammar, folder: Path) -> list[Card]:
    """The cards read from the files that hold them."""
    for old in folder.glob("*"):
        old.unlink()
    folder.mkdir(exist_ok=True)
    for name, content in as_files(cards, form, grammar).items():
        (folder / name).write_bytes(content)
    found, problems = read_all(sorted(folder.glob("*")), grammar)
    assert [problem for problem in problems if problem.name != "hidden-character"] == []
    return found


def same(found: Sequence[Card], given: Sequence[Card], form: Form) -> None:
    """Hold the cards that came back against those that were given."""
    order = settled if form in UNORDERED else lambda data: data
    back = {(card.kind, card.data["id"]): order(card.data) for card in found}
    assert back == {(card.kind, card.data["id"]): order(card.data) for card in given}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("written", ["study", "trial"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_card_comes_back(
    form: Form,
    written: str,
    data: st.DataObject,
    cards: Cards,
    grammar: Grammar,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    said = data.draw(cards(written))
    card = Card(written, for_tables(said) if form in TABLES else said)
    assert check(card, grammar) == []
    try:
        found = come_back([card], form, grammar, tmp_path_factory.getbasetemp() / f"{written}-{form}")
    except Refused as refused:  # a workbook holds so much in a cell and no more; it says so before anything is written
        assert (form, [problem.name for problem in refused.problems]) == ("xlsx", ["cell-too-long"])
        assert len(json.dumps(card.data)) > MAX_CELL
        reject()
    same(found, [card], form)


@settings(max_examples=60)
@given(data=st.data())
def test_any_text_comes_back_from_a_table(
    data: st.DataObject, texts: st.SearchStrategy[str], grammar: Grammar, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = for_tables(data.draw(texts))
    result = {"id": "a-r1", "note": text, "estimate": {"text": text}}
    given_card = Card("study", {"id": "a", "title": text, "authors": [text, text], "results": [result]})
    for form in TABLES:
        same(come_back([given_card], form, grammar, tmp_path_factory.getbasetemp() / form), [given_card], form)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shipped(base: Base, grammar: Grammar) -> list[Card]:
    """Every study and trial of the shipped base."""
    cards, problems = read_all([base.data / "studies", base.data / "trials"], grammar)
    assert problems == []
    assert len(cards) >= 153 + 22
    return cards


@pytest.mark.parametrize("form", FORMS)
def test_every_shipped_card_comes_back(form: Form, shipped: list[Card], grammar: Grammar, tmp_path: Path) -> None:
    found = come_back(shipped, form, grammar, tmp_path / "forms")
    same(found, shipped, form)
    assert [problem for card in found for problem in check(card, grammar)] == []


@pytest.mark.parametrize("form", FORMS)
def test_one_written_file_reads_back(form: Form, shipped: list[Card], grammar: Grammar, tmp_path: Path) -> None:
    longest = max(shipped, key=lambda card: len(json.dumps(card.data)))
    suffix = {"turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf"}.get(form, form)
    files = write(tmp_path / ("tables" if form == "csv" else f"card.{suffix}"), [longest], grammar, form)
    assert all(file.is_file() for file in files)
    found, problems = read(files[0], grammar)
    assert problems == []
    same(found, [longest], form)
