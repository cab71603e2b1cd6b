"""What the tests of broken-off changes share: a small base with a new card, and what may be left of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from samtaler_kg import commits
from samtaler_kg.graph import MANIFEST, Graph
from samtaler_kg.places import Base
from samtaler_kg.terms import id_iri

NEW = "synthetic-2024-new"

#: A card that may be taken in. It says nothing about the world.
CARD = f"""id: {NEW}
title: A synthetic study for the tests
authors:
  - Tester, Tess
year: 2024
publication_type: working-paper
language: en
country: FIN
design: rct
purposes:
  - job-oriented-counselling
target_group: insured-unemployed
job_ready: yes
memo_source_guess: outside
verification: full
url: https://example.org/synthetic
url_kind: publisher-or-repository
results:
  - id: {NEW}-r1
    treatment: Meetings
    bundle: none
    mechanism: net
    mechanism_reason: Trial arm against control
    purpose: job-oriented-counselling
    sex: all
    age: all
    education: all
    outcome: employment
    verdict: positive
    favours: intervention
    horizon: one year
    locator: Table 1
    source_url: https://example.org/synthetic
    source_kind: publisher-or-repository
    confidence: high
"""


def given(pattern: Path, folder: Path) -> Base:
    """A base like *pattern* with data of its own and a card that is not taken in yet."""
    folder.mkdir()
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(pattern / name, target_is_directory=True)
    shutil.copytree(pattern / "data", folder / "data")
    (folder / "new.yaml").write_text(CARD, encoding="utf-8")
    return Base(folder)


def state(base: Base) -> dict[str, str]:
    """Every file and folder below ``data``, hidden ones too, by its content."""
    found = {}
    for folder, _, names in os.walk(base.data):
        found[os.path.relpath(folder, base.data)] = "folder"
        for name in names:
            path = Path(folder, name)
            found[path.relative_to(base.data).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def is_whole(base: Base) -> bool:
    """Whether the graph that stands there, as it stands there, is what its manifest says; nothing is finished first."""
    manifest = json.loads((base.graph / MANIFEST).read_text(encoding="utf-8"))
    files = {**manifest["files"], **manifest["indexes"]}
    return all(
        hashlib.sha256((base.graph / name).read_bytes()).hexdigest() == told["sha256"] for name, told in files.items()
    )


def knows(base: Base, study: str = NEW) -> bool:
    """Whether the graph, opened as any reader opens it, has a study."""
    wanted = id_iri("study", study)
    return any(str(triple.subject.value) == wanted for triple in Graph(base).triples("coded"))  # type: ignore[union-attr]


def settled(base: Base) -> dict[str, str]:
    """The state after whoever next writes or builds has finished or taken away what was left."""
    with commits.locked(base):
        return state(base)
