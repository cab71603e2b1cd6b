"""A release: a folder that holds a base, its graphs, what is said of them, and what has changed; all of it or nothing."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg import build, commits, disk
from samtaler_kg.graph import LAYERS, Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.release.compare import Comparison, compare
from samtaler_kg.release.describe import described
from samtaler_kg.release.sides import BASE, GRAPHS, RECORD, Side, of_base, opened
from samtaler_kg.release.sums import NAME as SUMS
from samtaler_kg.release.sums import sha256
from samtaler_kg.release.sums import text as sums
from samtaler_kg.release.versions import must_follow, order
from samtaler_kg.release.wording import pages
from samtaler_kg.stores import serialized
from samtaler_kg.terms import BASE as IRI
from samtaler_kg.terms import PREFIXES
from samtaler_kg.version import VERSION
from samtaler_kg.words import LANGUAGES, say

#: What of a base is released as it is.
FOLDERS = ("data", "ontology", "queries")

#: What ``release.json`` says beside what its base gives.
HEAD = ("version", "date", "made_with", "namespace", "since")

#: What a comparison says, for machines.
CHANGES = "changes.json"

#: The moment that every file of an archive bears: an archive knows none before.
_MOMENT = (1980, 1, 1, 0, 0, 0)

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Release:
    """What was written: the folder, its archive where one was asked for, the record, what has changed."""

    folder: Path
    archive: Path | None
    record: Mapping[str, Any]
    comparison: Comparison | None

    def as_record(self) -> dict[str, Any]:
        """The release as a plain record."""
        told = {key: self.record[key] for key in ("version", "date", "since", "dataset", "counts")}
        changed = self.comparison.as_record() if self.comparison else None
        return {"folder": str(self.folder), "archive": self.archive and str(self.archive), **told, "changes": changed}


def release(
    base: Base,
    version: str,
    folder: str | os.PathLike[str] = ".",
    since: str | os.PathLike[str] | None = None,
    date: str | None = None,
    archive: bool = False,
    told: Told = lambda _: None,
) -> Release:
    """Write the release *version* of *base* into *folder*, with what has changed *since* another release or base.

    *date* is today's where none is given. Raises Refused where the version is none or not newer, where a release of it
    is there already or cannot be written; Damaged where the built graph is not what the sources give.
    """
    order(version)
    before = opened(since) if since is not None else None
    must_follow(version, before.version if before else None)
    place = Path(folder).resolve() / f"samtaler-{version}"
    packed = place.with_name(f"{place.name}.zip") if archive else None
    for target in filter(None, (place, packed)):
        if target.exists() or target.is_symlink():
            raise Refused(Problem("release-exists", Where(str(target))))
    head = {"version": version, "date": _date(date), "made_with": f"samtaler-kg {VERSION}", "namespace": IRI}
    with _staged(place) as staged:
        _copy(base, staged / BASE)
        told(version)
        side, found = _write(staged, head, before, told)
        if packed:
            disk.write(staged.with_name(f"{staged.name}.zip"), _zipped(staged, place.name))
    return Release(place, packed, side.record, found)


def _date(date: str | None) -> str:
    try:
        return datetime.date.fromisoformat(date).isoformat() if date else datetime.date.today().isoformat()
    except ValueError:
        raise Refused(Problem("bad-date", facts={"value": date})) from None


@contextlib.contextmanager
def _staged(place: Path) -> Iterator[Path]:
    """A folder that takes its *place*, and its archive beside it, when the block ends without an error."""
    aside = place.with_name(f".{place.name}-{os.urandom(4).hex()}")
    packed = aside.with_name(f"{aside.name}.zip")
    try:
        aside.mkdir(parents=True)
        yield aside
        disk.settle_all(aside)
        aside.rename(place)
        if packed.exists():
            packed.rename(place.with_name(f"{place.name}.zip"))
        disk.settle(place.parent)
    except OSError as error:
        reason = error.strerror or error
        raise Refused(Problem("unwritable", Where(str(place)), {"reason": reason})) from None
    finally:
        disk.remove(aside)
        packed.unlink(missing_ok=True)


def _copy(base: Base, target: Path) -> None:
    """Copy a base as it is at one moment, hidden files apart; writers wait."""
    with commits.locked(base):
        for name in FOLDERS:
            for path in sorted((base.root / name).rglob("*")):
                part = path.relative_to(base.root)
                if any(step.startswith(".") for step in part.parts) or (path.is_dir() and not path.is_symlink()):
                    continue
                if path.is_symlink() or not path.is_file():
                    raise Refused(Problem("leads-elsewhere", Where(str(path))))
                (target / part).parent.mkdir(parents=True, exist_ok=True)
                disk.write(target / part, path.read_bytes())


def _write(staged: Path, head: Mapping[str, Any], before: Side | None, told: Told) -> tuple[Side, Comparison | None]:
    base = Base(staged / BASE)
    if differing := build.differences(base, told):
        raise Damaged(Problem("graph-differs", Where(BASE), {"files": ", ".join(differing)}))
    graph = Graph(base)
    record = {**head, "since": dict(before.name) if before else None, **described(graph)}
    side = of_base(graph, record)
    found = compare(before, side) if before else None
    for name, content in (*_graphs(side), *_told(side, found)):
        (staged / name).parent.mkdir(exist_ok=True)
        disk.write(staged / name, content)
    disk.write(staged / SUMS, sums(_hashes(staged)))
    return side, found


def _hashes(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}


def _told(side: Side, found: Comparison | None) -> Iterator[tuple[str, bytes]]:
    """What the release says of itself."""
    yield RECORD, as_json(side.record)
    yield CHANGES, as_json(found.as_record() if found else None)
    yield from pages(side, found).items()


def _graphs(side: Side) -> Iterator[tuple[str, bytes]]:
    """Each layer twice: as sorted N-Quads, each graph apart, and as Turtle, its graphs in one."""
    for layer, lines in side.layers.items():
        content = b"".join(lines())
        yield f"{GRAPHS}/{layer}.nq", content
        yield f"{GRAPHS}/{layer}.ttl", turtle(layer, content)


def turtle(layer: str, nquads: bytes) -> bytes:
    """The Turtle of a layer, from its sorted N-Quads: each statement once, whatever graph makes it."""
    triples = dict.fromkeys(quad.triple for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    head = "".join(f"# {say(f'layers.{layer}', lang)}\n" for lang in LANGUAGES) if layer in LAYERS else ""
    return head.encode() + serialized(triples, ox.RdfFormat.TURTLE, PREFIXES)


def as_json(content: object) -> bytes:
    """A plain record as a file."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _zipped(folder: Path, name: str) -> bytes:
    """The folder as an archive: the same files give the same bytes, so they are stored as they are."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", _MOMENT)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()
