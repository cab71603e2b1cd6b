"""A layer as normalised tables in CSV with their description for CSV on the Web (W3C Recommendations of 2015).

Every cell is text as it was printed or coded; an empty cell is not known. The description says what each column means,
so that a reader of the standard makes the layer's own triples from the tables.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from samtaler_kg.codes import Concept
from samtaler_kg.exports import wording
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.relations import Column, Relation, lists, relations
from samtaler_kg.exports.rights import licence_of
from samtaler_kg.exports.wording import Worded
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import RDF, SKOS, graph_iri
from samtaler_kg.words import LANGUAGES, both

#: The name by which readers of CSV on the Web look for the description beside a table.
METADATA = "csv-metadata.json"

#: The last column of every table.
LAYER = "layer"

_DIALECT = {
    "encoding": "utf-8",
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "header": True,
    "lineTerminators": ["\n"],
}

#: The name of the file with a code list.
_BOOK = "codes/{name}.csv"


def csvw(graph: Graph, layer: Layer) -> Files:
    """The tables of *layer*, the code lists that they use, and their description."""
    tables = relations(graph, layer)
    books, called = lists(graph, tables), wording.lists(graph.base)
    files = {f"{table.name}.csv": _csv(table, layer) for table in tables}
    files |= {_BOOK.format(name=name): _codes(concepts) for name, concepts in books}
    described = [
        *(_table(table, layer) for table in tables),
        *(_book(name, concepts, called[name]) for name, concepts in books),
    ]
    head: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": graph_iri(layer),
        "dc:title": _texts(both("export.csvw.title")),
        "dc:description": _texts(both(f"layers.{layer}")),
        "dc:license": {"@id": licence_of(graph.base).iri},
        "dialect": _DIALECT,
        "null": [""],
        "tables": described,
    }
    return {METADATA: (json.dumps(head, ensure_ascii=False, indent=1) + "\n").encode("utf-8"), **files}


def _csv(table: Relation, layer: Layer) -> bytes:
    return written([column.name for column in table.columns] + [LAYER], ({**row, LAYER: layer} for row in table.rows))


def written(header: list[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """CSV in UTF-8 with one line end."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def _table(table: Relation, layer: Layer) -> dict[str, Any]:
    columns = [_column(column) for column in table.columns]
    columns.append(
        {"name": LAYER, "titles": _titles(LAYER, both("export.layer")), "suppressOutput": True, "required": True}
    )
    if table.cls:
        columns.append({"name": "type", "virtual": True, "propertyUrl": RDF.type, "valueUrl": table.cls})
    return {
        "url": f"{table.name}.csv",
        "dc:title": _texts(table.titles),
        "dc:description": _texts(both(f"layers.{layer}")),
        "tableSchema": {
            "aboutUrl": table.about,
            "columns": columns,
            "primaryKey": list(table.key),
            "foreignKeys": [*_ties(table), *_codings(table)],
        },
    }


def _column(column: Column) -> dict[str, Any]:
    """One column; one without a property of its own makes no triple."""
    described: dict[str, Any] = {"name": column.name, "titles": _titles(column.name, column.titles)}
    if column.definition:
        described["dc:description"] = _texts(column.definition)
    if column.prop:
        described["propertyUrl"] = column.prop
    else:
        described["suppressOutput"] = True
    if column.about:
        described["aboutUrl"] = column.about
    if column.value:
        described["valueUrl"] = column.value
    if column.language:
        described["lang"] = column.language
    return described | {"datatype": column.datatype, "required": column.required}


def _ties(table: Relation) -> Iterator[dict[str, Any]]:
    for own, other, theirs in table.ties:
        yield _tie(list(own), f"{other}.csv", list(theirs))


def _codings(table: Relation) -> Iterator[dict[str, Any]]:
    for column in table.columns:
        if column.codes:
            yield _tie([column.name], _BOOK.format(name=column.codes), ["code"])


def _tie(own: list[str], other: str, theirs: list[str]) -> dict[str, Any]:
    return {"columnReference": own, "reference": {"resource": other, "columnReference": theirs}}


def _codes(concepts: list[Concept]) -> bytes:
    rows = []
    for concept in concepts:
        row = {"code": concept.notation, "iri": concept.iri}
        for lang in LANGUAGES:
            row |= {
                f"label_{lang}": concept.labels.get(lang, ""),
                f"definition_{lang}": concept.definitions.get(lang, ""),
            }
        rows.append(row | {"broader_iri": concept.broader, "group_iri": concept.group})
    return written(list(_MEANT), rows)


#: The columns of a code list, and the property of each.
_MEANT = {
    "code": SKOS.notation,
    "iri": "",
    **{f"label_{lang}": SKOS.prefLabel for lang in LANGUAGES},
    **{f"definition_{lang}": SKOS.definition for lang in LANGUAGES},
    "broader_iri": SKOS.broader,
    "group_iri": "",
}


def _book(name: str, concepts: list[Concept], titles: Worded) -> dict[str, Any]:
    columns = []
    for column, prop in _MEANT.items():
        described: dict[str, Any] = {"name": column, "titles": _titles(column, both(f"export.codes.{column}"))}
        described |= {"propertyUrl": prop} if prop else {"suppressOutput": True}
        described |= {"valueUrl": f"{{+{column}}}"} if prop == SKOS.broader else {}
        described |= {"lang": column[-2:]} if column[-3:] in ("_da", "_en") else {}
        columns.append(described | {"datatype": "string", "required": column in ("code", "iri")})
    scheme = {"name": "scheme", "virtual": True, "propertyUrl": SKOS.inScheme, "valueUrl": concepts[0].scheme}
    return {
        "url": _BOOK.format(name=name),
        "dc:title": _texts(titles),
        "tableSchema": {"aboutUrl": "{+iri}", "columns": [*columns, scheme], "primaryKey": ["code"]},
    }


def _titles(name: str, worded: Worded) -> dict[str, list[str]]:
    """The name that heads the column in the file, for readers of any language, and what it is called in each."""
    return {"und": [name], **{lang: [text] for lang, text in worded.items()}}


def _texts(worded: Worded) -> list[dict[str, str]]:
    return [{"@value": text, "@language": lang} for lang, text in worded.items()]
