"""Workbooks as a way in: the template and what people make of it; every complaint names sheet and cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from samtaler_kg.cards import Card, Grammar, check
from samtaler_kg.forms import as_files, read
from samtaler_kg.forms.columns import TABLES, plan_of
from samtaler_kg.forms.wording import concepts
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Severity
from samtaler_kg.words import LANGUAGES, Language

STUDY = {"study_id": "a", "title": "A made-up study", "country": "DNK", "verification": "full"}
RESULT = {
    "result_id": "a-r1",
    "study_id": "a",
    "mechanism": "net",
    "purpose": "mixed",
    "outcome": "employment",
    "verdict": "positive",
    "favours": "intervention",
    "locator": "abstract",
    "source_url": "https://example.org/",
}


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    return Grammar.of(base)


def template(grammar: Grammar, lang: Language = "en") -> Workbook:
    """The empty workbook, opened."""
    return openpyxl.load_workbook(io.BytesIO(as_files([], "xlsx", grammar, lang)["cards.xlsx"]))


def fill(book: Workbook, sheet: str, row: Mapping[str, Any], line: int = 3) -> None:
    """Put values into the row *line* of a sheet, by the names of its columns."""
    columns = {cell.value: cell.column for cell in book[sheet][1]}
    for name, value in row.items():
        book[sheet].cell(line, columns[name], value)


def entered(book: Workbook, grammar: Grammar, folder: Path) -> tuple[list[Card], list[Problem]]:
    book.save(folder / "book.xlsx")
    return read(folder / "book.xlsx", grammar)


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.name, str(problem.where).rpartition("/")[2]) for problem in problems]


@pytest.fixture
def plain() -> Workbook:
    """A workbook as somebody makes it alone: two sheets with a header, no template."""
    book = Workbook()
    for name, row in (("studies", STUDY), ("results", RESULT)):
        sheet = book.create_sheet(name)
        sheet.append(list(row))
        sheet.append(list(row.values()))
    return book


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_untouched_template_says_that_nothing_is_filled_in(
    grammar: Grammar, tmp_path: Path, lang: Language
) -> None:
    cards, problems = entered(template(grammar, lang), grammar, tmp_path)
    assert cards == []
    assert [problem.name for problem in problems] == ["nothing-filled"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_template_filled_in(grammar: Grammar, tmp_path: Path, lang: Language) -> None:
    book = template(grammar, lang)
    fill(book, "studies", {**STUDY, "year": 2015, "authors": "Hansen, Anne; Bang, Bo", "purposes": "mixed"})
    fill(book, "results", {**RESULT, "estimate_value": "0,80", "estimate_unit": "hazard-ratio"})
    fill(book, "trials", {"trial_id": "t", "label": "T", "kind": "reform", "study_id": "a", "basis": "stated"})
    cards, problems = entered(book, grammar, tmp_path)
    assert problems == []
    assert [problem for card in cards for problem in check(card, grammar)] == []
    assert cards[0].data["authors"] == ["Hansen, Anne", "Bang, Bo"]
    assert cards[0].data["year"] == "2015"
    estimate = {"value": "0.80", "text": "0,80", "unit": "hazard-ratio"}
    assert cards[0].data["results"][0]["estimate"] == estimate
    assert cards[1].data["members"] == [{"study_id": "a", "basis": "stated"}]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_template_explains_every_column(grammar: Grammar, lang: Language) -> None:
    book = template(grammar, lang)
    assert [sheet.title for sheet in book.worksheets][1:] == ["studies", "results", "trials", "lists"]
    assert book["lists"].sheet_state == "hidden"
    for kind, name in TABLES.items():
        sheet = book[name]
        assert sheet.freeze_panes in ("B3", "C3")
        for cell in sheet[1]:
            path = plan_of(kind, grammar).columns[str(cell.value)]
            assert cell.comment is not None
            assert len(cell.comment.text) > 10
            assert sheet.cell(2, cell.column).value
            assert all(f"{found.label(lang)}" in cell.comment.text for found in concepts(path[-1], grammar))


def test_every_coded_column_has_a_drop_down_of_its_codes(grammar: Grammar) -> None:
    book = template(grammar)
    for kind, name in TABLES.items():
        sheet = book[name]
        offered = {}
        for choice in sheet.data_validations.dataValidation:
            column = re.match("[A-Z]+", str(choice.sqref))
            letters = re.search(r"lists!\$([A-Z]+)\$2:\$[A-Z]+\$(\d+)", str(choice.formula1))
            assert column and letters
            cells = book["lists"][letters[1]][1 : int(letters[2])]
            offered[column[0]] = [cell.value for cell in cells]
        for cell in sheet[1]:
            key = plan_of(kind, grammar).columns[str(cell.value)][-1]
            words = list(grammar.code_words(key)) if concepts(key, grammar) else None
            assert offered.get(cell.column_letter) == words, cell.value


def test_a_workbook_made_alone(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    plain["Sheet"]["A1"] = "my own notes"
    (card,), problems = entered(plain, grammar, tmp_path)
    assert told(problems) == [("sheet-not-read", "book.xlsx!Sheet")]
    assert problems[0].severity == Severity.INFORMS
    assert check(card, grammar) == []


def test_sheets_in_danish_and_rows_far_down(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    plain["studies"].title, plain["results"].title = "Studier", "RESULTATER"
    plain["Studier"].insert_rows(1, 3)
    plain["RESULTATER"].insert_rows(2, 40)
    (card,), problems = entered(plain, grammar, tmp_path)
    assert [problem.name for problem in problems if problem.severity == Severity.BLOCKS] == []
    assert str(card.where(("results", 0, "verdict"))).endswith("book.xlsx!RESULTATER!F42 results[0].verdict")


def test_a_complaint_names_sheet_and_cell(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    plain["results"]["F2"], plain["results"]["H2"] = "positiv", None
    (card,), _ = entered(plain, grammar, tmp_path)
    assert told(check(card, grammar)) == [
        ("missing-key", "book.xlsx!results!A2 results[0].locator"),
        ("unknown-code", "book.xlsx!results!F2 results[0].verdict"),
    ]


#: A value, the format of its cell, and what a reader sees in it.
SHOWN = {
    "two decimals": (0.8, "0.00", "0.80"),
    "no format": (0.8, "General", "0.8"),
    "a sum of binary fractions": (0.1 + 0.2, "General", "0.3"),
    "a whole number": (3, "General", "3"),
    "a whole number kept as a fraction": (3.0, "General", "3"),
    "thousands": (1234.5, "#,##0.00", "1234.50"),
    "per cent": (0.125, "0.0%", "12.5%"),
    "small": (0.00001, "General", "0.00001"),
    "text": ("1,234.5 or so", "@", "1,234.5 or so"),
    "colours for losses": (-1.5, "0.00;[Red]-0.00", "-1.50"),
}


@pytest.mark.parametrize("value, form, wanted", SHOWN.values(), ids=SHOWN)
def test_numbers_are_read_as_they_are_shown(
    grammar: Grammar, tmp_path: Path, plain: Workbook, value: object, form: str, wanted: str
) -> None:
    sheet = plain["results"]
    sheet["J1"], sheet["J2"] = "estimate_value", value
    sheet["J2"].number_format = form
    (card,), problems = entered(plain, grammar, tmp_path)
    assert [problem for problem in problems if problem.severity == Severity.BLOCKS] == []
    assert card.data["results"][0]["estimate"] == {"value": wanted}


DATES = {
    "a range that became a date": ("estimate_text", date(2026, 9, 7), "d-mmm", None),
    "a number that became a date": ("estimate_value", date(2026, 9, 7), "dd-mm", None),
    "a day in words of a note": ("note", datetime(2015, 3, 1), "yyyy-mm-dd", "2015-03-01"),
    "a Danish day in a note": ("note", date(2015, 3, 1), "dd-mm-yyyy", "01-03-2015"),
    "a form of the reader's own": ("note", date(2015, 3, 1), "[$-406]d. mmmm yyyy", None),
    "a time": ("note", time(12, 30), "hh:mm", None),
}


@pytest.mark.parametrize("column, value, form, wanted", DATES.values(), ids=DATES)
def test_dates(
    grammar: Grammar, tmp_path: Path, plain: Workbook, column: str, value: object, form: str, wanted: str | None
) -> None:
    sheet = plain["results"]
    sheet["J1"], sheet["J2"] = column, value
    sheet["J2"].number_format = form
    (card,), problems = entered(plain, grammar, tmp_path)
    if wanted is None:
        assert ("cell-date", f"book.xlsx!results!J2 {column}") in told(problems)
    else:
        assert card.data["results"][0]["note"] == wanted


REFUSED: dict[str, tuple[Callable[[Any], None], tuple[str, str]]] = {
    "a formula": (lambda sheet: sheet.__setitem__("B2", '="A"&1'), ("cell-formula", "book.xlsx!studies!B2 title")),
    "an error": (lambda sheet: sheet.__setitem__("B2", "#N/A"), ("cell-error", "book.xlsx!studies!B2 title")),
    "cells merged across": (lambda sheet: sheet.merge_cells("B2:C2"), ("cells-merged", "book.xlsx!studies!B2")),
    "a header merged": (lambda sheet: sheet.merge_cells("B1:C1"), ("cells-merged", "book.xlsx!studies!B1")),
    "an unknown column": (
        lambda sheet: sheet.__setitem__("E1", "vnue"),
        ("unknown-column", "book.xlsx!studies!E1 vnue"),
    ),
}


@pytest.mark.parametrize("change, wanted", REFUSED.values(), ids=REFUSED)
def test_what_is_refused(
    grammar: Grammar, tmp_path: Path, plain: Workbook, change: Callable[[Any], None], wanted: tuple[str, str]
) -> None:
    change(plain["studies"])
    assert wanted in told(entered(plain, grammar, tmp_path)[1])


def test_rows_merged_downwards_say_the_same(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    sheet = plain["results"]
    sheet.append([None if name == "study_id" else value for name, value in {**RESULT, "result_id": "a-r2"}.items()])
    sheet.merge_cells("B2:B3")
    (card,), problems = entered(plain, grammar, tmp_path)
    assert [problem for problem in problems if problem.severity == Severity.BLOCKS] == []
    assert [result["id"] for result in card.data["results"]] == ["a-r1", "a-r2"]


def test_hidden_rows_are_read_and_told(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    plain["results"].append(list({**RESULT, "result_id": "a-r2"}.values()))
    plain["results"].row_dimensions[3].hidden = True
    (card,), problems = entered(plain, grammar, tmp_path)
    assert ("rows-hidden", "book.xlsx!results:3") in told(problems)
    assert len(card.data["results"]) == 2


def test_a_workbook_with_quirks(grammar: Grammar, tmp_path: Path, plain: Workbook) -> None:
    """What other programs write: a wrong dimension, prefixed names, rich text, styled empty cells, trailing blanks."""
    sheet = plain["studies"]
    for column in range(1, 30):
        sheet.cell(2, column).font = Font(bold=True)
    sheet["C2"], sheet["E1"], sheet["E2"] = "DNK ", "venue", "a_x005F_b_x000D_\n<c> & \u00e6"
    plain.save(tmp_path / "made.xlsx")
    parts = {}
    with zipfile.ZipFile(tmp_path / "made.xlsx") as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).decode()
    name = next(name for name in parts if 'r="AC2"' in parts[name])
    parts[name] = parts[name].replace(
        "<t>A made-up study</t>", '<r><t xml:space="preserve">A </t></r><r><t>made-up study</t></r>'
    )
    body = re.sub('<dimension ref="[^"]*" ?/>', '<dimension ref="A1:A1"/>', parts[name])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = body.replace(f'xmlns="{main}"', f'xmlns:x="{main}"')
    parts[name] = re.sub("<(/?)(?=[a-z])", r"<\1x:", body)
    with zipfile.ZipFile(tmp_path / "quirks.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    (card,), problems = read(tmp_path / "quirks.xlsx", grammar)
    assert [problem for problem in problems if problem.severity == Severity.BLOCKS] == []
    assert card.data["title"] == "A made-up study"
    assert card.data["country"] == "DNK"
    assert card.data["venue"] == "a_b\r\n<c> & \u00e6"


def test_text_that_looks_like_a_formula_stays_text(grammar: Grammar) -> None:
    cards = [Card("study", {"id": "a", "title": "=1+1", "venue": "@x", "country": "DNK", "verification": "full"})]
    book = openpyxl.load_workbook(io.BytesIO(as_files(cards, "xlsx", grammar)["cards.xlsx"]))
    assert {cell.data_type for cell in book["studies"][3] if cell.value} == {"s"}


def test_a_text_that_no_cell_holds_is_refused(grammar: Grammar) -> None:
    from samtaler_kg.problems import Refused

    with pytest.raises(Refused) as caught:
        as_files([Card("study", {"id": "a", "title": "x" * 40_000})], "xlsx", grammar)
    assert [problem.name for problem in caught.value.problems] == ["cell-too-long"]


def test_without_the_package_it_says_what_to_install(
    grammar: Grammar, tmp_path: Path, plain: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.save(tmp_path / "book.xlsx")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    _, problems = read(tmp_path / "book.xlsx", grammar)
    assert problems[0].facts == {"package": "samtaler-kg[excel]"}
