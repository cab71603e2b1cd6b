"""CSV on the Web, read by the csvw package: valid, tied by its keys, and the layer's own triples come out of it."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from csvw.metadata import CSVW, Column, Table

from samtaler_kg.exports import export
from samtaler_kg.graph import CARD_LAYERS, Graph, Layer
from samtaler_kg.terms import PREFIXES
from samtaler_kg.words import LANGUAGES

Said = tuple[str, str, str, str]


def opened(graph: Graph, layer: Layer, folder: Path) -> CSVW:
    """The package of a layer, written to *folder* and read by csvw."""
    for name, content in export(graph, layer, "csvw").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return CSVW(str(folder / "csv-metadata.json"), validate=True, strict=False)  # strict: no key may be unknown


def said(package: CSVW) -> Iterator[Said]:
    """The triples that the tables say by their description (csv2rdf, minimal mode), code lists apart."""
    for table in package.tables:
        if not str(table.url).startswith("codes/"):
            for number, row in enumerate(table.iterdicts(), start=1):
                for column in table.tableSchema.columns:
                    yield from of_cell(table, column, row, number)


def of_cell(table: Table, column: Column, row: dict[str, Any], number: int) -> Iterator[Said]:
    value = row.get(column.name)
    if column.inherit("suppressOutput") or (value is None and not column.virtual):
        return

    def made(template: Any) -> str:
        return str(table.expand(template, row, _row=number, _name=column.name))

    about = column.aboutUrl or table.tableSchema.inherit("aboutUrl")
    if template := column.inherit("valueUrl"):
        yield made(about), made(column.inherit("propertyUrl")), made(template), ""
        return
    datatype = column.inherit("datatype")
    lang = column.lang if column.lang in LANGUAGES else ""
    kind = "" if lang else f"{PREFIXES['xsd']}{datatype.base}"
    text = value if datatype.base in ("string", "gYearMonth") else datatype.formatted(value)
    zoned = str(text).replace("+00:00", "Z")  # of two ways to write one moment csvw knows the other
    yield made(about), made(column.inherit("propertyUrl")), zoned, lang or kind


def stored(graph: Graph, layer: Layer) -> set[Said]:
    """The triples of a layer."""
    found = set()
    for subject, predicate, value in graph.triples(layer):
        kind = (value.language or value.datatype.value) if isinstance(value, ox.Literal) else ""
        found.add((subject.value, predicate.value, value.value, kind))  # type: ignore[union-attr]
    return found


@pytest.mark.parametrize("layer", CARD_LAYERS)
def test_the_tables_say_the_layers_own_triples_and_no_other(judged: Graph, layer: Layer, tmp_path: Path) -> None:
    package = opened(judged, layer, tmp_path)
    assert package.is_valid, [str(warning.message) for warning in package.warnings]
    back = list(said(package))
    assert set(back) == stored(judged, layer)
    assert len(back) == len(set(back))
    synthetic = {"A synthetic judge", "A synthetic person", "synthetic; one.yaml", "Synthetic reason"}
    assert synthetic & {value for _, _, value, _ in back} == (synthetic if layer == "coded" else set())


@pytest.mark.parametrize(
    ("name", "right", "wrong", "told"),
    [
        pytest.param(
            "results.csv", "maibom-rosholm-2017-early-meetings,", "no-such,", "not found in", id="no such study"
        ),
        pytest.param(
            "results.csv", ",positive,intervention,", ",postive,intervention,", "not found in", id="no such code"
        ),
        pytest.param("studies.csv", ",2017,", ",about 2017,", "invalid lexical value", id="no year"),
    ],
)
def test_a_reader_finds_what_is_wrong(
    graph: Graph, tmp_path: Path, name: str, right: str, wrong: str, told: str
) -> None:
    package = opened(graph, "coded", tmp_path)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / name).write_text(text.replace(right, wrong), encoding="utf-8")
    with warnings.catch_warnings(), pytest.raises(ValueError, match=told):
        warnings.simplefilter("ignore")
        assert package.is_valid


def test_every_table_and_column_is_titled_in_both_languages(graph: Graph) -> None:
    for layer in CARD_LAYERS:
        head = json.loads(export(graph, layer, "csvw")["csv-metadata.json"])
        assert head["dc:license"]["@id"] == "https://creativecommons.org/licenses/by/4.0/"
        columns = [column for table in head["tables"] for column in table["tableSchema"]["columns"]]
        shown = [column for column in columns if not column.get("virtual")]
        assert shown
        assert [column["name"] for column in shown if set(column["titles"]) != {"und", "da", "en"}] == []


def test_every_row_of_the_reconstruction_says_so(graph: Graph) -> None:
    files = export(graph, "reconstructed", "csvw")
    rows = {
        name: list(csv.DictReader(io.StringIO(text.decode()))) for name, text in files.items() if name[-4:] == ".csv"
    }
    own = {name: found for name, found in rows.items() if not name.startswith("codes/")}
    assert len(own["records.csv"]) == 72
    assert {row["layer"] for found in own.values() for row in found} == {"reconstructed"}
    assert b"not real studies" in files["csv-metadata.json"]


def test_printed_numbers_stay_as_printed(graph: Graph) -> None:
    rows = csv.DictReader(io.StringIO(export(graph, "coded", "csvw")["estimates.csv"].decode()))
    assert "0.80" in {row["value"] for row in rows}
