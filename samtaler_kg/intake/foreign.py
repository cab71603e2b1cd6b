"""The results of another base, taken into the layer of such: the file as it came, its head, its graphs; all or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from samtaler_kg import commits
from samtaler_kg.cards.read import CONTROL
from samtaler_kg.forms.raw import raw_bytes, regular
from samtaler_kg.intake import graphs, stamps
from samtaler_kg.links import Foreign, foreign
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Where


@dataclass(frozen=True, slots=True)
class TakenForeign:
    """What was taken in: the name, the folder, how many triples about how many things, the hash of the file."""

    name: str
    place: str
    triples: int
    things: int
    sha256: str


def take_foreign(
    base: Base, path: Path, name: str, licence: str, title: str = "", origin: str = "", wait: float = commits.WAIT
) -> TakenForeign:
    """Take the RDF in *path* into *base* as the foreign base *name*: the file as it is, its head and its graphs.

    Raises Refused with every problem of the request or of the file, or where the base cannot be written; Stopped where
    another writer is at work for longer than *wait* seconds, Damaged where the base is.
    """
    said = {"title": title.strip() or name, "licence": licence.strip(), "from": origin.strip()}
    _must_be_said(name, said)
    if not regular(path):
        raise Refused(Problem("unreadable-file", Where(str(path)), {"reason": "not a file"}))
    raw = raw_bytes(path, str(path), foreign.MAX_FILE)
    triples = foreign.parsed(raw, path.name, str(path))
    head = {**said, "taken": stamps.now()[:10], "file": f"results{path.suffix}"}
    head["sha256"] = hashlib.sha256(raw).hexdigest()
    with commits.writing(base, wait) as change:
        if (base.data / "foreign" / name).exists():
            raise Refused(Problem("foreign-taken", Where(key="--name"), {"value": name}))
        change.put(f"foreign/{name}/{head['file']}", raw)
        change.put(f"foreign/{name}/{foreign.HEAD}", _toml(head))
        sources = [*foreign.read_all(base), Foreign(name, head, tuple(triples))]
        graphs.replaced(base, foreign.graphs(sorted(sources, key=lambda source: source.name)), change.graph())
    things = len({triple.subject for triple in triples})
    return TakenForeign(name, f"data/foreign/{name}", len(triples), things, head["sha256"])


def _must_be_said(name: str, said: dict[str, str]) -> None:
    """Raises Refused where the name cannot be one, there is no licence, or a text holds what none may hold."""
    problems = []
    if not foreign.is_name(name):
        problems.append(Problem("foreign-name", Where(key="--name"), {"value": name}))
    if not said["licence"]:
        problems.append(Problem("no-licence", Where(key="--licence")))
    for key, value in said.items():
        if found := CONTROL.search(value):
            facts = {"character": f"U+{ord(found[0]):04X}"}
            problems.append(Problem("bad-character", Where(key=f"--{key}"), facts))
    if problems:
        raise Refused(problems)


def _toml(head: dict[str, str]) -> bytes:
    """The head as TOML; a JSON string of plain text is one in TOML too, and the day stands bare."""
    lines = [
        f"{key} = {value if key == 'taken' else json.dumps(value, ensure_ascii=False)}"
        for key, value in head.items()
        if value
    ]
    return ("\n".join(lines) + "\n").encode()
