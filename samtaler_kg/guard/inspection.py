"""Finds in a SPARQL text what would change data, leave the machine, or be read in two ways.

Oxigraph cuts keywords off without a word boundary and tries other cuts when a name makes no valid IRI. So
`trueSERVICE<x> {}`, `service:x {}` and `x:a.b.SERVICE <x> {}` can all call a server there: where a word or
a name can be cut so, it counts as the call.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar, cast

from samtaler_kg.guard.findings import Fault, Findings, Form, Lines, Position, Service, Source, Stray, Use
from samtaler_kg.guard.iris import is_absolute, resolve
from samtaler_kg.guard.keywords import QUERY_FORMS, UPDATE_WORDS, WORDS
from samtaler_kg.guard.lexing import Reading, Token, readings, tokens, unescape

MOST_STRAYS = 20  # a text with so many is not read further

_PAIRS = {")": "(", "]": "[", "}": "{"}
_TERMS = frozenset(("iri", "pname", "var"))
_OPERANDS = frozenset(("iri", "string", "lang", "var", "bnode", "pname", "number"))
_CLOSING = frozenset((")", "]", "}", ">", "TRUE", "FALSE"))
_END = Token("end", "", -1)
_NOTHING_AFTER_AUTHORITY = re.compile(r"(?:[^:/?#]+:)?//[^/?#]*")
_WEB = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")

After = tuple[Token, Token, Token]
Found = TypeVar("Found", Service, Source, Stray, Use)


def inspect(text: str, known: Mapping[str, str] | None = None) -> Findings:
    """Read a SPARQL query or update and tell what is in it; never fails.

    *known* are prefixes that the engine is given besides those that the text declares.

    >>> findings = inspect("ASK { ?s ?p ?o OPTIONAL { SERVICE <https://example.org/sparql> { ?s ?p ?o } } }")
    >>> findings.form, findings.services[0].target, findings.services[0].at.column, findings.reads_only
    ('ASK', '<https://example.org/sparql>', 27, False)
    """
    lines = Lines(text)
    walks = [_Walk(reading, lines, known or {}) for reading in readings(text)]
    for walk in walks:
        walk.walk()
    standard = walks[-1]
    return Findings(
        form=standard.form,
        services=_united(walk.services for walk in walks),
        froms=_united(walk.froms for walk in walks),
        updates=_united(walk.updates for walk in walks),
        undeclared=_united(walk.undeclared.values() for walk in walks),
        strays=_united(walk.strays for walk in walks)[:MOST_STRAYS],
        prefixes=standard.prefixes,
        base=standard.base,
        depth=max(walk.depth for walk in walks),
    )


def _united(found: Iterable[Iterable[Found]]) -> tuple[Found, ...]:
    once = dict.fromkeys(chain.from_iterable(found))
    return tuple(sorted(once, key=lambda one: one.at))


def _with_following(text: str) -> Iterator[tuple[Token, After]]:
    window: deque[Token] = deque(maxlen=4)
    for token in chain(tokens(text), (_END, _END, _END)):
        window.append(token)
        if len(window) == 4:
            yield window[0], (window[1], window[2], window[3])


class _Walk:
    """One pass over one reading of a text."""

    def __init__(self, reading: Reading, lines: Lines, known: Mapping[str, str]) -> None:
        self._reading, self._lines, self._known = reading, lines, known
        self.form: Form | None = None
        self.services: list[Service] = []
        self.froms: list[Source] = []
        self.updates: list[Use] = []
        self.undeclared: dict[str, Use] = {}
        self.strays: list[Stray] = []
        self.prefixes: dict[str, str] = {}
        self.base: str | None = None
        self.depth = 0
        self._open: list[Token] = []
        self._before = _END
        self._prologue = True

    def walk(self) -> None:
        """Read the text to its end, or to the stray that is one too many."""
        declared = 0
        for token, after in _with_following(self._reading.text):
            if declared:
                declared -= 1
            elif not (declared := self._declared(token, after)):
                self._begin(token)
                self._take(token, after)
            self._before = token
            if len(self.strays) >= MOST_STRAYS:
                return
        if not self.strays:  # else the other faults may have hidden the partners
            for bracket in self._open[:MOST_STRAYS]:
                self._stray(bracket, "bracket")

    def _at(self, token: Token) -> Position:
        return self._lines.position(self._reading.origin(token.start))

    def _stray(self, token: Token, fault: Fault) -> None:
        self.strays.append(Stray(self._at(token), token.text, fault))

    def _declared(self, token: Token, after: After) -> int:
        # The number of tokens that a BASE, PREFIX or VERSION takes after itself; an update may repeat them.
        first, second, _ = after
        if token.kind != "word" or not (self._prologue or self.form == "UPDATE"):
            return 0
        word = token.text.upper()
        if word == "BASE" and first.kind == "iri":
            self.base = self._reference(first)
            return 1
        names = first.kind == "pname" and first.text.find(":") == len(first.text) - 1
        if word == "PREFIX" and names and second.kind == "iri":
            self.prefixes[first.text[:-1]] = self._reference(second)
            return 2
        return int(word == "VERSION" and first.kind == "string")

    def _reference(self, token: Token) -> str:
        return resolve(self.base, unescape(token.text[1:-1]))

    def _begin(self, token: Token) -> None:
        if self._prologue:
            self._prologue = False
            word = token.text.upper() if token.kind == "word" else ""
            if word in QUERY_FORMS:
                self.form = cast(Form, word)
            elif word in UPDATE_WORDS:
                self.form = "UPDATE"

    def _take(self, token: Token, after: After) -> None:
        if token.kind == "op":
            self._bracket(token)
        elif token.kind == "word":
            self._word(token, after)
        elif token.kind == "pname":
            self._name(token, after)
        elif token.kind == "iri" and self._splits(token):
            self._stray(token, "ambiguous")
        elif token.kind == "stray":
            self._stray(token, "string" if token.text in "\"'" else "character")

    def _bracket(self, token: Token) -> None:
        if token.text in _PAIRS.values():
            self._open.append(token)
            self.depth = max(self.depth, len(self._open))
        elif token.text in _PAIRS:
            if self._open and self._open[-1].text == _PAIRS[token.text]:
                self._open.pop()
            else:
                self._stray(token, "bracket")

    def _word(self, token: Token, after: After) -> None:
        word = token.text.upper()
        if "SERVICE" in word:
            target = after[1] if after[0].text.upper() == "SILENT" else after[0]
            self.services.append(Service(self._at(token), target.text))
        elif word == "FROM":
            named = after[0].text.upper() == "NAMED"
            self.froms.append(Source(self._at(token), self._full(after[1] if named else after[0]), named))
        elif word in UPDATE_WORDS:
            self.updates.append(Use(self._at(token), word))
        if word not in WORDS:
            self._stray(token, "word")

    def _full(self, term: Token) -> str | None:
        if term.kind == "iri":
            iri = self._reference(term)
        elif term.kind == "pname":
            prefix, _, local = term.text.partition(":")
            namespace = self.prefixes.get(prefix, self._known.get(prefix, ""))
            iri = namespace + re.sub(r"\\(.)", r"\1", local) if namespace else ""
        else:
            return None
        return iri if is_absolute(iri) else None

    def _name(self, token: Token, after: After) -> None:
        prefix, _, local = token.text.partition(":")
        if prefix not in self.prefixes and prefix not in self._known:
            self.undeclared.setdefault(prefix, Use(self._at(token), prefix))
        before = self._before.text.upper()
        if self._open:
            target = self._called(token, after)
            if target and before not in ("GRAPH", "SERVICE", "SILENT") and self._cuts(prefix, local):
                self.services.append(Service(self._at(token), target))
        elif (
            before not in ("FROM", "NAMED", "DESCRIBE") and "from" in prefix.lower() and after[0].text != "("
        ):
            self.froms.append(Source(self._at(token), None, "named" in prefix.lower()))

    def _called(self, token: Token, after: After) -> str | None:
        # The server, if the tokens after a name are those after SERVICE: [SILENT] [server] {
        first, second = after[1:] if after[0].text.upper() == "SILENT" else after[:2]
        if first.text == "{":
            return token.text
        return first.text if first.kind in _TERMS and second.text == "{" else None

    def _cuts(self, prefix: str, local: str) -> bool:
        # Whether an engine can cut SERVICE out of a name: at the end of its prefix, behind a dot in the local
        # part, or out of a local part that makes no valid IRI behind its namespace.
        namespace = self.prefixes.get(prefix, self._known.get(prefix, ""))
        prefix, local = prefix.lower(), local.lower()
        fragile = "\\" in local or _NOTHING_AFTER_AUTHORITY.fullmatch(namespace)
        return "service" in prefix or ".service" in local or bool(fragile and "service" in local)

    def _splits(self, token: Token) -> bool:
        # Whether `<...>` may as well be "less than" and what follows: then the engines disagree on where the
        # next comment or bracket is.
        body, before = token.text[1:-1], self._before
        glued = before.text == "<" and before.start + 1 == token.start
        operand = before.kind in _OPERANDS or before.text.upper() in _CLOSING
        compares = bool(self._open) and self._open[-1].text == "(" and operand
        return (glued or compares) and re.search(r"[#()\[\]]", body) is not None and not _WEB.match(body)
