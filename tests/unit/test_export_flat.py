"""Parquet and XLSX: read by pyarrow, pandas and openpyxl, and each cell compared with the graph's triples."""

from __future__ import annotations

import builtins
import io
import json
import time
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from samtaler_kg.cards import Grammar
from samtaler_kg.exports import export
from samtaler_kg.exports.stored import cards
from samtaler_kg.forms import read
from samtaler_kg.forms.cells import items
from samtaler_kg.graph import CARD_LAYERS, Graph, Layer
from samtaler_kg.problems import Refused
from samtaler_kg.terms import id_iri, short
from samtaler_kg.words import LANGUAGES, say
from tests.unit.conftest import FORMULA

#: Columns whose property leads to a node and not to the value itself.
NODES = {"authors", "history", "members"}

Said = Mapping[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def said(graph: Graph) -> Said:
    """What the coded layer and its rules say, by subject and property, as a reader sees it."""
    found: dict[tuple[str, str], set[str]] = {}
    for subject, predicate, value in [*graph.triples("coded"), *graph.conclusions("coded")]:
        concept = graph.codes.concepts.get(str(value.value))  # type: ignore[union-attr]
        text = concept.notation if concept else short(value.value) if isinstance(value, ox.NamedNode) else value.value
        found.setdefault((subject.value, predicate.value), set()).add(text)  # type: ignore[union-attr]
    return found


@pytest.fixture(scope="module")
def parts(graph: Graph) -> Mapping[str, bytes]:
    """The coded layer as Parquet."""
    return export(graph, "coded", "parquet")


def shown(value: object) -> str:
    """The text of a value that pyarrow read."""
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


@pytest.mark.parametrize(("name", "kind", "rows"), [("studies", "study", 153), ("results", "result", 383)])
def test_every_cell_of_parquet_is_what_the_graph_says(
    parts: Mapping[str, bytes], said: Said, name: str, kind: str, rows: int
) -> None:
    table = pq.read_table(io.BytesIO(parts[f"{name}.parquet"]))
    assert table.num_rows == rows
    compared = 0
    for field in table.schema:
        iri = (field.metadata or {}).get(b"iri", b"").decode()
        if not iri or field.name in NODES:
            continue
        for row in table.select([f"{kind}_id", field.name]).to_pylist():
            subject = id_iri(kind, row[f"{kind}_id"]) + ("/estimate" if field.name.startswith("estimate_") else "")
            value = row[field.name]
            wanted = said.get((subject, iri), set())
            if value is False:
                assert field.name == "retracted"
                assert wanted == set()
            elif isinstance(value, float):
                assert {Decimal(repr(value))} == {Decimal(text) for text in wanted}
            else:
                several = len(wanted) > 1 or field.name == "other_urls"
                cell = set(items(value, field.name == "other_urls")) if several and value else {shown(value)}
                assert (cell if value is not None else set()) == wanted, (subject, field.name)
            compared += value is not None
    assert compared > rows * 15


def test_parquet_says_null_for_what_is_not_known_and_keeps_whole_numbers_whole(parts: Mapping[str, bytes]) -> None:
    studies = pd.read_parquet(io.BytesIO(parts["studies.parquet"]))
    assert str(studies["year"].dtype) == "Int64"
    assert studies["year"].isna().sum() == 6
    results = pd.read_parquet(io.BytesIO(parts["results.parquet"]))
    numbers = results["estimate_value_number"]
    assert (str(numbers.dtype), numbers.notna().sum(), (numbers == 0).sum()) == ("Float64", 75, 0)
    assert "0.80" in set(results["estimate_value"])


def test_parquet_says_what_each_column_means_in_both_languages(graph: Graph) -> None:
    for layer in CARD_LAYERS:
        for name, content in export(graph, layer, "parquet").items():
            schema = pq.read_schema(io.BytesIO(content))
            assert schema.metadata[b"layer"].decode() == layer
            assert schema.metadata[b"layer_da"].decode() == say(f"layers.{layer}", "da")
            assert schema.metadata[b"license"] == b"https://creativecommons.org/licenses/by/4.0/"
            lacking = [
                f.name for f in schema if not all((f.metadata or {}).get(b"label_" + lang) for lang in (b"da", b"en"))
            ]
            assert (name, lacking) == (name, [])
            pandas = {column["name"] for column in json.loads(schema.metadata[b"pandas"])["columns"]}
            assert pandas <= set(schema.names)


def test_a_retracted_study_says_so_in_both_forms(judged: Graph) -> None:
    studies = pd.read_parquet(io.BytesIO(export(judged, "coded", "parquet")["studies.parquet"]))
    assert list(studies["study_id"][studies["retracted"]]) == ["boeheim-eppel-2021-multiple-obstacles"]
    assert studies["retracted"].isna().sum() == 0
    sheet = pd.read_excel(io.BytesIO(export(judged, "coded", "xlsx")["coded.xlsx"]), dtype=str)
    assert (sheet["retracted"] == "true").sum() == 1


@pytest.mark.parametrize("layer", ["reconstructed", "memo"])
def test_other_layers_have_all_their_rows(graph: Graph, layer: Layer) -> None:
    tables = {name: pq.read_table(io.BytesIO(raw)).to_pylist() for name, raw in export(graph, layer, "parquet").items()}
    counts = {name: len(rows) for name, rows in tables.items() if name != "codes.parquet"}
    wanted = {"reconstructed": {"slots": 40, "records": 72}, "memo": {"claims": 40, "readings": 15}}[layer]
    assert counts == {f"{name}.parquet": number for name, number in wanted.items()}
    assert {row["layer"] for name, rows in tables.items() if name != "codes.parquet" for row in rows} == {layer}


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_the_same_layer_gives_the_same_bytes_at_another_time(graph: Graph, form: str) -> None:
    first = export(graph, "reconstructed", form)
    time.sleep(2.1)  # the dates of a zip archive have steps of two seconds
    assert export(Graph(graph.base), "reconstructed", form) == first


@pytest.fixture(scope="module")
def book(graph: Graph) -> bytes:
    """The coded layer as a workbook."""
    return export(graph, "coded", "xlsx")["coded.xlsx"]


def test_the_workbook_says_what_parquet_says(book: bytes, parts: Mapping[str, bytes]) -> None:
    sheets = pd.read_excel(io.BytesIO(book), sheet_name=None, dtype=str, keep_default_na=False)
    for name in ("studies", "results", "trials", "second-codings", "activities", "codes"):
        rows = pq.read_table(io.BytesIO(parts[f"{name}.parquet"])).to_pylist()
        columns = list(sheets[name].columns)
        wanted = [{key: "" if row[key] is None else shown(row[key]) for key in columns} for row in rows]
        assert sheets[name].to_dict("records") == wanted


def test_the_workbook_reads_back_as_the_cards(book: bytes, graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "coded.xlsx").write_bytes(book)
    found, problems = read(tmp_path / "coded.xlsx", Grammar.of(graph.base, graph.codes))
    assert {problem.name for problem in problems} == {"sheet-not-read", "column-not-read"}
    back = {card.data["id"]: card.data for card in found}
    assert back == {data["id"]: data for kind, data in cards(graph, "coded") if kind in ("study", "trial")}


def test_the_workbook_has_a_frozen_named_header_and_no_formula(book: bytes) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets[:-1]:
        assert sheet.freeze_panes == "A2"
        notes = [cell.comment.text if cell.comment else "" for cell in sheet[1]]
        assert notes
        assert all(note.count("\n") == len(LANGUAGES) - 1 for note in notes)
        assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
        numeric = {
            sheet.cell(1, cell.column).value for row in sheet.iter_rows(min_row=2) for cell in row if number(cell)
        }
        assert numeric <= {"year", "position"}
        assert all(8 <= width.width <= 50 for width in sheet.column_dimensions.values())


def number(cell: Any) -> bool:
    return cell.data_type == "n" and cell.value is not None


def test_a_text_that_begins_like_a_formula_stays_text(judged: Graph) -> None:
    raw = export(judged, "coded", "xlsx")["coded.xlsx"]
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(raw))["studies"] for cell in row if cell.value == FORMULA
    ]
    assert [cell.data_type for cell in cells] == ["s"]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")}
    assert [name for name, content in sheets.items() if b"<f>" in content] == []
    assert len(sheets) == 9


def test_every_sheet_of_the_reconstruction_is_marked(graph: Graph) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(graph, "reconstructed", "xlsx")["reconstructed.xlsx"]))
    for sheet in book.worksheets:
        assert "not real studies" in str(sheet.oddHeader.center.text)
        assert sheet.sheet_properties.tabColor.rgb == "00C00000"
    for name in ("slots", "records"):
        assert {row[0] for row in book[name].iter_rows(min_row=2, values_only=True)} == {"reconstructed"}


@pytest.mark.parametrize(
    ("form", "module", "extra"), [("parquet", "pyarrow", "interchange"), ("xlsx", "openpyxl", "excel")]
)
def test_a_form_without_its_package_says_what_to_install(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, form: str, module: str, extra: str
) -> None:
    real = builtins.__import__

    def lacking(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(Refused) as refused:
        export(graph, "memo", form)
    assert [problem.facts["package"] for problem in refused.value.problems] == [f"samtaler-kg[{extra}]"]
