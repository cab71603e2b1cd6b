"""A small base of real sources, to be damaged: few enough studies that reading and building it takes no time."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from samtaler_kg import build
from samtaler_kg.places import Base

TRIAL = "deu-pilot-2007"
STUDIES = [
    "DEU/hainmueller-hofmann-2016-caseloads",
    "DEU/hainmueller-hofmann-2012-placement-officers",
    "DEU/hofmann-krug-2010-kurzbericht",
    "DEU/hofmann-krug-placement-officers-duration",
    "DEU/mauer-2006-kundenzentrum",
    "DNK/graversen-damgaard-2007-hurtigt-i-gang",
    "DNK/hoegelund-boll-2008-sygedagpenge",
]

Edit = Callable[..., Path]


@pytest.fixture(scope="session")
def pattern(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small base, built once."""
    root = tmp_path_factory.mktemp("small") / "base"
    for folder in ("ontology", "queries"):
        shutil.copytree(base.root / folder, root / folder)
    shutil.copytree(base.data, root / "data", ignore=shutil.ignore_patterns("studies", "trials", "graph", ".*"))
    for name in [*(f"studies/{study}.yaml" for study in STUDIES), f"trials/{TRIAL}.yaml"]:
        (root / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(base.data / name, root / "data" / name)
    names = {study.partition("/")[2] for study in STUDIES}
    for table in ("codings/second-2026-11.csv", "memo/readings.csv"):
        keep_rows(base.data / table, root / "data" / table, names)
    build.build(Base(root))
    return root


def keep_rows(source: Path, target: Path, names: Iterable[str]) -> None:
    """Copy those rows of a table that name one of the studies."""
    with source.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        kept = [row for row in rows if any(name in " ".join(row) for name in names)]
        assert kept
        csv.writer(stream, lineterminator="\n").writerows([header, *kept])


@pytest.fixture
def small(pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Base:
    """A copy of the small base that a test may damage. It need not outlive the machine: nothing waits for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return Base(shutil.copytree(pattern, tmp_path / "base"))


@pytest.fixture
def edit(small: Base) -> Edit:
    """Replace text that stands once in a file of the base; or give a file other content."""

    def edit(name: str, old: str | None = None, new: str = "", *, content: bytes | None = None) -> Path:
        path = small.root / name
        if content is None and old is not None:
            text = path.read_text("utf-8")
            assert text.count(old) == 1, (old, text.count(old))
            content = text.replace(old, new).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or b"")
        return path

    return edit
