"""YAML → plain data with line numbers. Every scalar is a string; what could hide a surprise is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

from samtaler_kg.problems import Problem, Where

#: A card's values: text, or lists and mappings of values.
Data = dict[str, Any]
Path_ = tuple[str | int, ...]
Place = tuple[int, int]

#: Limits for one card: bytes of the file, depth of nesting, problems told at once.
#: The longest shipped card has 15 kB and depth 4.
MAX_BYTES = 500_000
MAX_DEPTH = 10
MAX_PROBLEMS = 100

#: What no text holds: controls other than tab and line ends, halves of surrogate pairs, non-characters.
CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: What a scanner of YAML may take for the end of a line, or skip: written as an escape only.
SEPARATOR = re.compile("[\x85\u2028\u2029\ufeff]")
_UNFIT = re.compile(f"{CONTROL.pattern}|{SEPARATOR.pattern}")


class AllText(VersionedResolver):
    """A resolver for which every scalar is text: ``0.80``, ``yes`` and ``no`` stay as they are written."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Tag of a node: text for every scalar, the default for the others."""
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def yaml_reader() -> YAML:
    """A YAML 1.2 reader for cards: pure Python, all scalars text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = AllText
    return yaml


@dataclass(frozen=True, slots=True)
class Card:
    """A read card: its kind, its data, where each value stands (line and column from 1), and its file.

    ``keys`` says where each key stands, ``blank`` which keys of the mapping at a path were left empty, ``files`` which
    parts stand in another file than the rest: the results of a study in a table of their own.
    """

    kind: str
    data: Data
    places: Mapping[Path_, Place] = field(default_factory=dict)
    file: str = ""
    keys: Mapping[Path_, Place] = field(default_factory=dict)
    blank: Mapping[Path_, list[str]] = field(default_factory=dict)
    files: Mapping[Path_, str] = field(default_factory=dict)

    def where(self, path: Path_) -> Where:
        """The place of the value at *path*, or of the nearest that is around it."""
        around = (self.places.get(path[:end]) for end in range(len(path), -1, -1))
        line, column = next(filter(None, around), (None, None))
        return Where(self._file(path), line, column, key_text(path))

    def where_key(self, path: Path_) -> Where:
        """The place of the key at the end of *path*, or of the nearest value that is around it."""
        if path not in self.keys:
            return self.where(path)
        return Where(self._file(path), *self.keys[path], key_text(path))

    def _file(self, path: Path_) -> str:
        around = (self.files.get(path[:end]) for end in range(len(path), 0, -1)) if self.files else ()
        return next(filter(None, around), self.file)


def key_text(path: Path_) -> str:
    """A path as a reader writes it.

    >>> key_text(("results", 2, "verdict"))
    'results[2].verdict'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(path: Path, kind: str, shown: str = "") -> tuple[Card | None, list[Problem]]:
    """Read the card in *path*; *shown* is the file's name in messages.

    Problems instead of a card where it is unreadable.
    """
    shown = shown or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Problem("unreadable-file", Where(shown), {"reason": error.strerror or error})]
    if len(raw) > MAX_BYTES:
        return None, [Problem("too-large", Where(shown), {"limit": MAX_BYTES})]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return None, [Problem("not-utf8", Where(shown, line))]
    return read_text(text, kind, shown)


def read_text(text: str, kind: str, shown: str = "") -> tuple[Card | None, list[Problem]]:
    """Read a card from YAML *text*, in one pass over its events."""
    text = text.removeprefix("\ufeff")
    if problems := list(_unfit(text, shown)):
        return None, problems
    tree = _Tree(text, shown)
    try:
        data = tree.data(yaml_reader().parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(shown, mark.line + 1, mark.column + 1) if mark else Where(shown)
        facts = {"reason": error.problem or error.context}
        return None, [*tree.problems[: MAX_PROBLEMS - 1], Problem("yaml-syntax", where, facts)]
    except (YAMLError, ValueError, LookupError, NotImplementedError) as error:
        return None, [*tree.problems[: MAX_PROBLEMS - 1], Problem("yaml-syntax", Where(shown), {"reason": error})]
    if tree.problems:
        return None, tree.problems[:MAX_PROBLEMS]
    if not isinstance(data, dict):
        return None, [Problem("not-a-card", Where(shown, 1))]
    return Card(kind, data, tree.places, shown, tree.keys, tree.blank), []


def _unfit(text: str, shown: str) -> Iterator[Problem]:
    """Characters that would be misread: no text holds them, or the scanner takes them for line ends."""
    for found in islice(_UNFIT.finditer(text), MAX_PROBLEMS):
        line = text.count("\n", 0, found.start()) + 1
        where = Where(shown, line, found.start() - text.rfind("\n", 0, found.start()))
        name = f"U+{ord(found[0]):04X}"
        if CONTROL.match(found[0]):
            yield Problem("bad-character", where, {"character": name})
        else:
            reason = f"{name} must be written as \\u{ord(found[0]):04X} in double quotation marks"
            yield Problem("yaml-syntax", where, {"reason": reason})


class _Tree:
    """Plain data from YAML events, with the place of every value and key.

    Anchors, aliases, tags and directives have no use in a card, and each can make it mean something else than
    it shows: they are problems, seen before anything is expanded. Recursion is bounded by MAX_DEPTH.
    """

    def __init__(self, text: str, shown: str) -> None:
        self.text = text
        self.shown = shown
        self.places: dict[Path_, Place] = {}
        self.keys: dict[Path_, Place] = {}
        self.blank: dict[Path_, list[str]] = {}
        self.unfilled: set[Path_] = set()
        self.problems: list[Problem] = []
        self.events: Iterator[Event] = iter(())

    def data(self, events: Iterable[Event]) -> Any:
        """The data of the one document in the stream, None where there is none."""
        self.events = iter(events)
        data, documents = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._begins(event, documents)
            elif isinstance(event, NodeEvent):
                data = self._value(event, ())
        return data

    def _begins(self, event: DocumentStartEvent, number: int) -> None:
        mark = event.start_mark
        if number > 1:
            raise MarkedYAMLError(problem="a second document begins here", problem_mark=mark)
        before = self.text[: mark.index].splitlines()
        for line, text in enumerate(before, start=1):
            if text.startswith("%"):
                where = Where(self.shown, line, 1)
                self.problems.append(Problem("yaml-surprise", where, {"thing": "directive"}))

    def _value(self, event: Event, path: Path_) -> Any:
        self.places[path] = _place(event)
        self._surprise(event, path)
        if isinstance(event, ScalarEvent):
            return event.value
        if isinstance(event, AliasEvent):
            return ""
        if len(path) >= MAX_DEPTH:
            raise MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH}", problem_mark=event.start_mark)
        if isinstance(event, SequenceStartEvent):
            return self._list(path)
        return self._mapping(path)

    def _list(self, path: Path_) -> list[Any]:
        """A list's values. An item that holds only keys left empty takes no place: the next one stands there."""
        found: list[Any] = []
        for event in self._until(SequenceEndEvent):
            known = len(self.places), len(self.keys), len(self.blank)
            inner = (*path, len(found))
            value = self._value(event, inner)
            if self._unfilled(value, inner):
                self._forget(known)
                self.unfilled.add(path)
            else:
                found.append(value)
        if not found and path in self.unfilled:
            self.blank.setdefault(path, [])
        return found

    def _unfilled(self, value: Any, path: Path_) -> bool:
        """Whether a list or mapping holds only keys that were left empty: a form to fill in says nothing yet."""
        return value in ({}, []) and path in self.blank

    def _forget(self, known: tuple[int, int, int]) -> None:
        """Take out the newest places, so that as many are left as were known."""
        while len(self.places) > known[0]:
            self.places.popitem()
        while len(self.keys) > known[1]:
            self.keys.popitem()
        while len(self.blank) > known[2]:
            self.blank.popitem()

    def _mapping(self, path: Path_) -> Data:
        data: Data = {}
        for event in self._until(MappingEndEvent):
            self._surprise(event, path)
            if isinstance(event, SequenceStartEvent | MappingStartEvent):
                raise MarkedYAMLError(problem="a key must be one word", problem_mark=event.start_mark)
            key = event.value if isinstance(event, ScalarEvent) else ""
            inner = (*path, key)
            twice = inner in self.keys
            if twice:
                where = Where(self.shown, *_place(event), key_text(inner))
                self.problems.append(Problem("key-twice", where, {"key": key}))
            self.keys[inner] = _place(event)
            following = next(self.events)
            value = self._value(following, inner)
            bare = isinstance(following, ScalarEvent) and value == "" and not following.style
            if bare or self._unfilled(value, inner):
                self.blank.setdefault(path, []).append(key)
            elif not twice:
                data[key] = value
        return data

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _surprise(self, event: Event, path: Path_) -> None:
        things = ["alias"] if isinstance(event, AliasEvent) else []
        if not things and isinstance(event, NodeEvent) and event.anchor is not None:
            things.append("anchor")
        if getattr(event, "ctag", None) is not None:
            things.append("tag")
        for thing in things:
            where = Where(self.shown, *_place(event), key_text(path))
            self.problems.append(Problem("yaml-surprise", where, {"thing": thing}))


def _place(event: Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1
