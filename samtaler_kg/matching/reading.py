"""A file of another base → records, whatever its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from samtaler_kg.forms import bibtex, raw, references, ris
from samtaler_kg.forms.jsontext import parse
from samtaler_kg.forms.reference import Reference
from samtaler_kg.matching import jsonworks, statements, tabular
from samtaler_kg.matching.jsonworks import MAX_RECORDS, year
from samtaler_kg.matching.records import MOST_AUTHORS, Record, clean, doi
from samtaler_kg.matching.settings import Settings
from samtaler_kg.problems import Problem, Refused, Where, nearest

#: The forms that can be read, by the names under which they are asked for.
FORMS = ("openalex", "crossref", "csl", "ris", "bib", "csv", "rdf")

#: The form that the ending of a file says; JSON is said by no ending.
BY_SUFFIX = {
    **dict.fromkeys([".ttl", ".nt", ".rdf", ".xml", ".jsonld"], "rdf"),
    **dict.fromkeys([".csv", ".tsv"], "csv"),
    ".ris": "ris",
    ".bib": "bib",
}

Reader = Callable[[Path, str, Settings], Iterator[Record]]


def form_of(path: Path, form: str | None) -> str:
    """The form to read *path* in. Raises Refused where there is none of that name, or the ending says none."""
    found = form or BY_SUFFIX.get(path.suffix.lower(), "")
    if found not in FORMS:
        facts = {
            "value": found or path.suffix or path.name,
            "hint": nearest(found, FORMS) if found else ", ".join(FORMS),
        }
        raise Refused(Problem("link-form", Where(str(path)), facts))
    return found


def read(path: Path, form: str, settings: Settings) -> list[Record]:
    """The records in *path*. Raises Refused where it cannot be read in that form, or holds none or too many."""
    shown = str(path)
    if not raw.regular(path):
        raise Refused(Problem("unreadable-file", Where(shown), {"reason": "not a file"}))
    found: list[Record] = []
    for record in _READERS[form](path, shown, settings):
        if len(found) >= MAX_RECORDS:
            raise Refused(raw.too_much(Where(shown), "records", MAX_RECORDS))
        found.append(record)
    if not any(record.titles or record.doi or record.authors for record in found):
        raise Refused(Problem("link-nothing", Where(shown), {"form": form}))
    return found


def _openalex(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    return jsonworks.openalex(jsonworks.works(path, shown), settings)


def _crossref(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    return jsonworks.crossref(jsonworks.works(path, shown), settings)


def _csl(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    tree, problems = parse(raw.as_text(raw.raw_bytes(path, shown), shown), shown)
    if problems:
        raise Refused(problems)
    return _of_references([references.of_csl(node) for node in tree.items()], shown)


def _ris(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    return _of_text(path, shown, ris.parse)


def _bib(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    return _of_text(path, shown, bibtex.parse)


def _of_text(
    path: Path, shown: str, parsed: Callable[[str, str], tuple[list[Reference], list[Problem]]]
) -> Iterator[Record]:
    found, problems = parsed(raw.as_text(raw.raw_bytes(path, shown, references.MAX_REFERENCES), shown), shown)
    if problems:
        raise Refused(problems)
    return _of_references(found, shown)


def _of_references(found: Iterable[Reference], shown: str) -> Iterator[Record]:
    for each in found:
        spoken = clean(each.text("language")).casefold()
        yield Record(
            Where(shown, *each.place),
            "",
            tuple(filter(None, [clean(each.text("title"))])),
            tuple(filter(None, (clean(author.text) for author in each.authors[:MOST_AUTHORS]))),
            year(each.text("year")),
            doi(each.text("doi")) or doi(each.text("url")),
            language=references.LANGUAGES.get(spoken.partition("-")[0], ""),
        )


_READERS: Mapping[str, Reader] = {
    "openalex": _openalex,
    "crossref": _crossref,
    "csl": _csl,
    "ris": _ris,
    "bib": _bib,
    "csv": tabular.records,
    "rdf": statements.records,
}
