"""A layer as a research object: an RO-Crate 1.1 with RDF, tables, ontology and stored questions, each file described.

Title, version and authors are what ``CITATION.cff`` of the base says, nothing else; the date is the newest that the base
records, so that the same base gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from samtaler_kg.exports.csvw import METADATA, csvw
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.rdf import nquads, turtle
from samtaler_kg.exports.rights import licence_of
from samtaler_kg.exports.wording import Worded
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.terms import DCTERMS, PROV
from samtaler_kg.words import both

#: The description of the crate itself.
DESCRIPTOR = "ro-crate-metadata.json"

#: The files of a base that say who made it and what may be done with it.
ABOUT = ("CITATION.cff", "LICENSE", "LICENSE-DATA")

#: The one term of schema.org that the context of RO-Crate 1.1 may lack.
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "http://schema.org/sha256"}]

_SPARQL = "https://www.w3.org/TR/sparql11-query/"

#: What kind of file ends how.
_ENCODINGS = {
    ".ttl": "text/turtle",
    ".nq": "application/n-quads",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".rq": "application/sparql-query",
    ".toml": "application/toml",
    ".cff": "application/yaml",
    "": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """What a base's CITATION.cff says."""

    title: str
    authors: tuple[Mapping[str, str], ...]
    version: str
    released: str
    keywords: tuple[str, ...]


def crate(graph: Graph, layer: Layer) -> Files:
    """The files of the crate. Raises Refused where the base does not say who made it, or when."""
    citation = citation_of(graph.base)
    held = dict(_held(graph, layer))
    entities = [*_head(graph, layer, citation, held), *_contents(graph, held)]
    body = json.dumps({"@context": _CONTEXT, "@graph": entities}, ensure_ascii=False, indent=1) + "\n"
    return {DESCRIPTOR: body.encode("utf-8"), **held}


def citation_of(base: Base) -> Citation:
    """What CITATION.cff in the folder of *base* says. Raises Refused without the file, Damaged where it is none."""
    path = base.root / "CITATION.cff"
    try:
        said = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return Citation(
            str(said["title"]),
            tuple({key: str(value) for key, value in author.items()} for author in said["authors"]),
            str(said.get("version", "")),
            str(said.get("date-released", "")),
            tuple(map(str, said.get("keywords", ()))),
        )
    except FileNotFoundError:
        raise Refused(Problem("no-citation", Where(str(path)))) from None
    except (OSError, ValueError, YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None


def _held(graph: Graph, layer: Layer) -> Iterator[tuple[str, bytes]]:
    """Every file of the crate but its description."""
    yield from turtle(graph, layer).items()
    yield from nquads(graph, layer).items()
    yield from ((f"csvw/{name}", content) for name, content in csvw(graph, layer).items())
    for folder in (graph.base.ontology, graph.base.queries):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _ENCODINGS and path.is_file()):
            yield path.relative_to(graph.base.root).as_posix(), path.read_bytes()
    for path in (graph.base.root / name for name in ABOUT):
        if path.is_file():
            yield path.name, path.read_bytes()


def _head(graph: Graph, layer: Layer, citation: Citation, held: Files) -> Iterator[dict[str, Any]]:
    """The crate, who made it, its licence."""
    licence, said = licence_of(graph.base), both(f"layers.{layer}")
    authors = list(_authors(citation))
    yield {
        "@id": DESCRIPTOR,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{citation.title} ({layer})",
        "description": " / ".join(f"{said[lang]}. {note}" for lang, note in both("export.crate.about").items()),
        "datePublished": _date(graph, citation),
        "license": {"@id": licence.iri},
        "author": [{"@id": author["@id"]} for author in authors],
        **({"version": citation.version} if citation.version else {}),
        **({"keywords": list(citation.keywords)} if citation.keywords else {}),
        "hasPart": [{"@id": name} for name in _inside("", held)],
    }
    yield from authors
    yield {"@id": licence.iri, "@type": "CreativeWork", "name": licence.name, "identifier": licence.spdx}
    yield {"@id": _SPARQL, "@type": "ComputerLanguage", "name": "SPARQL 1.1 Query Language", "url": _SPARQL}


def _authors(citation: Citation) -> Iterator[dict[str, str]]:
    for number, author in enumerate(citation.authors, start=1):
        name = author.get("name") or " ".join(filter(None, (author.get("given-names"), author.get("family-names"))))
        kind = "Organization" if "name" in author else "Person"
        yield {"@id": author.get("orcid") or f"#author-{number}", "@type": kind, "name": name}


def _date(graph: Graph, citation: Citation) -> str:
    """The day of release where it is said, else the newest date that the coded layer records."""
    if citation.released:
        return citation.released
    dates = (PROV.base + "atTime", DCTERMS.date)
    found = [str(t.object.value) for t in graph.triples("coded") if t.predicate.value in dates]  # type: ignore[union-attr]
    if not found:
        raise Refused(Problem("no-date", Where(str(graph.base.root / "CITATION.cff"))))
    return max(found)[:10]


def _contents(graph: Graph, held: Files) -> Iterator[dict[str, Any]]:
    """Every folder and every file of the crate."""
    for folder in sorted({f"{parent}/" for name in held for parent in _parents(name)}):
        words = both(f"export.crate.folders.{folder.rstrip('/').replace('/', '-')}")
        parts = [{"@id": name} for name in _inside(folder, held)]
        yield {"@id": folder, "@type": "Dataset", "name": folder, "description": _line(words), "hasPart": parts}
    asked = {query.path.relative_to(graph.base.root).as_posix(): query.asks for query in graph.catalogue.all()}
    titles = _titles(held)
    for name, content in held.items():
        path = PurePosixPath(name)
        entity: dict[str, Any] = {"@id": name, "@type": "File", "name": path.name}
        entity["description"] = _line(asked.get(name) or titles.get(name) or _told(path))
        if path.suffix == ".rq":
            entity |= {"@type": ["File", "SoftwareSourceCode"], "programmingLanguage": {"@id": _SPARQL}}
        entity["encodingFormat"] = "application/csvm+json" if path.name == METADATA else _ENCODINGS[path.suffix]
        entity |= {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
        yield entity


def _titles(held: Files) -> dict[str, Worded]:
    """What the tables are called, by file."""
    tables = json.loads(held[f"csvw/{METADATA}"])["tables"]
    return {f"csvw/{t['url']}": {said["@language"]: said["@value"] for said in t["dc:title"]} for t in tables}


def _told(path: PurePosixPath) -> Worded:
    """What a file is for that has no title of its own."""
    if path.name in ABOUT:
        return both("export.crate.files.about")
    if path.parent.name:
        return both(f"export.crate.folders.{path.parent.as_posix().replace('/', '-')}")
    return both(f"export.forms.{'turtle' if path.suffix == '.ttl' else 'nquads'}")


def _line(words: Mapping[Any, str]) -> str:
    return " / ".join(words.values())


def _parents(name: str) -> Iterable[str]:
    return [parent.as_posix() for parent in PurePosixPath(name).parents if parent.name]


def _inside(folder: str, held: Files) -> list[str]:
    """What stands directly in *folder*: files, and folders with a slash at the end."""
    found: dict[str, None] = {}
    for name in held:
        if name.startswith(folder):
            head, slash, _ = name[len(folder) :].partition("/")
            found[f"{folder}{head}{slash}"] = None
    return list(found)
