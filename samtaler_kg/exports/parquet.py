"""A layer as Parquet: a file a table, with types, and in the schema what each column means in Danish and English.

What was not read is null, never zero. A printed number stays the text that was printed; its value stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from samtaler_kg.exports.flat import CODES, Column, Table, code_rows, flat_tables
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.rights import licence_of
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.problems import Problem, Refused
from samtaler_kg.terms import SKOS
from samtaler_kg.words import LANGUAGES, both

if TYPE_CHECKING:
    import pyarrow as pa

#: How the text of a cell becomes a value, by data type; any other stays text.
_READ: Mapping[str, Callable[[str], object]] = {
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "decimal": float,
}

#: What pandas is told, so that numbers and truth values that may be unknown stay such.
_PANDAS = {"integer": ("int64", "Int64"), "boolean": ("bool", "boolean"), "decimal": ("float64", "Float64")}


def parquet(graph: Graph, layer: Layer) -> Files:
    """The tables of *layer* and the code lists. Raises Refused where pyarrow is not installed."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise Refused(Problem("needs-extra", facts={"package": "samtaler-kg[interchange]"})) from None
    about = {f"layer_{lang}": text for lang, text in both(f"layers.{layer}").items()}
    about |= {"layer": layer, "license": licence_of(graph.base).iri}
    files = {}
    for table in [*flat_tables(graph, layer, numbers=True), _codes(graph)]:
        stream = BytesIO()
        pq.write_table(_arrow(table, about), stream, compression="zstd")
        files[f"{table.name}.parquet"] = stream.getvalue()
    return files


def _codes(graph: Graph) -> Table:
    columns = tuple(Column(name, both(f"export.codes.{name}")) for name in CODES)
    return Table("codes", both("export.sheets.codes"), SKOS.Concept, columns, code_rows(graph))


def _arrow(table: Table, about: Mapping[str, str]) -> pa.Table:
    import pyarrow as pa

    types = {"integer": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "decimal": pa.float64()}
    fields = [pa.field(c.name, types.get(c.datatype, pa.string()), metadata=_meaning(c)) for c in table.columns]
    cells = [[_value(row.get(column.name), column) for row in table.rows] for column in table.columns]
    arrays = [pa.array(values, field.type) for values, field in zip(cells, fields, strict=True)]
    said = {**about, "class": table.cls, "pandas": json.dumps(_pandas(table))}
    said |= {f"title_{lang}": text for lang, text in table.titles.items()}
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=said))


def _value(text: str | None, column: Column) -> Any:
    return _READ.get(column.datatype, str)(text) if text else None


def _meaning(column: Column) -> dict[str, str]:
    """What the schema says of a column."""
    said = {"iri": column.iri, "concluded": "true" if column.concluded else ""}
    for lang in LANGUAGES:
        said |= {f"label_{lang}": column.titles[lang], f"definition_{lang}": column.definition.get(lang, "")}
    return {name: text for name, text in said.items() if text}


def _pandas(table: Table) -> dict[str, Any]:
    """The part of the schema that pandas reads: only columns that it would else make floats or objects of."""
    columns = []
    for column in table.columns:
        if column.datatype in _PANDAS:
            kind, dtype = _PANDAS[column.datatype]
            named = {"name": column.name, "field_name": column.name}
            columns.append({**named, "pandas_type": kind, "numpy_type": dtype, "metadata": None})
    return {"index_columns": [], "column_indexes": [], "columns": columns, "creator": {}, "pandas_version": "2.2"}
