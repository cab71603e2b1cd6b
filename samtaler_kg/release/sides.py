"""One side of a comparison: a release, or a base that was never released; its record and its statements, line by line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from samtaler_kg.forms.raw import as_text, raw_bytes, regular
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.release.canonical import digest, merged
from samtaler_kg.release.describe import FORM, Record, described, layers, read_lines
from samtaler_kg.release.fitting import Optional, fits
from samtaler_kg.release.versions import order

#: What a release is made of.
RECORD, GRAPHS, BASE = "release.json", "graphs", "base"

#: Bytes of a ``release.json``. That of the shipped base has 0.6 MB.
MAX_RECORD = 100_000_000

_TEXT = Optional(str)

#: What a ``release.json`` must hold for a comparison.
SHAPE: Mapping[str, Any] = {
    "form": int,
    "version": str,
    "date": str,
    "made_with": str,
    "since": Optional({"version": _TEXT, "date": _TEXT, "sha256": str}),
    "licence": _TEXT,
    "dataset": {"quads": int, "sha256": str},
    "graphs": [{"graph": str, "layer": str, "triples": int, "sha256": str}],
    "counts": {...: int},
    "conclusions": {
        "version": int,
        "claims": {...: {"coded": {...: Optional(int)}, "numerator?": [str], "denominator?": [str]}},
    },
    "figures": {...: {"unit": str, "params": {...: str}}},
    "counted": [{"rule": str, "scope": str, "by": _TEXT, "group": _TEXT, "outcome_group": _TEXT, "label": str}],
    "votes": {...: {...: {...: _TEXT}}},
    "policy": {...: {...: {...: str}}},
    "corrections": [{...: str}],
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its record, and for each layer what gives its sorted N-Quads anew. *base* is where its words stand."""

    record: Record
    layers: Mapping[str, Callable[[], Iterator[bytes]]]
    base: Base | None = None

    @property
    def version(self) -> str | None:
        """Its version; None where it was never released."""
        return self.record.get("version")

    @property
    def name(self) -> Mapping[str, Any]:
        """What tells this side from any other: version and date as far as there are any, and the hash."""
        known = {key: self.record.get(key) for key in ("version", "date")}
        return {**known, "sha256": self.record["dataset"]["sha256"]}


def opened(place: str | os.PathLike[str]) -> Side:
    """The release or base at *place*: a folder of either, or a ``release.json`` with its graphs beside it.

    Raises Refused where it is neither, or its graphs are not those that it was released with; Damaged where it is a
    base that cannot be read.
    """
    path = Path(place)
    if path.is_dir() and (path / RECORD).exists():
        return released(path)
    if path.is_dir() and (path / "ontology").is_dir():
        return of_base(Graph(Base(path.resolve())))
    if path.name == RECORD and path.is_file():
        return released(path.parent)
    raise Refused(Problem("no-release", Where(str(path)), {"file": RECORD}))


def of_base(graph: Graph, record: Record | None = None) -> Side:
    """A built base as a side; its *record* if it is known."""
    found = {layer: partial(_merged, dict(sorted(paths.items()))) for layer, paths in layers(graph).items()}
    return Side(record or described(graph), found, graph.base)


def _merged(paths: Mapping[str, Path]) -> Iterator[bytes]:
    return merged({iri: read_lines(path) for iri, path in paths.items()})


def released(folder: Path) -> Side:
    """The release in *folder*; its statements are held against its hash."""
    record = read_record(folder)
    found = {path.stem: partial(read_lines, path) for path in sorted((folder / GRAPHS).glob("*.nq")) if regular(path)}
    base = Base(folder.resolve() / BASE)
    side = Side(record, found, base if base.ontology.is_dir() else None)
    said, whole = record["dataset"]["sha256"], digest(every_line(side))
    if whole != said:
        raise Refused(Problem("release-graphs-differ", Where(str(folder / GRAPHS)), {"said": said, "found": whole}))
    return side


def every_line(side: Side) -> Iterator[bytes]:
    """The sorted N-Quads of all layers of a side."""
    from heapq import merge

    return merge(*(lines() for lines in side.layers.values()))


def read_record(folder: Path) -> Record:
    """What a release says of itself. Raises Refused where that cannot be read or lacks something."""
    path = folder / RECORD
    try:
        found = json.loads(as_text(raw_bytes(path, str(path), MAX_RECORD), str(path)))
    except (ValueError, RecursionError) as error:
        raise Refused(Problem("release-record-unreadable", Where(str(path)), {"reason": error})) from None
    lacking = next(fits(found, SHAPE), "")
    if lacking or found["form"] != FORM:
        facts = {"reason": lacking or f"form: {found['form']}"}
        raise Refused(Problem("release-record-unreadable", Where(str(path)), facts))
    order(found["version"])
    return dict(found)
