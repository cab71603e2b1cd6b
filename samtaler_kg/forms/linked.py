"""RDF → cards: Turtle, N-Triples, RDF/XML and JSON-LD with the project's own context. Nothing is ever fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Card, Grammar
from samtaler_kg.cards.read import MAX_PROBLEMS, Place, key_text
from samtaler_kg.forms.jsontext import MAX_VALUES, Node, says
from samtaler_kg.forms.nodes import cards_from
from samtaler_kg.forms.raw import Lines, as_text, too_much
from samtaler_kg.forms.xmlguard import look_through
from samtaler_kg.problems import Problem, Refused, Where, nearest
from samtaler_kg.terms import BASE, PREFIXES

#: The IRI by which a document may name the card context instead of holding it.
CONTEXT = BASE + "context.jsonld"

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}

#: The keywords of JSON-LD that a card has a use for, with the names that the context gives two of them.
_KEYWORDS = frozenset({"@graph", "@id", "@type", "@value", "@language", "id", "type"})

#: How far behind a node's name its statements are looked for, in characters.
_NEAR = 20_000


def cards_in(raw: bytes, form: ox.RdfFormat, shown: str, grammar: Grammar) -> tuple[list[Card], list[Problem]]:
    """The cards in Turtle, N-Triples or RDF/XML."""
    text = as_text(raw, shown)
    if form == ox.RdfFormat.RDF_XML:
        look_through(iter([text.encode("utf-8")]), shown)
    triples = list(_bounded(ox.parse(text, format=form), shown))
    return cards_from(triples, shown, grammar, _Text(text).place)


def _bounded(quads: Iterator[ox.Quad], shown: str) -> Iterator[ox.Triple]:
    try:
        for count, quad in enumerate(quads, start=1):
            if count > MAX_VALUES:
                raise Refused(too_much(Where(shown), "statements", MAX_VALUES))
            yield quad.triple
    except SyntaxError as error:
        where = Where(shown, error.lineno, error.offset)
        raise Refused(Problem("unreadable-rdf", where, {"reason": error.msg})) from None


class _Text:
    """Where things stand in the text of an RDF file: exact for N-Triples, the likeliest place for the others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: Lines | None = None

    def place(self, node: str, predicate: str, value: str) -> Place | None:
        """The place of a node, or of a predicate or value behind its name; None where none is seen."""
        if not node:
            return None
        at = self.text.find(f"<{node}> <{predicate}> ") if predicate else -1
        if at < 0:
            at = self._node(node)
            wanted = [part for part in (value, re.split("[/#]", predicate)[-1]) if part]
            behind = [self.text.find(part, at, at + _NEAR) for part in map(_written, wanted)] if at >= 0 else []
            at = next((found for found in behind if found >= 0), at)
        if at < 0:
            return None
        self.lines = self.lines or Lines(self.text)
        return self.lines.place(at)

    def _node(self, node: str) -> int:
        """Where a node is named: at the start of a line, by its prefixed name, anywhere in full; -1 where it is not."""
        tail = node.rpartition("/")[2]
        wanted = [f"\n<{node}>", *(f":{tail}{end}" for end in " \n\r\t"), f"<{node}>", f'"{node}"']
        found = next((at for at in map(self.text.find, wanted) if at >= 0), -1)
        return found + 1 if found >= 0 and self.text[found] == "\n" else found


def _written(text: str) -> str:
    """A text as it stands in RDF: up to the first character that may be escaped."""
    return re.split('["\\\\\n\r\t<&]', text)[0] or text


def linked(tree: Node) -> bool:
    """Whether a JSON document is JSON-LD: it has a context, a graph or IRIs as keywords."""
    return any({"@context", "@graph", "@id"} & set(_mapping(node)) for node in [tree, *_listed(tree)])


def _listed(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else []


def _mapping(node: Node) -> Mapping[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def cards_in_jsonld(tree: Node, shown: str, grammar: Grammar) -> tuple[list[Card], list[Problem]]:
    """The cards in a JSON-LD document whose context is the project's own, by value or by its IRI."""
    found = _Document(shown, grammar)
    parts = [found.checked(node) for node in (_listed(tree) or [tree])]
    if found.problems:
        return [], found.problems[:MAX_PROBLEMS]
    document = json.dumps([{"@context": grammar.context, **part} for part in parts]).encode()
    triples = list(_bounded(ox.parse(document, format=ox.RdfFormat.JSON_LD), shown))
    if len(triples) != found.said:  # JSON-LD passes over what it cannot read
        facts = {"said": found.said, "read": len(triples)}
        return [], [Problem("jsonld-lost", Where(shown, *tree.place), facts)]
    return cards_from(triples, shown, grammar, found.place)


class _Document:
    """A JSON-LD document held against the context before a processor sees it: that would drop what it does not know.

    ``said`` counts the statements that must come out.
    """

    def __init__(self, shown: str, grammar: Grammar) -> None:
        self.shown = shown
        self.grammar = grammar
        self.problems: list[Problem] = []
        self.said = 0
        self.spots: dict[tuple[str, str, str], Place] = {}

    def place(self, node: str, predicate: str, value: str) -> Place | None:
        """Where a node, what it says of a predicate, or one such value stands."""
        for key in ((node, predicate, value), (node, predicate, ""), (node, "", "")):
            if key in self.spots:
                return self.spots[key]
        return None

    def checked(self, node: Node) -> dict[str, Any]:
        """A node at the top: it alone may have a context, which must be the project's own."""
        if not isinstance(node.value, dict):
            self._tell(Problem("not-a-card", Where(self.shown, *node.place)))
            return {}
        context = node.value.get("@context")
        if context is None or not _own(context, self.grammar):
            place = (context or node).place
            self._tell(Problem("foreign-context", Where(self.shown, *place), {"iri": CONTEXT}))
        inner = {key: value for key, value in node.value.items() if key != "@context"}
        graph = inner.pop("@graph", None)
        named = {key: value for key, value in inner.items() if key in ("id", "@id")} if graph else {}
        body = self._node({key: value for key, value in inner.items() if key not in named}, node)
        if graph is not None:
            body["@graph"] = [self._value(item, "@graph") for item in graph.items()]
            body |= {key: value.value for key, value in named.items()}
        return body

    def _tell(self, problem: Problem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def _node(self, inner: Mapping[str, Node], around: Node) -> dict[str, Any]:
        name = next((value for key in ("id", "@id") if (value := inner.get(key)) is not None), None)
        iri = name.value if name is not None and isinstance(name.value, str) else ""
        if name is not None and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", iri):
            facts = {"value": iri, "wanted": f"{BASE}id/study/…"}
            self._tell(Problem("bad-iri", Where(self.shown, *name.place, "id"), facts))
        if name is None and around.key is not None and "@value" not in inner:
            facts = {"key": "id", "kind": "-"}
            self._tell(Problem("missing-key", Where(self.shown, *around.place, "id"), facts))
        self.spots.setdefault((iri, "", ""), around.place)
        return {key: self._entry(key, value, iri) for key, value in inner.items() if says(value)}

    def _entry(self, key: str, node: Node, iri: str) -> Any:
        meaning = self.grammar.meanings.get(key)
        where = Where(self.shown, *(node.key or node.place), key)
        if key == "@context":
            self._tell(Problem("foreign-context", where, {"iri": CONTEXT}))
            return None
        if key not in _KEYWORDS and meaning is None and not _known_prefix(key):
            self._tell(Problem("unknown-key", where, {"key": key, "hint": nearest(key, self.grammar.meanings)}))
            return None
        prop = meaning.prop if meaning else key
        self.spots.setdefault((iri, prop, ""), node.place)
        if key in ("id", "@id"):
            return node.value
        values = [self._value(item, key, iri, prop) for item in node.items()]
        if key not in ("@value", "@language") and not (key == "@type" and not iri):
            self.said += len(values)
        return values if isinstance(node.value, list) else values[0]

    def _value(self, node: Node, key: str, iri: str = "", prop: str = "") -> Any:
        """One value, its numbers and words as text: the context gives the type, and 0.80 stays 0.80."""
        if isinstance(node.value, dict):
            return self._node(node.value, node)
        if isinstance(node.value, list) or node.value is None or key == "@graph":
            self._tell(Problem("not-text", Where(self.shown, *node.place, key), {"key": key}))
            return ""
        self.spots.setdefault((iri, prop, node.value), node.place)
        meaning = self.grammar.meanings.get(key)
        if ":" not in node.value and ((meaning and meaning.coded) or key in ("type", "@type")):
            self._code(node, node.value, key)
        return node.value

    def _code(self, node: Node, value: str, key: str) -> None:
        classes = {kind.cls: kind.cls for kind in self.grammar.kinds.values()}
        words = classes if key in ("type", "@type") else self.grammar.code_words(key)
        if (words and value not in words) or re.search(r"[\s<>\"{}|\\^`]", value):
            facts = {"value": value, "list": key, "hint": nearest(value, words)}
            self._tell(Problem("unknown-code", Where(self.shown, *node.place, key_text((key,))), facts))


def _known_prefix(key: str) -> bool:
    """Whether a key is an IRI, in full or by a known prefix: what it says is then counted, not lost."""
    return key.startswith(("http://", "https://")) or key.partition(":")[0] in PREFIXES


def _own(context: Node, grammar: Grammar) -> bool:
    """Whether a context is the project's own: its IRI, or entries of it alone."""
    if isinstance(context.value, list):
        return len(context.value) == 1 and _own(context.value[0], grammar)
    if isinstance(context.value, str):
        return context.value == CONTEXT
    return all(_exact(value) == grammar.context.get(key) for key, value in _mapping(context).items())


def _exact(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _exact(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_exact(value) for value in node.value]
    return json.loads(node.value) if node.written in ("number", "word") and node.value else node.value
