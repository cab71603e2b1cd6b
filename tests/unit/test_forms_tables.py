"""CSV files as a way in: what a Danish spreadsheet saves, what goes in is counted out again, a complaint names its cell."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.cards import Card, Grammar, check
from samtaler_kg.exports import export
from samtaler_kg.forms import cells, read, read_all
from samtaler_kg.forms.columns import TABLES, plan_of
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Severity

if TYPE_CHECKING:
    from samtaler_kg.graph import Graph

STUDIES = 'study_id,title,country,verification,authors\na,A study,DNK,full,"Hansen, Anne; Bang, Bo"\n'
NEEDED = "mechanism,purpose,outcome,verdict,favours,locator,source_url"
SAID = "net,mixed,employment,positive,intervention,abstract,https://example.org/"


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    return Grammar.of(base)


def results(columns: str = "", *rows: str) -> str:
    """A table of results of the study a, with more columns and the cells of each row in them."""
    lines = [f"result_id,study_id,{NEEDED}{columns}", *(f"a-r{n},a,{SAID}{row}" for n, row in enumerate(rows, start=1))]
    return "\n".join(lines) + "\n"


def entered(folder: Path, grammar: Grammar, **tables: str) -> tuple[list[Card], list[Problem]]:
    """The cards in a folder of tables."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8", newline="")
    return read(folder, grammar)


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.name, str(problem.where).rpartition("/")[2]) for problem in problems]


def test_the_tables_that_the_shipped_studies_came_in(repo: Path, grammar: Grammar) -> None:
    folder = repo / "tests" / "fixtures" / "import"
    cards, problems = read(folder, grammar)
    assert {problem.name for problem in problems} <= {"column-not-read"}
    for name, kind in (("studies", "study"), ("trials", "trial")):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            ids = {row[f"{kind}_id"] for row in csv.DictReader(stream)}
        assert {card.data["id"] for card in cards if card.kind == kind} == ids
    with (folder / "results.csv").open(encoding="utf-8", newline="") as stream:
        filled = sum(
            1 for row in csv.DictReader(stream) for column, cell in row.items() if cell and column != "study_id"
        )
    results = [result for card in cards for result in card.data.get("results", ())]
    assert sum(len(result) + len(result.get("estimate", "x")) - 1 for result in results) == filled
    assert [problem for card in cards for problem in check(card, grammar)] == []


def test_what_is_exported_reads_back(graph: Graph, grammar: Grammar, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(next(iter(export(graph, "coded", "csv").values())))
    cards, problems = read(tmp_path / "export.csv", grammar)
    assert [problem.name for problem in problems if problem.severity == Severity.BLOCKS] == []
    assert [problem.name for problem in problems] == ["rows-not-read"]
    yaml, _ = read(graph.base.data / "studies", grammar)
    assert len(cards) == len(yaml)
    assert sum(len(card.data.get("results", ())) for card in cards) == sum(
        len(card.data.get("results", ())) for card in yaml
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep=;\r\n"])
def test_delimiters_and_marks_at_the_start(grammar: Grammar, tmp_path: Path, mark: str, start: str) -> None:
    if start.startswith("sep"):
        mark = ";"
    rows = [["study_id", "title", "country", "verification"], ["a", f"One {mark} title", "DNK", "full"]]
    lines = [mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in rows]
    (card,), problems = entered(tmp_path, grammar, studies=start + "\r\n".join(lines))
    assert problems == []
    assert card.data["title"] == f"One {mark} title"
    assert card.where(("country",)).line == (3 if start.startswith("sep") else 2)


@pytest.mark.parametrize("order", [("studies", "results"), ("results", "studies"), ("results",), ("studies",)])
def test_a_pair_is_read_once_however_it_is_given(grammar: Grammar, tmp_path: Path, order: tuple[str, ...]) -> None:
    entered(tmp_path, grammar, **{"my-studies": STUDIES, "my-results": results("", "", ""), "other-studies": STUDIES})
    (card,), problems = read_all([tmp_path / f"my-{name}.csv" for name in order], grammar)
    assert problems == []
    assert [result["id"] for result in card.data["results"]] == ["a-r1", "a-r2"]
    assert card.data["authors"] == ["Hansen, Anne", "Bang, Bo"]


def test_danish_file_names_and_key_names(grammar: Grammar, tmp_path: Path) -> None:
    table = results(",value,unit", ",3,weeks").replace("result_id", "id")
    (tmp_path / "Studier 2026.csv").write_text(STUDIES.replace("study_id", "id"), "utf-8")
    (tmp_path / "Resultater 2026.csv").write_text(table, "utf-8")
    (card,), problems = read(tmp_path / "Resultater 2026.csv", grammar)
    assert problems == []
    assert card.data["results"][0]["estimate"] == {"value": "3", "unit": "weeks"}


def test_results_without_their_studies(grammar: Grammar, tmp_path: Path) -> None:
    (tmp_path / "my-results.csv").write_text(results("", ""), "utf-8")
    cards, problems = read(tmp_path / "my-results.csv", grammar)
    assert cards == []
    assert problems[0].facts["file"] == "my-studies.csv"


def test_a_complaint_names_file_row_column_and_key(grammar: Grammar, tmp_path: Path) -> None:
    table = results("", "", "").replace("a-r2,a,net", "a-r2,a,nett").replace("abstract", "")
    (card,), problems = entered(tmp_path, grammar, studies=STUDIES.replace("full", "fuld"), results=table)
    assert problems == []
    assert told(check(card, grammar)) == [
        ("missing-key", "results.csv:2:1 results[0].locator"),
        ("unknown-code", "studies.csv:2:4 verification"),
        ("missing-key", "results.csv:3:1 results[1].locator"),
        ("unknown-code", "results.csv:3:3 results[1].mechanism"),
    ]


DANISH = {
    "a decimal comma": ('"0,80"', {"value": "0.80", "text": "0,80"}),
    "a minus sign": ('"−0,5"', {"value": "-0.5", "text": "−0,5"}),
    "thousands and a comma": ('"1.234,5"', {"value": "1234.5", "text": "1.234,5"}),
    "a decimal point": ("0.80", {"value": "0.80"}),
    "words": ("about 3", {"value": "about 3"}),
    "words with a blank behind": ('"about 3 "', {"value": "about 3 "}),
}


@pytest.mark.parametrize("cell, estimate", DANISH.values(), ids=DANISH)
def test_numbers_as_danes_print_them(grammar: Grammar, tmp_path: Path, cell: str, estimate: dict[str, str]) -> None:
    (card,), problems = entered(tmp_path, grammar, studies=STUDIES, results=results(",estimate_value", f",{cell}"))
    assert problems == []
    assert card.data["results"][0]["estimate"] == estimate


def test_the_printed_form_that_is_given_stays(grammar: Grammar, tmp_path: Path) -> None:
    table = results(",estimate_value,estimate_text,estimate_ci_low", ',"0,80",0.8 of a month,"0,10"')
    (card,), _ = entered(tmp_path, grammar, studies=STUDIES, results=table)
    assert card.data["results"][0]["estimate"] == {"value": "0.80", "text": "0.8 of a month", "ci_low": "0.10"}


def test_a_mark_that_may_mean_two_things(grammar: Grammar, tmp_path: Path) -> None:
    table = results(",estimate_value,estimate_se", ',"1,234",', ",1.234,")
    _, problems = entered(tmp_path, grammar, studies=STUDIES, results=table)
    assert told(problems) == [("ambiguous-number", "results.csv:2:10 estimate.value")]
    (card,), problems = entered(tmp_path, grammar, studies=STUDIES, results=table.replace('"1,234",', '"1,234","0,5"'))
    assert told(problems) == [("ambiguous-number", "results.csv:3:10 estimate.value")]
    assert card.data["results"][0]["estimate"]["value"] == "1.234"


HEADERS = {
    "a misspelt column": (STUDIES.replace("country", "contry"), [("unknown-column", "studies.csv:1:3 contry")]),
    "a column twice": (STUDIES.replace("authors", "title"), [("column-twice", "studies.csv:1:5 title")]),
    "a column under two names": (STUDIES.replace("authors", "id"), [("column-twice", "studies.csv:1:5 id")]),
    "cells without a header": (STUDIES.replace(",authors", ","), [("unknown-column", "studies.csv:1:5")]),
    "more cells than columns": (STUDIES.replace(",authors", ""), [("bad-row", "studies.csv:2:5")]),
    "no table of cards": ("x,y\n1,2\n", [("bad-table", "studies.csv:1")]),
    "a column that follows": (STUDIES.replace("authors", "region"), [("column-not-read", "studies.csv:1:5 region")]),
    "a header and nothing else": (STUDIES.partition("\n")[0], [("nothing-filled", "studies.csv")]),
    "nothing": ("", [("nothing-filled", "studies.csv")]),
    "a quotation mark inside": ('study_id,title\na,"b"c\n', [("bad-csv", "studies.csv:2")]),
}


@pytest.mark.parametrize("text, wanted", HEADERS.values(), ids=HEADERS)
def test_tables_that_are_not_as_they_should_be(
    grammar: Grammar, tmp_path: Path, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert told(entered(tmp_path, grammar, studies=text)[1]) == wanted


def test_a_column_called_by_its_danish_label_is_hinted_at(grammar: Grammar, tmp_path: Path) -> None:
    table = results("", "", "").replace("verdict", "udfald")
    _, problems = entered(tmp_path, grammar, studies=STUDIES.replace("title", "titel"), results=table)
    assert {(p.name, p.where.key, p.facts["hint"]) for p in problems if p.name == "unknown-column"} == {
        ("unknown-column", "titel", "title"),
        ("unknown-column", "udfald", "verdict"),
    }
    assert "lacks-studies" not in {p.name for p in problems}


def test_names_of_columns_in_capitals_and_with_blanks(grammar: Grammar, tmp_path: Path) -> None:
    (card,), problems = entered(tmp_path, grammar, studies=STUDIES.replace("country", " Country "))
    assert (problems, card.data["country"]) == ([], "DNK")


def test_rows_of_unknown_studies_and_of_none(grammar: Grammar, tmp_path: Path) -> None:
    table = results("", "", "").replace("a-r1,a,", "a-r1,b,").replace("a-r2,a,", "a-r2,,")
    _, problems = entered(tmp_path, grammar, studies=STUDIES, results=table)
    assert told(problems) == [
        ("row-without-study", "results.csv:2:2 study_id"),
        ("row-without-study", "results.csv:3:1 study_id"),
    ]


def test_two_rows_of_one_study_are_two_cards_of_one_id(grammar: Grammar, tmp_path: Path) -> None:
    cards, problems = entered(tmp_path, grammar, studies=STUDIES + "a,Another,DNK,full,\n")
    assert len(cards) == 2
    assert told(problems) == [("id-twice", "studies.csv:3:1")]


def test_a_table_that_repeats_the_study_must_repeat_it_unchanged(grammar: Grammar, tmp_path: Path) -> None:
    header = f"study_id,title,country,verification,result_id,{NEEDED}\n"
    rows = [f"a,T,DNK,full,a-r1,{SAID}", f"a,T,DNK,full,a-r2,{SAID}", "b,U,DNK,full,,,,,,,,"]
    cards, problems = entered(tmp_path, grammar, all=header + "\n".join(rows))
    assert problems == []
    assert [len(card.data.get("results", ())) for card in cards] == [2, 0]
    (tmp_path / "all.csv").write_text(header + "\n".join(rows).replace("full,a-r2", "partial,a-r2"), "utf-8")
    assert told(read(tmp_path / "all.csv", grammar)[1]) == [("rows-disagree", "all.csv:3:4 verification")]


def test_trials_one_row_for_each_study(grammar: Grammar, tmp_path: Path) -> None:
    rows = (
        "trial_id,label,kind,country,study_id,basis\nt,A trial,reform,DNK,a,stated\nt,A trial,reform,DNK,b,inferred\n"
    )
    cards, problems = entered(tmp_path, grammar, studies=STUDIES, trials=rows)
    assert problems == []
    members = [{"study_id": "a", "basis": "stated"}, {"study_id": "b", "basis": "inferred"}]
    assert cards[1].data == {"id": "t", "label": "A trial", "kind": "reform", "country": "DNK", "members": members}
    _, problems = entered(tmp_path, grammar, trials=rows.replace("reform,DNK,b", "reform,SWE,b"))
    assert told(problems) == [("rows-disagree", "trials.csv:3:4 country")]


@given(st.lists(st.text(st.sampled_from(" \\;a,\t\n\xa0"), min_size=1)), st.booleans())
def test_several_values_in_one_cell_come_back(values: list[str], addresses: bool) -> None:
    assert cells.items(cells.joined(values, addresses), addresses) == values


def test_several_addresses_may_be_split_by_spaces() -> None:
    text = "https://example.org/a;b=1 https://example.org/c; https://example.org/d"
    assert cells.items(text, addresses=True)[-1] == "https://example.org/d"
    assert len(cells.items(text.replace(";b", "/b"), addresses=True)) == 3


def test_the_keys_that_hold_numbers_are_the_printed_ones(grammar: Grammar) -> None:
    printed = {key for key in grammar.kinds["estimate"].keys if "#printed" in grammar.meanings[key].prop}
    assert printed - cells.NUMBERS == {"text", "p"}
    assert printed >= cells.NUMBERS


@pytest.mark.parametrize("kind", TABLES)
def test_every_key_of_a_card_has_a_column(grammar: Grammar, kind: str) -> None:
    plan = plan_of(kind, grammar)
    tops = {path[0] for path in plan.columns.values()}
    assert set(grammar.kinds[kind].keys) - tops <= {"results"}
    assert all(plan.path(name) == path for name, path in plan.columns.items())
