"""JSON text → nodes that know their place. Numbers keep the form in which they are written: 0.80 stays 0.80.

The standard library's reader tells no places, keeps the last of two equal keys in silence and turns 0.80 into 0.8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from samtaler_kg.cards.read import CONTROL, MAX_PROBLEMS, Place
from samtaler_kg.forms.raw import Lines, too_much
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import both

#: Depth of nesting and number of values of one document. A card with its results has depth 5 and up to 400 values.
MAX_NESTING = 20
MAX_VALUES = 300_000

#: Characters of a key, or of the name of a column.
MAX_KEY = 200

# Possessive repetitions: what is left open is seen at once, not tried anew from every character.
_TOKEN = re.compile(
    r'[ \t\r\n]*+(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<word>true|false|null)|(?P<mark>[{}\[\],:])|(?P<end>\Z)|(?P<wrong>.))",
    re.DOTALL,
)

#: A value: text, a list, a mapping, or nothing (null).
Value = str | list["Node"] | dict[str, "Node"] | None


@dataclass(slots=True)
class Node:
    """One value of a document with its place and, inside a mapping, the place of its key.

    ``written`` is what kind of JSON value it was: string, number, word, list or mapping.
    """

    value: Value
    place: Place
    written: str
    key: Place | None = None

    def items(self) -> list[Node]:
        """The values of a list; a single value as a list of one; nothing for null."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def get(self, key: str) -> Node | None:
        """The value under *key* of a mapping, None where there is none."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self, key: str) -> str:
        """The text under *key*, empty where there is none."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, str) else ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str, shown: str) -> tuple[Node, list[Problem]]:
    """The document in *text*, and the keys that stand twice in it. Raises Refused where it is no JSON."""
    reader = _Reader(text, shown)
    node = reader.value(reader.next(), 1)
    if (rest := reader.next()).kind != "end":
        raise reader.wrong(rest, "end")
    return node, reader.problems


class _Reader:
    """One pass over the tokens. Recursion is bounded by MAX_NESTING, memory by MAX_VALUES."""

    def __init__(self, text: str, shown: str) -> None:
        self.text = text
        self.shown = shown
        self.lines = Lines(text)
        self.problems: list[Problem] = []
        self.count = 0
        self.tokens = self._tokens()

    def _tokens(self) -> Iterator[_Token]:
        at = 0
        while True:
            found = _TOKEN.match(self.text, at)
            assert found is not None and found.lastgroup is not None  # the last two alternatives match anything
            yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
            at = found.end()

    def next(self) -> _Token:
        """The next token."""
        return next(self.tokens)

    def wrong(self, token: _Token, wanted: str) -> Refused:
        """The error that *token* stands where *wanted* (a key of the texts below ``forms.json``) should."""
        wanted = "text-end" if token.text == '"' else wanted
        seen = both("forms.json.end") if token.kind == "end" else token.text[:20]
        facts = {"wanted": both(f"forms.json.{wanted}"), "seen": seen}
        return Refused([*self.problems, Problem("json-syntax", self._where(token.at), facts)])

    def _where(self, at: int) -> Where:
        return Where(self.shown, *self.lines.place(at))

    def value(self, token: _Token, depth: int) -> Node:
        """The value that begins with *token*."""
        self.count += 1
        if self.count > MAX_VALUES or depth > MAX_NESTING:
            name, limit = ("values", MAX_VALUES) if self.count > MAX_VALUES else ("levels", MAX_NESTING)
            raise Refused(too_much(self._where(token.at), name, limit))
        place = self.lines.place(token.at)
        if token.kind == "string":
            return Node(self._string(token), place, "string")
        if token.kind in ("number", "word"):
            return Node(None if token.text == "null" else token.text, place, token.kind)
        if token.text == "[":
            return Node(self._list(depth), place, "list")
        if token.text == "{":
            return Node(self._mapping(depth), place, "mapping")
        raise self.wrong(token, "value")

    def _string(self, token: _Token) -> str:
        text = str(json.loads(token.text))
        if (control := CONTROL.search(text)) and len(self.problems) < MAX_PROBLEMS:
            facts = {"character": f"U+{ord(control[0]):04X}"}
            self.problems.append(Problem("bad-character", self._where(token.at), facts))
        return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text) if control else text

    def _list(self, depth: int) -> list[Node]:
        found: list[Node] = []
        token = self.next()
        while token.text != "]" or token.kind != "mark":
            found.append(self.value(token, depth + 1))
            token = self._after("]")
        return found

    def _mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        token = self.next()
        while token.text != "}" or token.kind != "mark":
            if token.kind != "string":
                raise self.wrong(token, "key")
            key = self._string(token)
            if len(key) > MAX_KEY:
                raise Refused(too_much(self._where(token.at), "key", MAX_KEY))
            if (colon := self.next()).text != ":":
                raise self.wrong(colon, "colon")
            node = self.value(self.next(), depth + 1)
            node.key = self.lines.place(token.at)
            if key in found and len(self.problems) < MAX_PROBLEMS:
                self.problems.append(Problem("key-twice", Where(self.shown, *node.key, key), {"key": key}))
            found.setdefault(key, node)
            token = self._after("}")
        return found

    def _after(self, end: str) -> _Token:
        """The token after a value: the next value's, or *end*."""
        token = self.next()
        if token.kind == "mark" and token.text == end:
            return token
        if token.text != "," or token.kind != "mark":
            raise self.wrong(token, "comma")
        following = self.next()
        if following.kind == "mark" and following.text == end:
            raise self.wrong(following, "value")
        return following


def says(node: Node) -> bool:
    """Whether anything is filled in: null says nothing, nor does a list or mapping that holds nothing but null."""
    if isinstance(node.value, str) or not node.value:
        return node.value is not None
    inner = node.value.values() if isinstance(node.value, dict) else node.value
    return any(map(says, inner))


def kept(node: Node) -> list[Node]:
    """The items of a list; one that is a form with nothing filled in takes no place."""
    return [item for item in node.items() if item.value is None or says(item)]


def plain(node: Node) -> Any:
    """The values of a node without their places; what is not filled in is left out, null in a list is empty text."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items() if says(inner)}
    if isinstance(node.value, list):
        return [plain(inner) for inner in kept(node)]
    return node.value or ""
