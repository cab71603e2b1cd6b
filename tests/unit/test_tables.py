"""Tables and the forms they take: what is a number stays that number, what is text stays that text, in every form."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pandas as pd
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.catalogue import Column
from samtaler_kg.codes import CodeLists, Concept
from samtaler_kg.tables import RESULT_SET, Table, as_csv, as_json, as_pandas, as_turtle, cell, cells, narrow, plain
from samtaler_kg.terms import BASE, PREFIXES, XSD, code_iri, id_iri


def lit(value: str, kind: str = XSD.string) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(kind))


def column(name: str, kind: str = "text") -> Column:
    return Column(name, kind, {"da": name, "en": name})


COLUMNS = [
    column("verdict", "code"), column("study", "id"), column("note"), column("results", "integer"),
    column("share", "decimal"), column("known", "boolean"),
]  # fmt: skip
NONE = ox.NamedNode(code_iri("verdict", "none"))
STUDY = ox.NamedNode(id_iri("study", "dwp-2018-weekly-wsr"))
ROW = (NONE, STUDY, lit('han sagde "nej", og gik\næøå'), lit("107", XSD.integer), lit("0.1", XSD.decimal),
       lit("true", XSD.boolean))  # fmt: skip
UNBOUND = (None,) * len(COLUMNS)
ABOUT = {"query": "q", "layer": "coded", "params": {"sex": "women"}}
TABLE = Table(COLUMNS, [ROW, UNBOUND], ABOUT, [{"da": "x", "en": "y"}])
LABELS = {"da": "ingen effekt", "en": "no effect"}
CODES = CodeLists({NONE.value: Concept(NONE.value, BASE + "code/verdict", "none", LABELS)})


def one(term: ox.Literal | ox.NamedNode | None, kind: str = "text") -> Table:
    return Table([column("x", kind)], [(term,)])


# Plain values


def test_records_hold_plain_values() -> None:
    first, second = TABLE.records()
    assert first == {
        "verdict": "none", "study": "dwp-2018-weekly-wsr", "note": 'han sagde "nej", og gik\næøå', "results": 107,
        "share": Decimal("0.1"), "known": True,
    }  # fmt: skip
    assert set(second.values()) == {None}


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        (lit("7", XSD.integer), 7),
        (lit("-9007199254740993", XSD.integer), -9007199254740993),
        (lit("0.10", XSD.decimal), Decimal("0.10")),
        (lit("0.1234567890123456789", XSD.decimal), Decimal("0.1234567890123456789")),
        (lit("1.5E3", XSD.double), 1500.0),
        (lit("1", XSD.boolean), True),
        (lit("false", XSD.boolean), False),
        (lit("0.80"), "0.80"),
        (lit("None"), "None"),
        (lit(""), ""),
        (ox.Literal("ja", language="da"), "ja"),
        (lit("2012", PREFIXES["xsd"] + "gYear"), "2012"),
        (ox.NamedNode("https://example.org/x"), "https://example.org/x"),
        (ox.BlankNode("b1"), "_:b1"),
        (None, None),
    ],
)
def test_a_term_becomes_the_value_it_writes(term: Any, wanted: Any) -> None:
    assert plain(term) == wanted
    assert type(plain(term)) is type(wanted)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("abc", "integer"), ("1.5", "integer"), ("", "integer"), ("x", "decimal"), ("NaN", "decimal"), ("ja", "boolean"),
     ("INF", "double"), ("NaN", "double"), ("9" * 5000, "integer")],
)  # fmt: skip
def test_what_is_no_value_of_its_type_stays_text(text: str, kind: str) -> None:
    table = one(lit(text, getattr(XSD, kind)), kind)
    assert table.records() == [{"x": text}]
    assert json.loads(as_json(table))["rows"] == [{"x": text}]
    assert cells(table, CODES, "da") == [[text]]


# CSV


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_reads_back_as_it_was() -> None:
    header, first, second = rows_of(as_csv(TABLE))
    assert header == ["verdict", "study", "note", "results", "share", "known"]
    assert first == ["none", "dwp-2018-weekly-wsr", 'han sagde "nej", og gik\næøå', "107", "0.1", "true"]
    assert second == [""] * 6


def test_csv_without_rows_has_its_header() -> None:
    assert as_csv(Table(COLUMNS[:2], [])) == "verdict,study\n"


def test_csv_of_one_empty_cell_is_a_line_and_not_a_blank_one() -> None:
    assert as_csv(one(None)) == 'x\n""\n'
    assert len(pd.read_csv(io.StringIO(as_csv(one(None))))) == 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=4))
def test_csv_keeps_any_text(texts: list[str]) -> None:
    table = Table([column(f"c{n}") for n in range(len(texts))], [tuple(map(lit, texts))])
    assert rows_of(as_csv(table))[1] == texts


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_csv_keeps_decimals_exactly_and_without_exponent(number: Decimal) -> None:
    written = rows_of(as_csv(one(lit(format(number, "f"), XSD.decimal), "decimal")))[1][0]
    assert written == format(number, "f")


# JSON


def test_json_says_what_was_asked_and_gives_rows_by_name() -> None:
    body = json.loads(as_json(TABLE))
    assert (body["query"], body["layer"], body["params"]) == ("q", "coded", {"sex": "women"})
    assert body["columns"] == [column.name for column in COLUMNS]
    assert body["rows"][0]["results"] == 107
    assert body["rows"][0]["share"] == 0.1
    assert body["rows"][0]["known"] is True
    assert set(body["rows"][1].values()) == {None}
    assert "æøå" in as_json(TABLE)


def test_json_is_json_for_every_number() -> None:
    numbers = [lit(word, XSD.double) for word in ("NaN", "INF", "-INF", "1e-9")] + [lit("1" * 400 + ".5", XSD.decimal)]

    def refuse(word: str) -> None:
        raise AssertionError(word)

    for number in numbers:
        assert json.loads(as_json(one(number, "decimal")), parse_constant=refuse)["rows"]


# Turtle


def test_turtle_is_read_back_by_both_libraries() -> None:
    text = as_turtle(TABLE)
    graph = rdflib.Graph().parse(data=text, format="turtle")
    assert len(graph) == len(list(ox.parse(text, format=ox.RdfFormat.TURTLE))) == 1 + 6 + 2 * 2 + 6 * 3
    rs = rdflib.Namespace(RESULT_SET)
    solution = graph.value(predicate=rs["index"], object=rdflib.Literal(1))
    said = {
        str(graph.value(binding, rs["variable"])): graph.value(binding, rs["value"])
        for binding in graph.objects(solution, rs["binding"])
    }
    assert said["verdict"] == rdflib.URIRef(NONE.value)
    assert said["share"] == rdflib.Literal("0.1", datatype=rdflib.XSD.decimal)
    assert said["note"] == rdflib.Literal('han sagde "nej", og gik\næøå')


def test_turtle_keeps_the_cells_of_different_rows_apart() -> None:
    row = (lit("a"), lit("b"))
    table = Table([column("1a"), column("a")], [row] * 11)
    graph = rdflib.Graph().parse(data=as_turtle(table), format="turtle")
    assert len(set(graph.subjects(rdflib.URIRef(RESULT_SET + "value")))) == 22


def test_turtle_keeps_printed_numbers_as_they_are_printed() -> None:
    assert '"0.80"' in as_turtle(one(lit("0.80")))


# pandas


def test_pandas_types_follow_the_columns() -> None:
    frame = as_pandas(TABLE)
    assert [str(kind) for kind in frame.dtypes] == ["string", "string", "string", "Int64", "Float64", "boolean"]
    assert frame.loc[0, "results"] == 107
    assert frame.loc[0, "share"] == pytest.approx(0.1)
    assert frame.iloc[1].isna().all()


def test_pandas_types_hold_without_rows() -> None:
    frame = as_pandas(Table(COLUMNS, []))
    assert [str(kind) for kind in frame.dtypes] == ["string", "string", "string", "Int64", "Float64", "boolean"]
    assert frame.empty


def test_pandas_keeps_integers_that_no_float_holds() -> None:
    assert as_pandas(one(lit("9007199254740993", XSD.integer), "integer")).loc[0, "x"] == 9007199254740993


def test_pandas_missing_is_unknown_and_not_zero() -> None:
    frame = as_pandas(Table([column("n", "integer")], [(lit("3", XSD.integer),), (None,)]))
    assert frame["n"].sum() == 3
    assert frame["n"].count() == 1
    assert (frame["n"] == 0).sum() == 0


def test_pandas_says_what_was_asked() -> None:
    attrs = as_pandas(TABLE).attrs
    assert (attrs["query"], attrs["layer"], attrs["params"]) == ("q", "coded", {"sex": "women"})
    assert attrs["notes"] == [{"da": "x", "en": "y"}]


# What a reader sees


def test_cells_show_labels_in_the_readers_language() -> None:
    assert cells(TABLE, CODES, "da")[0][0] == "ingen effekt"
    assert cells(TABLE, CODES, "en")[0][0] == "no effect"
    assert cells(TABLE, CODES, "en")[0][1] == "dwp-2018-weekly-wsr"
    assert cells(TABLE, CODES, "da")[1] == [""] * 6


@pytest.mark.parametrize(
    ("term", "danish", "english"),
    [
        (lit("0.1", XSD.decimal), "0,1", "0.1"),
        (lit("-12.50", XSD.decimal), "-12,50", "-12.50"),
        (lit("0.0000001", XSD.decimal), "0,0000001", "0.0000001"),
        (lit("1.5", XSD.double), "1,5", "1.5"),
        (lit("1000", XSD.integer), "1000", "1000"),
        (lit("true", XSD.boolean), "ja", "yes"),
        (lit("false", XSD.boolean), "nej", "no"),
        (lit("0.80"), "0.80", "0.80"),
        (None, "", ""),
    ],
)
def test_a_cell_is_written_as_the_language_writes_it(term: Any, danish: str, english: str) -> None:
    assert (cell(term, CODES, "da"), cell(term, CODES, "en")) == (danish, english)


def test_an_open_count_shows_its_interval() -> None:
    counts = [column(f"results{end}", "integer") for end in ("", "_low", "_high")]
    numbers = [lit(str(n), XSD.integer) for n in (3, 5)]
    table = Table(counts, [(None, *numbers), (numbers[0], numbers[0], numbers[0]), (None, None, None)])
    assert [column.name for column in narrow(table).columns] == ["results"]
    assert [row[0] for row in cells(narrow(table), CODES, "en")] == ["3–5", "3", ""]
