"""Helpers of the unit tests: a command line that runs in this process, and a base of one's own to damage."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from samtaler_kg.build import build, sums
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, SamtalerError


class Ran(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]

#: A judgement, a title and a history as their files have them.
JUDGEMENT = (
    "synthetic-1,results-by-outcome,methodological-limitations,low,Synthetic grounds.,A synthetic judge,2026-11-30\n"
)
FORMULA = '=HYPERLINK("https://example.org/","open")'
HISTORY = """
history:
  - event: added
    at: 2026-11-30T10:00:00Z
    by: A synthetic person
    came_from:
      - 'synthetic; one.yaml'
      - synthetic-two.yaml
  - event: retracted
    at: 2026-11-30T11:00:00Z
    why: Synthetic reason
"""


def problems(act: Callable[[], object]) -> list[Problem]:
    """What *act* is refused for; told in two languages that are not one text."""
    with pytest.raises(SamtalerError) as told:
        act()
    for problem in told.value.problems:
        assert problem.what("da") != problem.what("en")
        assert problem.mend("da") != problem.mend("en")
    return told.value.problems


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run ``samtaler ARGUMENTS`` in this process."""
    from samtaler_kg.cli import samtaler
    from samtaler_kg.cli.frame import run as run_command

    before = dict(os.environ)

    def ran(*arguments: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["samtaler", *arguments])
        capfd.readouterr()
        code = run_command(samtaler)
        out, err = capfd.readouterr()
        os.environ.clear()
        os.environ.update(before)
        return Ran(int(code), out, err)

    yield ran


@pytest.fixture
def own_base(base: Base, tmp_path: Path) -> Base:
    """A copy of the shipped base that a test may damage."""
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(getattr(base, folder), tmp_path / "base" / folder)
    return Base(tmp_path / "base")


@pytest.fixture(scope="session")
def judged(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A base with a judgement, a retracted study and a title like a formula, all of them synthetic. Read-only."""
    folder = tmp_path_factory.mktemp("judged")
    for name in ("ontology", "data", "queries"):
        shutil.copytree(base.root / name, folder / name, ignore=shutil.ignore_patterns("graph"))
    with (folder / "data" / "judgements.csv").open("a", encoding="utf-8") as stream:
        stream.write(JUDGEMENT)
    card = min((folder / "data" / "studies").rglob("*.yaml"))
    text = card.read_text(encoding="utf-8")
    text = re.sub("^title: .*(\n  .*)*", f"title: '{FORMULA}'", text, count=1, flags=re.MULTILINE)
    card.write_text(text.replace("\nresults:\n", HISTORY + "results:\n"), encoding="utf-8")
    build(Base(folder))
    return Graph(Base(folder))


@pytest.fixture
def rewrite() -> Callable[[Base, str, str, str], None]:
    """Change a text in one file of a built graph, and the manifest with it, as a careful forger would."""

    def rewritten(base: Base, name: str, old: str, new: str) -> None:
        path = base.graph / name
        content = path.read_text(encoding="utf-8")
        assert content.count(old) == 1, content.count(old)
        path.write_text(content.replace(old, new), encoding="utf-8")
        manifest = json.loads((base.graph / "manifest.json").read_text(encoding="utf-8"))
        manifest["files"][name] |= sums(path.read_bytes())
        (base.graph / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return rewritten
