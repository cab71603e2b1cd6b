"""The built graph of a base: its layers, the data set of each, and the manifest that proves it whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import pyoxigraph as ox

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.codes import CodeLists
from samtaler_kg.codes import read as read_codes
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.stores import Engine, EngineName, engine

Layer = Literal["coded", "reconstructed", "memo"]

#: The layers a reader may ask, the default first.
LAYERS: tuple[Layer, ...] = ("coded", "reconstructed", "memo")

MANIFEST = "manifest.json"


def layer_named(name: str) -> Layer:
    """The layer called *name*. Raises Refused where there is none."""
    for layer in LAYERS:
        if layer == name:
            return layer
    raise Refused(Problem("unknown-layer", facts={"value": name, "hint": nearest(name, LAYERS)}))


@dataclass
class Graph:
    """A built graph, opened for reading. Layers load when they are first asked; nothing mixes them."""

    base: Base
    engine_name: EngineName = "oxigraph"
    _loaded: dict[Layer, Engine] = field(default_factory=dict)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The stored queries of the base."""
        return Catalogue(self.base)

    @cached_property
    def codes(self) -> CodeLists:
        """The code lists of the base."""
        return read_codes(self.base)

    @cached_property
    def manifest(self) -> Mapping[str, Mapping[str, Any]]:
        """What was built: file → its graph, SHA-256 and number of triples. Raises Damaged without it."""
        path = self.base.graph / MANIFEST
        try:
            files = json.loads(path.read_text(encoding="utf-8"))["files"]
            whole = all(isinstance(entry["graph"], str) and entry["sha256"] for entry in files.values())
        except FileNotFoundError:
            if not self.base.ontology.is_dir():
                raise Damaged(Problem("no-base", Where(str(self.base.root)))) from None
            raise Damaged(Problem("graph-missing", Where(str(self.base.graph)))) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            whole = False
        if not whole:
            raise Damaged(Problem("graph-damaged", Where(str(path)), {"file": MANIFEST}))
        return cast(Mapping[str, Mapping[str, Any]], files)

    def files(self, layer: Layer) -> list[Path]:
        """The files of a layer's data set (layer, ontology, derived graphs), each as the manifest says."""
        own = (f"{layer}.nt", "ontology.nt")
        derived = [name for name in self.manifest if name.startswith(f"derived/{layer}/")]
        return [self._whole(name) for name in (*own, *derived)]

    def named_graphs(self) -> dict[str, Path]:
        """Every graph of the base by its IRI."""
        return {entry["graph"]: self._whole(name) for name, entry in self.manifest.items()}

    def layer(self, name: Layer) -> Engine:
        """The engine that holds the data set of one layer as its default graph."""
        if name not in self._loaded:
            store = engine(self.engine_name)
            store.load(self.files(name))
            self._loaded[name] = store
        return self._loaded[name]

    def triples(self, layer: Layer) -> list[ox.Triple]:
        """What a layer itself says, without ontology and conclusions."""
        path = self._whole(f"{layer}.nt")
        return [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)]

    def conclusions(self, layer: Layer) -> Iterator[ox.Triple]:
        """What the rules concluded on a layer."""
        for name in self.manifest:
            if name.startswith(f"derived/{layer}/"):
                for quad in ox.parse(path=str(self._whole(name)), format=ox.RdfFormat.N_TRIPLES):
                    yield quad.triple

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
