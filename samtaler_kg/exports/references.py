"""The coded studies as references: BibTeX, RIS and CSL-JSON, with what was read and nothing else.

The key of a reference is the identifier of the study. A venue stands whole in one field, as it was coded. A copy on a
document mirror is never offered as a link.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from samtaler_kg.cards import Data
from samtaler_kg.codes import CodeLists
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.stored import cards
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.words import LANGUAGES, say

#: What has a meaning of its own in BibTeX, and how it is written.
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What can be cited of one study; an empty text was not read. ``plan`` says how its type is called where."""

    key: str
    title: str
    authors: tuple[str, ...]
    year: str
    venue: str
    doi: str
    language: str
    url: str
    note: str
    plan: Mapping[str, Any]


@dataclass(frozen=True)
class Cited:
    """The references of a layer, how many studies have nothing to cite, and the names of the fields for the genre."""

    references: tuple[Reference, ...]
    bare: int
    genre: Mapping[str, str]


def cited(graph: Graph, layer: Layer) -> Cited:
    """Every coded study of which a title, an author, a DOI or a venue was read."""
    plan = _plan(graph.base)
    studies = [data for kind, data in cards(graph, layer) if kind == "study"]
    found = [_reference(data, plan, graph.codes) for data in studies]
    kept = tuple(
        reference for reference in found if any((reference.title, reference.authors, reference.doi, reference.venue))
    )
    return Cited(kept, len(found) - len(kept), plan["genre"])


def bibtex(graph: Graph, layer: Layer) -> Files:
    """The references in BibTeX, UTF-8; titles in braces, so that no style changes their letters."""
    found = cited(graph, layer)
    entries = [_head(found), *(_entry(reference, found.genre["bibtex"]) for reference in found.references)]
    return {f"{layer}.bib": "\n".join(entries).encode("utf-8")}


def ris(graph: Graph, layer: Layer) -> Files:
    """The references in RIS."""
    found = cited(graph, layer)
    lines = [line for reference in found.references for line in _record(reference, found.genre["ris"])]
    return {f"{layer}.ris": "".join(f"{line}\r\n" for line in lines).encode("utf-8")}


def csl_json(graph: Graph, layer: Layer) -> Files:
    """The references as items of CSL-JSON."""
    found = cited(graph, layer)
    items = [_item(reference, found.genre["csl"]) for reference in found.references]
    return {f"{layer}.json": (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode("utf-8")}


def _plan(base: Base) -> Mapping[str, Any]:
    path = base.ontology / "references.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None


def _reference(data: Data, plan: Mapping[str, Any], codes: CodeLists) -> Reference:
    unread = re.search(plan["unread"], data["title"]) is not None
    return Reference(
        key=data["id"],
        title="" if unread else _line(data["title"]),
        authors=tuple(map(_line, data.get("authors", ()))),
        year=data.get("year", ""),
        venue=_line(data.get("venue", "")),
        doi=data.get("doi", ""),
        language=data.get("language", ""),
        url=data.get("url", "") if data.get("url_kind") in plan["links"] else "",
        note=" / ".join(_note(data, unread, codes, lang) for lang in LANGUAGES),
        plan=plan["types"].get(data.get("publication_type"), plan["types"]["unknown"]),
    )


def _note(data: Data, unread: bool, codes: CodeLists, lang: Any) -> str:
    """What was read and coded of a study."""
    read = codes.by_list["verification"][data["verification"]].definitions[lang]
    parts = [say("export.reference.coded", lang, read=read, number=len(data.get("results", ())))]
    parts += [say("export.reference.untitled", lang)] if unread else []
    if any(event.get("event") == "retracted" for event in data.get("history", ())):
        parts.append(say("export.reference.retracted", lang))
    if data.get("related_doi"):
        parts.append(say("export.reference.related", lang, doi=data["related_doi"]))
    return " ".join(parts)


def _line(text: str) -> str:
    return " ".join(text.split())


def _head(found: Cited) -> str:
    untitled = sum(not reference.title for reference in found.references)
    facts = {"number": len(found.references), "untitled": untitled, "bare": found.bare}
    return "".join(f"% {say('export.reference.head', lang, **facts)}\n" for lang in LANGUAGES)


def _entry(reference: Reference, genre: str) -> str:
    """One entry of BibTeX. A name without a comma is no person's family and given names: it stays whole."""
    plan = reference.plan
    names = (_escaped(name) if "," in name else f"{{{_escaped(name)}}}" for name in reference.authors)
    fields = {
        "author": " and ".join(names),
        "title": f"{{{_escaped(reference.title)}}}" if reference.title else "",
        plan["venue"]["bibtex"]: _escaped(reference.venue),
        genre: plan.get("genre", ""),
        "year": reference.year,
        "doi": reference.doi,
        "url": reference.url.replace("{", "%7B").replace("}", "%7D"),
        "language": reference.language,
        "annote": _escaped(reference.note),
    }
    lines = [f"  {name} = {{{text}}},\n" for name, text in fields.items() if text]
    return f"@{plan['bibtex']}{{{reference.key},\n{''.join(lines)}}}\n"


def _escaped(text: str) -> str:
    r"""Text as BibTeX reads it.

    >>> _escaped("Work & 5 % {x}")
    'Work \\& 5 \\% \\textbraceleft{}x\\textbraceright{}'
    """
    return "".join(_ESCAPES.get(mark, mark) for mark in text)


def _record(reference: Reference, genre: str) -> Iterator[str]:
    plan = reference.plan
    fields: Iterable[tuple[str, str]] = (
        ("ID", reference.key),
        *(("AU", name) for name in reference.authors),
        ("TI", reference.title),
        (plan["venue"]["ris"], reference.venue),
        (genre, plan.get("genre", "")),
        ("PY", reference.year),
        ("DO", reference.doi),
        ("UR", reference.url),
        ("LA", reference.language),
        ("N1", reference.note),
    )
    yield f"TY  - {plan['ris']}"
    yield from (f"{tag}  - {text}" for tag, text in fields if text)
    yield "ER  - "
    yield ""


def _item(reference: Reference, genre: str) -> dict[str, Any]:
    plan = reference.plan
    item = {
        "id": reference.key,
        "type": plan["csl"],
        "title": reference.title,
        "author": [_name(name) for name in reference.authors],
        "issued": {"date-parts": [[int(reference.year)]]} if reference.year else {},
        plan["venue"]["csl"]: reference.venue,
        genre: plan.get("genre", ""),
        "DOI": reference.doi,
        "URL": reference.url,
        "language": reference.language,
        "note": reference.note,
    }
    return {name: value for name, value in item.items() if value}


def _name(name: str) -> dict[str, str]:
    """A name of CSL; one without a comma stays whole."""
    family, comma, given = name.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma and given.strip() else {"literal": name}
