"""A release held against itself: every sum, hash, count and sentence is computed anew and compared."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg import build
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, SamtalerError, Where
from samtaler_kg.release.canonical import Graphs, canonical, digest, merged
from samtaler_kg.release.compare import compare
from samtaler_kg.release.describe import Record, described
from samtaler_kg.release.queries import read_only
from samtaler_kg.release.sides import BASE, GRAPHS, RECORD, Side, of_base, opened, read_record
from samtaler_kg.release.sums import check
from samtaler_kg.release.wording import pages
from samtaler_kg.release.write import CHANGES, HEAD, as_json

Told = Callable[[str], None]


def verify(
    folder: str | os.PathLike[str], since: str | os.PathLike[str] | None = None, told: Told = lambda _: None
) -> list[Problem]:
    """Every way in which the release in *folder* is not what it says; none where it is whole.

    What has changed is held against *since* where it is given. What the release concludes is computed anew only if its
    files are those that it was released with, and its stored queries change and fetch nothing. Raises Refused where
    there is no release.
    """
    place = Path(folder)
    before = opened(since) if since is not None else None
    if not (place / RECORD).is_file():
        raise Refused(Problem("no-release", Where(str(place)), {"file": RECORD}))
    problems = list(check(place))
    try:
        record = read_record(place)
    except Refused as error:
        return [*problems, *error.problems]
    told(GRAPHS)
    problems += _gathered(lambda: _graphs(place, record))
    if not problems:
        problems += _gathered(lambda: read_only(Base(place.resolve() / BASE)))
    if not problems:
        told(BASE)
        problems += _gathered(lambda: _anew(place, record, before))
    return problems


def _gathered(step: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """The problems that a step finds, and those that end it."""
    found: list[Problem] = []
    try:
        found.extend(step())
    except SamtalerError as error:
        found += error.problems
    return found


def _graphs(place: Path, record: Record) -> Iterator[Problem]:
    """Hashes of graphs and data set; whether both forms of each layer, and the base, say the same."""
    every: dict[str, list[bytes]] = {}
    for path in sorted({path.with_suffix(".nq") for path in (place / GRAPHS).iterdir()}):
        name = f"{GRAPHS}/{path.name}"
        layer = _parsed(path, name, ox.RdfFormat.N_QUADS)
        if b"".join(merged(layer)) != path.read_bytes():
            yield Problem("release-form-differs", Where(name))
        yield from _turtle(path.with_suffix(".ttl"), layer)
        every |= layer
    said = {entry["graph"]: entry["sha256"] for entry in record["graphs"]}
    found = {graph: digest(lines) for graph, lines in every.items()}
    for graph in sorted({*said, *found}):
        if said.get(graph) != found.get(graph):
            yield _graph_differs(graph, said.get(graph), found.get(graph))
    whole = digest(merged(every))
    if whole != record["dataset"]["sha256"]:
        yield _graph_differs(GRAPHS, record["dataset"]["sha256"], whole)


def _graph_differs(name: str, said: str | None, found: str | None) -> Problem:
    return Problem("release-graphs-differ", Where(name), {"said": said or "-", "found": found or "-"})


def _turtle(path: Path, layer: Graphs) -> Iterator[Problem]:
    name = f"{GRAPHS}/{path.name}"
    said = _parsed(path, name, ox.RdfFormat.TURTLE)
    if {line for lines in said.values() for line in lines} != {line for lines in layer.values() for line in lines}:
        yield Problem("release-form-differs", Where(name))


def _parsed(path: Path, name: str, form: ox.RdfFormat) -> Graphs:
    try:
        return canonical(ox.parse(path=str(path), format=form), name)
    except SyntaxError as error:
        raise Refused(Problem("unreadable-rdf", Where(name, error.lineno), {"reason": error.msg})) from None
    except (OSError, ValueError) as error:
        raise Refused(Problem("unreadable-file", Where(name), {"reason": error})) from None


def _anew(place: Path, record: Record, before: Side | None) -> Iterator[Problem]:
    """What the release says of its base, and of what has changed, from its own sources."""
    base = Base(place.resolve() / BASE)
    if differing := build.differences(base):
        yield Problem("graph-differs", Where(BASE), {"files": ", ".join(differing)})
    yield from _record(place, record, base)
    yield from _changes(place, record, base, before)


def _record(place: Path, record: Record, base: Base) -> Iterator[Problem]:
    made = {"made_with": record["made_with"]}
    found = json.loads(as_json(described(Graph(base))))
    differing = [part for part, value in found.items() if record.get(part) != value]
    for part in differing:
        facts = {**made, "place": _first(record.get(part), found[part])}
        yield Problem("release-record-differs", Where(RECORD, key=part), facts)
    head = {key: value for key, value in record.items() if key in HEAD}
    if not differing and as_json({**head, **found}) != (place / RECORD).read_bytes():
        yield Problem("release-record-differs", Where(RECORD), {**made, "place": "-"})


def _changes(place: Path, record: Record, base: Base, before: Side | None) -> Iterator[Problem]:
    """Whether what has changed is told as the two sides give it; where the one before is not there, nothing."""
    if before is None and record["since"] is not None:
        return
    if before and dict(before.name) != record["since"]:
        yield Problem("release-of-other", Where(RECORD, key="since"), {"sha256": before.name["sha256"]})
        return
    side = of_base(Graph(base), record)
    changes = compare(before, side) if before else None
    wanted = {CHANGES: as_json(changes.as_record() if changes else None), **pages(side, changes)}
    for name, content in wanted.items():
        if not (place / name).is_file() or (place / name).read_bytes() != content:
            yield Problem("release-changes-differ", Where(name), {"made_with": record["made_with"]})


def _first(said: Any, found: Any, place: str = "") -> str:
    """The first place where two records differ."""
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for key in sorted({*said, *found}):
            if said.get(key) != found.get(key):
                return _first(said.get(key), found.get(key), f"{place}.{key}".lstrip("."))
    if isinstance(said, list) and isinstance(found, list):
        for n, (one, other) in enumerate(zip(said, found, strict=False)):
            if one != other:
                return _first(one, other, f"{place}[{n}]")
    return place or "-"
