"""Records in RDF: Turtle, N-Triples, RDF/XML and JSON-LD that speak Dublin Core, BIBO, FaBiO, PRISM or schema.org."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from samtaler_kg.forms.jsontext import MAX_VALUES, parse, plain
from samtaler_kg.forms.linked import FORMATS
from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.forms.references import LANGUAGES
from samtaler_kg.forms.xmlguard import look_through
from samtaler_kg.matching.jsonworks import year
from samtaler_kg.matching.records import MOST_AUTHORS, Record, clean, doi, iri
from samtaler_kg.matching.settings import Settings
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.tables import Term
from samtaler_kg.terms import PREFIXES

#: The endings of the files that can be read.
SUFFIXES = (*FORMATS, ".jsonld", ".json")

_FIRST, _REST = PREFIXES["rdf"] + "first", PREFIXES["rdf"] + "rest"

Values = Mapping[str, list[Term]]


def records(path: Path, shown: str, settings: Settings) -> Iterator[Record]:
    """The works that an RDF file describes: what has a title, and a creator, a date or a DOI."""
    graph = _Graph(_quads(path, shown, settings), settings)
    for subject in graph.said:
        if (record := graph.record(subject, shown)) is not None:
            yield record


def _quads(path: Path, shown: str, settings: Settings) -> Iterator[ox.Quad]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused(Problem("unknown-form", Where(shown), {"forms": ", ".join(SUFFIXES)}))
    text = as_text(raw_bytes(path, shown), shown)
    form = FORMATS.get(suffix, ox.RdfFormat.JSON_LD)
    if form == ox.RdfFormat.RDF_XML:
        look_through(iter([text.encode("utf-8")]), shown)
    if form == ox.RdfFormat.JSON_LD:
        text = _with_context(text, shown, settings)
    try:
        for count, quad in enumerate(ox.parse(text, format=form), start=1):
            if count > MAX_VALUES:
                raise Refused(too_much(Where(shown), "statements", MAX_VALUES))
            yield quad
    except SyntaxError as error:
        place = (error.lineno, error.offset) if form != ox.RdfFormat.JSON_LD else (None, None)
        raise Refused(Problem("unreadable-rdf", Where(shown, *place), {"reason": error.msg})) from None


def _with_context(text: str, shown: str, settings: Settings) -> str:
    """A JSON-LD document with every context that is named put in its place. Raises Refused for one not known."""
    tree, problems = parse(text, shown)
    if problems:
        raise Refused(problems)
    known = settings.foreign["contexts"]
    return json.dumps(_in_place(plain(tree), known, shown))


def _in_place(value: Any, known: Mapping[str, Any], shown: str) -> Any:
    if isinstance(value, list):
        return [_in_place(each, known, shown) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(each, known, shown) if key == "@context" else _in_place(each, known, shown)
        for key, each in value.items()
    }


def _context(value: Any, known: Mapping[str, Any], shown: str) -> Any:
    if isinstance(value, list):
        return [_context(each, known, shown) for each in value]
    if not isinstance(value, str):
        return value
    named = value.rstrip("/").replace("http://", "https://").removesuffix("/docs/jsonldcontext.jsonld")
    if named not in known:
        raise Refused(
            Problem("link-foreign-context", Where(shown), {"iri": clean(value, 200), "known": ", ".join(known)})
        )
    return known[named]


class _Graph:
    """What is said of each subject, by the parts of a record."""

    def __init__(self, quads: Iterable[ox.Quad], settings: Settings) -> None:
        self.settings = settings
        names = settings.foreign["rdf"]
        parts: dict[str, list[str]] = defaultdict(list)
        for part, properties in names.items():
            for name in properties:
                parts[name].append(part)
                parts[name.replace("https://schema.org/", "http://schema.org/")].append(part)
        self.said: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                continue  # a statement about a statement
            name = quad.predicate.value
            for part in dict.fromkeys(parts.get(name, ())):
                self.said[quad.subject][part].append(quad.object)
            if name in (_FIRST, _REST):
                self.said[quad.subject][name].append(quad.object)

    def record(self, subject: Term, shown: str) -> Record | None:
        """The record of one subject; None where it is no work."""
        said = self.said[subject]
        titles = tuple(dict.fromkeys(text for each in said.get("title", ()) if (text := _text(each))))
        number = next(filter(None, map(doi, self._identifiers(subject, said))), "")
        if not titles or not (number or said.get("creator") or said.get("date")):
            return None
        names = [name for each in said.get("creator", ()) for item in self._items(each) if (name := self._name(item))]
        own = iri(subject.value) if isinstance(subject, ox.NamedNode) else ""
        spoken = (
            LANGUAGES.get(_text(each).rpartition("/")[2].casefold()[:3].strip("-"), "")
            for each in said.get("language", ())
        )
        return Record(
            Where(shown, key=clean(own, 200)),
            "" if doi(own) else own,
            titles,
            tuple(names[:MOST_AUTHORS]),
            next(filter(None, (year(_text(each)) for each in said.get("date", ()))), None),
            number,
            language=next(filter(None, spoken), ""),
        )

    def _identifiers(self, subject: Term, said: Values) -> Iterator[str]:
        """What may hold a DOI: the properties that do, what they lead to, and the subject itself."""
        for each in said.get("doi", ()):
            yield _text(each)
            yield from (_text(value) for value in self._of(each).get("value", ()))
        yield _text(subject)

    def _items(self, node: Term) -> Iterator[Term]:
        """The members of an RDF list; any other node by itself."""
        seen: set[Term] = set()
        if not self._of(node).get(_FIRST):
            yield node
            return
        while self._of(node).get(_FIRST) and node not in seen:
            seen.add(node)
            yield self._of(node)[_FIRST][0]
            node = next(iter(self._of(node).get(_REST, ())), node)

    def _of(self, node: Term) -> Values:
        return self.said.get(node, {})

    def _name(self, node: Term) -> str:
        """The name of a creator: a text, or what its node says."""
        if isinstance(node, ox.Literal):
            return clean(node.value)
        said = self._of(node)
        family, given = (next(map(_text, said.get(part, ())), "") for part in ("family", "given"))
        return f"{family}, {given}" if family and given else family or next(map(_text, said.get("name", ())), "")


def _text(term: Term) -> str:
    return clean(term.value) if isinstance(term, ox.Literal | ox.NamedNode) else ""
