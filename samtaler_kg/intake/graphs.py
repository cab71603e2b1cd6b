"""A new graph out of the old one and what a piece of it changes: the same bytes as a whole build would give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg import disk, mentions
from samtaler_kg.build import as_ntriples, entry, manifest_text
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.graph import MANIFEST, Graph
from samtaler_kg.intake.shelf import LAYER
from samtaler_kg.lines import Edit, Unlike, lines, rewritten
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where


def write(base: Base, edits: Mapping[str, Edit], folder: Path) -> None:
    """Write the graph of *base* with *edits* done into the empty *folder*; files without edits get a second name there.

    Raises Damaged where the built graph is damaged, or is not what the sources and rules give.
    """
    graph = Graph(base)
    entries = {**graph.manifest, **graph.indexes}
    own = (f"{LAYER}.", f"derived/{LAYER}/", mentions.FILE)
    if unknown := set(edits) ^ {name for name in entries if name.startswith(own)}:
        raise _differs(base, ", ".join(sorted(unknown)))
    for name, known in entries.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if edits.get(name):
            entries[name] = _rewritten(base, name, known, edits[name], folder / name)
        else:
            disk.same(base.graph / name, folder / name)
    files, indexes = ({name: entries[name] for name in names} for names in (graph.manifest, graph.indexes))
    disk.write(folder / MANIFEST, manifest_text(files, indexes))


def replaced(base: Base, named: Mapping[str, tuple[str, list[ox.Triple]]], folder: Path) -> None:
    """Write the graph of *base* with the files *named*, each its graph's IRI and triples, new or in the place of old ones.

    Raises Damaged where the built graph is missing or damaged.
    """
    old = Graph(base)
    entries = dict(old.manifest)
    for name in (*entries, *old.indexes):
        if name not in named:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            disk.same(base.graph / name, folder / name)
    for name, (iri, triples) in named.items():
        content = as_ntriples(triples)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        disk.write(folder / name, content)
        entries[name] = entry(iri, content)
    disk.write(folder / MANIFEST, manifest_text(entries, old.indexes))


def must_be_built(base: Base) -> None:
    """Raises Damaged where *base* has no graph, or one that was built by other rules than it has now."""
    built = {name for name in Graph(base).manifest if name.startswith(f"derived/{LAYER}/")}
    rules = {rule.name for rule in Catalogue(base).all("rules") if LAYER in rule.layers}
    if unlike := built ^ {f"derived/{LAYER}/{rule}.nt" for rule in rules}:
        raise _differs(base, ", ".join(sorted(unlike)))


def _rewritten(base: Base, name: str, known: Mapping[str, Any], edit: Edit, place: Path) -> dict[str, Any]:
    path = base.graph / name
    with lines(path) as source:
        if hashlib.sha256(source.content).hexdigest() != known["sha256"]:
            raise Damaged(Problem("graph-damaged", Where(str(path)), {"file": name}))
        try:
            found = rewritten(source, edit, place)
        except Unlike:
            raise _differs(base, name) from None
    told = {**known, "sha256": found, "bytes": place.stat().st_size}
    if "triples" in known:
        told["triples"] = known["triples"] + len(edit.come) - len(edit.gone)
    return told


def _differs(base: Base, files: str) -> Damaged:
    return Damaged(Problem("graph-differs", Where(str(base.graph)), {"files": files}))
