"""Two releases of a small base of real sources, the second after changes that are made up and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from samtaler_kg import build, intake
from samtaler_kg.cards import Grammar, read
from samtaler_kg.places import Base
from samtaler_kg.release import Release, release
from samtaler_kg.release.sums import NAME, sha256, text

STUDIES = [
    "DEU/hainmueller-hofmann-2016-caseloads",
    "DEU/hofmann-krug-2010-kurzbericht",
    "GBR/dwp-2015-signing-trials",
    "CHE/cottier-flueckiger-2018-jsa",
    "BEL/vanlandeghem-corvers-2017-early-contact",
]
MADE_UP = Path(__file__).parents[1] / "shapes" / "given" / "DNK" / "shapes-2012-wages.yaml"
FIRST_DAY, SECOND_DAY = "2026-11-01", "2026-11-30"

#: What is edited by hand between the two releases: file, old text, new text.
EDITS = [
    ("data/studies/DEU/hofmann-krug-2010-kurzbericht.yaml", "confidence: medium", "confidence: low"),
    ("data/rules.toml", 'share_of = ["positive", "negative"]', 'share_of = ["positive", "none", "negative"]'),
    ("data/jobeffekter.toml", 'majority = "0.55"', 'majority = "0.60"'),
    ("queries/checks/single-valued.rq", 'severity = "blocks"', 'severity = "warns"'),
    ("ontology/shapes/duplicates.ttl", "sh:severity sh:Info", "sh:severity sh:Warning"),
]
CORRECTION = "results,made-up-r1,verdict,none,positive,made up for a test,2026-11-29\n"


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> Iterator[None]:
    """Nothing here need outlive the machine: nothing waits for the disk."""
    patch = pytest.MonkeyPatch()
    patch.setattr(os, "fsync", lambda _: None)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def small(base: Base, tmp_path_factory: pytest.TempPathFactory, _no_waiting: None) -> Base:
    """The small base. Read-only."""
    found = intake.init(tmp_path_factory.mktemp("small") / "base", empty=True)
    for study in STUDIES:
        target = found.data / "studies" / f"{study}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(base.data / "studies" / f"{study}.yaml", target)
    shutil.copy(base.data / "activities.ttl", found.data / "activities.ttl")
    build.build(found)
    return found


@pytest.fixture(scope="session")
def later(small: Base, tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The small base after a study was added, another retracted, and the edits were made."""
    found = Base(shutil.copytree(small.root, tmp_path_factory.mktemp("later") / "base"))
    card, problems = read(MADE_UP, "study")
    assert card and not problems
    intake.add(found, intake.given([MADE_UP], found), "Made-up Person")
    intake.retract(found, "hainmueller-hofmann-2016-caseloads", "made up: counted twice")
    for name, old, new in EDITS:
        path = found.root / name
        before = path.read_text("utf-8")
        assert old in before, (name, old)
        path.write_text(before.replace(old, new, 1), "utf-8")
    with (found.data / "corrections.csv").open("a", encoding="utf-8") as table:
        table.write(CORRECTION)
    assert Grammar.of(found)
    build.build(found)
    return found


@pytest.fixture(scope="session")
def first(small: Base, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The first release. Read-only."""
    return release(small, "0.1.0", tmp_path_factory.mktemp("first"), date=FIRST_DAY, archive=True)


@pytest.fixture(scope="session")
def second(later: Base, first: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The second release, since the first. Read-only."""
    return release(later, "0.2.0", tmp_path_factory.mktemp("second"), first.folder, SECOND_DAY)


@pytest.fixture
def copied(second: Release, tmp_path: Path) -> Path:
    """A copy of the second release that a test may damage."""
    return Path(shutil.copytree(second.folder, tmp_path / "copied"))


Resum = Callable[[Path], None]


@pytest.fixture(scope="session")
def resum() -> Resum:
    """Write the sums of a damaged release anew, as somebody would who hides the damage."""

    def resum(folder: Path) -> None:
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        (folder / NAME).write_bytes(text({name: sha256(path) for name, path in files.items() if name != NAME}))

    return resum
