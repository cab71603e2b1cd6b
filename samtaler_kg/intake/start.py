"""A base of one's own to write into: a copy of the shipped one, or one without studies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from samtaler_kg import build, places
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Where

#: What a base is made of. The ontology comes last: without it nothing takes the folder for a base.
FOLDERS = ("queries", "data", "ontology")

#: What an empty base lacks: the cards, and what tells how they were coded. The memo's claims and the reconstruction
#: stay: rules and ``samtaler memo`` rest on them.
CARDS, ACTIVITIES = ("studies", "trials"), "activities.ttl"

#: Mappings of single studies: an empty base has none.
MATCHES = "links/studies-*.sssom.tsv"

#: The tables below data that speak of single studies: of these an empty base has the header alone.
TABLES = ("codings/*.csv", "judgements.csv", "memo/readings.csv")


def init(folder: Path, empty: bool = False) -> Base:
    """Make a base in *folder*, which must not exist or be empty, and build its graph: all of it or nothing.

    Raises Refused where the folder is not empty or cannot be written.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(Problem("not-empty", Where(str(folder))))
    made, aside = not folder.exists(), folder / f".{os.urandom(4).hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fill(aside, places.shipped(), empty)
        build.build(Base(aside))
        for name in FOLDERS:
            (aside / name).rename(folder / name)
        aside.rmdir()
    except BaseException as fault:
        for name in (aside.name, *FOLDERS):
            shutil.rmtree(folder / name, ignore_errors=True)
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(fault, OSError):
            raise
        raise Refused(Problem("unwritable", Where(str(folder)), {"reason": fault.strerror or fault})) from None
    return Base(folder)


def _fill(folder: Path, source: Base, empty: bool) -> None:
    folder.mkdir()
    for name in FOLDERS:
        shutil.copytree(source.root / name, folder / name, ignore=_unwanted)
    for kind in CARDS:
        if empty:
            shutil.rmtree(folder / "data" / kind)
        (folder / "data" / kind).mkdir(exist_ok=True)
    if empty:
        (folder / "data" / ACTIVITIES).unlink(missing_ok=True)
        for table in (folder / "data").glob(MATCHES):
            table.unlink()
        for pattern in TABLES:
            for table in (folder / "data").glob(pattern):
                header = table.read_bytes().partition(b"\n")[0]
                table.write_bytes(header + b"\n")


def _unwanted(folder: str, names: list[str]) -> set[str]:
    """The built graph, which is made anew, and what is hidden."""
    return {name for name in names if name.startswith(".") or (name == "graph" and Path(folder).name == "data")}
