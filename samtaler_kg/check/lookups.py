"""What a base says of a thing, and who says a value: from a store in memory, or from the files of the built graph.

From files, a look-up costs the logarithm of their size, and nothing is loaded that was not asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

import pyoxigraph as ox

from samtaler_kg import mentions
from samtaler_kg.graph import Graph
from samtaler_kg.lines import Lines, lines
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.stores import Term


class Lookups(Protocol):
    """Statements by their subject, or by their value where few can say it."""

    def about(self, subject: str, predicate: str = "") -> Iterator[ox.Triple]:
        """What is said of the thing *subject*, by *predicate* where one is given."""
        ...

    def saying(self, value: Term, predicate: str = "") -> Iterator[ox.Triple]:
        """What says *value*, a thing or a key, by *predicate* where one is given."""
        ...

    def close(self) -> None:
        """Let go of what was opened; the next look-up opens it anew."""
        ...


@dataclass(frozen=True)
class Loaded:
    """Look-ups in a store."""

    store: ox.Store

    def about(self, subject: str, predicate: str = "") -> Iterator[ox.Triple]:
        """What is said of *subject*."""
        yield from self._found(ox.NamedNode(subject), predicate, None)

    def saying(self, value: Term, predicate: str = "") -> Iterator[ox.Triple]:
        """What says *value*."""
        yield from self._found(None, predicate, value)

    def _found(self, subject: ox.NamedNode | None, predicate: str, value: Term | None) -> Iterator[ox.Triple]:
        by = ox.NamedNode(predicate) if predicate else None
        for quad in self.store.quads_for_pattern(subject, by, value, None):
            yield quad.triple

    def close(self) -> None:
        """Nothing was opened."""


@dataclass
class Stored:
    """Look-ups in the files of a built graph: the coded layer with its conclusions; the ontology is in memory.

    The files are as long as the manifest says, or Damaged is raised; their sums are not computed here, since that
    would read them whole.
    """

    graph: Graph
    ontology: Loaded
    _open: ExitStack | None = None
    _files: list[Lines] = field(default_factory=list)
    _mentions: Lines = field(default_factory=lambda: Lines(b""))
    _known: dict[str, list[ox.Triple]] = field(default_factory=dict)

    def about(self, subject: str, predicate: str = "") -> Iterator[ox.Triple]:
        """What is said of *subject*."""
        if subject not in self._known:
            self._begin()
            found = (line for file in self._files for line in file.about(subject))
            self._known[subject] = [*self.ontology.about(subject), *_parsed(found)]
        yield from (t for t in self._known[subject] if predicate in ("", t.predicate.value))

    def saying(self, value: Term, predicate: str = "") -> Iterator[ox.Triple]:
        """What says *value*."""
        self._begin()
        start = f"{value}\t<{predicate}>\t" if predicate else f"{value}\t"
        for mention in self._mentions.beginning(start.encode()):
            yield from _parsed([mentions.as_statement(mention)])

    def close(self) -> None:
        """Close the files."""
        if self._open:
            self._open.close()
        self._open, self._files, self._mentions = None, [], Lines(b"")
        self._known.clear()

    def _begin(self) -> None:
        if self._open:
            return
        layer, manifest = mentions.LAYER, self.graph.manifest
        names = [name for name in manifest if name == f"{layer}.nt" or name.startswith(f"derived/{layer}/")]
        with ExitStack() as stack:
            self._files = [self._file(stack, name) for name in names]
            self._mentions = self._file(stack, mentions.FILE)
            self._open = stack.pop_all()

    def _file(self, stack: ExitStack, name: str) -> Lines:
        path = self.graph.base.graph / name
        told = self.graph.manifest.get(name) or self.graph.indexes.get(name, {})
        try:
            found = stack.enter_context(lines(path))
        except OSError:
            found = None
        if found is None or len(found.content) != told.get("bytes"):
            raise Damaged(Problem("graph-damaged", Where(str(path)), {"file": name}))
        return found


def _parsed(found: Iterable[bytes]) -> Iterator[ox.Triple]:
    content = b"".join(found)
    return (quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)) if content else iter(())
