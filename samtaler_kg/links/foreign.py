"""Results of another base: a folder below ``data/foreign`` with a head and one file of RDF, kept as it came.

They stay in graphs of their own, with their own words. Nothing in them may speak of things of this base.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards.read import MAX_PROBLEMS
from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.links.table import is_iri
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, SamtalerError, Where
from samtaler_kg.terms import BASE, DCTERMS, RDF, SAM, XSD, graph_iri

HEAD = "source.toml"

#: The forms that are read, by the end of a file's name.
FORMS = {".nt": ox.RdfFormat.N_TRIPLES, ".ttl": ox.RdfFormat.TURTLE}

#: Limits of one source: bytes and triples.
MAX_FILE, MAX_TRIPLES = 50_000_000, 500_000

#: What the head says, and the property that each becomes; ``taken`` is a day.
_SAID = {"title": DCTERMS.title, "from": DCTERMS.source, "licence": DCTERMS.rights, "taken": DCTERMS.date}
_NEEDED = ("title", "licence", "taken", "file", "sha256")

Graphs = dict[str, tuple[str, list[ox.Triple]]]


@dataclass(frozen=True, slots=True)
class Foreign:
    """One source: its name, what its head says by key, its triples."""

    name: str
    head: Mapping[str, str]
    triples: tuple[ox.Triple, ...]

    @property
    def graph(self) -> str:
        """IRI of the graph that holds what the source says."""
        return graph_iri(f"foreign/{self.name}")


def is_name(name: str) -> bool:
    """Whether a source may be called so.

    >>> is_name("other-base"), is_name("../x")
    (True, False)
    """
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){0,10}", name) is not None and len(name) <= 60


def read_all(base: Base) -> list[Foreign]:
    """Every source below ``data/foreign`` of *base*. Raises Damaged with the problems of all of them."""
    found: list[Foreign] = []
    problems: list[Problem] = []
    folder = base.data / "foreign"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        shown = path.relative_to(base.root).as_posix()
        try:
            found.append(_read(path, shown))
        except SamtalerError as error:
            problems += error.problems
    if problems:
        raise Damaged(problems)
    return found


def _read(folder: Path, shown: str) -> Foreign:
    if not is_name(folder.name) or not (folder / HEAD).is_file():
        raise Damaged(Problem("wrong-place", Where(shown), {"place": f"data/foreign/<name>/{HEAD}"}))
    head = _head(folder / HEAD, f"{shown}/{HEAD}")
    raw = raw_bytes(folder / head["file"], f"{shown}/{head['file']}", MAX_FILE)
    if hashlib.sha256(raw).hexdigest() != head["sha256"]:
        raise Damaged(Problem("foreign-changed", Where(f"{shown}/{head['file']}"), {"head": HEAD}))
    return Foreign(folder.name, head, tuple(parsed(raw, head["file"], f"{shown}/{head['file']}")))


def _head(path: Path, shown: str) -> dict[str, str]:
    try:
        told = tomllib.loads(as_text(raw_bytes(path, shown, 100_000), shown))
    except tomllib.TOMLDecodeError as error:
        raise Damaged(Problem("unreadable-file", Where(shown), {"reason": error})) from None
    problems = list(_head_problems(told, shown))
    if problems:
        raise Damaged(problems)
    return {key: str(value) for key, value in told.items()}


def _head_problems(told: Mapping[str, Any], shown: str) -> Iterator[Problem]:
    for key in _NEEDED:
        if not told.get(key):
            yield Problem("head-lacks", Where(shown), {"key": key})
    for key, value in told.items():
        if key not in {*_SAID, *_NEEDED}:
            yield Problem("unknown-key", Where(shown, key=key), {"key": key, "hint": ", ".join({**_SAID})})
        elif key == "taken" and type(value) is not date:
            yield Problem("bad-value", Where(shown, key=key), {"value": value, "type": "date"})
        elif key != "taken" and not isinstance(value, str):
            yield Problem("not-text", Where(shown, key=key), {"key": key})
        elif key == "file" and (Path(value).name != value or Path(value).suffix not in FORMS):
            yield Problem("foreign-form", Where(shown, key=key), {"forms": ", ".join(FORMS)})


def parsed(raw: bytes, name: str, shown: str) -> list[ox.Triple]:
    """The triples of a foreign file called *name*.

    Raises Refused where it is no RDF of a form that is read, is too large, has a node without a name, or speaks of
    things of this base.
    """
    form = FORMS.get(Path(name).suffix)
    if form is None:
        raise Refused(Problem("foreign-form", Where(shown), {"forms": ", ".join(FORMS)}))
    as_text(raw, shown)
    triples: list[ox.Triple] = []
    try:
        for quad in ox.parse(raw, format=form):
            triples.append(quad.triple)
            if len(triples) > MAX_TRIPLES:
                raise Refused(too_much(Where(shown), "triples", MAX_TRIPLES))
    except SyntaxError as error:
        where = Where(shown, error.lineno, error.offset)
        raise Refused(Problem("unreadable-rdf", where, {"reason": error.msg})) from None
    problems = list(_problems(triples, shown))
    if problems:
        raise Refused(problems[:MAX_PROBLEMS])
    return sorted(set(triples), key=str)


def _problems(triples: Iterable[ox.Triple], shown: str) -> Iterator[Problem]:
    told: set[str] = set()
    empty = True
    for triple in triples:
        empty = False
        terms = (triple.subject, triple.predicate, triple.object)
        if any(isinstance(term, ox.BlankNode | ox.Triple) for term in terms) and "blank" not in told:
            told.add("blank")
            yield Problem("foreign-nameless", Where(shown), {"triple": str(triple)[:200]})
        for term in terms if triple.predicate.value == RDF.type else terms[:2]:
            iri = term.value if isinstance(term, ox.NamedNode) else ""
            if iri.startswith(BASE) and iri not in told:
                told.add(iri)
                yield Problem("foreign-says-ours", Where(shown), {"value": iri})
    if empty:
        yield Problem("foreign-empty", Where(shown))


def graphs(sources: Iterable[Foreign]) -> Graphs:
    """The graphs of all sources by file: one each, and one that says what each is and which things are from it."""
    made: Graphs = {}
    about: list[ox.Triple] = []
    for source in sources:
        made[f"foreign/{source.name}.nt"] = (source.graph, list(source.triples))
        about += _about(source)
    return {"foreign.nt": (graph_iri("foreign"), about), **made} if made else {}


def _about(source: Foreign) -> Iterator[ox.Triple]:
    graph = ox.NamedNode(source.graph)
    yield ox.Triple(graph, ox.NamedNode(RDF.type), ox.NamedNode(SAM.ForeignSource))
    yield ox.Triple(graph, ox.NamedNode(DCTERMS.identifier), ox.Literal(f"sha256:{source.head['sha256']}"))
    for key, prop in _SAID.items():
        if value := source.head.get(key):
            kind = ox.NamedNode(XSD.date if key == "taken" else XSD.string)
            yield ox.Triple(graph, ox.NamedNode(prop), ox.Literal(value, datatype=kind))
    if is_iri(source.head["licence"]):
        yield ox.Triple(graph, ox.NamedNode(DCTERMS.license), ox.NamedNode(source.head["licence"]))
    for subject in sorted({triple.subject for triple in source.triples}, key=str):
        yield ox.Triple(subject, ox.NamedNode(SAM.fromSource), graph)
