"""The built graph of a base: its layers, the data set of each, and the manifest that proves it whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import pyoxigraph as ox

from samtaler_kg import commits
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.codes import CodeLists
from samtaler_kg.codes import read as read_codes
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.stores import Engine, EngineName, engine

Layer = Literal["coded", "reconstructed", "memo", "links", "foreign"]

#: The layers that are made of cards, the default first.
CARD_LAYERS: tuple[Layer, ...] = ("coded", "reconstructed", "memo")

#: The layers a reader may ask: those, the ties to other vocabularies and bases, and the results of other bases.
LAYERS: tuple[Layer, ...] = (*CARD_LAYERS, "links", "foreign")

MANIFEST = "manifest.json"


def layer_named(name: str) -> Layer:
    """The layer called *name*. Raises Refused where there is none."""
    for layer in LAYERS:
        if layer == name:
            return layer
    raise Refused(Problem("unknown-layer", facts={"value": name, "hint": nearest(name, LAYERS)}))


#: How often a reader begins again because a writer put a new graph in the place of the old one.
_TRIES = 8

Found = TypeVar("Found")


@dataclass
class Graph:
    """A built graph, opened for reading. Layers load when they are first asked; nothing mixes them."""

    base: Base
    engine_name: EngineName = "oxigraph"
    _loaded: dict[tuple[Layer, ...], Engine] = field(default_factory=dict)
    _begun: bool = False

    @cached_property
    def catalogue(self) -> Catalogue:
        """The stored queries of the base."""
        return Catalogue(self.base)

    @cached_property
    def codes(self) -> CodeLists:
        """The code lists of the base."""
        return read_codes(self.base)

    @property
    def manifest(self) -> Mapping[str, Mapping[str, Any]]:
        """What was built: file → its graph, SHA-256, bytes and number of triples. Raises Damaged without it."""
        return self._told["files"]

    @property
    def indexes(self) -> Mapping[str, Mapping[str, Any]]:
        """The files by which the graph is looked up from its values: file → SHA-256 and bytes."""
        return self._told["indexes"]

    @cached_property
    def _told(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        commits.finish(self.base)
        path = self.base.graph / MANIFEST
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            whole = all(isinstance(entry["graph"], str) and entry["sha256"] for entry in told["files"].values())
            told.setdefault("indexes", {}).items()
        except FileNotFoundError:
            if not self.base.ontology.is_dir():
                raise Damaged(Problem("no-base", Where(str(self.base.root)))) from None
            raise Damaged(Problem("graph-missing", Where(str(self.base.graph)))) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            whole = False
        if not whole:
            raise Damaged(Problem("graph-damaged", Where(str(path)), {"file": MANIFEST}))
        return cast(Mapping[str, Mapping[str, Mapping[str, Any]]], told)

    def files(self, layer: Layer, also: Iterable[Layer] = ()) -> list[Path]:
        """The files of a layer's data set (layer, ontology, derived graphs), each as the manifest says.

        Those of the layers *also* asked for follow; a base without foreign results has no file of them.
        """
        names = ["ontology.nt", *(name for part in (layer, *also) for name in self._names(part))]
        return [self._whole(name) for name in dict.fromkeys(names)]

    def _names(self, layer: Layer) -> list[str]:
        """The names of a layer's own files, conclusions included."""
        return [*self._said(layer), *(name for name in self.manifest if name.startswith(f"derived/{layer}/"))]

    def _said(self, layer: Layer) -> list[str]:
        """The names of the files of what a layer itself says."""
        first = [] if layer == "foreign" and "foreign.nt" not in self.manifest else [f"{layer}.nt"]
        return [*first, *(name for name in self.manifest if name.startswith(f"{layer}/"))]

    def named_graphs(self) -> dict[str, Path]:
        """Every graph of the base by its IRI."""
        return {entry["graph"]: self._whole(name) for name, entry in self.manifest.items()}

    def layer(self, name: Layer, also: Iterable[Layer] = ()) -> Engine:
        """The engine that holds the data set of one layer, and of those *also* asked for, as its default graph."""
        asked = (name, *also)
        if asked not in self._loaded:
            self._loaded[asked] = self.steady(lambda: self._load(asked))
        return self._loaded[asked]

    def _load(self, asked: tuple[Layer, ...]) -> Engine:
        store = engine(self.engine_name)
        store.load(self.files(asked[0], asked[1:]))
        return store

    @cached_property
    def terms(self) -> frozenset[str]:
        """The IRIs of all that the ontology defines: classes, properties, lists and codes."""
        lines = self.steady(lambda: self._whole("ontology.nt").read_bytes().splitlines())
        return frozenset(line[1:].partition(b"> ")[0].decode() for line in lines)

    def triples(self, layer: Layer) -> list[ox.Triple]:
        """What a layer itself says, without ontology and conclusions."""
        return self.steady(lambda: list(self._parsed(self._said(layer))))

    def conclusions(self, layer: Layer) -> Iterator[ox.Triple]:
        """What the rules concluded on a layer."""
        mark = f"derived/{layer}/"
        yield from self.steady(lambda: list(self._parsed(name for name in self.manifest if name.startswith(mark))))

    def _parsed(self, names: Iterable[str]) -> Iterator[ox.Triple]:
        for name in names:
            for quad in ox.parse(path=str(self._whole(name)), format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple

    def steady(self, read: Callable[[], Found]) -> Found:
        """What *read* gives from the graph's files, read again where they were exchanged for new ones meanwhile.

        Raises Damaged where the files are not what was built, Refused where something was read before from another
        graph than the one that stands there now, and the two differ in a file that is asked for.
        """
        for _ in range(_TRIES):
            before = self._marks()
            try:
                found = read()
            except Damaged:
                if self._marks() == before and not self._outdated():
                    raise
            else:
                if self._marks() == before:
                    self._begun = True
                    return found
            if self._outdated():
                if self._begun:
                    break
                self.__dict__.pop("_told", None)
        raise Refused(Problem("graph-exchanged", Where(str(self.base.graph))))

    def _marks(self) -> list[tuple[int, int, int] | None]:
        """What tells one file from another of its name, for every file of the graph."""
        return [_mark(self.base.graph / name) for name in (*self.manifest, *self.indexes, MANIFEST)]

    def _outdated(self) -> bool:
        """Whether the manifest that stands there now is another than the one that was read."""
        return Graph(self.base).manifest != self.manifest

    def _whole(self, name: str) -> Path:
        """The file *name*, if it is there and has the bytes that were built."""
        path = self.base.graph / name
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            found = ""
        if found != self.manifest.get(name, {}).get("sha256"):
            raise Damaged(Problem("graph-damaged", Where(str(path)), {"file": name}))
        return path


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns, known.st_size
