"""The cards of a layer as flat rows: a study once for each of its results, any other card once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from samtaler_kg.cards import Data
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.stored import cards
from samtaler_kg.graph import Graph, Layer


def csv_rows(graph: Graph, layer: Layer) -> Files:
    """The rows as CSV in UTF-8. Every cell is text as it was printed; an empty cell is not known."""
    header, rows = flat_rows(graph, layer)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return {f"{layer}.csv": stream.getvalue().encode("utf-8")}


def flat_rows(graph: Graph, layer: Layer) -> tuple[list[str], list[Data]]:
    """The columns, and a row for each result, for each study without results, and for each other card."""
    rows = [{"layer": layer, **row} for kind, data in cards(graph, layer) for row in _rows(kind, data)]
    return list(dict.fromkeys(key for row in rows for key in row)), rows


def _rows(kind: str, data: Data) -> Iterator[Data]:
    around = {"kind": kind, **_flat({key: value for key, value in data.items() if key != "results"}, kind)}
    if kind != "study":
        yield around
        return
    for result in data.get("results") or [{}]:
        yield {**around, **_flat(result, "result")}


def _flat(data: Data, kind: str) -> Data:
    flat: Data = {}
    for key, value in data.items():
        name = f"{kind}_id" if key == "id" else key
        if isinstance(value, dict):
            flat |= {f"{key}_{inner}": part for inner, part in _flat(value, key).items()}
        elif isinstance(value, list):
            parts = [" ".join(map(str, part.values())) if isinstance(part, dict) else str(part) for part in value]
            flat[name] = "; ".join(parts)
        else:
            flat[name] = value
    return flat
